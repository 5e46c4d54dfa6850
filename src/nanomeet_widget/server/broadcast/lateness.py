"""Notices that all frames of a sender arrive late: its connection is then too slow."""

from __future__ import annotations

#: Seconds that are examined together.
_WINDOW = 1.0
#: Microseconds from which the sender is told, and from which viewers notice.
_NOTABLE, _BEHIND = 400_000, 600_000
#: Successive windows after which `behind` changes.
_STAYS = 5


class Lateness:
    """Measures how long frames take from their capture to this server, for all tracks together.

    Frames that are late by themselves, as pictures of a slow encoder, do not count, as other frames
    arrive in time. Only the delay beyond the best one counts, as clocks may differ a little.
    """

    def __init__(self) -> None:
        self._best: int | None = None
        self._least: int | None = None
        self._since = 0.0
        self._bad = self._good = 0
        #: Whether the connection is too slow. The sender's own report would arrive just as late.
        self.behind = False

    def add(self, late: int, now: float) -> float | None:
        """Add a frame.

        Parameters
        ----------
        late : int
            Microseconds from its capture to its arrival.
        now : float
            The current time, in seconds.

        Returns
        -------
        float or None
            At the end of a window, the delay beyond the best in seconds, if it is notable.
        """
        late = max(0, late)
        self._best = late if self._best is None else min(self._best, late)
        if self._least is None:
            self._least, self._since = late, now
            return None
        self._least = min(self._least, late)
        if now - self._since < _WINDOW:
            return None
        beyond, self._least = self._least - self._best, None
        self._judge(beyond >= _BEHIND)
        return beyond / 1_000_000 if beyond >= _NOTABLE else None

    def _judge(self, bad: bool) -> None:  # noqa: FBT001 - the window's result
        self._bad, self._good = (self._bad + 1, 0) if bad else (0, self._good + 1)
        if max(self._bad, self._good) >= _STAYS:
            self.behind = bad
