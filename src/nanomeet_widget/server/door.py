"""The door of a room: who may come in, who waits, who is sent away."""

from __future__ import annotations

from enum import Enum

from nanomeet_widget.server import messages, passwords
from nanomeet_widget.server.guesses import Guesses
from nanomeet_widget.server.participants import Participant
from nanomeet_widget.server.settings import Settings
from nanomeet_widget.server.timers import Timers


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
        self._guesses = Guesses(timers)
        self._right = passwords.Remembered()

    def check(self, newcomer: Participant, join: messages.Join, *, address: str) -> Verdict:
        """Decide, and tell those who stay out why.

        Parameters
        ----------
        newcomer
            Who wants to come in.
        join
            What their page said.
        address
            Where it came from.
        """
        connection = newcomer.connection
        if not self.is_open_to(newcomer):
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
        return self._check_password(newcomer, join, address)

    def is_open_to(self, newcomer: Participant) -> bool:
        """Return whether a person may come in at all; tell one who was removed."""
        if newcomer.claims.jti not in self._settings.kicked:
            return True
        newcomer.connection.close(
            messages.Bye(kind="kicked", message="A moderator has sent you out of this room.")
        )
        return False

    def _check_password(self, newcomer: Participant, join: messages.Join, address: str) -> Verdict:
        connection = newcomer.connection
        guesser = (newcomer.claims.jti, address, newcomer.identity)
        if join.password is None:
            if self._settings.lobby:
                return Verdict.WAITS
            connection.send(messages.PasswordRequired(wrong=False))
        elif not self._guesses.may(*guesser):
            connection.send(
                messages.Error(
                    kind="too_many_attempts",
                    message="Too many wrong passwords: wait a moment and try again.",
                )
            )
        elif self._right.matches(join.password, self._settings.password):
            return Verdict.IN
        else:
            self._guesses.was_wrong(*guesser)
            connection.send(messages.PasswordRequired(wrong=True))
        return Verdict.STAYS_OUT
