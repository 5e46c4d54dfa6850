"""Keeps the records of all meetings: notes that the server lives, and deletes what has expired."""

from __future__ import annotations

import time
from collections.abc import Callable

from nanomeet_widget.server.store.session_records import SessionRecords
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds between two signs of life: how exactly the records tell when a killed server's people left.
_BEAT = 0.5
#: Seconds between two searches for what has expired.
_EXPIRE_EVERY = 3600.0


class RecordKeeper:
    """Writes signs of life and what waits, and deletes what has expired.

    Parameters
    ----------
    records : SessionRecords
        The records.
    timers : Timers
        The event loop.
    days : int
        Days after which events of participants of no session are deleted.
    now : callable, optional
        Wall-clock seconds since the epoch.
    """

    def __init__(
        self,
        records: SessionRecords,
        *,
        timers: Timers,
        days: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._records = records
        self._beating, self._expiring = Alarm(timers), Alarm(timers)
        self._days = days
        self._now = now
        self._expire()
        self._beat()

    def close(self) -> None:
        """Write what waits, and stop."""
        self._expiring.cancel()
        self._beating.cancel()
        self._records.beat(self._now())
        self._records.clean()

    def _beat(self) -> None:
        self._beating.set(_BEAT, self._beat)
        self._records.beat(self._now())
        self._records.clean()

    def _expire(self) -> None:
        self._expiring.set(_EXPIRE_EVERY, self._expire)
        self._records.expire(days=self._days, now=self._now())
