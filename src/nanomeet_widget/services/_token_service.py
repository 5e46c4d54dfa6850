"""The token service's protocol as a client: what all services share."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from nanomeet_widget import _texts, _tokens, _validation
from nanomeet_widget._errors import (
    InvalidInputError,
    MalformedTokenError,
    PermissionDeniedError,
    ProtocolError,
)
from nanomeet_widget._http import Request
from nanomeet_widget._models import Invite, Issued, Room, RoomRoster, RosterPerson, Secret

if TYPE_CHECKING:
    from nanomeet_widget.services._service import (
        InviteRequest,
        InvitesRequest,
        RoomRequest,
    )


def room_body(asked: RoomRequest) -> dict[str, Any]:
    """Return the body of a request for a room token.

    Raises
    ------
    InvalidInputError
        If an argument breaks a rule; nothing has been sent then.
    """
    _validation.check_room(asked.room)
    _validation.check_flag("moderator", asked.moderator)
    begin, end = _validation.validity(asked.nbf, asked.exp)
    body: dict[str, Any] = {
        "exp": _validation.iso(end),
        "nbf": _validation.iso(begin),
        "room": asked.room,
        "moderator": asked.moderator,
    }
    if asked.streamname is not None:
        body["streamname"] = _validation.check_streamname(asked.streamname)
    if asked.server is not None:
        body["server"] = _validation.check_server(asked.server)
    if asked.records is not None:
        body["records"] = asked.records
    if asked.records_days is not None:
        body["records_days"] = asked.records_days
    if asked.bots is not None:
        body["bots"] = asked.bots
    return body


def room_request(origin: str, api_key: Secret, body: dict[str, Any]) -> Request:
    """Return the request that makes a room token. A second token of the same room does no harm."""
    return Request(
        method="POST",
        origin=origin,
        path="/nanomeet",
        headers={"x-bintu-apikey": api_key.reveal()},
        body=body,
        repeatable=True,
    )


def invite_body(asked: InviteRequest) -> dict[str, Any]:
    """Return the body of a request for an invite token.

    Raises
    ------
    InvalidInputError
        If an argument breaks a rule; nothing has been sent then.
    MalformedTokenError
        If the token is not a token.
    PermissionDeniedError
        If it is a participant's.
    """
    _validation.check_flag("moderator", asked.moderator)
    return {"moderator": asked.moderator, **_shared(asked)}


def _shared(asked: InviteRequest | InvitesRequest) -> dict[str, Any]:
    parent = moderators(asked.token)
    now = datetime.now(timezone.utc)
    begin = None if asked.nbf is None else _validation.moment("nbf", asked.nbf, now=now)
    end = None if asked.exp is None else _validation.moment("exp", asked.exp, now=now)
    _validation.within(parent.notbefore, parent.expiration, nbf=begin, exp=end)
    body: dict[str, Any] = {"server": parent.server}
    if begin is not None:
        body["nbf"] = _validation.iso(begin)
    if end is not None:
        body["exp"] = _validation.iso(end)
    return body


def moderators(token: str) -> _tokens.Claims:
    """Return what a moderator's token claims.

    Raises
    ------
    MalformedTokenError
        If it is not a token.
    PermissionDeniedError
        If it is a participant's.
    """
    parent = _tokens.read(token)
    if not parent.moderator:
        raise PermissionDeniedError(
            f"this token is a participant's: only a moderator of {parent.room!r} can invite, and see its roster"
        )
    return parent


def invite_request(origin: str, token: str, body: dict[str, Any]) -> Request:
    """Return the request that makes an invite token."""
    return Request(
        method="POST",
        origin=origin,
        path="/nanomeet",
        headers={"x-bintu-token": token},
        body=body,
        repeatable=True,
    )


def invites_body(asked: InvitesRequest) -> dict[str, Any]:
    """Return the body of a request for the tokens of a roster.

    Raises
    ------
    InvalidInputError
        If an argument breaks a rule, or the roster is too large; nothing has been sent then.
    MalformedTokenError
        If the token is not a token.
    PermissionDeniedError
        If it is a participant's.
    """
    body = _shared(asked)
    body["people"] = [
        {"name": one.name, "roster": one.id, "moderator": one.moderator} for one in asked.people
    ]
    if (size := len(json.dumps(body, ensure_ascii=False).encode())) > _texts.ROSTER_BYTES:
        raise InvalidInputError(
            f"the roster has {size} bytes of names and ids, and may have {_texts.ROSTER_BYTES}: "
            "give it in parts"
        )
    return body


def invites_request(origin: str, token: str, body: dict[str, Any]) -> Request:
    """Return the request that makes the tokens of a roster."""
    return Request(
        method="POST",
        origin=origin,
        path="/invites",
        headers={"x-bintu-token": token},
        body=body,
        repeatable=True,
    )


def roster_request(origin: str, token: str) -> Request:
    """Return the request for the people with personal links."""
    return Request(
        method="GET",
        origin=origin,
        path="/roster",
        headers={"x-bintu-token": token},
        repeatable=True,
    )


def revoke_person_request(origin: str, token: str, person: str) -> Request:
    """Return the request that revokes a person's personal links."""
    return Request(
        method="POST",
        origin=origin,
        path="/revoke",
        headers={"x-bintu-token": token},
        body={"roster": person},
        repeatable=True,
    )


