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

#: Marks of one recording: a day of somebody coming or going each minute.
_MAX_MARKS = 1500
_COLUMNS = "name, stream, began, ended, duration"


@dataclass(frozen=True, kw_only=True)
class RecordingRecord:
    """A row of the index. Times are seconds since the epoch."""

    name: str
    stream: str
    began: float
    #: None while it is made.
    ended: float | None
    #: Seconds, once it is whole; None where nobody could tell.
    duration: float | None


class RecordingRecords:
    """The index.

    Parameters
    ----------
    db
        The database, in autocommit mode.
    instance
        Whose the recordings are that begin here.
    adopt
        Takes over the rows of dead servers in a table.
    """

    def __init__(self, db: sqlite3.Connection, instance: str, adopt: Callable[[str], None]) -> None:
        self._db = db
        self._instance = instance
        self._adopt = adopt

    def begin(self, stream: str, *, taken: Callable[[str], bool], private: bool = False) -> str:
        """Reserve the name of a new recording: `stream`, then `stream-2`, and so on.

        Parameters
        ----------
        stream
            The stream's name.
        taken
            Whether a file of that name is there already, whatever the index says.
        private
            Whether the name is to be one that nobody guesses, and is told to nobody else.
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
        """Mark a recording as whole and ready to play."""
        self._db.execute(
            "UPDATE recordings SET ended = ?, duration = ? WHERE name = ?",
            (time.time(), duration, name),
        )

    def drop(self, name: str) -> None:
        """Forget a recording; its name is free again."""
        self._db.execute("DELETE FROM marks WHERE recording = ?", (name,))
        self._db.execute("DELETE FROM recordings WHERE name = ?", (name,))

    def find(self, name: str) -> RecordingRecord | None:
        """Return a recording by its name."""
        found = self._select("WHERE name = ?", name)
        return found[0] if found else None

    def last(self, stream: str) -> RecordingRecord | None:
        """Return the newest finished recording of a stream that anybody may watch."""
        found = self._select(
            "WHERE stream = ? AND ended IS NOT NULL AND NOT private ORDER BY began DESC LIMIT 1",
            stream,
        )
        return found[0] if found else None

    def all(self, *, stream: str | None, limit: int, offset: int) -> list[RecordingRecord]:
        """Return recordings, the newest first, those in the making too.

        Parameters
        ----------
        stream
            Whose; None for those of every stream.
        limit, offset
            How many at most, and how many newer ones are passed over.
        """
        return self._select(
            "WHERE ? IS NULL OR stream = ? ORDER BY began DESC, name LIMIT ? OFFSET ?",
            *(stream, stream, limit, offset),
        )

    def finished(self) -> list[RecordingRecord]:
        """Return all that are whole, the oldest first."""
        return self._select("WHERE ended IS NOT NULL ORDER BY ended")

    def orphaned(self) -> list[str]:
        """Return the recordings that servers left open when they were killed; they are ours now."""
        self._adopt("recordings")
        rows = self._db.execute(
            "SELECT name FROM recordings WHERE instance = ? AND ended IS NULL", (self._instance,)
        )
        return [name for (name,) in rows]

    def mark(self, name: str, at: float, title: str) -> None:
        """Note that something begins at this second of a recording.

        A full disk is no reason to end a broadcast: then it is only logged.
        """
        try:
            self._db.execute(
                "INSERT INTO marks (recording, at, title) SELECT ?, ?, ?"
                " WHERE (SELECT count(*) FROM marks WHERE recording = ?) < ?",
                (name, at, title, name, _MAX_MARKS),
            )
        except sqlite3.Error as error:
            logger.warning("a mark of recording %s could not be kept: %s", name, error)

    def marks(self, name: str) -> list[tuple[float, str]]:
        """Return what was noted of a recording, in order."""
        return self._db.execute(
            "SELECT at, title FROM marks WHERE recording = ? ORDER BY at, rowid", (name,)
        ).fetchall()

    def _select(self, condition: str, *values: str | float | None) -> list[RecordingRecord]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM recordings {condition}", values)  # noqa: S608 - our own words
        return [
            RecordingRecord(name=name, stream=stream, began=began, ended=ended, duration=duration)
            for name, stream, began, ended, duration in rows
        ]
