"""The rules for room names, times and addresses, checked before anything is sent.

Sources: the nanoMeet Web API (charset of a room, ISO 8601 times, one year at most).
"""

from __future__ import annotations

import difflib
import ipaddress
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Literal, TypeAlias, get_args
from urllib.parse import SplitResult, urlsplit

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError

#: A moment: aware, from now, or ISO 8601 text with an offset.
When: TypeAlias = datetime | timedelta | str

#: What the embedded server can keep of a meeting.
RecordKind: TypeAlias = Literal[
    "attendance", "hands", "talk", "polls", "reactions", "viewers", "chat"
]
RECORD_KINDS: tuple[RecordKind, ...] = get_args(RecordKind)

MAX_ROOM_NAME = 64
#: Ten years; a server may allow fewer (`nanomeet serve --records-days`).
MAX_RECORD_DAYS = 3650
#: How long a token is valid by default.
DEFAULT_VALIDITY = timedelta(days=14)
#: The longest that a token may be valid (the vendor's form allows no more).
MAX_VALIDITY = timedelta(days=365)

_ROOM = re.compile(r"[A-Za-z0-9_]+")
#: What the names of groups' rooms begin with: `check_room` refuses it, so that no token is ever issued for one
#: but by the meeting that the group belongs to.
_GROUP_ROOM = "group-"
_STREAM = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TENANT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_CSS_LENGTH = re.compile(r"\d+(\.\d+)?(px|em|rem|ch|%|vw|vh|vmin|vmax|dvw|dvh|svh|lvh|cm|mm|in|pt)")
_MAX_PIXELS = 10_000


def check_room(room: object) -> str:
    """Return the room's name if it keeps the rules.

    Raises
    ------
    InvalidInputError
        Naming the value and the rule.
    """
    if not isinstance(room, str):
        raise InvalidInputError(f"room must be text, not {type(room).__name__}")
    if not _ROOM.fullmatch(room):
        raise InvalidInputError(
            f"room {_texts.quoted(room)} is not allowed: a room's name has only the letters a-z and A-Z, "
            "digits and _, and at least one of them"
        )
    if len(room) > MAX_ROOM_NAME:
        raise InvalidInputError(
            f"room {_texts.quoted(room)} has {len(room)} characters: at most {MAX_ROOM_NAME} are allowed"
        )
    return room


def new_group_room() -> str:
    """Return a name for a group's room, which cannot be guessed, and which `check_room` refuses."""
    return _GROUP_ROOM + secrets.token_hex(16)


def is_group_room(room: str) -> bool:
    """Whether a room is a group's."""
    return room.startswith(_GROUP_ROOM)


def check_streamname(streamname: object) -> str:
    """Return the stream's name if it keeps the rules.

    Raises
    ------
    InvalidInputError
        Naming the value and the rule.
    """
    if not isinstance(streamname, str) or not _STREAM.fullmatch(streamname):
        raise InvalidInputError(
            f"streamname {_texts.quoted(streamname)} is not allowed: 1 to 64 letters, digits, _ and -"
        )
    return streamname


def new_streamname() -> str:
    """Return a stream name that cannot be guessed: anyone who knows it can watch."""
    return secrets.token_urlsafe(12).replace("-", "_")


def check_tenant(tenant: object) -> str:
    """Return a Jitsi tenant if it can be one: a part of an address.

    Raises
    ------
    InvalidInputError
        Naming the value and the rule.
    """
    if not isinstance(tenant, str) or not _TENANT.fullmatch(tenant):
        raise InvalidInputError(
            f"tenant {_texts.quoted(tenant)} is not allowed: 1 to 128 letters, digits, _, - and ."
        )
    return tenant


def record_kinds(records: object) -> list[RecordKind]:
    """Return the kinds of records that ``records=`` of `create_room` means.

    Parameters
    ----------
    records
        ``"none"``, ``"attendance"``, ``"all"``, or several kinds.

    Raises
    ------
    InvalidInputError
        Naming the value, and the kinds that there are.
    """
    if isinstance(records, str):
        named = {"none": (), "all": RECORD_KINDS}.get(records, (records,))
    elif isinstance(records, Iterable) and not isinstance(records, Mapping | bytes):
        named = tuple(records)
    else:
        raise InvalidInputError(
            f"records={_texts.quoted(records)}: write 'none', 'attendance', 'all', or a list of kinds: "
            + ", ".join(RECORD_KINDS)
        )
    for name in named:
        if name not in RECORD_KINDS:
            near = difflib.get_close_matches(str(name), [*RECORD_KINDS, "none", "all"], 1)
            hint = f"did you mean {near[0]!r}? There" if near else "there"
            raise InvalidInputError(
                f"records: {_texts.quoted(name)} is not a kind of record: {hint} are "
                f"{', '.join(RECORD_KINDS)}; or 'none' or 'all'"
            )
    return [kind for kind in RECORD_KINDS if kind in named]


