"""The recordings of a server: begun, recovered after a crash, and deleted when they expire."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from nanomeet_widget.server.config import RecordingSound, Retention
from nanomeet_widget.server.recording.file_recording import FileRecording
from nanomeet_widget.server.recording.finisher import Finisher
from nanomeet_widget.server.recording.recording_files import RecordingFiles, free_bytes
from nanomeet_widget.server.recording.retention import Kept, expired
from nanomeet_widget.server.store.recording_records import RecordingRecords
from nanomeet_widget.server.timers import Alarm

logger = logging.getLogger("nanomeet")

#: Seconds between two searches for expired recordings.
_TIDY_EVERY = 3600.0


class Recordings:
    """Begins recordings, and finishes those that a killed server left behind.

    Parameters
    ----------
    data : Path
        The data folder.
    records : RecordingRecords
        The index of recordings.
    loop : asyncio.AbstractEventLoop
        The event loop that callbacks run on.
    patience : float
        Seconds that finishing one recording may take.
    retention : Retention
        Which recordings are kept.
    sound : RecordingSound, default "opus"
        The finished recordings' audio codec.
    free : callable, optional
        Returns the free space of a folder's disk, in bytes.
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
        self.files = RecordingFiles(data, records, retention=retention, free=free)
        self._records = records
        self._loop = loop
        self._retention = retention
        self._finisher = Finisher(
            self.files,
            records,
            loop=loop,
            patience=patience,
            sound=sound,
            on_finished=self._delete_expired,
        )
        self._tidying = Alarm(loop)
        for name in records.orphaned():
            if self.files.part(name).exists():
                self._finisher.run(self._finisher.recover(name))
            else:
                records.drop(name)
        self._tidy()

    def new(self, stream: str, *, private: bool = False) -> FileRecording:
        """Return a recording of a stream, which is not open yet.

        Parameters
        ----------
        stream : str
            The stream's name; the recording gets a name that begins with it, and is unique.
        private : bool, default False
            Whether that name cannot be guessed, as it is all that watching takes.

        Returns
        -------
        FileRecording
            The recording.
        """
        name = self._records.begin(stream, taken=self._taken, private=private)
        return FileRecording(name, files=self.files, finisher=self._finisher, loop=self._loop)

    async def close(self) -> None:
        """Wait until everything is finished, or takes too long."""
        self._tidying.cancel()
        await self._finisher.close()

    def _taken(self, name: str) -> bool:
        return self.files.file(name) is not None

    def _tidy(self) -> None:
        self._delete_expired()
        self._tidying.set(_TIDY_EVERY, self._tidy)

    def _delete_expired(self) -> None:
        kept = [
            Kept(name=record.name, ended=record.ended, size=path.stat().st_size)
            for record in self._records.finished()
            if record.ended is not None and (path := self.files.final(record.name)).exists()
        ]
        for name in expired(kept, self._retention, now=time.time()):
            logger.info("recording %s has expired and is deleted", name)
            self.files.drop(name)
