"""Recordings for players: video (also while it is written), thumbnail, chapters and captions.

Knowing a recording's address is enough to watch it. Listing recordings requires an API key or a
moderator's token.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from tornado import web

from nanomeet_widget import _validation
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server.http.handlers import Handler
from nanomeet_widget.server.http.page_policy import PLAYED
from nanomeet_widget.server.http.pages import FileHandler
from nanomeet_widget.server.http.service_handler import ServiceHandler
from nanomeet_widget.server.recording.chapters import webvtt
from nanomeet_widget.server.store.recording_records import RecordingRecord

_MAX_LIMIT, _MAX_OFFSET = 200, 1_000_000
_NUMBER = re.compile(r"[0-9]{1,7}")


class PlayableHandler(Handler):
    """The base of handlers for what any page may play."""

    def set_default_headers(self) -> None:
        """Allow any page to play it, and browsers to play it as a page."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", PLAYED)
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Cross-Origin-Resource-Policy", "cross-origin")


class RecordingFileHandler(PlayableHandler, FileHandler):
    """`GET vod/….mp4`, `….jpg`, `….captions.vtt`: a recording's files."""

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Use the file that is being written if there is no finished one yet.

        Parameters
        ----------
        root : str
            The folder.
        absolute_path : str
            The requested file.

        Returns
        -------
        str or None
            As tornado's `StaticFileHandler` returns it.
        """
        path = Path(absolute_path)
        part = self.core.recordings.part(path.stem)
        if path.suffix == ".mp4" and not path.exists() and part.exists():
            absolute_path = str(part)
        return super().validate_absolute_path(root, absolute_path)

    def set_extra_headers(self, path: str) -> None:
        """Prevent caching of a file that is still being written.

        Parameters
        ----------
        path : str
            The requested file.
        """
        super().set_extra_headers(path)
        if Path(self.absolute_path or "").name.endswith(".part.mp4"):
            self.set_header("Cache-Control", "no-store")

    def get_content_type(self) -> str:
        """Return the type that browsers need for captions, whatever this machine's own table says."""
        if str(self.absolute_path).endswith(".vtt"):
            return "text/vtt; charset=utf-8"
        return super().get_content_type()

    def compute_etag(self) -> str:
        """Identify a file without reading it, as videos are large."""
        found = Path(self.absolute_path or "").stat()
        # A file that is being written is only appended to.
        parts = (
            (found.st_ino,)
            if str(self.absolute_path).endswith(".part.mp4")
            else (
                found.st_ino,
                found.st_mtime_ns,
                found.st_size,
            )
        )
        return '"' + "-".join(f"{part:x}" for part in parts) + '"'


class RecordingChaptersHandler(PlayableHandler):
    """`GET vod/….vtt`: a recording's chapters so far."""

    def get(self, name: str) -> None:
        """Send the chapters.

        Parameters
        ----------
        name : str
            The recording's name.
        """
        record = self.core.recordings.find(name)
        if record is None or self.core.recordings.file(name) is None:
            raise web.HTTPError(404)
        duration = record.duration
        if duration is None:
            duration = (record.ended or time.time()) - record.began
        self.set_header("Content-Type", "text/vtt; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(webvtt(self.core.recordings.marks(name), duration=duration))


class RecordingListHandler(ServiceHandler):
    """`GET recordings`: all for an API key, those of the token's stream for a moderator's token."""

    def get(self) -> None:
        """Send the list, newest first."""
        claims = self.moderator()
        limit, offset = self.page()
        found = self.core.recordings.all(
            stream=self.asked_stream() if claims is None else claims.streamname,
            limit=limit,
            offset=offset,
        )
        self.answer({"data": [self.describe(record, by_key=claims is None) for record in found]})

    def page(self) -> tuple[int, int]:
        """Return how many recordings are asked for, and how many newer ones are left out.

        Raises
        ------
        InvalidInputError
            If one of them is not a number in its range.
        """
        limit = self._number("limit", default=100, most=_MAX_LIMIT)
        return limit, self._number("offset", default=0, most=_MAX_OFFSET)

    def asked_stream(self) -> str | None:
        """Return the stream whose recordings are asked for; None for all.

        Raises
        ------
        InvalidInputError
            If that is not a stream's name.
        """
        asked = self.get_query_argument("stream", None)
        return None if asked is None else _validation.check_streamname(asked)

    def _number(self, name: str, *, default: int, most: int) -> int:
        text = self.get_query_argument(name, None)
        if text is None:
            return default
        if not _NUMBER.fullmatch(text) or not int(text) <= most:
            raise InvalidInputError(f"{name} must be a whole number from 0 to {most}")
        return int(text)

    def describe(self, record: RecordingRecord, *, by_key: bool) -> dict[str, Any]:
        """Return what is said of a recording.

        Parameters
        ----------
        record : RecordingRecord
            The recording.
        by_key : bool
            Whether the server's operator asks.
        """
        # Relative to the server's address, as pages of a notebook may reach it by another one.
        recordings, base = self.core.recordings, f"vod/{record.name}"
        path = recordings.file(record.name)
        picture = recordings.picture(record.name)
        return {
            "name": record.name,
            "stream": record.stream,
            "began": record.began,
            "ended": record.ended,
            "duration": record.duration,
            "size": path.stat().st_size if path else 0,
            # Only the server's operator learns the path on this machine.
            "path": str(path) if path and by_key else None,
            "url": f"{base}.mp4",
            "thumbnail": f"{base}.jpg" if picture.exists() else None,
            "chapters": f"{base}.vtt",
            "captions": f"{base}.captions.vtt"
            if recordings.captions(record.name).exists()
            else None,
        }
