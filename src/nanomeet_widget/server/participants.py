"""Somebody in a room, or at its door."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from nanomeet_widget._errors import IllegalStepError
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server import messages
from nanomeet_widget.server.timers import Handle

#: Messages that a resumed connection must not miss; beyond this it has been away too long.
_MAX_BACKLOG = 200
#: `Welcome` tells all of this anew.
_RETOLD = (
    messages.Joined,
    messages.Updated,
    messages.Left,
    messages.RoomChanged,
    messages.BroadcastChanged,
    messages.Knock,
    messages.KnockEnded,
    messages.Pong,
)


class Connection(Protocol):
    """The way to one page. Neither call raises, whatever has become of the page."""

    def send(self, message: messages.ServerMessage) -> None:
        """Send a message."""

    def close(self, farewell: messages.Bye) -> None:
        """Say why, and close."""


class Presence(str, Enum):
    """Where somebody stands."""

    WAITING = "waiting"
    PRESENT = "present"
    DROPPED = "dropped"
    GONE = "gone"


PRESENCE_STEPS: dict[Presence, frozenset[Presence]] = {
    Presence.WAITING: frozenset({Presence.PRESENT, Presence.GONE}),
    Presence.PRESENT: frozenset({Presence.DROPPED, Presence.GONE}),
    Presence.DROPPED: frozenset({Presence.PRESENT, Presence.GONE}),
    Presence.GONE: frozenset(),
}


class Participant:
    """One person with one verified token.

    Parameters
    ----------
    claims
        What the token says. The role comes from here and from nowhere else.
    connection
        The way to the page.
    join
        How the page introduced itself.
    """

    def __init__(self, claims: Claims, connection: Connection, join: messages.Join) -> None:
        self.id = secrets.token_hex(6)
        self.resume = secrets.token_urlsafe(24)
        self.claims = claims
        self.name = clean_name(join.name)
        self.audio = join.audio
        self.video = join.video
        self.screen = False
        self.stage = True
        #: Milliseconds since the epoch at which the hand went up.
        self.hand: float | None = None
        self.connection = connection
        #: What is due later: the end of the token, the end of patience with a lost connection.
        self.expiry: Handle | None = None
        self.grace: Handle | None = None
        self._presence = Presence.WAITING
        self._backlog: list[messages.ServerMessage] = []

    @property
    def moderator(self) -> bool:
        """Whether the token is a moderator's."""
        return self.claims.moderator

    @property
    def presence(self) -> Presence:
        """Where he stands."""
        return self._presence

    def step(self, target: Presence) -> None:
        """Move on.

        Raises
        ------
        IllegalStepError
            If there is no such step: a bug in the caller.
        """
        if target not in PRESENCE_STEPS[self._presence]:
            raise IllegalStepError(self._presence.value, target.value)
        self._presence = target
        if target is not Presence.DROPPED:
            _cancel(self.grace)
            self.grace = None
        if target is Presence.GONE:
            _cancel(self.expiry)
            self.expiry = None
            self._backlog.clear()

    def send(self, message: messages.ServerMessage) -> None:
        """Send a message, or keep it until the lost connection is back."""
        if self._presence is Presence.DROPPED:
            if not isinstance(message, _RETOLD) and len(self._backlog) < _MAX_BACKLOG:
                self._backlog.append(message)
        else:
            self.connection.send(message)

    def take_backlog(self) -> Sequence[messages.ServerMessage]:
        """Return what was kept, once."""
        backlog, self._backlog = self._backlog, []
        return backlog

    def describe(self) -> messages.Participant:
        """Return how the others see him."""
        return messages.Participant(
            id=self.id,
            name=self.name,
            moderator=self.moderator,
            audio=self.audio,
            video=self.video,
            screen=self.screen,
            stage=self.stage,
            hand=self.hand,
        )


def clean_name(name: str) -> str:
    """Return a display name without what could disturb the text around it."""
    # Cc and Cf: control characters, and marks that turn the direction of a whole line.
    visible = "".join(
        " " if c.isspace() else c for c in name if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return " ".join(visible.split()) or "Guest"


def _cancel(handle: Handle | None) -> None:
    if handle is not None:
        handle.cancel()