def ticket_request(origin: str, token: str) -> Request:
    """Return the request that makes a ticket for a token."""
    return Request(
        method="POST",
        origin=origin,
        path="/ticket",
        headers={"x-bintu-token": token},
        body={},
        repeatable=True,
    )


def ticket_of(answer: object) -> str:
    """Return the ticket of an answer.

    Raises
    ------
    ProtocolError
        If there is none in it.
    """
    ticket = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(ticket, str) or not ticket:
        raise ProtocolError("the token service gave no ticket")
    return ticket


def roster_of(answer: object) -> RoomRoster:
    """Return the roster of an answer.

    Raises
    ------
    ProtocolError
        If there is none in it.
    """
    found = answer.get("data") if isinstance(answer, dict) else None
    try:
        people = [_rostered(entry) for entry in found["people"]]  # type: ignore[index]
        return RoomRoster(open=found["open"] is True, people=people)  # type: ignore[index]
    except (TypeError, KeyError) as error:
        raise ProtocolError(f"the server's roster is malformed: {error}") from None


def _rostered(entry: dict[str, Any]) -> RosterPerson:
    return {
        "id": str(entry["id"]),
        "name": str(entry["name"]),
        "moderator": entry["moderator"] is True,
        "here": [str(participant) for participant in entry["here"]],
        "came": entry["came"] is True,
    }


def token_of(answer: object) -> tuple[Secret, _tokens.Claims]:
    """Return the token of an answer, and what it claims.

    Raises
    ------
    ProtocolError
        If there is none in it.
    """
    token = answer.get("data") if isinstance(answer, dict) else None
    try:
        claims = _tokens.read(token if isinstance(token, str) else "")
    except MalformedTokenError as error:
        raise ProtocolError(f"the token service gave no usable token: {error}") from None
    return Secret(str(token)), claims


def room_of(answer: object) -> Room:
    """Return the room of an answer. It says what the token says, not what was asked for."""
    return room_with(*token_of(answer))


def room_with(secret: Secret, claims: _tokens.Claims) -> Room:
    """Return the room that a token opens."""
    return Room(
        room=claims.room,
        server=claims.server,
        streamname=claims.streamname,
        moderator=claims.moderator,
        notbefore=claims.notbefore,
        expiration=claims.expiration,
        secret=secret,
    )


def invite_of(answer: object, *, page: str, mark: str = "#") -> Invite:
    """Return the invite of an answer; its link leads to `page`."""
    return _invite_with(*token_of(answer), page=page, mark=mark)


def invites_of(answer: object, *, page: str, wanted: int) -> list[Invite]:
    """Return the invites of an answer; their links lead to `page`.

    Raises
    ------
    ProtocolError
        If they are not as many as were wanted.
    """
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, list) or len(found) != wanted:
        raise ProtocolError("the server did not give a token for each person")
    return [_invite_with(*token_of({"data": token}), page=page) for token in found]


def _invite_with(secret: Secret, claims: _tokens.Claims, *, page: str, mark: str = "#") -> Invite:
    # The fragment stays in the browser: no server, proxy or Referer gets it.
    link = Secret(f"{page}{mark}token={secret.reveal()}")
    return Invite(moderator=claims.moderator, secret=secret, link=link)


def id_of(invite: Invite | Issued | str) -> str:
    """Return what names a token.

    Raises
    ------
    InvalidInputError
        If it has no id: the embedded server did not make it.
    """
    if isinstance(invite, Issued):
        return invite.id
    token = invite.secret.reveal() if isinstance(invite, Invite) else invite
    if isinstance(token, str) and "." not in token:
        return token
    if name := _tokens.read(token).jti:
        return name
    raise InvalidInputError("this token has no id by which it could be revoked")


def ids_of(answer: object) -> list[str]:
    """Return the ids of an answer.

    Raises
    ------
    ProtocolError
        If there are none in it.
    """
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ProtocolError("the server did not say what it revoked")
    return [str(name) for name in found]


def issued_of(answer: object) -> list[Issued]:
    """Return the tokens that an answer lists.

    Raises
    ------
    ProtocolError
        If it lists none.
    """
    found = answer.get("data") if isinstance(answer, dict) else None
    try:
        return [_issued(entry) for entry in found]  # type: ignore[union-attr]
    except (TypeError, KeyError, ValueError, OverflowError, OSError) as error:
        raise ProtocolError(f"the server's list of invites is malformed: {error}") from None


def _issued(entry: dict[str, Any]) -> Issued:
    def at(name: str) -> datetime:
        return datetime.fromtimestamp(entry[name], timezone.utc)

    return Issued(
        id=str(entry["id"]),
        room=str(entry["room"]),
        moderator=entry["moderator"] is True,
        parent=str(entry["parent"]),
        made=at("made"),
        notbefore=at("notbefore"),
        expiration=at("expiration"),
        revoked=None if entry["revoked"] is None else at("revoked"),
        # Older servers do not say it.
        people=int(entry.get("people", 0)),
    )
