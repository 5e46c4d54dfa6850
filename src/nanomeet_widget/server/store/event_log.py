"""The log of events in the database: bounded for each room, and never at the cost of a full disk."""

from __future__ import annotations

import json
import logging
import math
import sqlite3
import time
from collections.abc import Callable

from nanomeet_widget import _json

logger = logging.getLogger("nanomeet")

#: Events that name a participant.
_PERSONAL = """instr(detail, '"participant"')"""
_KEEP = 90 * 24 * 3600.0
#: Events of one room; beyond that some are deleted at a time: the oldest of guests, and only without
#: those the oldest of moderators and tokens.
MOST = 20_000
_AT_ONCE = 500
#: Seconds for which the free space of the disk is taken as known.
_FRESH = 1.0


class EventLog:
    """Appends to the log, and reads it.

    Parameters
    ----------
    db : sqlite3.Connection
        The database, in autocommit mode.
    spare : int
        Bytes that stay free on the disk: with less than that, no event is stored.
    free : callable
        Returns the free space of the database's disk, in bytes.
    clock : callable, optional
        The seconds of a monotonic clock.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        *,
        spare: int,
        free: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = db
        self._spare = spare
        self._free = free
        self._clock = clock
        #: How many events each room has.
        self._sizes: dict[str, int] = {}
        self._short = False
        self._looked = -_FRESH
        #: Events that were not stored since the server started.
        self.skipped = 0
        self._db.execute("DELETE FROM events WHERE at < ?", (time.time() - _KEEP,))

    def record(self, kind: str, room: str, detail: dict[str, str | float | None]) -> None:
        """Append an event. One that cannot be stored is counted, and the first of them logged.

        Parameters
        ----------
        kind : str
            The event.
        room : str
            The room's name.
        detail : dict
            Details; never a token, a key or a password.
        """
        if self._is_short():
            self.skipped += 1
            return
        try:
            self._db.execute(
                "INSERT INTO events (at, kind, room, detail) VALUES (?, ?, ?, ?)",
                (time.time(), kind, room, json.dumps(detail)),
            )
            self._trim(room)
        except sqlite3.Error as error:
            self.skipped += 1
            logger.warning("event %s could not be saved: %s", kind, error)

    def of(self, room: str) -> list[tuple[float, str, dict[str, str | float | None]]]:
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
        rows = self._db.execute(
            "SELECT at, kind, detail FROM events WHERE room = ? ORDER BY id", (room,)
        )
        return [(at, kind, _json.read(detail)) for at, kind, detail in rows]

    def forget(self, room: str, participant: str) -> None:
        """Delete the events of a participant.

        Parameters
        ----------
        room : str
            The room's name.
        participant : str
            The participant's ID.
        """
        self._db.execute(
            "DELETE FROM events WHERE room = ? AND instr(detail, ?)",
            (room, json.dumps(participant)),
        )
        self._sizes.pop(room, None)

    def forget_people(self, room: str, *, since: float, until: float = math.inf) -> None:
        """Delete the events of all participants. A failure is only logged.

        Parameters
        ----------
        room : str
            The room's name.
        since, until : float
            The times of the first and the last of them, in seconds since the epoch; by default there is no
            last one.
        """
        try:
            self._db.execute(
                f"DELETE FROM events WHERE room = ? AND at BETWEEN ? AND ? AND {_PERSONAL}",  # noqa: S608 - constant text
                (room, since, until),
            )
        except sqlite3.Error as error:
            logger.warning("events of a room could not be deleted: %s", error)
        self._sizes.pop(room, None)

    def expire_people(self, before: float) -> bool:
        """Delete old events of participants, of whatever meeting.

        Parameters
        ----------
        before : float
            The time of the first that is kept, in seconds since the epoch.

        Returns
        -------
        bool
            Whether there were any.
        """
        done = self._db.execute(
            f"DELETE FROM events WHERE {_PERSONAL} AND at < ?",  # noqa: S608 - constant text
            (before,),
        )
        self._sizes.clear()
        return done.rowcount > 0

    def _is_short(self) -> bool:
        now = self._clock()
        if now - self._looked >= _FRESH:
            self._looked = now
            try:
                free = self._free()
            except OSError as error:
                logger.warning("the free space of the disk is unknown: %s", error)
                return self._short
            short = free < self._spare
            if short and not self._short:
                logger.warning(
                    "only %.0f MB are left on the disk, less than --spare-mb: no events are stored "
                    "until there is more; meetings go on",
                    free / 1e6,
                )
            elif self._short and not short:
                logger.warning(
                    "the disk has space again: events are stored; %d were not", self.skipped
                )
            self._short = short
        return self._short

    def _trim(self, room: str) -> None:
        size = self._sizes.get(room)
        if size is None:
            (size,) = self._db.execute(
                "SELECT COUNT(*) FROM events WHERE room = ?", (room,)
            ).fetchone()
        else:
            size += 1
        if size > MOST:
            self._db.execute(
                "DELETE FROM events WHERE id IN"
                " (SELECT id FROM events WHERE room = ?"
                """ ORDER BY detail LIKE '%"moderator": false%' DESC, id LIMIT ?)""",
                (room, size - MOST + _AT_ONCE),
            )
            size = MOST - _AT_ONCE
        self._sizes[room] = size
