"""The servers that use a data folder: each holds a lock there while it runs."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import filelock

from nanomeet_widget import _locks, _machine
from nanomeet_widget._errors import ServerStartError

_FILE = re.compile(r"(?P<name>(?P<machine>.+-[0-9a-f]{8})-[0-9a-f]{8})\.lock(?:\.soft)?")


class Instances:
    """The servers of one data folder.

    Parameters
    ----------
    folder : Path
        The data folder.

    Raises
    ------
    OSError
        If it is not writable.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "instances"
        self._folder.mkdir(exist_ok=True)

    def claim(self) -> tuple[str, _locks.Lock]:
        """Register a new server.

        Returns
        -------
        tuple
            Its name, and its lock, which is held.

        Raises
        ------
        ServerStartError
            If a server on another machine uses the folder: SQLite supports one machine at a time.
        """
        name = f"{_machine.name()}-{secrets.token_hex(4)}"
        lock = self._lock(name)
        lock.acquire()
        # The lock comes first: of two servers that start at once, at least one sees the other.
        if hosts := self.elsewhere():
            self.give_up(name, lock)
            raise ServerStartError(
                f"a server on {', '.join(hosts)} uses {self._folder.parent}, and two machines cannot use "
                "one data folder at the same time. Stop that server (after a crash, remove its file in "
                f"{self._folder.name}/), or choose another folder with --data"
            )
        return name, lock

    def give_up(self, name: str, lock: _locks.Lock) -> None:
        """Release a server's lock, and remove its files.

        Parameters
        ----------
        name : str
            The server's name.
        lock : Lock
            Its lock.
        """
        lock.release()
        self._forget(name)

    def elsewhere(self) -> list[str]:
        """Return the names of other machines with servers that use the folder now."""
        found = set()
        for file in self._folder.iterdir():
            match = _FILE.fullmatch(file.name)
            if match is None or match["machine"] == _machine.name():
                continue
            if not self.is_dead(match["name"]):
                found.add(match["machine"].rpartition("-")[0])
        return sorted(found)

    def is_dead(self, name: str) -> bool:
        """Return whether a server has ended; if so, its lock's files are removed.

        Parameters
        ----------
        name : str
            The server's name.
        """
        lock = self._lock(name)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            return False
        self.give_up(name, lock)
        return True

    def _lock(self, name: str) -> _locks.Lock:
        return _locks.lock(self._folder / f"{name}.lock")

    def _forget(self, name: str) -> None:
        for left in (f"{name}.lock", f"{name}.lock.soft"):
            (self._folder / left).unlink(missing_ok=True)
