"""Who reads pictures and sound of a meeting, and reading them."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec
import traitlets as t

from nanomeet_widget import _page_protocol, _texts
from nanomeet_widget._commands import Commands, Media
from nanomeet_widget._errors import CommandError, InvalidInputError, ReadingEndedError
from nanomeet_widget._meeting_state import ALIVE, MeetingState, State, state
from nanomeet_widget._models import ReadingInfo
from nanomeet_widget._page_protocol import (
    ReadingEndedData,
    ReadingMovedData,
    ReadingsData,
    Status,
)
from nanomeet_widget._reading import Frame, Reading, Sound, Source
from nanomeet_widget._server_address import Address
from nanomeet_widget._states import MeetingStatus
from nanomeet_widget.media import decoding
from nanomeet_widget.media.arrays import need
from nanomeet_widget.media.gathering import Gathered, PieceDecoder
from nanomeet_widget.media.newest import Newest
from nanomeet_widget.media.reader import Read, Reader, Ticket

if TYPE_CHECKING:
    import av

T = TypeVar("T")
R = TypeVar("R")

#: Seconds for the answer: a participant has one minute to agree.
_ANSWER = 80.0
#: What the server accepts.
_LEAST_LINES, _MOST_LINES, _MOST_FPS = 90, 720, 30
#: The meeting goes on although its page is gone: a page that was reloaded comes back.
MAY_COME_BACK = frozenset({"page_closed", "page_silent"})


class Readings(Commands, MeetingState):
    """Reading a meeting's pictures and sound."""

    readers: State[list[ReadingInfo]] = state(t.List())

    def __init__(self, **traits: Any) -> None:  # noqa: ANN401 - traits of every widget
        self._sources: weakref.WeakSet[Source[Any]] = weakref.WeakSet()
        super().__init__(**traits)

    def _server_address(self) -> Address:
        """Return where this program reaches the meeting's server."""
        raise NotImplementedError

    def frames(self, who: str, *, lines: int = 360, fps: float = 10) -> Reading[Frame]:
        """Read the pictures of a participant, or of the stage, as arrays.

        A participant other than you has to agree first, in their own page, and can take that back at any time;
        everyone in the room sees that they are read. Embedded server only.

        Parameters
        ----------
        who : str
            An id of `participants`; ``"me"`` for your own camera, before anything is done to its picture;
            or ``"stage"`` for the stage as the audience sees it, with a broadcast's layout. Reading the
            stage is for moderators.
        lines : int, default 360
            The greatest height of a picture in lines, from 90 to 720. A picture that is larger is made
            smaller.
        fps : float, default 10
            Pictures a second at most, from 1 to 30.

        Returns
        -------
        Reading[Frame]
            Asks at once; iterate over it. Each `Frame` has ``array``, ``at`` and ``participant``. A camera
            that is off gives a black picture once a second.

        Raises
        ------
        InvalidInputError
            If an argument breaks its rule.
        CommandRefusedError
            At once, if it is your own camera, and `NanoMeet.process_video` reads it.
        MissingPackageError
            If NumPy is not installed.

        Examples
        --------
        >>> async for frame in meet.frames("me"):
        ...     print(frame.at, frame.array.mean())
        """
        self._check_camera(who)
        return self._frames(who, lines=lines, fps=fps)

    def _check_camera(self, who: str) -> None:
        """Check that no other program of this meeting reads the camera; a bot has none."""

    def _frames(self, who: str, *, lines: int, fps: float) -> Reading[Frame]:
        _check_number("lines", lines, _LEAST_LINES, _MOST_LINES, whole=True)
        _check_number("fps", fps, 1, _MOST_FPS)

        def convert(read: Read[av.VideoFrame]) -> Frame:
            return Frame(decoding.rgb(read.item, lines=lines), read.at, who)

        place: Newest[Read[av.VideoFrame]] = Newest()
        return self._read(
            "frames",
            who,
            "video",
            {"lines": lines, "fps": max(1, round(fps))},
            decoder=decoding.PictureDecoder,
            place=place,
            put=place.put,
            convert=convert,
            fps=fps,
        )

    def audio(self, who: str) -> Reading[Sound]:
        """Read the sound of a participant, or of the stage, as arrays.

        Consent is as for `frames`, and separate from it. Embedded server only.

        Parameters
        ----------
        who : str
            As for `frames`; ``"me"`` is your own microphone.

        Returns
        -------
        Reading[Sound]
            Asks at once; iterate over it. Each `Sound` has ``samples``, ``at``, ``participant`` and
            ``rate``. A microphone that is muted gives silence.

        Raises
        ------
        InvalidInputError
            If `who` is not text of 1 to 64 characters.
        MissingPackageError
            If NumPy is not installed.
        """

        def convert(sound: Gathered) -> Sound:
            return Sound(sound.samples(), sound.at, who, sound.rate)

        place: Newest[Gathered] = Newest(Gathered.join)
        return self._read(
            "audio",
            who,
            "audio",
            {},
            decoder=PieceDecoder,
            place=place,
            put=lambda piece: place.put(Gathered(piece)),
            convert=convert,
            fps=None,
        )

    def _read(
        self,
        name: str,
        who: str,
        media: Media,
        wanted: dict[str, object],
        *,
        decoder: Callable[[Any], Any],
        place: Newest[R],
        put: Callable[[Read[Any]], object],
        convert: Callable[[R], T],
        fps: float | None,
    ) -> Reading[T]:
        _texts.check("who", who, _texts.ID)
        need("numpy")
        meeting = weakref.ref(self)

        def reader(source: Source[T]) -> Reader[Any]:
            found = meeting()
            if found is None:
                raise ReadingEndedError("the meeting's widget is gone")
            return Reader(
                address=found._server_address().beside("watch"),  # noqa: SLF001 - our own
                media=media,
                decoder=decoder,
                put=put,
                over=lambda words: source.over(found._why_page_gone() or words),  # noqa: SLF001 - our own
                fps=fps,
            )

        def stop(reading: str) -> None:
            found = meeting()
            if found is not None:
                found._stop_reading(reading)  # noqa: SLF001 - our own

        source = Source(name=name, who=who, reader=reader, place=place, convert=convert, stop=stop)
        of = {"stage": None}.get(who, who)
        opened = self._command(
            name,
            source.begin,
            "executeCommand",
            "nanomeetReadMedia",
            {"media": media, "of": of, **wanted},
            timeout=_ANSWER,
            moderator=of is None,
        )
        self._sources.add(source)
        opened.add_done_callback(source.settled)
        return Reading(source, opened)

    def _why_page_gone(self) -> str | None:
        """Return what a program can do whose meeting's page is gone; None while it is there."""
        error = self.error
        if error is None or error["kind"] not in MAY_COME_BACK:
            return None
        return f"{error['message']}, and has left the meeting: once it has joined again, call this again"

    def _stop_reading(self, reading: str) -> None:
        if self._status.state in ALIVE:
            self._execute("stop_reading", "nanomeetStopReading", {"id": reading})

    def _on_readings(self, data: ReadingsData) -> None:
        self._tell(readers=[_info(one) for one in data.readings])

    def _on_reading_moved(self, data: ReadingMovedData) -> None:
        opened = data.stream is not None and data.ticket is not None
        ticket = Ticket(data.stream or "", data.ticket or "") if opened else None
        for source in self._sources_of(data.id):
            source.move(ticket)

    def _on_reading_ended(self, data: ReadingEndedData) -> None:
        for source in self._sources_of(data.id):
            source.fail(_ended(data.kind, f"{source.name}: {data.message}"))

    def _on_status(self, told: Status, at: datetime | None = None) -> None:
        lost = self._why_page_gone()
        super()._on_status(told, at)
        if told.status in ALIVE:
            return
        self._tell(readers=[])
        # A page that is back has not joined yet. If it does not, the server ends what needs it.
        back = lost is not None and told.status is MeetingStatus.IDLE
        if not back and (told.error is None or told.error.kind not in MAY_COME_BACK):
            self._end_media(lost or "the meeting was left", failed=lost is not None)

    def _end_media(self, why: str, *, failed: bool = False) -> None:
        """End all that programs read."""
        del failed
        for source in tuple(self._sources):
            source.fail(_ended("left", f"{source.name}: {why}"))

    def _sources_of(self, reading: str) -> list[Source[Any]]:
        return [source for source in tuple(self._sources) if source.id == reading]

    _KEPT: ClassVar[dict[str, tuple[type[msgspec.Struct], Callable[[Any, Any], None]]]] = {
        **MeetingState._KEPT,  # noqa: SLF001 - of the base
        "nanomeetReadingsChanged": (ReadingsData, _on_readings),
        "nanomeetReadingMoved": (ReadingMovedData, _on_reading_moved),
        "nanomeetReadingEnded": (ReadingEndedData, _on_reading_ended),
    }
    FOLLOWS: ClassVar[dict[type[_page_protocol.Message], Callable[[Any, Any], None]]] = {
        **MeetingState.FOLLOWS,
        Status: _on_status,
    }


def _ended(kind: str, message: str) -> CommandError:
    error = ReadingEndedError(message)
    error.kind = kind
    return error


def _info(told: _page_protocol.ReadingTold) -> ReadingInfo:
    return {"id": told.id, "reader": told.reader, "of": told.of, "media": told.media}


def _check_number(name: str, value: object, least: int, most: int, *, whole: bool = False) -> None:
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        what = "a whole number" if whole else "a number"
        raise InvalidInputError(
            f"{name} must be {what} from {least} to {most}, not {_texts.quoted(value)}"
        )
