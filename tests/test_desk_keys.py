"""Keys of the API's clients: what the database keeps of them, how long they hold, and the commands that make them."""

from pathlib import Path

import pytest

from desk.commands import main
from desk.keys import ApiKey, Scope
from desk.store import Store
from rag.errors import UserError
from tests.desk_fakes import Clock, sqlite_store


def test_a_key_is_known_by_its_token_and_the_database_holds_only_a_digest(store: Store):
    key, token = store.keys.create("portal", [Scope.READ, Scope.ASK], rate=30, days=90)
    assert (len(token), token[:6]) == (49, "wence_")
    assert key == ApiKey(
        name="portal",
        hint=token[:10],
        scopes=frozenset({Scope.ASK, Scope.READ}),
        rate=30,
        created="2026-11-24T09:00:00+08:00",
        expires="2027-02-22T09:00:00+08:00",
        active=True,
    )
    found = store.keys.find(token)
    assert found is not None
    assert (found.name, found.used) == ("portal", "2026-11-24T09:00:00+08:00")
    with store._engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM keys").fetchall()
    assert token[10:] not in str(row)


def test_no_other_word_opens_what_a_key_opens(store: Store):
    _, token = store.keys.create("portal", [Scope.ASK], 60, 365)
    assert [store.keys.find(word) for word in (token[:-1], token + "x", token.upper(), "", "wence_", "\ud83d")] == [
        None
    ] * 6


def test_a_key_ends_when_it_expires_and_when_it_is_revoked(store: Store, clock: Clock):
    _, short = store.keys.create("short", [Scope.ASK], 60, 1)
    _, taken = store.keys.create("taken", [Scope.ASK], 60, 365)
    store.keys.revoke("TAKEN", by="lina")
    assert (store.keys.find(short) is not None, store.keys.find(taken)) == (True, None)
    clock.pass_by(days=1)
    assert store.keys.find(short) is None
    deeds = [(entry.person, entry.action, entry.subject, entry.detail) for entry in store.audit.newest()]
    assert deeds == [
        ("lina", "key.revoke", "taken", ""),
        ("system", "key.create", "taken", "ask, 60/min, 2027-11-24"),
        ("system", "key.create", "short", "ask, 60/min, 2026-11-25"),
    ]


def test_the_last_use_is_kept_to_the_minute(store: Store, clock: Clock):
    _, token = store.keys.create("portal", [Scope.ASK], 60, 365)
    used = []
    for seconds in (0, 40, 40):
        clock.pass_by(seconds=seconds)
        store.keys.find(token)
        used.append(store.keys.keys()[0].used)
    assert [moment[11:19] for moment in used] == ["09:00:00", "09:00:00", "09:01:20"]


@pytest.mark.parametrize(
    ("name", "rate", "days"),
    [("", 60, 1), ("a b", 60, 1), ("x", 0, 1), ("x", 100_001, 1), ("x", 60, 0), ("x", 60, 3_651)],
)
def test_what_no_key_can_be_is_refused(store: Store, name: str, rate: int, days: int):
    with pytest.raises(UserError):
        store.keys.create(name, [Scope.ASK], rate, days)


def test_a_name_is_given_once_whatever_its_case(store: Store):
    store.keys.create("portal", [Scope.ASK], 60, 365)
    with pytest.raises(UserError, match="密钥“Portal”已经存在。"):
        store.keys.create("Portal", [Scope.ASK], 60, 365)
    with pytest.raises(UserError, match="没有密钥“hotline”。"):
        store.keys.revoke("hotline")


def test_the_commands_make_list_and_revoke(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("WENCE_DATABASE", f"sqlite:///{tmp_path / 'desk.sqlite'}")
    sqlite_store(tmp_path).close()
    assert main(["key", "add", "portal", "--scope", "ask", "--scope", "read", "--rate", "30"]) == 0
    made = capsys.readouterr()
    token = made.out.strip()
    assert "密钥 portal 只显示这一次：ask read，每分钟 30 次" in made.err
    assert main(["key", "list"]) == 0
    listed = capsys.readouterr().out.strip().split("\t")
    assert [listed[0], listed[1], listed[2], listed[3], listed[5], listed[6]] == [
        "portal", f"{token[:10]}…", "ask read", "每分钟 30", "最近使用 -", "有效",
    ]  # fmt: skip
    assert main(["key", "revoke", "portal", "--lang", "en"]) == 0
    assert capsys.readouterr().out == "The key portal opens nothing any more.\n"
    assert main(["key", "list", "--lang", "en"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("\trevoked")
    assert main(["key", "revoke", "hotline"]) == 2
    assert capsys.readouterr().err == "没有密钥“hotline”。\n"
