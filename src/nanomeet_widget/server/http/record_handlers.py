"""What is kept of a room's meetings: for its moderators; and for everyone with a token, what is kept at all."""

from __future__ import annotations

import time
from typing import get_args

import msgspec

from nanomeet_widget import _texts
from nanomeet_widget._errors import (
    AuthenticationError,
    InvalidInputError,
    QuotaExceededError,
)
from nanomeet_widget.server.http.handlers import TOKEN_HEADER
from nanomeet_widget.server.http.service_handler import ServiceHandler
from nanomeet_widget.server.store.session_rows import RowKind

_BEARER = "Bearer "
_KINDS: tuple[RowKind, ...] = get_args(RowKind)
_FLAGS = {"true": True, "false": False}


class _RecordHandler(ServiceHandler):
    """The base of the handlers that a token authorises as a bearer (RFC 6750, 2.1)."""

    @property
    def token(self) -> str:
        """The request's token.

        Raises
        ------
        AuthenticationError
            If there is none.
        """
        given = self.request.headers.get("Authorization", "")
        if given.startswith(_BEARER):
            return given.removeprefix(_BEARER).strip()
        token = self.request.headers.get(TOKEN_HEADER)
        if token is None:
            raise AuthenticationError(
                "this request needs the header Authorization: Bearer … with a token of the room",
                status=401,
            )
        return token

    def moderated(self) -> str:
        """Return the room of the request's token, which has to be a moderator's.

        Raises
        ------
        AuthenticationError
            If there is no valid token of this server.
        PermissionDeniedError
            If it is a participant's, or that of a removed moderator.
        """
        return self.core.issuer.moderator(self.token).room

    def argument(self, name: str) -> str | None:
        """Return a parameter of the query.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        str or None
            None if it is missing.
        """
        return self.get_query_argument(name, None)


class RecordsHandler(_RecordHandler):
    """`GET records`: the rows of one kind."""

    def get(self) -> None:
        """Send them."""
        room = self.moderated()
        kind = self.argument("kind") or "attendance"
        if kind not in _KINDS:
            raise InvalidInputError(
                f"kind={_texts.quoted(kind)} must be one of {', '.join(_KINDS)}"
            )
        pseudonyms = self.argument("pseudonyms") or "false"
        if pseudonyms not in _FLAGS:
            raise InvalidInputError(f"pseudonyms={_texts.quoted(pseudonyms)} must be true or false")
        session = self.argument("session")
        if not self.core.readings.take(room):
            raise QuotaExceededError(
                "the records of this room are read too often",
                status=429,
            )
        found = self.core.records.answer(
            room, kind, session=session, pseudonyms=_FLAGS[pseudonyms], now=time.time()
        )
        if found is None:
            raise InvalidInputError(
                f"there is no session {_texts.quoted(session)} of this room, or its records have been "
                "deleted: the rows of kind=sessions (in Python: sessions()) name them"
            )
        self.answer(msgspec.to_builtins(found))


class ForgetHandler(_RecordHandler):
    """`POST records/forget`: delete what is kept of a person."""

    def post(self) -> None:
        """Delete it, in all sessions of the room."""
        room = self.moderated()
        person = self.body().get("person")
        if not isinstance(person, str):
            raise InvalidInputError(
                "this request needs person: a participant's ID, or their ID in the roster"
            )
        _texts.check("person", person, _texts.ID)
        self.answer({"forgotten": self.core.rooms.forget(room, person)})


class RecordPolicyHandler(_RecordHandler):
    """`GET records/policy`: what is kept of the meeting, for everyone who may join it, now or later."""

    def get(self) -> None:
        """Send it: of the session that goes on, or of one that would begin."""
        claims = self.verified(self.token, early=True)
        policy = self.core.rooms.record_policy(claims.room)
        self.answer({"kinds": policy.kinds, "days": policy.days})
