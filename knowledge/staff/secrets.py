"""Passwords and tokens: made, hashed, compared; it knows no table.

Passwords are hashed with argon2id (argon2-cffi, its recommended cost); tokens are random and long,
so that a plain SHA-256 is enough for them.
"""

import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

TOKEN_PREFIX = "mst_"  # noqa: S105  (marks our tokens for secret scanners)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0, 1: a printed password is typed by hand."""


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash that no password opens: an unknown login must take as long as a known one."""
    return _hasher().hash(secrets.token_urlsafe(32))


def hash_password(password: str) -> str:
    """The argon2id hash as it is stored."""
    return _hasher().hash(password)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether the password opens the hash; takes as long where there is no hash."""
    try:
        return _hasher().verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made at a lower cost than today's."""
    return _hasher().check_needs_rehash(password_hash)


def new_password() -> str:
    """A random password to be typed from a screen: four groups of four, about 79 bits."""
    groups = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4)]
    return "-".join(groups)


def new_token() -> str:
    """A random token for the API (256 bits)."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_session() -> str:
    """A random session token (256 bits)."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()
