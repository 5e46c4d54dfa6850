"""Whether the page that shows a meeting is still there: the kernel probes it regularly.

The kernel probes because browsers throttle a hidden page's timers, but not its handling of messages.
Each probe and reply counts as activity for what ends idle kernels.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone

from nanomeet_widget import _pages

_logger = logging.getLogger("nanomeet_widget")
#: Seconds between two probes.
PROBE = 12.0
#: So many probes in a row without a reply mean that the page is gone.
MISSED = 2


class Watch:
    """Probes a page while its meeting goes on.

    Parameters
    ----------
    ask
        Sends the page a probe. Called on a thread.
    gone
        Called with the time of the page's last message when it is silent, where messages are handled.
    """

    def __init__(self, ask: Callable[[], object], gone: Callable[[datetime], object]) -> None:
        self._ask = ask
        self._gone = gone
        self._ending: threading.Event | None = None
        # The loop that handles the page's messages, to see whether it is busy.
        self._ear: asyncio.AbstractEventLoop | None = None
        self._ear_free = True
        self._heard = time.monotonic()
        self._heard_at = datetime.now(timezone.utc)

    def heard(self) -> None:
        """Note that the page has sent a message. Called where messages are handled."""
        with suppress(RuntimeError):
            self._ear = asyncio.get_running_loop()
        self._heard = time.monotonic()
        self._heard_at = datetime.now(timezone.utc)

    def start(self) -> None:
        """Begin to probe, unless it does already."""
        if self._ending is None:
            self._ending = threading.Event()
            arguments = (self._ending,)
            threading.Thread(target=self._run, args=arguments, daemon=True).start()

    def stop(self) -> None:
        """Stop probing."""
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
            with suppress(RuntimeError):  # a closed loop handles nothing
                if self._ear is not None:
                    self._ear.call_soon_threadsafe(self._is_free)
            asked = time.monotonic()
            try:
                self._ask()
            except Exception as error:  # noqa: BLE001 - a host may raise anything where it cannot send
                _logger.debug("the page could not be asked: %s", error)

    def _is_free(self) -> None:
        self._ear_free = True

    @property
    def _could_hear(self) -> bool:
        """Whether a reply would have arrived: a busy kernel may not handle messages."""
        running = _pages.running_since()
        return self._ear_free and (running is None or self._heard > running)

    def _tell(self) -> None:
        at = self._heard_at
        if self._ear is not None:
            with suppress(RuntimeError):
                self._ear.call_soon_threadsafe(self._gone, at)
            return
        self._gone(at)
