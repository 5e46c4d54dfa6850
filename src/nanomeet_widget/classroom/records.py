"""What the embedded server keeps of meetings, as tables."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, TypeAlias
from urllib.parse import urlencode

from nanomeet_widget import _proof, _texts, _tokens, _trust, _validation, services
from nanomeet_widget._errors import (
    InvalidInputError,
    PermissionDeniedError,
    ProtocolError,
    ServiceUnavailableError,
)
from nanomeet_widget._http import BEARER, Http, Request
from nanomeet_widget._models import SecretText
from nanomeet_widget.classroom.table import Kind, Table
from nanomeet_widget.services import LocalServer, Service

#: A session of a meeting: its id, a row of `Records.sessions`, ``"all"``, or None for the newest.
Session: TypeAlias = str | Mapping[str, Any] | None

#: Bytes of an answer: a long chat of a large class.
_MOST = 64 << 20

_PERSON: dict[str, Kind] = {"person": "text", "name": "text", "roster": "text"}
_COLUMNS: dict[str, dict[str, Kind]] = {
    "sessions": {
        "session": "text",
        "began": "time",
        "ended": "time",
        "people": "count",
        "kept": "texts",
        "days": "count",
    },
    "attendance": {
        **_PERSON,
        "moderator": "flag",
        "joined": "time",
        "left": "time",
        "seconds": "seconds",
    },
    "hands": {
        **_PERSON,
        "raised": "time",
        "lowered": "time",
        "by": "text",
        "seconds": "seconds",
    },
    "talk": {**_PERSON, "seconds": "seconds"},
    "chat": {**_PERSON, "at": "time", "text": "text"},
    "polls": {
        "poll": "text",
        "question": "text",
        "options": "texts",
        "multiple": "flag",
        "anonymous": "flag",
        "correct": "counts",
        "counts": "counts",
        "voters": "count",
        "opened": "time",
        "closed": "time",
    },
    "votes": {**_PERSON, "poll": "text", "question": "text", "choices": "counts"},
    "reactions": {**_PERSON, "at": "time", "reaction": "text"},
    "viewers": {
        "began": "time",
        "ended": "time",
        "startup": "seconds",
        "halts": "count",
        "halted": "seconds",
    },
}
#: What a kind is called, and the kind of `create_room` that has to be kept for it.
_TITLES = {
    "sessions": ("Sessions", "attendance"),
    "attendance": ("Attendance", "attendance"),
    "hands": ("Raised hands", "hands"),
    "talk": ("Talk time", "talk"),
    "chat": ("Chat", "chat"),
    "polls": ("Polls", "polls"),
    "votes": ("Votes", "polls"),
    "reactions": ("Reactions", "reactions"),
    "viewers": ("Viewers", "viewers"),
}

_NONE = "No meeting of this room has been kept yet."
#: All kinds of tables.
KINDS = tuple(_TITLES)

#: Sends a request with the token, and returns the JSON of the answer: method, path, body.
_Send: TypeAlias = Callable[[str, str, dict[str, Any] | None], Any]


class Records:
    """What the embedded server keeps of a room's meetings.

    Each meeting that is over or goes on is a *session*: from its first participant to its last. All
    tables are of the newest session, if no other is asked for.

    Calling it returns the same records with names replaced: ``meet.records(pseudonyms=True)``.

    Parameters
    ----------
    reach : callable
        Returns what sends requests with the token, or raises why there are no records.
    pseudonyms : bool, default False
        Whether people are "Person 1", "Person 2", ….

    Raises
    ------
    InvalidInputError
        If `pseudonyms` is not True or False.
    """

    def __init__(self, reach: Callable[[], _Send], *, pseudonyms: bool = False) -> None:
        self._reach = reach
        self._pseudonyms = _validation.check_flag("pseudonyms", pseudonyms)

    def __call__(self, *, pseudonyms: bool = False) -> Records:
        """Return the same records, with names or pseudonyms.

        Parameters
        ----------
        pseudonyms : bool, default False
            Whether people are "Person 1", "Person 2", … in place of their names and ids. A person has
            the same pseudonym in all rows of a table, and another one in another table.

        Returns
        -------
        Records
            The records.

        Raises
        ------
        InvalidInputError
            If `pseudonyms` is not True or False.
        """
        return Records(self._reach, pseudonyms=pseudonyms)

    def __repr__(self) -> str:
        return f"<Records{' with pseudonyms' if self._pseudonyms else ''}: .sessions(), .attendance(), …>"

    def sessions(self) -> Table:
        """Return the meetings of this room that are kept, the newest first.

        Returns
        -------
        Table
            ``session`` (its id), ``began`` and ``ended`` (None while it goes on), ``people``, ``kept``
            (the kinds of records) and ``days`` (after which they are deleted).

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If another service than the embedded server carries the meeting.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("sessions")

    def attendance(self, session: Session = None) -> Table:
        """Return who was in the room, and when, to the second.

        Parameters
        ----------
        session : str or dict, optional
            A session's id, a row of `sessions`, or ``"all"``; by default the newest one.

        Returns
        -------
        Table
            A row for each stay: ``person`` (their id in that session), ``name``, ``roster`` (their id
            in the roster, for a personal link), ``moderator``, ``joined``, ``left`` (None while they
            are there) and ``seconds``.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If there is no such session.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("attendance", session)

    def hands(self, session: Session = None) -> Table:
        """Return whose hand was raised, and when.

        Parameters
        ----------
        session : str or dict, optional
            As for `attendance`.

        Returns
        -------
        Table
            A row for each time: ``person``, ``name``, ``roster``, ``raised``, ``lowered`` (None while
            it is up), ``by`` (the id of the participant who lowered it; None if it went down with its
            owner) and ``seconds``.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If there is no such session.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("hands", session)

    def talk(self, session: Session = None) -> Table:
        """Return for how many seconds each participant spoke.

        Parameters
        ----------
        session : str or dict, optional
            As for `attendance`.

        Returns
        -------
        Table
            A row for each participant: ``person``, ``name``, ``roster`` and ``seconds``.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If there is no such session.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("talk", session)

    def chat(self, session: Session = None) -> Table:
        """Return what was written to everyone in the chat.

        Parameters
        ----------
        session : str or dict, optional
            As for `attendance`.

        Returns
        -------
        Table
            A row for each message: ``person``, ``name``, ``roster``, ``at`` and ``text``.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If there is no such session.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("chat", session)

    def polls(self, session: Session = None) -> Table:
        """Return the polls and their results.

        Parameters
        ----------
        session : str or dict, optional
            As for `attendance`.

        Returns
        -------
        Table
            A row for each poll: ``poll`` (its id), ``question``, ``options``, ``multiple``,
            ``anonymous``, ``correct`` (places in ``options``), ``counts`` (of each option), ``voters``,
            ``opened`` and ``closed``.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If there is no such session.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("polls", session)

    def votes(self, session: Session = None) -> Table:
        """Return who voted for what; an anonymous poll has no such rows.

        Parameters
        ----------
        session : str or dict, optional
            As for `attendance`.

        Returns
        -------
        Table
            A row for each vote: ``person``, ``name``, ``roster``, ``poll``, ``question`` and
            ``choices`` (places in the poll's options).

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If there is no such session.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("votes", session)

    def reactions(self, session: Session = None) -> Table:
        """Return the reactions.

        Parameters
        ----------
        session : str or dict, optional
            As for `attendance`.

        Returns
        -------
        Table
            A row for each one: ``person``, ``name``, ``roster``, ``at`` and ``reaction``.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If there is no such session.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("reactions", session)

    def viewers(self, session: Session = None) -> Table:
        """Return how well the broadcast reached its viewers, who have no names.

        Parameters
        ----------
        session : str or dict, optional
            As for `attendance`.

        Returns
        -------
        Table
            A row for each view: ``began``, ``ended``, ``startup`` (seconds until the first picture),
            ``halts`` and ``halted`` (seconds in all).

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached.
        InvalidInputError
            If there is no such session.
        ServerStartError
            If the embedded server does not start.
        """
        return self.table("viewers", session)

    def forget(self, person: str | Mapping[str, Any]) -> int:
        """Delete what is kept of a person in all sessions of this room: stays, names, votes, chat.

        Parameters
        ----------
        person : str or dict
            A participant's id, an id of the roster, or a row of a table, whose roster id counts if it
            has one.

        Returns
        -------
        int
            How many rows were deleted or emptied.

        Raises
        ------
        InvalidInputError
            If this is no person's id.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        found = (
            person.get("roster") or person.get("person") if isinstance(person, Mapping) else person
        )
        name = _texts.check("person", found, _texts.ID)
        answer = self._reach()("POST", "/records/forget", {"person": name})
        count = answer.get("forgotten") if isinstance(answer, dict) else None
        if not isinstance(count, int):
            raise ProtocolError("the server did not say what it forgot")
        return count

    def table(self, kind: str, session: Session = None) -> Table:
        """Return one of the tables by its name.

        Parameters
        ----------
        kind : str
            ``sessions``, ``attendance``, ``hands``, ``talk``, ``chat``, ``polls``, ``votes``, ``reactions``
            or ``viewers``: what the method of that name returns.
        session : str or dict, optional
            As for `attendance`; ``sessions`` is of all of them.

        Returns
        -------
        Table
            The table.

        Raises
        ------
        InvalidInputError
            If there is no such kind or session.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        if kind not in KINDS:
            raise InvalidInputError(
                f"{_texts.quoted(kind)} is no kind of record: there are {', '.join(KINDS)}"
            )
        wanted = _session(session)
        if kind == "sessions" or wanted != "all":
            found = self._found(kind, None if kind == "sessions" else wanted)
            note = found.note or ("" if found.session or found.rows else _NONE)
            return self._table(kind, found.rows, note if found.kept else _not_kept(kind))
        rows: list[dict[str, Any]] = []
        notes: list[str] = []
        lacking = 0
        sessions = self._found("sessions", None).rows
        # The oldest first, as the rows of a session are.
        for one in reversed(sessions):
            found = self._found(kind, one["session"])
            rows += found.rows
            notes += [f"{one['session']}: {found.note}"] if found.note else []
            lacking += not found.kept
        if not sessions:
            notes.append(_NONE)
        elif lacking and not rows:
            notes.append(_not_kept(kind))
        elif lacking:
            notes.append(f"{lacking} of {len(sessions)} sessions did not keep it.")
        return self._table(kind, rows, " ".join(notes))

    def _found(self, kind: str, session: str | None) -> _Found:
        query = {"kind": kind}
        if session is not None:
            query["session"] = session
        if self._pseudonyms:
            query["pseudonyms"] = "true"
        answer = self._reach()("GET", f"/records?{urlencode(query)}", None)
        columns = self._columns(kind)
        try:
            left_out = int(answer["left_out"])
            return _Found(
                rows=[
                    _row(columns, {"session": answer["session"], **row}) for row in answer["rows"]
                ],
                session=answer["session"],
                kept=answer["session"] is None or _TITLES[kind][1] in answer["kept"],
                note=f"{left_out} more were not kept: there were too many." if left_out else "",
            )
        except (TypeError, KeyError, ValueError, OverflowError, OSError) as error:
            raise ProtocolError(f"the server's records are malformed: {error!r}") from None

    def _table(self, kind: str, rows: list[dict[str, Any]], note: str) -> Table:
        return Table(rows, kinds=self._columns(kind), title=_TITLES[kind][0], note=note)

    def _columns(self, kind: str) -> dict[str, Kind]:
        columns = _COLUMNS[kind] if kind == "sessions" else {"session": "text", **_COLUMNS[kind]}
        hidden = {"person", "roster"} if self._pseudonyms else set()
        return {name: of for name, of in columns.items() if name not in hidden}


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What the server has of one kind."""

    rows: list[dict[str, Any]]
    session: str | None
    #: Whether its session kept that kind; true if there is no session.
    kept: bool
    #: What is missing in it.
    note: str


