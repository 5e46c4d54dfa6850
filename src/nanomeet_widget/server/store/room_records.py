"""Rooms in the database: what they are set to, who is in them, what was written.

None of it holds anybody up: where a write fails, the disk being full, say, the room goes on, and
the log says what a killed server would lose.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.store.room_settings import Settings

logger = logging.getLogger("nanomeet")

_TABLES = ("rooms", "people", "chat", "arrivals")


@dataclass(frozen=True, kw_only=True)
class PersonRecord:
    """Somebody in a room: enough to keep his place for him until he is back."""

    #: A hash; the token and the browser's own secret are not kept.
    identity: str
    claims: Claims
    name: str
    audio: bool
    video: bool
    screen: bool
    stage: bool
    hand: float | None
    invited_by: str | None
    #: The browser and the network address, hashed; databases of older versions lack them.
    browser: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class ChatRecord:
    """Something that was written, and the identities of those concerned."""

    sender: str
    recipient: str | None
    message: meeting.ChatMessage


class RoomRecords:
    """The rows of this server's rooms.

    Parameters
    ----------
    db
        The database, in autocommit mode.
    instance
        Whose rows these are.
    adopt
        Takes over the rows of dead servers in a table.
    """

    def __init__(self, db: sqlite3.Connection, instance: str, adopt: Callable[[str], None]) -> None:
        self._db = db
        self._instance = instance
        self._adopt = adopt

    def orphaned(self) -> list[tuple[str, Settings]]:
        """Return the rooms that servers left behind when they ended; they are ours now."""
        for table in _TABLES:
            self._adopt(table)
        rows = self._db.execute(
            "SELECT name, state FROM rooms WHERE instance = ?", (self._instance,)
        ).fetchall()
        return [(name, msgspec.json.decode(state, type=Settings)) for name, state in rows]

    def save(self, room: str, settings: Settings) -> None:
        """Keep what a room is set to."""
        self._write(
            "INSERT OR REPLACE INTO rooms (name, instance, state) VALUES (?, ?, ?)",
            (room, self._instance, msgspec.json.encode(settings).decode()),
        )

    def settings(self, room: str) -> list[Settings]:
        """Return what the rooms of this name are set to, on every server of the data folder."""
        rows = self._db.execute("SELECT state FROM rooms WHERE name = ?", (room,)).fetchall()
        return [msgspec.json.decode(state, type=Settings) for (state,) in rows]

    def forget(self, room: str) -> None:
        """Drop a room that has ended, and all that was in it."""
        for table in _TABLES:
            column = "name" if table == "rooms" else "room"
            self._write(
                f"DELETE FROM {table} WHERE {column} = ? AND instance = ?",  # noqa: S608 - our own names
                (room, self._instance),
            )

    # --- people --------------------------------------------------------------------------------

    def save_person(self, room: str, person: PersonRecord) -> None:
        """Keep somebody as he stands; whoever is new comes after those who were there."""
        self._write(
            "INSERT INTO people (room, instance, identity, state) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (room, instance, identity) DO UPDATE SET state = excluded.state",
            (room, self._instance, person.identity, msgspec.json.encode(person).decode()),
        )

    def forget_person(self, room: str, identity: str) -> None:
        """Drop somebody who has gone."""
        self._write(
            "DELETE FROM people WHERE room = ? AND instance = ? AND identity = ?",
            (room, self._instance, identity),
        )

    def people(self, room: str) -> list[PersonRecord]:
        """Return who is in a room, in the order in which they came."""
        rows = self._db.execute(
            "SELECT state FROM people WHERE room = ? AND instance = ? ORDER BY rowid",
            (room, self._instance),
        )
        return [msgspec.json.decode(state, type=PersonRecord) for (state,) in rows]

    # --- by which links they came --------------------------------------------------------------

    def add_arrival(self, room: str, token: str, identity: str) -> None:
        """Keep that a person came by a token."""
        self._write(
            "INSERT OR IGNORE INTO arrivals (room, instance, token, identity) VALUES (?, ?, ?, ?)",
            (room, self._instance, token, identity),
        )

    def arrivals(self, room: str) -> list[tuple[str, str]]:
        """Return the tokens by which people came, and the identities of those people."""
        return self._db.execute(
            "SELECT token, identity FROM arrivals WHERE room = ? AND instance = ?",
            (room, self._instance),
        ).fetchall()

    # --- chat ----------------------------------------------------------------------------------

    def add_chat(self, room: str, entry: ChatRecord, *, keep: int) -> None:
        """Keep what was written, and of all that the newest `keep`."""
        self._write(
            "INSERT OR REPLACE INTO chat (room, instance, id, sender, recipient, message)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                room,
                self._instance,
                entry.message.id,
                entry.sender,
                entry.recipient,
                common.encode(entry.message).decode(),
            ),
        )
        self._write(
            "DELETE FROM chat WHERE room = ? AND instance = ? AND id <= ?",
            (room, self._instance, entry.message.id - keep),
        )

    def chat(self, room: str) -> list[ChatRecord]:
        """Return what was written in a room, oldest first."""
        rows = self._db.execute(
            "SELECT sender, recipient, message FROM chat WHERE room = ? AND instance = ?"
            " ORDER BY id",
            (room, self._instance),
        )
        return [
            ChatRecord(
                sender=sender,
                recipient=recipient,
                message=msgspec.json.decode(message, type=meeting.ChatMessage),
            )
            for sender, recipient, message in rows
        ]

    def _write(self, statement: str, values: tuple[str | int | None, ...]) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            logger.warning("a room could not be kept: %s", error)
