"""Reads a stream in a thread of its own: always, so that what it hands over is new."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Generic, Literal, Protocol, TypeVar

import msgspec
from tornado import websocket

from nanomeet_widget import _json, _sockets
from nanomeet_widget._attempts import Attempts
from nanomeet_widget._server_address import Address
from nanomeet_widget.media.decoding import UndecodableError
from nanomeet_widget.server.protocol import common, frames, watch

T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

#: Seconds before each attempt to come back; the last repeats. Up to `_JITTER` of it is added.
_DELAYS = (0.0, 0.3, 1.0, 2.0)
_JITTER = 0.3
#: Seconds of trouble after which it gives up; the server keeps a reading as long.
_PATIENCE = 10.0
#: Seconds between two pings, and to the answer of one.
_PING = 5.0
_PONG = 10.0
#: All that a viewer can tell of a stream that ends, or opens to its ticket no longer.
_ENDED = "the stream has ended: it was taken back, they or you left, or another reading of yours took its place"
#: Why the server turns a viewer away who may come again.
_PASSING = frozenset({"full", "too_many_messages", "server_stopping"})
#: Seconds that a picture may be kept back because more is arriving, and the loop's turns in which
#: nothing must arrive: what the system has received takes some of them to get to the decoder.
_CATCHING_UP = 0.5
_TURNS = 5
#: Microseconds by which a picture may come before it is due; and beyond which the sender's clock is another.
_EARLY = 5_000
_ANOTHER_CLOCK = 2_000_000
#: How much of a frame's lateness is believed to last.
_DRIFT = 0.002

_logger = logging.getLogger("nanomeet_widget")

_TRACKS = {"video": frames.Track.VIDEO, "audio": frames.Track.AUDIO}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

_decode = _json.guarded(msgspec.json.Decoder(watch.WatchServerMessage).decode)


class Decoder(Protocol[R_co]):
    """Decodes one track; see `decoding`."""

    def decode(self, frame: frames.Frame) -> Iterator[R_co]:
        """Decode a frame.

        Parameters
        ----------
        frame : Frame
            The frame.

        Yields
        ------
        R_co
            What it holds; its `pts` is in microseconds.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """A stream, and what opens it."""

    stream: str
    ticket: str

    def __repr__(self) -> str:
        return "Ticket()"


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """Something that was decoded, and when it was captured."""

    item: T
    at: datetime
    #: The same in microseconds, as its sender's clock shows it.
    timestamp: int


