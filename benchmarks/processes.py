"""Processor time and memory of processes, from Linux's /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable
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


def _field(path: Path, name: str) -> float:
    for row in path.read_text().splitlines():
        if row.startswith(name):
            return int(row.split()[1]) / 1024
    raise ValueError(f"no {name} in {path}")
