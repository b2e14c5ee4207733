"""Questions on texts that the judge learns from: those of the reading data sets, and those made of news by asking in place.

Only data marked fit for training in ../shared/evaldata/README.md, less what `eval.data_sets.held_back` keeps for measuring.
News articles bring no questions, but Chinese asks in place: of `全市建成充电桩120个` comes `全市建成充电桩多少个？`.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.data import Question
from eval.data_sets import held_back, read_distractors, read_reading, squad_titles
from rag.text.normalization import bigrams, normalize, split_sentences
from rag.text.person_names import NAME, is_person_name

MOST_CHARACTERS = 320  # of a passage; the product's are up to 300
NEWS_ARTICLES = 8000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a text; `answer` is a span of it, None where it does not answer."""

    source: str
    question: str
    text: str
    answer: tuple[int, int] | None
    title: str = ""


def read_asked(root: Path) -> Iterator[Asked]:
    """Questions on passages out of the reading data sets, held-back articles left out."""
    titles = squad_titles(root)
    kept_back_ids = {id for id, title in titles.items() if held_back("squad2_zh", title)}
    kept_back_titles = {titles[id] for id in kept_back_ids}
    for folder, file in (
        ("squad2_zh", "dev-v2.0-zh.json"),
        ("cmrc2018", "cmrc2018_dev.json"),
        ("cmrc2018", "cmrc2018_trial.json"),
        ("drcd", "dev.json"),
        ("dureader_robust", "dev.json"),
        ("xquad", "xquad.zh.json"),
    ):
        for question in read_reading(root, folder, file) or ():
            if folder == "squad2_zh" and question.id in kept_back_ids:
                continue
            if folder == "dureader_robust" and held_back(folder, question.source):
                continue
            if folder == "xquad" and titles.get(question.id, "") in kept_back_titles | {""}:
                continue  # XQuAD asks about SQuAD's passages: none of a held-back article
            asked = _asked(folder, question)
            if asked:
                yield asked


def _asked(source: str, question: Question) -> Asked | None:
    text = normalize(question.source)
    if not question.answerable:
        return Asked(source, normalize(question.text), text, None)
    for answer in question.references:
        words = normalize(answer)
        place = text.find(words)
        if place >= 0 and len(words) <= 80:
            return Asked(source, normalize(question.text), text, (place, place + len(words)))
    return None


MEASURE = r"个|名|人|家|项|所|座|台|条|件|部|张|辆|处|类|种|站|套|批|户|亩|吨|公里|平方米|元|%|倍|岁|天|年|小时|分钟|次|公斤|立方米|千瓦"
ROLE = re.compile(
    rf"(?P<role>[\u4e00-\u9fff、]{{3,20}}(?:主任|局长|院长|校长|书记|市长|县长|会长|委员|主席|教授|经理|董事长))(?P<name>{NAME})(?=说|表示|介绍|认为|指出|建议|,|在)"
)
ASKS_ROLE = ("{name}是什么身份?", "{name}担任什么职务?", "{name}是干什么的?", "{name}在哪里任职?", "{name}是谁?")
ASKING: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(rf"(?P<a>\d[\d,.]{{0,20}}(?:万|亿|千|百)?(?:多|余)?)(?={MEASURE})"), ("多少", "多少", "几")),
    (re.compile(r"(?P<a>(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年(?:\d{1,2}月)?)"), ("什么时候", "哪天", "何时", "什么时间")),
    (re.compile(rf"(?:记者|主任|局长|院长|校长|书记|市长|会长|委员|主席|教授|经理)(?P<a>{NAME})(?=说|表示|介绍|认为|指出|，|在)"), ("谁", "哪位", "什么人")),
    (re.compile(rf"(?P<a>{NAME})(?=表示|指出|认为|建议|介绍说|强调|提出)"), ("谁", "哪位", "哪个人")),
    (re.compile(r"[在于到赴](?P<a>[\u4e00-\u9fff]{2,9}(?:省|市|县|区|镇|乡|村|州|大学|中心|公园|会场))(?!的)"), ("哪里", "哪儿", "什么地方")),
    (re.compile(r"[“《](?P<a>[\u4e00-\u9fff\w]{3,18})[”》]"), ("什么", "什么")),
    (re.compile(r"(?:包括|涉及|分别是|分别为|涵盖)(?P<a>[\u4e00-\u9fff\w]{2,14}(?:、[\u4e00-\u9fff\w“”]{2,14}){1,8})"), ("哪些", "哪些方面", "什么")),
    (re.compile(r"(?:由|经)(?P<a>[\u4e00-\u9fff]{3,14}(?:局|部|委|厅|会|公司|集团|中心|政府|大学))(?=主办|牵头|负责|组织|承办|发布|制定|联合|开展)"), ("哪个部门", "谁", "什么单位")),
)  # fmt: skip


