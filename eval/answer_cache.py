"""What the system answered, one line a question, so that a run can be taken up where it stopped.

A line is found again by the question, the commit and the settings together; a question already there is not asked
again. A commit with changes on top is named by the digest of its sources too, so that no stale answer is taken up.
"""

import hashlib
import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.data import ROOT, broken
from rag.datatypes import Answer, Sentence, Status


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation as the evaluation needs it. `head`: what the cited article says of itself (title, speaker, date)."""

    number: int
    article: str
    title: str
    head: str
    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer with its citations."""

    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one question. `error`: the system crashed, which counts as no result."""

    id: str
    status: str
    said: tuple[Said, ...] = ()
    note: str | None = None
    standalone: str = ""
    confidence: float = 0.0  # the best evidence's score
    seconds: float = 0.0
    first_sentence: float | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None

    @property
    def answered(self) -> bool:
        return self.status in (Status.ANSWERED, Status.PARTIAL) and bool(self.said)

    @property
    def refused(self) -> bool:
        """A crash is no refusal: it is worth nothing, whatever was asked."""
        return self.error is None and not self.answered and self.status not in (Status.ERROR, Status.BLOCKED)

    @property
    def text(self) -> str:
        return "\n".join(sentence.text for sentence in self.said)

    @property
    def quotes(self) -> tuple[Quote, ...]:
        return tuple(quote for sentence in self.said for quote in sentence.quotes)


def asked_from(id: str, answer: Answer, seconds: float, first_sentence: float | None = None) -> Asked:
    return Asked(
        id,
        answer.status.value,
        tuple(_said(sentence) for sentence in answer.sentences),
        answer.note,
        answer.standalone_question,
        max((evidence.score for evidence in answer.evidence), default=0.0),
        seconds,
        first_sentence,
        dict(answer.timings),
    )


def _said(sentence: Sentence) -> Said:
    quotes = []
    for citation in sentence.citations:
        a = citation.article
        facts = (a.title, a.kicker, a.subtitle, a.section, a.speaker, a.speaker_role, a.reporter, a.published)
        head = "\n".join(fact for fact in facts if fact)
        quotes.append(Quote(citation.number, a.id, a.title, head, citation.quote, a.speaker))
    return Said(sentence.text, tuple(quotes))


@dataclass(frozen=True, slots=True)
class Key:
    """What an answer depends on besides its question."""

    commit: str
    settings: str


class AnswerCache:
    """The answers of one file that go with one key; new ones are appended and written at once."""

    def __init__(self, path: Path, key: Key) -> None:
        self._path = path
        self._key = key
        self._asked = _read(path, key) if path.is_file() else {}

    def __len__(self) -> int:
        return len(self._asked)

    def find(self, id: str) -> Asked | None:
        return self._asked.get(id)

    def take(self, id: str, ask: Callable[[], Asked]) -> Asked:
        """The answer kept for the question, or a new one from `ask`, then kept."""
        known = self._asked.get(id)
        if known is None:
            known = self._asked[id] = ask()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**asdict(self._key), **asdict(known)}, ensure_ascii=False) + "\n")
        return known


def _read(path: Path, key: Key) -> dict[str, Asked]:
    """Lines of other keys are passed over; so is an unfinished last line, left by a run that was stopped."""
    kept: dict[str, Asked] = {}
    lines = path.read_text("utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            record = json.loads(line)
            if Key(record.pop("commit"), record.pop("settings")) == key:
                kept[record["id"]] = _asked(record)
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):
                _drop_line(path, line)
                break
            raise broken(path, number, str(error)) from error
    return kept


def _drop_line(path: Path, line: str) -> None:
    """Take the unfinished last line off, so that the next one does not run into it."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - len(line.encode()))


def _asked(record: dict[str, Any]) -> Asked:
    said = tuple(Said(s["text"], tuple(Quote(**quote) for quote in s["quotes"])) for s in record.pop("said"))
    return Asked(said=said, **record)


def name_commit(root: Path = ROOT) -> str:
    """The commit's short id; `+` and a digest of rag/ and eval/ where these differ from it."""
    commit = _git(root, "rev-parse", "--short=10", "HEAD") or "nocommit"
    if commit != "nocommit" and _git(root, "status", "--porcelain", "--", "rag", "eval/*.py", "pyproject.toml") == "":
        return commit
    whole = hashlib.sha256()
    for path in sorted([*root.glob("rag/**/*.py"), *root.glob("rag/*.toml"), *root.glob("eval/*.py")]):
        whole.update(path.read_bytes())
    return f"{commit}+{whole.hexdigest()[:8]}"


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
