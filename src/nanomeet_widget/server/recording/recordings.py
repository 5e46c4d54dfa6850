"""The recordings of a server: made, finished, found again, and kept as long as they are to be."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

from nanomeet_widget.server.config import RecordingSound, Retention
from nanomeet_widget.server.recording.file_recording import FileRecording
from nanomeet_widget.server.recording.retention import Kept, expired
from nanomeet_widget.server.store.recording_records import RecordingRecord, RecordingRecords
from nanomeet_widget.server.timers import Handle

logger = logging.getLogger("nanomeet")

_PRIVATE_FOLDER = 0o700
#: Seconds between two looks for recordings whose time is over.
_TIDY_EVERY = 3600.0
#: Seconds for which the end of a broadcast waits for its recording's sound, which goes on afterwards.
_SOUND_SOON = 10.0


def folder_of(data: Path) -> Path:
    """Return where a data folder has its recordings."""
    return data / "recordings"


def free_bytes(folder: Path) -> int:
    """Return how much room a folder's disk has left."""
    return shutil.disk_usage(folder).free


class Recordings:
    """Makes recordings, finishes them, and finishes those that a killed server left behind.

    Parameters
    ----------
    data
        The data folder.
    records
        The index of recordings.
    loop
        The event loop that callbacks come on.
    patience
        Seconds that finishing one recording may take.
    retention
        Which are kept.
    sound
        What finished ones sound in.
    free
        Says how many bytes a folder's disk has left.
    """

    def __init__(
        self,
        data: Path,
        *,
        records: RecordingRecords,
        loop: asyncio.AbstractEventLoop,
        patience: float,
        retention: Retention,
        sound: RecordingSound = "opus",
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._folder = folder_of(data)
        self._folder.mkdir(exist_ok=True, mode=_PRIVATE_FOLDER)
        self._records = records
        self._loop = loop
        self._patience = patience
        self._retention = retention
        self._sound = sound
        self._free = free
        self._tasks: set[asyncio.Task[None]] = set()
        self._tidying: Handle | None = None
        for name in records.orphaned():
            if self.part(name).exists():
                self.run(self._recover(name))
            else:
                records.drop(name)
        self._tidy()

    def new(self, stream: str, *, private: bool = False) -> FileRecording:
        """Return a recording of this stream, under a name that no other one has.

        The name of a private one is not to be guessed, as who knows it can watch.
        """
        name = self._records.begin(stream, taken=self._taken, private=private)
        return FileRecording(name, recordings=self, loop=self._loop)

    async def close(self) -> None:
        """Wait until everything is finished, within bounds."""
        if self._tidying is not None:
            self._tidying.cancel()
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

    def picture(self, name: str) -> Path:
        """Return the file of a finished recording's picture."""
        return self._folder / f"{name}.jpg"

    def captions(self, name: str) -> Path:
        """Return the file of a recording's captions, which whoever runs this server may lay there."""
        return self._folder / f"{name}.captions.vtt"

    def file(self, name: str) -> Path | None:
        """Return what there is of a recording; None where there is nothing."""
        return next((path for path in (self.final(name), self.part(name)) if path.exists()), None)

    def find(self, name: str) -> RecordingRecord | None:
        """Return what the index says of a recording."""
        return self._records.find(name)

    def all(self, *, stream: str | None, limit: int, offset: int) -> list[RecordingRecord]:
        """Return recordings, the newest first; see `RecordingRecords.all`."""
        return self._records.all(stream=stream, limit=limit, offset=offset)

    def mark(self, name: str, at: float, title: str) -> None:
        """Note that a chapter begins at this second of a recording."""
        self._records.mark(name, at, title)

    def marks(self, name: str) -> list[tuple[float, str]]:
        """Return a recording's chapters."""
        return self._records.marks(name)

    def check_room(self, name: str) -> None:
        """Refuse to write more of a recording that is too large, or where the disk is nearly full.

        Raises
        ------
        OSError
        """
        part, largest = self.part(name), self._retention.largest
        if largest is not None and part.exists() and part.stat().st_size > largest:
            raise OSError(errno.EFBIG, f"it has the {largest / 1e6:.0f} MB that one may have")
        free = self._free(self._folder)
        if free < self._retention.spare:
            raise OSError(errno.ENOSPC, f"only {free / 1e6:.0f} MB are left on the disk")

    def drop(self, name: str) -> None:
        """Forget a recording, and delete what there is of it."""
        for file in (self.part, self.final, self.picture, self.captions):
            file(name).unlink(missing_ok=True)
        self._records.drop(name)

    def run(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Do something in the background; `close` waits for it."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finish(self, name: str) -> None:
        """Make a closed file ready to play under its final name."""
        part, final = self.part(name), self.final(name)
        finished = final.with_suffix(".mp4.tmp")
        duration: float | None = None
        try:
            duration = await self._remux(part, finished, self.picture(name))
        except (OSError, asyncio.TimeoutError, subprocess.CalledProcessError, ValueError) as error:
            # The file plays as it is, only slower to open.
            logger.warning("recording %s stays fragmented: %s", name, error)
            finished.unlink(missing_ok=True)
            part.replace(final)
        else:
            finished.replace(final)
            part.unlink()
        self._records.end(name, duration=duration)
        if self._sound == "aac" and duration is not None and final.exists():
            await asyncio.wait({self.run(self._to_aac(name, duration))}, timeout=_SOUND_SOON)
        self._delete_expired()

    async def _remux(self, source: Path, target: Path, picture: Path) -> float:
        self._check_room_for(source)
        said = await self._work("remux", source, target, picture, patience=self._patience)
        return float(json.loads(said)["duration"])

    async def _to_aac(self, name: str, duration: float) -> None:
        """Have a finished recording sound in AAC; it stays as it is where that fails."""
        final = self.final(name)
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
        """Have a process of its own do something; return what it says."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", f"nanomeet_widget.server.media.{module}", *map(str, paths)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
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
        if self._free(self._folder) < copy.stat().st_size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def _recover(self, name: str) -> None:
        try:
            await self.finish(name)
        except OSError:
            logger.exception("recording %s could not be recovered", name)

    def _taken(self, name: str) -> bool:
        return self.file(name) is not None

    def _tidy(self) -> None:
        self._delete_expired()
        self._tidying = self._loop.call_later(_TIDY_EVERY, self._tidy)

    def _delete_expired(self) -> None:
        kept = [
            Kept(name=record.name, ended=record.ended, size=path.stat().st_size)
            for record in self._records.finished()
            if record.ended is not None and (path := self.final(record.name)).exists()
        ]
        for name in expired(kept, self._retention, now=time.time()):
            logger.info("recording %s is kept no longer", name)
            self.drop(name)
