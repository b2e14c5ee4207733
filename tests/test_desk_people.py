"""Passwords that argon2 keeps, sessions and failures that the database keeps."""

import pytest

from desk.passwords import generate_password, hash_password, is_password, require_good_password
from desk.store import Store
from desk.store.people import StaffRole, User
from rag.errors import UserError
from tests.desk_fakes import Clock


def test_a_password_is_known_again_and_its_hash_tells_nothing():
    hashed = hash_password("correct horse 7")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "correct" not in hashed
    assert is_password("correct horse 7", hashed) is True
    assert is_password("correct horse 8", hashed) is False
    assert is_password("correct horse 7", None) is False
    assert is_password("x" * 201, hashed) is False
    assert is_password("x", "no hash") is False


def test_a_password_made_here_is_long_and_never_the_same():
    made = {generate_password() for _ in range(20)}
    assert len(made) == 20
    assert {len(password) for password in made} == {16}


@pytest.mark.parametrize("password", ["short", "x" * 201, "aaaaaaaaaaaa", "lina-lina-1234"])
def test_a_poor_password_is_refused(password: str):
    with pytest.raises(UserError):
        require_good_password(password, "lina")


def test_roles_may_what_those_below_them_may():
    assert [[role.value for role in StaffRole if role.may(needed)] for needed in StaffRole] == [
        ["reader", "reviewer", "administrator"],
        ["reviewer", "administrator"],
        ["administrator"],
    ]


def test_names_are_taken_whatever_their_case_and_must_be_names(store: Store):
    store.people.create("Lina", "h", StaffRole.READER)
    for name in ("lina", "LINA ", "", "a b", "<b>", "x" * 33, "system"):
        with pytest.raises(UserError):
            store.people.create(name, "h", StaffRole.READER)
    assert store.people.users() == [User(1, "Lina", StaffRole.READER, True, "2026-11-24T09:00:00+08:00")]


def test_a_session_is_known_by_its_token_and_the_database_holds_only_a_digest(store: Store):
    store.people.create("lina", "h", StaffRole.REVIEWER)
    token = store.people.open_session("LINA", "127.0.0.1")
    login = store.people.login(token)
    assert login is not None
    assert (login.user.name, login.user.role) == ("lina", StaffRole.REVIEWER)
    assert store.people.login(token[:-1]) is None
    store.people.close_session(token)
    assert store.people.login(token) is None
    assert [entry.action for entry in store.audit.newest()] == ["logout", "login", "user.create"]


def test_a_new_password_another_role_and_a_closed_door_end_sessions(store: Store):
    store.people.create("admin", "h", StaffRole.ADMINISTRATOR)
    store.people.create("lina", "h", StaffRole.REVIEWER)
    for change in (
        lambda: store.people.set_password("lina", "h2", "admin"),
        lambda: store.people.change("lina", StaffRole.READER, True, "admin"),
        lambda: store.people.change("lina", StaffRole.READER, False, "admin"),
    ):
        token = store.people.open_session("lina", "")
        change()
        assert store.people.login(token) is None
    assert store.people.password_hash("lina") is None, "who may not log in has no password"


def test_a_login_deletes_the_sessions_that_are_over(store: Store, clock: Clock):
    store.people.create("lina", "h", StaffRole.READER)
    token = store.people.open_session("lina", "")
    clock.pass_by(hours=2)
    store.people.open_session("lina", "")
    clock.pass_by(hours=-2)
    assert store.people.login(token) is None


def fail(store: Store, name: str, address: str, times: int) -> None:
    for _ in range(times):
        store.people.note_failure(name, address)


def test_guessing_is_slowed_by_name_and_address_and_forgiven_in_time(store: Store, clock: Clock):
    fail(store, "lina", "1.1.1.1", 4)
    assert not store.people.is_throttled("lina", "1.1.1.1")
    fail(store, "LINA", "1.1.1.1", 1)
    assert store.people.is_throttled("lina", "1.1.1.1")
    assert not store.people.is_throttled("lina", "2.2.2.2"), "who guesses cannot lock her out elsewhere"
    clock.pass_by(minutes=15)
    assert not store.people.is_throttled("lina", "1.1.1.1")


def test_an_address_that_tries_many_names_is_slowed(store: Store):
    for number in range(20):
        store.people.note_failure(f"user{number}", "1.1.1.1")
    assert store.people.is_throttled("lina", "1.1.1.1")
    assert not store.people.is_throttled("lina", "2.2.2.2")


def test_a_name_that_is_tried_from_many_addresses_is_slowed(store: Store):
    for number in range(40):
        store.people.note_failure("lina", f"1.1.1.{number}")
    assert store.people.is_throttled("lina", "2.2.2.2")


def test_a_login_forgives_the_failures_before_it(store: Store):
    store.people.create("lina", "h", StaffRole.READER)
    fail(store, "lina", "1.1.1.1", 4)
    store.people.open_session("lina", "1.1.1.1")
    fail(store, "lina", "1.1.1.1", 4)
    assert not store.people.is_throttled("lina", "1.1.1.1")


def test_the_last_administrator_stays_one(store: Store):
    store.people.create("admin", "h", StaffRole.ADMINISTRATOR)
    for role, active in ((StaffRole.READER, True), (StaffRole.ADMINISTRATOR, False)):
        with pytest.raises(UserError, match="最后一名管理员"):
            store.people.change("admin", role, active, "admin")
    assert store.people.has_administrator()
    store.people.create("second", "h", StaffRole.ADMINISTRATOR)
    store.people.change("admin", StaffRole.READER, True, "second")
    with pytest.raises(UserError, match="没有用户"):
        store.people.change("nobody", StaffRole.READER, True, "second")
