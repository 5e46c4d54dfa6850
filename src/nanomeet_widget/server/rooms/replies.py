"""The two answers to a page's request."""

from __future__ import annotations

from typing import Protocol

from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms.participant import Participant


class Request(Protocol):
    """A message that may need an answer."""

    @property
    def ref(self) -> int | None:
        """The number that comes back with the answer; None if no answer is needed."""


def acknowledge(who: Participant, request: Request) -> None:
    """Answer that a request succeeded.

    Parameters
    ----------
    who : Participant
        The participant who asked.
    request : Request
        The request.
    """
    if request.ref is not None:
        who.send(meeting.Ack(ref=request.ref))


def refuse(who: Participant, request: Request, kind: str, message: str) -> None:
    """Answer that a request is refused.

    Parameters
    ----------
    who : Participant
        The participant who asked.
    request : Request
        The request.
    kind : str
        The error's kind, as pages know it.
    message : str
        Why, in plain words, and what to do.
    """
    who.send(common.Error(kind=kind, message=message, ref=request.ref))
