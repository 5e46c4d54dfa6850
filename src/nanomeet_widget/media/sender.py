"""Sends pictures and sound of a program to the server's ingest socket: Sender."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from nanomeet_widget import _child_environment
from nanomeet_widget._errors import InvalidInputError, StreamError
from nanomeet_widget.media import arrays, pipe, sources, turns
from nanomeet_widget.media.memory import Places
from nanomeet_widget.server.protocol.common import Codec, Shows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Where this package is installed.
_HOME = Path(__file__).parents[2]
#: Seconds for the worker to send what waits and to end.
_FAREWELL = 5.0
#: A worker that crashes is replaced, unless so many did within so many seconds.
_CRASHES, _WITHIN = 3, 60.0
#: The part of the wanted rate below which a source is too slow.
_SLOW = 0.8
MOST_FPS = 60

#: What a stream cannot keep up with: the source gives too few pictures, the machine encodes too slowly,
#: or the line to the server is too slow.
Behind: TypeAlias = Literal["source", "encoder", "line"]

_logger = logging.getLogger("nanomeet_widget")


@dataclass(frozen=True, kw_only=True)
class SendStats:
    """How sending goes.

    Attributes
    ----------
    sent : int
        Pictures sent so far. What is sent again because nothing has changed does not count.
    dropped : int
        Pictures that a newer one replaced before they were encoded.
    fps : float
        Pictures a second, within the last second.
    encode_ms : float
        Milliseconds to convert and encode a picture, within the last second.
    bitrate : float
        Bits a second of pictures and sound, within the last second.
    width, height : int
        The size of the pictures that viewers get; 0 before the first.
    codec : str or None
        ``"h264"`` or ``"vp9"``; None before the first picture.
    behind : str or None
        What cannot keep up: the ``"source"``, the ``"encoder"`` or the ``"line"``.
    """

    sent: int = 0
    dropped: int = 0
    fps: float = 0.0
    encode_ms: float = 0.0
    bitrate: float = 0.0
    width: int = 0
    height: int = 0
    codec: Codec | None = None
    behind: Behind | None = None


class Sender:
    """Sends a source to an ingest socket, by a process of its own that encodes.

    It knows nothing of rooms. It ends by itself when the source does, when the source fails, or when the
    server ends it.

    Parameters
    ----------
    source : object
        See `sources.make`.
    sound : object, optional
        A second source, for sound.
    fps : float, optional
        At most so many pictures a second.
    rate : int, optional
        Samples a second of the sound, in hertz.
    size : tuple of int, optional
        Width and height of the pictures that are sent; by default the size of the source's.
    loop : bool, optional
        Whether a file begins again at its end.
    on_end : callable, optional
        Called once it has ended, with the error or None, from another thread.

    Attributes
    ----------
    on_shown : callable or None
        Called with what viewers see from now on, after `show`, from another thread.

    Raises
    ------
    InvalidInputError
        If an argument breaks its rule.
    MissingPackageError
        If NumPy or PyAV is not installed.
    """

    def __init__(
        self,
        source: Any,  # noqa: ANN401 - whatever a user gives
        *,
        sound: Any = None,  # noqa: ANN401 - likewise
        fps: float = 30,
        rate: int = 48_000,
        size: tuple[int, int] | None = None,
        loop: bool = False,
        on_end: Callable[[BaseException | None], None] | None = None,
    ) -> None:
        check_rates(fps=fps, rate=rate, size=size)
        self._fps, self._rate, self._size, self._loop = float(fps), rate, size, loop
        self._source = sources.make(source, sound=sound, fps=self._fps, rate=rate)
        if loop and self._source.file is None:
            raise InvalidInputError("loop: only a file can begin again")
        self._on_end = on_end
        self.on_shown: Callable[[Shows], None] | None = None
        #: Whether the server takes pictures: settles once it does, or never will.
        self.opened: Future[bool] = Future()
        #: Settles once it has ended: with the error, if that is why.
        self.ended: Future[None] = Future()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._places: Places | None = Places()
        self._process: subprocess.Popen[bytes] | None = None
        self._begin: pipe.Begin | None = None
        self._tracks: pipe.Tracks | None = None
        self._newest: pipe.Picture | None = None
        self._given = 0
        self._stats = SendStats()
        self._crashes: deque[float] = deque(maxlen=_CRASHES)
        self._finishing = False
        self._error: BaseException | None = None
        self._undo: Callable[[], None] = lambda: None

    def start(
        self,
        url: str,
        ticket: str,
        *,
        origin: str = "",
        verify: bool | str = True,
        codec: Codec | None = None,
        shows: Shows = "stage",
    ) -> None:
        """Begin to send.

        Parameters
        ----------
        url : str
            The ingest socket, with ``ws:`` or ``wss:``.
        ticket : str
            The ingest ticket.
        origin : str, optional
            The server's own origin.
        verify : bool or str, optional
            Whether the server's certificate is checked, or the path of its authority's.
        codec : str, optional
            ``"h264"`` or ``"vp9"``; by default the first that this machine encodes.
        shows : str, optional
            What viewers see first: ``"stage"`` for the source, or ``"soon"`` or ``"paused"`` for a card.

        Raises
        ------
        OSError
            If the process cannot be started.
        """
        self._begin = pipe.Begin(
            # Secrets are texts of a class of their own, which are not written as JSON.
            url=str(url),
            origin=str(origin),
            ticket=str(ticket),
            verify=verify,
            fps=self._fps,
            codec=codec,
            size=self._size,
            shows=shows,
            file=self._source.file,
            loop=self._loop,
        )
        self._spawn()
        atexit.register(self._abandon)
        self._undo = turns.shorten()
        self._source.start(self)

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that has to run for its source; None if there is none."""
        return self._source.loop

    @property
    def stats(self) -> SendStats:
        """How it goes."""
        return self._stats

    def show(self, shows: Shows) -> None:
        """Show viewers the source, or a plain card without sound.

        Parameters
        ----------
        shows : Shows
            What to show.
        """
        if self._begin is not None:
            self._begin.shows = shows
        self._write(pipe.pack(pipe.Show(shows=shows)))

    def stop(self) -> None:
        """End it, from any thread; `ended` settles once it has, within some seconds."""
        self._finish()

    # --- what the source says, from its threads ------------------------------------------------

    def tracks(self, *, sound: bool) -> None:
        """Say whether there is sound, too.

        Parameters
        ----------
        sound : bool
            Whether there is.
        """
        self._tracks = pipe.Tracks(sound=sound)
        self._write(pipe.pack(self._tracks))

    def picture(
        self, picture: NDArray[np.uint8], at: int, samples: NDArray[np.int16] | None = None
    ) -> None:
        """Send a picture, unless a newer one comes first, and the samples that begin with it.

        Parameters
        ----------
        picture : ndarray
            Of the shape height, width, channels.
        at : int
            When it was captured, in microseconds.
        samples : ndarray, optional
            Samples by channels.
        """
        with self._lock:
            if self._places is None:
                return
            self._newest = self._places.write(arrays.picture(picture), at)
            self._given += 1
            said = pipe.pack(self._newest)
        # All at once: after each call of the system, another thread may keep the interpreter for 5 ms.
        self._write(said if samples is None else said + self._packed(samples, at))

    def samples(self, samples: NDArray[np.int16], at: int) -> None:
        """Send samples.

        Parameters
        ----------
        samples : ndarray
            Samples by channels.
        at : int
            When the first one was captured, in microseconds.
        """
        self._write(self._packed(samples, at))

    def _packed(self, samples: NDArray[np.int16], at: int) -> bytes:
        block = pipe.Samples(
            at=at, rate=self._rate, channels=samples.shape[1], data=samples.tobytes()
        )
        return pipe.pack_samples(block)

    def end(self, error: BaseException | None) -> None:
        """Hear that the source has ended.

        Parameters
        ----------
        error : BaseException or None
            Why, if it failed.
        """
        self._finish(error)

    # --- the worker ----------------------------------------------------------------------------

    def _spawn(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "nanomeet_widget.media.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_child_environment.for_server(), "OPENBLAS_NUM_THREADS": "1"},
            # Modules of the folder in which a notebook lies are none of ours.
            cwd=_HOME,
            # The interrupt of a cell is for the kernel alone.
            start_new_session=os.name == "posix",
        )
        with self._writing, suppress(OSError):
            # What sources say meanwhile comes after this.
            self._process = process
            known = [one for one in (self._begin, self._tracks, self._newest) if one is not None]
            if process.stdin is not None:
                process.stdin.write(b"".join(map(pipe.pack, known)))
                process.stdin.flush()
        threading.Thread(
            target=self._listen, args=(process,), name="nanomeet-sender", daemon=True
        ).start()

    def _write(self, data: bytes) -> None:
        # A worker that has crashed is replaced, and hears what it needs to know then.
        with suppress(OSError, ValueError), self._writing:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.write(data)
                self._process.stdin.flush()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        ended: pipe.Ended | None = None
        try:
            ended = self._hear(process)
        except Exception as error:
            _logger.exception("the process that encodes is not understood")
            ended = pipe.Ended(reason=f"{type(error).__name__}: {error}", fault="worker")
            process.kill()
        _reap(process)
        if ended is not None:
            self._over(ended)
        elif self._finishing:
            self._over(pipe.Ended(reason="It was finished."))
        else:
            self._replace(process.returncode)

    def _hear(self, process: subprocess.Popen[bytes]) -> pipe.Ended | None:
        """Follow what the worker says; return its last word, or None if it has crashed."""
        counted = (0, time.monotonic())
        for line in process.stdout or ():
            message = pipe.read_line(line)
            if isinstance(message, pipe.Counted):
                counted = self._count(message, counted)
            elif isinstance(message, pipe.Opened):
                self._settle_opened(taken=True)
            elif isinstance(message, pipe.Shown):
                _call(self.on_shown, message.shows)
            else:
                return message
        return None

    def _replace(self, code: int | None) -> None:
        """Start another worker in place of one that has crashed."""
        now = time.monotonic()
        if len(self._crashes) == _CRASHES and now - self._crashes[0] < _WITHIN:
            self._over(
                pipe.Ended(
                    reason=f"The process that encodes crashes (status {code}).", fault="worker"
                )
            )
            return
        _logger.warning("the process that encodes crashed (status %s): another one continues", code)
        self._crashes.append(now)
        try:
            self._spawn()
        except OSError as error:
            self._over(pipe.Ended(reason=f"It cannot be started again: {error}.", fault="worker"))

    def _count(self, message: pipe.Counted, before: tuple[int, float]) -> tuple[int, float]:
        now = (self._given, time.monotonic())
        seconds = max(message.seconds, 0.001)
        given = (now[0] - before[0]) / max(now[1] - before[1], 0.001)
        behind: Behind | None = message.behind
        opened = self.opened.done() and not self._finishing
        if behind is None and self._source.steady and opened and given < _SLOW * self._fps:
            behind = "source"
        self._stats = SendStats(
            sent=self._stats.sent + message.sent,
            dropped=self._stats.dropped + message.dropped,
            fps=message.sent / seconds,
            encode_ms=message.encoding / message.sent if message.sent else 0.0,
            bitrate=8 * message.size / seconds,
            width=message.width,
            height=message.height,
            codec=message.codec if message.width else None,
            behind=behind,
        )
        return now

    # --- the end -------------------------------------------------------------------------------

    def _finish(self, error: BaseException | None = None) -> None:
        with self._lock:
            if self._finishing:
                return
            self._finishing, self._error = True, error
        self._settle_opened(taken=False)
        self._source.close()
        process = self._process
        if process is None:
            self._over(pipe.Ended(reason="It was finished."))
            return
        # It may have stopped reading, and then writing would wait for it.
        late = threading.Timer(_FAREWELL, process.kill)
        late.daemon = True
        late.start()
        self.ended.add_done_callback(lambda _: late.cancel())
        threading.Thread(target=self._write, args=(pipe.pack(pipe.Finish()),), daemon=True).start()

    def _over(self, ended: pipe.Ended) -> None:
        """Settle everything: the worker has ended."""
        self._finishing = True
        self._source.close()
        self._settle_opened(taken=False)
        with self._lock:
            places, self._places = self._places, None
        if places is not None:
            places.close()
        atexit.unregister(self._abandon)
        self._undo()
        error = self._error
        if error is None and ended.fault is not None:
            error = StreamError(ended.reason)
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)
        _call(self._on_end, error)

    def _settle_opened(self, *, taken: bool) -> None:
        with self._lock:
            if not self.opened.done():
                self.opened.set_result(taken)

    def _abandon(self) -> None:
        """End with the program."""
        self._finishing = True
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            places, self._places = self._places, None
        if places is not None:
            places.close()