def records(token: str, *, pseudonyms: bool = False, service: Service | None = None) -> Records:
    """Return what the embedded server keeps of a room's meetings. Moderators only.

    Parameters
    ----------
    token : str
        A moderator's token of that room, see `Room.token`.
    pseudonyms : bool, default False
        Whether people are "Person 1", "Person 2", … in place of their names and ids.
    service : Service, optional
        The embedded server that made the token; by default what made it.

    Returns
    -------
    Records
        The records; each of its methods asks the server.

    Raises
    ------
    TokenError
        If `token` is not a token.
    PermissionDeniedError
        If it is a participant's.
    InvalidInputError
        If another service than the embedded server carries the meeting: it keeps no records.
    """
    token = SecretText(token)
    send = _sender(token, service)
    return Records(lambda: send, pseudonyms=pseudonyms)


def of_token(token: Callable[[], str | None]) -> Records:
    """Return the records of a meeting, whose token may change.

    Parameters
    ----------
    token
        Returns it.
    """

    def reach() -> _Send:
        text = token()
        if text is None:
            raise InvalidInputError("there is no meeting whose records could be read: set a token")
        return _sender(SecretText(text), None)

    return Records(reach)


def has(token: str | None) -> bool:
    """Return whether a token reads the records of its room: a moderator's of the embedded server.

    Parameters
    ----------
    token
        A meeting's token, if it has one.
    """
    if token is None:
        return False
    claims = _tokens.read(token)
    with suppress(InvalidInputError):
        ours = isinstance(_service(claims), LocalServer | None)
        return claims.moderator and bool(claims.jti) and ours
    return False


