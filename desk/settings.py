"""What the environment may set for the desk, read once at the border and passed on as a value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import UserError
from rag.settings import DEFAULT_INDEX


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """`database` is a SQLAlchemy URL; `retention_days` None keeps answers for ever."""

    database: str
    retention_days: int | None = None


def read_desk_settings(index: Path = DEFAULT_INDEX, environment: Mapping[str, str] | None = None) -> DeskSettings:
    """Settings from WENCE_DATABASE and WENCE_RETENTION_DAYS.

    Without a URL the database is a file beside the index, `index/default.desk.sqlite`: the answers belong to their
    index, and neither a rebuilt index nor an emptied model cache takes them away.
    """
    env = os.environ if environment is None else environment
    beside = index.resolve().with_name(index.name + ".desk.sqlite")
    return DeskSettings(
        database=env.get("WENCE_DATABASE") or f"sqlite:///{beside}",
        retention_days=read_days(env.get("WENCE_RETENTION_DAYS") or None),
    )


def read_days(text: str | None) -> int | None:
    """A whole number of days from 1; UserError for anything else."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise UserError(
            f"保存天数应为正整数，不能是“{text}”。", f"The days to keep must be a whole number from 1, not {text!r}."
        )
    return int(text)
