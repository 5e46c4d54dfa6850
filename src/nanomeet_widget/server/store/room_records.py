"""Rooms in the database: their settings, their people, and their chat.

A failed write, as on a full disk, is only logged: the room continues, and loses its state if the
server is killed.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from nanomeet_widget import _json
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.store.room_settings import Settings

logger = logging.getLogger("nanomeet")

K = TypeVar("K")
T = TypeVar("T")

_TABLES = ("rooms", "people", "chat", "arrivals")


@dataclass(frozen=True, kw_only=True)
class PersonRecord:
    """A person in a room: what is needed to restore their place."""

    #: A hash; neither the token nor the browser's ID is saved.
    identity: str
    claims: Claims
    name: str
    audio: bool
    video: bool
    screen: bool
    stage: bool
    hand: float | None
    invited_by: str | None
    #: Hashes of the browser ID and the network address; older databases lack them.
    browser: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class ChatRecord:
    """A chat message, and the identities of its sender and recipient."""

    sender: str
    recipient: str | None
    message: meeting.ChatMessage


_read_settings = _json.guarded(msgspec.json.Decoder(Settings).decode)
_read_person = _json.guarded(msgspec.json.Decoder(PersonRecord).decode)
_read_chat = _json.guarded(msgspec.json.Decoder(meeting.ChatMessage).decode)


class RoomRecords:
    """The rows of this server's rooms.

    Parameters
    ----------
    db : sqlite3.Connection
        The database, in autocommit mode.
    instance : str
        This server's name, to which the rows belong.
    adopt : callable
        Takes over a table's rows of servers that have ended.
    """

    def __init__(self, db: sqlite3.Connection, instance: str, adopt: Callable[[str], None]) -> None:
        self._db = db
        self._instance = instance
        self._adopt = adopt

    def orphaned(self) -> list[tuple[str, Settings]]:
        """Take over the rooms that ended servers left behind, and return their names and settings."""
        for table in _TABLES:
            self._adopt(table)
        rows = self._db.execute(
            "SELECT name, state FROM rooms WHERE instance = ?", (self._instance,)
        ).fetchall()
        return list(readable(_read_settings, rows))

    def save(self, room: str, settings: Settings) -> None:
        """Save a room's settings.

        Parameters
        ----------
        room : str
            The room's name.
        settings : Settings
            Its settings.
        """
        self._write(
            "INSERT OR REPLACE INTO rooms (name, instance, state) VALUES (?, ?, ?)",
            (room, self._instance, msgspec.json.encode(settings).decode()),
        )

    def settings(self, room: str) -> list[Settings]:
        """Return the settings of the rooms with a name, on all servers of the data folder.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        list of Settings
            One for each server that has the room open.
        """
        rows = self._db.execute("SELECT state FROM rooms WHERE name = ?", (room,)).fetchall()
        return [settings for _, settings in readable(_read_settings, ((room, s) for (s,) in rows))]

    def forget(self, room: str) -> None:
        """Delete a room that has ended, with its people and chat.

        Parameters
        ----------
        room : str
            The room's name.
        """
        for table in _TABLES:
            column = "name" if table == "rooms" else "room"
            self._write(
                f"DELETE FROM {table} WHERE {column} = ? AND instance = ?",  # noqa: S608 - constant names
                (room, self._instance),
            )

    # --- people --------------------------------------------------------------------------------

    def save_person(self, room: str, person: PersonRecord) -> None:
        """Save a person as they are; a new person comes after the earlier ones.

        Parameters
        ----------
        room : str
            The room's name.
        person : PersonRecord
            The person.
        """
        self._write(
            "INSERT INTO people (room, instance, identity, state) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (room, instance, identity) DO UPDATE SET state = excluded.state",
            (room, self._instance, person.identity, msgspec.json.encode(person).decode()),
        )

    def forget_person(self, room: str, identity: str) -> None:
        """Delete a person who is gone.

        Parameters
        ----------
        room : str
            The room's name.
        identity : str
            The person's identity.
        """
        self._write(
            "DELETE FROM people WHERE room = ? AND instance = ? AND identity = ?",
            (room, self._instance, identity),
        )

    def people(self, room: str) -> list[PersonRecord]:
        """Return the people in a room, in the order in which they joined.

        Parameters
        ----------
        room : str
            The room's name.
        """
        rows = self._db.execute(
            "SELECT state FROM people WHERE room = ? AND instance = ? ORDER BY rowid",
            (room, self._instance),
        )
        return [person for _, person in readable(_read_person, ((room, s) for (s,) in rows))]

    # --- the links with which they joined ------------------------------------------------------

    def add_arrival(self, room: str, token: str, identity: str) -> None:
        """Save that a person joined with a token.

        Parameters
        ----------
        room : str
            The room's name.
        token : str
            The token's ID, its `jti`.
        identity : str
            The person's identity.
        """
        self._write(
            "INSERT OR IGNORE INTO arrivals (room, instance, token, identity) VALUES (?, ?, ?, ?)",
            (room, self._instance, token, identity),
        )

    def arrivals(self, room: str) -> list[tuple[str, str]]:
        """Return with which tokens people joined.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        list of tuple
            A token's ID, and a person's identity.
        """
        return self._db.execute(
            "SELECT token, identity FROM arrivals WHERE room = ? AND instance = ?",
            (room, self._instance),
        ).fetchall()

    # --- chat ----------------------------------------------------------------------------------

    def add_chat(self, room: str, entry: ChatRecord, *, keep: int) -> None:
        """Save a chat message.

        Parameters
        ----------
        room : str
            The room's name.
        entry : ChatRecord
            The message.
        keep : int
            How many messages to keep; older ones are deleted.
        """
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
        """Return a room's chat, oldest first.

        Parameters
        ----------
        room : str
            The room's name.
        """
        rows = self._db.execute(
            "SELECT sender, recipient, message FROM chat WHERE room = ? AND instance = ?"
            " ORDER BY id",
            (room, self._instance),
        )
        found = (((sender, recipient), message) for sender, recipient, message in rows)
        return [
            ChatRecord(sender=sender, recipient=recipient, message=message)
            for (sender, recipient), message in readable(_read_chat, found)
        ]

    def _write(self, statement: str, values: tuple[str | int | None, ...]) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            logger.warning("a room could not be saved: %s", error)


def readable(read: Callable[[str], T], rows: Iterable[tuple[K, str]]) -> Iterator[tuple[K, T]]:
    """Yield the rows that can be read: one that cannot is logged, and keeps no server from starting."""
    for key, state in rows:
        try:
            yield key, read(state)
        except _json.NotJsonError as error:  # noqa: PERF203 - each row by itself
            logger.warning("a saved part of a room is not readable: %s", error)
