"""An answer log that outlasts its database's absence: what cannot be saved waits, masked, and is saved when it can be.

Citizens are answered all the while. What waits is lost only with the process.
"""

import logging
import threading
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime

from desk.log import AnswerLog, StoredAnswer
from desk.privacy import mask
from desk.store import Store
from rag.datatypes import Answer
from rag.errors import UserError

log = logging.getLogger("wence")

MOST_WAITING = 2_000  # answers of some 10 kB; then the oldest are let go, and the log says so
AGAIN = 5.0  # seconds between two tries


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that is still to be saved, as it was given at `moment`."""

    answer: Answer
    conversation: str
    seconds: float
    moment: datetime


class PatientLog(AnswerLog):
    """The store's log; `save` never fails for want of its database."""

    def __init__(self, store: Store, again: float = AGAIN, most: int = MOST_WAITING) -> None:
        self._store = store
        self._again = again
        self._waiting: deque[Waiting] = deque(maxlen=most)
        self._lock = threading.Lock()
        self._trying = False

    @property
    def waiting(self) -> int:
        """How many answers are still to be saved."""
        return len(self._waiting)

    def save(self, answer: Answer, conversation: str, seconds: float) -> str:
        """The public id, or "" where the answer is saved only later."""
        try:
            return self._store.save(answer, conversation, seconds)
        except UserError as error:
            self._put_off(Waiting(masked(answer), conversation, seconds, self._store.clock()), error)
            return ""

    def rate(self, public_id: str, good: bool, reason: str) -> None:
        self._store.rate(public_id, good, reason)

    def read(self, public_id: str) -> StoredAnswer | None:
        return self._store.read(public_id)

    def _put_off(self, waiting: Waiting, error: UserError) -> None:
        with self._lock:
            if len(self._waiting) == self._waiting.maxlen:
                log.error("too many answers wait for the database: the oldest is lost")
            self._waiting.append(waiting)
            if self._trying:
                return
            self._trying = True
        log.error("%s; answers go on and are saved when it is back", error.en)
        threading.Thread(target=self._try_again, name="wence-saving", daemon=True).start()

    def _try_again(self) -> None:
        pause, saved = threading.Event(), 0
        while True:
            with self._lock:
                if not self._waiting:
                    self._trying = False
                    log.warning("the database is back: %s answers saved that had waited", saved)
                    return
                first = self._waiting[0]
            try:
                self._store.save(first.answer, first.conversation, first.seconds, first.moment)
            except UserError:
                pause.wait(self._again)
                continue
            except Exception:
                log.exception("an answer could not be saved later either")
            saved += 1
            with self._lock:
                if self._waiting and self._waiting[0] is first:
                    self._waiting.popleft()


def masked(answer: Answer) -> Answer:
    """The answer as it may be kept: what the citizen typed without personal data."""
    question, standalone = mask(answer.question), mask(answer.standalone_question)
    return replace(answer, question=question, standalone_question=standalone, note=answer.note and mask(answer.note))
