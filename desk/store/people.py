"""Staff: users with their roles, sessions that expire, and failed logins, which slow down whoever guesses."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from desk.clock import iso
from desk.privacy import mask
from desk.store.audit import SYSTEM, record
from desk.store.tables import AttemptRow, SessionRow, UserRow
from rag.errors import UserError

IDLE, LONGEST = timedelta(minutes=60), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last request of a session is kept
WINDOW = timedelta(minutes=15)
FAILURES_HERE, FAILURES_OF_ADDRESS, FAILURES_OF_NAME = 5, 20, 40  # within WINDOW
NAME = re.compile(r"[\w.@-]{1,32}")


class StaffRole(StrEnum):
    """What a user may do; each role may do what those before it may."""

    READER = "reader"  # looks
    REVIEWER = "reviewer"  # rules on answers, keeps the articles
    ADMINISTRATOR = "administrator"  # users, audit

    def may(self, needed: "StaffRole") -> bool:
        return list(StaffRole).index(self) >= list(StaffRole).index(needed)


@dataclass(frozen=True, slots=True)
class User:
    """A member of staff."""

    id: int
    name: str
    role: StaffRole
    active: bool
    created: str


@dataclass(frozen=True, slots=True)
class Login:
    """An open session: whose, and the token that its forms must bring."""

    user: User
    csrf: str


class People:
    """The tables of users, sessions and failed logins."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock

    # ------------------------------------------------------------ users

    def create(self, name: str, password_hash: str, role: StaffRole, by: str = SYSTEM) -> User:
        """A new user. UserError where the name is taken or no name."""
        name = name.strip()
        if not NAME.fullmatch(name) or name.lower() == SYSTEM:
            raise UserError(
                "用户名为 1 至 32 个汉字、字母、数字或 . _ @ -。",
                "A user name has 1 to 32 letters, digits or . _ @ - characters.",
            )
        with self._sessions.begin() as session:
            if session.scalar(_by_name(name)) is not None:
                raise UserError(f"用户“{name}”已经存在。", f"There is a user {name} already.")
            row = UserRow(name=name, password_hash=password_hash, role=role.value, active=True, created=self._now())
            session.add(row)
            session.flush()
            record(session, self._now(), by, "user.create", name, role.value)
            return _user(row)

    def users(self) -> list[User]:
        with self._sessions() as session:
            return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.id))]

    def has_administrator(self) -> bool:
        with self._sessions() as session:
            return _administrators(session) > 0

    def change(self, name: str, role: StaffRole, active: bool, by: str) -> None:
        """Another role, or the door closed or opened. The last administrator cannot be taken away."""
        with self._sessions.begin() as session:
            row = _require(session, name)
            row.role, row.active = role.value, active
            session.flush()
            if _administrators(session) == 0:
                raise UserError(
                    "这是最后一名管理员，不能停用或改为其他角色。", "This is the last administrator and must stay one."
                )
            session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
            record(session, self._now(), by, "user.change", row.name, f"{role.value} {'on' if active else 'off'}")

    def set_password(self, name: str, password_hash: str, by: str) -> None:
        """A new password; whoever is logged in with the old one is logged out."""
        with self._sessions.begin() as session:
            row = _require(session, name)
            row.password_hash = password_hash
            session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))
            record(session, self._now(), by, "user.password", row.name)

    def password_hash(self, name: str) -> str | None:
        """The hash of an active user of that name, or None."""
        with self._sessions() as session:
            row = session.scalar(_by_name(name))
            return row.password_hash if row is not None and row.active else None

    # ------------------------------------------------------------ failed logins

    def is_throttled(self, name: str, address: str) -> bool:
        """Whether there were too many failures of late: of this name from here, from here, or of this name."""
        since, name = iso(self._clock() - WINDOW), _attempted(name)
        recent = select(func.count()).where(AttemptRow.at > since)
        of_name, of_address = AttemptRow.name == name, AttemptRow.address == address
        with self._sessions() as session:
            here, there, named = (
                session.scalar(recent.where(*conditions)) or 0
                for conditions in ((of_name, of_address), (of_address,), (of_name,))
            )
        return here >= FAILURES_HERE or there >= FAILURES_OF_ADDRESS or named >= FAILURES_OF_NAME

    def note_failure(self, name: str, address: str) -> None:
        old = iso(self._clock() - WINDOW)
        with self._sessions.begin() as session:
            session.execute(delete(AttemptRow).where(AttemptRow.at <= old))
            session.add(AttemptRow(at=self._now(), name=_attempted(name), address=address))
            record(session, self._now(), SYSTEM, "login.failed", mask(name), address)

    # ------------------------------------------------------------ sessions

    def open_session(self, name: str, address: str) -> str:
        """A new session's token, which only its holder knows. Forgives the failures of this name from here."""
        token = secrets.token_urlsafe(32)
        with self._sessions.begin() as session:
            row = _require(session, name)
            _delete_expired(session, self._clock())
            session.execute(
                delete(AttemptRow).where(AttemptRow.name == _attempted(name), AttemptRow.address == address)
            )
            session.add(
                SessionRow(
                    token_digest=_digest(token),
                    user_id=row.id,
                    csrf=secrets.token_urlsafe(24),
                    created=self._now(),
                    seen=self._now(),
                )
            )
            record(session, self._now(), row.name, "login", row.name, address)
        return token

    def login(self, token: str) -> Login | None:
        """The open session of a token, or None where it is unknown or over, or its user's door is closed."""
        now = self._clock()
        found = (
            select(SessionRow, UserRow)
            .join(UserRow, UserRow.id == SessionRow.user_id)
            .where(
                SessionRow.token_digest == _digest(token),
                SessionRow.created > iso(now - LONGEST),
                SessionRow.seen > iso(now - IDLE),
                UserRow.active,
            )
        )
        with self._sessions.begin() as session:
            rows = session.execute(found).one_or_none()
            if rows is None:
                return None
            opened, user = rows
            if opened.seen < iso(now - SEEN_EVERY):
                opened.seen = iso(now)
            return Login(_user(user), opened.csrf)

    def close_session(self, token: str) -> None:
        with self._sessions.begin() as session:
            opened = session.get(SessionRow, _digest(token))
            if opened is not None:
                user = session.get_one(UserRow, opened.user_id)
                session.delete(opened)
                record(session, self._now(), user.name, "logout", user.name)

    def _now(self) -> str:
        return iso(self._clock())


def _delete_expired(session: Session, now: datetime) -> None:
    over = (SessionRow.created <= iso(now - LONGEST)) | (SessionRow.seen <= iso(now - IDLE))
    session.execute(delete(SessionRow).where(over))


def _attempted(name: str) -> str:
    """The name as failures are counted by: anybody may have typed it, a telephone number too."""
    return mask(name.lower())[:64]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _by_name(name: str) -> Select[UserRow]:
    return select(UserRow).where(func.lower(UserRow.name) == name.strip().lower())


def _require(session: Session, name: str) -> UserRow:
    row = session.scalar(_by_name(name))
    if row is None:
        raise UserError(f"没有用户“{name}”。", f"There is no user {name}.")
    return row


def _administrators(session: Session) -> int:
    administrators = UserRow.role == StaffRole.ADMINISTRATOR.value
    return session.scalar(select(func.count()).select_from(UserRow).where(administrators, UserRow.active)) or 0


def _user(row: UserRow) -> User:
    return User(row.id, row.name, StaffRole(row.role), row.active, row.created)
