"""Token buckets, which limit rates: a burst at once, and a rate a second."""

from __future__ import annotations

from nanomeet_widget.server.timers import Timers


class TokenBucket:
    """One token bucket.

    Parameters
    ----------
    burst : float
        The amount that may be used at once.
    rate : float
        The amount that becomes available a second.
    now : float
        The current time, in seconds of any monotonic clock.
    """

    def __init__(self, *, burst: float, rate: float, now: float) -> None:
        self._burst = burst
        self._rate = rate
        self._level = burst
        self._at = now

    def has(self, amount: float, *, now: float) -> bool:
        """Return whether an amount is available.

        Parameters
        ----------
        amount : float
            How much.
        now : float
            The current time, in seconds.
        """
        self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        return amount <= self._level

    def take(self, amount: float, *, now: float) -> bool:
        """Use an amount if it is available.

        Parameters
        ----------
        amount : float
            How much.
        now : float
            The current time, in seconds.

        Returns
        -------
        bool
            Whether it was used.
        """
        if not self.has(amount, now=now):
            return False
        self._level -= amount
        return True

    def full(self, *, now: float) -> bool:
        """Return whether the whole burst is available.

        Parameters
        ----------
        now : float
            The current time, in seconds.
        """
        return self._level + (now - self._at) * self._rate >= self._burst


class TokenBuckets:
    """A token bucket for each person, which they keep when they reconnect.

    Parameters
    ----------
    burst, rate : float
        As each `TokenBucket` has them.
    timers : Timers
        The clock.
    """

    def __init__(self, *, burst: float, rate: float, timers: Timers) -> None:
        self._burst = burst
        self._rate = rate
        self._timers = timers
        self._buckets: dict[str, TokenBucket] = {}

    def has(self, person: str) -> bool:
        """Return whether a person may do it once more.

        Parameters
        ----------
        person : str
            The person's ID.
        """
        bucket = self._buckets.get(person)
        return bucket is None or bucket.has(1, now=self._timers.time())

    def take(self, person: str, amount: float = 1) -> bool:
        """Count that a person does it once.

        Parameters
        ----------
        person : str
            The person's ID.
        amount : float, default 1
            How much they use.

        Returns
        -------
        bool
            False if they have reached the limit.
        """
        now = self._timers.time()
        bucket = self._buckets.get(person)
        if bucket is None:
            self._forget_full(now)
            bucket = TokenBucket(burst=self._burst, rate=self._rate, now=now)
            self._buckets[person] = bucket
        return bucket.take(amount, now=now)

    def _forget_full(self, now: float) -> None:
        for person in [p for p, bucket in self._buckets.items() if bucket.full(now=now)]:
            del self._buckets[person]
