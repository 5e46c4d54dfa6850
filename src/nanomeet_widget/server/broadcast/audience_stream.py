"""The stream that shows a room's stage to its audience: each participant has an audience ticket."""

from __future__ import annotations

import secrets

from nanomeet_widget.server.broadcast.stream import Stream, Viewer
from nanomeet_widget.server.timers import Timers


class AudienceStream(Stream):
    """A stream with a random name that viewers join with an audience ticket.

    An audience ticket belongs to one participant and admits one viewer at a time: a second viewer
    replaces the first. Revoking it dismisses the viewer.

    Parameters
    ----------
    timers, cache
        As `Stream` has them.
    """

    def __init__(self, *, timers: Timers, cache: int) -> None:
        super().__init__(secrets.token_urlsafe(24), timers=timers, cache=cache)
        self._tickets: dict[str, str] = {}
        self._admitted: dict[str, Viewer] = {}

    def issue(self, holder: str) -> str:
        """Return a participant's audience ticket; it stays the same until it is revoked.

        Parameters
        ----------
        holder : str
            The participant's ID.

        Returns
        -------
        str
            The audience ticket.
        """
        if holder not in self._tickets:
            self._tickets[holder] = secrets.token_urlsafe(32)
        return self._tickets[holder]

    def admit(self, audience_ticket: str, viewer: Viewer) -> bool:
        """Add a viewer if the ticket is valid; the ticket's previous viewer is dismissed.

        Parameters
        ----------
        audience_ticket : str
            What the viewer presents.
        viewer : Viewer
            The viewer.

        Returns
        -------
        bool
            Whether the viewer was added.
        """
        holder = self._holder(audience_ticket)
        if holder is None:
            return False
        self._dismiss(holder)
        self._admitted[holder] = viewer
        self.join(viewer)
        return True

    def opens(self, audience_ticket: str) -> bool:
        """Return whether an audience ticket is valid.

        Parameters
        ----------
        audience_ticket : str
            What a viewer presents.
        """
        return self._holder(audience_ticket) is not None

    def revoke(self, holder: str) -> None:
        """Revoke a participant's audience ticket, and dismiss its viewer.

        Parameters
        ----------
        holder : str
            The participant's ID.
        """
        self._tickets.pop(holder, None)
        self._dismiss(holder)

    def end(self, *, vod: str | None) -> None:
        """Tell the viewers that the stream has ended, and dismiss them.

        Parameters
        ----------
        vod : str or None
            As in `Stream.end`.
        """
        super().end(vod=vod)
        for holder in tuple(self._tickets):
            self.revoke(holder)

    def _holder(self, audience_ticket: str) -> str | None:
        found = None
        # Compare with all of them, so that the time taken reveals nothing.
        for holder, issued in self._tickets.items():
            if secrets.compare_digest(issued.encode(), audience_ticket.encode()):
                found = holder
        return found

    def _dismiss(self, holder: str) -> None:
        viewer = self._admitted.pop(holder, None)
        if viewer is not None:
            self.leave(viewer)
            viewer.dismiss("This ticket is no longer valid.")
