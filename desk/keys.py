"""What a client of the API is known by: a key, made once and shown once, of which only a digest is kept.

Knows no database and no web; `desk.store.keys.Keys` is the ring that lasts.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Scope(StrEnum):
    """What a key may do."""

    ASK = "ask"  # have questions answered
    READ = "read"  # search, list and read articles
    FEEDBACK = "feedback"  # say whether an answer was good


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A client's key. `hint`: how it begins, to tell it from others. `rate`: requests a minute. `expires`: the moment from which
    it is no key any more; `used`: when it was last used, to the minute; "" for never."""

    name: str
    hint: str
    scopes: frozenset[Scope]
    rate: int
    created: str
    expires: str
    active: bool
    used: str = ""


class KeyRing(Protocol):
    """Knows the keys."""

    def find(self, token: str) -> ApiKey | None:
        """The key that holds now, or None for one that is unknown, revoked or expired. LogAwayError where nobody can tell."""
        ...
