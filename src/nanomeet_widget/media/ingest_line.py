"""The worker's connection to the ingest socket: opens with the ticket, comes back after a loss.

It does what a page does (`js/src/composer/ingest-socket.ts`).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from tornado import iostream, websocket

from nanomeet_widget import _json, _sockets
from nanomeet_widget._attempts import Attempts
from nanomeet_widget.server.protocol import common, ingest
from nanomeet_widget.server.protocol.frames import Frame, Track

#: Seconds for which the server keeps the session of a lost connection.
_GRACE = 5.0
#: Seconds before each attempt to come back; the last repeats. Up to `_JITTER` of it is added.
_DELAYS = (0.125, 0.25, 0.5)
_JITTER = 1.0
#: Seconds: a connection that takes no data for so long is dead.
_STALLED, _CHECK = 3.0, 0.5
#: Bytes that the system may keep for a slow line: what waits there cannot be dropped any more.
_SEND_BUFFER = 64 * 1024
#: Packets of sound that may wait: half a second.
_MAX_SOUND = 50

_decode = _json.guarded(msgspec.json.Decoder(ingest.IngestServerMessage).decode)


@dataclass(frozen=True)
class Ending:
    """Why the connection has ended for good."""

    reason: str
    failed: bool


class IngestLine:
    """A connection to the ingest socket, over as many WebSockets as it takes.

    Parameters
    ----------
    url, origin, ticket : str
        The socket, the server's own origin, and the ingest ticket.
    trust : ssl.SSLContext or None
        What the server's certificate is checked with.
    on_ready : callable
        The server wants set-ups, and then a keyframe. Also after each return.
    on_keyframe : callable
        The server wants a keyframe.
    on_drained : callable
        Nothing waits any longer.
    """

    def __init__(
        self,
        *,
        url: str,
        origin: str,
        ticket: str,
        trust: ssl.SSLContext | None,
        on_ready: Callable[[], None],
        on_keyframe: Callable[[], None],
        on_drained: Callable[[], None],
    ) -> None:
        self._url, self._origin, self._ticket, self._trust = url, origin, ticket, trust
        self._on_ready, self._on_keyframe, self._on_drained = on_ready, on_keyframe, on_drained
        self._socket: websocket.WebSocketClientConnection | None = None
        self._over: asyncio.Future[Ending | None] | None = None
        self._ready = False
        self._waiting: deque[tuple[Track, bytes]] = deque()
        self._writing = False
        self._progress = 0.0
        self._finishing = False
        self._drained: asyncio.Future[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether the server takes frames now."""
        return self._ready

    @property
    def waiting(self) -> bool:
        """Whether anything has not been taken by the system yet."""
        return self._writing or bool(self._waiting)

    def send(self, frame: Frame) -> int:
        """Send a frame, after those that wait.

        Parameters
        ----------
        frame : Frame
            The frame; sound is dropped if too much of it waits.

        Returns
        -------
        int
            Its size in bytes; 0 if it is dropped.
        """
        if not self._ready:
            return 0
        if frame.track is Track.AUDIO and len(self._waiting) >= _MAX_SOUND:
            return 0
        data = frame.encode()
        self._waiting.append((frame.track, data))
        self._write()
        return len(data)

    def tell_behind(self, behind: ingest.Behind | None) -> None:
        """Report what this sender cannot keep up with.

        Parameters
        ----------
        behind : Behind or None
            What it is.
        """
        if self._ready:
            self._say(ingest.IngestBehind(behind=behind))

    async def run(self) -> Ending:
        """Connect, and stay connected, until it ends for good.

        Returns
        -------
        Ending
            Why it ended.
        """
        attempts = Attempts(_DELAYS, jitter=_JITTER)
        words = ""
        while True:
            was_ready = False
            try:
                ending = await self._attempt()
                was_ready = self._ready
            except _sockets.UNREACHABLE as error:
                ending, words = None, f" ({_sockets.words(error)})"
            finally:
                self._ready = False
                self._waiting.clear()
                self._writing = False
            if ending is not None:
                return ending
            if self._finishing:
                return Ending("It was finished.", failed=False)
            if was_ready:
                attempts.stood()
                words = ""
            if attempts.trouble >= _GRACE:
                return Ending(
                    f"The connection to the server was lost and could not be restored{words}.",
                    failed=True,
                )
            await attempts.pause()

    async def finish(self) -> None:
        """Send what waits, and close; in bounded time."""
        self._finishing = True
        if self.waiting:
            self._drained = asyncio.get_running_loop().create_future()
            await asyncio.wait({self._drained}, timeout=_sockets.FAREWELL)
        if self._over is not None and not self._over.done():
            self._over.set_result(Ending("It was finished.", failed=False))

    async def _attempt(self) -> Ending | None:
        loop = asyncio.get_running_loop()
        over: asyncio.Future[Ending | None] = loop.create_future()
        closed: asyncio.Future[None] = loop.create_future()
        self._over = over

        def receive(data: str | bytes | None) -> None:
            if data is None:
                if not closed.done():
                    closed.set_result(None)
                if not over.done():
                    over.set_result(None)
            elif not over.done():
                self._receive(over, data)

        connection = await _sockets.connect(
            self._url, origin=self._origin, trust=self._trust, receive=receive
        )
        watching = asyncio.ensure_future(self._watch(over))
        stream = connection.protocol.stream if connection.protocol is not None else None
        try:
            if stream is not None:
                stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            self._socket = connection
            self._progress = time.monotonic()
            self._say(
                ingest.IngestOpen(v=common.VERSION, ticket=self._ticket, clock=microseconds())
            )
            return await over
        finally:
            watching.cancel()
            self._socket = None
            await _sockets.end(
                connection, closed, within=_sockets.FAREWELL if self._finishing else 0
            )

    def _receive(self, over: asyncio.Future[Ending | None], data: str | bytes) -> None:
        try:
            message = _decode(data)
        except _json.NotJsonError:
            return  # a newer server may say more
        if isinstance(message, ingest.IngestReady):
            self._ready = True
            self._on_ready()
        elif isinstance(message, ingest.KeyframeWanted):
            self._on_keyframe()
        elif isinstance(message, ingest.IngestEnded):
            over.set_result(Ending(message.reason, failed=message.failed))

    async def _watch(self, over: asyncio.Future[Ending | None]) -> None:
        """Give a connection up that takes nothing, or on which the server says nothing at first."""
        while True:
            await asyncio.sleep(_CHECK)
            if self._ready and not self.waiting:
                self._progress = time.monotonic()
            patience = _STALLED if self._ready else _sockets.OPEN
            if time.monotonic() - self._progress > patience and not over.done():
                over.set_result(None)

    def _write(self) -> None:
        if self._writing or self._socket is None or not self._waiting:
            return
        self._writing = True
        connection = self._socket
        _, data = self._waiting.popleft()
        try:
            written = asyncio.ensure_future(connection.write_message(data, binary=True))
        except (websocket.WebSocketClosedError, iostream.StreamClosedError):
            self._writing = False
            return
        written.add_done_callback(lambda done: self._written(done, connection))

    def _written(
        self, done: asyncio.Future[None], connection: websocket.WebSocketClientConnection
    ) -> None:
        failed = done.cancelled() or done.exception() is not None
        if connection is not self._socket:
            return
        self._writing = False
        if failed:
            return  # the connection itself says that it is lost
        self._progress = time.monotonic()
        if self._waiting:
            self._write()
            return
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._on_drained()

    def _say(self, message: common.Message) -> None:
        if self._socket is not None:
            _sockets.write(self._socket, common.encode(message))


def microseconds() -> int:
    """Return the clock of pictures and sound, which all processes of this machine share."""
    return time.perf_counter_ns() // 1000
