"""The clock that the state machines run by: an asyncio event loop, or a test's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Handle(Protocol):
    """A call that has not happened yet."""

    def cancel(self) -> None:
        """Let it not happen."""


class Timers(Protocol):
    """What of an event loop the state machines need."""

    def time(self) -> float:
        """Return seconds on a clock that never jumps."""

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Handle:
        """Call back in `delay` seconds."""
