"""A token bucket: so much at once, so much a second."""

from __future__ import annotations

from nanomeet_widget.server.timers import Timers


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

    def has(self, amount: float, *, now: float) -> bool:
        """Return whether `take` would use `amount`."""
        self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        return amount <= self._level

    def take(self, amount: float, *, now: float) -> bool:
        """Use `amount`, or return False and use nothing."""
        if not self.has(amount, now=now):
            return False
        self._level -= amount
        return True

    def full(self, *, now: float) -> bool:
        """Whether nothing of it is used at the moment."""
        return self._level + (now - self._at) * self._rate >= self._burst


class TokenBuckets:
    """A bucket for each person. Who goes away and comes back finds it as he left it.

    Parameters
    ----------
    burst, rate
        Of each bucket; see `TokenBucket`.
    timers
        The clock.
    """

    def __init__(self, *, burst: float, rate: float, timers: Timers) -> None:
        self._burst = burst
        self._rate = rate
        self._timers = timers
        self._buckets: dict[str, TokenBucket] = {}

    def has(self, person: str) -> bool:
        """Return whether `take` would use one."""
        bucket = self._buckets.get(person)
        return bucket is None or bucket.has(1, now=self._timers.time())

    def take(self, person: str) -> bool:
        """Use one, or return False."""
        now = self._timers.time()
        bucket = self._buckets.get(person)
        if bucket is None:
            self._forget_full(now)
            bucket = TokenBucket(burst=self._burst, rate=self._rate, now=now)
            self._buckets[person] = bucket
        return bucket.take(1, now=now)

    def _forget_full(self, now: float) -> None:
        for person in [p for p, bucket in self._buckets.items() if bucket.full(now=now)]:
            del self._buckets[person]
