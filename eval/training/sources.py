"""Readers of the data sets whose licences let shipped weights be trained on them (../shared/evaldata/README.md)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from eval.data import held_back, read_reading, read_records
from eval.training.examples import Asking, Example, short, supporting
from eval.training.prompt import Reading
from rag.text import normalize

READING_SETS = (
    "cmrc2018_train",
    "dureader_checklist_train",
    "drcd_train_part",
    "crud_news_questions",
    "dureader_robust_train_part",
)
LONGEST_ANSWER = 160  # characters; longer ones copy paragraphs
DATED = re.compile(r"^[\d年月日:\- ]{8,24}，正文：\s*")


def reading_sets(root: Path) -> list[Asking]:
    """The data sets of the SQuAD form, the questions of one passage together, in Simplified characters."""
    made: list[Asking] = []
    for name in READING_SETS:
        by_passage: dict[str, list[Mapping[str, Any]]] = {}
        for record in read_records(root / "train" / f"{name}.jsonl", lambda record, _: record):
            by_passage.setdefault(str(record["passage"]), []).append(record)
        for passage, records in by_passage.items():
            made += _asking(name, passage, records)
    return made


def _asking(name: str, passage: str, records: Sequence[Mapping[str, Any]]) -> Iterator[Asking]:
    simplify = _simplified if name.startswith("drcd") else str
    cleaned = DATED.sub("", simplify(passage))
    reading = Reading.of(cleaned)
    examples = []
    for record in records:
        question = simplify(str(record["question"])).strip()
        if not record["answerable"]:
            examples.append(Example(question, "", (), "untold"))
            continue
        raw = simplify(str(record["answers"][0]))
        start = cleaned.find(raw, max(0, int(record["start"]) - (len(passage) - len(cleaned)) - 2))
        answer = short(raw)
        if start < 0 or not answer or len(answer) > LONGEST_ANSWER:
            continue
        if numbers := supporting(reading, cleaned, start, raw):
            examples.append(Example(question, answer, numbers, "told"))
    if examples and reading.sentences:
        yield Asking(name, reading, tuple(examples))


def robust(root: Path) -> list[Asking]:
    """DuReader-robust's development questions on passages that are not kept for measuring."""
    questions = read_reading(root, "dureader_robust", "dev.json") or []
    made: list[Asking] = []
    for q in questions:
        if not held_back("dureader_robust", q.source):
            record = {"question": q.text, "answers": [q.gold[0]], "start": q.source.find(q.gold[0]), "answerable": True}
            made += _asking("dureader_robust", q.source, [record])
    return made


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


def finance(root: Path) -> list[Asking]:
    """Choices that the financial news supports, as questions with their answer."""
    by_passage: dict[str, list[Example]] = {}
    readings: dict[str, Reading] = {}
    for record in read_records(root / "train" / "finance_options.jsonl", lambda record, _: record):
        question, mark, option = str(record["hypothesis"]).partition("？ ")
        if record["label"] != "entailment" or not mark:
            continue
        passage = str(record["premise"])
        reading = readings.setdefault(passage, Reading.of(passage))
        bare = normalize(option.strip("。"))
        support = [n for n, s in enumerate(reading.sentences, 1) if bare in normalize(s)]
        if support:
            by_passage.setdefault(passage, []).append(
                Example(question + "？", option.strip("。"), tuple(support[:1]), "told")
            )
    return [Asking("finance_options", readings[p], tuple(e)) for p, e in by_passage.items()]
