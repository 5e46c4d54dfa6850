"""`ws/watch`: one viewer of a broadcast."""

from __future__ import annotations

import socket
from collections.abc import Callable

from tornado import iostream

from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.broadcast.stream import Batch, Stream
from nanomeet_widget.server.broadcast.viewer_queue import ViewerQueue
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.sockets import NORMAL, Socket
from nanomeet_widget.server.protocol import common, meeting, watch

#: What the operating system may hold back for a slow viewer, in bytes: about a second of video.
#: More of it would hide from the queue how far behind he is.
_SEND_BUFFER = 128 * 1024


class WatchSocket(Socket):
    """A viewer's connection: which stream, then nothing but signs of life."""

    largest = 4096
    messages_burst = 50
    messages_rate = 5

    _stream: Stream | None = None

    def initialize(self, core: Core) -> None:
        """Take the server's parts."""
        super().initialize(core)
        self._queue: ViewerQueue | None = None

    def open(self, *args: str) -> None:
        """Bound what the operating system holds back."""
        super().open(*args)
        if self.ws_connection is not None and self.ws_connection.stream is not None:
            self.ws_connection.stream.socket.setsockopt(
                socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER
            )

    def on_text(self, message: str) -> None:
        """Take the stream's name, or a ping."""
        request = watch.decode(message)
        if isinstance(request, common.Ping):
            self.tell(common.Pong(t=request.t))
            return
        self.greeted = True
        if request.v != common.VERSION:
            self.reject("protocol", "The page and the server speak different versions: reload it.")
        elif self._stream is not None:
            self.reject("protocol", "This connection watches a stream already.")
        else:
            if request.format != "state":
                self._queue = self._queue_of(request.format)
            try:
                self._stream = self.core.broadcasts.watch(
                    request.stream, self, ticket=request.ticket
                )
            except WatchRefusedError as error:
                self._refuse(error.kind, str(error))

    def reject(self, kind: meeting.ByeKind, message: str) -> None:
        """Say what was wrong, and close."""
        self._refuse(kind, message)

    def on_close(self) -> None:
        """Stop watching."""
        super().on_close()
        if self._stream is not None:
            self._stream.leave(self)

    # --- `Viewer`, as the stream sees it ------------------------------------------------------

    def send_state(self, state: watch.StreamState) -> None:
        """Say where the stream stands."""
        self.tell(state)

    def send_frames(self, batch: Batch) -> None:
        """Send frames, or drop what this viewer cannot keep up with, or does not play."""
        if self._queue is not None:
            self._queue.push(batch)

    def dismiss(self, reason: str) -> None:
        """Send this viewer away."""
        self._refuse("forbidden", reason)

    def _queue_of(self, form: watch.WatchFormat) -> ViewerQueue:
        return ViewerQueue(
            SocketPipe(self),
            timers=self.core.timers,
            on_skip=self._skipped,
            fragments=form == "fmp4",
        )

    def _skipped(self) -> None:
        if self._stream is not None:
            self._stream.request_keyframe()

    def _refuse(self, kind: str, message: str) -> None:
        self.tell(common.Error(kind=kind, message=message))
        self.close(NORMAL, kind)


class SocketPipe:
    """A queue's `Pipe`: bytes of whole WebSocket messages go to the connection as they are."""

    def __init__(self, handler: WatchSocket) -> None:
        self._handler = handler

    def write(self, data: bytes, on_drained: Callable[[], None]) -> bool:
        """Write; a connection that is gone takes everything and forgets it."""
        connection = self._handler.ws_connection
        if not data or connection is None or connection.is_closing() or connection.stream is None:
            return True
        stream = connection.stream
        rest = memoryview(data)
        try:
            if not stream.writing():
                # Nothing waits before it: it goes out without what the stream does for what has to
                # wait, which is half of the time that a viewer takes.
                rest = rest[_send(stream, rest) :]
                if not rest:
                    return True
            future = stream.write(rest)
        except iostream.StreamClosedError:
            return True
        if not stream.writing():
            return True
        future.add_done_callback(lambda _: on_drained())
        return False


def _send(stream: iostream.IOStream, data: memoryview) -> int:
    """Send what the connection takes now; return how many bytes that was."""
    try:
        return stream.write_to_fd(data) or 0
    except BlockingIOError:
        return 0
    except OSError as error:
        # As the stream does itself.
        stream.close(exc_info=error)
        raise iostream.StreamClosedError(error) from error
