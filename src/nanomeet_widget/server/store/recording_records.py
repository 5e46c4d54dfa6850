"""The index of recordings in the database."""

from __future__ import annotations

import contextlib
import itertools
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger("nanomeet")

#: Chapters of one recording: one a minute for a day.
_MAX_MARKS = 1500
_COLUMNS = "name, stream, began, ended, duration"


@dataclass(frozen=True, kw_only=True)
class RecordingRecord:
    """A row of the index. Times are seconds since the epoch."""

    name: str
    stream: str
    began: float
    #: None while it is being recorded.
    ended: float | None
    #: Seconds, once it is finished; None if it could not be determined.
    duration: float | None


class RecordingRecords:
    """The index of recordings.

    Parameters
    ----------
    db : sqlite3.Connection
        The database, in autocommit mode.
    instance : str
        This server's name, to which new recordings belong.
    adopt : callable
        Takes over a table's rows of servers that have ended.
    """

    def __init__(self, db: sqlite3.Connection, instance: str, adopt: Callable[[str], None]) -> None:
        self._db = db
        self._instance = instance
        self._adopt = adopt

    def begin(self, stream: str, *, taken: Callable[[str], bool], private: bool = False) -> str:
        """Reserve the name of a new recording: `stream`, then `stream-2`, and so on.

        Parameters
        ----------
        stream : str
            The stream's name.
        taken : callable
            Returns whether a file of that name exists, whatever the index says.
        private : bool, default False
            Whether the name must not be guessable.

        Returns
        -------
        str
            The name.
        """
        base = f"{stream}-{secrets.token_urlsafe(9)}" if private else stream
        for number in itertools.count(1):
            name = base if number == 1 else f"{base}-{number}"
            with contextlib.suppress(sqlite3.IntegrityError):
                if taken(name):
                    continue
                self._db.execute(
                    "INSERT INTO recordings (name, stream, instance, began, private)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (name, stream, self._instance, time.time(), private),
                )
                return name
        raise AssertionError("counting does not end")

    def end(self, name: str, *, duration: float | None) -> None:
        """Mark a recording as finished.

        Parameters
        ----------
        name : str
            The recording's name.
        duration : float or None
            Its length in seconds; None if unknown.
        """
        self._db.execute(
            "UPDATE recordings SET ended = ?, duration = ? WHERE name = ?",
            (time.time(), duration, name),
        )

    def drop(self, name: str) -> None:
        """Delete a recording's record; its name can be used again.

        Parameters
        ----------
        name : str
            The recording's name.
        """
        self._db.execute("DELETE FROM marks WHERE recording = ?", (name,))
        self._db.execute("DELETE FROM recordings WHERE name = ?", (name,))

    def find(self, name: str) -> RecordingRecord | None:
        """Return a recording's record.

        Parameters
        ----------
        name : str
            The recording's name.

        Returns
        -------
        RecordingRecord or None
            None if there is none.
        """
        found = self._select("WHERE name = ?", name)
        return found[0] if found else None

    def last(self, stream: str) -> RecordingRecord | None:
        """Return a stream's newest finished recording that is not private.

        Parameters
        ----------
        stream : str
            The stream's name.

        Returns
        -------
        RecordingRecord or None
            None if there is none.
        """
        found = self._select(
            "WHERE stream = ? AND ended IS NOT NULL AND NOT private ORDER BY began DESC LIMIT 1",
            stream,
        )
        return found[0] if found else None

    def all(self, *, stream: str | None, limit: int, offset: int) -> list[RecordingRecord]:
        """Return recordings, newest first, including unfinished ones.

        Parameters
        ----------
        stream : str or None
            The stream's name; None for all streams.
        limit : int
            How many at most.
        offset : int
            How many newer ones to skip.

        Returns
        -------
        list of RecordingRecord
            At most `limit` of them.
        """
        return self._select(
            "WHERE ? IS NULL OR stream = ? ORDER BY began DESC, name LIMIT ? OFFSET ?",
            *(stream, stream, limit, offset),
        )

    def finished(self) -> list[RecordingRecord]:
        """Return all finished recordings, oldest first."""
        return self._select("WHERE ended IS NOT NULL ORDER BY ended")

    def orphaned(self) -> list[str]:
        """Take over the recordings that killed servers left unfinished, and return their names."""
        self._adopt("recordings")
        rows = self._db.execute(
            "SELECT name FROM recordings WHERE instance = ? AND ended IS NULL", (self._instance,)
        )
        return [name for (name,) in rows]

    def mark(self, name: str, at: float, title: str) -> None:
        """Begin a chapter. A failed write, as on a full disk, is only logged.

        Parameters
        ----------
        name : str
            The recording's name.
        at : float
            Seconds since its beginning.
        title : str
            The chapter's title.
        """
        try:
            self._db.execute(
                "INSERT INTO marks (recording, at, title) SELECT ?, ?, ?"
                " WHERE (SELECT count(*) FROM marks WHERE recording = ?) < ?",
                (name, at, title, name, _MAX_MARKS),
            )
        except sqlite3.Error as error:
            logger.warning("a chapter of recording %s could not be saved: %s", name, error)

    def marks(self, name: str) -> list[tuple[float, str]]:
        """Return a recording's chapters, in order.

        Parameters
        ----------
        name : str
            The recording's name.

        Returns
        -------
        list of tuple
            Seconds since the recording's beginning, and the title.
        """
        return self._db.execute(
            "SELECT at, title FROM marks WHERE recording = ? ORDER BY at, rowid", (name,)
        ).fetchall()

    def _select(self, condition: str, *values: str | float | None) -> list[RecordingRecord]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM recordings {condition}", values)  # noqa: S608 - constant text
        return [
            RecordingRecord(name=name, stream=stream, began=began, ended=ended, duration=duration)
            for name, stream, began, ended, duration in rows
        ]
