"""Notices when the tokens of people in a room expire."""

from __future__ import annotations

from collections.abc import Callable

from nanomeet_widget._tokens import LEEWAY
from nanomeet_widget.server.rooms.participant import Participant

#: Seconds between two checks: computers sleep, and timers with them.
_CHECK_EVERY = 30.0


class TokenExpiry:
    """Watches the tokens of a room's people.

    Parameters
    ----------
    now : callable
        Seconds since the epoch.
    on_expired : callable
        Called with each person whose token has expired.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        on_expired: Callable[[Participant], None],
    ) -> None:
        self._now = now
        self._on_expired = on_expired

    def watch(self, participant: Participant) -> None:
        """Watch a person's token until they are gone.

        Parameters
        ----------
        participant : Participant
            The person; `expiry` is their timer.
        """
        participant.expiry.set(
            max(0.0, min(self._left(participant), _CHECK_EVERY)), lambda: self._check(participant)
        )

    def _check(self, participant: Participant) -> None:
        if self._left(participant) > 0:
            self.watch(participant)
        else:
            self._on_expired(participant)

    def _left(self, participant: Participant) -> float:
        return participant.claims.expiration.timestamp() + LEEWAY - self._now()
