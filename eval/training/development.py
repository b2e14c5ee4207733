"""The questions that adapters are measured on while they are taught: of data sets and halves that nothing is trained on."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eval.data import Question, read_reading, read_robust, read_squad2, sample
from eval.training.documents import kept_windows
from eval.training.examples import Asking, Example, cut, supporting
from eval.training.prompt import Reading
from rag.text import normalize

MOST_CHARACTERS = 800  # of a text, so that a measurement takes minutes
VALIDATION_CHARACTERS = 400  # so that a validation takes no more than a few steps
SEED = 1


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a set with its text; `golds` are alternatives, empty where it is untold."""

    id: str
    name: str
    reading: Reading
    question: str
    golds: tuple[str, ...]
    support: tuple[int, ...]


def to_item(name: str, q: Question, most: int) -> Item | None:
    """None where the text cannot be cut so that it holds the gold words."""
    reading = Reading.of(q.source)
    support: tuple[int, ...] = ()
    if q.answerable:
        start = q.source.find(q.gold[0])
        support = supporting(reading, q.source, start, q.gold[0]) if start >= 0 else ()
        if not support:
            return None
    asking = cut(Asking(name, reading, (Example(q.text, q.gold[0] if q.answerable else "", support, ""),)), most)
    if asking is None:
        return None
    golds = q.answers[0] if q.answerable else ()
    return Item(q.id, name, asking.reading, q.text, golds, asking.examples[0].support)


def simplified(q: Question) -> Question:
    """Every text in Simplified characters, as articles are read."""
    folded = {k: normalize(getattr(q, k)) for k in ("text", "source")}
    golds = tuple(normalize(g) for g in q.gold)
    answers = tuple(tuple(map(normalize, own)) for own in q.answers)
    return Question(q.id, q.dataset, folded["text"], q.answerable, answers=answers, gold=golds, source=folded["source"])


SETS: dict[str, Callable[[Path], list[Question] | None]] = {
    "checklist": lambda root: read_reading(root, "dureader_checklist", "demo.json"),
    "cmrc": lambda root: read_reading(root, "cmrc2018", "cmrc2018_dev.json"),
    "drcd": lambda root: [simplified(q) for q in read_reading(root, "drcd", "dev.json") or []],
    "robust": read_robust,
    "squad2": read_squad2,
}


def items_of(root: Path, name: str, count: int, most: int = MOST_CHARACTERS) -> list[Item]:
    """`count` told and `count` untold items of the set, or as many as it has."""
    questions = SETS[name](root) or []
    chosen: list[Item] = []
    for told in (True, False):
        own = [
            item
            for q in sample([q for q in questions if q.answerable is told], count, SEED)
            if (item := to_item(name, q, most))
        ]
        chosen += own
    return chosen


def development_askings(root: Path) -> list[Asking]:
    """What every validation in training reads: questions of the checklist, squad2_zh, and of documents never trained on,
    with the kind `told` or `untold`."""
    made = [
        Asking(name, i.reading, (Example(i.question, i.golds[0] if i.golds else "", i.support, kind(bool(i.golds))),))
        for name, count in (("checklist", 40), ("squad2", 12))
        for i in items_of(root, name, count, VALIDATION_CHARACTERS)
    ]
    return made + kept_windows(root, 20, random.Random(SEED))


def kind(told: bool) -> str:
    return "told" if told else "untold"
