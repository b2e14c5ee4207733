"""426 questions as citizens type them about 37 city policies and some documents of the State Council and a ministry: 226 by
those who build the product (questions.jsonl), 200 by somebody who had not read its code (citizens.jsonl).

The documents are not part of the project: a question names its documents by data set and line, with a digest or the title,
and its gold as places in their text. Half of the questions are for reading and developing on, the other half for scoring only.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from eval.data import HERE, broken, read_records
from eval.metrics import contains
from rag.datatypes import Span

QUESTIONS = HERE / "policies" / "questions.jsonl"
CITIZENS = HERE / "policies" / "citizens.jsonl"
NUMBER = re.compile(r"[\u4e00-\u9fff]{2,6}(?:〔\d{4}〕|令第)\d+号")  # some records hold a piece of the title before it
SAME_KIND = {"yes_no": "whether", "two_places": "compare"}  # what citizens.jsonl calls them
KINDS = ("fact", "whether", "list", "condition", "procedure", "compare", "follow_up", "untold")


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A document of ../shared/evaldata/documents; `id` is data set and line, counted from 0. `date`: an ISO date, or empty."""

    id: str
    title: str
    text: str
    issuer: str = ""
    number: str = ""
    date: str = ""

    def as_file(self) -> str:
        """The document as an office has it in a text file: the title and, as far as they are known, who issued it, its number
        and date, a line each, then the text without the title that some records begin with."""
        number = self.number if NUMBER.fullmatch(self.number) else ""
        facts = (("发布机构", self.issuer), ("发文字号", number), ("发布日期", self.date))
        text = self.text.removeprefix(self.title).removeprefix(self.number).lstrip("\n")
        return "\n".join((self.title, *(f"{name}：{fact}" for name, fact in facts if fact), text)) + "\n"


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """`gold`: for each thing that must be told the places that tell it, any of them will do; in the document, or in that of
    `documents` which stands at the same place. `answers`: of every inner tuple one alternative must stand in a right answer.
    Gold and answers are empty where the document does not tell it (`untold`)."""

    id: str
    document: str
    kind: str
    text: str
    history: tuple[tuple[str, str], ...]
    gold: tuple[tuple[Span, ...], ...]
    answers: tuple[tuple[str, ...], ...]
    is_for_scoring_only: bool = False
    documents: tuple[str, ...] = ()

    def document_of(self, number: int) -> str:
        """The document of the gold's group of that number."""
        return self.documents[number] if self.documents else self.document


def is_for_scoring_only(id: str) -> bool:
    """Half of questions.jsonl, by their id."""
    return hashlib.sha256(f"score only\0{id}".encode()).digest()[0] % 2 == 0


def read_policy_documents(root: Path) -> dict[str, PolicyDocument]:
    """The documents by id; empty where the data is absent."""
    made: dict[str, PolicyDocument] = {}
    for name in ("guangzhou_policies", "state_council_and_ministry"):
        path = root / "documents" / f"{name}.jsonl"
        if path.is_file():
            for number, record in enumerate(read_records(path, lambda record, _: record)):
                facts = (record["issuer"], record["doc_no"] or "", record.get("date") or "")
                made[f"{name}/{number}"] = PolicyDocument(f"{name}/{number}", record["title"], record["text"], *facts)
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
        is_for_scoring_only(record["id"]),
    )  # fmt: skip
    if why := wrong_with(made, document.text):
        raise broken(path, line, why)
    return made


def read_citizens(documents: Mapping[str, PolicyDocument], path: Path = CITIZENS) -> list[PolicyQuestion]:
    """The questions of somebody who had not read the code. UserError that names the line where a document is missing or has
    another title, or a place lies outside of it."""
    return read_records(path, partial(_citizen, documents, path))


def _citizen(
    documents: Mapping[str, PolicyDocument], path: Path, record: Mapping[str, Any], line: int
) -> PolicyQuestion:
    named = record["document"] if isinstance(record["document"], list) else [record["document"]]
    ids = tuple(f"{place['file'].removesuffix('.jsonl')}/{place['line']}" for place in named)
    for id, place in zip(ids, named, strict=True):
        if id not in documents or documents[id].title != place["title"]:
            raise broken(path, line, f"no document {id} of the title {place['title']}")
    made = PolicyQuestion(
        record["id"], ids[0], SAME_KIND.get(record["kind"], record["kind"]), record["question"],
        tuple((asked, told) for asked, told in record["history"]),
        tuple((Span(start, end),) for start, end in record["gold"]),
        tuple(tuple(must.split("|")) for must in record["must"]) if record["gold"] else (),
        record["half"] == "held",
        ids if len(ids) > 1 else (),
    )  # fmt: skip
    if why := out_of_place(made, documents):
        raise broken(path, line, why)
    return made


def out_of_place(question: PolicyQuestion, documents: Mapping[str, PolicyDocument]) -> str:
    """What is wrong with the question's kind or places; empty where nothing is."""
    if question.kind not in KINDS:
        return f"no kind {question.kind}"
    if not (bool(question.gold) == bool(question.answers) == (question.kind != "untold")):
        return "gold and answers belong to what is told, and to nothing else"
    for number, places in enumerate(question.gold):
        length = len(documents[question.document_of(number)].text)
        if any(not 0 <= span.start < span.end <= length for span in places):
            return "a place lies outside of the document"
    return ""


def wrong_with(question: PolicyQuestion, text: str) -> str:
    """What makes the question useless on this text; empty where nothing does."""
    if why := out_of_place(question, {question.document: PolicyDocument(question.document, "", text)}):
        return why
    places = [span for group in question.gold for span in group]
    told = "\n".join(text[span.start : span.end] for span in places)
    for group in question.answers:
        if not any(contains(told, alternative) for alternative in group):
            return f"no alternative stands in the gold: {'/'.join(group)}"
    return ""


def told_by(question: PolicyQuestion, answer: str) -> Sequence[bool]:
    """Of every thing that must be told whether `answer` tells it."""
    return [any(contains(answer, alternative) for alternative in group) for group in question.answers]
