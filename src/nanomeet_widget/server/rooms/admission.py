"""Admission to a room: who may enter, who waits in the lobby, who is refused."""

from __future__ import annotations

from enum import Enum

from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms import passwords
from nanomeet_widget.server.rooms.guesses import Guesses
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.removals import Removals
from nanomeet_widget.server.store.room_settings import Settings
from nanomeet_widget.server.timers import Timers

REMOVED = meeting.Bye(kind="kicked", message="A moderator removed you from this meeting.")
#: For people whose link was removed together with another person.
REMOVED_WITH_LINK = meeting.Bye(
    kind="kicked",
    message="A moderator removed the link that you joined with. Ask a moderator for a new invite.",
)
_STAYS_REMOVED = meeting.Bye(
    kind="kicked",
    message="A moderator removed you, or the link that you use, from this meeting.",
)
_ADDRESS_REMOVED = meeting.Bye(
    kind="kicked", message="A moderator blocked your network address from this meeting."
)


class Verdict(Enum):
    """The outcome for a newcomer."""

    IN = "in"
    WAITS = "waits"
    #: They were told why; their connection is closed, or open for another `Join`.
    STAYS_OUT = "stays out"


class Admission:
    """Decides who gets in.

    Parameters
    ----------
    settings : Settings
        The room's settings.
    removals : Removals
        The people who are kept out.
    timers : Timers
        The event loop.
    """

    def __init__(self, settings: Settings, removals: Removals, timers: Timers) -> None:
        self._settings = settings
        self._removals = removals
        self._guesses = Guesses(timers)
        self._right = passwords.Remembered()

    def set_password(self, password: str) -> None:
        """Set the room's password.

        Parameters
        ----------
        password : str
            The password; an empty one removes it.
        """
        self._settings.password = passwords.hash_password(password) if password else ""
        self._right.remember(password, self._settings.password)

    def check(self, newcomer: Participant, join: meeting.Join) -> Verdict:
        """Decide, and tell a newcomer who stays out why.

        Parameters
        ----------
        newcomer : Participant
            The newcomer.
        join : Join
            How the page introduced itself.

        Returns
        -------
        Verdict
            Whether they enter, wait in the lobby, or stay out.
        """
        connection = newcomer.connection
        if not self.is_open_to(newcomer):
            return Verdict.STAYS_OUT
        if newcomer.moderator:
            return Verdict.IN
        if self._settings.closed:
            connection.close(
                meeting.Bye(
                    kind="room_closed",
                    message="A moderator has locked this room. Try again later.",
                    retry=True,
                )
            )
            return Verdict.STAYS_OUT
        if not self._settings.password:
            return Verdict.WAITS if self._settings.lobby else Verdict.IN
        return self._check_password(newcomer, join)

    def is_open_to(self, newcomer: Participant) -> bool:
        """Return whether a person was not removed; one who was is told so.

        Parameters
        ----------
        newcomer : Participant
            The newcomer.
        """
        if self._removals.refuse(newcomer):
            newcomer.connection.close(_STAYS_REMOVED)
            return False
        if self._removals.refuse_address(newcomer):
            newcomer.connection.close(_ADDRESS_REMOVED)
            return False
        return True

    def _check_password(self, newcomer: Participant, join: meeting.Join) -> Verdict:
        connection = newcomer.connection
        guesser = (newcomer.claims.jti, newcomer.address, newcomer.identity)
        if join.password is None:
            if self._settings.lobby:
                return Verdict.WAITS
            connection.send(meeting.PasswordRequired(wrong=False))
        elif not self._guesses.may(*guesser):
            connection.send(
                common.Error(
                    kind="too_many_attempts",
                    message="Too many wrong passwords. Wait a moment, then try again.",
                )
            )
        elif self._right.matches(join.password, self._settings.password):
            return Verdict.IN
        else:
            self._guesses.was_wrong(*guesser)
            connection.send(meeting.PasswordRequired(wrong=True))
        return Verdict.STAYS_OUT
