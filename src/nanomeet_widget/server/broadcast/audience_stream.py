"""A stream that is not public: each of its viewers has a ticket of his own."""

from __future__ import annotations

import secrets

from nanomeet_widget.server.broadcast.stream import Stream, Viewer
from nanomeet_widget.server.timers import Timers


class AudienceStream(Stream):
    """A channel that nobody joins without a ticket.

    A ticket is one person's, and good for one viewer at a time: who passes it on gives away his
    own place. It is worth nothing any more once it is revoked, and whoever watches with it is
    sent away.

    Parameters
    ----------
    timers, cache
        As a `Stream` has them.
    """

    def __init__(self, *, timers: Timers, cache: int) -> None:
        super().__init__(secrets.token_urlsafe(24), timers=timers, cache=cache)
        self._tickets: dict[str, str] = {}
        self._admitted: dict[str, Viewer] = {}

    def issue(self, holder: str) -> str:
        """Return somebody's ticket; it stays the same until it is revoked."""
        if holder not in self._tickets:
            self._tickets[holder] = secrets.token_urlsafe(32)
        return self._tickets[holder]

    def admit(self, ticket: str, viewer: Viewer) -> bool:
        """Add a viewer if the ticket is good; whoever watched with it before is sent away."""
        holder = self._holder(ticket)
        if holder is None:
            return False
        self._dismiss(holder)
        self._admitted[holder] = viewer
        self.join(viewer)
        return True

    def revoke(self, holder: str) -> None:
        """Take somebody's ticket away."""
        self._tickets.pop(holder, None)
        self._dismiss(holder)

    def end(self, *, vod: str | None) -> None:
        """Tell the viewers that it is over, and send them away."""
        super().end(vod=vod)
        for holder in tuple(self._tickets):
            self.revoke(holder)

    def _holder(self, ticket: str) -> str | None:
        found = None
        # All of them: how long it takes says nothing about any.
        for holder, issued in self._tickets.items():
            if secrets.compare_digest(issued.encode(), ticket.encode()):
                found = holder
        return found

    def _dismiss(self, holder: str) -> None:
        viewer = self._admitted.pop(holder, None)
        if viewer is not None:
            self.leave(viewer)
            viewer.dismiss("This ticket is not good for watching any more.")
