"""Finishing recordings: indexed for seeking, with a thumbnail, and with AAC sound if configured."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import math
import os
import subprocess
from collections.abc import Callable, Coroutine
from pathlib import Path

from nanomeet_widget import _json
from nanomeet_widget.server import workers
from nanomeet_widget.server.config import RecordingSound
from nanomeet_widget.server.confined import Bounds
from nanomeet_widget.server.recording.recording_files import RecordingFiles
from nanomeet_widget.server.store.recording_records import RecordingRecords

logger = logging.getLogger("nanomeet")

#: Seconds for which the end of a broadcast waits for its recording's AAC sound; then that continues
#: in the background.
_SOUND_SOON = 10.0
#: How large a finished file may be: so many times the source, and some more bytes.
_GROWTH, _SPARE = 2, 64 << 20


class Finisher:
    """Makes written recordings ready to play, in processes of their own.

    Parameters
    ----------
    files : RecordingFiles
        The recordings' files.
    records : RecordingRecords
        The index of recordings.
    loop : asyncio.AbstractEventLoop
        The event loop.
    patience : float
        Seconds that finishing one recording may take.
    sound : RecordingSound
        The finished recordings' audio codec.
    on_finished : callable
        Called after each finished recording.
    """

    def __init__(
        self,
        files: RecordingFiles,
        records: RecordingRecords,
        *,
        loop: asyncio.AbstractEventLoop,
        patience: float,
        sound: RecordingSound,
        on_finished: Callable[[], None],
    ) -> None:
        self._files = files
        self._records = records
        self._loop = loop
        self._patience = patience
        self._sound = sound
        self._on_finished = on_finished
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run a coroutine in the background; `close` waits for it.

        Parameters
        ----------
        work : Coroutine
            The coroutine.

        Returns
        -------
        asyncio.Task
            The running task.
        """
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Wait for the background tasks, and cancel those that take longer than `patience`."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._patience)
            for task in late:
                task.cancel()

    async def finish(self, name: str) -> None:
        """Make a closed file ready to play, under its final name.

        Parameters
        ----------
        name : str
            The recording's name.

        Raises
        ------
        OSError
            If the file cannot even be renamed.
        """
        part, final = self._files.part(name), self._files.final(name)
        finished = final.with_suffix(".mp4.tmp")
        duration: float | None = None
        try:
            duration = await self._remux(part, finished, self._files.picture(name))
        except (OSError, asyncio.TimeoutError, subprocess.CalledProcessError, ValueError) as error:
            # The file plays as it is; it only opens more slowly.
            logger.warning("recording %s stays fragmented: %s", name, error)
            finished.unlink(missing_ok=True)
            part.replace(final)
        else:
            finished.replace(final)
            part.unlink()
        self._records.end(name, duration=duration)
        if self._sound == "aac" and duration is not None and final.exists():
            await asyncio.wait({self.run(self._to_aac(name, duration))}, timeout=_SOUND_SOON)
        self._on_finished()

    async def recover(self, name: str) -> None:
        """Finish a recording that a killed server left behind; a failure is logged.

        Parameters
        ----------
        name : str
            The recording's name.
        """
        try:
            await self.finish(name)
        except OSError:
            logger.exception("recording %s could not be recovered", name)

    async def _remux(self, source: Path, target: Path, picture: Path) -> float:
        self._check_room_for(source)
        said = await self._work("remux", source, target, picture, patience=self._patience)
        return float(_json.read(said)["duration"])

    async def _to_aac(self, name: str, duration: float) -> None:
        """Convert a finished recording's audio to AAC; if that fails, the file stays as it is."""
        final = self._files.final(name)
        finished = final.with_suffix(".aac.tmp")
        try:
            self._check_room_for(final)
            await self._work("aac", final, finished, patience=self._patience + duration)
            # It may have been deleted meanwhile.
            if final.exists():
                finished.replace(final)
        except (OSError, asyncio.TimeoutError, subprocess.CalledProcessError) as error:
            logger.warning("the sound of recording %s stays Opus: %s", name, error)
        finally:
            finished.unlink(missing_ok=True)

    @staticmethod
    async def _work(module: str, *paths: Path, patience: float) -> bytes:
        """Run a module of `media` in a process of its own, and return its output."""
        # They may be relative; and the process enters its folders by name.
        whole = [path.absolute() for path in paths]
        bounds = Bounds(
            processor=math.ceil(patience),
            file_size=_GROWTH * whole[0].stat().st_size + _SPARE,
            folders=tuple({str(path.parent) for path in whole}),
        )
        process = await workers.start(f"media.{module}", *map(str, whole), bounds=bounds)
        try:
            said, _ = await asyncio.wait_for(process.communicate(), patience)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, module)
        return said

    def _check_room_for(self, copy: Path) -> None:
        if not self._files.has_room_for(copy):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
