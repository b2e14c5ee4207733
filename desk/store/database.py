"""Opens the database: SQLite with WAL and foreign keys, or whatever a URL names; migrated before anything reads it.

The only importer of alembic (its `migrations/` apart).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from rag.errors import UserError

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_MILLISECONDS = 10_000
CONNECT_SECONDS = 5
FIRST_LOCK = 0x77656E63  # "wenc": the key of PostgreSQL's advisory lock


def open_engine(url: str) -> Engine:
    """An engine over the migrated database. UserError where the URL is none or the database does not answer."""
    with _as_user_error():
        parsed = _parse(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        if sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        # A server that is gone is known to be so within seconds: somebody waits for the answer.
        patience = {} if sqlite else {"connect_timeout": CONNECT_SECONDS}
        engine = create_engine(parsed, pool_pre_ping=not sqlite, connect_args=patience)
        if sqlite:
            event.listen(engine, "connect", _prepare_sqlite)
        with engine.connect() as connection:
            _migrate(connection)
    return engine


@contextmanager
def _as_user_error() -> Iterator[None]:
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise UserError(
            f"数据库地址无法使用：{error}。WENCE_DATABASE 应形如 sqlite:////路径/文件 或 postgresql://用户@主机/库。",
            f"The database URL cannot be used: {error}. WENCE_DATABASE is like sqlite:////path or postgresql://user@host/db.",
        ) from error
    except (DBAPIError, OSError) as error:
        raise UserError(f"无法打开数据库：{_reason(error)}", f"Cannot open the database: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """UserError where the database is gone or its disk full while it is used; what else goes wrong is a bug."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        reason = _reason(error)
        raise UserError(f"数据库没有回应：{reason}", f"The database does not answer: {reason}") from error


@dataclass(frozen=True, slots=True)
class Tables:
    """Which version of the tables a database has (None: none yet), which is the newest, and whether the former is known."""

    revision: str | None
    newest: str
    is_known: bool


def look_at(url: str) -> Tables:
    """The version of the database's tables; nothing is made or migrated by looking. UserError as `open_engine`."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(MIGRATIONS))
    newest = scripts.get_current_head() or ""
    with _as_user_error():
        parsed = _parse(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        if sqlite and not Path(parsed.database or "").is_file():
            return Tables(None, newest, True)
        engine = create_engine(parsed)
        try:
            with engine.connect() as connection:
                if sqlite:
                    connection.exec_driver_sql("PRAGMA query_only=ON")
                    connection.exec_driver_sql("PRAGMA quick_check(1)")
                revision = MigrationContext.configure(connection).get_current_revision()
        finally:
            engine.dispose()
    return Tables(
        revision, newest, revision is None or revision in {script.revision for script in scripts.walk_revisions()}
    )


def shown_url(url: str) -> str:
    """The URL without its password."""
    return _parse(url).render_as_string(hide_password=True)


def _parse(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(connection: Connection) -> None:
    """Bring the tables up to date. Two that start at once wait for each other."""
    from alembic import command
    from alembic.config import Config

    lock = f"SELECT pg_advisory_xact_lock({FIRST_LOCK})"
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else lock)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()
