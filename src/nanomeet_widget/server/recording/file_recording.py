"""One recording while it is written: a thread of its own does everything that touches the disk."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server.media.muxer import Muxer
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol import common
from nanomeet_widget.server.protocol.frames import Frame
from nanomeet_widget.server.recording.finisher import Finisher
from nanomeet_widget.server.recording.recording_files import RecordingFiles

#: Bytes that may wait for the disk.
_MAX_WAITING = 64 * 1024 * 1024
#: How many seconds a power failure may cost; a killed process only loses the fragment being written.
_SYNC_EVERY = 5.0
#: Seconds between two checks of the disk's free space.
_CHECK_EVERY = 1.0
_KINDS: dict[int, common.TroubleKind] = {
    errno.ENOSPC: "recording_disk",
    errno.EDQUOT: "recording_disk",
    errno.EFBIG: "recording_size",
}


@dataclass(frozen=True)
class _Placed:
    frame: Frame
    time: int


class FileRecording:
    """A `Recording` of a broadcast into a file.

    Parameters
    ----------
    name : str
        Its name, reserved in the index.
    files : RecordingFiles
        The recordings' files.
    finisher : Finisher
        Makes it ready to play.
    loop : asyncio.AbstractEventLoop
        The event loop that callbacks run on.
    """

    def __init__(
        self,
        name: str,
        *,
        files: RecordingFiles,
        finisher: Finisher,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._name = name
        self._files = files
        self._finisher = finisher
        self._loop = loop
        self._queue: queue.SimpleQueue[_Placed | Setup | None] = queue.SimpleQueue()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._on_open: Callable[[common.Trouble | None], None] | None = None
        self._on_error: Callable[[common.Trouble], None] | None = None
        self._failed = False

    @property
    def vod(self) -> str:
        """The finished recording's path, relative to the server's address."""
        return f"vod/{self._name}.mp4"

    def open(
        self,
        setups: Sequence[Setup],
        *,
        on_open: Callable[[common.Trouble | None], None],
        on_error: Callable[[common.Trouble], None],
    ) -> None:
        """Begin the file.

        Parameters
        ----------
        setups, on_open, on_error
            As `Recording.open` has them.
        """
        self._on_open, self._on_error = on_open, on_error
        self._thread = threading.Thread(
            target=self._run, args=(setups,), name=f"recording-{self._name}", daemon=True
        )
        self._thread.start()

    def setup(self, setup: Setup) -> None:
        """Change a track's set-up.

        Parameters
        ----------
        setup : Setup
            The new set-up; it names its track.
        """
        if self._thread is not None and not self._failed:
            self._queue.put(setup)

    def write(self, frame: Frame, time: int) -> None:
        """Add a frame.

        Parameters
        ----------
        frame : Frame
            The frame.
        time : int
            Microseconds since the first frame.
        """
        if self._thread is None or self._failed:
            return
        if self._waiting > _MAX_WAITING:
            self._fail(common.Trouble("recording_failed", "the disk is too slow"))
            return
        self._waiting += len(frame.payload)
        self._queue.put(_Placed(frame, time))

    def mark(self, title: str, time: int) -> None:
        """Begin a chapter.

        Parameters
        ----------
        title : str
            The chapter's title.
        time : int
            Microseconds since the first frame.
        """
        if self._thread is not None and not self._failed:
            self._files.mark(self._name, time / 1_000_000, title)

    def finish(self, on_done: Callable[[common.Trouble | None], None]) -> None:
        """Close the file and make it ready to play.

        Parameters
        ----------
        on_done : callable
            As `Recording.finish` has it.
        """
        if self._thread is None:
            self._files.drop(self._name)
            self._loop.call_soon(on_done, None)
            return
        self._queue.put(None)
        self._finisher.run(self._finish(self._thread, on_done))

    async def _finish(
        self, thread: threading.Thread, on_done: Callable[[common.Trouble | None], None]
    ) -> None:
        trouble: common.Trouble | None = None
        await self._loop.run_in_executor(None, thread.join)
        if self._files.part(self._name).exists():
            try:
                await self._finisher.finish(self._name)
            except OSError as failure:
                trouble = _trouble(failure)
        else:
            self._files.drop(self._name)
        on_done(trouble)

    def _run(self, setups: Sequence[Setup]) -> None:
        """Run in the thread: open the file and write to it."""
        try:
            self._files.check_room(self._name)
            muxer = Muxer(self._files.part(self._name), setups)
        except (OSError, NanoMeetError, ValueError) as error:
            self._call(self._opened, _trouble(error))
            return
        self._call(self._opened, None)
        try:
            with contextlib.closing(muxer):
                self._drain(muxer)
        except (OSError, NanoMeetError, ValueError) as error:
            self._call(self._fail, _trouble(error))

    def _drain(self, muxer: Muxer) -> None:
        synced = checked = time.monotonic()
        while (entry := self._queue.get()) is not None:
            if isinstance(entry, Setup):
                muxer.setup(entry)
            else:
                muxer.write(entry.frame, entry.time)
                self._waiting -= len(entry.frame.payload)
            now = time.monotonic()
            if now - checked > _CHECK_EVERY:
                checked = now
                self._files.check_room(self._name)
            if now - synced > _SYNC_EVERY:
                synced = now
                muxer.sync()

    def _call(self, callback: Callable[..., None], *args: object) -> None:
        # The loop may be gone if the server was killed.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(functools.partial(callback, *args))

    def _opened(self, trouble: common.Trouble | None) -> None:
        self._failed = trouble is not None
        if self._on_open is not None:
            self._on_open(trouble)

    def _fail(self, trouble: common.Trouble) -> None:
        if not self._failed:
            self._failed = True
            if self._on_error is not None:
                self._on_error(trouble)


def _trouble(error: Exception) -> common.Trouble:
    if not isinstance(error, OSError):
        return common.Trouble("recording_failed", str(error))
    kind = _KINDS.get(error.errno or 0, "recording_failed")
    return common.Trouble(kind, error.strerror or str(error))
