"""Which rooms belong to a JupyterHub's people, and which tokens they were given. Never the tokens themselves."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class HubRoom:
    """A room that was used through a JupyterHub."""

    name: str
    #: The user who created it; empty for the room of a group.
    owner: str
    #: The name of its broadcasts.
    stream: str


@dataclass(frozen=True, kw_only=True)
class HubToken:
    """A token that a user of a JupyterHub was given. Times are seconds since the epoch."""

    #: Its `jti`, which admits nowhere.
    id: str
    user: str
    room: str
    moderator: bool
    #: What the Hub said of the user when it was made, as JSON; empty for the owner of the room.
    basis: str
    notbefore: float
    expiration: float


_COLUMNS = (
    "hub_tokens.id, user, hub_tokens.room, hub_tokens.moderator, basis, notbefore, expiration"
)
#: Tokens that are valid now or will be. Parameters that are used twice have names: see `session_records`.
_LIVE = (
    " FROM hub_tokens JOIN tokens ON tokens.id = hub_tokens.id WHERE expiration > :now"
    " AND NOT EXISTS (SELECT 1 FROM revocations WHERE revocations.id = hub_tokens.id)"
)
#: What keeps a room's name in use: its tokens, and the records of its meetings.
_USE_OF = (
    "SELECT 1 FROM tokens WHERE tokens.room = {0} AND expiration > :now AND NOT EXISTS"
    " (SELECT 1 FROM revocations WHERE revocations.id = tokens.id)"
    " UNION ALL SELECT 1 FROM sessions WHERE sessions.room = {0}"
)


class HubRecords:
    """The rooms and tokens of a JupyterHub's users.

    Parameters
    ----------
    database : sqlite3.Connection
        The store's connection.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def room(self, name: str) -> HubRoom | None:
        """Return a room.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        HubRoom or None
            None if it was never used.
        """
        row = self._db.execute(
            "SELECT name, owner, stream FROM hub_rooms WHERE name = ?", (name,)
        ).fetchone()
        return None if row is None else HubRoom(name=row[0], owner=row[1], stream=row[2])

    def rooms(self) -> list[HubRoom]:
        """Return all rooms, by name."""
        rows = self._db.execute("SELECT name, owner, stream FROM hub_rooms ORDER BY name")
        return [HubRoom(name=name, owner=owner, stream=stream) for name, owner, stream in rows]

    def is_free(self, name: str) -> bool:
        """Return whether no valid token is for a room, and nothing is kept of its meetings.

        Parameters
        ----------
        name : str
            The room's name.
        """
        row = self._db.execute(
            f"SELECT 1 WHERE EXISTS ({_USE_OF.format(':room')})",
            {"now": time.time(), "room": name},
        ).fetchone()
        return row is None

    def save_room(self, room: HubRoom) -> None:
        """Note a room, or whose it is now.

        Parameters
        ----------
        room : HubRoom
            The room.
        """
        self._db.execute(
            "INSERT OR REPLACE INTO hub_rooms (name, owner, stream) VALUES (?, ?, ?)",
            (room.name, room.owner, room.stream),
        )

    def forget_unused(self) -> None:
        """Give free the names of users' rooms that no valid token is for, and of which nothing is kept."""
        self._db.execute(
            f"DELETE FROM hub_rooms WHERE owner <> '' AND NOT EXISTS ({_USE_OF.format('hub_rooms.name')})",  # noqa: S608 - constant texts
            {"now": time.time()},
        )
        self._db.execute("DELETE FROM hub_tokens WHERE id NOT IN (SELECT id FROM tokens)")

    def add(self, token: HubToken) -> None:
        """Note whose a token is that was just recorded.

        Parameters
        ----------
        token : HubToken
            The token.
        """
        self._db.execute(
            "INSERT INTO hub_tokens (id, user, room, moderator, basis, ended) VALUES (?, ?, ?, ?, ?, 0)",
            (token.id, token.user, token.room, token.moderator, token.basis),
        )

    def live(self, user: str | None = None) -> list[HubToken]:
        """Return the tokens that are valid now or will be, the newest first.

        Parameters
        ----------
        user : str, optional
            Only this user's.
        """
        rows = self._db.execute(
            f"SELECT {_COLUMNS}{_LIVE} AND (:user IS NULL OR user = :user) ORDER BY made DESC",
            {"now": time.time(), "user": user},
        )
        return [
            HubToken(
                id=row[0],
                user=row[1],
                room=row[2],
                moderator=bool(row[3]),
                basis=row[4],
                notbefore=row[5],
                expiration=row[6],
            )
            for row in rows
        ]

    def all_of(self, user: str, room: str) -> list[str]:
        """Return the IDs of all tokens for a room that a user was given and that have not expired.

        Parameters
        ----------
        user : str
            The user's name.
        room : str
            The room's name.
        """
        rows = self._db.execute(
            "SELECT hub_tokens.id FROM hub_tokens JOIN tokens ON tokens.id = hub_tokens.id"
            " WHERE user = ? AND hub_tokens.room = ? AND expiration > ?",
            (user, room, time.time()),
        )
        return [found for (found,) in rows]

    def was_revoked(self, user: str, room: str) -> bool:
        """Return whether a moderator has revoked a token of a user that would still be valid.

        Parameters
        ----------
        user : str
            The user's name.
        room : str
            The room's name.
        """
        row = self._db.execute(
            "SELECT 1 FROM hub_tokens JOIN revocations ON revocations.id = hub_tokens.id"
            " JOIN tokens ON tokens.id = hub_tokens.id"
            " WHERE user = ? AND hub_tokens.room = ? AND ended = 0 AND expiration > ? LIMIT 1",
            (user, room, time.time()),
        ).fetchone()
        return row is not None

    def end(self, token_id: str) -> None:
        """Note that a token ends because the Hub no longer gives its user the right to it.

        Parameters
        ----------
        token_id : str
            The token's ID.
        """
        self._db.execute("UPDATE hub_tokens SET ended = 1 WHERE id = ?", (token_id,))

    def user_of(self, token_id: str) -> str | None:
        """Return the user whose token this is; None if it is not one of a JupyterHub's users.

        Parameters
        ----------
        token_id : str
            The token's ID.
        """
        row = self._db.execute("SELECT user FROM hub_tokens WHERE id = ?", (token_id,)).fetchone()
        return None if row is None else str(row[0])
