"""Leases: a server that a kernel started keeps running while a lease is held, and a little longer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from nanomeet_widget.server.timers import Alarm, Timers


class Leases:
    """Counts leases, and notices when the server is no longer needed.

    Parameters
    ----------
    timers : Timers
        The event loop.
    linger : float or None
        Seconds to keep running after the last lease; None keeps running forever.
    first : float
        Seconds within which the first lease must begin.
    on_unneeded : callable
        Called when that time has passed.
    """

    def __init__(
        self,
        *,
        timers: Timers,
        linger: float | None,
        first: float,
        on_unneeded: Callable[[], None],
    ) -> None:
        self._linger = linger
        self._on_unneeded = on_unneeded
        self._open = 0
        self._end = Alarm(timers)
        if linger is not None:
            self._end.set(first, on_unneeded)

    @property
    def count(self) -> int:
        """How many leases are held."""
        return self._open

    @contextlib.contextmanager
    def lease(self) -> Iterator[None]:
        """Hold a lease within a `with` statement."""
        self._open += 1
        self._end.cancel()
        try:
            yield
        finally:
            self._open -= 1
            if self._open == 0 and self._linger is not None:
                self._end.set(self._linger, self._on_unneeded)

    def close(self) -> None:
        """Stop the timer."""
        self._end.cancel()
