"""Answers as they were shown: kept with their sources of that moment, rated by citizens, read back, at last deleted."""

import json
import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from desk.clock import iso
from desk.log import StoredAnswer, StoredCitation, StoredSentence
from desk.plain import clean
from desk.privacy import mask
from desk.store.audit import SYSTEM, record
from desk.store.tables import AnswerRow, BodyRow, CitationRow, DecayRow, FeedbackRow, ReviewRow, SnapshotRow
from desk.support import answer_support
from rag.datatypes import Answer, Article, Status
from rag.reading.article_json import article_from_json, article_to_json
from rag.text.normalization import alnum_only
from rag.validity import Standing, standing_from_json

KEY_LENGTH, MAX_REASON, MAX_NOTE, MAX_CONVERSATION = 120, 500, 2000, 64
PAGE = 50
DELETED_AT_ONCE = 500
UNANSWERED = (Status.NO_EVIDENCE, Status.INSUFFICIENT)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read for the answer: a stretch of an article, by its title's id."""

    article_id: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Review:
    """One verdict of staff on an answer."""

    at: str
    verdict: str
    note: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer with everything that the desk knows of it."""

    answer: StoredAnswer
    conversation: str
    standalone: str
    seconds: float
    support: float | None
    model: str
    corpus: str
    good: bool | None
    reason: str
    evidence: tuple[Evidence, ...]
    nearest: tuple[tuple[str, str], ...]  # (article id, title)
    reviews: tuple[Review, ...]  # newest first


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer in a list. `number` orders the list and leads to its next page."""

    number: int
    id: str
    asked: str
    question: str
    standalone: str
    status: str
    good: bool | None
    reason: str
    support: float | None
    seconds: float
    reviewed: bool


def article_digest(article: Article) -> str:
    """A digest of everything that the article says; in which other files it stands too is no part of that."""
    return sha256(content_of(replace(article, copies=())).encode()).hexdigest()


def content_of(article: Article) -> str:
    return json.dumps(article_to_json(article), ensure_ascii=False, sort_keys=True)


def question_key(question: str) -> str:
    """What is the same for one question typed in two ways: its letters and digits."""
    return alnum_only(question)[:KEY_LENGTH]


