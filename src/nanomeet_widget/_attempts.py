"""When to connect again after a connection was lost: at first soon, and for how long in vain."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence


class Attempts:
    """The attempts to connect since the connection last stood.

    Parameters
    ----------
    delays : sequence of float
        Seconds before each attempt; the last one repeats.
    jitter : float
        Up to this share of a delay is added, so that many programs do not come back at the same time.
    now : callable, optional
        Seconds of a monotonic clock.
    """

    def __init__(
        self,
        delays: Sequence[float],
        *,
        jitter: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._delays, self._jitter, self._now = delays, jitter, now
        self.stood()

    @property
    def trouble(self) -> float:
        """Seconds since the connection last stood, or since the first attempt."""
        return self._now() - self._since

    def stood(self) -> None:
        """Note that the last connection stood: the next attempt is a first one."""
        self._since = self._now()
        self._count = 0

    def delay(self) -> float:
        """Count one more attempt; return the seconds before it."""
        delay = self._delays[min(self._count, len(self._delays) - 1)]
        self._count += 1
        return delay * (1 + self._jitter * random.random())  # noqa: S311 - no secret

    async def pause(self) -> None:
        """Wait until the next attempt is due."""
        await asyncio.sleep(self.delay())
