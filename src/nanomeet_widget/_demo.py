"""A meeting that a person alone can look at: two bots keep them company."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from typing import Any

from nanomeet_widget import services
from nanomeet_widget._models import Room
from nanomeet_widget._rooms import noted
from nanomeet_widget._widget import NanoMeet

_LASTS = timedelta(hours=8)
#: Less than this is too short to begin with.
_ENOUGH = timedelta(minutes=30)

_lock = threading.Lock()
_room: Room | None = None


def demo(**options: Any) -> NanoMeet:  # noqa: ANN401 - those of the widget
    """Open a meeting with two bots, so that you see a full room although you are alone.

    The bots say in their names that they are bots. They have a moving picture and a quiet voice, write in the
    chat, raise a hand, and answer polls and check-ins. They run in your own page: they come once you have
    joined, and leave with you. It always uses the embedded server, whatever service is configured, and
    keeps no records. Calling it again shows the same meeting.

    Parameters
    ----------
    **options : dict
        Options of `NanoMeet`, such as ``height``.

    Returns
    -------
    NanoMeet
        The meeting, of which you are the moderator. Its `close` ends the demo.

    Raises
    ------
    InvalidInputError
        If an option breaks its rule.
    TokenError
        If the server's token cannot be read.
    ServiceError
        If the server refuses.
    ServerStartError
        If the embedded server does not start.

    Examples
    --------
    >>> nm.demo()
    """
    global _room  # noqa: PLW0603 - one demo a kernel, so that running a cell again adds no bots
    server = services.own()
    with _lock:
        if _room is None or not _lasts(_room):
            _room = noted(server.demo_room(_LASTS), server)
        token = _room.token
    return NanoMeet(token, **options)


def _lasts(room: Room) -> bool:
    """Return whether a room can be used: its server may have ended, and another one has another address."""
    left = room.expiration - datetime.now(timezone.utc)
    server = services.own()
    return left > _ENOUGH and bool(server.url) and server.uses(room.server)
