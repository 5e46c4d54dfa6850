"""A stream for which each viewer has a ticket of their own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from nanomeet_widget.server.broadcast.stream import Stream, Viewer
from nanomeet_widget.server.timers import Timers


@dataclass(kw_only=True, eq=False)
class _Ticket:
    """A holder's ticket, and the viewer that it has admitted."""

    secret: str
    on_viewer: Callable[[bool], None] | None
    viewer: Viewer | None = None


class TicketedStream(Stream):
    """A stream that viewers join with personal tickets.

    A ticket belongs to one holder and admits one viewer at a time: a second viewer replaces the first.
    Revoking it dismisses the viewer.

    Parameters
    ----------
    name : str, optional
        The stream's name; a random one by default.
    timers, cache, vod
        As `Stream` has them.
    """

    def __init__(
        self, name: str | None = None, *, timers: Timers, cache: int, vod: str | None = None
    ) -> None:
        super().__init__(name or secrets.token_urlsafe(24), timers=timers, cache=cache, vod=vod)
        self._tickets: dict[str, _Ticket] = {}

    @property
    def holders(self) -> int:
        """How many holders of personal tickets watch."""
        return sum(issued.viewer is not None for issued in self._tickets.values())

    def issue(self, holder: str, on_viewer: Callable[[bool], None] | None = None) -> str:
        """Return a holder's ticket; it stays the same until it is revoked.

        Parameters
        ----------
        holder : str
            The ID of a participant, or of what watches for them.
        on_viewer : callable, optional
            Called with True when the ticket admits a viewer, and with False when that viewer leaves. The
            ticket's first issue decides.

        Returns
        -------
        str
            The ticket.
        """
        if holder not in self._tickets:
            self._tickets[holder] = _Ticket(secret=secrets.token_urlsafe(32), on_viewer=on_viewer)
        return self._tickets[holder].secret

    def admit(self, ticket: str | None, viewer: Viewer) -> bool:
        """Add a viewer if the ticket is valid; the ticket's previous viewer is dismissed.

        Parameters
        ----------
        ticket : str or None
            What the viewer presents.
        viewer : Viewer
            The viewer.

        Returns
        -------
        bool
            Whether the viewer was added.
        """
        issued = self._find(ticket)
        if issued is None:
            return False
        self._dismiss(issued)
        issued.viewer = viewer
        self.join(viewer)
        if issued.on_viewer is not None:
            issued.on_viewer(True)
        return True

    def opens(self, ticket: str | None) -> bool:
        """Return whether a ticket is valid.

        Parameters
        ----------
        ticket : str or None
            What a viewer presents.
        """
        return self.reserved(ticket)

    def reserved(self, ticket: str | None) -> bool:
        """Return whether a ticket is a personal one, for whose holder there always is a place.

        Parameters
        ----------
        ticket : str or None
            What a viewer presents.
        """
        return self._find(ticket) is not None

    def leave(self, viewer: Viewer) -> None:
        """Remove a viewer; one that has left already stays so.

        Parameters
        ----------
        viewer : Viewer
            The viewer.
        """
        held = [issued for issued in self._tickets.values() if issued.viewer is viewer]
        for issued in held:
            issued.viewer = None
        super().leave(viewer)
        for issued in held:
            if issued.on_viewer is not None:
                issued.on_viewer(False)

    def revoke(self, holder: str) -> None:
        """Revoke a holder's ticket, and dismiss its viewer.

        Parameters
        ----------
        holder : str
            As in `issue`.
        """
        issued = self._tickets.pop(holder, None)
        if issued is not None:
            self._dismiss(issued)

    def end(self, *, vod: str | None) -> None:
        """Tell the viewers that the stream has ended, and dismiss those with personal tickets.

        Parameters
        ----------
        vod : str or None
            As in `Stream.end`.
        """
        super().end(vod=vod)
        for holder in tuple(self._tickets):
            self.revoke(holder)

    def _find(self, ticket: str | None) -> _Ticket | None:
        found = None
        given = (ticket or "").encode()
        # Compare with all of them, so that the time taken reveals nothing.
        for issued in self._tickets.values():
            if secrets.compare_digest(issued.secret.encode(), given):
                found = issued
        return found

    def _dismiss(self, issued: _Ticket) -> None:
        viewer, issued.viewer = issued.viewer, None
        if viewer is not None:
            super().leave(viewer)
            viewer.dismiss("This ticket is no longer valid.")
