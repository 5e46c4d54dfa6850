"""Whether the page that shows a meeting is still there: the kernel asks it, again and again.

The asking is the kernel's because a browser lets a hidden page's own timers sleep, but not what it does
with a message. To whatever ends idle kernels each question and answer is activity.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone

from nanomeet_widget import _pages

#: Seconds between two questions.
PROBE = 12.0
#: So many questions in a row without an answer mean that the page is gone.
MISSED = 2


class Watch:
    """Asks a page while its meeting goes on.

    Parameters
    ----------
    ask
        Sends the page a question. Called on a thread.
    gone
        Told that the page is silent, where its messages are handled, with the time of the last one.
    """

    def __init__(self, ask: Callable[[], object], gone: Callable[[datetime], object]) -> None:
        self._ask = ask
        self._gone = gone
        self._ending: threading.Event | None = None
        # Where the kernel hears the page, to see whether it is free to.
        self._ear: asyncio.AbstractEventLoop | None = None
        self._ear_free = True
        self._heard = time.monotonic()
        self._heard_at = datetime.now(timezone.utc)

    def heard(self) -> None:
        """Note that the page has said something. Called where that is handled."""
        with suppress(RuntimeError):
            self._ear = asyncio.get_running_loop()
        self._heard = time.monotonic()
        self._heard_at = datetime.now(timezone.utc)

    def start(self) -> None:
        """Ask from now on, unless it does already."""
        if self._ending is None:
            self._ending = threading.Event()
            arguments = (self._ending,)
            threading.Thread(target=self._run, args=arguments, daemon=True).start()

    def stop(self) -> None:
        """Ask no more."""
        if self._ending is not None:
            self._ending.set()
            self._ending = None

    def _run(self, ending: threading.Event) -> None:
        missed, asked = 0, None
        while not ending.wait(PROBE):
            if asked is None or self._heard >= asked or not self._could_hear:
                missed = 0
            else:
                missed += 1
            if missed >= MISSED:
                self._tell()
                return
            self._ear_free = self._ear is None
            with suppress(RuntimeError):  # a loop that was closed: nothing is heard there
                if self._ear is not None:
                    self._ear.call_soon_threadsafe(self._is_free)
            asked = time.monotonic()
            self._ask()

    def _is_free(self) -> None:
        self._ear_free = True

    @property
    def _could_hear(self) -> bool:
        """Whether an answer would have been heard: a kernel at work may be deaf meanwhile."""
        running = _pages.running_since()
        return self._ear_free and (running is None or self._heard > running)

    def _tell(self) -> None:
        at = self._heard_at
        if self._ear is not None:
            with suppress(RuntimeError):
                self._ear.call_soon_threadsafe(self._gone, at)
            return
        self._gone(at)
