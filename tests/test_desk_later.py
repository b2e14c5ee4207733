"""Answers go on while the database is gone or its disk full, and none is lost."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from desk.later import PatientLog
from desk.store import Store, open_store
from rag.datatypes import Answer, Status
from rag.errors import UserError
from tests.desk_fakes import Clock
from tests.soak import postgres


def refused(question: str) -> Answer:
    return Answer(Status.NO_EVIDENCE, question, question, note="没有收录。")


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name == "wence" and record.levelno > logging.INFO
    ]


class SmallDisk:
    """Lets SQLite's file grow to so many pages and no further, whichever connection writes."""

    def __init__(self, store: Store) -> None:
        self.pages = 1_000_000
        event.listen(store._engine, "checkout", self._limit)

    def _limit(self, connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self.pages}")


@pytest.fixture
def full(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store whose disk has no room left; `disk` gives it room again."""
    store = open_store(f"sqlite:///{tmp_path / 'desk.sqlite'}", clock)
    store.disk = SmallDisk(store)  # type: ignore[attr-defined]
    store.disk.pages = 1  # type: ignore[attr-defined]
    yield store
    store.close()


def long_question(number: int) -> str:
    return f"{number}" + "问" * 4000  # more than what is left of a page


def test_on_a_full_disk_answers_wait_and_are_saved_once_there_is_room(
    full: Store, clock: Clock, caplog: pytest.LogCaptureFixture
):
    log = PatientLog(full, again=0.05)
    asked = clock.moment
    assert [log.save(refused(long_question(n)), "c", 1.0) for n in range(3)] == ["", "", ""]
    assert log.waiting == 3
    assert lines(caplog) == [
        "The database does not answer: database or disk is full; answers go on and are saved when it is back"
    ]
    clock.moment = asked + timedelta(hours=2)
    full.disk.pages = 1_000_000  # type: ignore[attr-defined]
    assert until(lambda: log.waiting == 0)
    saved = full.answers.browse()
    assert [line.question[0] for line in saved] == ["2", "1", "0"]
    assert all(line.asked <= (asked + timedelta(minutes=1)).isoformat() for line in saved)
    assert until(lambda: lines(caplog)[-1] == "the database is back: 3 answers saved that had waited")
    assert log.save(refused("又一问"), "c", 1.0) != ""


def test_what_waits_is_masked(full: Store):
    log = PatientLog(full, again=60)
    log.save(refused("我的手机13812345678" + "问" * 4000), "c", 1.0)
    assert "13812345678" not in repr(log._waiting)


def test_when_too_many_wait_the_oldest_is_lost_and_the_log_says_so(full: Store, caplog: pytest.LogCaptureFixture):
    log = PatientLog(full, again=60, most=2)
    for number in range(3):
        log.save(refused(long_question(number)), "c", 1.0)
    assert [waiting.answer.question[0] for waiting in log._waiting] == ["1", "2"]
    assert lines(caplog)[-1] == "too many answers wait for the database: the oldest is lost"


def test_a_thumb_that_cannot_be_kept_is_told_in_a_line(full: Store):
    id = PatientLog(full).save(refused("短"), "c", 1.0)
    assert id != ""
    rate_often = lambda: [PatientLog(full).rate(id, False, "长" * 500) for _ in range(9)]  # noqa: E731
    with pytest.raises(UserError, match="数据库没有回应"):
        rate_often()


@pytest.mark.postgres
def test_a_server_that_is_stopped_and_started_again_loses_nothing(tmp_path: Path, clock: Clock):
    with postgres(tmp_path / "postgres") as database:
        store = open_store(database.url, clock)
        log = PatientLog(store, again=0.1)
        assert database.fault is not None
        assert log.save(refused("之前"), "c", 1.0)
        with database.fault():
            assert log.save(refused("当中"), "c", 1.0) == ""
            with pytest.raises(UserError, match="数据库没有回应"):
                log.read("x")
        assert until(lambda: log.waiting == 0)
        assert log.save(refused("之后"), "c", 1.0)
        assert [line.question for line in store.answers.browse()] == ["之后", "当中", "之前"]
        store.close()
