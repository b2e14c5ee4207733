"""Opens the database: SQLite with WAL and foreign keys, or whatever a URL names; migrated before anything reads it.

The only importer of alembic (its `migrations/` apart).
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from rag.errors import UserError

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_MILLISECONDS = 10_000
FIRST_LOCK = 0x77656E63  # "wenc": the key of PostgreSQL's advisory lock


def open_engine(url: str) -> Engine:
    """An engine over the migrated database. UserError where the URL is none or the database does not answer."""
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
        if parsed.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        with engine.connect() as connection:
            _migrate(connection)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise UserError(
            f"数据库地址无法使用：{error}。WENCE_DATABASE 应形如 sqlite:////路径/文件 或 postgresql://用户@主机/库。",
            f"The database URL cannot be used: {error}. WENCE_DATABASE is like sqlite:////path or postgresql://user@host/db.",
        ) from error
    except (DBAPIError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise UserError(f"无法打开数据库：{reason}", f"Cannot open the database: {reason}") from error
    return engine


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
