"""Pairs of a question and a passage that answers it or does not: the same passage without the sentence that answers, a passage
near it by BM25, and the question with a name, year or place exchanged.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from eval.training.judge.asked import Asked, as_people_talk, as_yes_no, window, without_answer
from eval.training.judge.pairs import Pair
from rag.text.normalization import bigrams

SAME_TOPIC = 0.7
REMOVED, NEAR, EXCHANGED = 0.55, 0.6, 0.3  # how many questions get each kind of negative
YES_NO = 0.1
TALKED = 0.35
PLACE = re.compile(r"[\u4e00-\u9fff]{2,3}(?:省|市|县|区|州)|\d{4}年|\d+(?:月|日|年)")


def question_pairs(asked: Sequence[Asked], rng: random.Random) -> Iterator[Pair]:
    asked = [_reworded(one, rng) for one in asked]
    windows = [window(one, rng) for one in asked]
    near = nearest_other(asked, windows, rng)
    names = _names(asked)
    for index, one in enumerate(asked):
        text, place = windows[index]
        text, place = _with_title(one, text, place, rng)
        yield Pair("answers", one.question, text, float(place is not None), *(place or (0, 0)), source=one.source)
        if one.answer is None:
            continue
        if rng.random() < REMOVED and (bare_text := without_answer(one, rng)):
            bare_text, _ = _with_title(one, bare_text, None, rng)
            yield Pair("answers", one.question, bare_text, 0.0, source=f"{one.source}, removed")
        if rng.random() < NEAR:
            yield Pair("answers", one.question, near[index], 0.0, source=f"{one.source}, near")
        if rng.random() < EXCHANGED and (other := exchange_name(one.question, names, text, rng)):
            yield Pair("answers", other, text, 0.0, source=f"{one.source}, exchanged")


def _reworded(one: Asked, rng: random.Random) -> Asked:
    chance = rng.random()
    if chance < YES_NO and len(one.text[slice(*(one.answer or (0, 0)))]) <= 30 and (question := as_yes_no(one, rng)):
        return replace(one, question=question)
    if chance < YES_NO + TALKED:
        return replace(one, question=as_people_talk(one.question, rng))
    return one


def _with_title(one: Asked, text: str, place: tuple[int, int] | None, rng: random.Random) -> tuple[str, tuple[int, int] | None]:  # fmt: skip
    """Half of the passages that have a title carry it in front, as the product's do."""
    if not one.title or one.title in text or rng.random() < 0.5:
        return text, place
    lead = one.title + "\n"
    return lead + text, (place[0] + len(lead), place[1] + len(lead)) if place else None


def nearest_other(asked: Sequence[Asked], windows: Sequence[tuple[str, object]], rng: random.Random) -> list[str]:
    """For each question a passage of another text that is near to it by BM25 and does not hold its answer."""
    import bm25s

    terms = bm25s.BM25()
    terms.index([bigrams(text) for text, _ in windows], show_progress=False)
    found = []
    for one in asked:
        scores = terms.get_scores(bigrams(one.question) or ["?"])
        best = np.argpartition(-scores, 40)[:40]
        best = best[np.argsort(-scores[best])]
        answer = one.text[slice(*one.answer)] if one.answer else None
        grams = set(bigrams(one.question))
        fit = [
            i
            for i in best
            if asked[i].text != one.text
            and not (answer and answer in windows[i][0])
            and len(grams & set(bigrams(windows[i][0]))) < SAME_TOPIC * len(grams)  # another answer may be as right
        ]
        found.append(windows[rng.choice(fit[:6] or [rng.randrange(len(asked))])][0])
    return found


def _names(asked: Sequence[Asked]) -> dict[str, list[str]]:
    """What can stand in for a name or date, by its last character."""
    found: dict[str, set[str]] = {}
    for one in asked:
        for match in PLACE.finditer(one.question):
            found.setdefault(match[0][-1], set()).add(match[0])
    return {end: sorted(names) for end, names in found.items()}


def exchange_name(question: str, names: dict[str, list[str]], text: str, rng: random.Random) -> str | None:
    matches = list(PLACE.finditer(question))
    if not matches:
        return None
    match = rng.choice(matches)
    others = [
        n for n in rng.sample(names[match[0][-1]], min(5, len(names[match[0][-1]]))) if n != match[0] and n not in text
    ]
    return question[: match.start()] + others[0] + question[match.end() :] if others else None
