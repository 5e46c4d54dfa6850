"""A room's password, kept only as a salted hash (scrypt, RFC 7914)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_SALT_SIZE = 16
#: About ten milliseconds and 4 MB, as the event loop waits for it; guesses are also limited.
_COST = 2**12
_BLOCK = 8


def hash_password(password: str) -> str:
    """Return a password's salted hash.

    Parameters
    ----------
    password : str
        The password.

    Returns
    -------
    str
        The salt and the hash, in hexadecimal digits.
    """
    salt = secrets.token_bytes(_SALT_SIZE)
    return f"{salt.hex()}:{_digest(password, salt).hex()}"


def matches(password: str, kept: str) -> bool:
    """Return whether a password is right.

    Parameters
    ----------
    password : str
        The password.
    kept : str
        What `hash_password` returned.
    """
    salt, _, digest = kept.partition(":")
    return hmac.compare_digest(_digest(password, bytes.fromhex(salt)), bytes.fromhex(digest))


class Remembered:
    """Compares passwords, and hashes the right one only once, as a whole class may join at once."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._right: bytes | None = None

    def matches(self, password: str, kept: str) -> bool:
        """Return whether a password is right.

        Parameters
        ----------
        password, kept : str
            As the function `matches` has them.
        """
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
