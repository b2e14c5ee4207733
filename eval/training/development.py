"""The questions that adapters are measured on while they are taught: of data sets and halves that nothing is trained on."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from eval.data import Question, sample
from eval.data_sets import read_reading, read_robust, read_squad2
from eval.real_policies import PolicyDocument, PolicyQuestion, read_policy_documents, read_real_policies
from eval.training.documents import kept_windows
from eval.training.examples import Asking, Example, cut, supporting
from eval.training.written import SOURCE, written
from rag.answering.prompts import NumberedText
from rag.text.normalization import normalize

MOST_CHARACTERS = 800  # of a text, so that a measurement takes minutes
VALIDATION_CHARACTERS = 260  # so that a validation takes no more than a few steps
SEED = 1


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a set with its text. `answers`: of every inner tuple one alternative must be written; empty where it is
    untold. `support`: numbers of the sentences that tell it."""

    id: str
    name: str
    reading: NumberedText
    question: str
    answers: tuple[tuple[str, ...], ...]
    support: tuple[int, ...]


def to_item(name: str, q: Question, most: int) -> Item | None:
    """None where the text cannot be cut so that it holds the gold words."""
    reading = NumberedText.of(q.source)
    support: tuple[int, ...] = ()
    if q.answerable:
        start = q.source.find(q.gold[0])
        support = supporting(reading, q.source, start, q.gold[0]) if start >= 0 else ()
        if not support:
            return None
    asking = cut(Asking(name, reading, (Example(q.text, q.gold[0] if q.answerable else "", support, ""),)), most)
    if asking is None:
        return None
    return Item(q.id, name, asking.reading, q.text, q.answers, asking.examples[0].support)


def policy_item(question: PolicyQuestion, document: PolicyDocument, most: int) -> Item | None:
    """The stretch of the document that tells it, or its first where none does. None for what leans on a conversation, or
    where one stretch does not hold all that must be told."""
    if question.history:
        return None
    reading = NumberedText.of(document.text, document.title)
    support = {
        n
        for places in question.gold
        for n in supporting(reading, document.text, places[0].start, document.text[places[0].start : places[0].end])
    }
    example = Example(question.text, "told" if support else "", tuple(sorted(support)), "")
    asking = cut(Asking("policies", reading, (example,)), most)
    if asking is None:
        return None
    return Item(question.id, "policies", asking.reading, question.text, question.answers, asking.examples[0].support)


def policy_items(root: Path, most: int) -> list[Item]:
    """The half that is for developing on."""
    documents = read_policy_documents(root)
    questions = [q for q in read_real_policies(documents) if not q.is_for_scoring_only] if documents else []
    return [item for q in questions if (item := policy_item(q, documents[q.document], most))]


def written_items() -> list[Item]:
    """Of the written texts that nothing is trained on."""
    return [
        Item(f"{text}-{number}", SOURCE, a.reading, e.question, ((e.answer,),) if e.is_told else (), e.support)
        for text, a in enumerate(written(kept=True))
        for number, e in enumerate(a.examples)
    ]


def simplified(q: Question) -> Question:
    """Every text in Simplified characters, as articles are read."""
    folded = {k: normalize(getattr(q, k)) for k in ("text", "source")}
    golds = tuple(normalize(g) for g in q.gold)
    answers = tuple(tuple(map(normalize, own)) for own in q.answers)
    return Question(q.id, q.dataset, folded["text"], q.answerable, answers=answers, gold=golds, source=folded["source"])


POLICIES = "policies"  # eval/policies: questions as citizens type them
SETS: dict[str, Callable[[Path], list[Question] | None]] = {
    "checklist": lambda root: read_reading(root, "dureader_checklist", "demo.json"),
    "cmrc": lambda root: read_reading(root, "cmrc2018", "cmrc2018_dev.json"),
    "drcd": lambda root: [simplified(q) for q in read_reading(root, "drcd", "dev.json") or []],
    "robust": read_robust,
    "squad2": read_squad2,
}


def items_of(root: Path, name: str, count: int, most: int = MOST_CHARACTERS) -> list[Item]:
    """`count` told and `count` untold items of the set, or as many as it has."""
    if name in (POLICIES, SOURCE):
        items = policy_items(root, most) if name == POLICIES else written_items()
        return [i for told in (True, False) for i in sample([i for i in items if bool(i.answers) is told], count, SEED)]
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
    """What every validation in training reads: questions of the checklist, squad2_zh, of documents and of written texts never
    trained on, with the kind `told` or `untold`."""
    made = [
        Asking(
            name,
            i.reading,
            (Example(i.question, i.answers[0][0] if i.answers else "", i.support, kind(bool(i.answers))),),
        )
        for name, count in (("checklist", 40), ("squad2", 8))
        for i in items_of(root, name, count, VALIDATION_CHARACTERS)
    ]
    kept = [
        replace(a, source=SOURCE, examples=tuple(replace(e, kind=kind(e.is_told)) for e in a.examples))
        for a in written(kept=True)
    ]
    return made + kept_windows(root, 12, random.Random(SEED)) + kept


def kind(told: bool) -> str:
    return "told" if told else "untold"
