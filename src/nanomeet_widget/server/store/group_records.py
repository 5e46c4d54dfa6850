"""The groups of meetings in the database, and the people who went into them.

As with rooms, a failed write is only logged.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from nanomeet_widget import _json
from nanomeet_widget.server.store.room_records import PersonRecord, readable

logger = logging.getLogger("nanomeet")

_TABLES = ("room_groups", "group_people")


@dataclass(kw_only=True)
class GroupRecord:
    """A group."""

    id: str
    name: str
    #: The name of its room, which `_validation.new_group_room` made.
    room: str
    #: The stream name in its people's tokens, which no stream has.
    streamname: str


@dataclass(kw_only=True)
class GroupsRecord:
    """The groups of a meeting, oldest first."""

    groups: list[GroupRecord] = field(default_factory=list)
    #: When everyone comes back by themselves, in seconds since the epoch.
    ends: float | None = None


@dataclass(frozen=True, kw_only=True)
class MemberRecord:
    """A person of a meeting who is, or was, in a group."""

    #: As the main room had them.
    person: PersonRecord
    #: The ID of the group to which they belong.
    own: str | None
    #: The ID of the group where they are, or where they go when they join again; None for the main room.
    place: str | None
    #: Whether they are on their way there.
    travelling: bool
    #: The IDs of their tokens, their `jti`, by the ID of the group.
    tickets: dict[str, str]
    #: The IDs of the groups from which they were removed.
    barred: list[str]


_read_groups = _json.guarded(msgspec.json.Decoder(GroupsRecord).decode)
_read_member = _json.guarded(msgspec.json.Decoder(MemberRecord).decode)


class GroupRecords:
    """The groups of this server's meetings.

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

    def adopt(self) -> None:
        """Take over the groups that ended servers left behind."""
        for table in _TABLES:
            self._adopt(table)

    def save(self, room: str, groups: GroupsRecord) -> None:
        """Save the groups of a meeting.

        Parameters
        ----------
        room : str
            The name of its main room.
        groups : GroupsRecord
            The groups.
        """
        self._write(
            "INSERT OR REPLACE INTO room_groups (room, instance, state) VALUES (?, ?, ?)",
            (room, self._instance, msgspec.json.encode(groups).decode()),
        )

    def find(self, room: str) -> GroupsRecord:
        """Return the groups of a meeting; none if it has none.

        Parameters
        ----------
        room : str
            The name of its main room.
        """
        rows = self._db.execute(
            "SELECT room, state FROM room_groups WHERE room = ? AND instance = ?",
            (room, self._instance),
        ).fetchall()
        return next((groups for _, groups in readable(_read_groups, rows)), GroupsRecord())

    def save_member(self, room: str, member: MemberRecord) -> None:
        """Save where a person is; a new one comes after the earlier ones.

        Parameters
        ----------
        room : str
            The name of the main room.
        member : MemberRecord
            The person.
        """
        self._write(
            "INSERT INTO group_people (room, instance, identity, state) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (room, instance, identity) DO UPDATE SET state = excluded.state",
            (room, self._instance, member.person.identity, msgspec.json.encode(member).decode()),
        )

    def forget_member(self, room: str, identity: str) -> None:
        """Delete a person.

        Parameters
        ----------
        room : str
            The name of the main room.
        identity : str
            The person's identity.
        """
        self._write(
            "DELETE FROM group_people WHERE room = ? AND instance = ? AND identity = ?",
            (room, self._instance, identity),
        )

    def members(self, room: str) -> list[MemberRecord]:
        """Return the people of a meeting who are, or were, in groups, in the order of their first group.

        Parameters
        ----------
        room : str
            The name of the main room.
        """
        rows = self._db.execute(
            "SELECT room, state FROM group_people WHERE room = ? AND instance = ? ORDER BY rowid",
            (room, self._instance),
        ).fetchall()
        return [member for _, member in readable(_read_member, rows)]

    def forget(self, room: str) -> None:
        """Delete the groups of a meeting that has ended.

        Parameters
        ----------
        room : str
            The name of its main room.
        """
        for table in _TABLES:
            self._write(
                f"DELETE FROM {table} WHERE room = ? AND instance = ?",  # noqa: S608 - constant names
                (room, self._instance),
            )

    def _write(self, statement: str, values: tuple[str, ...]) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            logger.warning("a group could not be saved: %s", error)
