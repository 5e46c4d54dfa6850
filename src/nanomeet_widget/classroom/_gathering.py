"""Shows what comes in quick succession once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

#: Seconds for which news is gathered.
_PAUSE = 0.1


class Gathering:
    """Calls a function after news: soon, and once for all that comes until then.

    It is called on the event loop that ran where this was made, as a notebook's does. Without one that runs,
    it is called at once, for each.

    Parameters
    ----------
    show : callable
        The function; it returns after how many seconds it has to be called again without news, or None.
    """

    def __init__(self, show: Callable[[], float | None]) -> None:
        self._show = show
        try:
            self._home: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._home = None
        self._lock = threading.RLock()
        self._asked = self._ended = False
        self._timer: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Have the function called; from any thread."""
        if self._home is None or not self._home.is_running():
            self.now()
            return
        with self._lock:
            if self._asked:
                return
            self._asked = True
        try:
            self._home.call_soon_threadsafe(self._set, _PAUSE)
        except RuntimeError:  # it has just ended
            self.now()

    def now(self) -> None:
        """Call the function at once."""
        with self._lock:
            self._asked = False
            if self._ended:
                return
            again = self._show()
        home = self._home
        if again is not None and home is not None and home.is_running():
            home.call_soon_threadsafe(self._set, again)

    def end(self) -> None:
        """Call it no more."""
        with self._lock:
            self._ended = True

    def _set(self, seconds: float) -> None:
        """Call it after so many seconds, on its loop; the sooner one of two counts."""
        if self._ended or self._home is None:
            return
        if self._timer is not None:
            if self._timer.when() <= self._home.time() + seconds:
                return
            self._timer.cancel()
        self._timer = self._home.call_later(seconds, self._due)

    def _due(self) -> None:
        self._timer = None
        self.now()
