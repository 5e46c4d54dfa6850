"""`nanomeet room`, `invite`, `roster` and `token`."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt

from nanomeet_widget import _rooms, _tokens, _validation, services
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.classroom import create_invites
from nanomeet_widget.cli._output import DONE, FAILED, Output, moment
from nanomeet_widget.cli._token import TOKEN, read_token

#: Claims that `token` shows in words.
_TOLD = frozenset(
    {"room", "moderator", "server", "streamname", "sub", "iat", "nbf", "exp", "name", "roster"}
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_TIME_HELP = "ISO 8601 with an offset, or a span from now such as 90m, 2h, 3d, 1w"


def add_room(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `room`."""
    parser.description = (
        "Make a room and a token that opens it. Anyone who has the token can enter."
    )
    parser.add_argument("name", help="letters a-z and A-Z, digits and _; at most 64 characters")
    parser.add_argument(
        "--participant", action="store_true", help="make a participant's token, not a moderator's"
    )
    parser.add_argument(
        "--streamname", help="the broadcast's name (default: one that cannot be guessed)"
    )
    parser.add_argument("--server", help="the engine's host, for services that have several")
    parser.add_argument(
        "--records",
        metavar="KINDS",
        help="what the embedded server keeps of its meetings: none, attendance (default), all, or "
        f"several of {', '.join(_validation.RECORD_KINDS)}, with commas between",
    )
    parser.add_argument(
        "--records-days", type=int, metavar="DAYS", help="days after which that is deleted"
    )
    _add_times(parser)
    parser.set_defaults(run=room)


