"""A token bucket: so much at once, so much a second."""

from __future__ import annotations


class TokenBucket:
    """Counts what a client uses against what it may use.

    Parameters
    ----------
    burst
        What may be used at once.
    rate
        What comes back a second.
    now
        The present on the clock that `take` is called with, in seconds.
    """

    def __init__(self, *, burst: float, rate: float, now: float) -> None:
        self._burst = burst
        self._rate = rate
        self._level = burst
        self._at = now

    def take(self, amount: float, *, now: float) -> bool:
        """Use `amount`, or return False and use nothing."""
        self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        if amount > self._level:
            return False
        self._level -= amount
        return True
