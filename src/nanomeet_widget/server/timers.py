"""The clock of the state machines: an asyncio event loop, or a test's own."""

from __future__ import annotations

import functools
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


class Alarm:
    """A timer for one call at a time: setting it again replaces the call that it was set for.

    Parameters
    ----------
    timers : Timers
        The event loop.
    """

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._handle: Handle | None = None

    @property
    def is_set(self) -> bool:
        """Whether a call is due; False from the moment it is made, so that it may set the alarm again."""
        return self._handle is not None

    def set(self, delay: float, callback: Callable[[], object], /) -> None:
        """Call a function later, in place of what the alarm was set for.

        Parameters
        ----------
        delay : float
            Seconds from now.
        callback : callable
            What to call.
        """
        self.cancel()
        self._handle = self._timers.call_later(delay, functools.partial(self._ring, callback))

    def cancel(self) -> None:
        """Call nothing; an alarm that is not set stays so."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _ring(self, callback: Callable[[], object]) -> None:
        self._handle = None
        callback()
