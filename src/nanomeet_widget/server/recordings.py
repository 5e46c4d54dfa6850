"""The recordings of a server: one thread a recording while it is made, one process to finish it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server.frames import Frame
from nanomeet_widget.server.muxer import Muxer
from nanomeet_widget.server.store import Store
from nanomeet_widget.server.tracks import Setup

logger = logging.getLogger("nanomeet")

#: Bytes that may wait for the disk.
_MAX_WAITING = 64 * 1024 * 1024
_PRIVATE_FOLDER = 0o700


def folder_of(data: Path) -> Path:
    """Return where a data folder has its recordings."""
    return data / "recordings"


class Recordings:
    """Makes recordings, finishes them, and finishes those that a killed server left behind.

    Parameters
    ----------
    data
        The data folder.
    store
        The index of recordings.
    loop
        The event loop that callbacks come on.
    patience
        Seconds that finishing one recording may take.
    """

    def __init__(
        self, data: Path, *, store: Store, loop: asyncio.AbstractEventLoop, patience: float
    ) -> None:
        self._folder = folder_of(data)
        self._folder.mkdir(exist_ok=True, mode=_PRIVATE_FOLDER)
        self._store = store
        self._loop = loop
        self._patience = patience
        self._tasks: set[asyncio.Task[None]] = set()
        for name in store.orphaned_recordings():
            if self.part(name).exists():
                self.run(self._recover(name))
            else:
                store.drop_recording(name)

    def new(self, stream: str) -> FileRecording:
        """Return a recording of this stream, under a name that no other one has."""
        name = self._store.begin_recording(stream, taken=self._taken)
        return FileRecording(name, recordings=self, loop=self._loop)

    async def close(self) -> None:
        """Wait until everything is finished, within bounds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._patience)
            for task in late:
                task.cancel()

    def part(self, name: str) -> Path:
        """Return the file of a recording in the making."""
        return self._folder / f"{name}.part.mp4"

    def final(self, name: str) -> Path:
        """Return the file of a finished recording."""
        return self._folder / f"{name}.mp4"

    def drop(self, name: str) -> None:
        """Forget a recording that has no picture."""
        self.part(name).unlink(missing_ok=True)
        self._store.drop_recording(name)

    def run(self, work: Coroutine[None, None, None]) -> None:
        """Do something in the background; `close` waits for it."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, name: str) -> None:
        """Make a closed file ready to play under its final name."""
        part, final = self.part(name), self.final(name)
        finished = final.with_suffix(".mp4.tmp")
        try:
            await self._remux(part, finished)
        except (OSError, asyncio.TimeoutError, subprocess.CalledProcessError) as error:
            # The file plays as it is, only slower to open.
            logger.warning("recording %s stays fragmented: %s", name, error)
            finished.unlink(missing_ok=True)
            part.replace(final)
        else:
            finished.replace(final)
            part.unlink()
        self._store.end_recording(name)

    async def _remux(self, source: Path, target: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "nanomeet_widget.server.remux",
            str(source),
            str(target),
            stdin=subprocess.DEVNULL,
        )
        try:
            code = await asyncio.wait_for(process.wait(), self._patience)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise
        if code != 0:
            raise subprocess.CalledProcessError(code, "remux")

    async def _recover(self, name: str) -> None:
        try:
            await self.finish(name)
        except OSError:
            logger.exception("recording %s could not be recovered", name)

    def _taken(self, name: str) -> bool:
        return self.part(name).exists() or self.final(name).exists()


class FileRecording:
    """A `Recording` of a broadcast into a file.

    Parameters
    ----------
    name
        Its name, reserved in the index.
    recordings
        What it belongs to.
    loop
        The event loop that callbacks come on.
    """

    def __init__(
        self, name: str, *, recordings: Recordings, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._name = name
        self._recordings = recordings
        self._loop = loop
        self._queue: queue.SimpleQueue[Frame | Setup | None] = queue.SimpleQueue()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._on_open: Callable[[str | None], None] | None = None
        self._on_error: Callable[[str], None] | None = None
        self._failed = False

    @property
    def vod(self) -> str:
        """The path, below the server's address, where it can be seen afterwards."""
        return f"vod/{self._name}.mp4"

    def open(
        self,
        video: Setup,
        audio: Setup | None,
        *,
        on_open: Callable[[str | None], None],
        on_error: Callable[[str], None],
    ) -> None:
        """Begin the file."""
        self._on_open, self._on_error = on_open, on_error
        self._thread = threading.Thread(
            target=self._run, args=(video, audio), name=f"recording-{self._name}", daemon=True
        )
        self._thread.start()

    def setup(self, setup: Setup) -> None:
        """Take note that a track's set-up has changed."""
        if self._thread is not None and not self._failed:
            self._queue.put(setup)

    def write(self, frame: Frame) -> None:
        """Add a frame."""
        if self._thread is None or self._failed:
            return
        if self._waiting > _MAX_WAITING:
            self._fail("the disk is too slow")
            return
        self._waiting += len(frame.payload)
        self._queue.put(frame)

    def finish(self, on_done: Callable[[str | None], None]) -> None:
        """Close the file and make it ready to play."""
        if self._thread is None:
            self._recordings.drop(self._name)
            self._loop.call_soon(on_done, None)
            return
        self._queue.put(None)
        self._recordings.run(self._finish(self._thread, on_done))

    async def _finish(
        self, thread: threading.Thread, on_done: Callable[[str | None], None]
    ) -> None:
        error: str | None = None
        await self._loop.run_in_executor(None, thread.join)
        if self._recordings.part(self._name).exists():
            try:
                await self._recordings.finish(self._name)
            except OSError as failure:
                error = _words(failure)
        else:
            self._recordings.drop(self._name)
        on_done(error)

    def _run(self, video: Setup, audio: Setup | None) -> None:
        """The thread: everything that touches the disk."""
        try:
            muxer = Muxer(self._recordings.part(self._name), video, audio)
        except (OSError, NanoMeetError, ValueError) as error:
            self._call(self._opened, _words(error))
            return
        self._call(self._opened, None)
        try:
            with contextlib.closing(muxer):
                self._drain(muxer)
        except (OSError, NanoMeetError, ValueError) as error:
            self._call(self._fail, _words(error))

    def _drain(self, muxer: Muxer) -> None:
        while (entry := self._queue.get()) is not None:
            if isinstance(entry, Setup):
                muxer.setup(entry)
            else:
                muxer.write(entry)
                self._waiting -= len(entry.payload)

    def _call(self, callback: Callable[..., None], *args: object) -> None:
        # The loop may be gone if the server was stopped the hard way.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(functools.partial(callback, *args))

    def _opened(self, error: str | None) -> None:
        self._failed = error is not None
        if self._on_open is not None:
            self._on_open(error)

    def _fail(self, error: str) -> None:
        if not self._failed:
            self._failed = True
            if self._on_error is not None:
                self._on_error(error)


def _words(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
