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


class Remembered:
    """Compares passwords, and does the costly part once for the right one: a class comes at once."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._right: bytes | None = None

    def matches(self, password: str, kept: str) -> bool:
        """Return whether `kept` was made of this password; see `matches`."""
        told = f"{kept}\n{password}".encode()
        mark = hashlib.blake2b(told, key=self._secret).digest()
        if self._right is not None and hmac.compare_digest(mark, self._right):
            return True
        if not matches(password, kept):
            return False
        self._right = mark
        return True


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=1)
