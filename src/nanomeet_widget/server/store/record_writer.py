"""Writes records of meetings, so that a full disk costs no meeting, and a short one no record."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections import deque
from typing import TypeAlias

logger = logging.getLogger("nanomeet")

Value: TypeAlias = str | float | None
_Write: TypeAlias = tuple[str, tuple[Value, ...]]

#: Writes that wait until the database accepts them again; further ones are lost.
_WAITING = 50_000


class RecordWriter:
    """Writes at once or with the next batch. What fails waits, in order, and is tried again.

    Parameters
    ----------
    db : sqlite3.Connection
        The database, in autocommit mode.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._waiting: deque[_Write] = deque()
        self._failing = False
        #: Writes that were lost, as too many waited.
        self.lost = 0

    def now(self, statement: str, *values: Value) -> None:
        """Write at once: it survives a killed server.

        Parameters
        ----------
        statement : str
            SQL that has the same effect if it is repeated.
        *values : str, float or None
            Its values.
        """
        if self._waiting:
            # In order: a row comes before its changes.
            self.soon(statement, *values)
            if not self._failing:
                self.flush()
            return
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            self._fail(error)
            self.soon(statement, *values)

    def soon(self, statement: str, *values: Value) -> None:
        """Write with the next batch, which costs many writes less.

        Parameters
        ----------
        statement, *values
            As `now` has them.
        """
        if len(self._waiting) >= _WAITING:
            self.lost += 1
        else:
            self._waiting.append((statement, values))

    def flush(self) -> None:
        """Write what waits; if it fails, it waits on."""
        if not self._waiting:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for statement, values in self._waiting:
                self._db.execute(statement, values)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            self._fail(error)
            return
        self._waiting.clear()
        if self._failing:
            self._failing = False
            logger.warning("records of meetings are saved again; %d were lost", self.lost)

    def _fail(self, error: sqlite3.Error) -> None:
        if not self._failing:
            self._failing = True
            logger.warning(
                "records of meetings cannot be saved now (%s): they are kept in memory until they "
                "can; meetings go on",
                error,
            )
