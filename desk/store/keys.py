"""The keys of the API's clients. A key has 256 random bits, so that its digest alone, without salt, tells nobody anything."""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from desk.clock import iso
from desk.keys import ApiKey, Scope
from desk.store.audit import SYSTEM, record
from desk.store.people import NAME
from desk.store.tables import KeyRow
from rag.errors import UserError

PREFIX = "wence_"  # by which a key that was lost is found in texts that should not hold it
HINT = len(PREFIX) + 4
MOST_A_MINUTE, MOST_DAYS = 100_000, 3_650
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use of a key is kept


class Keys:
    """The table of keys."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock

    def create(self, name: str, scopes: Iterable[Scope], rate: int, days: int, by: str = SYSTEM) -> tuple[ApiKey, str]:
        """A new key, and the token that only its holder knows from now on. `rate`: requests a minute; `days`: how long it holds.
        UserError where the name is taken or none, or a number is out of bounds."""
        granted, name = sorted(set(scopes)), name.strip()
        require_fit(name, rate, days)
        token, now = PREFIX + secrets.token_urlsafe(32), self._clock()
        with self._sessions.begin() as session:
            if _named(session, name) is not None:
                raise UserError(f"密钥“{name}”已经存在。", f"There is a key {name} already.")
            row = KeyRow(
                digest=_digest(token),
                name=name,
                hint=token[:HINT],
                scopes=" ".join(granted),
                rate=rate,
                created=iso(now),
                expires=iso(now + timedelta(days=days)),
                active=True,
                used="",
            )
            session.add(row)
            record(session, iso(now), by, "key.create", name, f"{row.scopes}, {rate}/min, {row.expires[:10]}")
            return _key(row), token

    def keys(self) -> list[ApiKey]:
        """All that were ever made, in the order of their making."""
        with self._sessions() as session:
            return [_key(row) for row in session.scalars(select(KeyRow).order_by(KeyRow.id))]

    def revoke(self, name: str, by: str = SYSTEM) -> None:
        """From now on it opens nothing. UserError where there is none of that name."""
        with self._sessions.begin() as session:
            row = _named(session, name)
            if row is None:
                raise UserError(f"没有密钥“{name}”。", f"There is no key {name}.")
            row.active = False
            record(session, iso(self._clock()), by, "key.revoke", row.name)

    def find(self, token: str) -> ApiKey | None:
        """The key that holds now, or None for one that is unknown, revoked or expired."""
        now = iso(self._clock())
        holding = select(KeyRow).where(KeyRow.digest == _digest(token), KeyRow.active, KeyRow.expires > now)
        with self._sessions.begin() as session:
            row = session.scalar(holding)
            if row is not None and row.used < iso(self._clock() - SEEN_EVERY):
                row.used = now
            return None if row is None else _key(row)


def require_fit(name: str, rate: int, days: int) -> None:
    """UserError for a name that is none, or numbers out of bounds."""
    if not NAME.fullmatch(name):
        raise UserError(
            "密钥的名称为 1 至 32 个汉字、字母、数字或 . _ @ -。",
            "The name of a key has 1 to 32 letters, digits or . _ @ - characters.",
        )
    if not (1 <= rate <= MOST_A_MINUTE and 1 <= days <= MOST_DAYS):
        raise UserError(
            f"每分钟次数应为 1 至 {MOST_A_MINUTE}，天数应为 1 至 {MOST_DAYS}。",
            f"The requests a minute are 1 to {MOST_A_MINUTE}, the days 1 to {MOST_DAYS}.",
        )


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _named(session: Session, name: str) -> KeyRow | None:
    return session.scalar(select(KeyRow).where(func.lower(KeyRow.name) == name.strip().lower()))


def _key(row: KeyRow) -> ApiKey:
    scopes = frozenset(map(Scope, row.scopes.split()))
    return ApiKey(row.name, row.hint, scopes, row.rate, row.created, row.expires, row.active, row.used)
