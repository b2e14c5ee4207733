"""The queue: answers that a person should look at, by why. An answer with a verdict is in it no longer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased, sessionmaker

from desk.store.answers import AnswerLine, read_answer_lines, select_answer_lines
from desk.store.tables import AnswerRow

LOW_SUPPORT = 0.75  # shown from 0.6 (rag.answering.support.SUPPORTED); below this a person looks too
OFTEN = 3  # refusals of one question
SAMPLE_SHARE = 0.02
LONGEST = 200  # lines shown and counted of each reason


class Reason(StrEnum):
    """Why an answer is in the queue."""

    THUMBS = "thumbs"
    SUPPORT = "support"
    REFUSED = "refused"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Around:
    """An answer's place in the queue, from 1 (0: it is in it no longer), how many there are, and the answer that
    follows; after the last one the first; None where there is no other."""

    place: int
    count: int
    following: str | None


class Queue:
    """Reads the queue off the answers."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def lines(self, reason: Reason) -> list[tuple[AnswerLine, int]]:
        """The answers to look at for one reason, most urgent first, with how often they were asked (1: not counted)."""
        with self._sessions() as session:
            if reason is Reason.REFUSED:
                asked = dict(session.execute(_refused_often()).all())
                lines = read_answer_lines(session, select_answer_lines().where(AnswerRow.id.in_(asked)))
                lines.sort(key=lambda line: (-asked[line.number], -line.number))
                return [(line, asked[line.number]) for line in lines]
            query = select_answer_lines().where(*_conditions(reason)).order_by(*_order(reason)).limit(LONGEST)
            return [(line, 1) for line in read_answer_lines(session, query)]

    def counts(self) -> dict[Reason, int]:
        """How many are left of each reason, LONGEST at most."""
        with self._sessions() as session:
            return {reason: self._count(session, reason) for reason in Reason}

    def _count(self, session: Session, reason: Reason) -> int:
        if reason is Reason.REFUSED:
            some = _refused_often().subquery()
        else:
            some = select(AnswerRow.id).where(*_conditions(reason)).limit(LONGEST).subquery()
        return session.scalar(select(func.count()).select_from(some)) or 0

    def around(self, reason: Reason, public_id: str) -> Around:
        """Where an answer stands in the queue."""
        ids = [line.id for line, _ in self.lines(reason)]
        place = ids.index(public_id) + 1 if public_id in ids else 0
        following = next((id for id in ids[place:] + ids[:place] if id != public_id), None)
        return Around(place, len(ids), following)


def _conditions(reason: Reason) -> tuple[Any, ...]:
    left = AnswerRow.reviewed.is_(False)
    return {
        Reason.THUMBS: (left, AnswerRow.good.is_(False)),
        Reason.SUPPORT: (left, AnswerRow.support < LOW_SUPPORT),
        Reason.SAMPLE: (left, AnswerRow.sample < SAMPLE_SHARE),
    }[reason]


def _order(reason: Reason) -> tuple[Any, ...]:
    return {
        Reason.THUMBS: (AnswerRow.id.desc(),),
        Reason.SUPPORT: (AnswerRow.support, AnswerRow.id),
        Reason.SAMPLE: (AnswerRow.sample, AnswerRow.id),
    }[reason]


def _refused_often() -> Select[int, int]:
    """(number of the newest, how many) for each question refused often on which nobody has ruled."""
    ruled = aliased(AnswerRow)
    same = exists().where(
        ruled.reviewed.is_(True), ruled.refused.is_(True), ruled.question_key == AnswerRow.question_key
    )
    return (
        select(func.max(AnswerRow.id), func.count())
        .where(AnswerRow.reviewed.is_(False), AnswerRow.refused.is_(True))
        .group_by(AnswerRow.question_key)
        .having(func.count() >= OFTEN, ~same)
        .order_by(func.count().desc())
        .limit(LONGEST)
    )