def ask_news(root: Path, rng: random.Random) -> Iterator[Asked]:
    """Questions made of clauses of news articles, by asking in place."""
    for article in read_distractors(root, NEWS_ARTICLES, 7) or ():
        text = normalize(article.text)
        found = ask_article(text, rng)
        for question, place in rng.sample(found, min(2, len(found))):
            yield Asked("crud_news", question, text, place, lead(text))


def ask_article(text: str, rng: random.Random) -> list[tuple[str, tuple[int, int]]]:
    """Questions on the first sentences of a news article, each with where its answer stands."""
    return [q for span in split_sentences(text)[:40] for q in _ask_clauses(text, span.start, span.end, rng)]


def lead(text: str) -> str:
    """The end of a news article's first sentence, in place of the title that it has not."""
    return text[: text.find("。", 12)][-28:] if "。" in text[:80] else ""


def _ask_clauses(text: str, start: int, end: int, rng: random.Random) -> Iterator[tuple[str, tuple[int, int]]]:
    sentence = text[start:end]
    clauses = [(m.start(), m.end()) for m in re.finditer(r"[^,;:。!?]+", sentence)]
    for index, (a, b) in enumerate(clauses):
        if b - a < 10 and index:
            a = clauses[index - 1][0]
        clause = sentence[a:b].strip()
        if not 10 <= len(clause) <= 44:
            continue
        offset = start + sentence.index(clause)
        if (role := ROLE.search(clause)) and is_person_name(role["name"]):
            at = role.span("role")
            yield rng.choice(ASKS_ROLE).format(name=role["name"]), (offset + at[0], offset + at[1])
        for pattern, words in ASKING:
            matches = list(pattern.finditer(clause))
            if len(matches) != 1:
                continue
            at = matches[0].span("a")
            asked = clause[: at[0]] + rng.choice(words) + clause[at[1] :]
            asked = re.sub(r"^(?:其中|此外|同时|据介绍|据了解|目前|截至目前|而|并|也|还)", "", asked.strip('“”"《》'))
            if rng.random() < 0.5:  # people do not repeat the whole clause
                asked = re.sub(r"\([^)]*\)|[“”\"]", "", asked)
            yield asked + "?", (offset + at[0], offset + at[1])


QUESTION_WORDS = re.compile(
    r"什么时候|什么时间|什么地方|哪一?[年天月]|哪个(?:国家|城市|地方|地区|人|部门)?(?:/地区)?|哪里|哪儿|哪位|何时|何处|多少|"
    r"什么样的人|什么人|什么|谁|几(?=个|名|人|家|项|年|天|次|岁)|哪些|哪[家所座种]"
)
COLLOQUIAL = (
    ("什么时候", ("啥时候", "几号", "哪天")), ("什么时间", ("啥时候", "几点")), ("为什么", ("为啥", "咋就")), ("什么", ("啥",)),
    ("怎么样", ("咋样",)), ("怎么", ("咋", "咋个")), ("如何", ("怎么", "咋")), ("哪里", ("哪儿", "哪块", "哪个地方")), ("多少", ("几", "多大", "好多")),
    ("哪些", ("哪几个", "哪几样", "啥")), ("谁", ("哪个", "哪位", "什么人")), ("何时", ("什么时候", "哪天")), ("是否", ("是不是", "有没有")),
)  # fmt: skip
OPENINGS = ("请问", "我想问", "咱这儿", "听说", "麻烦问一下,", "想了解一下", "报上说的")
CLOSINGS = ("呀", "呢", "啊", "来着", ",知道吗", ",帮我查查")


