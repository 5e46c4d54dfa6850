"""Locks between processes, also in a home whose file system has none."""

from __future__ import annotations

import errno
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import filelock

#: What a file system without locks says: an NFS without its lock daemon, Lustre without `flock`, …
_NONE = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})


def lock(path: Path) -> filelock.BaseFileLock:
    """Return a lock of this name, not taken yet: the system's, or a file that says who has it.

    Parameters
    ----------
    path
        The lock's file; its folder is there.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    if has_locks(path.parent):
        return filelock.FileLock(path)
    # Another name: the system's lock leaves its file behind, which would be taken for one that is held.
    return filelock.SoftFileLock(path.with_name(f"{path.name}.soft"))


def has_locks(folder: Path) -> bool:
    """Return whether files in a folder can be locked as a whole (flock).

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 - Windows has none

    return _tried(folder, lambda handle: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB))


def has_record_locks(folder: Path) -> bool:
    """Return whether parts of files in a folder can be locked, as SQLite does (POSIX).

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 - Windows has none

    return _tried(folder, lambda handle: fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1))


def _tried(folder: Path, take: Callable[[int], object]) -> bool:
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            take(file.fileno())
        except OSError as error:
            if error.errno in _NONE:
                return False
            raise
    return True
