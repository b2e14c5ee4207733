"""Hashes and checks passwords with argon2id. The only importer of argon2."""

import secrets
import threading

from rag.errors import UserError

SHORTEST, LONGEST = 10, 200
AT_ONCE = threading.BoundedSemaphore(2)  # each check takes 64 MB; a flood of logins waits here


def hash_password(password: str) -> str:
    from argon2 import PasswordHasher

    with AT_ONCE:
        return PasswordHasher().hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Whether the password belongs to the hash. Without a hash it takes as long, and is False."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        return False
    if hashed is None:
        hash_password(password)
        return False
    try:
        with AT_ONCE:
            return PasswordHasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def generate_password() -> str:
    return secrets.token_urlsafe(12)


def require_good_password(password: str, name: str) -> None:
    """UserError for a password that is too short, too long, or the name itself."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UserError(
            f"密码需要 {SHORTEST} 至 {LONGEST} 个字符。", f"A password has {SHORTEST} to {LONGEST} characters."
        )
    if name.lower() in password.lower() or len(set(password)) < 4:
        raise UserError(
            "密码太简单：不能包含用户名，也不能只有几个重复的字符。",
            "The password is too simple: it must not hold the name nor be a few characters repeated.",
        )
