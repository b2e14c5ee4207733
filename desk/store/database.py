"""Opens the database: SQLite with WAL and foreign keys, or whatever a URL names; migrated before anything reads it.

The only importer of alembic (its `migrations/` apart).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from desk.log import LogAwayError
from rag.errors import UserError

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_MILLISECONDS = 10_000
CONNECT_SECONDS = 5  # to a PostgreSQL that does not answer; and ten for one that falls silent
FIRST_LOCK = 0x77656E63  # "wenc": the key of PostgreSQL's advisory lock


def open_engine(url: str) -> Engine:
    """An engine over the migrated database. UserError where the URL is none or the database does not answer."""
    with _as_user_error():
        parsed = _parse(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        if sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        limits = {} if sqlite else {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": CONNECT_SECONDS * 2_000}
        # Values are hidden from the messages of errors, and so from the log.
        engine = create_engine(
            parsed,
            pool_pre_ping=not sqlite,
            hide_parameters=True,
            connect_args={name: value for name, value in limits.items() if name not in parsed.query},
        )
        if sqlite:
            event.listen(engine, "connect", _prepare_sqlite)
        with engine.connect() as connection:
            _migrate(connection)
    event.listen(engine, "handle_error", _name_what_is_away)
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


def _name_what_is_away(context: ExceptionContext) -> None:
    """A database that is locked, full or gone while it is used is no fault of the program: one line, no traceback."""
    if isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError) and not context.is_pre_ping:
        reason = str(context.original_exception).strip().partition("\n")[0]
        raise LogAwayError(
            f"数据库没有回应：{reason}", f"The database does not answer: {reason}"
        ) from context.original_exception


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
