"""How hard a secret is to guess that a person may have chosen."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence

#: Characters of 128 random bits in base 64, and the bits that a secret has to have by the estimate, which
#: random ones of that length exceed, but for one in a million.
LEAST = 22
_BITS = 64
#: The remedy for a weak secret: a command that every installation can run.
MAKE = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'
#: The length of the parts whose repetitions add nothing.
_PART = 3


def weakness(secret: str) -> str | None:
    """Return why a secret could be guessed, in words that do not reveal it; None if it could not.

    Parameters
    ----------
    secret : str
        The secret.
    """
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        return "has characters that no HTTP header carries: use letters, digits and _ - . only"
    if len(secret) < LEAST:
        return f"has {len(secret)} character{'' if len(secret) == 1 else 's'}, not {LEAST} or more"
    if _bits(secret) < _BITS:
        return "repeats itself, so it can be guessed"
    return None


def _bits(secret: str) -> float:
    """Estimate how many bits a secret has: few if characters, steps between them, or parts are repeated."""
    codes = [ord(character) for character in secret]
    steps = [after - before for before, after in itertools.pairwise(codes)]
    parts = {secret[at : at + _PART] for at in range(len(secret) - _PART + 1)}
    return (len(parts) + _PART - 1) * min(_entropy(codes), _entropy(steps))


def _entropy(values: Sequence[int]) -> float:
    total = len(values)
    return -sum(n / total * math.log2(n / total) for n in Counter(values).values())
