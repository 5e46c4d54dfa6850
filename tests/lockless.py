"""Runs a program as in a home without file locks: `python -m tests.lockless COMMAND…` (Linux).

The kernel itself says so (seccomp(2)): `flock` and the locks of `fcntl` fail with ENOLCK, as on an NFS
without its lock daemon.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

#: Numbers of the system calls: flock, fcntl.
_CALLS = {"x86_64": (73, 72), "aarch64": (32, 25)}
#: F_GETLK, F_SETLK, F_SETLKW, and the same of open file descriptions.
_COMMANDS = (5, 6, 7, 36, 37, 38)
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000 | errno.ENOLCK
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
#: Where the call's number and its second argument are in `struct seccomp_data`.
_NUMBER, _SECOND = 0, 24


def forbid_locks() -> None:
    """Let every lock of this process and its children fail from now on."""
    flock, fcntl = _CALLS[platform.machine()]
    count = len(_COMMANDS)
    program = [
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, count + 3, 0, flock),
        (_EQUAL, 0, count + 1, fcntl),
        (_LOAD, 0, 0, _SECOND),
        *((_EQUAL, count - place, 0, command) for place, command in enumerate(_COMMANDS)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    steps = ctypes.create_string_buffer(code)
    filter_ = struct.pack("HxxxxxxP", len(program), ctypes.addressof(steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SECCOMP, _FILTER, filter_, 0, 0):
        raise OSError(ctypes.get_errno(), "no filter for system calls")


if __name__ == "__main__":
    forbid_locks()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the test's own command
