"""Reads a file or an address that FFmpeg reads, in the worker, as quickly as its own clock says."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from nanomeet_widget.media import pipe
from nanomeet_widget.media.encoding import CHANNELS, RATE
from nanomeet_widget.media.ingest_line import microseconds

if TYPE_CHECKING:
    import av

_SECOND = 1_000_000
#: Microseconds: a packet that is later than this begins the file's clock again, after a pause of a camera
#: or a network; and sound may be ahead of its time by so much.
_LATE, _AHEAD = 500_000, 40_000
#: Microseconds of a file, and frames, that are read ahead.
_READ_AHEAD, _MOST_AHEAD = 500_000, 100
#: Microseconds for which the last picture is shown.
_LAST = 33_333
#: Seconds in which an address answers.
_PATIENCE = 10.0


class Taker(Protocol):
    """What takes the pictures and the sound, on the event loop."""

    def hear(self, message: pipe.ToWorker | pipe.Samples | None) -> None:
        """Take the tracks."""

    def picture(self, frame: av.VideoFrame, at: int) -> None:
        """Take a picture."""

    def sound(self, block: pipe.Samples) -> None:
        """Take sound."""

    def end(self, fault: pipe.Ended | None = None) -> None:
        """Hear of the end."""


class FileReader:
    """Reads one file in a thread of its own.

    Parameters
    ----------
    name : str
        A path, or an address.
    loop : bool
        Whether to begin again at its end.
    call : callable
        Calls something on the event loop.
    worker : Taker
        What takes it.
    """

    def __init__(self, name: str, *, loop: bool, call: Callable[..., None], worker: Taker) -> None:
        self._name, self._again, self._call, self._worker = name, loop, call, worker
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._told = False

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading."""
        self._closed.set()

    def _run(self) -> None:
        fault: pipe.Ended | None = None
        try:
            while self._read() and self._again and not self._closed.is_set():
                pass
        except Exception as error:  # noqa: BLE001 - the program tells its user
            words = getattr(error, "strerror", None) or str(error)
            fault = pipe.Ended(reason=f"{self._name!r} cannot be read: {words}", fault="source")
        self._call(self._worker.end, fault)

    def _read(self) -> bool:
        """Read it once; return whether there was anything."""
        import av  # noqa: PLC0415 - a heavy module that only senders need

        with av.open(self._name, timeout=_PATIENCE) as container:
            pictures, sounds = container.streams.video, container.streams.audio
            if not pictures:
                raise ValueError("it has no pictures")
            pictures[0].thread_type = "AUTO"
            self._resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
            if not self._told:
                self._told = True
                self._call(self._worker.hear, pipe.Tracks(sound=bool(sounds)))
            return self._play(container)

    def _play(self, container: Any) -> bool:  # noqa: ANN401 - PyAV's container
        streams = [container.streams.video[0], *container.streams.audio[:1]]
        # Pictures and sound of one moment may lie apart in a file; a live source must not wait.
        ahead = _READ_AHEAD if container.duration else 0
        clock: int | None = None
        end = 0
        for at, frame in _in_order(container.decode(*streams), ahead):
            if clock is None or at + clock < microseconds() - _LATE:
                clock = microseconds() - at
            if not self._show(frame, at + clock):
                return False
            end = at + clock + _LAST
        # What comes next comes after the last picture, which may be the only one.
        return clock is not None and self._wait(end)

    def _show(self, frame: Any, at: int) -> bool:  # noqa: ANN401 - a frame of either kind
        """Hand a frame over when its time has come; return False if it is closed meanwhile."""
        import av  # noqa: PLC0415 - as above

        if isinstance(frame, av.VideoFrame):
            if not self._wait(at):
                return False
            self._call(self._worker.picture, frame, at)
            return True
        if not self._wait(at - _AHEAD):
            return False
        for part in self._resampler.resample(frame):
            data = bytes(part.planes[0])[: part.samples * 4]
            self._call(
                self._worker.sound, pipe.Samples(at=at, rate=RATE, channels=CHANNELS, data=data)
            )
        return True

    def _wait(self, at: int) -> bool:
        """Wait until a time; return False if it is closed meanwhile."""
        left = (at - microseconds()) / _SECOND
        return not (self._closed.wait(left) if left > 0 else self._closed.is_set())


def _in_order(frames: Iterable[Any], ahead: int) -> Iterator[tuple[int, Any]]:
    """Return frames in order of their times, which come with them, by reading a little ahead."""
    waiting: list[tuple[int, int, Any]] = []
    for number, frame in enumerate(frames):
        if frame.pts is None:
            continue
        at = round(frame.pts * frame.time_base * _SECOND)
        heapq.heappush(waiting, (at, number, frame))
        while waiting and (at - waiting[0][0] >= ahead or len(waiting) > _MOST_AHEAD):
            first, _, earliest = heapq.heappop(waiting)
            yield first, earliest
    while waiting:
        first, _, earliest = heapq.heappop(waiting)
        yield first, earliest
