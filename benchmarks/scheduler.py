"""Whether the machine had time: distinguishes a bad minute of the machine from a fault of the product."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import c_double
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

#: Seconds between two readings of the clock.
_PACE = 0.005


class Scheduler:
    """The machine's available time since the last call.

    Parameters
    ----------
    longest
        The file with the longest halt, in ms.
    """

    def __init__(self, longest: Synchronized[float]) -> None:
        self._longest = longest
        self._before = _times()

    def row(self) -> list[str]:
        """Return cells of a table; `HEAD` is their head."""
        now = _times()
        busy, idle, stolen = (
            after - before for after, before in zip(now, self._before, strict=True)
        )
        self._before = now
        whole = busy + idle + stolen
        with self._longest.get_lock():
            longest, self._longest.value = self._longest.value, 0.0
        return [f"{100 * busy / whole:.0f}", f"{100 * stolen / whole:.1f}", f"{longest:.0f}"]


HEAD = ["cores busy, %", "stolen from them, %", "longest halt of the machine, ms"]


@contextmanager
def watching_the_machine() -> Iterator[Scheduler]:
    """Run a high-priority process that watches the clock.

    Only root may give it priority; otherwise it halts like any other process.
    """
    context = multiprocessing.get_context("spawn")
    longest = context.Value(c_double, 0.0)
    process = context.Process(target=_watch, args=(longest,), daemon=True)
    process.start()
    try:
        yield Scheduler(longest)
    finally:
        process.terminate()
        process.join()


def _watch(longest: Synchronized[float]) -> None:
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    before = time.monotonic()
    while True:
        time.sleep(_PACE)
        now = time.monotonic()
        halt = 1000 * (now - before - _PACE)
        with longest.get_lock():
            longest.value = max(longest.value, halt)
        before = now


def _times() -> tuple[int, int, int]:
    """Return the ticks in which cores were busy, idle and used by another machine (proc_stat(5))."""
    user, nice, system, idle, waiting, *interrupts, stolen, _guest, _guest_nice = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return user + nice + system + sum(interrupts), idle + waiting, stolen
