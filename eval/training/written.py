"""Texts of all kinds that offices print, and what citizens ask of them in their own words: written for this project.

`written/*.jsonl`, a line a text: `title`, `text`, `questions` (`kind`, `question`, `answer`, empty where the text does not tell,
and `support`: for each sentence that the answer rests on, a piece of it). Every place, body, person and figure is invented.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eval.data import read_records
from eval.training.examples import Asking, Example, supporting
from rag.answering.prompts import NumberedText

SOURCE = "written"
HERE = Path(__file__).parent / "written"
KEPT = 16  # of 256: the share of the texts that is measured on


def written(kept: bool = False, folder: Path = HERE) -> list[Asking]:
    """The texts to train on; `kept`: those to measure on. ValueError where a piece does not stand in the text just once."""
    paths = sorted(folder.glob("*.jsonl"))
    records = [record for path in paths for record in read_records(path, lambda record, _: record)]
    return [_asking(record) for record in records if is_kept(str(record["title"])) is kept]


def is_kept(title: str) -> bool:
    return hashlib.sha256(f"written\0{title}".encode()).digest()[0] < KEPT


def _asking(record: Mapping[str, Any]) -> Asking:
    title, text = str(record["title"]), str(record["text"])
    reading = NumberedText.of(text, title)
    return Asking(SOURCE, reading, tuple(_examples(title, text, reading, record["questions"])))


def _examples(title: str, text: str, reading: NumberedText, questions: list[dict[str, Any]]) -> Iterator[Example]:
    for one in questions:
        numbers = set()
        for piece in one["support"]:
            if text.count(piece) != 1:
                raise ValueError(f"{title}: {one['question']}: {piece}")
            numbers |= set(supporting(reading, text, text.index(piece), piece))
        kind = one["kind"] if one["answer"] else "untold"
        yield Example(one["question"], one["answer"], tuple(sorted(numbers)), kind)
