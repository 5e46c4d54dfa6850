"""Processor time and memory of processes, from Linux's /proc."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Return a process's resident memory, in MB."""
    return _field(Path(f"/proc/{pid}/status"), "VmRSS:")


def proportional(pids: Iterable[int]) -> float:
    """Return the memory of processes in MB; shared memory is divided among them."""
    return sum(_field(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") for pid in pids)


def worked(pid: int) -> float:
    """Return a process's processor time in seconds."""
    # The process name before it may contain anything (proc_pid_stat(5)).
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / _TICKS


class Load:
    """The processor time of processes while they are watched."""

    def __init__(self) -> None:
        self._worked: dict[str, float] = defaultdict(float)
        self._seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def watching(self, **pids: int) -> Iterator[None]:
        """Watch processes.

        Parameters
        ----------
        **pids
            Each process by what it is called here.
        """
        before, began = {name: worked(pid) for name, pid in pids.items()}, time.monotonic()
        yield
        seconds = time.monotonic() - began
        for name, pid in pids.items():
            self.add(name, worked(pid) - before[name], seconds)

    def add(self, name: str, processor: float, seconds: float) -> None:
        """Note that a process has worked for some seconds of so many."""
        self._worked[name] += processor
        self._seconds[name] += seconds

    def part(self, name: str) -> str:
        """Return what a process used of one core; empty if it was not watched."""
        if name not in self._seconds:
            return ""
        return f"{100 * self._worked[name] / self._seconds[name]:.0f} %"


def _field(path: Path, name: str) -> float:
    for row in path.read_text().splitlines():
        if row.startswith(name):
            return int(row.split()[1]) / 1024
    raise ValueError(f"no {name} in {path}")
