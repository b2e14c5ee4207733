"""The catalogue: which articles staff want the index to hold, and what became of the others.

    files --adopt--> LIVE <--publish-- DRAFT <-- upload
                     LIVE --withdraw--> WITHDRAWN --restore--> LIVE
                     LIVE --a correction is published--> REPLACED
                     LIVE, of files --its file is gone--> GONE
                     LIVE, corrects an article --whose file is gone or changed--> WITHDRAWN

The index is built from files by `python -m rag index`, which knows no desk; `adopt` follows it. The files decide about what
came from files, except what staff have withdrawn or corrected; what was uploaded at the desk stays until staff withdraw it.
"""

import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from desk.clock import iso
from desk.privacy import mask
from desk.store.answers import article_digest, content_of
from desk.store.audit import COMMAND_LINE, record
from desk.store.tables import ArticleRow, BuildRow
from rag.datatypes import Article
from rag.errors import UserError
from rag.reading.article_json import article_from_json

FILES, DESK = "files", "desk"
PAGE, MAX_WHY = 100, 500


class State(StrEnum):
    """Where an article of the catalogue stands."""

    DRAFT = "draft"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An article of the catalogue."""

    article: Article
    state: State
    origin: str
    changed: str
    replaces: str | None


@dataclass(frozen=True, slots=True)
class Build:
    """An attempt to build the index from the desk. `problem` is "" where it was built."""

    at: str
    person: str
    articles: int
    seconds: float
    corpus: str
    problem: str


class Catalogue:
    """The tables of articles and builds."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock

    # ------------------------------------------------------------ reading

    def entries(self, state: State, words: str = "", after: int = 0, count: int = PAGE) -> list[CatalogueEntry]:
        """The articles of one state, last changed first; with these words in the title."""
        query = select(ArticleRow).where(ArticleRow.state == state.value)
        if words:
            query = query.where(ArticleRow.title.contains(words, autoescape=True))
        query = query.order_by(ArticleRow.changed.desc(), ArticleRow.id).offset(after).limit(count)
        with self._sessions() as session:
            return [_entry(row) for row in session.scalars(query)]

    def find(self, id: str) -> CatalogueEntry | None:
        with self._sessions() as session:
            row = session.get(ArticleRow, id)
            return None if row is None else _entry(row)

    def counts(self) -> dict[State, int]:
        query = select(ArticleRow.state, func.count()).group_by(ArticleRow.state)
        with self._sessions() as session:
            found = dict(session.execute(query).all())
        return {state: found.get(state.value, 0) for state in State}

    def live(self) -> tuple[Article, ...]:
        """The articles that the index should hold."""
        query = select(ArticleRow).where(ArticleRow.state == State.LIVE.value).order_by(ArticleRow.id)
        with self._sessions() as session:
            return tuple(_article(row) for row in session.scalars(query))

    def live_ids(self) -> set[str]:
        with self._sessions() as session:
            return set(session.scalars(select(ArticleRow.id).where(ArticleRow.state == State.LIVE.value)))

    def successor(self, id: str) -> str | None:
        """The live article that replaced this one, however many corrections later."""
        with self._sessions() as session:
            seen: set[str] = set()
            while id not in seen:
                seen.add(id)
                row = session.scalar(
                    select(ArticleRow)
                    .where(ArticleRow.replaces == id, ArticleRow.state != State.DRAFT.value)
                    .order_by(ArticleRow.changed.desc())
                    .limit(1)
                )
                if row is None:
                    return None
                if row.state == State.LIVE.value:
                    return row.id
                id = row.id
        return None

    def builds(self, count: int = 20) -> list[Build]:
        with self._sessions() as session:
            rows = session.scalars(select(BuildRow).order_by(BuildRow.id.desc()).limit(count))
            return [Build(r.at, r.person, r.articles, r.seconds, r.corpus, r.problem) for r in rows]

    # ------------------------------------------------------------ changing

    def is_last_build(self, corpus: str) -> bool:
        """Whether the last index that was built here, or taken in from files, holds just this."""
        query = select(BuildRow.corpus).where(BuildRow.problem == "").order_by(BuildRow.id.desc()).limit(1)
        with self._sessions() as session:
            return bool(corpus) and session.scalar(query) == corpus

    def adopt(self, articles: Iterable[Article], corpus: str = "") -> bool:
        """Follow an index that was built from files, the one with the digest `corpus`. Whether it should be built anew: it
        lacks an article of the desk, or holds one that was withdrawn or replaced."""
        indexed = {article.id: article for article in articles}
        with self._sessions.begin() as session:
            rows = {row.id: row for row in session.scalars(select(ArticleRow))}
            if indexed and _wanted(rows.values()) == _digests(indexed.values()):
                self._note_adopted(session, corpus, len(indexed), 0, 0)
                return False
            new, known = 0, bool(rows)
            for id, article in indexed.items():
                row = rows.get(id)
                if row is None:
                    rows[id] = row = _row(article, State.LIVE, FILES, self._now())
                    session.add(row)
                elif _follows_files(row) and (row.state, row.digest) != (State.LIVE.value, article_digest(article)):
                    _fill(row, article, State.LIVE, self._now())
                else:
                    continue
                new += 1
                if known:  # of the first index the one line below is enough
                    record(session, self._now(), COMMAND_LINE, "article.adopt", id, f"{article.title} {corpus}".strip())
            lost = [row for row in rows.values() if row.id not in indexed and row.state == State.LIVE.value]
            for row in lost:
                if row.origin == FILES:
                    self._leave(session, row, State.GONE, "article.gone", corpus)
                elif _corrects_what_is_gone(row, rows, indexed):
                    self._leave(session, row, State.WITHDRAWN, "article.withdraw", corpus)
            gone = sum(row.state != State.LIVE.value for row in lost)
            self._note_adopted(session, corpus, len(indexed), new, gone)
            return _wanted(rows.values()) != _digests(indexed.values())

    def _leave(self, session: Session, row: ArticleRow, state: State, action: str, corpus: str) -> None:
        row.state, row.changed = state.value, self._now()
        record(session, self._now(), COMMAND_LINE, action, row.id, f"{row.title} {corpus}".strip())

    def _note_adopted(self, session: Session, corpus: str, articles: int, new: int, gone: int) -> None:
        session.add(
            BuildRow(at=self._now(), person=COMMAND_LINE, articles=articles, seconds=0.0, corpus=corpus, problem="")
        )
        if new or gone:
            record(session, self._now(), COMMAND_LINE, "index.adopt", corpus, f"+{new} −{gone}")

    def add_draft(self, article: Article, by: str, replaces: str | None = None, instead_of: str | None = None) -> str:
        """Keep a draft; its id. `instead_of`: the draft that this one corrects. UserError where the article is
        already there."""
        with self._sessions.begin() as session:
            if instead_of is not None and instead_of != article.id:
                session.execute(delete(ArticleRow).where(_is_draft(instead_of)))
            row = session.get(ArticleRow, article.id)
            if row is not None and row.state not in (State.DRAFT.value, State.GONE.value):
                raise UserError(
                    f"《{article.title}》已经在目录里（{row.state}），内容完全相同。",
                    f"{article.title} is in the catalogue already ({row.state}), word for word.",
                )
            if row is None:
                row = _row(article, State.DRAFT, DESK, self._now())
                session.add(row)
            _fill(row, article, State.DRAFT, self._now())
            row.origin, row.replaces = DESK, replaces
            record(session, self._now(), by, "article.draft", article.id, article.title)
        return article.id

    def discard(self, id: str, by: str) -> None:
        """Throw a draft away."""
        with self._sessions.begin() as session:
            row = _require(session, id, State.DRAFT)
            session.delete(row)
            record(session, self._now(), by, "article.discard", id, row.title)

    def publish(self, ids: Sequence[str], by: str) -> None:
        """Drafts become live; what they correct is replaced."""
        with self._sessions.begin() as session:
            for id in ids:
                row = _require(session, id, State.DRAFT)
                row.state, row.changed = State.LIVE.value, self._now()
                record(session, self._now(), by, "article.publish", id, row.title)
                corrected = session.get(ArticleRow, row.replaces) if row.replaces else None
                if corrected is not None and corrected.state == State.LIVE.value:
                    corrected.state, corrected.changed = State.REPLACED.value, self._now()
                    record(session, self._now(), by, "article.replace", corrected.id, id)

    def withdraw(self, id: str, by: str, why: str = "") -> None:
        """UserError where no other article is left: an index of nothing cannot be built, so the chat would go on
        answering from this one."""
        with self._sessions.begin() as session:
            live = select(ArticleRow.id).where(ArticleRow.state == State.LIVE.value).with_for_update()
            if set(session.scalars(live)) == {id}:
                raise UserError(
                    "这是最后一篇在用的文章，撤下后就没有文章可答。请先上传并发布别的文章，再撤下这一篇。",
                    "This is the last article in use; without it there is nothing to answer from. Upload and publish "
                    "another one first, then withdraw this.",
                )
            self._move(session, id, State.LIVE, State.WITHDRAWN, by, "article.withdraw", mask(why)[:MAX_WHY])

    def restore(self, id: str, by: str) -> None:
        with self._sessions.begin() as session:
            self._move(session, id, State.WITHDRAWN, State.LIVE, by, "article.restore", "")

    def _move(self, session: Session, id: str, old: State, new: State, by: str, action: str, detail: str) -> None:
        row = _require(session, id, old)
        row.state, row.changed = new.value, self._now()
        record(session, self._now(), by, action, id, detail or row.title)

    def note_build(self, by: str, articles: int, seconds: float, corpus: str, problem: str = "") -> None:
        with self._sessions.begin() as session:
            session.add(
                BuildRow(at=self._now(), person=by, articles=articles, seconds=seconds, corpus=corpus, problem=problem)
            )
            record(session, self._now(), by, "index.build", corpus, problem or f"{articles} articles, {seconds:.1f} s")

    def _now(self) -> str:
        return iso(self._clock())


