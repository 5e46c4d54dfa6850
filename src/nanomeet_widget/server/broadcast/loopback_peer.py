"""Which process holds the other end of a connection on this machine.

Every user of a machine may connect to every port of its loopback.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from pathlib import Path

_TABLE = Path("/proc/net/tcp")
_LOOPBACK = "127.0.0.1"


def is_at(pid: int, *, far: int, near: int) -> bool:
    """Return whether a process holds the far end of a connection between two ports of 127.0.0.1.

    Parameters
    ----------
    pid : int
        The process, of this user.
    far : int
        The port of its end.
    near : int
        The port of this end.
    """
    if sys.platform != "linux":
        return _is_at_elsewhere(pid, far=far, near=near)
    ends = _written(far), _written(near)
    with contextlib.suppress(OSError):
        for line in _TABLE.read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if (fields[1], fields[2]) == ends:
                # The tenth field of proc_pid_net(5) is what the links in the process's folder name.
                return _holds(pid, f"socket:[{fields[9]}]")
    return False


def _written(port: int) -> str:
    """Return an end as the kernel writes it: the address in the machine's byte order."""
    address = int.from_bytes(socket.inet_aton(_LOOPBACK), sys.byteorder)
    return f"{address:08X}:{port:04X}"


def _holds(pid: int, name: str) -> bool:
    folder = Path(f"/proc/{pid}/fd")
    for handle in folder.iterdir():
        with contextlib.suppress(OSError):
            if os.readlink(handle) == name:  # noqa: PTH115 - a socket is no path
                return True
    return False


def _is_at_elsewhere(pid: int, *, far: int, near: int) -> bool:
    import psutil  # noqa: PLC0415 - only where there is no /proc

    ends = (_LOOPBACK, far), (_LOOPBACK, near)
    with contextlib.suppress(psutil.Error):
        found = psutil.Process(pid).net_connections(kind="tcp4")
        return any((tuple(one.laddr), tuple(one.raddr)) == ends for one in found)
    return False
