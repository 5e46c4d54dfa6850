"""Lost connections: for how long people keep their places, and what they find when they return."""

from __future__ import annotations

from collections.abc import Callable

from nanomeet_widget.server.config import Patience
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.timers import Timers


class LostConnections:
    """Removes people from a room whose connections are not resumed in time.

    Parameters
    ----------
    timers : Timers
        The event loop.
    patience : Patience
        How long connections may be lost.
    on_dropped : callable
        Called with a person who did not reconnect in time.
    on_unloaded : callable
        Called with a person whose page is gone; they may still return as they were.
    """

    def __init__(
        self,
        timers: Timers,
        patience: Patience,
        *,
        on_dropped: Callable[[Participant], None],
        on_unloaded: Callable[[Participant], None],
    ) -> None:
        self._timers = timers
        self._patience = patience
        self._on_dropped = on_dropped
        self._on_unloaded = on_unloaded
        #: People whose pages went away a moment ago, perhaps to reload.
        self._reloading: dict[str, Participant] = {}

    def hold(self, participant: Participant, seconds: float | None = None) -> None:
        """Keep a person's place for a while.

        Parameters
        ----------
        participant : Participant
            The person; `grace` is their timer.
        seconds : float, optional
            For how long; None for `Patience.resume`.
        """
        participant.grace.set(
            self._patience.resume if seconds is None else seconds,
            lambda: self._on_dropped(participant),
        )

    def hold_for_reload(self, participant: Participant) -> None:
        """Keep a person's place for a quick reload; after a slow one they return as they were.

        Parameters
        ----------
        participant : Participant
            The person; `grace` is their timer.
        """
        participant.grace.set(self._patience.reload, lambda: self._unloaded(participant))

    def returning(self, participant_id: str) -> Participant | None:
        """Return a person as they were before a slow reload, and forget them.

        Parameters
        ----------
        participant_id : str
            Their ID.

        Returns
        -------
        Participant or None
            None if they did not leave a moment ago.
        """
        return self._reloading.pop(participant_id, None)

    def _unloaded(self, participant: Participant) -> None:
        self._on_unloaded(participant)
        self._reloading[participant.id] = participant
        self._timers.call_later(
            max(0.0, self._patience.resume - self._patience.reload),
            lambda: self._reloading.pop(participant.id, None),
        )
