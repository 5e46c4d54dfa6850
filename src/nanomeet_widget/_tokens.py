"""Tokens: read (untrusted), mint and verify.

The claims are those of a nanoMeet token: `room`, `streamname`, `server`, `moderator`, `sub`, `aud`,
`iss`, `iat`, `nbf`, `exp` (NumericDate, RFC 7519), and `jti`, which names a
token without showing it. A personal link's token also has `name` and `roster`: who its owner is; a demo's
has `bots`.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import jwt

from nanomeet_widget._errors import (
    ExpiredTokenError,
    ImmatureTokenError,
    MalformedTokenError,
    RejectedTokenError,
)

#: Pinned: a token that names another algorithm is refused (RFC 8725, 3.1).
ALGORITHM = "HS256"
#: Explicit typing: other JWTs signed with the same secret are not accepted as ours (RFC 8725, 3.11).
TYPE = "nanomeet+jwt"
ISSUER = "nanomeet-widget"
AUDIENCE = "nanomeet"

#: Bytes of an HS256 secret: no shorter than the hash (RFC 7518, 3.2).
SECRET_SIZE = 32
#: Clocks of two machines may differ by this many seconds.
LEEWAY = 5
#: A token opens its room this many seconds early: its maker's clock may be ahead. Less than a minute,
#: so that a token for a minute from now is not valid yet.
EARLY = 59
_MAX_TOKEN = 4096
#: Three parts of unpadded base64url (RFC 7515, 3.1 and appendix C).
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a token says. Times are aware and in UTC."""

    room: str
    streamname: str
    server: str
    moderator: bool
    sub: str
    notbefore: datetime
    expiration: datetime
    jti: str = ""
    #: Of a personal link: its owner's name, which is fixed in the room, and their ID in the roster.
    name: str = ""
    roster: str = ""
    #: Whether the page that joins with it lets two demo bots come, too.
    bots: bool = False


class _Utf8(json.JSONEncoder):
    """Writes names as they are: an escaped one may have six times as many bytes."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - the base's own
        super().__init__(**{**options, "ensure_ascii": False})


def new_secret() -> bytes:
    """Return a fresh secret for `mint` and `verify`."""
    return secrets.token_bytes(SECRET_SIZE)


def mint(claims: Claims, secret: bytes) -> str:
    """Sign a token.

    Parameters
    ----------
    claims
        What it says. An empty `jti` is replaced by a random one.
    secret
        The server's secret, `SECRET_SIZE` bytes.
    """
    payload = {
        "room": claims.room,
        "streamname": claims.streamname,
        "server": claims.server,
        "moderator": claims.moderator,
        "sub": claims.sub,
        "aud": AUDIENCE,
        "iss": ISSUER,
        "iat": int(time.time()),
        "nbf": int(claims.notbefore.timestamp()),
        "exp": int(claims.expiration.timestamp()),
        "jti": claims.jti or secrets.token_hex(8),
    }
    payload |= {key: value for key in ("name", "roster", "bots") if (value := getattr(claims, key))}
    return jwt.encode(
        payload, secret, algorithm=ALGORITHM, headers={"typ": TYPE}, json_encoder=_Utf8
    )


def signature(signed: str, secret: bytes) -> str:
    """Return the signature of a token, as it has it.

    Parameters
    ----------
    signed
        The token without its signature.
    secret
        The secret.
    """
    digest = hmac.new(secret, signed.encode(), "sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def verify(token: str, secret: bytes) -> Claims:
    """Return what a token says, after checking signature, issuer, audience, type and times.

    Raises
    ------
    MalformedTokenError
        If it is not a token.
    RejectedTokenError
        If this server did not sign it, or it is for another use.
    ExpiredTokenError
        If it has expired.
    ImmatureTokenError
        If it is not valid yet.
    """
    # Before anything is decoded: one spelling only, and no longer than a token.
    if len(token) > _MAX_TOKEN or not _FORM.fullmatch(token):
        raise MalformedTokenError("this is not a token: copy the whole of it")
    try:
        if jwt.get_unverified_header(token).get("typ") != TYPE:
            raise RejectedTokenError("this token is not a nanoMeet token of this server")
        payload = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=EARLY,
            options={"require": ["exp", "nbf", "iat", "aud", "iss", "sub"]},
        )
        if int(payload["exp"]) <= time.time() - LEEWAY:
            raise jwt.ExpiredSignatureError  # noqa: TRY301 - the leeway above is for the beginning
    except jwt.ExpiredSignatureError:
        raise ExpiredTokenError(
            "this token has expired: ask the moderator for a new invite, or create the room again"
        ) from None
    except jwt.ImmatureSignatureError:
        begins = f"{read(token).notbefore:%Y-%m-%d %H:%M:%S} UTC"
        raise ImmatureTokenError(
            f"this token is not valid yet: it is valid from {begins} on. Join then"
        ) from None
    # PyJWT parses what is not signed, and so may be nested without end.
    except (jwt.DecodeError, RecursionError) as error:
        if isinstance(error, jwt.InvalidSignatureError):
            raise RejectedTokenError(
                "this token was not issued by this server, or was changed since"
            ) from None
        raise MalformedTokenError("this is not a token: copy the whole of it") from None
    except jwt.InvalidTokenError as error:
        raise RejectedTokenError(f"this server does not accept the token: {error}") from None
    return _claims(payload)


def read(token: str) -> Claims:
    """Return what a token claims, WITHOUT checking who signed it: for display and early errors.

    Raises
    ------
    MalformedTokenError
        If it is not a JWT, or lacks a claim that a meeting needs.
    """
    if not isinstance(token, str) or not 0 < len(token) <= _MAX_TOKEN:
        raise MalformedTokenError("a token is a text of three parts joined by dots; copy all of it")
    try:
        payload = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, RecursionError):
        raise MalformedTokenError(
            "this is not a token: it has to be the whole text that create_room or create_invite gave"
        ) from None
    return _claims(payload)


def _claims(payload: dict[str, Any]) -> Claims:
    texts = {name: payload.get(name) for name in ("room", "streamname", "sub")}
    for name, value in texts.items():
        if not isinstance(value, str) or not value:
            raise MalformedTokenError(f"the token has no {name!r}: it is not a nanoMeet token")
    return Claims(
        room=str(texts["room"]),
        streamname=str(texts["streamname"]),
        sub=str(texts["sub"]),
        server=_text(payload, "server"),
        # Only true makes a moderator: "false" as text must not.
        moderator=payload.get("moderator") is True,
        notbefore=_time(payload, "nbf", default=0.0),
        expiration=_time(payload, "exp", default=None),
        jti=_text(payload, "jti"),
        name=_text(payload, "name"),
        roster=_text(payload, "roster"),
        bots=payload.get("bots") is True,
    )


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _time(payload: dict[str, Any], name: str, *, default: float | None) -> datetime:
    value = payload.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise MalformedTokenError(f"the token's {name!r} is not a time")
    try:
        return datetime.fromtimestamp(value, timezone.utc)
    except (OverflowError, OSError, ValueError):
        raise MalformedTokenError(f"the token's {name!r} is not a time") from None
