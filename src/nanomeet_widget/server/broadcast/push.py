"""Pushes a broadcast to another server by RTMP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import subprocess
from collections.abc import Callable
from typing import Protocol

from nanomeet_widget.server import workers
from nanomeet_widget.server.broadcast import loopback_peer
from nanomeet_widget.server.broadcast.outgoing import Batch, Outgoing
from nanomeet_widget.server.broadcast.push_target import PushRefusedError, PushTarget, resolve
from nanomeet_widget.server.broadcast.push_worker import LIVE, pack
from nanomeet_widget.server.broadcast.stream import Viewer
from nanomeet_widget.server.confined import Bounds
from nanomeet_widget.server.protocol import meeting, watch
from nanomeet_widget.server.protocol.frames import Frame, Track

logger = logging.getLogger("nanomeet")

#: Bytes that may wait for the other server: some seconds. Beyond that, it skips to a keyframe.
_MAX_WAITING = 8 * 1024 * 1024
#: Seconds for the other server to accept data; and to accept the stream, which includes starting the
#: process and waiting for a keyframe.
_PATIENCE, _ANSWER = 8.0, 12.0
#: Seconds before a retry: the first time, and at most. After so many seconds of success the first
#: pause applies again.
_PAUSE, _LONGEST_PAUSE, _WELL = 1.0, 30.0, 20.0
_CHUNK = 64 * 1024
#: Seconds of processor time for one connection: audio takes minutes a day.
_PROCESSOR = 6 * 3600


class Pushed(Protocol):
    """What is pushed: a stream."""

    def attach(self, viewer: Viewer) -> None:
        """Begin to give frames to a viewer."""

    def detach(self, viewer: Viewer) -> None:
        """Give it none any longer."""

    def request_keyframe(self) -> None:
        """Ask for a keyframe."""


class RtmpPush:
    """One target of one broadcast; a `Viewer` of its stream.

    FFmpeg speaks RTMP in a process of its own, which only connects to a port of this one. From there the
    data is relayed to the checked address, over verified TLS, and with timeouts.

    Parameters
    ----------
    target : PushTarget
        The RTMP address.
    allowed : frozenset of str
        Hosts in this server's own network that are allowed.
    loop : asyncio.AbstractEventLoop
        The event loop.
    """

    def __init__(
        self, target: PushTarget, *, allowed: frozenset[str], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._target = target
        self._allowed = allowed
        self._loop = loop
        self._stream: Pushed | None = None
        self._on_change: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._state: meeting.PushPhase = "connecting"
        self._error: str | None = None
        self._setups: dict[Track, Frame] = {}
        #: What waits for the process; None while none runs.
        self._queue: asyncio.Queue[bytes | None] | None = None
        self._waiting = 0
        self._need_keyframe = self._picture = True
        self._live_at: float | None = None
        self._over = False

    def describe(self) -> meeting.PushState:
        """Return its state, with only the host of the secret address."""
        return meeting.PushState(host=self._target.host, state=self._state, error=self._error)

    def open(self, stream: Pushed, on_change: Callable[[], None]) -> None:
        """Begin to push.

        Parameters
        ----------
        stream : Pushed
            The stream.
        on_change : callable
            Called after every change of `describe`.
        """
        self._stream, self._on_change = stream, on_change
        self._task = self._loop.create_task(self._run())
        stream.attach(self)

    @property
    def waiting(self) -> int:
        """How many bytes wait for the other server."""
        return self._waiting if self._queue is not None else 0

    def close(self) -> None:
        """End the push, once the waiting data is sent."""
        self._over, self._on_change = True, None
        if self._stream is not None:
            self._stream.detach(self)
        if self._queue is not None:
            self._queue.put_nowait(None)
        elif self._task is not None:
            self._task.cancel()

    # --- `Viewer`, as the stream sees it ------------------------------------------------------

    def send_state(self, state: watch.StreamState) -> None:
        """Record whether there is a picture.

        Parameters
        ----------
        state : StreamState
            The state.
        """
        self._picture = state.picture

    def send_frames(self, batch: Batch) -> None:
        """Send frames, or skip them if the other server cannot keep up.

        Parameters
        ----------
        batch : Batch
            The frames.
        """
        for frame in batch.frames:
            self._send(frame)

    def _send(self, frame: Outgoing) -> None:
        if frame.setup:
            self._set_up(frame.frame())
        if frame.time is None or self._queue is None:
            return
        begins = frame.keyframe or not self._picture
        if self._need_keyframe and not (begins and self._waiting < _MAX_WAITING // 2):
            return
        self._need_keyframe = self._waiting > _MAX_WAITING
        self._put(self._queue, pack(frame.frame(), frame.time))

    def dismiss(self, reason: str) -> None:
        """Do nothing: only viewers are dismissed, and this is none.

        Parameters
        ----------
        reason : str
            What the viewer is told.
        """

    def _set_up(self, setup: Frame) -> None:
        before, self._setups[setup.track] = self._setups.get(setup.track), setup
        if before is not None and before != setup and self._queue is not None:
            # RTMP cannot change a set-up: a new connection can.
            self._queue.put_nowait(None)
            self._queue = None

    def _put(self, queue: asyncio.Queue[bytes | None], data: bytes) -> None:
        self._waiting += len(data)
        queue.put_nowait(data)

    # --- connecting and reconnecting -----------------------------------------------------------

    async def _run(self) -> None:
        pause = _PAUSE
        while not self._over:
            try:
                await self._session(await resolve(self._target, self._allowed))
                self._tell("connecting", None)
                continue
            except PushRefusedError as error:
                self._tell("failed", str(error))
                return
            except (OSError, asyncio.TimeoutError) as error:
                words = _words(error)
            self._tell("retrying", words)
            logger.info("push to %s: %s", self._target.host, words)
            if self._live_at is not None and self._loop.time() - self._live_at > _WELL:
                pause = _PAUSE
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, 2 * pause)

    async def _session(self, addresses: list[str]) -> None:
        """Send until the end, or until the connection fails."""
        self._live_at = None
        relay = _Relay(self._target, addresses)
        port = await relay.listen()
        try:
            process = await workers.start(
                "broadcast.push_worker",
                bounds=Bounds(processor=_PROCESSOR, ports=(port,)),
                stdin=subprocess.PIPE,
                # FFmpeg's messages may contain the address.
                stderr=subprocess.DEVNULL,
            )
        except BaseException:
            relay.close()
            raise
        relay.expect(process.pid)
        queue = self._begin(f"rtmp://127.0.0.1:{port}{self._target.path}\n")
        feeding = self._loop.create_task(self._feed(queue, process))
        try:
            await self._listen(process)
        except OSError as error:
            # FFmpeg only saw that the relay closed; the relay knows why.
            raise relay.error or error from None
        finally:
            self._queue = None
            feeding.cancel()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            # First the process, which might still connect to the port of the relay.
            await process.wait()
            relay.close()

    def _begin(self, address: str) -> asyncio.Queue[bytes | None]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._queue, self._waiting, self._need_keyframe = queue, 0, True
        self._put(queue, address.encode())
        for setup in self._setups.values():
            self._put(queue, pack(setup, 0))
        if self._stream is not None:
            self._stream.request_keyframe()
        return queue

    async def _feed(
        self, queue: asyncio.Queue[bytes | None], process: asyncio.subprocess.Process
    ) -> None:
        stdin = process.stdin
        # A process that has ended reports why on its standard output.
        with contextlib.suppress(OSError):
            while stdin is not None and (data := await queue.get()) is not None:
                self._waiting -= len(data)
                stdin.write(data)
                await stdin.drain()
        if stdin is not None:
            stdin.close()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        said = await asyncio.wait_for(process.stdout.readline(), _ANSWER)
        if said.decode().strip() == LIVE:
            self._live_at = self._loop.time()
            self._tell("live", None)
            said = await process.stdout.readline()
        if await process.wait():
            raise OSError(0, said.decode().strip() or "the connection was lost")

    def _tell(self, state: meeting.PushPhase, error: str | None) -> None:
        if (state, error) == (self._state, self._error):
            return
        self._state, self._error = state, error
        if self._on_change is not None:
            self._on_change()


class _Relay:
    """Relays the connection from FFmpeg, on this machine, to the other server.

    The process sends the stream's key to the first that listens, so the relay listens until that process
    has connected. Connections of others are closed: they would be the ones to send to the other server.
    """

    def __init__(self, target: PushTarget, addresses: list[str]) -> None:
        self._target = target
        self._addresses = addresses
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self._child: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        #: Why the connection failed, if it did.
        self.error: OSError | None = None

    async def listen(self) -> int:
        """Listen for the process's connection; return the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def expect(self, pid: int) -> None:
        """Name the process that may connect."""
        self._child.set_result(pid)

    def close(self) -> None:
        """Close all connections."""
        self._child.cancel()
        if self._server is not None:
            self._server.close()
        for pump in self._pumps:
            pump.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._is_child(writer):
            writer.close()
            return
        if self._server is not None:
            self._server.close()
        try:
            far_reader, far_writer = await asyncio.wait_for(self._connect(), _PATIENCE)
        except (OSError, asyncio.TimeoutError) as error:
            self.error = error if isinstance(error, OSError) else TimeoutError("no answer")
            writer.close()
            return
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _is_child(self, writer: asyncio.StreamWriter) -> bool:
        far, near = (writer.get_extra_info(end)[1] for end in ("peername", "sockname"))
        try:
            pid = await asyncio.shield(self._child)
        except asyncio.CancelledError:
            return False
        return await asyncio.to_thread(loopback_peer.is_at, pid, far=far, near=near)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = _trust() if self._target.tls else None
        name = self._target.host if self._target.tls else None
        *others, last = self._addresses
        for address in others:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(
                    address, self._target.port, ssl=context, server_hostname=name
                )
        return await asyncio.open_connection(
            last, self._target.port, ssl=context, server_hostname=name
        )

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while chunk := await source.read(_CHUNK):
                sink.write(chunk)
                await asyncio.wait_for(sink.drain(), _PATIENCE)
        except (OSError, asyncio.TimeoutError) as error:
            self.error = self.error or (
                error if isinstance(error, OSError) else TimeoutError("it no longer accepts data")
            )
        finally:
            sink.close()


def _trust() -> ssl.SSLContext:
    """Return the certificates that the system, or the environment, trusts."""
    try:
        return ssl.create_default_context()
    except OSError as error:
        # The only file that this opens for writing is SSLKEYLOGFILE.
        words = f"SSLKEYLOGFILE of the server's environment cannot be written: {error.strerror}"
        raise OSError(error.errno, words) from None


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or 'the other server does not support it'}"
    if isinstance(error, OSError):
        return error.strerror or "the connection was lost"
    return str(error) or "no answer"
