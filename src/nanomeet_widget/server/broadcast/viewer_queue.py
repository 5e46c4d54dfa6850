"""A viewer's queue: bounded, and skipping to a keyframe when it grows too long."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from nanomeet_widget.server.broadcast.outgoing import Batch, Outgoing
from nanomeet_widget.server.protocol.frames import Track
from nanomeet_widget.server.timers import Timers

#: Seconds: a viewer further behind sees more by skipping than by waiting.
MAX_AGE = 2.0
MAX_BYTES = 8 * 1024 * 1024
#: Bytes of a batch that are written at once; larger batches are written frame by frame.
_AT_ONCE = 128 * 1024
#: Seconds after which a viewer who has not read a single frame is taken to read no more.
STUCK = 30.0


class Pipe(Protocol):
    """A connection that takes one write at a time."""

    def write(self, data: bytes, on_drained: Callable[[], None]) -> bool:
        """Write bytes.

        Parameters
        ----------
        data : bytes
            The bytes.
        on_drained : callable
            Called once they are sent, if they are not sent at once.

        Returns
        -------
        bool
            Whether they were sent at once.
        """


class ViewerQueue:
    """Sends frames through a pipe as fast as it accepts them.

    Parameters
    ----------
    pipe : Pipe
        The viewer's connection.
    timers : Timers
        The event loop.
    on_skip : callable
        Called when frames were dropped, and the viewer needs a keyframe.
    on_stuck : callable
        Called when the viewer does not read.
    fragments : bool, default False
        Whether the viewer gets MP4 fragments instead of bare frames.
    """

    def __init__(
        self,
        pipe: Pipe,
        *,
        timers: Timers,
        on_skip: Callable[[], None],
        on_stuck: Callable[[], None],
        fragments: bool = False,
    ) -> None:
        self._pipe = pipe
        self._timers = timers
        self._on_skip = on_skip
        self._on_stuck = on_stuck
        self._fragments = fragments
        self._queue: deque[tuple[float, Outgoing]] = deque()
        self._size = 0
        self._busy = False
        #: When what is being sent began.
        self._began = 0.0
        self._skipping = False

    def push(self, batch: Batch) -> None:
        """Send frames now or later, or drop them.

        Parameters
        ----------
        batch : Batch
            The frames.
        """
        if self._busy and self._timers.time() - self._began > STUCK:
            self._on_stuck()
            return
        data = batch.fragments if self._fragments else batch.wire
        if not self._busy and not self._skipping and len(data) <= _AT_ONCE:
            self._send(data)
            return
        for frame in batch.frames:
            self._push(frame)

    def _push(self, frame: Outgoing) -> None:
        if self._skipping and not frame.setup and frame.track is Track.VIDEO:
            if not frame.keyframe:
                return
            self._skipping = False
        if not self._busy:
            self._write(frame)
            return
        now = self._timers.time()
        self._queue.append((now, frame))
        self._size += len(self._bytes(frame))
        if self._size > MAX_BYTES or now - self._queue[0][0] > MAX_AGE:
            self._skip()

    def _bytes(self, frame: Outgoing) -> bytes:
        return frame.fragment if self._fragments else frame.wire

    def _write(self, frame: Outgoing) -> None:
        self._send(self._bytes(frame))

    def _send(self, data: bytes) -> None:
        self._busy = not self._pipe.write(data, self._drained)
        if self._busy:
            self._began = self._timers.time()

    def _drained(self) -> None:
        self._busy = False
        while self._queue and not self._busy:
            _, frame = self._queue.popleft()
            self._size -= len(self._bytes(frame))
            self._write(frame)

    def _skip(self) -> None:
        # Decoders need the newest set-up of each track.
        newest = {entry[1].track: entry for entry in self._queue if entry[1].setup}
        kept = [entry for entry in self._queue if newest.get(entry[1].track) is entry]
        self._queue.clear()
        # With a new age, as the next frame would find them too old again.
        now = self._timers.time()
        self._queue.extend((now, frame) for _, frame in kept)
        self._size = sum(len(self._bytes(frame)) for _, frame in kept)
        self._skipping = True
        self._on_skip()
