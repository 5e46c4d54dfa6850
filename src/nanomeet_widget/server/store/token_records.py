"""Records of issued and revoked tokens; never the tokens themselves."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from nanomeet_widget._tokens import Claims

logger = logging.getLogger("nanomeet")

#: Seconds for which a token's record is kept after it expires.
_KEEP = 24 * 3600.0

#: Seconds between the records of tokens that were issued together.
_APART = 1e-6

_COLUMNS = "tokens.id, room, moderator, parent, made, notbefore, expiration, at, people"


@dataclass(frozen=True, kw_only=True)
class TokenRecord:
    """An issued token. Times are seconds since the epoch."""

    #: Its `jti`, which identifies it and admits nowhere.
    id: str
    room: str
    moderator: bool
    #: The ID of the token with which it was made; empty if it was an API key.
    parent: str
    made: float
    notbefore: float
    expiration: float
    revoked: float | None
    #: The most people who joined one meeting with it: several share a link.
    people: int


@dataclass(frozen=True, kw_only=True)
class RosterRecord:
    """A person with a personal link to a room."""

    #: Their ID in the organiser's roster.
    id: str
    name: str
    moderator: bool
    #: When their link expires, in seconds since the epoch.
    expiration: float


@dataclass(frozen=True, kw_only=True)
class Ancestor:
    """A token in a line of tokens, each of which was made with the next one."""

    id: str
    moderator: bool
    made: float


class TokenRecords:
    """The records of issued and revoked tokens.

    Parameters
    ----------
    database : sqlite3.Connection
        The store's connection.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        before = time.time() - _KEEP
        self._db.execute("DELETE FROM tokens WHERE expiration < ?", (before,))
        self._db.execute("DELETE FROM revocations WHERE until < ?", (before,))

    def add(self, claims: Claims, *, parent: str, maker: str = "") -> bool:
        """Record an issued token, unless its parent was revoked.

        One statement checks and writes, so that no server of the data folder can revoke the parent in
        between, which would leave the child valid.

        Parameters
        ----------
        claims : Claims
            The token's claims.
        parent : str
            The `jti` of the token with which it is made; empty for an API key.
        maker : str, optional
            The identity of the moderator in the room who makes it; empty outside of rooms.

        Returns
        -------
        bool
            False if the parent was revoked, and the token must not be used.
        """
        return self._add(claims, parent=parent, maker=maker, at=time.time())

    def add_many(self, made: Sequence[Claims], *, parent: str) -> bool:
        """Record tokens that were issued together: all of them, or none.

        Parameters
        ----------
        made : sequence of Claims
            The tokens' claims.
        parent : str
            As `add` has it.

        Returns
        -------
        bool
            False if the parent was revoked, and none of the tokens must be used.
        """
        now = time.time()
        self._db.execute("BEGIN IMMEDIATE")
        try:
            # The rows keep the order of the roster.
            kept = all(
                self._add(claims, parent=parent, maker="", at=now + number * _APART)
                for number, claims in enumerate(made)
            )
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT" if kept else "ROLLBACK")
        return kept

    def _add(self, claims: Claims, *, parent: str, maker: str, at: float) -> bool:
        made = self._db.execute(
            "INSERT INTO tokens (id, room, moderator, parent, made, notbefore, expiration, maker, stream,"
            " name, roster)"
            " SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
            " WHERE NOT EXISTS (SELECT 1 FROM revocations WHERE id = ?)",
            (
                claims.jti,
                claims.room,
                claims.moderator,
                parent,
                at,
                claims.notbefore.timestamp(),
                claims.expiration.timestamp(),
                maker,
                claims.streamname,
                claims.name,
                claims.roster,
                parent,
            ),
        )
        return made.rowcount == 1

    def roster(self, room: str) -> list[RosterRecord]:
        """Return the people with personal links to a room that have not expired and were not revoked.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        list of RosterRecord
            Each person once, as their newest link has them, in the order in which they got their first one.
        """
        rows = self._db.execute(
            "SELECT roster, name, moderator, expiration FROM tokens"
            " WHERE room = ? AND roster <> '' AND expiration > ?"
            " AND NOT EXISTS (SELECT 1 FROM revocations WHERE revocations.id = tokens.id)"
            " ORDER BY made, id",
            (room, time.time()),
        )
        people: dict[str, RosterRecord] = {}
        for person, name, moderator, expiration in rows:
            people[person] = RosterRecord(
                id=person, name=name, moderator=bool(moderator), expiration=expiration
            )
        return list(people.values())

    def personal(self, room: str, person: str) -> list[str]:
        """Return the IDs of a person's links to a room.

        Parameters
        ----------
        room : str
            The room's name.
        person : str
            Their ID in the roster.
        """
        rows = self._db.execute(
            "SELECT id FROM tokens WHERE room = ? AND roster = ? AND roster <> ''", (room, person)
        )
        return [found for (found,) in rows]

    def lineage(self, token_id: str) -> list[Ancestor]:
        """Return a token's line of ancestors.

        Parameters
        ----------
        token_id : str
            The token's ID.

        Returns
        -------
        list of Ancestor
            The token, the one with which it was made, and so on; only the token if it is unknown.
        """
        rows = self._db.execute(
            "WITH RECURSIVE line (id, parent, moderator, made, depth) AS ("
            " SELECT id, parent, moderator, made, 0 FROM tokens WHERE id = ?"
            " UNION ALL SELECT tokens.id, tokens.parent, tokens.moderator, tokens.made, depth + 1"
            " FROM tokens JOIN line ON tokens.id = line.parent)"
            " SELECT id, moderator, made FROM line ORDER BY depth",
            (token_id,),
        )
        line = [Ancestor(id=name, moderator=bool(m), made=made) for name, m, made in rows]
        return line or [Ancestor(id=token_id, moderator=False, made=0.0)]

    def family(self, token_id: str) -> frozenset[str]:
        """Return a token and all tokens that were made with it.

        Parameters
        ----------
        token_id : str
            The token's ID.

        Returns
        -------
        frozenset of str
            Their IDs.
        """
        rows = self._db.execute(
            "WITH RECURSIVE family (id) AS (SELECT ?"
            " UNION SELECT tokens.id FROM tokens JOIN family ON tokens.parent = family.id)"
            " SELECT id FROM family",
            (token_id,),
        )
        return frozenset(found for (found,) in rows)

    def made_by(self, room: str, identity: str) -> list[str]:
        """Return the IDs of the tokens that a moderator made in a room.

        Parameters
        ----------
        room : str
            The room's name.
        identity : str
            The moderator's identity.
        """
        rows = self._db.execute(
            "SELECT id FROM tokens WHERE room = ? AND maker = ?", (room, identity)
        )
        return [found for (found,) in rows]

    def has_stream(self, stream: str) -> bool:
        """Return whether a token that is not over, and was not revoked, is for a stream.

        Parameters
        ----------
        stream : str
            The stream's name.
        """
        row = self._db.execute(
            "SELECT 1 FROM tokens WHERE stream = ? AND expiration > ?"
            " AND NOT EXISTS (SELECT 1 FROM revocations WHERE revocations.id = tokens.id) LIMIT 1",
            (stream, time.time()),
        ).fetchone()
        return row is not None

    def people(self, token_id: str) -> int:
        """Return the most people who joined one meeting with a token.

        Parameters
        ----------
        token_id : str
            The token's ID.
        """
        row = self._db.execute("SELECT people FROM tokens WHERE id = ?", (token_id,)).fetchone()
        return 0 if row is None else int(row[0])

    def note_people(self, token_id: str, people: int) -> None:
        """Record how many people joined a meeting with a token. A failed write is only logged.

        Parameters
        ----------
        token_id : str
            The token's ID.
        people : int
            How many; smaller numbers than before are ignored.
        """
        try:
            self._db.execute(
                "UPDATE tokens SET people = max(people, ?) WHERE id = ?", (people, token_id)
            )
        except sqlite3.Error as error:
            logger.warning("the number of people of a link could not be saved: %s", error)

    def all(self, room: str | None) -> list[TokenRecord]:
        """Return the records of issued tokens, in the order in which they were issued.

        Parameters
        ----------
        room : str or None
            The room's name; None for all rooms.
        """
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM tokens LEFT JOIN revocations ON revocations.id = tokens.id"  # noqa: S608 - constant names
            " WHERE ? IS NULL OR room = ? ORDER BY made, tokens.id",
            (room, room),
        )
        return [_record(row) for row in rows]

    def find(self, token_id: str) -> TokenRecord | None:
        """Return a token's record.

        Parameters
        ----------
        token_id : str
            The token's ID.

        Returns
        -------
        TokenRecord or None
            None if it is unknown.
        """
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM tokens LEFT JOIN revocations ON revocations.id = tokens.id"  # noqa: S608 - constant names
            " WHERE tokens.id = ?",
            (token_id,),
        ).fetchone()
        return None if row is None else _record(row)

    def revoke(self, token_id: str) -> list[str]:
        """Revoke a token and all tokens that were made with it.

        Parameters
        ----------
        token_id : str
            The token's ID.

        Returns
        -------
        list of str
            The IDs of those that were valid until now.
        """
        rows = self._db.execute(
            "WITH RECURSIVE family (id, expiration) AS ("
            " SELECT id, expiration FROM tokens WHERE id = ?"
            " UNION SELECT tokens.id, tokens.expiration FROM tokens"
            " JOIN family ON tokens.parent = family.id)"
            " INSERT INTO revocations (id, at, until)"
            " SELECT id, ?, expiration FROM family WHERE true"
            " ON CONFLICT (id) DO NOTHING RETURNING id",
            (token_id, time.time()),
        )
        return [found for (found,) in rows.fetchall()]

    def is_revoked(self, token_id: str) -> bool:
        """Return whether a token was revoked.

        Parameters
        ----------
        token_id : str
            The token's ID.
        """
        row = self._db.execute("SELECT 1 FROM revocations WHERE id = ?", (token_id,)).fetchone()
        return row is not None

    def revoked_after(self, number: int) -> tuple[int, frozenset[str]]:
        """Return the tokens that were revoked since the last call, by any server.

        Parameters
        ----------
        number : int
            What the last call returned; 0 for all revocations.

        Returns
        -------
        tuple
            The number for the next call, and the tokens' IDs.
        """
        rows = self._db.execute(
            "SELECT number, id FROM revocations WHERE number > ?", (number,)
        ).fetchall()
        latest = max((row[0] for row in rows), default=number)
        return latest, frozenset(row[1] for row in rows)


def _record(row: tuple[str, str, int, str, float, float, float, float | None, int]) -> TokenRecord:
    token_id, room, moderator, parent, made, notbefore, expiration, revoked, people = row
    return TokenRecord(
        id=token_id,
        room=room,
        moderator=bool(moderator),
        parent=parent,
        made=made,
        notbefore=notbefore,
        expiration=expiration,
        revoked=revoked,
        people=people,
    )
