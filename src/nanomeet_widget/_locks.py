"""Locks between processes, even where the file system has none."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import filelock

from nanomeet_widget import _machine

#: Seconds between two attempts.
_POLL = 0.05
#: What a file system without locks says: an NFS without its lock daemon, Lustre without `flock`, …
_NONE = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})


class SoftLock:
    """A file that says which process has the lock; a crashed process's lock is taken over.

    Parameters
    ----------
    path
        The file, which exists while the lock is held.
    """

    def __init__(self, path: Path) -> None:
        self.lock_file = str(path)
        self._path = path

    def acquire(self, *, timeout: float = -1, blocking: bool = True) -> SoftLock:
        """Take the lock; use it in a `with` block, or release it.

        Parameters
        ----------
        timeout
            Seconds to wait for it; forever if negative.
        blocking
            Whether to wait at all.

        Raises
        ------
        filelock.Timeout
            If another process still has it.
        OSError
            If the folder cannot be written to.
        """
        end = time.monotonic() + (timeout if blocking else 0)
        while not self._taken():
            if (timeout >= 0 or not blocking) and time.monotonic() >= end:
                raise filelock.Timeout(self.lock_file)
            time.sleep(_POLL)
        return self

    def release(self) -> None:
        """Release the lock."""
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> SoftLock:  # noqa: PYI034 - typing.Self needs Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _taken(self) -> bool:
        own = f"{_machine.name()} {os.getpid()} {_machine.started(os.getpid())}"
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self._broken_if_left() and self._taken()
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(own)
        return True

    def _broken_if_left(self) -> bool:
        """Remove the file of a process of this machine that has ended; return whether it was one."""
        with contextlib.suppress(FileNotFoundError):
            said = self._path.read_text("utf-8", errors="replace")
            if not _is_left(said):
                return False
            # Another process may do the same, and have the lock by now: then it gets its file back.
            moved = self._path.with_name(f".{self._path.name}-{secrets.token_hex(4)}")
            self._path.rename(moved)
            if moved.read_text("utf-8", errors="replace") != said:
                with contextlib.suppress(FileExistsError):
                    os.link(moved, self._path)
            moved.unlink()
        return True


Lock: TypeAlias = "filelock.BaseFileLock | SoftLock"


def lock(path: Path) -> Lock:
    """Return a lock of this name, not taken yet: the system's, or a `SoftLock`.

    Parameters
    ----------
    path
        The lock's file; its folder exists.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    if has_locks(path.parent):
        # Older releases of filelock make it readable for all.
        return filelock.FileLock(path, mode=0o600)
    # Another name: the system's lock leaves its file behind, which would look like a held lock.
    return SoftLock(path.with_name(f"{path.name}.soft"))


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


def _is_left(said: str) -> bool:
    machine, _, process = said.partition(" ")
    pid, _, started = process.partition(" ")
    # Another machine's processes are unknown here, and a file that is being written is empty at first.
    if machine != _machine.name() or not pid.isdigit():
        return False
    try:
        return str(_machine.started(int(pid))) != started
    except OSError:
        return True


def _tried(folder: Path, take: Callable[[int], object]) -> bool:
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            take(file.fileno())
        except OSError as error:
            if error.errno in _NONE:
                return False
            raise
    return True
