"""The tables of the desk. Times are ISO texts of China's clock (`desk.clock`), so that they sort and read alike."""

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CASCADE = "CASCADE"


class Table(DeclarativeBase):
    """What all tables share: their metadata, which the migrations are compared with in the tests."""


class AnswerRow(Table):
    """One answer, what lists show and filter by; the rest stands in `BodyRow`, so that a scan of all is short."""

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_public_id", "public_id", unique=True),
        Index("ix_answers_conversation", "conversation"),
        Index("ix_answers_asked", "asked"),
        Index("ix_answers_status", "status", "id"),
        # what citizens ask: one covering scan of the days looked at
        Index("ix_answers_day", "day", "status", "kind", "good", "seconds"),
        # the queue: one index for each of its reasons
        Index("ix_answers_thumbs", "reviewed", "good", "id"),
        Index("ix_answers_support", "reviewed", "support", "id"),
        Index("ix_answers_sample", "reviewed", "sample", "id"),
        Index("ix_answers_unanswered", "reviewed", "refused", "question_key", "id"),
        Index("ix_answers_refused_day", "refused", "day", "question_key", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32))
    conversation: Mapped[str] = mapped_column(String(64))
    asked: Mapped[str] = mapped_column(String(32))
    day: Mapped[str] = mapped_column(String(10))
    question: Mapped[str] = mapped_column(Text)
    question_key: Mapped[str] = mapped_column(String(120))  # letters and digits: the same question typed in two ways
    standalone: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    refused: Mapped[bool] = mapped_column(Boolean)  # a question that articles might have answered, but did not
    kind: Mapped[str] = mapped_column(String(16), default="")  # of the first cited article; "" for a refusal
    note: Mapped[str | None] = mapped_column(Text)
    support: Mapped[float | None] = mapped_column(Float)  # of the least supported sentence; None for a refusal
    model: Mapped[str] = mapped_column(Text)
    corpus: Mapped[str] = mapped_column(Text)
    seconds: Mapped[float] = mapped_column(Float)
    sample: Mapped[float] = mapped_column(Float)  # in [0, 1), by chance: the random sample is what is small
    good: Mapped[bool | None] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text, default="")
    reviewed: Mapped[bool] = mapped_column(Boolean, default=False)


class BodyRow(Table):
    """The whole answer as JSON, personal data masked."""

    __tablename__ = "bodies"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete=CASCADE), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class SnapshotRow(Table):
    """An article as it was when it was cited. `digest` is of everything in it."""

    __tablename__ = "snapshots"
    __table_args__ = (Index("ix_snapshots_article", "article_id"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    article_id: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)  # rag.reading.article_json.article_to_json


class CitationRow(Table):
    """One citation of one sentence of an answer. `sentence` counts from 0; its text is `statement`."""

    __tablename__ = "citations"
    __table_args__ = (Index("ix_citations_answer", "answer_id"), Index("ix_citations_digest", "digest", "id"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete=CASCADE))
    sentence: Mapped[int] = mapped_column(Integer)
    statement: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(ForeignKey("snapshots.digest"))
    start: Mapped[int] = mapped_column("start_at", Integer)
    end: Mapped[int] = mapped_column("end_at", Integer)
    quote: Mapped[str] = mapped_column(Text)


class FeedbackRow(Table):
    """Every thumb; the last one of an answer stands in `answers.good`."""

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_answer", "answer_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete=CASCADE))
    at: Mapped[str] = mapped_column(String(32))
    good: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)


class ReviewRow(Table):
    """Every verdict of staff on an answer; the last one holds."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_answer", "answer_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete=CASCADE))
    at: Mapped[str] = mapped_column(String(32))
    verdict: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text)
    reviewer: Mapped[str] = mapped_column(String(64))


class DecayRow(Table):
    """A citation whose article is not what it was: what the re-check found, until staff settle it."""

    __tablename__ = "decay"
    __table_args__ = (
        Index("ix_decay_citation", "citation_id", unique=True),
        Index("ix_decay_open", "settled", "outcome", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    citation_id: Mapped[int] = mapped_column(ForeignKey("citations.id", ondelete=CASCADE))
    at: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(16))  # desk.decay.Outcome
    article_now: Mapped[str | None] = mapped_column(String(200))
    support_now: Mapped[float | None] = mapped_column(Float)
    settled: Mapped[bool] = mapped_column(Boolean, default=False)


class ArticleRow(Table):
    """An article of the catalogue: what staff want the index to hold."""

    __tablename__ = "articles"
    __table_args__ = (Index("ix_articles_state", "state", "changed"),)

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))  # desk.store.catalogue.State
    origin: Mapped[str] = mapped_column(String(8))  # "files" or "desk"
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    changed: Mapped[str] = mapped_column(String(32))
    replaces: Mapped[str | None] = mapped_column(String(200))


class BuildRow(Table):
    """One attempt to build the index from the desk."""

    __tablename__ = "builds"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(64))
    articles: Mapped[int] = mapped_column(Integer)
    seconds: Mapped[float] = mapped_column(Float)
    corpus: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)  # "" where it was built


class UserRow(Table):
    """A member of staff. A user is never deleted, so that the audit keeps its names; `active` closes the door."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(Boolean)
    created: Mapped[str] = mapped_column(String(32))


class SessionRow(Table):
    """One login. Only the token's digest is kept."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_id"),)

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete=CASCADE))
    csrf: Mapped[str] = mapped_column(String(64))
    created: Mapped[str] = mapped_column(String(32))
    seen: Mapped[str] = mapped_column(String(32))


class AttemptRow(Table):
    """A failed login, kept as long as it throttles."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_name", "name", "at"), Index("ix_attempts_address", "address", "at"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))


class KeyRow(Table):
    """A key of the API. Only the token's digest is kept, and how it begins; a key is never deleted, `active` takes it back."""

    __tablename__ = "keys"
    __table_args__ = (Index("ix_keys_digest", "digest", unique=True),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[str] = mapped_column(String(64))  # desk.keys.Scope, with blanks between them
    rate: Mapped[int] = mapped_column(Integer)  # requests a minute
    created: Mapped[str] = mapped_column(String(32))
    expires: Mapped[str] = mapped_column(String(32))
    active: Mapped[bool] = mapped_column(Boolean)
    used: Mapped[str] = mapped_column(String(32))  # to the minute; "" for never


class AuditRow(Table):
    """Who did what, when. Triggers refuse every change and deletion."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text)
