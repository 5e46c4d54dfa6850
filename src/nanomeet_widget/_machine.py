"""Which machine this is: several may share a home, but not process ids and loopback."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from contextlib import suppress
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NETWORK = Path("/proc/self/ns/net")
#: All but the letters that every file system accepts in names.
_ODD = re.compile(r"[^A-Za-z0-9.]+")
_LONGEST = 32
#: States of proc(5): a zombie, and dead.
_ENDED = frozenset("ZXx")


def host() -> str:
    """Return the machine's name, as a part of a file's name."""
    return _ODD.sub("_", socket.gethostname())[:_LONGEST] or "machine"


def name() -> str:
    """Return a name that all processes with the same loopback share, and no others.

    It has no slash and only one dash: the machine's name, and a hash of that, of the boot and of the
    network namespace, which each container may have to itself.
    """
    parts = [socket.gethostname()]
    # Only Linux has them, and shares homes between machines.
    with suppress(OSError):
        parts += [_BOOT.read_text("utf-8").strip(), str(_NETWORK.readlink())]
    return f"{host()}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:8]}"


def runs(pid: object, since: object) -> bool:
    """Return whether the process that a file names still runs: ids are used again.

    Parameters
    ----------
    pid
        Its id.
    since
        What `started` returned for it.
    """
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        return False
    try:
        return started(pid) == since
    except OSError:
        return False


def started(pid: int) -> str | None:
    """Return what distinguishes a process from others with its id; None if the system does not say.

    Raises
    ------
    OSError
        If there is no such process, or it has ended and its parent does not know yet.
    """
    if not Path("/proc/self/stat").exists():
        os.kill(pid, 0)
        return None
    # Field 22 of proc(5), counted after the name, which may hold spaces and brackets.
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2]
    state, *rest = fields.split()
    if state in _ENDED:
        raise ProcessLookupError(pid)
    return f"{_BOOT.read_text('utf-8').strip()} {rest[18]}"
