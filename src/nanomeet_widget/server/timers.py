"""The clock of the state machines: an asyncio event loop, or a test's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Handle(Protocol):
    """A scheduled call."""

    def cancel(self) -> None:
        """Cancel the call."""


class Timers(Protocol):
    """The part of an event loop that the state machines need."""

    def time(self) -> float:
        """Return the seconds of a monotonic clock."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Handle:
        """Schedule a call.

        Parameters
        ----------
        delay : float
            Seconds from now.
        callback : callable
            What to call.

        Returns
        -------
        Handle
            What cancels the call.
        """
