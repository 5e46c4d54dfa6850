"""The files of recordings, and what the index says of them."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

from nanomeet_widget.server.config import Retention
from nanomeet_widget.server.store.recording_records import RecordingRecord, RecordingRecords

_PRIVATE_FOLDER = 0o700


def folder_of(data: Path) -> Path:
    """Return the folder of the recordings in a data folder.

    Parameters
    ----------
    data : Path
        The data folder.
    """
    return data / "recordings"


def free_bytes(folder: Path) -> int:
    """Return the free space of a folder's disk, in bytes.

    Parameters
    ----------
    folder : Path
        The folder.
    """
    return shutil.disk_usage(folder).free


class RecordingFiles:
    """The recordings of a data folder: one by one, by their names.

    Parameters
    ----------
    data : Path
        The data folder.
    records : RecordingRecords
        The index of recordings.
    retention : Retention
        The largest recording, and the space to spare on the disk.
    free : callable, optional
        Returns the free space of a folder's disk, in bytes.
    """

    def __init__(
        self,
        data: Path,
        records: RecordingRecords,
        *,
        retention: Retention,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._folder = folder_of(data)
        self._folder.mkdir(exist_ok=True, mode=_PRIVATE_FOLDER)
        self._records = records
        self._retention = retention
        self._free = free

    def part(self, name: str) -> Path:
        """Return the path of a recording while it is being written.

        Parameters
        ----------
        name : str
            The recording's name.
        """
        return self._folder / f"{name}.part.mp4"

    def final(self, name: str) -> Path:
        """Return the path of a finished recording.

        Parameters
        ----------
        name : str
            The recording's name.
        """
        return self._folder / f"{name}.mp4"

    def picture(self, name: str) -> Path:
        """Return the path of a finished recording's thumbnail.

        Parameters
        ----------
        name : str
            The recording's name.
        """
        return self._folder / f"{name}.jpg"

    def captions(self, name: str) -> Path:
        """Return the path at which the server's operator may put a recording's captions.

        Parameters
        ----------
        name : str
            The recording's name.
        """
        return self._folder / f"{name}.captions.vtt"

    def file(self, name: str) -> Path | None:
        """Return the path of a recording's existing file, finished or not.

        Parameters
        ----------
        name : str
            The recording's name.

        Returns
        -------
        Path or None
            None if there is no file.
        """
        return next((path for path in (self.final(name), self.part(name)) if path.exists()), None)

    def find(self, name: str) -> RecordingRecord | None:
        """Return a recording's record in the index.

        Parameters
        ----------
        name : str
            The recording's name.

        Returns
        -------
        RecordingRecord or None
            None if the index does not have it.
        """
        return self._records.find(name)

    def all(self, *, stream: str | None, limit: int, offset: int) -> list[RecordingRecord]:
        """Return recordings, newest first.

        Parameters
        ----------
        stream, limit, offset
            As in `RecordingRecords.all`.

        Returns
        -------
        list of RecordingRecord
            At most `limit` of them.
        """
        return self._records.all(stream=stream, limit=limit, offset=offset)

    def mark(self, name: str, at: float, title: str) -> None:
        """Begin a chapter.

        Parameters
        ----------
        name : str
            The recording's name.
        at : float
            Seconds since its beginning.
        title : str
            The chapter's title.
        """
        self._records.mark(name, at, title)

    def marks(self, name: str) -> list[tuple[float, str]]:
        """Return a recording's chapters.

        Parameters
        ----------
        name : str
            The recording's name.

        Returns
        -------
        list of tuple
            Seconds since the recording's beginning, and the title.
        """
        return self._records.marks(name)

    def check_room(self, name: str) -> None:
        """Check that a recording may grow.

        Parameters
        ----------
        name : str
            The recording's name.

        Raises
        ------
        OSError
            If it has reached its largest size, or the disk is nearly full.
        """
        part, largest = self.part(name), self._retention.largest
        if largest is not None and part.exists() and part.stat().st_size > largest:
            raise OSError(errno.EFBIG, f"it has reached the limit of {largest / 1e6:.0f} MB")
        free = self._free(self._folder)
        if free < self._retention.spare:
            raise OSError(errno.ENOSPC, f"only {free / 1e6:.0f} MB are left on the disk")

    def has_room_for(self, copy: Path) -> bool:
        """Return whether the disk has room for a copy of a file.

        Parameters
        ----------
        copy : Path
            The file to copy.
        """
        return self._free(self._folder) >= copy.stat().st_size

    def drop(self, name: str) -> None:
        """Delete a recording's files and its record.

        Parameters
        ----------
        name : str
            The recording's name.
        """
        for file in (self.part, self.final, self.picture, self.captions):
            file(name).unlink(missing_ok=True)
        self._records.drop(name)
