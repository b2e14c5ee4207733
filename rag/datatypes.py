"""The nouns of 问策: every value that crosses a module's border, frozen and slotted.

This file knows nothing of files, models or the web. One word stands for one thing (docs/glossary.md has the list).
Offsets are characters (Unicode code points) into `Article.text`, half-open.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.spans import Span as Span
from rag.validity import State, Validity, standing_to_json

Vectors = NDArray[np.float32]  # (texts, dimensions), unit length


class Message(NamedTuple):
    """One turn of what the local model reads. `role` is "system", "user" or "assistant"."""

    role: str
    content: str


class PageStart(NamedTuple):
    """Where a page of the file begins in a text. `number`: as the file counts its pages, from 1."""

    start: int
    number: int


class Kind(StrEnum):
    """What an article is. Decides how an answer may speak of it: a suggestion is not a rule."""

    PROPOSAL = "proposal"
    POLICY = "policy"
    NEWS = "news"
    FEATURE = "feature"
    CAPTION = "caption"


class Status(StrEnum):
    """How a question ended. `answered` and `partial` carry sentences; all others are refusals or errors."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NO_EVIDENCE = "no_evidence"  # 未收录: no article is about this
    INSUFFICIENT = "insufficient"  # 证据不足: an article is about this, but does not tell
    ASK_BACK = "ask_back"  # 请补充: several articles tell it, each for its own place, year or group
    OUT_OF_SCOPE = "out_of_scope"  # 超出范围: not a question that articles can answer
    BLOCKED = "blocked"
    ERROR = "error"

    @property
    def has_sentences(self) -> bool:
        return self in (Status.ANSWERED, Status.PARTIAL)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of an article's outline: `rank` (the lower, the wider), where its mark stands, its heading, and its body: what
    stands below the heading, up to the next section as wide. `is_clause`: the heading is its sentence's own first clause."""

    rank: int
    start: int
    heading: Span  # empty for an item that is a sentence
    body: Span
    is_clause: bool = False


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list, from its lead to the end of its last item; the lead ends where the first item begins."""

    span: Span
    items: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A numbered rule, 第十二条 ……, with its items."""

    number: int
    span: Span


@dataclass(frozen=True, slots=True)
class Structure:
    """How an article is made (`rag.reading.structure`); each tuple is in the order of the text."""

    passages: tuple[Span, ...]
    sections: tuple[Section, ...]
    enumerations: tuple[Enumeration, ...]
    rules: tuple[Rule, ...]
    is_regulation: bool  # its paragraphs are numbered rules


NOT_TOLD = "-"  # a day of which staff have ruled that the text tells none
GIVEN = "given"  # the source of a text that the caller gave (`Chatbot.ask_over`)


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a source file.

    `text` holds the paragraphs, whole again, joined by newlines; inside its lines it is the source's text unchanged.
    `published` is an ISO date (`2026-01-16`), the same without its year where the source gives none (`--01-16`,
    as in XML Schema's gMonthDay), or None. `issuer` and `number` are an official document's: who gave it out (several with a blank
    between them) and under which 文号 (松政发〔2026〕3号). `pages`: where those of its file begin. `copies`: other files that hold it too.
    `uncertain`: words that a scan's recognition was not sure of. `effective`, `expires`: since and until when it holds as staff have ruled (ISO
    days or NOT_TOLD). `structure` follows from title, text and paragraphs, `validity` from these and the other articles; None: not read yet.
    """

    id: str
    title: str
    kind: Kind
    source: str
    text: str
    paragraphs: tuple[Span, ...]
    kicker: str | None = None
    subtitle: str | None = None
    section: str | None = None
    speaker: str | None = None
    speaker_role: str | None = None
    reporter: str | None = None
    published: str | None = None
    issuer: str | None = None
    number: str | None = None
    effective: str | None = None
    expires: str | None = None
    pages: tuple[PageStart, ...] = ()
    copies: tuple[str, ...] = ()
    uncertain: tuple[Span, ...] = ()
    structure: Structure | None = field(default=None, compare=False, repr=False)
    validity: Validity | None = field(default=None, compare=False, repr=False)

    @property
    def is_given(self) -> bool:
        """Whether it is one of several texts given together, which answer together."""
        return self.source == GIVEN

    def page_at(self, position: int) -> int | None:
        """The page of its file on which the character at `position` stands; None where the file has no pages."""
        return next((page.number for page in reversed(self.pages) if page.start <= position), None)


class Why(StrEnum):
    """Why something that a file holds is in no article."""

    PAGE = "page"  # a page number or a running head
    FURNITURE = "furniture"  # the paper's own: editors, address, date of the page
    CREDIT = "credit"  # who signed, wrote, compiled or took the picture, beyond what the article's facts keep
    NOTE = "note"  # the editors' word above the articles
    HIDDEN = "hidden"  # a comment or a script: no reader sees it
    UNSEEN = "unseen"  # characters that show nothing
    STRUCK = "struck"  # struck out
    FIELD = "field"  # front matter that is no fact of an article


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of a file that is in no article: from which line, or page of a file that has pages (from 1), its words, and why."""

    source: str
    line: int
    text: str
    why: Why


