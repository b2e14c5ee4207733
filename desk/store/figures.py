"""What citizens ask, in numbers: by day, by how it ended, by kind of source, by seconds; and what nobody could answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, sessionmaker

from desk.store.tables import AnswerRow, ReviewRow

BUCKETS = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds; each bar ends before its number, one more holds the rest
MOST_QUESTIONS = 1000


@dataclass(frozen=True, slots=True)
class Day:
    """One day: how many answers of each status, the thumbs, and the mean of the seconds."""

    day: str
    statuses: dict[str, int]
    up: int
    down: int
    seconds: float

    @property
    def count(self) -> int:
        return sum(self.statuses.values())


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that was refused, how often, and when last."""

    question: str
    count: int
    last: str


class Figures:
    """Counts over the answers. `first` and `last` are days, both counted."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def days(self, first: str, last: str) -> list[Day]:
        """The days on which something was asked, in order."""
        query = (
            select(
                AnswerRow.day, AnswerRow.status, func.count(), func.sum(AnswerRow.seconds),
                func.sum(case((AnswerRow.good.is_(True), 1), else_=0)),
                func.sum(case((AnswerRow.good.is_(False), 1), else_=0)),
            )
            .where(AnswerRow.day.between(first, last))
            .group_by(AnswerRow.day, AnswerRow.status)
            .order_by(AnswerRow.day)
        )  # fmt: skip
        by_day: dict[str, list[tuple[str, int, float, int, int]]] = {}
        with self._sessions() as session:
            for day, status, *sums in session.execute(query):
                by_day.setdefault(day, []).append((status, *sums))
        return [
            Day(
                day=day,
                statuses={status: count for status, count, *_ in rows},
                up=sum(row[3] for row in rows),
                down=sum(row[4] for row in rows),
                seconds=sum(row[2] for row in rows) / sum(row[1] for row in rows),
            )
            for day, rows in by_day.items()
        ]

    def kinds(self, first: str, last: str) -> dict[str, int]:
        """How many answers cite first an article of each kind."""
        query = (
            select(AnswerRow.kind, func.count())
            .where(AnswerRow.day.between(first, last), AnswerRow.kind != "")
            .group_by(AnswerRow.kind)
            .order_by(func.count().desc())
        )
        with self._sessions() as session:
            return dict(session.execute(query).all())

    def seconds(self, first: str, last: str) -> list[int]:
        """How many answers took less than each of BUCKETS (and no less than the one before); the rest last."""
        edges = [0.0, *BUCKETS]
        columns = [
            func.sum(case(((AnswerRow.seconds >= low) & (AnswerRow.seconds < high), 1), else_=0))
            for low, high in zip(edges, BUCKETS, strict=False)
        ]
        columns.append(func.sum(case((AnswerRow.seconds >= BUCKETS[-1], 1), else_=0)))
        with self._sessions() as session:
            row = session.execute(select(*columns).where(AnswerRow.day.between(first, last))).one()
        return [count or 0 for count in row]

    def unanswered(self, first: str, last: str, most: int = MOST_QUESTIONS) -> list[Unanswered]:
        """The questions refused most often, each typed in whatever way once, most often first."""
        groups = (
            select(func.max(AnswerRow.id).label("newest"), func.count().label("count"))
            .where(AnswerRow.refused.is_(True), AnswerRow.day.between(first, last))
            .group_by(AnswerRow.question_key)
            .order_by(func.count().desc(), func.max(AnswerRow.id).desc())
            .limit(most)
            .subquery()
        )
        query = (
            select(AnswerRow.standalone, groups.c.count, AnswerRow.day)
            .join(groups, groups.c.newest == AnswerRow.id)
            .order_by(groups.c.count.desc(), AnswerRow.id.desc())
        )
        with self._sessions() as session:
            return [Unanswered(*row) for row in session.execute(query)]

    def export(self, first: str, last: str) -> Iterator[tuple[str, ...]]:
        """A row of text for each answer, in order of time, after one row of names."""
        verdict = (
            select(ReviewRow.verdict)
            .where(ReviewRow.answer_id == AnswerRow.id)
            .order_by(ReviewRow.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(
                AnswerRow.public_id, AnswerRow.asked, AnswerRow.question, AnswerRow.status, AnswerRow.kind,
                AnswerRow.seconds, AnswerRow.support, AnswerRow.good, AnswerRow.reason, verdict,
            )
            .where(AnswerRow.day.between(first, last))
            .order_by(AnswerRow.day, AnswerRow.id)
        )  # fmt: skip
        yield ("id", "asked", "question", "status", "kind", "seconds", "support", "thumb", "reason", "verdict")
        with self._sessions() as session:
            for row in session.execute(query.execution_options(yield_per=1000)):
                *head, seconds, support, good, reason, ruled = row
                thumb = {True: "up", False: "down", None: ""}[good]
                figures = (f"{seconds:.2f}", "" if support is None else f"{support:.2f}")
                yield (*head, *figures, thumb, reason, ruled or "")
