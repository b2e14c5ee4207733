"""Fits the probe of rag/models/probe.py: `python -m eval.training.probe`, twenty minutes on two cores; goes on where it stopped.

The local model reads a text and a question as if to draft the answer; its inner state at the last token is kept, with
whether the text tells it. A logistic regression on these states is the probe. Questions come from data marked fit for
training (less what `eval.data.held_back` keeps for measuring) and from the project's own pages. Of half of the questions
on a text, the sentences that answer are taken out, so that one reading of a text serves questions told and untold.
"""

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from eval.data import Corpus, evaldata_root
from eval.data_sets import read_distractors
from eval.metrics import auroc
from eval.page_sets import read_page_sets
from eval.systems import Product
from eval.training.judge.asked import Asked, as_people_talk, as_yes_no, ask_article, lead, read_asked
from rag.answering.context import contexts, keep_named
from rag.answering.prompts import DRAFT, ask_about
from rag.chatbot import Chatbot
from rag.datatypes import Article, Evidence, Kind, Passage, Span, TextGenerator
from rag.errors import UserError
from rag.models.probe import LAYER, Probe, write_probe
from rag.question.analysis import analyse
from rag.text.normalization import normalize, split_sentences

SEED = 3
TEXTS = {"squad2_zh": 170, "cmrc2018": 90, "drcd": 60, "dureader_robust": 150}  # read of each set
NEWS_TEXTS, NEWS_LOOKED_AT = 260, 3000
LONGEST_TEXT = 1200  # characters: an article that is read whole has up to 1,500
QUESTIONS_A_TEXT = 6
OWN_PAGES = "pages"
MOST_TEXTS = 500  # of those made, mixed: what twenty minutes of two cores read
STRENGTH = 0.003  # of the fit (scikit-learn's C); from .0005 to .03 it hardly matters (docs/experiments.md#probe)

Vector = NDArray[np.float32]
Questions = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Text:
    """A text with questions on it, and whether it tells what each asks."""

    source: str
    evidence: tuple[Evidence, ...]
    questions: tuple[tuple[str, bool], ...]


def make_texts(root: Path, rng: random.Random) -> list[Text]:
    made = [*reading_texts(root, rng), *news_texts(root, rng)]
    rng.shuffle(made)
    return made


