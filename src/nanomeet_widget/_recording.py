"""A recording of the embedded server: listed and downloaded."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nanomeet_widget import _validation
from nanomeet_widget._errors import ProtocolError
from nanomeet_widget._http import Http, Request, Steps

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Recordings in one answer, and the most answers.
_PAGE, _PAGES = 200, 50
#: A stream's name, and a number.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A recording of a broadcast.

    Attributes
    ----------
    name : str
        Its name, which is also the file's without ``.mp4``.
    stream : str
        The name of the stream that was recorded.
    began : datetime.datetime
        When it began; aware, UTC.
    ended : datetime.datetime or None
        When it ended; None while it is being made.
    duration : float or None
        Seconds; None while it is being made.
    size : int
        Bytes so far.
    path : pathlib.Path or None
        The file, if this user's own server on this machine has it; None for a server that was named by
        its URL.
    url : str
        Where it can be played; anyone who has the address can watch.
    thumbnail : str or None
        The URL of a picture (JPEG), once the recording is complete.
    chapters : str
        The URL of its chapters (WebVTT).
    captions : str or None
        The URL of its captions (WebVTT), if the file ``<name>.captions.vtt`` is beside it.
    """

    name: str
    stream: str
    began: datetime
    ended: datetime | None
    duration: float | None
    size: int
    path: Path | None
    url: str
    thumbnail: str | None
    chapters: str
    captions: str | None
    _fetch: Callable[[str, Path], None] = field(repr=False, compare=False)

    def download(self, path: str | Path) -> Path:
        """Save the recording as a file; one in the making as far as it got.

        Parameters
        ----------
        path : str or pathlib.Path
            The file, which is replaced if it exists, or a folder.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        ServiceError
            If the server refuses or cannot be reached; an existing file is unchanged then.
        OSError
            If the file cannot be written.
        """
        target = Path(path)
        if target.is_dir():
            target /= f"{self.name}.mp4"
        self._fetch(f"/vod/{self.name}.mp4", target)
        return target


def listing(
    http: Http,
    origin: str,
    headers: Mapping[str, str],
    *,
    page: str,
    stream: str | None = None,
    own: bool = False,
) -> Steps[list[Recording]]:
    """Return the recordings that a server lists, the newest first.

    Parameters
    ----------
    http
        Downloads their files.
    origin
        The server's address.
    headers
        The credential: an API key or a moderator's token.
    page
        The server's address for people.
    stream
        Only those of this stream.
    own
        Whether it has proved to be this user's server on this machine: only that one names files here.

    Raises
    ------
    ProtocolError
        If the server answers with something else.
    """
    narrowed = "" if stream is None else f"&stream={_validation.check_streamname(stream)}"
    found: list[Recording] = []
    for number in range(_PAGES):
        query = f"limit={_PAGE}&offset={number * _PAGE}{narrowed}"
        answer = yield Request(
            method="GET",
            origin=origin,
            path=f"/recordings?{query}",
            headers=headers,
            repeatable=True,
        )
        entries = _recordings(
            answer, page, lambda path, to: http.download(origin, path, to), own=own
        )
        found += entries
        if len(entries) < _PAGE:
            break
    return found


def _recordings(
    answer: object, page: str, fetch: Callable[[str, Path], None], *, own: bool
) -> list[Recording]:
    entries = answer.get("data") if isinstance(answer, dict) else None
    try:
        return [_recording(entry, page, fetch, own=own) for entry in entries]  # type: ignore[union-attr]
    except (TypeError, KeyError, ValueError, OverflowError, OSError) as error:
        raise ProtocolError(f"the server's list of recordings is malformed: {error}") from None


def _recording(
    entry: dict[str, Any], page: str, fetch: Callable[[str, Path], None], *, own: bool
) -> Recording:
    name = str(entry["name"])
    if not _NAME.fullmatch(name):  # it becomes part of addresses and a file's name
        raise ValueError("a name has letters that no recording's has")
    # Not even looked at: another server's words would choose what on this machine is opened.
    path = Path(str(entry["path"])) if own and entry["path"] else None
    return Recording(
        name=name,
        stream=str(entry["stream"]),
        began=_moment(entry["began"]),
        ended=None if entry["ended"] is None else _moment(entry["ended"]),
        duration=None if entry["duration"] is None else float(entry["duration"]),
        size=int(entry["size"]),
        path=path if path is not None and path.exists() else None,
        url=f"{page}/vod/{name}.mp4",
        thumbnail=f"{page}/vod/{name}.jpg" if entry["thumbnail"] else None,
        chapters=f"{page}/vod/{name}.vtt",
        captions=f"{page}/vod/{name}.captions.vtt" if entry.get("captions") else None,
        _fetch=fetch,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