class Reader(Generic[T]):
    """Reads one track of a stream until it is closed.

    It reads and decodes all the time, whether anything is taken or not: otherwise the network's buffers
    would fill, and what is taken would be seconds old.

    Parameters
    ----------
    address : Address
        The server's socket for viewers.
    media : {"video", "audio"}
        What is read.
    decoder : callable
        Makes a decoder of a set-up.
    put : callable
        Gets what is new, in the reading thread.
    over : callable
        Called in the reading thread with the reason when a stream is over, or cannot be read: another one
        may follow.
    fps : float, optional
        At most so many a second; None for all.
    """

    def __init__(
        self,
        *,
        address: Address,
        media: Literal["video", "audio"],
        decoder: Callable[[frames.TrackSetup], Decoder[T]],
        put: Callable[[Read[T]], object],
        over: Callable[[str], object],
        fps: float | None = None,
    ) -> None:
        self._address = address
        self._trust = address.trusted()
        self._over = over
        self._ticket: Ticket | None = None
        self._loop = asyncio.new_event_loop()
        self._decoding = _Decoding(_TRACKS[media], decoder, _Hold(self._loop, put, fps))
        self._thread = threading.Thread(target=self._run, name="nanomeet-reader", daemon=True)
        self._following: asyncio.Task[None] | None = None
        self._connection: _Connection | None = None
        self._closed = False

    def start(self) -> None:
        """Begin. There is no stream yet."""
        self._thread.start()

    def move(self, ticket: Ticket | None) -> None:
        """Read this stream from now on; from any thread.

        Parameters
        ----------
        ticket : Ticket or None
            The stream; None while there is none.
        """
        self._soon(self._move, ticket)

    def close(self) -> None:
        """Stop reading; from any thread. It does not wait for that."""
        self._soon(self._close)

    def join(self, timeout: float) -> None:
        """Wait until the thread has ended.

        Parameters
        ----------
        timeout : float
            Seconds.
        """
        self._thread.join(timeout)

    # --- in the reading thread ----------------------------------------------------------------

    def _soon(self, function: Callable[..., object], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the thread has ended
            self._loop.call_soon_threadsafe(function, *args)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def _move(self, ticket: Ticket | None) -> None:
        if self._closed:
            return
        self._drop()
        if ticket is not None:
            self._following = self._loop.create_task(self._follow(ticket))

    def _drop(self) -> None:
        if self._following is not None:
            self._following.cancel()
            self._following = None

    def _close(self) -> None:
        self._closed = True
        self._drop()
        ending = self._loop.create_task(self._end())
        ending.add_done_callback(lambda _: self._loop.stop())

    async def _end(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*left, return_exceptions=True)
        # The socket's own callbacks run in the loop's next turns.
        await asyncio.sleep(0)

    async def _follow(self, ticket: Ticket) -> None:
        """Read a stream, over as many WebSockets as it takes."""
        attempts = Attempts(_DELAYS, jitter=_JITTER)
        while True:
            self._connection = connection = _Connection(
                self._address, self._trust, self._decoding.take
            )
            try:
                ending = await connection.run(ticket)
            except UndecodableError as error:
                ending = str(error)
            except Exception as error:
                _logger.exception("reading a stream ended by a fault")
                ending = f"{type(error).__name__}: {error}"
            if ending is None and connection.arrived:
                attempts.stood()
            elif ending is None and attempts.trouble > _PATIENCE:
                ending = f"the meeting's server cannot be reached ({connection.trouble})"
            if ending is not None:
                self._over(ending)
                return
            await attempts.pause()


class _Connection:
    """One WebSocket to a stream.

    Parameters
    ----------
    address
        The server's socket for viewers.
    trust
        What the server's certificate is checked with.
    take
        Gets each frame.
    """

    def __init__(
        self,
        address: Address,
        trust: ssl.SSLContext | None,
        take: Callable[[frames.Frame], object],
    ) -> None:
        self._address = address
        self._trust = trust
        self._take = take
        self._loop = asyncio.get_running_loop()
        #: Settles with why the stream is over, or None if only the connection is.
        self._over: asyncio.Future[str | None] = self._loop.create_future()
        self._silence: asyncio.TimerHandle | None = None
        #: Whether the server has let the viewer in.
        self.arrived = False
        #: What went wrong, for the error when the reader gives up.
        self.trouble = "it closed the connection"

    async def run(self, ticket: Ticket) -> str | None:
        """Watch; return why the stream is over, or None if the connection was lost."""
        closed: asyncio.Future[None] = self._loop.create_future()

        def receive(data: str | bytes | None) -> None:
            if data is None and not closed.done():
                closed.set_result(None)
            self._receive(data)

        try:
            socket = await _sockets.connect(
                self._address.url, origin=self._address.origin, trust=self._trust, receive=receive
            )
        except _sockets.UNREACHABLE as error:
            self.trouble = _sockets.words(error)
            return None
        first = watch.Watch(v=common.VERSION, stream=ticket.stream, ticket=ticket.ticket)
        _sockets.write(socket, common.encode(first))
        self._expect_word()
        pinging = asyncio.ensure_future(self._ping(socket))
        try:
            return await self._over
        finally:
            pinging.cancel()
            self._hush()
            await _sockets.end(socket, closed, within=0)

    def _receive(self, data: str | bytes | None) -> None:
        if self._over.done():
            return
        if data is None:
            self._over.set_result(None)
            return
        self._hush()
        try:
            if isinstance(data, bytes):
                self._take(frames.decode(data))
            else:
                self._hear(_decode(data))
        except (frames.FrameError, _json.NotJsonError):
            pass  # a newer server may say more
        except Exception as error:  # noqa: BLE001 - it ends the reading with a word, not the thread
            self._over.set_exception(error)

    def _hear(self, message: watch.WatchServerMessage) -> None:
        if isinstance(message, watch.StreamState):
            self.arrived = True
            if message.state == "ended":
                self._over.set_result(_ENDED)
        elif isinstance(message, common.Error):
            self.trouble = message.message
            self._over.set_result(None if message.kind in _PASSING else _ENDED)

    async def _ping(self, socket: websocket.WebSocketClientConnection) -> None:
        while True:
            await asyncio.sleep(_PING)
            _sockets.write(socket, common.encode(common.Ping(t=self._loop.time())))
            if self._silence is None:
                self._expect_word()

    def _expect_word(self) -> None:
        self._silence = self._loop.call_later(_PONG, self._silent)

    def _hush(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _silent(self) -> None:
        self.trouble = "it does not answer"
        if not self._over.done():
            self._over.set_result(None)


class _Decoding(Generic[T]):
    """Decodes the frames of one track, across set-ups and connections."""

    def __init__(
        self,
        track: frames.Track,
        make: Callable[[frames.TrackSetup], Decoder[T]],
        hold: _Hold[T],
    ) -> None:
        self._track = track
        self._make = make
        self._hold = hold
        self._decoder: Decoder[T] | None = None
        self._clock = _Clock()

    def take(self, frame: frames.Frame) -> None:
        """Decode a frame, if it is of the track."""
        if frame.track is not self._track:
            return
        if frame.kind is frames.Kind.SETUP:
            try:
                self._decoder = self._make(frames.decode_setup(frame.payload))
            except _json.NotJsonError as error:
                raise UndecodableError(f"the stream's set-up cannot be read: {error}") from None
            self._clock = _Clock()
        elif frame.kind is frames.Kind.MEDIA and self._decoder is not None:
            arrived = time.time()
            for item in self._decoder.decode(frame):
                at = self._clock.at(frame.timestamp, arrived)
                self._hold.put(Read(item, at, frame.timestamp))


class _Clock:
    """Tells when frames were captured, as far as a viewer can know: by the quickest one so far."""

    def __init__(self) -> None:
        self._offset: float | None = None

    def at(self, timestamp: int, arrived: float) -> datetime:
        """Return when a frame was captured; `timestamp` is in microseconds, `arrived` in seconds."""
        captured = timestamp / 1e6
        found = arrived - captured
        if self._offset is None or found < self._offset:
            self._offset = found
        else:
            # Clocks drift apart, and paths become longer.
            self._offset += (found - self._offset) * _DRIFT
        return _EPOCH + timedelta(seconds=captured + self._offset)


class _Hold(Generic[T]):
    """Keeps a picture back while it is too early, or while more has arrived already.

    Too early: only so many a second are wanted. The last one of a stream that stops comes nevertheless. More
    has arrived: after a time in which the kernel was busy, a program would see what is old just before
    what is new.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        release: Callable[[Read[T]], object],
        fps: float | None,
    ) -> None:
        self._loop = loop
        self._release = release
        self._every = 0 if fps is None else round(1e6 / fps)
        self._due = 0
        self._held: Read[T] | None = None
        self._early: asyncio.TimerHandle | None = None
        self._turns = 0
        self._since: float | None = None

    def put(self, read: Read[T]) -> None:
        """Take something."""
        timestamp = read.timestamp
        if not self._every:
            self._release(read)
            return
        if abs(timestamp - self._due) > _ANOTHER_CLOCK:
            self._due = timestamp
        self._held = read
        if self._early is not None:
            self._early.cancel()
            self._early = None
        if timestamp + _EARLY >= self._due:
            self._due = max(self._due, timestamp - self._every) + self._every
            self._settle()
        elif self._since is None:
            left = self._due - timestamp + self._every // 2
            self._early = self._loop.call_later(left / 1e6, self._last)

    def _last(self) -> None:
        """Let an early one go, as nothing newer came in its place."""
        self._early = None
        if self._held is not None:
            self._due = self._held.timestamp + self._every
        self._settle()

    def _settle(self) -> None:
        self._turns = 0
        if self._since is None:
            self._since = self._loop.time()
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """Wait for some turns of the loop in which nothing arrives."""
        self._turns += 1
        late = self._since is not None and self._loop.time() - self._since > _CATCHING_UP
        if self._turns < _TURNS and not late:
            self._loop.call_soon(self._turn)
            return
        self._since = None
        held, self._held = self._held, None
        if held is not None:
            self._release(held)