def _sender(token: str, service: Service | None) -> _Send:
    claims = _tokens.read(token)
    if not claims.moderator:
        raise PermissionDeniedError(
            f"this token is a participant's: only moderators of {claims.room!r} can read its records"
        )
    found = service or _service(claims)
    if not isinstance(found, LocalServer | None):
        raise InvalidInputError(
            f"{found.name} keeps no records, only the embedded server does: meet.attendance() has what the "
            "open meeting saw"
        )
    if found is None:
        return _direct(token, claims)
    own: _Send = functools.partial(found.carry, token=token, limit=_MOST)
    if (
        service is not None
        or found.uses(claims.server)
        or not _validation.on_loopback(claims.server)
    ):
        return own

    def either(method: str, path: str, body: dict[str, Any] | None) -> Any:  # noqa: ANN401 - JSON
        # Another server of this machine may have made it; if none is there, this user's has moved.
        try:
            return _direct(token, claims)(method, path, body)
        except ServiceUnavailableError:
            return own(method, path, body)

    return either


def _direct(token: str, claims: _tokens.Claims) -> _Send:
    """Return what asks the server that a token names."""
    origin = _validation.origin(claims.server)
    http = Http("the meeting's server")
    if origin.startswith("http://") and _validation.on_loopback(origin):
        # On this machine no certificate says whose server listens there now.
        http.require_proof(origin, _proof.of_token(token))
    return lambda method, path, body: http.call(
        Request(
            method=method,
            origin=origin,
            path=path,
            headers={"Authorization": SecretText(BEARER + token)},
            body=body,
            repeatable=True,
            limit=_MOST,
        )
    )


