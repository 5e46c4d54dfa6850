"""A room's password, kept only as a salted hash (scrypt, RFC 7914)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_SALT_SIZE = 16
#: About ten milliseconds and 4 MB: the event loop waits for it, and guesses are rationed besides.
_COST = 2**12
_BLOCK = 8


def hash_password(password: str) -> str:
    """Return what to keep of a password."""
    salt = secrets.token_bytes(_SALT_SIZE)
    return f"{salt.hex()}:{_digest(password, salt).hex()}"


def matches(password: str, kept: str) -> bool:
    """Return whether `kept` was made of this password."""
    salt, _, digest = kept.partition(":")
    return hmac.compare_digest(_digest(password, bytes.fromhex(salt)), bytes.fromhex(digest))


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=1)
