"""Which servers use a data folder: each holds a lock there as long as it lives."""

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
    folder
        The data folder.

    Raises
    ------
    OSError
        If it cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "instances"
        self._folder.mkdir(exist_ok=True)

    def claim(self) -> tuple[str, _locks.Lock]:
        """Return the name of a new one, and its lock, which is held.

        Raises
        ------
        ServerStartError
            If a server of another machine uses the folder: SQLite's files bear one machine alone.
        """
        name = f"{_machine.name()}-{secrets.token_hex(4)}"
        lock = self._lock(name)
        lock.acquire()
        # First the own lock, then the look: of two that start at once, one sees the other.
        if hosts := self.elsewhere():
            self.give_up(name, lock)
            raise ServerStartError(
                f"a server on {', '.join(hosts)} uses {self._folder.parent}, which two machines cannot "
                "do at once: end that one (after a crash, remove its file in "
                f"{self._folder.name}/), or name another folder with --data"
            )
        return name, lock

    def give_up(self, name: str, lock: _locks.Lock) -> None:
        """Let go of a name, and leave nothing behind."""
        lock.release()
        self._forget(name)

    def elsewhere(self) -> list[str]:
        """Return the names of other machines whose servers use the folder now."""
        found = set()
        for file in self._folder.iterdir():
            match = _FILE.fullmatch(file.name)
            if match is None or match["machine"] == _machine.name():
                continue
            if not self.is_dead(match["name"]):
                found.add(match["machine"].rpartition("-")[0])
        return sorted(found)

    def is_dead(self, name: str) -> bool:
        """Return whether a server has ended; what is left of its lock is removed then."""
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