@dataclass(frozen=True, slots=True)
class Passage:
    """The retrieved unit: a paragraph, or a part of a long one. Its id is `<article_id>#<n>`, n from 0."""

    id: str
    article: Article
    span: Span

    @property
    def text(self) -> str:
        return self.article.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the judge makes of a passage for a question: the probability that it answers, and where its best answer
    stands. `certainty`: log-odds of that answer against there being none."""

    probability: float
    span: Span
    certainty: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; a higher score is better, rank 1 is the best. `reading`: what the judge makes of it,
    where it was asked; its span counts from the passage's start."""

    passage: Passage
    score: float
    rank: int
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a passage that may stand behind an answer. `score` in [0, 1]: how well it fits the question."""

    passage: Passage
    span: Span
    score: float

    @property
    def text(self) -> str:
        return self.passage.article.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence comes from. `article.text[span.start:span.end] == quote`. `state`: the article's, on the day it is cited."""

    number: int
    passage: Passage
    span: Span
    state: State | None = None

    @property
    def quote(self) -> str:
        return self.passage.article.text[self.span.start : self.span.end]

    @property
    def article(self) -> Article:
        return self.passage.article


@dataclass(frozen=True, slots=True)
class Sentence:
    """One checked sentence of an answer. `quoted`: these are the source's own words, not the model's."""

    text: str
    citations: tuple[Citation, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that a question may mean: whose rule, in the words of its title (青岭县), and the question with it."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got: one object for the chat, the command line and the evaluation.

    `note` is the refusal's text, or for a partial answer what is missing; None for a whole answer. `on`: the day (ISO) on which it holds.
    `choices`: what is asked back, where several rules tell it differently. `nearest` are the articles closest to the question, best
    first. `timings` are seconds by step.
    """

    status: Status
    question: str
    standalone_question: str
    sentences: tuple[Sentence, ...] = ()
    note: str | None = None
    choices: tuple[Choice, ...] = ()
    nearest: tuple[Article, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    model: str = ""
    index: str = ""
    on: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The answer as read: sentences with their [n] markers, then the note, and what is asked back, one a line."""
        lines = [mark(sentence) for sentence in self.sentences]
        if self.note:
            lines.append(self.note)
        return "\n".join([*lines, *(f"· {choice.question}" for choice in self.choices)])

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, by number."""
        by_number = {citation.number: citation for sentence in self.sentences for citation in sentence.citations}
        return tuple(by_number[number] for number in sorted(by_number))

    def to_json(self) -> dict[str, Any]:
        """The answer as plain values: the shape that `python -m rag ask --json` prints and scripts rely on."""
        return {
            "status": self.status.value,
            "text": self.text,
            "question": self.question,
            "standalone_question": self.standalone_question,
            "sentences": [
                {
                    "text": sentence.text,
                    "quoted": sentence.quoted,
                    "citations": [citation_to_json(citation) for citation in sentence.citations],
                }
                for sentence in self.sentences
            ],
            "note": self.note,
            "choices": [{"label": choice.label, "question": choice.question} for choice in self.choices],
            "nearest": [{"article_id": a.id, "title": a.title, "kind": a.kind.value} for a in self.nearest],
            "evidence": [
                {
                    "passage_id": e.passage.id,
                    "article_id": e.passage.article.id,
                    "start": e.span.start,
                    "end": e.span.end,
                    "text": e.text,
                    "score": round(e.score, 4),
                }
                for e in self.evidence
            ],
            "model": self.model,
            "index": self.index,
            "on": self.on,
            "timings": {step: round(seconds, 4) for step, seconds in self.timings.items()},
        }


@dataclass(frozen=True, slots=True)
class Match:
    """An article that concerns who asked; `why`: its own sentence that says so, with its citation."""

    article: Article
    why: Sentence


@dataclass(frozen=True, slots=True)
class Progress:
    """What the chatbot is doing now; streamed before and between sentences."""

    step: str  # "searching", "reading", "writing"
    found: int = 0  # articles found, once known


def mark(sentence: Sentence) -> str:
    """The sentence followed by its markers: `……。[1][2]`."""
    return sentence.text + "".join(f"[{citation.number}]" for citation in sentence.citations)


def citation_to_json(citation: Citation) -> dict[str, Any]:
    article = citation.article
    return {
        "number": citation.number,
        "passage_id": citation.passage.id,
        "article_id": article.id,
        "title": article.title,
        "kind": article.kind.value,
        "speaker": article.speaker,
        "published": article.published,
        "source": article.source,
        "page": article.page_at(citation.span.start),
        "start": citation.span.start,
        "end": citation.span.end,
        "quote": citation.quote,
        **standing_to_json(article.validity, citation.state),
    }


IsCancelled = Callable[[], bool]  # asked between steps: whether nobody waits for the answer any more


class PassageEncoder(Protocol):
    """What turns text into unit vectors. `identity` names the model and its weights."""

    identity: str
    dimensions: int

    def encode_passages(self, passages: Sequence[Passage], advance: Callable[[int], object] = ...) -> Vectors: ...

    def encode_queries(self, queries: Sequence[str]) -> Vectors: ...


class EvidenceJudge(Protocol):
    """What tells whether a passage answers a question, and whether a quote supports a statement."""

    identity: str

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]: ...

    def supports(self, pairs: Sequence[tuple[str, str]]) -> list[float]: ...


class TextGenerator(Protocol):
    """What writes a draft. Yields pieces of the text as they come; `cancelled` is asked between them."""

    identity: str

    def count_tokens(self, text: str) -> int: ...

    def stream(self, messages: Sequence[Message], max_tokens: int, cancelled: IsCancelled = ...) -> Iterator[str]: ...

    def read_ahead(self, one: Sequence[Message], other: Sequence[Message], cancelled: IsCancelled = ...) -> None: ...