def as_people_talk(question: str, rng: random.Random) -> str:
    """The question with everyday words for some of its own."""
    for word, others in COLLOQUIAL:
        if word in question and rng.random() < 0.6:
            question = question.replace(word, rng.choice(others), 1)
            break
    if rng.random() < 0.3:
        question = rng.choice(OPENINGS) + question
    if rng.random() < 0.3:
        question = question.rstrip("?") + rng.choice(CLOSINGS)
    return question if rng.random() < 0.5 else question.rstrip("?")


def as_yes_no(one: Asked, rng: random.Random) -> str | None:
    """Whether it is so, in place of what it is: the answer put where the question word stands."""
    words = list(QUESTION_WORDS.finditer(one.question))
    if one.answer is None or len(words) != 1:
        return None
    answer = one.text[slice(*one.answer)]
    before, after = one.question[: words[0].start()], one.question[words[0].end() :].rstrip("?")
    return rng.choice(
        (f"{before}{answer}{after}吗?", f"是不是{before}{answer}{after}", f"{before}{answer}{after},对吗?")
    )


def window(one: Asked, rng: random.Random) -> tuple[str, tuple[int, int] | None]:
    """Whole sentences around the answer (or anywhere, where there is none), at most so many characters."""
    most = rng.randint(90, MOST_CHARACTERS)
    spans = split_sentences(one.text)
    if one.answer is None:
        if len(one.text) <= MOST_CHARACTERS + 80 or not spans:
            return one.text[: MOST_CHARACTERS + 80], None
        first = last = max(
            range(len(spans)), key=lambda i: _shared(one.question, one.text[spans[i].start : spans[i].end])
        )
    else:
        a, b = one.answer
        inside = [i for i, s in enumerate(spans) if s.start < b and a < s.end]
        if not inside:
            return one.text[a:b], (0, b - a)
        first, last = inside[0], inside[-1]
    while True:
        steps = [s for s in ((first - 1, last), (first, last + 1)) if s[0] >= 0 and s[1] < len(spans)]
        steps = [s for s in steps if spans[s[1]].end - spans[s[0]].start <= most]
        if not steps:
            break
        first, last = rng.choice(steps)
    start, end = spans[first].start, spans[last].end
    text = one.text[start:end]
    place = (one.answer[0] - start, one.answer[1] - start) if one.answer else None
    if place and len(text) > MOST_CHARACTERS + 120:  # one endless sentence: cut around the answer
        cut = max(0, place[0] - 150)
        text, place = text[cut : place[1] + 150], (place[0] - cut, place[1] - cut)
    return text, place


def without_answer(one: Asked, rng: random.Random) -> str | None:
    """The sentences around the answer without any that holds it; None where nothing of them is left."""
    assert one.answer is not None
    answer = one.text[slice(*one.answer)]
    spans = split_sentences(one.text)
    at = next((i for i, s in enumerate(spans) if s.start < one.answer[1] and one.answer[0] < s.end), 0)
    order = sorted((i for i in range(len(spans)) if i != at), key=lambda i: (abs(i - at), rng.random()))
    kept: list[int] = []
    length, most = 0, rng.randint(90, MOST_CHARACTERS)
    for i in order:
        words = one.text[spans[i].start : spans[i].end]
        if answer in words:
            continue
        if length + len(words) > most:
            break
        kept.append(i)
        length += len(words)
    text = "".join(one.text[spans[i].start : spans[i].end] for i in sorted(kept))
    return text if len(text) >= 20 else None


def _shared(one: str, other: str) -> int:
    return len(set(bigrams(one)) & set(bigrams(other)))
