"""226 questions as citizens type them about 37 city policies and some documents of a ministry: what today's rules are for.

The documents are not part of the project: a question names its document by data set and line, with a digest of its text,
and its gold as places in that text. Half of the questions are for reading and developing on, the other half for scoring only.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from eval.data import HERE, broken, read_records
from eval.metrics import contains
from rag.datatypes import Span

QUESTIONS = HERE / "policies" / "questions.jsonl"
KINDS = ("fact", "whether", "list", "condition", "compare", "follow_up", "untold")


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A document of ../shared/evaldata/documents; `id` is data set and line, counted from 0."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """`gold`: for each thing that must be told the places that tell it, any of them will do. `answers`: of every inner tuple
    one alternative must stand in a right answer. Both are empty where the document does not tell it (`untold`)."""

    id: str
    document: str
    kind: str
    text: str
    history: tuple[tuple[str, str], ...]
    gold: tuple[tuple[Span, ...], ...]
    answers: tuple[tuple[str, ...], ...]

    @property
    def is_for_scoring_only(self) -> bool:
        """Half of the questions, by their id."""
        return hashlib.sha256(f"score only\0{self.id}".encode()).digest()[0] % 2 == 0


def read_policy_documents(root: Path) -> dict[str, PolicyDocument]:
    """The documents by id; empty where the data is absent."""
    made: dict[str, PolicyDocument] = {}
    for name in ("guangzhou_policies", "state_council_and_ministry"):
        path = root / "documents" / f"{name}.jsonl"
        if path.is_file():
            read = read_records(path, lambda record, _: (str(record["title"]), str(record["text"])))
            for number, (title, text) in enumerate(read):
                made[f"{name}/{number}"] = PolicyDocument(f"{name}/{number}", title, text)
    return made


def read_real_policies(documents: Mapping[str, PolicyDocument], path: Path = QUESTIONS) -> list[PolicyQuestion]:
    """The questions on `documents`. UserError that names the line where a document is missing or another text than the
    question was written on, a place lies outside of it, or no alternative of an answer stands in the gold."""
    return read_records(path, partial(_question, documents, path))


def _question(
    documents: Mapping[str, PolicyDocument], path: Path, record: Mapping[str, Any], line: int
) -> PolicyQuestion:
    document = documents.get(record["document"])
    if document is None:
        raise broken(path, line, f"no document {record['document']}")
    if hashlib.sha256(document.text.encode()).hexdigest()[:12] != record["digest"]:
        raise broken(path, line, f"{document.id} is not the text that the question was written on")
    made = PolicyQuestion(
        record["id"], document.id, record["kind"], record["question"],
        tuple((asked, told) for asked, told in record["history"]),
        tuple(tuple(Span(start, end) for start, end in places) for places in record["gold"]),
        tuple(tuple(group) for group in record["answers"]),
    )  # fmt: skip
    if why := wrong_with(made, document.text):
        raise broken(path, line, why)
    return made


def wrong_with(question: PolicyQuestion, text: str) -> str:
    """What makes the question useless on this text; empty where nothing does."""
    if question.kind not in KINDS:
        return f"no kind {question.kind}"
    if not (bool(question.gold) == bool(question.answers) == (question.kind != "untold")):
        return "gold and answers belong to what is told, and to nothing else"
    places = [span for group in question.gold for span in group]
    if any(not 0 <= span.start < span.end <= len(text) for span in places):
        return "a place lies outside of the document"
    told = "\n".join(text[span.start : span.end] for span in places)
    for group in question.answers:
        if not any(contains(told, alternative) for alternative in group):
            return f"no alternative stands in the gold: {'/'.join(group)}"
    return ""


def told_by(question: PolicyQuestion, answer: str) -> Sequence[bool]:
    """Of every thing that must be told whether `answer` tells it."""
    return [any(contains(answer, alternative) for alternative in group) for group in question.answers]
