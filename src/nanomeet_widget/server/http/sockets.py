"""What all WebSockets have in common: same origin, limits, pings, and a word before closing."""

from __future__ import annotations

import asyncio
import logging
from typing import ClassVar

import msgspec
from tornado import web, websocket

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.handlers import Handler
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.timers import Handle
from nanomeet_widget.server.token_bucket import TokenBucket

logger = logging.getLogger("nanomeet")

_PING = 10.0
#: Text messages that have not left the server yet; a page so far behind is dropped.
_MAX_UNSENT = 1000
NORMAL, GOING_AWAY, POLICY = 1000, 1001, 1008


class Socket(Handler, websocket.WebSocketHandler):
    """The base of the server's WebSockets.

    A subclass gets the text of each message that is within the limits in `on_text`, and each
    binary one in `on_bytes`.
    """

    #: Bytes of the largest message, and what may come at once and a second; None as configured.
    largest: ClassVar[int | None] = None
    messages_burst: ClassVar[float | None] = None
    messages_rate: ClassVar[float | None] = None
    #: Whether the page's first message has come; until then the time for it runs.
    greeted = False

    def initialize(self, core: Core) -> None:
        """Take the server's parts."""
        super().initialize(core)
        self._unsent = 0
        self._deadline: Handle | None = None
        self._address: str | None = None
        limits = core.config.limits
        self._allowance = TokenBucket(
            burst=self.messages_burst or limits.message_burst,
            rate=self.messages_rate or limits.message_rate,
            now=core.timers.time(),
        )

    def check_origin(self, origin: str) -> bool:
        """Accept our own pages, and those that were allowed.

        Raises
        ------
        tornado.web.HTTPError
            If the page is another: 403, with the setting that allows it.
        """
        own = self.core.origin
        if not self.core.access.may_connect(origin, host=self.request.host, own=own):
            _, origins = self.core.config.naming
            raise web.HTTPError(
                403, reason=f"Pages of that origin open no WebSocket here: see {origins}"
            )
        return True

    @property
    def ping_interval(self) -> float:
        """Seconds between two pings; a page that does not answer one is gone."""
        return _PING

    @property
    def ping_timeout(self) -> float:
        """Seconds in which a page has to answer a ping."""
        return _PING

    @property
    def max_message_size(self) -> int:
        """Bytes of the largest message."""
        return self.largest or self.core.config.limits.message_size

    def open(self, *_: str) -> None:
        """Start the time for the first message."""
        self.set_nodelay(True)
        self._address = self.core.access.address(self.request)
        if not self.core.access.enter(self._address):
            self.core.counts.turned_away += 1
            self.reject("protocol", "There are too many connections from your address.")
            return
        patience = self.core.config.patience.first_message
        self._deadline = self.core.timers.call_later(patience, self._late)

    def on_message(self, message: str | bytes) -> None:
        """Pass a message on, if it is within the limits."""
        self.core.counts.messages += 1
        if not self._allowance.take(1, now=self.core.timers.time()):
            self.reject("too_many_messages", "Too many messages in a short time.")
            return
        try:
            if isinstance(message, bytes):
                self.on_bytes(message)
            else:
                self.on_text(message)
        except (msgspec.DecodeError, UnicodeError) as error:
            self.reject("protocol", f"This message is not understood: {error}")
        except NanoMeetError as error:
            self.reject("protocol", str(error))
        except Exception as error:  # noqa: BLE001 - never goes unseen
            # A fault of ours ends one connection at most, never others.
            self.note_fault(error)
            self.reject("protocol", "The server could not handle a message.")

    def on_text(self, message: str) -> None:
        """Take a text message."""
        raise NotImplementedError

    def on_bytes(self, message: bytes) -> None:
        """Take a binary message."""
        del message
        self.reject("protocol", "Binary messages have no place here.")

    def note_fault(self, error: Exception) -> None:
        """Log and count an exception that is a fault of ours."""
        self.core.counts.faults += 1
        logger.error("%s failed", self.request.path, exc_info=error)

    def reject(self, kind: meeting.ByeKind, message: str) -> None:
        """Say what was wrong, and close."""
        raise NotImplementedError

    def on_close(self) -> None:
        """Stop the time for the first message, and count the connection no more."""
        if self._address is not None:
            self.core.access.leave(self._address)
            self._address = None
        if self._deadline is not None:
            self._deadline.cancel()

    def tell(self, message: msgspec.Struct) -> None:
        """Send a message; a page that does not take them is dropped."""
        if self._unsent >= _MAX_UNSENT:
            self.abort()
            return
        try:
            sent = self.write_message(common.encode(message).decode())
        except websocket.WebSocketClosedError:
            return
        self._unsent += 1
        asyncio.ensure_future(sent).add_done_callback(self._sent)

    def abort(self) -> None:
        """Drop the connection at once."""
        if self.ws_connection is not None and self.ws_connection.stream is not None:
            self.ws_connection.stream.close()

    def _sent(self, future: asyncio.Future[None]) -> None:
        self._unsent -= 1
        # Retrieved, so that a page that went away in the middle is no unhandled error.
        future.exception()

    def _late(self) -> None:
        if not self.greeted:
            self.reject("protocol", "No first message came in time.")
