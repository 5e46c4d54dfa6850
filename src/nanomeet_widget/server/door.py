"""The door of a room: who may come in, who waits, who is sent away."""

from __future__ import annotations

from enum import Enum

from nanomeet_widget.server import messages, passwords
from nanomeet_widget.server.limits import TokenBucket
from nanomeet_widget.server.participants import Participant
from nanomeet_widget.server.settings import Settings
from nanomeet_widget.server.timers import Timers

_GUESSES = 10
_GUESSES_BACK = 0.2


class Verdict(Enum):
    """What becomes of somebody at the door."""

    IN = "in"
    WAITS = "waits"
    #: He has been told why; his connection is closed, or open for another `Join`.
    STAYS_OUT = "stays out"


class Door:
    """Decides who gets in.

    Parameters
    ----------
    settings
        The room's.
    timers
        The event loop.
    """

    def __init__(self, settings: Settings, timers: Timers) -> None:
        self._settings = settings
        self._timers = timers
        self._guesses = TokenBucket(burst=_GUESSES, rate=_GUESSES_BACK, now=timers.time())

    def check(self, newcomer: Participant, join: messages.Join) -> Verdict:
        """Decide, and tell whoever stays out why."""
        connection = newcomer.connection
        if newcomer.claims.jti in self._settings.kicked:
            connection.close(
                messages.Bye(kind="kicked", message="A moderator has sent you out of this room.")
            )
            return Verdict.STAYS_OUT
        if newcomer.moderator:
            return Verdict.IN
        if self._settings.closed:
            connection.close(
                messages.Bye(
                    kind="room_closed",
                    message="A moderator has locked this room: nobody else gets in at the moment.",
                    retry=True,
                )
            )
            return Verdict.STAYS_OUT
        if not self._settings.password:
            return Verdict.WAITS if self._settings.lobby else Verdict.IN
        return self._check_password(newcomer, join)

    def _check_password(self, newcomer: Participant, join: messages.Join) -> Verdict:
        connection = newcomer.connection
        if join.password is None:
            if self._settings.lobby:
                return Verdict.WAITS
            connection.send(messages.PasswordRequired(wrong=False))
        elif not self._guesses.take(1, now=self._timers.time()):
            connection.send(
                messages.Error(
                    kind="too_many_attempts",
                    message="Too many wrong passwords in this room: wait a moment and try again.",
                )
            )
        elif passwords.matches(join.password, self._settings.password):
            return Verdict.IN
        else:
            connection.send(messages.PasswordRequired(wrong=True))
        return Verdict.STAYS_OUT
