"""The stream of a broadcast: public, or with a watch ticket for the viewers of a private one."""

from __future__ import annotations

import secrets

from nanomeet_widget.server.broadcast.stream import Viewer
from nanomeet_widget.server.broadcast.ticketed_stream import TicketedStream
from nanomeet_widget.server.timers import Timers


class BroadcastStream(TicketedStream):
    """A named stream, which one broadcast after the other uses.

    While it has a watch ticket it is private, and viewers need that ticket: all of them the same. A program
    that reads the stage has a personal ticket, public or not.

    Parameters
    ----------
    name : str
        The stream's name.
    timers, cache
        As `Stream` has them.
    vod : str, optional
        The address of the last broadcast's recording, if there is one.
    """

    def __init__(self, name: str, *, timers: Timers, cache: int, vod: str | None = None) -> None:
        super().__init__(name, timers=timers, cache=cache, vod=vod)
        self._watch_ticket: str | None = None
        #: Whether it exists: it is or was broadcast, or a token allows to. Others may only wait for it.
        self.known = vod is not None

    @property
    def public(self) -> bool:
        """Whether anyone may watch."""
        return self._watch_ticket is None

    @property
    def viewers(self) -> int:
        """How many viewers there are; the programs that read the stage are none."""
        return super().viewers - self.holders

    def protect(self, watch_ticket: str | None) -> None:
        """Make the stream private, or public; call it before a broadcast begins.

        Parameters
        ----------
        watch_ticket : str or None
            The ticket that viewers need from now on, and without which those present are dismissed;
            None makes the stream public.
        """
        if watch_ticket == self._watch_ticket:
            return
        self._watch_ticket = watch_ticket
        if watch_ticket is not None:
            self.dismiss_all("This broadcast is private. Open its link to watch.")

    def admit(self, watch_ticket: str | None, viewer: Viewer) -> bool:
        """Add a viewer if they may watch.

        Parameters
        ----------
        watch_ticket : str or None
            What the viewer presents; a public stream takes none.
        viewer : Viewer
            The viewer.

        Returns
        -------
        bool
            Whether the viewer was added.
        """
        if super().admit(watch_ticket, viewer):
            return True
        if not self.opens(watch_ticket):
            return False
        self.join(viewer)
        return True

    def opens(self, watch_ticket: str | None) -> bool:
        """Return whether a viewer may watch.

        Parameters
        ----------
        watch_ticket : str or None
            As `admit` has it.
        """
        if self.reserved(watch_ticket):
            return True
        if self._watch_ticket is None:
            return watch_ticket is None
        return secrets.compare_digest(self._watch_ticket.encode(), (watch_ticket or "").encode())
