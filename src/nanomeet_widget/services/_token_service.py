"""Contract C as a client: what every token service has in common."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from nanomeet_widget import _rules, _tokens
from nanomeet_widget._errors import MalformedTokenError, PermissionDeniedError, ProtocolError
from nanomeet_widget._http import Request
from nanomeet_widget._models import Invite, Room, Secret


def room_body(
    room: str,
    *,
    nbf: _rules.When | None,
    exp: _rules.When | None,
    streamname: str | None,
    server: str | None,
    moderator: bool,
) -> dict[str, Any]:
    """Return what asks for a room token.

    Raises
    ------
    InvalidInputError
        If an argument breaks a rule; nothing has been sent then.
    """
    _rules.check_room(room)
    _rules.check_flag("moderator", moderator)
    begin, end = _rules.validity(nbf, exp)
    body: dict[str, Any] = {
        "room": room,
        "moderator": moderator,
        "nbf": begin.isoformat(),
        "exp": end.isoformat(),
    }
    if streamname is not None:
        body["streamname"] = _rules.check_streamname(streamname)
    if server is not None:
        body["server"] = server
    return body


def room_request(api_key: Secret, body: dict[str, Any]) -> Request:
    """Return the request that makes a room token."""
    headers = {"x-bintu-apikey": api_key.reveal()}
    return Request(method="POST", path="/nanomeet", headers=headers, body=body)


def invite_request(
    token: str,
    *,
    moderator: bool,
    nbf: _rules.When | None,
    exp: _rules.When | None,
) -> Request:
    """Return the request that makes an invite token.

    Raises
    ------
    InvalidInputError, MalformedTokenError, PermissionDeniedError
        If an argument breaks a rule, or the token is no moderator's; nothing has been sent then.
    """
    _rules.check_flag("moderator", moderator)
    parent = _tokens.read(token)
    if not parent.moderator:
        raise PermissionDeniedError(
            f"this token is a participant's: only a moderator of {parent.room!r} can invite"
        )
    body: dict[str, Any] = {"moderator": moderator, "server": parent.server}
    if nbf is not None or exp is not None:
        begin, end = _rules.validity(
            nbf if nbf is not None else max(parent.notbefore, datetime.now(timezone.utc)),
            exp if exp is not None else parent.expiration,
        )
        if nbf is not None:
            body["nbf"] = begin.isoformat()
        if exp is not None:
            body["exp"] = end.isoformat()
    return Request(method="POST", path="/nanomeet", headers={"x-bintu-token": token}, body=body)


def ticket_request(token: str) -> Request:
    """Return the request that makes a ticket for a token."""
    return Request(method="POST", path="/ticket", headers={"x-bintu-token": token}, body={})


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
    secret, claims = token_of(answer)
    return Room(
        room=claims.room,
        server=claims.server,
        streamname=claims.streamname,
        moderator=claims.moderator,
        notbefore=claims.notbefore,
        expiration=claims.expiration,
        secret=secret,
    )


def invite_of(answer: object, *, invite_page: str) -> Invite:
    """Return the invite of an answer; its link leads to `invite_page`."""
    secret, claims = token_of(answer)
    # The fragment stays in the browser: no server, proxy or Referer ever sees it.
    return Invite(
        moderator=claims.moderator,
        secret=secret,
        link=Secret(f"{invite_page}#token={secret.reveal()}"),
    )