def reading_texts(root: Path, rng: random.Random) -> Iterator[Text]:
    by_text: dict[tuple[str, str], list[Asked]] = {}
    for one in read_asked(root):
        by_text.setdefault((one.source, one.text), []).append(one)
    items = [(*key, asked) for key, asked in by_text.items()]
    rng.shuffle(items)
    left = dict(TEXTS)
    for source, text, asked in items:
        if not left.get(source) or len(text) > LONGEST_TEXT:
            continue
        if source == "squad2_zh":  # has untold questions of its own
            rng.shuffle(asked)
            told = [one for one in asked if one.answer][: QUESTIONS_A_TEXT // 2 + 1]
            untold = [one for one in asked if not one.answer][: QUESTIONS_A_TEXT // 2 + 1]
            found = text, [(one.question, one.answer is not None) for one in (*told, *untold)]
        else:
            found = take_out(text, asked[:QUESTIONS_A_TEXT], rng)
        if found[1]:
            left[source] -= 1
            elsewhere = rng.choice(items)
            if rng.random() < 0.5 and elsewhere[1] != text:
                found[1].append((elsewhere[2][0].question, False))
            yield make_text(source, "", *found)


def news_texts(root: Path, rng: random.Random) -> Iterator[Text]:
    left = NEWS_TEXTS
    for article in read_distractors(root, NEWS_LOOKED_AT, 7) or ():
        text = normalize(article.text)
        if not left or not 200 <= len(text) <= LONGEST_TEXT:
            continue
        found = ask_article(text, rng)
        if len(found) < 3:
            continue
        asked = [
            Asked("crud_news", q, text, place) for q, place in rng.sample(found, min(QUESTIONS_A_TEXT, len(found)))
        ]
        rest, questions = take_out(text, asked, rng)
        if questions:
            left -= 1
            yield make_text("crud_news", lead(text), rest, questions)


def take_out(text: str, asked: Sequence[Asked], rng: random.Random) -> tuple[str, Questions]:
    """The text without the sentences that answer the first half of the questions, and which of the questions it still
    tells. Nothing where too little of the text would be left."""
    order = rng.sample(list(asked), len(asked))
    untold = order[: (len(order) + 1) // 2] if len(order) > 1 or rng.random() < 0.5 else []
    spans = split_sentences(text)
    answers = [one.text[slice(*one.answer)] for one in untold if one.answer]
    kept = [s for s in spans if not any(answer in text[s.start : s.end] for answer in answers)]
    rest = "".join(text[s.start : s.end] for s in kept)
    if len(kept) < 0.6 * len(spans) or len(rest) < 60:
        return text, [] if len(order) > 1 else [(one.question, True) for one in order]
    questions: Questions = []
    for one in order:
        told = one.answer is not None and any(s.start <= one.answer[0] < s.end for s in kept)
        if told == (one not in untold):
            question = as_yes_no(one, rng) if rng.random() < 0.1 else None
            questions.append(
                (question or (as_people_talk(one.question, rng) if rng.random() < 0.5 else one.question), told)
            )
    return rest, questions


def make_text(source: str, title: str, text: str, questions: Sequence[tuple[str, bool]]) -> Text:
    whole = Span(0, len(text))
    article = Article("given", title, Kind.NEWS, "given", text, (whole,))
    return Text(source, (Evidence(Passage("given#0", article, whole), whole, 1.0),), tuple(questions))


def page_texts(product: Product) -> Iterator[Text]:
    """The project's own pages: each question on what the product would read for it."""
    for page_set in read_page_sets(fitted=True)[0]:
        bot = product.asker(Corpus(page_set.name, tuple(product.parse(page_set.path))))
        assert isinstance(bot, Chatbot)
        by_source: dict[tuple[Evidence, ...], Questions] = {}
        for question in page_set.questions:
            analysed = analyse(question.text)
            hits = keep_named(analysed, bot.find(question.text).hits)
            if not question.history and hits:
                source = tuple(Evidence(e.passage, e.span, 0.0) for e in contexts(analysed, hits)[0])
                by_source.setdefault(source, []).append((question.text, question.answerable))
        yield from (Text(OWN_PAGES, evidence, tuple(asked)) for evidence, asked in by_source.items())


# ---- states -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """A question on a text: the state, whether the text tells it, and which text it is."""

    source: str
    text: int
    answerable: bool
    state: Vector


def collect(texts: Sequence[Text], generator: TextGenerator, kept: Path) -> list[Case]:
    """The states of all questions, kept in `kept`, a line a text, and taken up again from there."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    done = len(kept.read_text("utf-8").splitlines()) if kept.is_file() else 0
    with kept.open("a", encoding="utf-8") as file:
        for text in tqdm(texts[done:], initial=done, total=len(texts), desc="reading", file=sys.stderr):
            states = [generator.state(ask_about(q, text.evidence, DRAFT), LAYER) for q, _ in text.questions]
            told = [told for _, told in text.questions]
            states = [[round(value, 3) for value in state] for state in states]
            file.write(json.dumps({"source": text.source, "told": told, "states": states}) + "\n")
            file.flush()
    cases: list[Case] = []
    for number, line in enumerate(kept.read_text("utf-8").splitlines()):
        values = json.loads(line)
        for told, state in zip(values["told"], values["states"], strict=True):
            cases.append(Case(values["source"], number, told, np.array(state, dtype=np.float32)))
    return cases


# ---- the fit ------------------------------------------------------------------------------------------------------


def fit(cases: Sequence[Case]) -> tuple[Vector, float]:
    """Weights and intercept for states as they are; every set of data weighs the same, told and untold alike."""
    from sklearn.linear_model import LogisticRegression

    states = np.stack([case.state for case in cases])
    middle, spread = states.mean(axis=0), np.maximum(states.std(axis=0), 1e-6)
    keys = [(case.source, case.answerable) for case in cases]
    counts = {key: keys.count(key) for key in set(keys)}
    weights = np.array([len(cases) / len(counts) / counts[key] for key in keys])
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit((states - middle) / spread, [case.answerable for case in cases], sample_weight=weights)
    slope = model.coef_[0] / spread
    return slope.astype(np.float32), float(model.intercept_[0] - slope @ middle)


def cross_validate(cases: Sequence[Case], folds: int = 5) -> dict[str, float]:
    """AUROC by set of data; a text's questions are in one fold."""
    scores = np.zeros(len(cases))
    for fold in range(folds):
        weights, intercept = fit([case for case in cases if case.text % folds != fold])
        for number, case in enumerate(cases):
            if case.text % folds == fold:
                scores[number] = float(case.state @ weights) + intercept
    figures = {}
    for source in sorted({case.source for case in cases}):
        own = [number for number, case in enumerate(cases) if case.source == source]
        figures[source] = round(auroc([float(scores[i]) for i in own], [cases[i].answerable for i in own]), 3)
    return figures


def main() -> int:
    root = evaldata_root()
    if not root.is_dir():
        print(
            UserError(f"没有训练数据：{root}。", f"There is no training data in {root}.").message("en"), file=sys.stderr
        )
        return 2
    product = Product()
    texts = [*page_texts(product), *make_texts(root, random.Random(SEED))][:MOST_TEXTS]
    generator = product.generator
    assert generator is not None
    cases = collect(texts, generator, product.home / "probe" / "states.jsonl")
    figures = cross_validate(cases)
    weights, intercept = fit(cases)
    about = {"questions": len(cases), "texts": len({case.text for case in cases}), "auroc_cross_validated": figures}
    write_probe(Probe(generator.identity, tuple(map(float, weights)), intercept), about)
    print(json.dumps(about))
    return 0


if __name__ == "__main__":
    sys.exit(main())
