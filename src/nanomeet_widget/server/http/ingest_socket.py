"""`ws/ingest`: the connection by which the broadcaster's page sends the stage."""

from __future__ import annotations

from nanomeet_widget.server.access import Standing
from nanomeet_widget.server.broadcast.broadcast import Broadcast
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.sockets import NORMAL, Socket
from nanomeet_widget.server.protocol import common, frames, ingest, meeting


class IngestSocket(Socket):
    """The sender's connection: the ingest ticket first, then frames."""

    largest = frames.MAX_FRAME
    # At 60 pictures a second and audio packets of 10 ms, 160 frames a second.
    messages_burst = 2000
    messages_rate = 500
    unsent = 64 * 1024

    _broadcast: Broadcast | None = None

    def initialize(self, core: Core) -> None:
        """Store the server's parts.

        Parameters
        ----------
        core : Core
            The server's parts.
        """
        super().initialize(core)
        self._sender = SocketSender(self)

    def on_text(self, message: str) -> None:
        """Handle the ingest ticket, then the page's reports.

        Parameters
        ----------
        message : str
            The text frame.
        """
        request = ingest.decode(message)
        self.greeted = True
        if isinstance(request, ingest.IngestBehind):
            self._fall_behind(request)
        else:
            self._admit(request)

    def _fall_behind(self, message: ingest.IngestBehind) -> None:
        if self._broadcast is None:
            self.reject("protocol", "The ingest ticket must come first.")
        else:
            self._broadcast.fall_behind(self._sender, message.behind)

    def _admit(self, request: ingest.IngestOpen) -> None:
        broadcast = self.core.broadcasts.by_ingest_ticket(request.ticket)
        if self._broadcast is not None:
            self.reject("protocol", "This connection already has an ingest ticket.")
        elif request.v != common.VERSION:
            self.reject(
                "protocol",
                "The page and the server use different protocol versions. Reload the page.",
            )
        elif broadcast is None:
            self.reject("protocol", "This ingest ticket is wrong or expired.")
        elif not self.counted_as(Standing.ADMITTED):
            return
        elif not broadcast.attach(self._sender, request.clock):
            self.reject("protocol", "This ingest ticket is already in use.")
        else:
            self._broadcast = broadcast

    def on_bytes(self, message: bytes) -> None:
        """Pass a frame to the broadcast.

        Parameters
        ----------
        message : bytes
            The frame's bytes.
        """
        if self._broadcast is None:
            self.reject("protocol", "The ingest ticket must come first.")
        else:
            self._broadcast.receive(self._sender, message)

    def reject(self, kind: meeting.ByeKind, message: str) -> None:
        """Say what was wrong, and close the connection.

        Parameters
        ----------
        kind : ByeKind
            The reason, as pages know it.
        message : str
            The reason, in plain words.
        """
        del kind
        self._sender.close(ingest.IngestEnded(reason=message, failed=True))

    def on_close(self) -> None:
        """Tell the broadcast."""
        super().on_close()
        self.lost()

    def lost(self) -> None:
        """Tell the broadcast that its sender is gone; it may return."""
        if self._broadcast is not None:
            self._broadcast.detach(self._sender)


class SocketSender:
    """A broadcast's `Sender` over a WebSocket.

    Parameters
    ----------
    socket : IngestSocket
        The WebSocket.
    """

    def __init__(self, socket: IngestSocket) -> None:
        self._socket = socket

    def send(self, message: ingest.IngestServerMessage) -> None:
        """Send a message.

        Parameters
        ----------
        message : IngestServerMessage
            The message.
        """
        self._socket.tell(message)

    def close(self, farewell: ingest.IngestEnded) -> None:
        """Say why, and close the connection.

        Parameters
        ----------
        farewell : IngestEnded
            The last message.
        """
        self._socket.tell(farewell)
        self._socket.close(NORMAL, "ended")