def check_rates(*, fps: float, rate: int, size: tuple[int, int] | None) -> None:
    """Check how pictures and sound are to be sent.

    Parameters
    ----------
    fps : float
        Pictures a second.
    rate : int
        Samples a second.
    size : tuple of int or None
        Width and height.

    Raises
    ------
    InvalidInputError
        If one of them is out of its range.
    """
    if not isinstance(fps, (int, float)) or not 1 <= fps <= MOST_FPS:
        raise InvalidInputError(f"fps={fps!r}: pass 1 to {MOST_FPS} pictures a second")
    if not isinstance(rate, int) or not _LEAST_RATE <= rate <= _MOST_RATE:
        raise InvalidInputError(
            f"rate={rate!r}: pass {_LEAST_RATE} to {_MOST_RATE} samples a second"
        )
    if size is None:
        return
    try:
        width, height = size
        most = (arrays.MOST_WIDTH, arrays.MOST_HEIGHT)
        fits = all(
            isinstance(side, int) and side % 2 == 0 and arrays.LEAST <= side <= limit
            for side, limit in zip((width, height), most, strict=True)
        )
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise InvalidInputError(
            f"size={size!r}: pass (width, height), two even numbers from {arrays.LEAST} to "
            f"{arrays.MOST_WIDTH} and {arrays.MOST_HEIGHT}"
        )


_LEAST_RATE, _MOST_RATE = 8_000, 192_000


def _reap(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()


def _call(callback: Callable[..., None] | None, *args: object) -> None:
    if callback is None:
        return
    try:
        callback(*args)
    except Exception:
        _logger.exception("a callback of a sender failed")
