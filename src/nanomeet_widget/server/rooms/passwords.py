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
    """Compares passwords, and hashes slowly only until the right one is known.

    From then on a guess costs microseconds: neither a class that joins at once nor a guesser holds up the
    event loop. What is remembered is a keyed hash, in memory alone.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        #: The slow hash that the mark belongs to.
        self._kept = ""
        self._right = b""

    def remember(self, password: str, kept: str) -> None:
        """Remember the right password.

        Parameters
        ----------
        password, kept : str
            As the function `matches` has them.
        """
        self._kept, self._right = kept, self._mark(password)

    def matches(self, password: str, kept: str) -> bool:
        """Return whether a password is right.

        Parameters
        ----------
        password, kept : str
            As the function `matches` has them.
        """
        if self._kept == kept:
            return hmac.compare_digest(self._mark(password), self._right)
        if not matches(password, kept):
            return False
        self.remember(password, kept)
        return True

    def _mark(self, password: str) -> bytes:
        return hashlib.blake2b(password.encode(), key=self._secret).digest()


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=1)