def _service(claims: _tokens.Claims) -> Service | None:
    """Return what made a token; None for an embedded server elsewhere.

    Raises
    ------
    InvalidInputError
        If that is none that may get the token.
    """
    with suppress(InvalidInputError):
        return services.maker(claims.server)
    if not claims.jti:  # the embedded server's have one
        raise InvalidInputError(
            f"{claims.server} keeps no records: only the embedded server (`nanomeet serve`) does"
        )
    if not _trust.is_known(claims.server):
        raise InvalidInputError(
            f"{claims.server} is not a server that you use: join its meeting first, or pass "
            "service=LocalServer(url, api_key=...)"
        )
    return None


def _session(given: object) -> str | None:
    name = given.get("session") if isinstance(given, Mapping) else given
    if name is None and given is None:
        return None
    if not isinstance(name, str) or not name:
        raise InvalidInputError(
            f"session must be the id of a session, a row of sessions() or 'all', not "
            f"{_texts.quoted(given)}"
        )
    return name


def _not_kept(kind: str) -> str:
    title, needed = _TITLES[kind]
    how = repr(needed) if needed == "attendance" else f"['attendance', '{needed}']"
    return f"{title}: not kept. create_room(..., records={how}) keeps it from the next session on."


def _row(columns: Mapping[str, Kind], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(row.get(name), of) for name, of in columns.items()}


def _value(value: Any, kind: Kind) -> Any:  # noqa: ANN401 - JSON, and what it means
    if value is None:
        return None
    if kind == "time":
        return datetime.fromtimestamp(value, timezone.utc)
    if kind in {"texts", "counts"}:
        each: Kind = "text" if kind == "texts" else "count"
        return [_value(one, each) for one in value]
    # `str` makes plain texts of the hidden ones in which answers come.
    return {"text": str, "seconds": float, "count": int, "flag": bool}[kind](value)
