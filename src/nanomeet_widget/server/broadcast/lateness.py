"""How late everything is that a sender sends: then its line is too slow, whatever its encoders do."""

from __future__ import annotations

#: Seconds that are looked at together.
_WINDOW = 1.0
#: Microseconds from which on it is worth a word to the sender, and from which on viewers notice.
_NOTABLE, _BEHIND = 400_000, 600_000
#: Windows in which it has to be so, or not to be so any more, one after the other.
_STAYS = 5


class Lateness:
    """Watches how long frames take from their capture to this server, all tracks together.

    What is late by itself, as pictures from a slow encoder are, does not count: something else came in
    time. And only what is beyond the best counts, as clocks may stand a little apart.
    """

    def __init__(self) -> None:
        self._best: int | None = None
        self._least: int | None = None
        self._since = 0.0
        self._bad = self._good = 0
        #: Whether the line stays behind. It tells by itself: words of the sender would come as late.
        self.behind = False

    def add(self, late: int, now: float) -> float | None:
        """Take note of a frame; at the end of a window return by how much it was late, if notably.

        Parameters
        ----------
        late
            Microseconds from its capture to its arrival.
        now
            This moment, in seconds.

        Returns
        -------
        float or None
            Seconds beyond the best.
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

    def _judge(self, bad: bool) -> None:  # noqa: FBT001 - what the window was like
        self._bad, self._good = (self._bad + 1, 0) if bad else (0, self._good + 1)
        if max(self._bad, self._good) >= _STAYS:
            self.behind = bad