def add_invite(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `invite`."""
    parser.description = (
        "Make an invite into the room of a moderator's token, which is read from standard "
        f"input, from {TOKEN}, or from a prompt."
    )
    parser.add_argument("--moderator", action="store_true", help="the guest is a moderator, too")
    _add_times(parser)
    parser.set_defaults(run=invite)


def add_roster(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `roster`."""
    parser.description = (
        "Make a personal link for each person of a roster, into the room of a moderator's token, which is "
        f"read from standard input, from {TOKEN}, or from a prompt."
    )
    parser.add_argument("roster", metavar="FILE", help="CSV in UTF-8, with a header")
    parser.add_argument(
        "--csv",
        required=True,
        metavar="FILE",
        help="where the links are written; only you can read it, and anyone who has a link can enter",
    )
    parser.add_argument(
        "--name", default="name", metavar="COLUMN", help="the names (default: name)"
    )
    parser.add_argument(
        "--id",
        default="id",
        metavar="COLUMN",
        help="the ids (default: id, or the names without it)",
    )
    parser.add_argument(
        "--moderator", metavar="COLUMN", help="who is a moderator (default: no one)"
    )
    _add_times(parser)
    parser.set_defaults(run=roster)


def add_token(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `token`."""
    parser.description = (
        "Show what a token says: read from standard input, from "
        f"{TOKEN}, or from a prompt. Its signature is neither checked nor shown. The exit status is "
        "1 for a token that is not valid now."
    )
    parser.set_defaults(run=token)


def room(options: argparse.Namespace, output: Output) -> int:
    """Make a room."""
    choice = services.current()
    made = _rooms.create_room(
        options.name,
        nbf=_when(options.nbf),
        exp=_when(options.exp),
        streamname=options.streamname,
        server=options.server,
        moderator=not options.participant,
        records=_kinds(options.records),
        records_days=options.records_days,
    )
    if isinstance(choice.service, services.LocalServer) and choice.service.transient:
        output.note(
            "the embedded server ends after its last use, and the room's address with it: "
            "for a lasting one run `nanomeet serve`, and set NANOMEET_SERVER and NANOMEET_API_KEY"
        )
    facts: dict[str, Any] = {
        "room": made.room,
        "server": made.server,
        "streamname": made.streamname,
        "moderator": made.moderator,
        "notbefore": made.notbefore,
        "expiration": made.expiration,
        "service": choice.service.name,
        "token": str(made.token),
    }
    shown = {
        "room": made.room,
        "server": made.server,
        "service": f"{choice.service.name}: {choice.why}",
        "role": _role(moderator=made.moderator),
        "valid from": moment(made.notbefore),
        "until": moment(made.expiration),
        "token": str(made.token),
    }
    output.facts(shown, facts)
    return DONE


def invite(options: argparse.Namespace, output: Output) -> int:
    """Make an invite."""
    parent = read_token()
    made = _rooms.create_invite(
        parent, moderator=options.moderator, nbf=_when(options.nbf), exp=_when(options.exp)
    )
    claims = _tokens.read(made.token)
    facts = {
        "room": claims.room,
        "moderator": made.moderator,
        "expiration": claims.expiration,
        "invite_link": str(made.invite_link),
        "token": str(made.token),
    }
    shown = {
        "room": claims.room,
        "role": _role(moderator=made.moderator),
        "until": moment(claims.expiration),
        "link": str(made.invite_link),
    }
    output.facts(shown, facts)
    return DONE


def roster(options: argparse.Namespace, output: Output) -> int:
    """Make personal links."""
    made = create_invites(
        read_token(),
        options.roster,
        name=options.name,
        id=options.id,
        moderator=options.moderator,
        nbf=_when(options.nbf),
        exp=_when(options.exp),
    )
    file = made.to_csv(options.csv)
    moderators = sum(one.moderator for one in made)
    facts = {"people": len(made), "moderators": moderators, "csv": str(file)}
    output.facts({"people": len(made), "moderators": moderators, "links in": str(file)}, facts)
    return DONE


def token(options: argparse.Namespace, output: Output) -> int:
    """Say what a token says."""
    del options
    text = read_token()
    claims = _tokens.read(text)
    now = datetime.now(timezone.utc)
    state = "valid now"
    if now < claims.notbefore:
        state = "not valid yet"
    elif now >= claims.expiration:
        state = "expired"
    header = jwt.get_unverified_header(text)
    payload: dict[str, Any] = jwt.decode(text, options={"verify_signature": False})
    signed = {name: header[name] for name in ("alg", "typ", "kid") if name in header}
    facts = {"state": state.replace(" ", "_"), "header": signed, "claims": payload}
    shown = {
        "state": state,
        "room": claims.room,
        "role": _role(moderator=claims.moderator),
        **({"person": f"{claims.name} ({claims.roster})"} if claims.name else {}),
        "server": claims.server or "(none: the page's own)",
        "streamname": claims.streamname,
        "organisation": claims.sub,
        "valid from": moment(claims.notbefore, now=now),
        "until": moment(claims.expiration, now=now),
        "signed with": " ".join(f"{name}={value}" for name, value in signed.items()),
    }
    if isinstance(issued := payload.get("iat"), int):
        shown["issued"] = moment(datetime.fromtimestamp(issued, timezone.utc), now=now)
    others = set(payload) - _TOLD
    shown |= {f"({name})": payload[name] for name in sorted(others)}
    output.facts(shown, facts)
    return DONE if state == "valid now" else FAILED


def _add_times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--nbf", metavar="TIME", help=f"when it becomes valid: {_TIME_HELP}")
    parser.add_argument("--exp", metavar="TIME", help="when it expires, likewise")


def _kinds(text: str | None) -> str | list[str] | None:
    return text.split(",") if text is not None and "," in text else text


def _when(text: str | None) -> _validation.When | None:
    if text is None or text[-1:] not in _UNITS:
        return text
    try:
        return timedelta(**{_UNITS[text[-1]]: float(text[:-1])})
    except (ValueError, OverflowError):
        raise InvalidInputError(f"{text!r} is not a time: {_TIME_HELP}") from None


def _role(*, moderator: bool) -> str:
    return "moderator: may invite, broadcast, mute and remove" if moderator else "participant"
