"""The polls of open rooms in the database, with their ballots.

Unlike other state of rooms, a ballot is only acknowledged once it is written: each write says whether it was.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
from msgspec import Meta

from nanomeet_widget import _json
from nanomeet_widget.server.protocol.classroom import Choice, PollShow

logger = logging.getLogger("nanomeet")

#: Milliseconds that emptying the log of changes may wait for other servers of the data folder.
_BUSY = 20


@dataclass(kw_only=True)
class PollRecord:
    """A poll. Its ballots are kept apart from it."""

    id: str
    question: str
    options: list[str]
    multiple: bool
    anonymous: bool
    correct: list[int]
    show: PollShow
    #: Times, in seconds since the epoch.
    opened: float
    ends: float | None
    closed: float | None = None
    #: The votes for each option, once it is closed.
    counts: list[int] = field(default_factory=list)
    #: How many people voted, once it is closed.
    voters: int = 0


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """A person's vote. In an anonymous poll, it says nothing of the person but two keyed hashes."""

    #: What the person is recognised by.
    voter: str
    #: Those who have the same link and network.
    crowd: str
    choices: tuple[int, ...]
    #: The participant's ID; empty for a viewer, and in an anonymous poll.
    person: str = ""
    name: str = ""


_read_poll = _json.guarded(msgspec.json.Decoder(PollRecord).decode)
_read_choices = _json.guarded(
    msgspec.json.Decoder(Annotated[list[Choice], Meta(min_length=1)]).decode
)
_BALLOT = "room = ? AND instance = ? AND poll = ?"


