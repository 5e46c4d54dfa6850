"""Whoever comes with a token that is revoked, by whichever server of the data folder, has to go."""

from __future__ import annotations

from nanomeet_widget.server.rooms.rooms import Rooms
from nanomeet_widget.server.store.token_records import TokenRecords
from nanomeet_widget.server.timers import Handle, Timers

#: Seconds between two looks: nobody stays for a whole one.
_EVERY = 0.5


class RevocationWatch:
    """Sends out whose tokens were revoked.

    Parameters
    ----------
    tokens
        Where revocations are noted, by every server that shares the data folder.
    rooms
        Who is where.
    timers
        The event loop.
    """

    def __init__(self, tokens: TokenRecords, *, rooms: Rooms, timers: Timers) -> None:
        self._tokens = tokens
        self._rooms = rooms
        self._timers = timers
        # Those of the past are refused at the door.
        self._number, _ = tokens.revoked_after(0)
        self._next: Handle = timers.call_later(_EVERY, self._look)

    def close(self) -> None:
        """Look no more."""
        self._next.cancel()

    def _look(self) -> None:
        self._next = self._timers.call_later(_EVERY, self._look)
        self._number, revoked = self._tokens.revoked_after(self._number)
        if revoked:
            self._rooms.send_out(revoked)
