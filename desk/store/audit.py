"""Who did what at the desk. Written in the transaction of the deed itself; nothing can change or delete it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from desk.clock import iso
from desk.store.tables import AuditRow

SYSTEM = "system"  # the person of what commands and the clock do
COMMAND_LINE = "command line"  # of what `python -m rag index` brought about; no user can have a blank in their name
PAGE = 50


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed. `subject` is the public id of an answer, the id of an article or the name of a user; "" for none."""

    id: int
    at: str
    person: str
    action: str
    subject: str
    detail: str


def record(session: Session, at: str, person: str, action: str, subject: str = "", detail: str = "") -> None:
    session.add(AuditRow(at=at, person=person, action=action, subject=subject[:200], detail=detail))


class Audit:
    """Reads the audit, and notes deeds that change no table."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock

    def note(self, person: str, action: str, detail: str) -> None:
        with self._sessions.begin() as session:
            record(session, iso(self._clock()), person, action, detail=detail)

    def newest(self, before: int | None = None, person: str = "", count: int = PAGE) -> list[AuditEntry]:
        """The entries older than the one numbered `before`, newest first."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(count)
        if before is not None:
            query = query.where(AuditRow.id < before)
        if person:
            query = query.where(AuditRow.person == person)
        with self._sessions() as session:
            return [_entry(row) for row in session.scalars(query)]

    def adopted(self) -> AuditEntry | None:
        """The last time that the catalogue changed with an index built on the command line, unless the desk has built one
        since."""
        query = select(AuditRow).where(AuditRow.action.in_(("index.adopt", "index.build"))).order_by(AuditRow.id.desc())
        with self._sessions() as session:
            row = session.scalar(query.limit(1))
            return _entry(row) if row is not None and row.action == "index.adopt" else None

    def of(self, subject: str, count: int = PAGE) -> list[AuditEntry]:
        """What was done to one answer, article or user, newest first."""
        query = select(AuditRow).where(AuditRow.subject == subject).order_by(AuditRow.id.desc()).limit(count)
        with self._sessions() as session:
            return [_entry(row) for row in session.scalars(query)]


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(row.id, row.at, row.person, row.action, row.subject, row.detail)