class PollRecords:
    """The polls of this server's rooms.

    Parameters
    ----------
    db : sqlite3.Connection
        The database, in autocommit mode.
    instance : str
        This server's name, to which the rows belong.
    """

    def __init__(self, db: sqlite3.Connection, instance: str) -> None:
        self._db = db
        self._instance = instance

    def polls(self, room: str) -> list[PollRecord]:
        """Return a room's polls, oldest first; one that cannot be read is left out.

        Parameters
        ----------
        room : str
            The room's name.
        """
        rows = self._db.execute(
            "SELECT state FROM room_polls WHERE room = ? AND instance = ? ORDER BY number",
            (room, self._instance),
        )
        found = []
        for (state,) in rows:
            try:
                found.append(_read_poll(state))
            except _json.NotJsonError as error:  # noqa: PERF203 - each row by itself
                logger.warning("a saved poll is not readable: %s", error)
        return found

    def add(self, room: str, number: int, poll: PollRecord) -> bool:
        """Save a new poll.

        Parameters
        ----------
        room : str
            The room's name.
        number : int
            Its place in the order of the room's polls.
        poll : PollRecord
            The poll.

        Returns
        -------
        bool
            Whether it was written.
        """
        return self._write(
            lambda: self._db.execute(
                "INSERT INTO room_polls (room, instance, id, number, state) VALUES (?, ?, ?, ?, ?)",
                (room, self._instance, poll.id, number, msgspec.json.encode(poll).decode()),
            )
        )

    def close(self, room: str, poll: PollRecord) -> bool:
        """Save that a poll is closed; the ballots of an anonymous one are deleted with that.

        Parameters
        ----------
        room : str
            The room's name.
        poll : PollRecord
            The poll, with its result.

        Returns
        -------
        bool
            Whether it was written.
        """
        return self._write(lambda: self._close(room, poll))

    def _close(self, room: str, poll: PollRecord) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.execute(
                "UPDATE room_polls SET state = ? WHERE room = ? AND instance = ? AND id = ?",
                (msgspec.json.encode(poll).decode(), room, self._instance, poll.id),
            )
            if poll.anonymous:
                self._db.execute(
                    f"DELETE FROM room_ballots WHERE {_BALLOT}",  # noqa: S608 - constant names
                    (room, self._instance, poll.id),
                )
            self._db.execute("COMMIT")
        except sqlite3.Error:
            self._db.execute("ROLLBACK")
            raise

    def erase_traces(self) -> bool:
        """Empty SQLite's log of changes, which still has what was deleted.

        Returns
        -------
        bool
            False if another server of the data folder uses the log just now: try again.
        """
        try:
            self._db.execute(f"PRAGMA busy_timeout = {_BUSY}")
            (busy, *_) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._db.execute("PRAGMA busy_timeout = 5000")
        except sqlite3.Error as error:
            logger.warning("the database's log could not be emptied: %s", error)
            return False
        return not busy

    # --- ballots -------------------------------------------------------------------------------

    def ballot(self, room: str, poll: str, voter: str) -> tuple[int, ...]:
        """Return what a person voted for; empty if they have not voted.

        Parameters
        ----------
        room, poll : str
            The room's name, and the poll's ID.
        voter : str
            As `Ballot` has it.
        """
        row = self._db.execute(
            f"SELECT choices FROM room_ballots WHERE {_BALLOT} AND voter = ?",  # noqa: S608 - constant names
            (room, self._instance, poll, voter),
        ).fetchone()
        return () if row is None else _choices(row[0])

    def put(self, room: str, poll: str, ballot: Ballot) -> bool:
        """Save a person's vote in place of their last one.

        Parameters
        ----------
        room, poll : str
            The room's name, and the poll's ID.
        ballot : Ballot
            The vote; without choices, it is deleted.

        Returns
        -------
        bool
            Whether it was written.
        """
        if not ballot.choices:
            return self._write(
                lambda: self._db.execute(
                    f"DELETE FROM room_ballots WHERE {_BALLOT} AND voter = ?",  # noqa: S608 - constant names
                    (room, self._instance, poll, ballot.voter),
                )
            )
        return self._write(
            lambda: self._db.execute(
                "INSERT OR REPLACE INTO room_ballots"
                " (room, instance, poll, voter, crowd, person, name, choices)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    room,
                    self._instance,
                    poll,
                    ballot.voter,
                    ballot.crowd,
                    ballot.person,
                    ballot.name,
                    msgspec.json.encode(ballot.choices).decode(),
                ),
            )
        )

    def ballots(self, room: str, poll: str) -> list[Ballot]:
        """Return the votes of a poll, in no order that says when they were cast.

        Parameters
        ----------
        room, poll : str
            The room's name, and the poll's ID.
        """
        rows = self._db.execute(
            f"SELECT voter, crowd, choices, person, name FROM room_ballots WHERE {_BALLOT}"  # noqa: S608 - constant names
            " ORDER BY voter",
            (room, self._instance, poll),
        )
        found = (
            Ballot(voter=voter, crowd=crowd, choices=_choices(choices), person=person, name=name)
            for voter, crowd, choices, person, name in rows
        )
        # One that cannot be read counts as none.
        return [ballot for ballot in found if ballot.choices]

    def forget_people(self, room: str, people: Collection[str]) -> None:
        """Take people's names from their votes in a room's polls.

        Parameters
        ----------
        room : str
            The room's name.
        people : collection of str
            The participants' IDs.
        """
        rows = [(room, self._instance, person) for person in people]
        self._write(
            lambda: self._db.executemany(
                "UPDATE room_ballots SET person = '', name = ''"
                " WHERE room = ? AND instance = ? AND person = ?",
                rows,
            )
        )

    def _write(self, statement: Callable[[], object]) -> bool:
        try:
            statement()
        except sqlite3.Error as error:
            logger.warning("a poll could not be saved: %s", error)
            return False
        return True


def count(ballots: Sequence[Ballot], options: int) -> list[int]:
    """Return the votes for each option.

    Parameters
    ----------
    ballots : sequence of Ballot
        The votes.
    options : int
        How many options there are.
    """
    found = Counter(choice for ballot in ballots for choice in ballot.choices)
    return [found[option] for option in range(options)]


def _choices(text: str) -> tuple[int, ...]:
    try:
        return tuple(_read_choices(text))
    except _json.NotJsonError as error:
        logger.warning("a saved vote is not readable: %s", error)
        return ()