class Answers:
    """The table of answers and what belongs to them."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock

    # ------------------------------------------------------------ what the chat calls

    def save(self, answer: Answer, conversation: str, seconds: float, given: datetime | None = None) -> str:
        """Keep the answer; its public id. `given`: when it was, where that is not now."""
        moment = iso(given or self._clock())
        body = answer.to_json()
        for name in ("question", "standalone_question", "note", "text"):
            body[name] = mask(body[name] or "")
        standalone = body["standalone_question"] or body["question"]
        row = AnswerRow(
            public_id=secrets.token_urlsafe(16),
            conversation=mask(conversation)[:MAX_CONVERSATION],
            asked=moment,
            day=moment[:10],
            question=body["question"],
            question_key=question_key(standalone),
            standalone=standalone,
            status=answer.status.value,
            refused=answer.status in UNANSWERED,
            kind=next((c.article.kind.value for c in answer.citations), ""),
            note=body["note"] or None,
            support=answer_support(answer),
            model=answer.model,
            corpus=answer.index,
            seconds=seconds,
            sample=random.random(),
            reason="",
            reviewed=False,
        )
        with self._sessions.begin() as session:
            digests = {c.article.id: keep_snapshot(session, c.article) for c in answer.citations}
            session.add(row)
            session.flush()
            session.add(BodyRow(answer_id=row.id, body=clean(json.dumps(body, ensure_ascii=False))))
            session.add_all(
                CitationRow(
                    answer_id=row.id, sentence=place, statement=sentence.text, number=c.number, digest=digests[c.article.id],
                    start=c.span.start, end=c.span.end, quote=c.quote,
                )
                for place, sentence in enumerate(answer.sentences)
                for c in sentence.citations
            )  # fmt: skip
            return row.public_id

    def rate(self, public_id: str, good: bool, reason: str) -> None:
        reason = mask(reason.strip())[:MAX_REASON]
        with self._sessions.begin() as session:
            row = session.scalar(_by_public_id(public_id))
            if row is not None:
                row.good, row.reason = good, reason
                session.add(FeedbackRow(answer_id=row.id, at=iso(self._clock()), good=good, reason=reason))

    def read(self, public_id: str) -> StoredAnswer | None:
        with self._sessions() as session:
            row = session.scalar(_by_public_id(public_id))
            return None if row is None else _stored(session, row, _body(session, row))

    # ------------------------------------------------------------ what the desk reads

    def find(self, public_id: str) -> KeptAnswer | None:
        """The answer with all that is known of it, or None."""
        with self._sessions() as session:
            row = session.scalar(_by_public_id(public_id))
            return None if row is None else _kept(session, row)

    def reviewed(self) -> Iterator[KeptAnswer]:
        """The answers that have a verdict, last ruled on first."""
        ruled = select(ReviewRow.answer_id, func.max(ReviewRow.id).label("last")).group_by(ReviewRow.answer_id)
        last = ruled.subquery()
        query = select(AnswerRow).join(last, last.c.answer_id == AnswerRow.id).order_by(last.c.last.desc())
        with self._sessions() as session:
            for row in session.scalars(query):
                yield _kept(session, row)

    def cited_article(self, article_id: str, text: str) -> Article | None:
        """The article of that id as it was when its text was this."""
        query = select(SnapshotRow.content).where(SnapshotRow.article_id == article_id)
        with self._sessions() as session:
            articles = (article_from_json(json.loads(content)) for content in session.scalars(query))
            return next((article for article in articles if article.text == text), None)

    def browse(
        self, status: str = "", words: str = "", before: int | None = None, count: int = PAGE
    ) -> list[AnswerLine]:
        """Answers newest first: of one status, with these words in the question, older than line `before`."""
        query = select_answer_lines().order_by(AnswerRow.id.desc()).limit(count)
        if status:
            query = query.where(AnswerRow.status == status)
        if words:
            query = query.where(AnswerRow.question.contains(words, autoescape=True))
        if before is not None:
            query = query.where(AnswerRow.id < before)
        with self._sessions() as session:
            return read_answer_lines(session, query)

    # ------------------------------------------------------------ retention

    def count_before(self, days: int) -> int:
        """How many answers are older than `days` days."""
        with self._sessions() as session:
            return session.scalar(select(func.count()).where(AnswerRow.asked < self._cut(days))) or 0

    def delete_before(self, days: int, person: str = SYSTEM) -> int:
        """Delete the answers older than `days` days with all that belongs to them, and sources no longer cited."""
        cut, deleted = self._cut(days), 0
        while True:
            with self._sessions.begin() as session:
                old = select(AnswerRow.id).where(AnswerRow.asked < cut).limit(DELETED_AT_ONCE)
                ids = list(session.scalars(old))
                session.execute(delete(AnswerRow).where(AnswerRow.id.in_(ids)))
            deleted += len(ids)
            if len(ids) < DELETED_AT_ONCE:
                break
        with self._sessions.begin() as session:
            cited = select(CitationRow.digest)
            session.execute(delete(SnapshotRow).where(SnapshotRow.digest.not_in(cited)))
            record(session, iso(self._clock()), person, "retention", detail=f"{days} days: {deleted} answers")
        return deleted

    def _cut(self, days: int) -> str:
        return iso(self._clock() - timedelta(days=days))

    # ------------------------------------------------------------ verdicts

    def review(self, public_id: str, verdict: str, note: str, reviewer: str) -> bool:
        """Keep a verdict; whether there is such an answer. What decayed of it is settled with it."""
        at, note = iso(self._clock()), mask(note.strip())[:MAX_NOTE]
        with self._sessions.begin() as session:
            row = session.scalar(_by_public_id(public_id))
            if row is None:
                return False
            row.reviewed = True
            session.add(ReviewRow(answer_id=row.id, at=at, verdict=verdict, note=note, reviewer=reviewer))
            cited = select(CitationRow.id).where(CitationRow.answer_id == row.id)
            session.execute(update(DecayRow).where(DecayRow.citation_id.in_(cited)).values(settled=True))
            record(session, at, reviewer, "review", public_id, verdict)
            return True


def keep_snapshot(session: Session, article: Article) -> str:
    """The digest of the article, whose content is kept once."""
    digest = article_digest(article)
    if session.get(SnapshotRow, digest) is None:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        values = {"digest": digest, "article_id": article.id, "title": article.title, "content": content_of(article)}
        session.execute(insert(SnapshotRow).values(values).on_conflict_do_nothing())  # two may cite it at once
    return digest


def select_answer_lines() -> Select[*tuple[Any, ...]]:
    row = AnswerRow
    return select(
        row.id, row.public_id, row.asked, row.question, row.standalone, row.status, row.good, row.reason, row.support,
        row.seconds, row.reviewed,
    )  # fmt: skip


def read_answer_lines(session: Session, query: Select[*tuple[Any, ...]]) -> list[AnswerLine]:
    return [AnswerLine(*row) for row in session.execute(query)]


def _by_public_id(public_id: str) -> Select[AnswerRow]:
    return select(AnswerRow).where(AnswerRow.public_id == public_id)


def _body(session: Session, row: AnswerRow) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(session.get_one(BodyRow, row.id).body)
    return body


def _kept(session: Session, row: AnswerRow) -> KeptAnswer:
    body = _body(session, row)
    reviews = session.scalars(select(ReviewRow).where(ReviewRow.answer_id == row.id).order_by(ReviewRow.id.desc()))
    return KeptAnswer(
        answer=_stored(session, row, body),
        conversation=row.conversation,
        standalone=row.standalone,
        seconds=row.seconds,
        support=row.support,
        model=row.model,
        corpus=row.corpus,
        good=row.good,
        reason=row.reason,
        evidence=tuple(Evidence(e["article_id"], e["text"], e["score"]) for e in body["evidence"]),
        nearest=tuple((near["article_id"], near["title"]) for near in body["nearest"]),
        reviews=tuple(Review(r.at, r.verdict, r.note, r.reviewer) for r in reviews),
    )


def _stored(session: Session, row: AnswerRow, body: dict[str, Any]) -> StoredAnswer:
    cited = session.execute(
        select(CitationRow, SnapshotRow)
        .join(SnapshotRow, SnapshotRow.digest == CitationRow.digest)
        .where(CitationRow.answer_id == row.id)
        .order_by(CitationRow.id)
    ).all()
    standings = {c["number"]: standing_from_json(c) for sentence in body["sentences"] for c in sentence["citations"]}
    by_sentence: dict[int, list[StoredCitation]] = {}
    for citation, snapshot in cited:
        stored = _citation(citation, json.loads(snapshot.content), standings.get(citation.number))
        by_sentence.setdefault(citation.sentence, []).append(stored)
    sentences = tuple(
        StoredSentence(sentence["text"], sentence["quoted"], tuple(by_sentence.get(place, ())))
        for place, sentence in enumerate(body["sentences"])
    )
    return StoredAnswer(row.public_id, row.asked, row.question, row.status, sentences, row.note)


def _citation(row: CitationRow, article: dict[str, Any], standing: Standing | None) -> StoredCitation:
    return StoredCitation(
        number=row.number,
        article_id=article["id"],
        title=article["title"],
        kind=article["kind"],
        speaker=article["speaker"],
        published=article["published"],
        quote=row.quote,
        start=row.start,
        end=row.end,
        article_text=article["text"],
        standing=standing,
    )