def _follows_files(row: ArticleRow) -> bool:
    """Whether the files still decide about the article: nobody has corrected or withdrawn it at the desk."""
    return row.origin == FILES and row.state in (State.GONE.value, State.LIVE.value)


def _wanted(rows: Iterable[ArticleRow]) -> dict[str, str]:
    return {row.id: row.digest for row in rows if row.state == State.LIVE.value}


def _digests(articles: Iterable[Article]) -> dict[str, str]:
    return {article.id: article_digest(article) for article in articles}


def _corrects_what_is_gone(row: ArticleRow, rows: Mapping[str, ArticleRow], indexed: Container[str]) -> bool:
    """Whether the article corrects one of a file, however many corrections ago, and the file has it no longer."""
    seen: set[str] = set()
    first = row
    while first.replaces is not None and first.replaces in rows and first.id not in seen:
        seen.add(first.id)
        first = rows[first.replaces]
    return first is not row and first.origin == FILES and first.id not in indexed


def _is_draft(id: str) -> ColumnElement[bool]:
    return (ArticleRow.id == id) & (ArticleRow.state == State.DRAFT.value)


def _require(session: Session, id: str, state: State) -> ArticleRow:
    row = session.get(ArticleRow, id)
    if row is None or row.state != state.value:
        raise UserError(
            "这篇文章的状态已经改变，请刷新后再试。", "The article's state has changed; reload and try again."
        )
    return row


def _row(article: Article, state: State, origin: str, at: str) -> ArticleRow:
    row = ArticleRow(id=article.id, origin=origin, replaces=None)
    _fill(row, article, state, at)
    return row


def _fill(row: ArticleRow, article: Article, state: State, at: str) -> None:
    row.title, row.kind, row.source = article.title, article.kind.value, article.source
    row.digest, row.content = article_digest(article), content_of(article)
    row.state, row.changed = state.value, at


def _article(row: ArticleRow) -> Article:
    return article_from_json(json.loads(row.content))


def _entry(row: ArticleRow) -> CatalogueEntry:
    return CatalogueEntry(_article(row), State(row.state), row.origin, row.changed, row.replaces)
