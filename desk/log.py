"""What the chat needs of the desk: a place that keeps answers, and what it gives back of one.

Knows no database and no web; `desk.store.answers.Answers` is the log that lasts.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rag.errors import UserError
from rag.validity import Standing

if TYPE_CHECKING:
    from rag.datatypes import Answer


class LogAwayError(UserError):
    """The database cannot be reached or written now: locked, full, stopped. What was asked goes on without it."""


@dataclass(frozen=True, slots=True)
class StoredCitation:
    """Where a sentence came from, with the article as it was then: `article_text[start:end] == quote`."""

    number: int
    article_id: str
    title: str
    kind: str  # a value of rag.datatypes.Kind
    speaker: str | None
    published: str | None
    quote: str
    start: int
    end: int
    article_text: str
    standing: Standing | None = None  # a rule's, on the day of the answer


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """One sentence as it was shown. `quoted`: these are the source's own words."""

    text: str
    quoted: bool
    citations: tuple[StoredCitation, ...]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it was shown, personal data masked. `id` is public and cannot be guessed."""

    id: str
    asked: str  # ISO 8601 with the offset of China
    question: str
    status: str  # a value of rag.datatypes.Status
    sentences: tuple[StoredSentence, ...]
    note: str | None


class AnswerLog(Protocol):
    """Keeps answers. Whatever goes in is masked before it is kept."""

    def save(self, answer: "Answer", conversation: str, seconds: float) -> str:
        """Keep the answer; its public id. `seconds` from the question to the last sentence."""
        ...

    def rate(self, public_id: str, good: bool, reason: str) -> None:
        """A citizen's thumb, with a reason or "". The last one counts. An unknown id is ignored."""
        ...

    def read(self, public_id: str) -> StoredAnswer | None:
        """The answer with its sources as they were, or None where there is none of that id (or no longer)."""
        ...
