"""Encodes and sends, as a process of its own (`python -m nanomeet_widget.media.worker`).

A busy cell keeps a kernel's threads waiting, but not this. Pictures come by shared memory, everything else
by standard input, also the ticket, which is no argument: other users of the machine could read it. The
process ends when its standard input does, and so with the program.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from nanomeet_widget import _environment
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.media import pipe
from nanomeet_widget.media.encoding import PictureEncoder, SoundEncoder, black, choose
from nanomeet_widget.media.file_reader import FileReader
from nanomeet_widget.media.ingest_line import Ending, IngestLine, microseconds
from nanomeet_widget.media.memory import Reader
from nanomeet_widget.media.rtmp_line import RtmpLine
from nanomeet_widget.server.protocol.common import Shows
from nanomeet_widget.server.protocol.frames import Frame
from nanomeet_widget.server.protocol.ingest import Behind

if TYPE_CHECKING:
    import av

#: Seconds after which a picture that does not change is sent again, and how often that is checked.
_AGAIN, _TICK = 0.25, 0.05
_SECOND = 1.0
#: A picture may be early by this fraction of the interval: sources are jittery.
_EARLY = 0.35
#: The part of a second's pictures whose loss means that the sender is behind, and for so many seconds.
_BEHIND_PART, _BEHIND_SECONDS = 0.2, 2
#: Blocks of sound that wait for the first picture.
_EARLY_SOUND = 20
#: The brightness of the card that viewers see in place of the pictures.
_CARD = 32


class Worker:
    """Encodes what it hears of, and sends it.

    Parameters
    ----------
    begin : Begin
        What to send, and where to.
    output : BinaryIO
        Where the program listens.
    """

    def __init__(self, begin: pipe.Begin, output: BinaryIO) -> None:
        self._begin = begin
        self._output = output
        self._codec = choose(begin.codec)
        self._loop = asyncio.get_running_loop()
        self._pushes = begin.url.startswith(("rtmp:", "rtmps:"))
        self._line = self._connection(begin)
        self._memory = Reader()
        #: The number of the newest picture, which may not have been looked at yet; set by another thread.
        self.announced = 0
        self._next: pipe.Picture | tuple[av.VideoFrame, int] | None = None
        self._last: av.VideoFrame | None = None
        self._last_at = 0.0
        self._ready_at = 0
        self._video: PictureEncoder | None = None
        self._sound: SoundEncoder | None = None
        self._tracks: pipe.Tracks | None = None
        self._early_sound: list[pipe.Samples] = []
        self._shows: Shows = begin.shows
        self._said: Shows | None = begin.shows
        self._set_up = False
        self._keyframe = True
        self._scheduled: asyncio.Handle | None = None
        self._finishing: asyncio.Future[None] = self._loop.create_future()
        self._running: asyncio.Task[Ending] | None = None
        self._fault: pipe.Ended | None = None
        # Of the last second.
        self._counted_at = time.monotonic()
        self._sent = self._dropped = self._unsent = self._size = 0
        self._encoding = 0.0
        self._trouble: tuple[Behind | None, int] = (None, 0)
        self._behind: Behind | None = None

    def _connection(self, begin: pipe.Begin) -> IngestLine | RtmpLine:
        if self._pushes:
            return RtmpLine(
                begin.url,
                on_ready=self._restart,
                on_keyframe=self._want_keyframe,
                on_live=lambda: self._say(pipe.Opened()),
            )
        return IngestLine(
            url=begin.url,
            origin=begin.origin,
            ticket=begin.ticket,
            trust=_environment.trust_for(begin.url, begin.verify),
            on_ready=self._restart,
            on_keyframe=self._want_keyframe,
            on_drained=self._due,
        )

    async def run(self) -> pipe.Ended:
        """Send until the end.

        Returns
        -------
        Ended
            Why it ended.
        """
        ticking = self._loop.create_task(self._tick())
        self._running = running = self._loop.create_task(self._line.run())
        ends: set[asyncio.Future[Any]] = {running, self._finishing}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            await self._flush()
            await self._line.finish()
            await asyncio.wait({running}, timeout=5)
            running.cancel()
        ticking.cancel()
        self._count()
        if self._fault is not None:
            return self._fault
        if running.done() and not running.cancelled():
            ending = running.result()
            return pipe.Ended(reason=ending.reason, fault="server" if ending.failed else None)
        return pipe.Ended(reason="It was finished.")

    async def _flush(self) -> None:
        """Send the last picture, if the server takes it soon."""
        deadline = time.monotonic() + _SECOND
        while self._next is not None and self._line.ready and time.monotonic() < deadline:
            self._encode()
            await asyncio.sleep(0.005)

    def hear(self, message: pipe.ToWorker | pipe.Samples | None) -> None:
        """Take a message of the program; None ends it.

        Parameters
        ----------
        message : ToWorker, Samples or None
            The message.
        """
        if isinstance(message, pipe.Picture):
            self._replace(message)
        elif isinstance(message, pipe.Samples):
            self.sound(message)
        elif isinstance(message, pipe.Tracks):
            self._tracks = message
            self._restart()
        elif isinstance(message, pipe.Show):
            self._show(message.shows)
        elif not self._finishing.done():
            self._finishing.set_result(None)

    def picture(self, frame: av.VideoFrame, at: int) -> None:
        """Take a picture of a file.

        Parameters
        ----------
        frame : VideoFrame
            The picture.
        at : int
            When it is due, in microseconds.
        """
        self._replace((frame, at))

    def end(self, fault: pipe.Ended | None = None) -> None:
        """End: the source has ended.

        Parameters
        ----------
        fault : Ended, optional
            Why, if that is an error.
        """
        self._fault = fault
        if not self._finishing.done():
            self._finishing.set_result(None)

    # --- pictures ------------------------------------------------------------------------------

    def _replace(self, picture: pipe.Picture | tuple[av.VideoFrame, int]) -> None:
        if self._next is not None:
            self._dropped += 1
        self._next = picture
        if self._video is None:
            # The encoder gets ready: the server has more time for the connection than pictures have.
            self._converted(picture)
            self._restart()
        else:
            self._due()

    def _due(self) -> None:
        """Encode the newest picture as soon as it is its turn."""
        if self._next is None or self._scheduled is not None:
            return
        turn = self._last_at + (1 - _EARLY) / self._begin.fps
        # Whatever has been heard of until then comes first: only the newest one is encoded.
        self._scheduled = self._loop.call_later(max(0.0, turn - time.monotonic()), self._turn)

    def _turn(self) -> None:
        self._scheduled = None
        self._encode()

    def _encode(self) -> None:
        if self._next is None or not self._ready():
            return
        if self._line.waiting:
            self._unsent += 1
            return  # it, or a newer one, is encoded once nothing waits
        picture, self._next = self._next, None
        begun = time.perf_counter()
        found = self._converted(picture)
        if found is None:
            self._dropped += 1
            return
        self._last, at = found
        # What was captured before the server took any is new to it.
        self._send_picture(max(at, self._ready_at))
        self._encoding += time.perf_counter() - begun
        self._sent += 1

    def _ready(self) -> bool:
        return self._line.ready and self._tracks is not None and self._video is not None

    def _converted(
        self, picture: pipe.Picture | tuple[av.VideoFrame, int]
    ) -> tuple[av.VideoFrame, int] | None:
        if not isinstance(picture, pipe.Picture):
            frame, at = picture
            return self._encoder(frame.width, frame.height).convert(frame), at
        import av  # noqa: PLC0415 - loaded by now, by `choose`

        view = self._memory.view(picture)
        if view is None:
            return None
        formats = {1: "gray", 3: "rgb24", 4: "rgba"}
        frame = av.VideoFrame.from_numpy_buffer(view, formats[picture.channels])
        converted = self._encoder(picture.width, picture.height).convert(frame)
        # The next but one may have been written over it while it was converted.
        return (converted, picture.at) if self.announced < picture.number + 2 else None

    def _encoder(self, width: int, height: int) -> PictureEncoder:
        size = self._begin.size or (width - width % 2, height - height % 2)
        if self._video is None or self._video.size != size:
            self._video = PictureEncoder(self._codec, *size, self._begin.fps)
            self._set_up = False
        return self._video

    def _send_picture(self, at: int) -> None:
        video, last = self._video, self._last
        if video is None or last is None:
            return
        if not self._set_up:
            self._set_up = self._keyframe = True
            self._send(video.setup())
            if self._sound is not None:
                self._send(self._sound.setup())
            early, self._early_sound = self._early_sound, []
            for block in early:
                self.sound(block)
        shown = last if self._shows == "stage" else black(*video.size, light=_CARD)
        keyframe, self._keyframe = self._keyframe, False
        for frame in video.encode(shown, at, keyframe=keyframe):
            self._send(frame)
        self._last_at = time.monotonic()
        if self._said != self._shows:
            self._said = self._shows
            self._say(pipe.Shown(shows=self._shows))

    def _send(self, frame: Frame) -> None:
        self._size += self._line.send(frame)

    def _restart(self) -> None:
        """Begin for a server that knows nothing: set-ups, and a keyframe."""
        if not self._ready():
            return
        self._set_up, self._keyframe = False, True
        self._ready_at = microseconds()
        if self._tracks is not None and self._tracks.sound and self._sound is None:
            self._sound = SoundEncoder()
        self._behind = None
        if not self._pushes:
            self._say(pipe.Opened())
        if self._next is None and self._last is not None:
            self._send_picture(microseconds())
        self._due()

    def _want_keyframe(self) -> None:
        self._keyframe = True
        if self._next is None and self._last is not None and self._idle > 1 / self._begin.fps:
            self._send_picture(microseconds())

    @property
    def _idle(self) -> float:
        return time.monotonic() - self._last_at

    def _show(self, shows: Shows) -> None:
        self._shows = shows
        self._keyframe = True
        if self._last is not None and self._ready() and not self._line.waiting:
            self._send_picture(microseconds())

    # --- sound ---------------------------------------------------------------------------------

    def sound(self, block: pipe.Samples) -> None:
        """Send samples, unless viewers see a card.

        Parameters
        ----------
        block : Samples
            The samples.
        """
        if self._sound is None or not self._line.ready:
            return
        if not self._set_up:
            # The picture that it belongs to is about to be encoded.
            self._early_sound = [*self._early_sound[-_EARLY_SOUND:], block]
            return
        for frame in self._sound.encode(block):
            if self._shows == "stage":
                self._send(frame)

    # --- what the program is told --------------------------------------------------------------

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            self._due()
            again = self._next is None and self._last is not None and self._idle > _AGAIN
            if again and self._ready() and not self._line.waiting:
                self._send_picture(microseconds())
            if time.monotonic() - self._counted_at >= _SECOND:
                self._count()

    def _count(self) -> None:
        now = time.monotonic()
        seconds, self._counted_at = now - self._counted_at, now
        self._judge(seconds)
        self._say(
            pipe.Counted(
                seconds=seconds,
                sent=self._sent,
                dropped=self._dropped,
                size=self._size,
                encoding=self._encoding * 1000,
                width=self._video.size[0] if self._video else 0,
                height=self._video.size[1] if self._video else 0,
                codec=self._codec,
                behind=self._behind,
            )
        )
        self._sent = self._dropped = self._unsent = self._size = 0
        self._encoding = 0.0

    def _judge(self, seconds: float) -> None:
        found: Behind | None = None
        given = self._sent + self._dropped
        if self._dropped > max(1.0, _BEHIND_PART * given):
            found = "line" if self._unsent >= self._dropped / 2 else "encoder"
        elif self._encoding > 0.9 * seconds:
            found = "encoder"
        before, times = self._trouble
        self._trouble = (found, times + 1 if found == before else 1)
        if self._trouble[1] >= _BEHIND_SECONDS and found != self._behind:
            self._behind = found
            self._line.tell_behind(found)

    def _say(self, message: pipe.FromWorker) -> None:
        say(self._output, message)


def say(output: BinaryIO, message: pipe.FromWorker) -> None:
    """Tell the program something.

    Parameters
    ----------
    output : BinaryIO
        Where to.
    message : FromWorker
        The message.
    """
    with contextlib.suppress(OSError, ValueError):  # the program is gone, which ends this, too
        output.write(msgspec.json.encode(message) + b"\n")
        output.flush()


async def _work(begin: pipe.Begin, source: BinaryIO, output: BinaryIO) -> pipe.Ended:
    loop = asyncio.get_running_loop()
    worker = Worker(begin, output)

    def call(what: object, *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(what, *args)  # type: ignore[arg-type]

    def listen() -> None:
        while (message := pipe.read(source)) is not None:
            if isinstance(message, pipe.Picture):
                worker.announced = message.number
            call(worker.hear, message)
        call(worker.hear, None)

    threading.Thread(target=listen, daemon=True).start()
    reader: FileReader | None = None
    if begin.file is not None:
        reader = FileReader(begin.file, loop=begin.loop, call=call, worker=worker)
        reader.start()
    watching = loop.create_task(_watch_parent(worker))
    try:
        return await worker.run()
    finally:
        watching.cancel()
        if reader is not None:
            reader.close()


async def _watch_parent(worker: Worker) -> None:
    """End with the program, also where a process that it forked keeps the pipe open."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - the system tells no one
        await asyncio.sleep(_SECOND)
    worker.end()


def main(source: BinaryIO, output: BinaryIO) -> None:
    """Work until the program says that it is the end.

    Parameters
    ----------
    source, output : BinaryIO
        Where the program speaks and listens.
    """
    # The interrupt of a cell is for the kernel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin = pipe.read(source)
    if not isinstance(begin, pipe.Begin):
        return
    try:
        ended = asyncio.run(_work(begin, source, output))
    except NanoMeetError as error:
        ended = pipe.Ended(reason=str(error), fault="worker")
    except Exception as error:  # noqa: BLE001 - the program tells its user
        ended = pipe.Ended(reason=f"{type(error).__name__}: {error}", fault="worker")
    say(output, ended)
    output.flush()
    # Threads that read must not keep it.
    os._exit(0)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
