"""Removes people whose token is revoked, by this or another server of the data folder."""

from __future__ import annotations

from nanomeet_widget.server.rooms.rooms import Rooms
from nanomeet_widget.server.store.token_records import TokenRecords
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds between two checks: a person with a revoked token leaves within one.
_EVERY = 0.5


class RevocationWatch:
    """Ends the connections of revoked tokens.

    Parameters
    ----------
    tokens : TokenRecords
        The tokens, and their revocations by every server that shares the data folder.
    rooms : Rooms
        The rooms whose connections are ended.
    timers : Timers
        The event loop.
    """

    def __init__(self, tokens: TokenRecords, *, rooms: Rooms, timers: Timers) -> None:
        self._tokens = tokens
        self._rooms = rooms
        # Earlier revocations are refused on admission.
        self._number, _ = tokens.revoked_after(0)
        self._next = Alarm(timers)
        self._next.set(_EVERY, self._look)

    def close(self) -> None:
        """Stop checking."""
        self._next.cancel()

    def _look(self) -> None:
        self._next.set(_EVERY, self._look)
        self._number, revoked = self._tokens.revoked_after(self._number)
        if revoked:
            self._rooms.send_out(revoked)
