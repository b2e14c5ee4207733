"""Which words name a kind of people (大学生, 残疾人), which anybody whom a rule may meet (居民, 申请人), and which of them are the same
people in other words (退伍兵, 退役军人): read off the encoder's vectors.

A linear classifier over a word's vector, fitted for one encoder (`python -m eval.people`) and shipped with the package;
another encoder has none. No list of groups: words that were never labelled are told apart as well (docs/experiments.md#people).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol

import numpy as np

from rag.datatypes import Vectors
from rag.text.noun_phrases import NounPhrase, noun_phrases

SHIPPED = Path(__file__).parent / "weights" / "people.json"


class WordClass(IntEnum):
    """What a word names, in the order of the weights' rows."""

    KIND = 0  # of people
    ANYBODY = 1
    THING = 2


class WordEncoder(Protocol):
    """What turns words into unit vectors that are near where the words mean the same."""

    identity: str

    def encode_words(self, words: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class PeopleWeights:
    """`weights` (3, dimensions) and `intercepts` (3,) of each WordClass; `encoder`: the identity it was fitted for. `same`: least
    cosine of two words for the same people; `same_noun`: of two that end in the same noun (现役军人, 退役军人)."""

    encoder: str
    weights: Vectors
    intercepts: Vectors
    same: float
    same_noun: float


class PeopleReader:
    """Reads the kinds of people that a text names. Safe to use from several threads: at worst a word is encoded twice. `most_words`: whose
    vectors are held (12 MB)."""

    def __init__(self, encoder: WordEncoder, weights: PeopleWeights, most_words: int = 4096) -> None:
        self._encoder = encoder
        self._most_words = most_words
        self._weights = weights
        self._vectors: dict[str, Vectors] = {}

    def kinds(self, texts: Sequence[str]) -> list[list[NounPhrase]]:
        """Of each text the kinds of people that it names, in its order, without those who only act (由辅导员审核). A noun for
        anybody is a kind with what describes it (失业人员, 困难家庭, 快递员)."""
        phrases = [[p for p in noun_phrases(text) if not p.acts] for text in texts]
        self._encode([p.noun for each in phrases for p in each if len(p.noun) > 1])
        named = [[self._described(p) for p in each] for each in phrases]
        self._encode([p.noun for each in named for p in each])
        return [[p for p in each if self._class_of(p.noun) is WordClass.KIND] for each in named]

    def _described(self, phrase: NounPhrase) -> NounPhrase:
        before = phrase.verb or phrase.described
        if before and (len(phrase.noun) == 1 or self._class_of(phrase.noun) is WordClass.ANYBODY):
            return NounPhrase(before + phrase.noun)
        return phrase

    def are_same(self, one: NounPhrase, other: NounPhrase) -> bool:
        """Whether both name the same people, or one of them a kind of the other's (大学生, 学生)."""
        if one.whole.endswith(other.whole) or other.whole.endswith(one.whole):
            return True
        if one.whole[-2:] == other.whole[-2:]:  # a noun has two signs or more
            return self._cosine(one.whole, other.whole) >= self._weights.same_noun
        nearest = max(self._cosine(a, b) for a in names_of(one) for b in names_of(other))
        return nearest >= self._weights.same

    def _cosine(self, one: str, other: str) -> float:
        self._encode([one, other])
        return float(self._vectors[one] @ self._vectors[other])

    def _class_of(self, word: str) -> WordClass:
        return WordClass(int(np.argmax(self._weights.weights @ self._vectors[word] + self._weights.intercepts)))

    def _encode(self, words: Sequence[str]) -> None:
        new = [word for word in dict.fromkeys(words) if word not in self._vectors]
        if new:
            if len(self._vectors) + len(new) > self._most_words:
                self._vectors = {word: self._vectors[word] for word in words if word in self._vectors}
            self._vectors.update(zip(new, self._encoder.encode_words(new), strict=True))


def names_of(phrase: NounPhrase) -> set[str]:
    """The words for a kind of people: with what describes them, with the verb before them (快递小哥), and without."""
    return {phrase.noun, phrase.whole, phrase.verb + phrase.noun}


def load_people(encoder: WordEncoder, path: Path = SHIPPED) -> PeopleReader | None:
    """The reader for this encoder, or None where the weights were fitted for another."""
    kept = json.loads(path.read_text("utf-8"))
    if kept["encoder"] != encoder.identity:
        return None
    weights, intercepts = (np.array(kept[name], dtype=np.float32) for name in ("weights", "intercepts"))
    fitted = PeopleWeights(encoder.identity, weights, intercepts, kept["same"], kept["same_noun"])
    return PeopleReader(encoder, fitted)


def write_people(fitted: PeopleWeights, about: dict[str, object], path: Path = SHIPPED) -> None:
    """`about`: what it was fitted on and how good it is, kept beside the weights."""
    values = {
        "encoder": fitted.encoder,
        "about": about,
        "same": fitted.same,
        "same_noun": fitted.same_noun,
        "intercepts": fitted.intercepts.round(4).tolist(),
        "weights": [[round(float(w), 4) for w in row] for row in fitted.weights],
    }
    path.write_text(json.dumps(values, ensure_ascii=False) + "\n", "utf-8")
