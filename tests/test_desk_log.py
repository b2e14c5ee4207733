"""A database that is away is one line (`LogAwayError`) wherever it is met, and goes on when it is back."""

import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.log import LogAwayError
from desk.store import Store, open_store
from desk.store import database as desk_database
from tests.desk_fakes import SUBSIDY_ANSWER


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store on SQLite that waits no longer than a tenth of a second for another writer."""
    monkeypatch.setattr(desk_database, "BUSY_MILLISECONDS", 100)
    store = open_store(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    yield store
    store.close()


def test_a_locked_database_is_one_line_and_goes_on_when_it_is_free(quick: Store, tmp_path: Path):
    other = sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LogAwayError, match="数据库没有回应：database is locked"):
        quick.save(SUBSIDY_ANSWER, "c", 1)
    other.execute("ROLLBACK")
    other.close()
    assert quick.save(SUBSIDY_ANSWER, "c", 1)
    assert len(quick.answers.browse()) == 1


def test_a_full_disk_is_one_line_and_goes_on_when_there_is_room(quick: Store):
    with quick._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # of this connection, which the pool gives again

    def fill() -> None:
        for _ in range(200):
            quick.save(SUBSIDY_ANSWER, "c", 1)

    with pytest.raises(LogAwayError, match="full"):
        fill()
    with quick._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
    before = len(quick.answers.browse(count=300))
    quick.save(SUBSIDY_ANSWER, "c", 1)
    assert len(quick.answers.browse(count=300)) == before + 1


@pytest.mark.postgres
def test_a_stopped_postgresql_is_one_line_and_goes_on_when_it_runs(postgres: str, postgres_url: str):
    store = open_store(postgres_url)
    assert store.save(SUBSIDY_ANSWER, "c", 1)
    name = postgres_url.split("/")[3].split("?")[0]
    admin = ["psql", "-h", postgres, "-U", "wence", "-d", "postgres", "-qc"]
    subprocess.run([*admin, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"], check=True)
    ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    subprocess.run([*admin, ended], check=True, capture_output=True)
    with pytest.raises(LogAwayError, match="数据库没有回应："):
        store.save(SUBSIDY_ANSWER, "c", 1)
    subprocess.run([*admin, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"], check=True)
    assert store.save(SUBSIDY_ANSWER, "c", 1)
    assert len(store.answers.browse()) == 2
    store.close()