def check_record_days(days: object) -> int:
    """Return after how many days records are deleted, if a room may ask for it.

    Raises
    ------
    InvalidInputError
        Naming the value and the rule.
    """
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MAX_RECORD_DAYS:
        raise InvalidInputError(
            f"records_days must be a whole number of days from 1 to {MAX_RECORD_DAYS}, not "
            f"{_texts.quoted(days)}"
        )
    return days


def check_flag(name: str, value: object) -> bool:
    """Return `value` if it is really True or False: "false" as text must not count as true.

    Raises
    ------
    InvalidInputError
        Naming the value and the rule.
    """
    if not isinstance(value, bool):
        raise InvalidInputError(f"{name} must be True or False, not {_texts.quoted(value)}")
    return value


def check_length(name: str, value: int | str) -> int | str:
    """Return a width or height if it is pixels, or a length as CSS writes it.

    Raises
    ------
    InvalidInputError
        Naming the value and the rule.
    """
    if isinstance(value, bool) or (isinstance(value, int) and not 0 < value <= _MAX_PIXELS):
        raise InvalidInputError(
            f"{name}={_texts.quoted(value)}: pixels are from 1 to {_MAX_PIXELS}"
        )
    if isinstance(value, str) and not _CSS_LENGTH.fullmatch(value):
        raise InvalidInputError(
            f"{name}={_texts.quoted(value)} is not a CSS length: write pixels as a number, or a text such "
            'as "100%" or "30em"'
        )
    return value


def moment(name: str, value: object, *, now: datetime) -> datetime:
    """Return the moment that `value` means, in UTC and whole seconds.

    Parameters
    ----------
    name
        The argument's name, for the error.
    value
        An aware datetime, a timedelta from `now`, or ISO 8601 text.
    now
        The current time, aware.

    Raises
    ------
    InvalidInputError
        If it is of another type, naive, or unreadable.
    """
    if isinstance(value, timedelta):
        try:
            value = now + value
        except OverflowError:
            raise InvalidInputError(
                f"{name}={_texts.quoted(value)} is beyond the calendar"
            ) from None
    elif isinstance(value, str):
        text = value.strip()
        try:
            # Python 3.10 does not read the Z that browsers write.
            value = datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in "zZ" else text)
        except ValueError:
            raise InvalidInputError(
                f"{name}={_texts.quoted(text)} is not ISO 8601: write it like 2026-03-01T09:00:00+01:00"
            ) from None
    if not isinstance(value, datetime):
        raise InvalidInputError(
            f"{name} must be a datetime, a timedelta or ISO 8601 text, not {type(value).__name__}"
        )
    if value.utcoffset() is None:
        raise InvalidInputError(
            f"{name}={value.isoformat()!r} has no time zone: say which, for example with "
            "datetime.now(timezone.utc) or an offset such as +01:00"
        )
    try:
        return value.astimezone(timezone.utc).replace(microsecond=0)
    except OverflowError:
        raise InvalidInputError(f"{name}={value.isoformat()!r} is beyond the calendar") from None


def validity(nbf: object, exp: object, *, now: datetime | None = None) -> tuple[datetime, datetime]:
    """Return when a token becomes valid and when it expires.

    Parameters
    ----------
    nbf, exp
        What the caller wants; None for now, and for `DEFAULT_VALIDITY` after `nbf`.
    now
        The current time, aware; read from the clock if it is None.

    Raises
    ------
    InvalidInputError
        If `exp` is not after `nbf`, in the past, or more than a year after `nbf`.
    """
    now = now or datetime.now(timezone.utc)
    begin = moment("nbf", nbf, now=now) if nbf is not None else now.replace(microsecond=0)
    try:
        end = moment("exp", exp, now=now) if exp is not None else begin + DEFAULT_VALIDITY
    except OverflowError:
        raise InvalidInputError(f"nbf={begin.isoformat()} is beyond the calendar") from None
    _check_some_time(begin, end, now=now)
    if end - begin > MAX_VALIDITY:
        raise InvalidInputError(
            f"nbf={begin.isoformat()} to exp={end.isoformat()} is {(end - begin).days} days: a token "
            f"is valid for one year ({MAX_VALIDITY.days} days) at most"
        )
    return begin, end


