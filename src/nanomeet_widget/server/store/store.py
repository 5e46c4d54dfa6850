"""What outlives the process: rooms, tokens, the index of recordings, and a log of events.

SQLite in WAL mode: a write that has returned survives a killed process. All writes are small, so
they run on the event loop.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from types import TracebackType

import filelock

from nanomeet_widget import _locks
from nanomeet_widget._errors import ServerStartError
from nanomeet_widget.server.instances import Instances
from nanomeet_widget.server.store.event_log import EventLog
from nanomeet_widget.server.store.group_records import GroupRecords
from nanomeet_widget.server.store.hub_records import HubRecords
from nanomeet_widget.server.store.migrations import MIGRATIONS
from nanomeet_widget.server.store.poll_records import PollRecords
from nanomeet_widget.server.store.recording_records import RecordingRecords
from nanomeet_widget.server.store.room_records import RoomRecords
from nanomeet_widget.server.store.session_records import SessionRecords
from nanomeet_widget.server.store.session_rows import SessionRows
from nanomeet_widget.server.store.token_records import TokenRecords


class Store:
    """The database of a data folder; each part of it, such as `rooms` or `tokens`, is a class of its own.

    Several servers on one machine may share a folder. Each marks its rows with its name, and holds a lock
    file while it runs, so that rows are only taken over from servers that have ended.

    Parameters
    ----------
    folder : Path
        The data folder.
    spare : int, default 0
        Bytes that stay free on the disk: with less than that, no event is stored.

    Raises
    ------
    ServerStartError
        If it cannot be used, or a server on another machine uses it.
    """

    def __init__(self, folder: Path, *, spare: int = 0) -> None:
        self._spare = spare
        with contextlib.ExitStack() as stack:
            try:
                self._open(folder, stack)
            except (OSError, sqlite3.Error) as error:
                why = getattr(error, "strerror", None) or error
                raise ServerStartError(
                    f"the database in {folder} cannot be used ({why}): free some space there, or "
                    "choose another folder with --data (c.NanoMeetServer.data in Jupyter)"
                ) from None
            self._stack = stack.pop_all()

    def _open(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self._instances = Instances(folder)
        self.instance, self._lock = self._instances.claim()
        stack.callback(self._instances.give_up, self.instance, self._lock)
        self._db = _connect(folder, stack)
        self._db.execute("PRAGMA synchronous = NORMAL")
        # What is deleted is overwritten: it cannot be read from the file.
        self._db.execute("PRAGMA secure_delete = ON")
        self._migrate()
        self.rooms = RoomRecords(self._db, self.instance, self._adopt)
        self.polls = PollRecords(self._db, self.instance)
        self.groups = GroupRecords(self._db, self.instance, self._adopt)
        self.tokens = TokenRecords(self._db)
        self.hub = HubRecords(self._db)
        self.recordings = RecordingRecords(self._db, self.instance, self._adopt)
        self.log = EventLog(
            self._db, spare=self._spare, free=lambda: shutil.disk_usage(folder).free
        )
        self.sessions = SessionRecords(
            self._db,
            self.instance,
            adopt=self._adopt,
            is_over=self._is_over,
            log=self.log,
        )
        self.session_rows = SessionRows(self._db, self.sessions, is_over=self._is_over)

    def __enter__(self) -> Store:  # noqa: PYI034 - typing.Self needs Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database, and release the lock."""
        self._stack.close()

    # --- events --------------------------------------------------------------------------------

    def record(self, kind: str, room: str, **detail: str | float | None) -> None:
        """Append to the event log; see `EventLog.record`.

        Parameters
        ----------
        kind : str
            The event.
        room : str
            The room's name.
        **detail : str, float or None
            Details; never a token, a key or a password.
        """
        self.log.record(kind, room, detail)

    def events(self, room: str) -> list[tuple[float, str, dict[str, str | float | None]]]:
        """Return a room's events, in order.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        list of tuple
            Seconds since the epoch, the event, and its details.
        """
        return self.log.of(room)

    # --- inside --------------------------------------------------------------------------------

    def _migrate(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise ServerStartError(
                f"the database has version {version}, but this program only knows {len(MIGRATIONS)}: "
                "update nanomeet-widget, or choose another data folder"
            )
        while version < len(MIGRATIONS):
            version = self._migrate_once()

    def _migrate_once(self) -> int:
        self._db.execute("BEGIN IMMEDIATE")
        # If two servers start at once, the second finds the work done.
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version < len(MIGRATIONS):
            for statement in MIGRATIONS[version].split(";"):
                self._db.execute(statement)
            version += 1
            self._db.execute(f"PRAGMA user_version = {version}")
        self._db.execute("COMMIT")
        return version

    def _is_over(self, instance: str) -> bool:
        return instance != self.instance and self._instances.is_dead(instance)

    def _adopt(self, table: str) -> None:
        dead = [
            instance
            for (instance,) in self._db.execute(f"SELECT DISTINCT instance FROM {table}")  # noqa: S608 - constant names
            if instance != self.instance and self._instances.is_dead(instance)
        ]
        for instance in dead:
            self._db.execute(
                f"UPDATE OR REPLACE {table} SET instance = ? WHERE instance = ?",  # noqa: S608 - constant names
                (self.instance, instance),
            )


def _connect(folder: Path, stack: contextlib.ExitStack) -> sqlite3.Connection:
    """Open the database, which `stack` closes."""
    address = (folder / "nanomeet.sqlite3").absolute().as_uri()
    shared = _locks.has_record_locks(folder)
    if not shared:
        # SQLite cannot lock the database here, so this server does.
        alone = _locks.lock(folder / "alone.lock")
        try:
            alone.acquire(blocking=False)
        except filelock.Timeout:
            raise ServerStartError(
                f"another server uses {folder}, whose file system has no locks: stop that server, or "
                "choose another folder with --data (c.NanoMeetServer.data in Jupyter)"
            ) from None
        stack.callback(alone.release)
        address += "?vfs=unix-none"
    # Autocommit: every statement is its own transaction.
    db = sqlite3.connect(
        address, uri=True, isolation_level=None, timeout=5.0, check_same_thread=False
    )
    stack.callback(db.close)
    try:
        db.execute(f"PRAGMA journal_mode = {'WAL' if shared else 'DELETE'}")
    except sqlite3.OperationalError:
        # WAL needs shared memory, which some network file systems do not support.
        db.execute("PRAGMA journal_mode = DELETE")
    return db
