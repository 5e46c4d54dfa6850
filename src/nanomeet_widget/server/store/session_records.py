"""Records of meetings in the database: what was kept of each session, by the policy of its room.

A session is a room's life from its first participant to its last. Its policy is fixed when it begins:
nothing of a kind that the policy lacks is written. `session_rows` reads what is written here.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from nanomeet_widget import _json
from nanomeet_widget._errors import ServiceUnavailableError
from nanomeet_widget.server.protocol.classroom import RecordKind
from nanomeet_widget.server.store.event_log import EventLog
from nanomeet_widget.server.store.record_writer import RecordWriter

logger = logging.getLogger("nanomeet")

#: What a room keeps if its creator has not said: one of `RecordKind` each.
USUAL: tuple[RecordKind, ...] = ("attendance",)
#: Sessions of one room; beyond that some are deleted at a time: first those without a moderator, the
#: shortest first.
MOST_SESSIONS = 1000
_AT_ONCE = 50
#: Seconds: that a participant was dropped is logged once they have not come back.
_AFTER = 60.0
#: Seconds after which no server continues the session of another one.
_ADOPTED = 600.0
_DAY = 86400.0
#: The HTTP status of a request that the disk has no space for (RFC 4918, 11.5).
_INSUFFICIENT = 507

Kept: TypeAlias = RecordKind | str

#: Tables with rows of sessions, and when a row is over: it is deleted so many days later, even if its
#: session goes on. Those without a time go with their session.
_TABLES: dict[str, str | None] = {
    "stays": "gone",
    "raised_hands": "lowered",
    "talk": None,
    "reactions": "at",
    "kept_chat": "at",
    "viewings": "ended",
    "kept_polls": "closed",
    "kept_votes": "closed",
    "left_out": None,
    "forgotten": None,
}
#: Those with rows of persons.
_PERSONAL = ("stays", "raised_hands", "talk", "reactions", "kept_chat", "kept_votes")
_COUNTED: dict[RecordKind, str] = {
    "attendance": "stays",
    "hands": "raised_hands",
    "talk": "talk",
    "reactions": "reactions",
    "viewers": "viewings",
    "chat": "kept_chat",
    "polls": "kept_polls",
}

#: A new row about a person begins with the session's ID, the person's, their name, and their ID in the
#: roster. They have names, as Python 3.12 warns of numbers (`?1`).
_ROW = "SELECT * FROM (SELECT ? AS session, ? AS person, ? AS name, ? AS roster"
#: And nothing more is written of a person who is forgotten while their session goes on.
_REMEMBERED = (
    ") AS new WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE forgotten.session = new.session"
    " AND forgotten.person IN (new.person, new.roster))"
)

_read_kinds = _json.guarded(msgspec.json.Decoder(tuple[RecordKind, ...]).decode)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What is kept of a room's meetings, and for how many days."""

    kinds: tuple[RecordKind, ...]
    days: int


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session, and its policy. Times are seconds since the epoch."""

    id: str
    room: str
    kinds: tuple[RecordKind, ...]
    days: int
    began: float
    #: When its server last lived.
    alive: float
    #: None while it goes on.
    ended: float | None
    instance: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """A participant, as records name them."""

    id: str
    name: str
    #: Their ID in the roster, if they have a personal link.
    roster: str | None
    moderator: bool


@dataclass(frozen=True, kw_only=True)
class PollResult:
    """A closed poll. Times are seconds since the epoch."""

    id: str
    question: str
    options: Sequence[str]
    multiple: bool
    anonymous: bool
    #: The right options' places in `options`.
    correct: Sequence[int]
    #: Votes for each option.
    counts: Sequence[int]
    voters: int
    opened: float
    closed: float


@dataclass(frozen=True, kw_only=True)
class OpenStay:
    """A stay that had not ended when its server was killed."""

    #: The participant's ID.
    person: str
    joined: float
    #: When the connection was lost; None if it was not.
    lost: float | None


class SessionRecords:
    """The records of all meetings of the data folder.

    Parameters
    ----------
    db : sqlite3.Connection
        The database, in autocommit mode.
    instance : str
        This server's name, to which new sessions belong.
    adopt : callable
        Takes over a table's rows of servers that have ended.
    is_over : callable
        Returns whether a server, by its name, has ended.
    log : EventLog
        The log of events, whose events of participants are deleted with the records.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        instance: str,
        *,
        adopt: Callable[[str], None],
        is_over: Callable[[str], bool],
        log: EventLog,
    ) -> None:
        self._db = db
        self._instance = instance
        self._is_over = is_over
        #: The IDs of this server's sessions that go on.
        self._open: set[str] = set()
        self._adopt = adopt
        self._log = log
        self._writer = RecordWriter(db)
        #: Whether deleted rows are still in the write-ahead log.
        self._unclean = True

    # --- policies ------------------------------------------------------------------------------

    def save_policy(self, room: str, policy: Policy) -> None:
        """Save what is kept of a room's meetings from the next session on.

        Parameters
        ----------
        room : str
            The room's name.
        policy : Policy
            The policy.

        Raises
        ------
        ServiceUnavailableError
            If it cannot be saved: a room must not keep more than its creator said.
        """
        try:
            self._db.execute(
                "INSERT OR REPLACE INTO policies (room, kinds, days) VALUES (?, ?, ?)",
                (room, json.dumps(policy.kinds), policy.days),
            )
        except sqlite3.Error as error:
            raise ServiceUnavailableError(
                f"what is kept of this room's meetings could not be saved ({error}): free some space on "
                "the server's disk, then create the room again",
                status=_INSUFFICIENT,
            ) from None

    def policy(self, room: str) -> Policy | None:
        """Return what is kept of a room's next session.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        Policy or None
            None if its creator did not say.
        """
        row = self._db.execute(
            "SELECT kinds, days FROM policies WHERE room = ?", (room,)
        ).fetchone()
        return row and Policy(kinds=_read_kinds(row[0]), days=row[1])

    # --- sessions ------------------------------------------------------------------------------

    def adopt(self) -> None:
        """Take over the sessions that ended servers left open."""
        self._adopt("sessions")

    def begin(self, room: str, policy: Policy, at: float) -> Session:
        """Begin a session.

        Parameters
        ----------
        room : str
            The room's name.
        policy : Policy
            What is kept of it.
        at : float
            When.

        Returns
        -------
        Session
            The session.
        """
        self._bound(room)
        session = Session(
            id=secrets.token_hex(8),
            room=room,
            kinds=policy.kinds,
            days=policy.days,
            began=at,
            alive=at,
            ended=None,
            instance=self._instance,
        )
        self._open.add(session.id)
        self._writer.now(
            "INSERT OR REPLACE INTO sessions (id, room, instance, kinds, days, began, alive)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(session.id, room, self._instance, json.dumps(policy.kinds), policy.days, at, at),
        )
        return session

    def beat(self, at: float) -> None:
        """Note that this server lives, for its sessions that go on; write what waits.

        Parameters
        ----------
        at : float
            Now.
        """
        if self._open:
            self._writer.soon(
                "UPDATE sessions SET alive = ? WHERE instance = ? AND ended IS NULL",
                *(at, self._instance),
            )
        self._writer.flush()

    def flush(self) -> None:
        """Write what waits, so that it can be read."""
        self._writer.flush()

    def end(self, session: Session, at: float) -> None:
        """End a session. One that keeps nothing leaves nothing.

        Parameters
        ----------
        session : Session
            The session.
        at : float
            When its last participant left.
        """
        self._open.discard(session.id)
        # No one can come back to it.
        self._writer.now("DELETE FROM forgotten WHERE session = ?", session.id)
        if session.kinds:
            self._writer.now(
                "UPDATE sessions SET ended = max(?, coalesce((SELECT max(gone) FROM stays"
                " WHERE session = ?), ?)) WHERE id = ?",
                *(at, session.id, at, session.id),
            )
        else:
            self._writer.now("DELETE FROM sessions WHERE id = ?", session.id)
        if "attendance" not in session.kinds:
            self._log.forget_people(session.room, since=session.began - 1)
        self._unclean = True

    def left_behind(self, room: str) -> Session | None:
        """Return a room's session that this server took over from one that ended.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        Session or None
            None if there is none.
        """
        found = self._sessions(
            "room = ? AND instance = ? AND ended IS NULL ORDER BY began DESC LIMIT 1",
            *(room, self._instance),
        )
        if not found:
            return None
        self._open.add(found[0].id)
        return found[0]

    def end_others(self, held: Iterable[str]) -> None:
        """End this server's sessions that no room continues, when their server last lived.

        Parameters
        ----------
        held : iterable of str
            The IDs of those that are continued.
        """
        kept = frozenset(held)
        for session in self._sessions("instance = ? AND ended IS NULL", self._instance):
            if session.id not in kept:
                self.close_rows(session.id, session.alive)
                self.end(session, session.alive)

    def close_rows(self, session: str, at: float) -> None:
        """End what had not ended when a server was killed: stays, raised hands and views.

        Parameters
        ----------
        session : str
            The session's ID.
        at : float
            When the server last lived.
        """
        write = self._writer.now
        write(
            "UPDATE stays SET gone = max(joined, coalesce(lost, ?)) WHERE session = ? AND gone IS NULL",
            *(at, session),
        )
        write(
            "UPDATE raised_hands SET lowered = max(raised, ?) WHERE session = ? AND lowered IS NULL",
            *(at, session),
        )
        self.close_views(session, at)

    def sessions(self, room: str) -> list[Session]:
        """Return a room's sessions, the newest first.

        Parameters
        ----------
        room : str
            The room's name.
        """
        return self._sessions("room = ? ORDER BY began DESC, id", room)

    def _sessions(self, condition: str, *values: str | float) -> list[Session]:
        rows = self._db.execute(
            "SELECT id, room, kinds, days, began, alive, ended, instance FROM sessions"  # noqa: S608 - constant text
            f" WHERE {condition}",
            values,
        ).fetchall()
        return [
            Session(
                id=name,
                room=room,
                kinds=_read_kinds(kinds),
                days=days,
                began=began,
                alive=alive,
                ended=ended,
                instance=instance,
            )
            for name, room, kinds, days, began, alive, ended, instance in rows
        ]

    def _bound(self, room: str) -> None:
        """Delete some of a room's sessions if a guest has opened it without end."""
        try:
            (size,) = self._db.execute(
                "SELECT count(*) FROM sessions WHERE room = ?", (room,)
            ).fetchone()
            if size < MOST_SESSIONS:
                return
            least = self._sessions(
                "room = ? AND ended IS NOT NULL ORDER BY EXISTS"
                " (SELECT 1 FROM stays WHERE session = sessions.id AND moderator), ended - began LIMIT ?",
                *(room, size - MOST_SESSIONS + _AT_ONCE),
            )
            self._delete(least)
        except sqlite3.Error as error:
            logger.warning("old records of a room could not be deleted: %s", error)
            return
        self.leave_out(room, "", "sessions", len(least))

    # --- what is left out ----------------------------------------------------------------------

    def count(self, session: str, kind: RecordKind) -> int:
        """Return how many rows of a kind a session has.

        Parameters
        ----------
        session : str
            The session's ID.
        kind : RecordKind
            The kind.
        """
        (number,) = self._db.execute(
            f"SELECT count(*) FROM {_COUNTED[kind]} WHERE session = ?",  # noqa: S608 - constant names
            (session,),
        ).fetchone()
        return int(number)

    def leave_out(self, room: str, session: str, kind: Kept, number: int = 1) -> None:
        """Note that rows were not kept, as there were too many.

        Parameters
        ----------
        room : str
            The room's name.
        session : str
            The session's ID; empty for whole sessions.
        kind : str
            The kind of record.
        number : int, default 1
            How many rows.
        """
        self._writer.soon(
            "INSERT INTO left_out (room, session, kind, number) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (room, session, kind) DO UPDATE SET number = number + excluded.number",
            *(room, session, kind, number),
        )

    # --- stays ---------------------------------------------------------------------------------

    def stay(self, session: str, person: Person, joined: float) -> None:
        """Begin a stay, or continue it.

        Parameters
        ----------
        session : str
            The session's ID.
        person : Person
            The participant.
        joined : float
            When it began.
        """
        self._writer.now(
            "INSERT INTO stays (session, person, name, roster, moderator, joined)"
            f" {_ROW}, ?, ?{_REMEMBERED}"
            " ON CONFLICT (session, person, joined) DO UPDATE SET"
            " name = excluded.name, roster = excluded.roster, moderator = excluded.moderator,"
            " lost = NULL, gone = NULL",
            *(session, person.id, person.name, person.roster, person.moderator, joined),
        )

    def rename(self, session: str, person: Person, joined: float) -> None:
        """Save a participant's new name or role.

        Parameters
        ----------
        session, person, joined
            As `stay` has them.
        """
        self._writer.now(
            "UPDATE stays SET name = ?, roster = ?, moderator = ?"
            " WHERE session = ? AND person = ? AND joined = ?",
            *(person.name, person.roster, person.moderator, session, person.id, joined),
        )

    def lose(self, session: str, person: str, joined: float, lost: float | None) -> None:
        """Save when the connection of a stay was lost, or that it is back.

        Parameters
        ----------
        session : str
            The session's ID.
        person : str
            The participant's ID.
        joined : float
            When the stay began.
        lost : float or None
            When the connection was lost; None if it is back.
        """
        self._writer.now(
            "UPDATE stays SET lost = ? WHERE session = ? AND person = ? AND joined = ?",
            *(lost, session, person, joined),
        )

    def leave(self, session: str, person: str, joined: float, gone: float) -> None:
        """End a stay.

        Parameters
        ----------
        session, person, joined
            As `lose` has them.
        gone : float
            When the participant left.
        """
        self._writer.now(
            "UPDATE stays SET gone = ? WHERE session = ? AND person = ? AND joined = ?",
            *(gone, session, person, joined),
        )

    def roster_of(self, session: str, person: str) -> str | None:
        """Return the roster's ID of a participant of a session, if their stays are kept.

        Parameters
        ----------
        session : str
            The session's ID.
        person : str
            The participant's ID.

        Returns
        -------
        str or None
            None if they have no personal link, or no stay of theirs is kept.
        """
        row = self._db.execute(
            "SELECT roster FROM stays WHERE session = ? AND person = ? ORDER BY joined DESC LIMIT 1",
            (session, person),
        ).fetchone()
        return None if row is None else row[0]

    def open_stays(self, session: str) -> list[OpenStay]:
        """Return the stays that have not ended.

        Parameters
        ----------
        session : str
            The session's ID.
        """
        rows = self._db.execute(
            "SELECT person, joined, lost FROM stays WHERE session = ? AND gone IS NULL",
            (session,),
        )
        return [OpenStay(person=person, joined=joined, lost=lost) for person, joined, lost in rows]

    # --- hands, talk, reactions, chat ----------------------------------------------------------

    def raise_hand(self, session: str, person: Person, raised: float) -> None:
        """Save that a hand was raised, or is up on.

        Parameters
        ----------
        session : str
            The session's ID.
        person : Person
            The participant.
        raised : float
            When.
        """
        self._writer.now(
            "INSERT INTO raised_hands (session, person, name, roster, raised)"
            f" {_ROW}, ?{_REMEMBERED}"
            " ON CONFLICT (session, person, raised) DO UPDATE SET lowered = NULL, lowered_by = NULL",
            *(session, person.id, person.name, person.roster, raised),
        )

    def lower_hand(
        self, session: str, person: str, raised: float, *, lowered: float, by: str | None
    ) -> None:
        """Save that a hand was lowered.

        Parameters
        ----------
        session : str
            The session's ID.
        person : str
            The participant's ID.
        raised : float
            When it was raised.
        lowered : float
            When it was lowered.
        by : str or None
            The ID of the participant who lowered it; None if its owner left.
        """
        self._writer.now(
            "UPDATE raised_hands SET lowered = ?, lowered_by = ?"
            " WHERE session = ? AND person = ? AND raised = ?",
            *(lowered, by, session, person, raised),
        )

    def open_hands(self, session: str) -> dict[str, float]:
        """Return since when hands are up, by the participants' IDs.

        Parameters
        ----------
        session : str
            The session's ID.
        """
        return dict(
            self._db.execute(
                "SELECT person, raised FROM raised_hands WHERE session = ? AND lowered IS NULL",
                (session,),
            ).fetchall()
        )

    def talk(self, session: str, person: Person, seconds: float) -> None:
        """Save for how long a participant has spoken.

        Parameters
        ----------
        session : str
            The session's ID.
        person : Person
            The participant.
        seconds : float
            In all, in this session.
        """
        self._writer.soon(
            "INSERT OR REPLACE INTO talk (session, person, name, roster, seconds)"
            f" {_ROW}, ?{_REMEMBERED}",
            *(session, person.id, person.name, person.roster, seconds),
        )

    def talked(self, session: str) -> dict[str, float]:
        """Return for how many seconds participants have spoken, by their IDs.

        Parameters
        ----------
        session : str
            The session's ID.
        """
        return dict(
            self._db.execute(
                "SELECT person, seconds FROM talk WHERE session = ?", (session,)
            ).fetchall()
        )

    def react(self, session: str, person: Person, at: float, reaction: str) -> None:
        """Save a reaction.

        Parameters
        ----------
        session : str
            The session's ID.
        person : Person
            The participant.
        at : float
            When.
        reaction : str
            The reaction.
        """
        self._writer.soon(
            "INSERT INTO reactions (session, person, name, roster, at, reaction)"
            f" {_ROW}, ?, ?{_REMEMBERED}",
            *(session, person.id, person.name, person.roster, at, reaction),
        )

    def chat(self, session: str, person: Person, at: float, text: str) -> None:
        """Save a chat message to everyone.

        Parameters
        ----------
        session : str
            The session's ID.
        person : Person
            Who wrote it.
        at : float
            When.
        text : str
            The message.
        """
        self._writer.now(
            "INSERT INTO kept_chat (session, person, name, roster, at, text)"
            f" {_ROW}, ?, ?{_REMEMBERED}",
            *(session, person.id, person.name, person.roster, at, text),
        )

    # --- viewers and polls ---------------------------------------------------------------------

    def begin_view(self, session: str, view: str, at: float) -> None:
        """Save that a viewer began to watch the broadcast.

        Parameters
        ----------
        session : str
            The session's ID.
        view : str
            A random ID of this view.
        at : float
            When.
        """
        self._writer.soon(
            "INSERT OR IGNORE INTO viewings (session, id, began, halts, halted)"
            " VALUES (?, ?, ?, 0, 0)",
            *(session, view, at),
        )

    def view(
        self, session: str, view: str, *, startup: float | None, halts: int, halted: float
    ) -> None:
        """Save how a viewer's playback goes.

        Parameters
        ----------
        session, view
            As `begin_view` has them.
        startup : float or None
            Seconds until the first picture or sound; None without one.
        halts : int
            How often it stopped.
        halted : float
            For how many seconds in all.
        """
        self._writer.soon(
            "UPDATE viewings SET startup = ?, halts = ?, halted = ? WHERE session = ? AND id = ?",
            *(startup, halts, halted, session, view),
        )

    def end_view(self, session: str, view: str, at: float) -> None:
        """Save that a viewer no longer watches.

        Parameters
        ----------
        session, view, at
            As `begin_view` has them.
        """
        self._writer.soon(
            "UPDATE viewings SET ended = ? WHERE session = ? AND id = ?", at, session, view
        )

    def close_views(self, session: str, at: float) -> None:
        """End the views of a session that are left open.

        Parameters
        ----------
        session : str
            The session's ID.
        at : float
            When.
        """
        self._writer.now(
            "UPDATE viewings SET ended = max(began, ?) WHERE session = ? AND ended IS NULL",
            *(at, session),
        )

    def poll(self, session: str, poll: PollResult) -> None:
        """Save a closed poll.

        Parameters
        ----------
        session : str
            The session's ID.
        poll : PollResult
            The poll.
        """
        self._writer.now(
            "INSERT OR REPLACE INTO kept_polls (session, poll, question, options, multiple, anonymous,"
            " correct, counts, voters, opened, closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            session,
            poll.id,
            poll.question,
            json.dumps(list(poll.options)),
            poll.multiple,
            poll.anonymous,
            json.dumps(list(poll.correct)),
            json.dumps(list(poll.counts)),
            poll.voters,
            poll.opened,
            poll.closed,
        )

    def vote(self, session: str, poll: PollResult, person: Person, choices: Sequence[int]) -> None:
        """Save a vote of a named poll.

        Parameters
        ----------
        session : str
            The session's ID.
        poll : PollResult
            The poll.
        person : Person
            Who voted.
        choices : sequence of int
            The chosen options' places.
        """
        self._writer.soon(
            "INSERT OR REPLACE INTO kept_votes (session, person, name, roster, poll, choices, closed)"
            f" {_ROW}, ?, ?, ?{_REMEMBERED}",
            session,
            person.id,
            person.name,
            person.roster,
            poll.id,
            json.dumps(list(choices)),
            poll.closed,
        )

    # --- deleting ------------------------------------------------------------------------------

    def forget(self, room: str, person: str) -> tuple[int, frozenset[str]]:
        """Delete what is kept of a person in all sessions of a room, and in the log of events; see `clean`.

        Parameters
        ----------
        room : str
            The room's name.
        person : str
            A participant's ID, or an ID of the roster, which is that of a participant's, too.

        Returns
        -------
        tuple
            How many rows were deleted or emptied, and the IDs that the person had in the sessions.

        Raises
        ------
        ServiceUnavailableError
            If it could not be deleted: then nothing is.
        """
        self._writer.flush()
        try:
            return self._forget(room, person)
        except sqlite3.Error as error:
            raise ServiceUnavailableError(
                f"the records could not be deleted ({error}): free some space on the server's disk, then "
                "try again",
                status=_INSUFFICIENT,
            ) from None

    def _forget(self, room: str, person: str) -> tuple[int, frozenset[str]]:
        mine = "session IN (SELECT id FROM sessions WHERE room = ?)"
        rosters = {person}
        for table in _PERSONAL:
            rosters.update(
                found
                for (found,) in self._db.execute(
                    f"SELECT DISTINCT roster FROM {table} WHERE {mine} AND person = ?"  # noqa: S608 - constant names
                    " AND roster IS NOT NULL",
                    (room, person),
                )
            )
        count = 0
        ids = {person}
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for table in _PERSONAL:
                for roster in rosters:
                    ids.update(
                        found
                        for (found,) in self._db.execute(
                            f"SELECT DISTINCT person FROM {table} WHERE {mine} AND roster = ?",  # noqa: S608 - constant names
                            (room, roster),
                        )
                    )
            for table in _PERSONAL:
                for one in ids:
                    done = self._db.execute(
                        f"DELETE FROM {table} WHERE {mine} AND person = ?",  # noqa: S608 - constant names
                        (room, one),
                    )
                    count += done.rowcount
            for one in ids:
                done = self._db.execute(
                    f"UPDATE raised_hands SET lowered_by = NULL WHERE {mine} AND lowered_by = ?",  # noqa: S608 - constant names
                    (room, one),
                )
                count += done.rowcount
                # While they are there, nothing more of them is kept.
                self._db.execute(
                    "INSERT OR IGNORE INTO forgotten (session, person) SELECT id, ? FROM sessions"
                    " WHERE room = ? AND ended IS NULL",
                    (one, room),
                )
                self._log.forget(room, one)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._unclean = True
        return count, frozenset(ids)

    def expire(self, *, days: int, now: float) -> None:
        """Delete what is older than its session's days, and end what ended servers left open.

        A failure is only logged.

        Parameters
        ----------
        days : int
            For events of participants of no session.
        now : float
            Seconds since the epoch.
        """
        try:
            # The next server could have continued them until now.
            for session in self._sessions("ended IS NULL AND alive < ?", now - _ADOPTED):
                if self._is_over(session.instance):
                    self.close_rows(session.id, session.alive)
                    self.end(session, session.alive)
            self._delete(self._sessions("ended < ? - days * ?", now, _DAY))
            for table, column in _TABLES.items():
                if column is None:
                    continue
                done = self._db.execute(
                    f"DELETE FROM {table} WHERE {column} < ? - ? *"  # noqa: S608 - constant names
                    f" (SELECT days FROM sessions WHERE id = {table}.session)",
                    (now, _DAY),
                )
                self._unclean |= done.rowcount > 0
            self._unclean |= self._log.expire_people(now - days * _DAY)
        except sqlite3.Error as error:
            logger.warning("expired records of meetings could not be deleted: %s", error)

    def _delete(self, sessions: Sequence[Session]) -> None:
        for session in sessions:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for table in _TABLES:
                    self._db.execute(f"DELETE FROM {table} WHERE session = ?", (session.id,))  # noqa: S608 - constant names
                self._db.execute("DELETE FROM sessions WHERE id = ?", (session.id,))
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            if session.ended is not None:
                self._log.forget_people(
                    session.room, since=session.began - 1, until=session.ended + _AFTER
                )
        self._unclean |= bool(sessions)

    def clean(self) -> None:
        """Remove what was deleted from the write-ahead log, too; tried again if the database is in use."""
        if not self._unclean:
            return
        try:
            # It would otherwise wait for the readers of another process, and the server with it.
            self._db.execute("PRAGMA busy_timeout = 0")
            try:
                busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._db.execute("PRAGMA busy_timeout = 5000")
        except sqlite3.Error:
            return
        self._unclean = bool(busy)
