"""The messages that wait to be sent to one page: bounded by their bytes, and by their age."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from nanomeet_widget.server.broadcast.viewer_queue import Pipe
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds that a message may wait: a page that has not read it by then does not read.
MAX_AGE = 30.0


class Outbox:
    """Sends messages through a pipe, in order, as fast as it accepts them.

    Parameters
    ----------
    pipe : Pipe
        The page's connection.
    most : int
        Bytes that may wait.
    timers : Timers
        The event loop.
    on_overdue : callable
        Called once, when too many bytes wait, or one message too long. What waits is then dropped, and
        so is whatever comes later.
    """

    def __init__(
        self, pipe: Pipe, *, most: int, timers: Timers, on_overdue: Callable[[], None]
    ) -> None:
        self._pipe = pipe
        self._most = most
        self._timers = timers
        self._on_overdue = on_overdue
        #: When each message came, and its bytes; the first is being sent.
        self._queue: deque[tuple[float, bytes]] = deque()
        self._size = 0
        self._closed = False
        self._check = Alarm(timers)

    @property
    def size(self) -> int:
        """The bytes that wait."""
        return self._size

    def push(self, data: bytes) -> None:
        """Send a message now or later.

        Parameters
        ----------
        data : bytes
            The whole WebSocket message.
        """
        if self._closed or (not self._queue and self._pipe.write(data, self._drained)):
            return
        self._queue.append((self._timers.time(), data))
        self._size += len(data)
        if self._size > self._most:
            self._give_up()
        elif not self._check.is_set:
            self._check.set(MAX_AGE, self._review)

    def flush(self) -> None:
        """Hand everything to the pipe, as the connection is about to close; nothing comes later."""
        rest = b"".join(data for _, data in tuple(self._queue)[1:])
        self.close()
        if rest:
            self._pipe.write(rest, _nothing)

    def close(self) -> None:
        """Drop what waits, and whatever comes later."""
        self._closed = True
        self._queue.clear()
        self._size = 0
        self._check.cancel()

    def _drained(self) -> None:
        self._sent()
        while self._queue and self._pipe.write(self._queue[0][1], self._drained):
            self._sent()

    def _sent(self) -> None:
        if self._queue:
            self._size -= len(self._queue.popleft()[1])
        if not self._queue:
            self._check.cancel()

    def _review(self) -> None:
        if not self._queue:
            return
        left = self._queue[0][0] + MAX_AGE - self._timers.time()
        if left <= 0:
            self._give_up()
        else:
            self._check.set(left, self._review)

    def _give_up(self) -> None:
        self.close()
        self._on_overdue()


def _nothing() -> None:
    """Take no notice: the connection closes."""
