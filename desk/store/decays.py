"""Citations whose article is not what it was: what there is to re-check, and what was found."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from desk.clock import iso
from desk.store.audit import record
from desk.store.tables import AnswerRow, CitationRow, DecayRow, SnapshotRow
from rag.datatypes import Article
from rag.reading.article_json import article_from_json

PAGE = 50


class Outcome(StrEnum):
    """What became of a citation, worst first."""

    WITHDRAWN = "withdrawn"  # there is no such article any more
    UNSUPPORTED = "unsupported"  # the present text no longer bears the sentence
    REWORDED = "reworded"  # other words, which still bear it
    STANDS = "stands"  # the article changed, the cited words did not


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation to re-check, with the quotes that its sentence rests on."""

    id: int
    statement: str
    quote: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the re-check found for one citation."""

    citation: int
    outcome: Outcome
    article_now: str | None = None
    support_now: float | None = None


@dataclass(frozen=True, slots=True)
class Decayed:
    """A line of the list: one sentence with one citation, however often it was shown. `answers` counts the answers,
    `answer` is the newest of them; `number` names the line."""

    number: int
    outcome: Outcome
    answers: int
    answer: str
    asked: str
    question: str
    statement: str
    quote: str
    title: str
    article_id: str
    article_now: str | None
    support_now: float | None


class Decays:
    """The table of decayed citations."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock

    def cited_articles(self) -> dict[str, Article]:
        """Every article as it was cited, by its digest."""
        with self._sessions() as session:
            rows = session.execute(select(SnapshotRow.digest, SnapshotRow.content)).all()
        return {digest: article_from_json(json.loads(content)) for digest, content in rows}

    def citations_of(self, digest: str) -> Iterator[Cited]:
        """The citations of an article as it was."""
        other = (
            select(CitationRow.answer_id, CitationRow.sentence)
            .where(CitationRow.digest == digest)
            .distinct()
            .subquery()
        )
        query = (
            select(
                CitationRow.id, CitationRow.answer_id, CitationRow.sentence, CitationRow.digest,
                CitationRow.statement, CitationRow.quote,
            )
            .join(other, (CitationRow.answer_id == other.c.answer_id) & (CitationRow.sentence == other.c.sentence))
        )  # fmt: skip
        with self._sessions() as session:
            rows = session.execute(query).all()
        quotes: dict[tuple[int, int], list[str]] = {}
        for _, answer, sentence, _, _, quote in rows:
            quotes.setdefault((answer, sentence), []).append(quote)
        for id, answer, sentence, of, statement, quote in rows:
            if of == digest:
                yield Cited(id, statement, quote, tuple(quotes[answer, sentence]))

    def keep(self, findings: list[Finding]) -> int:
        """Keep what was found; how many are new. What was settled stays so until something else is found."""
        new, at = 0, iso(self._clock())
        with self._sessions.begin() as session:
            known = {
                row.citation_id: row
                for start in range(0, len(findings), 500)
                for row in session.scalars(
                    select(DecayRow).where(DecayRow.citation_id.in_(f.citation for f in findings[start : start + 500]))
                )
            }
            for found in findings:
                row, settled = known.get(found.citation), found.outcome is Outcome.STANDS
                if row is None:
                    row = DecayRow(citation_id=found.citation, at=at, settled=settled)
                    session.add(row)
                elif (row.outcome, row.article_now) == (found.outcome.value, found.article_now):
                    continue
                row.at, row.outcome, row.settled = at, found.outcome.value, settled
                row.article_now, row.support_now = found.article_now, found.support_now
                new += not settled
        return new

    def forget(self, digest: str) -> None:
        """The article is again what it was: nothing of it has decayed."""
        cited = select(CitationRow.id).where(CitationRow.digest == digest)
        with self._sessions.begin() as session:
            session.execute(delete(DecayRow).where(DecayRow.citation_id.in_(cited)))

    def open(self, outcome: str = "", after: int = 0, count: int = PAGE) -> list[Decayed]:
        """What staff have not settled, worst first. `after` lines are left out."""
        worst = case({outcome.value: place for place, outcome in enumerate(Outcome)}, value=DecayRow.outcome)
        same = (CitationRow.digest, CitationRow.statement, CitationRow.quote, DecayRow.outcome, DecayRow.article_now)
        groups = (
            select(
                func.max(DecayRow.id).label("number"), DecayRow.outcome, DecayRow.article_now,
                func.max(DecayRow.support_now).label("support"), CitationRow.statement, CitationRow.quote,
                CitationRow.digest, func.count(CitationRow.answer_id.distinct()).label("answers"),
                func.max(CitationRow.answer_id).label("newest"), worst.label("worst"),
            )
            .join(CitationRow, CitationRow.id == DecayRow.citation_id)
            .where(DecayRow.settled.is_(False))
            .group_by(*same)
        )  # fmt: skip
        if outcome:
            groups = groups.where(DecayRow.outcome == outcome)
        of = groups.subquery()
        query = (
            select(
                of.c.number, of.c.outcome, of.c.answers, AnswerRow.public_id, AnswerRow.asked, AnswerRow.question,
                of.c.statement, of.c.quote, SnapshotRow.title, SnapshotRow.article_id, of.c.article_now, of.c.support,
            )
            .join(AnswerRow, AnswerRow.id == of.c.newest)
            .join(SnapshotRow, SnapshotRow.digest == of.c.digest)
            .order_by(of.c.worst, of.c.answers.desc(), of.c.number.desc())
            .limit(count).offset(after)
        )  # fmt: skip
        with self._sessions() as session:
            rows = session.execute(query).all()
        return [Decayed(number, Outcome(found), *rest) for number, found, *rest in rows]

    def counts(self) -> dict[Outcome, int]:
        """How many are open of each outcome."""
        query = select(DecayRow.outcome, func.count()).where(DecayRow.settled.is_(False)).group_by(DecayRow.outcome)
        with self._sessions() as session:
            found = dict(session.execute(query).all())
        return {outcome: found.get(outcome.value, 0) for outcome in Outcome}

    def settle(self, number: int, by: str) -> None:
        """A person has seen this line; it leaves the list, and all answers that show it with it."""
        with self._sessions.begin() as session:
            row = session.get(DecayRow, number)
            if row is None or row.settled:
                return
            cited = session.get_one(CitationRow, row.citation_id)
            same = select(CitationRow.id).where(
                CitationRow.digest == cited.digest,
                CitationRow.statement == cited.statement,
                CitationRow.quote == cited.quote,
            )
            session.execute(
                update(DecayRow)
                .where(DecayRow.citation_id.in_(same), DecayRow.outcome == row.outcome)
                .values(settled=True)
                .execution_options(synchronize_session=False)
            )
            answer = session.get_one(AnswerRow, cited.answer_id)
            record(session, iso(self._clock()), by, "decay.settle", answer.public_id, row.outcome)

    def settle_all(self, outcome: Outcome, by: str) -> int:
        """Settle everything of one outcome; how many there were."""
        with self._sessions.begin() as session:
            open_ones = (DecayRow.settled.is_(False), DecayRow.outcome == outcome.value)
            count = session.scalar(select(func.count()).select_from(DecayRow).where(*open_ones)) or 0
            session.execute(update(DecayRow).where(*open_ones).values(settled=True))
            record(session, iso(self._clock()), by, "decay.settle", detail=f"{outcome.value}: {count}")
        return count
