"""Pairs of a statement and a quote that supports it or does not: questions with their answer in place, sentences of news whole,
shortened, changed, put together from two, or without their source.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from eval.data_sets import read_distractors
from eval.training.judge.asked import NEWS_ARTICLES, QUESTION_WORDS, Asked, window, without_answer
from eval.training.judge.pairs import Pair
from rag.text.normalization import normalize, split_sentences
from rag.text.person_names import NAME, is_person_name

OPPOSITES = (
    ("提高", "降低"), ("增长", "下降"), ("增加", "减少"), ("上升", "下降"), ("上涨", "下跌"), ("扩大", "缩小"), ("以上", "以下"),
    ("不超过", "不低于"), ("可以", "不得"), ("支持", "反对"), ("允许", "禁止"), ("同意", "拒绝"), ("成功", "失败"), ("最高", "最低"),
    ("高于", "低于"), ("之前", "之后"), ("开始", "结束"), ("加强", "减弱"), ("超过", "不足"), ("首次", "再次"),
)  # fmt: skip


def statement_pairs(asked: Sequence[Asked], rng: random.Random) -> Iterator[Pair]:
    """Questions with their answers in place: supported by the passage; with another answer, or the sentence gone, not."""
    by_text: dict[str, list[str]] = {}
    for one in asked:
        if one.answer:
            by_text.setdefault(one.text, []).append(one.text[slice(*one.answer)])
    for one in asked:
        words = list(QUESTION_WORDS.finditer(one.question))
        if one.answer is None or len(words) != 1 or rng.random() < (0.6 if one.source == "crud_news" else 0.0):
            continue
        answer = one.text[slice(*one.answer)]
        if len(answer) > 30:
            continue
        before, after = one.question[: words[0].start()], one.question[words[0].end() :].rstrip("?")
        text, _ = window(one, rng)
        yield Pair("supports", f"{before}{answer}{after}。", text, 1.0, source=f"{one.source}, answer in place")
        others = [a for a in by_text[one.text] if a not in answer and answer not in a and len(a) <= 30]
        changed = change_figure(answer, rng)
        if others and (not changed or rng.random() < 0.6):
            wrong = rng.choice(others)
            yield Pair("supports", f"{before}{wrong}{after}。", text, 0.0, source=f"{one.source}, other answer")
        elif changed:
            yield Pair("supports", f"{before}{changed}{after}。", text, 0.0, source=f"{one.source}, other figure")
        if rng.random() < 0.4 and (rest := without_answer(one, rng)):
            yield Pair("supports", f"{before}{answer}{after}。", rest, 0.0, source=f"{one.source}, removed")


def news_statements(root: Path, rng: random.Random) -> Iterator[Pair]:
    """Sentences of news with the article as their source: whole or shortened (supported); changed in a figure, a name, a
    direction or a negation, put together from two sentences, or without their source (not supported)."""
    texts = [normalize(a.text) for a in read_distractors(root, NEWS_ARTICLES, 7) or ()]
    people = sorted({m[0] for text in texts for m in re.finditer(rf"(?<=记者){NAME}", text) if is_person_name(m[0])})
    places = sorted({m[0] for text in texts for m in re.finditer(r"(?<=在)[\u4e00-\u9fff]{2}(?:省|市|县|区)", text)})
    for text in texts:
        spans = [s for s in split_sentences(text) if 16 <= s.end - s.start <= 130]
        if len(spans) < 5:
            continue
        at = rng.randrange(1, len(spans) - 1)
        sentence = text[spans[at].start : spans[at].end]
        around = spans[max(0, at - rng.randint(0, 2)) : at + 1 + rng.randint(0, 2)]
        quote = "".join(text[s.start : s.end] for s in around)[:500]
        statement = shorten(sentence, rng)
        if rng.random() < 0.5:
            yield Pair("supports", statement, quote, 1.0, source="crud_news, sentence")
        others = [text[x.start : x.end] for x in around if x != spans[at]]
        wrong = falsify(statement, quote, others, people, places, rng)
        if wrong and rng.random() < 0.7:
            yield Pair("supports", wrong, quote, 0.0, source="crud_news, changed")
        rest = "".join(text[s.start : s.end] for s in spans[max(0, at - 3) : at + 4] if s != spans[at])
        if rng.random() < 0.3:
            yield Pair("supports", statement, rest[:500], 0.0, source="crud_news, removed")


def falsify(
    statement: str, quote: str, others: Sequence[str], people: Sequence[str], places: Sequence[str], rng: random.Random
) -> str | None:
    """The statement made false in one way, drawn by chance; None where none fits."""
    changes: list[Callable[[], str | None]] = [
        lambda: change_figure(statement, rng),
        lambda: change_direction(statement, rng),
        lambda: _replace_one(statement, people, rng),
        lambda: _replace_one(statement, places, rng),
        lambda: splice(statement, others, rng),
        lambda: splice(statement, others, rng),
    ]
    rng.shuffle(changes)
    return next((made for change in changes if (made := change()) and made not in quote), None)


def shorten(sentence: str, rng: random.Random) -> str:
    """The sentence, or some of its clauses in their order."""
    clauses = sentence.rstrip("。!?").split(",")
    if len(clauses) < 3 or rng.random() < 0.4:
        return sentence
    start = rng.randrange(len(clauses) - 1)
    return ",".join(clauses[start : start + rng.randint(1, 2)]) + "。"


def change_figure(text: str, rng: random.Random) -> str | None:
    matches = list(re.finditer(r"\d+(?:\.\d+)?", text))
    if not matches:
        return None
    match = rng.choice(matches)
    digits = list(match[0])
    where = rng.choice([i for i, d in enumerate(digits) if d.isdigit()])
    digits[where] = rng.choice([d for d in "123456789" if d != digits[where]])
    return text[: match.start()] + "".join(digits) + text[match.end() :]


def change_direction(text: str, rng: random.Random) -> str | None:
    found = [(a, b) for pair in OPPOSITES for a, b in (pair, pair[::-1]) if a in text]
    if found:
        a, b = rng.choice(found)
        return text.replace(a, b, 1)
    for word in rng.sample(("已", "将", "能", "会", "可", "有"), 6):
        if word in text and rng.random() < 0.5:
            return text.replace(word, {"有": "没有", "已": "尚未"}.get(word, "不" + word), 1)
    return None


def _replace_one(text: str, names: Sequence[str], rng: random.Random) -> str | None:
    held = [name for name in rng.sample(names, min(len(names), 400)) if name in text]
    return text.replace(held[0], rng.choice(names)) if held else None


def splice(sentence: str, others: Iterable[str], rng: random.Random) -> str | None:
    """The beginning of one sentence with the end of another: one's subject with the other's predicate."""
    heads = sentence.rstrip("。").split(",")
    tails = [t for other in others for t in other.rstrip("。").split(",")[1:] if 6 <= len(t) <= 40]
    return f"{heads[0]},{rng.choice(tails)}。" if tails and len(heads[0]) >= 5 else None
