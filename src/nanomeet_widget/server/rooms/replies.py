"""The two ways in which a request of a page ends."""

from __future__ import annotations

from typing import Protocol

from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms.participant import Participant


class Request(Protocol):
    """A message that may want an answer."""

    @property
    def ref(self) -> int | None:
        """By which it is answered."""


def acknowledge(who: Participant, request: Request) -> None:
    """Say that it was carried out."""
    if request.ref is not None:
        who.send(meeting.Ack(ref=request.ref))


def refuse(who: Participant, request: Request, kind: str, message: str) -> None:
    """Say why it was not."""
    who.send(common.Error(kind=kind, message=message, ref=request.ref))
