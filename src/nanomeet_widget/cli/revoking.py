"""`nanomeet invites` and `revoke`."""

from __future__ import annotations

import argparse
import dataclasses

from nanomeet_widget import services
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._models import Issued
from nanomeet_widget.cli._output import DONE, Output, moment


def add_invites(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `invites`."""
    parser.description = (
        "List the tokens of rooms and invites that the embedded server made and that have not "
        "expired. What is listed opens nothing."
    )
    parser.add_argument("--room", help="only those of this room")
    parser.set_defaults(run=invites)


def add_revoke(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `revoke`."""
    parser.description = (
        "Revoke a token and all that were made with it: their users are out within a second."
    )
    parser.add_argument("id", help="as `nanomeet invites` lists it")
    parser.set_defaults(run=revoke)


def invites(options: argparse.Namespace, output: Output) -> int:
    """List tokens."""
    made = _server().invites(options.room)
    facts = {"invites": [dataclasses.asdict(entry) for entry in made]}
    output.facts({entry.id: _words(entry) for entry in made}, facts)
    return DONE


def revoke(options: argparse.Namespace, output: Output) -> int:
    """Revoke a token."""
    count = _server().revoke(options.id)
    output.facts({"revoked": count}, {"revoked": count})
    return DONE


def _words(entry: Issued) -> str:
    role = "moderator" if entry.moderator else "participant"
    kind = "invite" if entry.parent else "room"
    end = "revoked" if entry.revoked else f"until {moment(entry.expiration)}"
    return f"{entry.room}: {kind}, {role}, {end}"


def _server() -> services.LocalServer:
    service = services.default()
    if not isinstance(service, services.LocalServer):
        raise InvalidInputError(
            f"{service.name} neither lists nor revokes invites: only the embedded server does"
        )
    return service
