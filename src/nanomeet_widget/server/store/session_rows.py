"""What is kept of meetings, as rows for those who may read them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from nanomeet_widget import _json
from nanomeet_widget.server.protocol.classroom import RecordKind
from nanomeet_widget.server.store.session_records import Session, SessionRecords

RowKind: TypeAlias = Literal[
    "sessions", "attendance", "hands", "talk", "chat", "polls", "votes", "reactions", "viewers"
]
ROW_KINDS: tuple[RowKind, ...] = get_args(RowKind)
Row: TypeAlias = dict[str, Any]

_SESSION = " WHERE session = ? ORDER BY "
_PERSON = "person, name, roster"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The rows of a session."""

    #: The session's ID; None if there is none, and for rows of sessions.
    session: str | None
    #: The kinds that it keeps.
    kept: list[RecordKind]
    rows: list[Row]
    #: Rows that were not kept, as there were too many.
    left_out: int


class SessionRows:
    """Reads what is kept of meetings.

    Parameters
    ----------
    db : sqlite3.Connection
        The database.
    records : SessionRecords
        The sessions.
    is_over : callable
        Returns whether a server, by its name, has ended: its sessions go on only if they are restored.
    """

    def __init__(
        self, db: sqlite3.Connection, records: SessionRecords, *, is_over: Callable[[str], bool]
    ) -> None:
        self._db = db
        self._records = records
        self._is_over = is_over
        self._read: dict[RowKind, Callable[[Session, float], Iterator[Row]]] = {
            "attendance": self._attendance,
            "hands": self._hands,
            "talk": self._talk,
            "chat": self._chat,
            "polls": self._polls,
            "votes": self._votes,
            "reactions": self._reactions,
            "viewers": self._viewers,
        }

    def going_on(self, room: str) -> Session | None:
        """Return a room's session that goes on.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        Session or None
            None if there is none.
        """
        for session in self._records.sessions(room):
            if session.ended is None and not self._is_over(session.instance):
                return session
        return None

    def answer(
        self, room: str, kind: RowKind, *, session: str | None, pseudonyms: bool, now: float
    ) -> Answer | None:
        """Return the rows of one kind.

        Parameters
        ----------
        room : str
            The room's name.
        kind : RowKind
            The kind of row.
        session : str or None
            The session's ID; None for the newest one.
        pseudonyms : bool
            Whether people are "Person 1", "Person 2", ….
        now : float
            Seconds since the epoch.

        Returns
        -------
        Answer or None
            None if the room has no such session.
        """
        self._records.flush()
        sessions = [self._as_it_is(one) for one in self._records.sessions(room)]
        if kind == "sessions":
            return Answer(
                session=None,
                kept=[],
                rows=[self._describe(one) for one in sessions],
                left_out=self._left_out(room, "", kind),
            )
        if session is not None:
            sessions = [one for one in sessions if one.id == session]
            if not sessions:
                return None
        if not sessions:
            return Answer(session=None, kept=[], rows=[], left_out=0)
        asked = sessions[0]
        end = now if asked.ended is None else asked.ended
        rows = list(self._read[kind](asked, end))
        return Answer(
            session=asked.id,
            kept=list(asked.kinds),
            rows=_pseudonymous(rows) if pseudonyms else rows,
            left_out=self._left_out(room, asked.id, kind),
        )

    def _as_it_is(self, session: Session) -> Session:
        """Return a session, which has ended if its server did."""
        if session.ended is not None or not self._is_over(session.instance):
            return session
        return Session(
            id=session.id,
            room=session.room,
            kinds=session.kinds,
            days=session.days,
            began=session.began,
            alive=session.alive,
            ended=session.alive,
            instance=session.instance,
        )

    def _describe(self, session: Session) -> Row:
        people = None
        if "attendance" in session.kinds:
            (people,) = self._db.execute(
                "SELECT count(DISTINCT person) FROM stays WHERE session = ?", (session.id,)
            ).fetchone()
        return {
            "session": session.id,
            "began": session.began,
            "ended": session.ended,
            "people": people,
            "kept": session.kinds,
            "days": session.days,
        }

    def _left_out(self, room: str, session: str, kind: RowKind) -> int:
        row = self._db.execute(
            "SELECT number FROM left_out WHERE room = ? AND session = ? AND kind = ?",
            (room, session, kind),
        ).fetchone()
        return row[0] if row else 0

    def _select(self, what: str, order: str, session: Session) -> list[tuple[Any, ...]]:
        return self._db.execute(f"SELECT {what}{_SESSION}{order}", (session.id,)).fetchall()

    def _attendance(self, session: Session, end: float) -> Iterator[Row]:
        columns = f"{_PERSON}, moderator, joined, lost, gone FROM stays"
        for *who, moderator, joined, lost, gone in self._select(columns, "joined, person", session):
            left = gone
            if left is None and session.ended is not None:
                left = session.ended if lost is None else lost
            yield {
                **_person(who),
                "moderator": bool(moderator),
                "joined": joined,
                "left": left,
                "seconds": max(0.0, (end if left is None else left) - joined),
            }

    def _hands(self, session: Session, end: float) -> Iterator[Row]:
        columns = f"{_PERSON}, raised, lowered, lowered_by FROM raised_hands"
        for *who, raised, lowered, by in self._select(columns, "raised", session):
            over = session.ended if lowered is None else lowered
            yield {
                **_person(who),
                "raised": raised,
                "lowered": over,
                "by": by,
                "seconds": max(0.0, (end if over is None else over) - raised),
            }

    def _talk(self, session: Session, end: float) -> Iterator[Row]:
        del end
        columns = f"{_PERSON}, seconds FROM talk"
        for *who, seconds in self._select(columns, "seconds DESC, person", session):
            yield {**_person(who), "seconds": seconds}

    def _chat(self, session: Session, end: float) -> Iterator[Row]:
        del end
        for *who, at, text in self._select(f"{_PERSON}, at, text FROM kept_chat", "id", session):
            yield {**_person(who), "at": at, "text": text}

    def _reactions(self, session: Session, end: float) -> Iterator[Row]:
        del end
        columns = f"{_PERSON}, at, reaction FROM reactions"
        for *who, at, reaction in self._select(columns, "id", session):
            yield {**_person(who), "at": at, "reaction": reaction}

    def _viewers(self, session: Session, end: float) -> Iterator[Row]:
        del end
        columns = "began, ended, startup, halts, halted FROM viewings"
        for began, ended, startup, halts, halted in self._select(columns, "began, id", session):
            yield {
                "began": began,
                "ended": session.ended if ended is None else ended,
                "startup": startup,
                "halts": halts,
                "halted": halted,
            }

    def _polls(self, session: Session, end: float) -> Iterator[Row]:
        del end
        columns = (
            "poll, question, options, multiple, anonymous, correct, counts, voters, opened, closed"
            " FROM kept_polls"
        )
        for row in self._select(columns, "opened, poll", session):
            (
                poll,
                question,
                options,
                multiple,
                anonymous,
                correct,
                counts,
                voters,
                opened,
                closed,
            ) = row
            yield {
                "poll": poll,
                "question": question,
                "options": _json.read(options),
                "multiple": bool(multiple),
                "anonymous": bool(anonymous),
                "correct": _json.read(correct),
                "counts": _json.read(counts),
                "voters": voters,
                "opened": opened,
                "closed": closed,
            }

    def _votes(self, session: Session, end: float) -> Iterator[Row]:
        del end
        columns = (
            "person, name, roster, poll, choices, (SELECT question FROM kept_polls"
            " WHERE session = kept_votes.session AND poll = kept_votes.poll) FROM kept_votes"
        )
        for *who, poll, choices, question in self._select(columns, "closed, poll, name", session):
            yield {
                **_person(who),
                "poll": poll,
                "question": question,
                "choices": _json.read(choices),
            }


def _person(who: list[Any]) -> Row:
    person, name, roster = who
    return {"person": person, "name": name, "roster": roster}


def _pseudonymous(rows: list[Row]) -> list[Row]:
    """Return rows with "Person 1", "Person 2", … in place of names and IDs, in the order of the rows."""
    numbers: dict[str, str] = {}
    # A person has several IDs: one for each browser, if they have a personal link.
    known = {row["person"]: row["roster"] or row["person"] for row in rows if "person" in row}

    def pseudonym(person: str) -> str:
        return numbers.setdefault(known.get(person, person), f"Person {len(numbers) + 1}")

    renamed = []
    for row in rows:
        if "person" not in row:
            renamed.append(row)
            continue
        one = {name: value for name, value in row.items() if name not in {"person", "roster"}}
        one["name"] = pseudonym(row["person"])
        renamed.append(one)
    for one in renamed:
        if one.get("by") is not None:
            one["by"] = pseudonym(one["by"])
    return renamed