def _check_some_time(begin: datetime, end: datetime, *, now: datetime) -> None:
    if end <= begin:
        raise InvalidInputError(
            f"exp={end.isoformat()} is not after nbf={begin.isoformat()}: the token would never be valid"
        )
    if end <= now:
        raise InvalidInputError(
            f"exp={end.isoformat()} is in the past: the token would never be valid"
        )


def iso(value: datetime) -> str:
    """Return a moment as the token service has it: ISO 8601 in UTC, as browsers write it."""
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def within(
    begin: datetime,
    end: datetime,
    *,
    nbf: datetime | None,
    exp: datetime | None,
) -> tuple[datetime, datetime]:
    """Return when an invite becomes valid and when it expires: never outside its parent's time.

    Parameters
    ----------
    begin, end
        The parent's time.
    nbf, exp
        What the caller wants; None for the parent's own.

    Raises
    ------
    InvalidInputError
        If it begins before the parent, ends after it, or is no time at all.
    """
    first, last = nbf or begin, exp or end
    if first < begin:
        raise InvalidInputError(
            f"nbf={first.isoformat()} is before the moderator's own token begins, "
            f"{begin.isoformat()}: an invite cannot be valid earlier"
        )
    if last > end:
        raise InvalidInputError(
            f"exp={last.isoformat()} is after the moderator's own token ends, "
            f"{end.isoformat()}: an invite cannot be valid longer"
        )
    # As long as the parent at most, which is a token already: nothing more to limit.
    _check_some_time(first, last, now=datetime.now(timezone.utc))
    return first, last


def check_url(name: str, value: object, *, query: bool = False) -> str:
    """Return an http or https address without a slash at its end.

    Parameters
    ----------
    name
        The argument's name, for the error.
    value
        The address.
    query
        Whether it may have a query.

    Raises
    ------
    InvalidInputError
        If it is not a URL, or has a user name, a fragment, or a query that it may not have.
    """
    parts = _split(value)
    odd = parts is None or parts.fragment or (parts.query and not query)
    if parts is None or odd or parts.scheme not in {"http", "https"}:
        shown = _texts.quoted(value) if isinstance(value, str) and "@" not in value else "this"
        raise InvalidInputError(f"{name}: {shown} is not an address: write https://host/path")
    return str(value).rstrip("/")


def check_server(server: object) -> str:
    """Return a token's `server`: a host, with port and path if it has them, or a URL.

    Raises
    ------
    InvalidInputError
        Naming the value.
    """
    if isinstance(server, str) and "://" not in server:
        check_url("server", f"https://{server}")
        return server.rstrip("/")
    return check_url("server", server)


def _split(value: object) -> SplitResult | None:
    if not isinstance(value, str) or not value.isascii() or any(c <= " " for c in value):
        return None
    try:
        parts = urlsplit(value)
        good = parts.hostname and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        return None
    return parts if good else None


def origin(server: str) -> str:
    """Return the URL of a token's `server` claim, without a slash at its end.

    A bare host means https, as in the nanoMeet library; a server without TLS, such as the embedded one
    on this machine, writes its scheme into the claim.
    """
    url = server if server.startswith(("http://", "https://")) else f"https://{server}"
    return url.rstrip("/")


def on_loopback(server: str) -> bool:
    """Return whether a token's `server` claim is a loopback address: each machine's own."""
    return is_loopback(urlsplit(origin(server)).hostname or "")


def is_loopback(host: str) -> bool:
    """Return whether a host is a loopback name (RFC 6761, 6.3) or address: each machine's own."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


_TILE_VIEW = ("size", "maxColumns", "vertical")
_MAX_TILE = 10_000
_MAX_COLUMNS = 5


def check_tile_view(value: Mapping[str, object]) -> None:
    """Check how to lay out tiles: the keys of the Web API's `init`, each optional.

    Raises
    ------
    InvalidInputError
        If there is another key, or a value breaks its rule.
    """
    if unknown := set(value) - set(_TILE_VIEW):
        raise InvalidInputError(
            f"tile_view has no key {min(map(str, unknown))!r}; it has " + ", ".join(_TILE_VIEW)
        )
    for key, most in (("size", _MAX_TILE), ("maxColumns", _MAX_COLUMNS)):
        number = value.get(key, 1)
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
            raise InvalidInputError(
                f"tile_view: {key} is from 1 to {most}, not {_texts.quoted(number)}"
            )
    check_flag("tile_view's vertical", value.get("vertical", False))
