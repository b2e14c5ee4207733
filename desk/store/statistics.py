"""What citizens ask, in numbers: by day, by how it ended, by kind of source, by seconds; and what nobody could answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, sessionmaker

from desk.store.tables import AnswerRow, ReviewRow

BUCKETS = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds; each bar ends before its number, one more holds the rest
MOST_QUESTIONS = 500


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
class Summary:
    """A period: its days with questions in order; how many answers cite first an article of each kind, the most cited
    first; and how many took less than each of BUCKETS and no less than the one before, the rest last."""

    days: tuple[Day, ...]
    kinds: dict[str, int]
    seconds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that was refused, how often, and when last."""

    question: str
    count: int
    last: str


class Statistics:
    """Counts over the answers. `first` and `last` are days, both counted."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def summary(self, first: str, last: str) -> Summary:
        """All of it in one scan of the period."""
        query = (
            select(
                AnswerRow.day, AnswerRow.status, AnswerRow.kind, func.count(), func.sum(AnswerRow.seconds),
                func.sum(case((AnswerRow.good.is_(True), 1), else_=0)),
                func.sum(case((AnswerRow.good.is_(False), 1), else_=0)),
                *(func.sum(case((AnswerRow.seconds < edge, 1), else_=0)) for edge in BUCKETS),
            )
            .where(AnswerRow.day.between(first, last))
            .group_by(AnswerRow.day, AnswerRow.status, AnswerRow.kind)
            .order_by(AnswerRow.day)
        )  # fmt: skip
        rows_of: dict[str, list[Any]] = {}
        kinds: Counter[str] = Counter()
        below = [0] * (len(BUCKETS) + 1)  # how many took less than each edge; the last counts all
        with self._sessions() as session:
            for row in session.execute(query):
                day, _, kind, count, *_ = row
                rows_of.setdefault(day, []).append(row)
                kinds[kind] += count
                below = [sum(pair) for pair in zip(below, (*row[7:], count), strict=True)]
        del kinds[""]
        seconds = tuple(high - low for low, high in pairwise([0, *below]))
        return Summary(tuple(_day(day, rows) for day, rows in rows_of.items()), dict(kinds.most_common()), seconds)

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


def _day(day: str, rows: Sequence[Any]) -> Day:
    statuses: Counter[str] = Counter()
    for _, status, _, count, *_ in rows:
        statuses[status] += count
    spent, up, down = (sum(row[place] for row in rows) for place in (4, 5, 6))
    return Day(day, dict(statuses), up, down, spent / statuses.total())
