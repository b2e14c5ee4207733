"""A store on SQLite and, marked `postgres`, the same on a PostgreSQL that the tests start themselves; for the tests marked
`browser` servers, Chromium and visitors."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from desk.store import Store, open_store
from tests.desk_fakes import Clock, sqlite_store

if TYPE_CHECKING:  # Playwright is loaded by the tests that drive a browser
    from playwright.sync_api import Browser

    from tests.browsing import Serve, Visit

# How long an example takes, and its making, is the machine's and not the law's.
settings.register_profile("machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("machine")


def postgres_programs() -> Path:
    """Where initdb and pg_ctl are; an error where PostgreSQL is not installed, so that CI never skips."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    if program is None:
        raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql")
    return Path(program).parent


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The folder of the socket of a private PostgreSQL, gone with the session."""
    programs, folder = postgres_programs(), Path(tempfile.mkdtemp(prefix="wence-postgres-"))
    as_owner: list[str] = []
    if os.getuid() == 0:  # PostgreSQL does not run as root
        shutil.chown(folder, "postgres", "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    run = [*as_owner, str(programs / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "wence", "--no-sync"]
    subprocess.run([*run, "-E", "UTF8", "--locale=C.UTF-8"], check=True, capture_output=True, cwd="/")
    server = [*as_owner, str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w", "-l", str(folder / "log")]
    options = f"-c listen_addresses='' -c fsync=off -k {folder}"
    subprocess.run([*server, "-o", options, "start"], check=True, capture_output=True, cwd="/")
    yield str(folder)
    subprocess.run([*server, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of the test's own."""
    import psycopg

    name = f"test_{abs(hash(request.node.nodeid))}"
    with psycopg.connect(f"host={postgres} user=wence dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"postgresql://wence@/{name}?host={postgres}"


@pytest.fixture(autouse=True)
def no_power_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests write need not outlive a power cut: flushing costs the disk's time, a tenth of a second an index."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """An empty store on each database."""
    if request.param == "sqlite":
        opened = sqlite_store(tmp_path, clock)
    else:
        opened = open_store(request.getfixturevalue("postgres_url"), clock)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def serve() -> "Iterator[Serve]":
    from tests.browsing import serving

    with serving() as start:
        yield start


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    from tests.browsing import ARGUMENTS, CHROMIUM

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: "Browser") -> "Iterator[Visit]":
    from tests.browsing import visiting

    with visiting(browser) as open_page:
        yield open_page
