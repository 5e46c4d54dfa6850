"""When to take the next picture or block of sound from a source."""

from __future__ import annotations

import time

#: A picture may be taken early by this fraction of the interval: a source that keeps its own time is
#: jittery, and must not be made to wait for its turn.
_EARLY = 0.35
#: Seconds that are made up for: sound that comes with pictures has no holes then. More is lost.
_LAG = 0.15


class Pace:
    """Keeps a source at its rate, and lets a slower one run freely.

    Parameters
    ----------
    fps : float
        Pictures a second, at most.
    """

    def __init__(self, fps: float) -> None:
        self._interval = 1 / fps
        self._turn = float("-inf")

    def taken(self) -> None:
        """Record that a picture was taken."""
        now = time.perf_counter()
        self._turn += self._interval
        if self._turn < now - _LAG:
            self._turn = now + self._interval

    @property
    def wait(self) -> float:
        """Seconds until the next picture's turn; 0 or less if it has come."""
        return self._turn - _EARLY * self._interval - time.perf_counter()


class SoundPace:
    """Keeps sound at the clock, and says when each block was captured."""

    #: Microseconds by which a source's clock may drift before its sound has a hole, or loses some.
    _SLACK = 100_000

    def __init__(self) -> None:
        self._end: int | None = None
        self._length = 0

    def place(self, length: int, now: int) -> int:
        """Return when a block's first sample was captured.

        Parameters
        ----------
        length : int
            The block's length.
        now : int
            The time now; both in microseconds.

        Returns
        -------
        int
            The time, in microseconds.
        """
        begins = now - length
        if self._end is not None and abs(begins - self._end) < self._SLACK:
            begins = self._end
        self._end, self._length = begins + length, length
        return begins

    def wait(self, now: int) -> float:
        """Return the seconds until the next block's turn, if it is as long as the last one.

        Parameters
        ----------
        now : int
            The time now, in microseconds.

        Returns
        -------
        float
            0 or less if it has come.
        """
        if self._end is None:
            return 0.01  # it gave nothing yet
        return (self._end + self._length - now) / 1_000_000
