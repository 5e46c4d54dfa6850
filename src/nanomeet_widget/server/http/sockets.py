"""What all WebSockets share: the origin check, limits, pings, and a reason before closing."""

from __future__ import annotations

import logging
from typing import ClassVar

import msgspec
from tornado import iostream, web, websocket

from nanomeet_widget import _json
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server.access import Place, Standing
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.handlers import Handler
from nanomeet_widget.server.http.outbox import Outbox
from nanomeet_widget.server.http.socket_pipe import SocketPipe
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.protocol.messages import text_messages
from nanomeet_widget.server.timers import Alarm
from nanomeet_widget.server.token_bucket import TokenBucket

logger = logging.getLogger("nanomeet")

_PING = 10.0
#: Seconds in which a page that is there answers a ping.
_SILENT = _PING + 2.0
NORMAL, GOING_AWAY, POLICY = 1000, 1001, 1008
#: The close code of a page that did not read what it was sent; it may connect again (RFC 6455, 7.4.2,
#: and IANA's registry: "Try Again Later").
TRY_AGAIN = 1013
CROWDED = "Too many connections from your network address."
#: Messages that may be on their way when a connection is closed. Cutting it off sooner could take the reason
#: away before the page has read it.
_MAX_IGNORED = 1000


class Socket(Handler, websocket.WebSocketHandler):
    """The base of the server's WebSockets.

    Messages within the limits are passed to a subclass's `on_text` and `on_bytes`.
    """

    #: Bytes of the largest message, and messages at once and a second; None for the configured limits.
    largest: ClassVar[int | None] = None
    messages_burst: ClassVar[float | None] = None
    messages_rate: ClassVar[float | None] = None
    #: Bytes that may wait to be sent; None for the configured limit.
    unsent: ClassVar[int | None] = None
    #: Whether the page has sent its first message, for which time is limited.
    greeted = False

    def initialize(self, core: Core) -> None:
        """Store the server's parts.

        Parameters
        ----------
        core : Core
            The server's parts.
        """
        super().initialize(core)
        self._deadline = Alarm(core.timers)
        self._ignored = 0
        #: When the page was last heard, on the event loop's clock.
        self._heard = core.timers.time()
        self._line: iostream.IOStream | None = None
        self._place: Place | None = None
        limits = core.config.limits
        self._allowance = TokenBucket(
            burst=self.messages_burst or limits.message_burst,
            rate=self.messages_rate or limits.message_rate,
            now=core.timers.time(),
        )
        self._outbox = Outbox(
            SocketPipe(self),
            most=self.unsent or limits.unsent,
            timers=core.timers,
            on_overdue=self.overdue,
        )

    def check_origin(self, origin: str) -> bool:
        """Accept this server's own pages, and those of allowed origins.

        Parameters
        ----------
        origin : str
            The page's origin.

        Returns
        -------
        bool
            True.

        Raises
        ------
        tornado.web.HTTPError
            403, naming the setting that allows another origin.
        """
        own = self.core.origin
        if not self.core.access.may_connect(origin, host=self.request.host, own=own):
            _, origins = self.core.config.naming
            raise web.HTTPError(
                403, reason=f"Pages of this origin may not open a WebSocket here: see {origins}"
            )
        return True

    @property
    def ping_interval(self) -> float:
        """Seconds between two pings; the connection of a page that does not answer is closed."""
        return _PING

    @property
    def ping_timeout(self) -> float:
        """Seconds that a page has to answer a ping."""
        return _PING

    @property
    def max_message_size(self) -> int:
        """Bytes of the largest message."""
        return self.largest or self.core.config.limits.message_size

    def open(self, *_: str) -> None:
        """Start the time limit for the first message."""
        self.set_nodelay(True)
        self._line = self.ws_connection.stream if self.ws_connection is not None else None
        access = self.core.access
        self._place = access.enter(access.address(self.request), self.turn_away)
        patience = self.core.config.patience.first_message
        self._deadline.set(patience, self._late)

    def on_pong(self, data: bytes) -> None:
        """Note that the page answers pings.

        Parameters
        ----------
        data : bytes
            What the ping said.
        """
        super().on_pong(data)
        self._heard = self.core.timers.time()

    @property
    def silent(self) -> float:
        """Seconds since the page was last heard, if that is too long for a page that was there; else 0."""
        silent = self.core.timers.time() - self._heard
        return silent if silent > _SILENT else 0.0

    def on_message(self, message: str | bytes) -> None:
        """Pass a message on if it is within the limits.

        Parameters
        ----------
        message : str or bytes
            The text or binary frame.
        """
        self._heard = self.core.timers.time()
        if self.ws_connection is None:
            self._ignore()
            return
        self.core.counts.messages += 1
        if not self._allowance.take(1, now=self.core.timers.time()):
            self.reject("too_many_messages", "Too many messages in a short time.")
            return
        try:
            if isinstance(message, bytes):
                self.on_bytes(message)
            else:
                self.on_text(message)
        except _json.NotJsonError as error:
            self.reject("protocol", f"This message is invalid: {error}")
        except NanoMeetError as error:
            self.reject("protocol", str(error))
        except Exception as error:  # noqa: BLE001 - logged and counted
            # A fault of the server ends at most this connection.
            self.note_fault(error)
            self.reject("protocol", "The server could not handle a message.")

    def _ignore(self) -> None:
        """Ignore what was on its way when the connection was closed, but not without end."""
        self._ignored += 1
        if self._ignored > _MAX_IGNORED and self._line is not None:
            self._line.close()

    def on_text(self, message: str) -> None:
        """Handle a text message.

        Parameters
        ----------
        message : str
            The text frame.
        """
        raise NotImplementedError

    def on_bytes(self, message: bytes) -> None:
        """Handle a binary message.

        Parameters
        ----------
        message : bytes
            The binary frame.
        """
        del message
        self.reject("protocol", "Binary messages are not accepted here.")

    def counted_as(self, standing: Standing) -> bool:
        """Count the connection as something else, or turn it away.

        Parameters
        ----------
        standing : Standing
            As what.

        Returns
        -------
        bool
            False if its network has no such place left.
        """
        if self._place is not None and self._place.become(standing):
            return True
        self.turn_away()
        return False

    def turn_away(self) -> None:
        """Close a connection for which there is no place."""
        self.core.counts.turned_away += 1
        self.reject("protocol", CROWDED)

    def note_fault(self, error: Exception) -> None:
        """Log and count an exception that is a fault of the server.

        Parameters
        ----------
        error : Exception
            The exception.
        """
        self.core.counts.faults += 1
        logger.error("%s failed", self.request.path, exc_info=error)

    def reject(self, kind: meeting.ByeKind, message: str) -> None:
        """Say what was wrong, and close the connection.

        Parameters
        ----------
        kind : ByeKind
            The reason, as pages know it.
        message : str
            The reason, in plain words.
        """
        raise NotImplementedError

    def on_close(self) -> None:
        """Stop the time limit, drop what was not sent, and no longer count the connection."""
        self._outbox.close()
        if self._place is not None:
            self._place.leave()
        self._deadline.cancel()

    def tell(self, message: msgspec.Struct) -> None:
        """Send a message; the connection of a page that does not read is closed.

        Parameters
        ----------
        message : msgspec.Struct
            The message.
        """
        self._outbox.push(text_messages.encode(message))

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Send what waits, then close.

        Parameters
        ----------
        code, reason
            As tornado has them.
        """
        self._outbox.flush()
        super().close(code, reason)

    def overdue(self) -> None:
        """Close the connection of a page that does not read, without what waited for it."""
        if self.ws_connection is None:
            return
        self.core.counts.overdue += 1
        self._outbox.close()
        self.close(TRY_AGAIN, "too_slow")
        # The page may never read that, and its place does not wait for it. Not in the midst of a message
        # to everyone.
        self.core.timers.call_later(0, self.lost)

    def lost(self) -> None:
        """Hear that the page is gone; called again when the connection has closed."""

    def _late(self) -> None:
        if not self.greeted:
            self.reject("protocol", "The first message did not arrive in time.")
