"""The desk's part of `python -m rag doctor`: its database."""

from desk.settings import read_desk_settings
from rag.doctor import Check, Finding, Place, State


def check_database(place: Place) -> Finding:
    """Whether the database opens, is whole, and has the tables of this version. It is looked at, not migrated."""
    from desk.store.database import look_at, shown_url

    url = read_desk_settings(place.index).database
    found, shown = look_at(url), shown_url(url)
    if found.revision == found.newest:
        return Finding(State.OK, f"{shown}，表是最新的", f"{shown}, tables up to date")
    if found.revision is None:
        return Finding(State.OK, f"{shown} 还没有建立，第一次启动时建立", f"{shown} is made at the first start")
    if found.is_known:
        return Finding(
            State.WARNING,
            f"{shown} 的表是旧版本的，下次启动时更新",
            f"{shown} has older tables; the next start brings them up to date",
            f"python ui.py --index {place.index}",
        )
    return Finding(
        State.FAILED,
        f"{shown} 是更新的版本建立的（{found.revision}）",
        f"{shown} was made by a newer version ({found.revision})",
        "git pull && make setup",
    )


def how_to_mend(place: Place) -> str:
    url = read_desk_settings(place.index).database
    if url.startswith("sqlite:"):
        file = url.removeprefix("sqlite:///")
        return f"sqlite3 {file} .recover | sqlite3 {file}.new && mv {file}.new {file}"
    return "pg_isready && echo $WENCE_DATABASE"


CHECKS = (Check("database", ("数据库", "database"), check_database, how_to_mend),)
