"""What lasts of the desk: one database, its parts by what they are about. The only importer of sqlalchemy.

    open_store(url) -> Store(answers, queue, decays, figures, catalogue, people, keys, audit)

`Store` is the chat's `AnswerLog`. Every change and the audit's line about it are one transaction.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from desk.clock import now
from desk.log import StoredAnswer
from desk.store.answers import Answers
from desk.store.audit import Audit
from desk.store.catalogue import Catalogue
from desk.store.database import open_engine
from desk.store.decays import Decays
from desk.store.keys import Keys
from desk.store.people import People
from desk.store.queue import Queue
from desk.store.statistics import Statistics
from rag.datatypes import Answer


class Store:
    """The desk's database. `clock` tells the time; the tests have their own."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        sessions = sessionmaker(engine, expire_on_commit=False)
        self.answers = Answers(sessions, clock)
        self.queue = Queue(sessions)
        self.decays = Decays(sessions, clock)
        self.statistics = Statistics(sessions)
        self.catalogue = Catalogue(sessions, clock)
        self.people = People(sessions, clock)
        self.keys = Keys(sessions, clock)
        self.audit = Audit(sessions, clock)
        self.clock = clock
        self._engine = engine

    def save(self, answer: Answer, conversation: str, seconds: float, given: datetime | None = None) -> str:
        """LogAwayError where the database does not answer or has no room; so the two below."""
        return self.answers.save(answer, conversation, seconds, given)

    def rate(self, public_id: str, good: bool, reason: str) -> None:
        self.answers.rate(public_id, good, reason)

    def read(self, public_id: str) -> StoredAnswer | None:
        return self.answers.read(public_id)

    def close(self) -> None:
        self._engine.dispose()


def open_store(url: str, clock: Callable[[], datetime] = now) -> Store:
    """The desk's database at a SQLAlchemy URL, made or migrated where needed. UserError where it cannot be opened."""
    return Store(open_engine(url), clock)
