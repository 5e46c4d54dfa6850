"""Showing a program's pictures in a meeting by the page that has it."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from ipywidgets import DOMWidget

from nanomeet_widget import _texts
from nanomeet_widget._command import Command
from nanomeet_widget._errors import CommandRefusedError, InvalidInputError
from nanomeet_widget._meeting_state import ALIVE
from nanomeet_widget._page_protocol import SourceClosedData
from nanomeet_widget._participation import Participation
from nanomeet_widget._reading import Frame, Reading
from nanomeet_widget._showing import Show
from nanomeet_widget.media.sender import MOST_FPS, Sender

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    #: What `process_video` takes: gets a picture, and returns one.
    Process = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]

#: An output is a screen, too; until you agree, what was shown before goes on.
Use = Literal["screen", "camera", "output"]
#: The command for a stream that a sender feeds.
_OPEN = ("executeCommand", "nanomeetOpenSource")
_TITLE = _texts.Length(least=0, most=_texts.SUBJECT.most)


class Presenting(Participation):
    """Showing pictures of a program in a meeting."""

    def __init__(self, **traits: Any) -> None:  # noqa: ANN401 - traits of every widget
        self._shows: dict[Use, Show] = {}
        #: Those that are being opened: each takes the place of what is shown.
        self._opening: dict[Use, list[Show]] = {"screen": [], "camera": [], "output": []}
        super().__init__(**traits)

    def present(
        self,
        source: Any,  # noqa: ANN401 - see below
        *,
        title: str = "",
        sound: Any = None,  # noqa: ANN401 - see below
        fps: float = 30,
        rate: int = 48_000,
        size: tuple[int, int] | None = None,
        loop: bool = False,
    ) -> Show:
        """Show pictures that a program makes to everyone in the meeting, like a shared screen.

        The broadcast and its recording show them, too. Encoding runs in a process of its own: a busy cell does
        not stop it. Only the newest picture waits, so that none comes late. You have to be on the
        stage. Another `present` takes the place of the one before. Embedded server only.

        Parameters
        ----------
        source : object
            What the others see, as `broadcast` takes it: an iterator, an async iterator or a callable that
            gives arrays of ``uint8``, or pairs of a picture and samples; an array; a path or an address
            that FFmpeg reads; or a matplotlib figure, which is shown whenever it is drawn. Or a widget that
            a cell shows, of which the browser captures the output, and nothing beside it: you agree by a
            click in the meeting, and `Show.state` is ``asked`` from then on. Chrome and Edge only, from
            version 132 on.
        title : str, optional
            What the tile is called; at most 200 characters.
        sound : object, optional
            What the others hear: an iterator, an async iterator or a callable that gives samples.
        fps : float, default 30
            At most so many pictures a second, from 1 to 60.
        rate : int, default 48000
            Samples a second, in hertz.
        size : tuple of int, optional
            Width and height of what the others get, both even; by default that of each picture.
        loop : bool, default False
            Whether a file begins again at its end.

        Returns
        -------
        Show
            What is shown, from now on until its source ends or `Show.stop`.

        Raises
        ------
        InvalidInputError
            If an argument breaks its rule.
        MissingPackageError
            If NumPy is not installed.

        Examples
        --------
        >>> def noise():
        ...     return np.random.randint(0, 255, (360, 640, 3), np.uint8)
        >>> show = meet.present(noise, title="Noise")
        """
        text = _texts.check("title", title, _TITLE)
        if isinstance(source, DOMWidget):
            if sound is not None:
                raise InvalidInputError("sound: an output of the notebook is shown without sound")
            return self._show("present", "output", None, "presentElement", source.model_id, text)
        sender = Sender(source, sound=sound, fps=fps, rate=rate, size=size, loop=loop)
        options = {"use": "screen", "title": text} if text else {"use": "screen"}
        return self._show("present", "screen", sender, *_OPEN, options)

    def process_video(self, process: Process, *, lines: int = 360, fps: float = 30) -> Show:
        """Put your camera's pictures through a function before the others see them.

        The function runs in a thread of the kernel, on the newest picture only: a slow one leaves pictures out,
        and shows none late. If it raises, the camera goes off, so that no unprocessed picture is seen, and
        the traceback appears below the cell. Stopped, the camera itself is shown again. Embedded
        server only.

        Parameters
        ----------
        process : callable
            Gets a picture, an array of ``uint8``: height by width by 3 (RGB), which it may change; returns
            the one to show, of any size.
        lines : int, default 360
            The greatest height of the camera's picture in lines, from 90 to 720.
        fps : float, default 30
            Pictures a second at most, from 1 to 30.

        Returns
        -------
        Show
            What is shown, from now on until `Show.stop`. In a ``with`` block, until the end of the block.

        Raises
        ------
        InvalidInputError
            If an argument breaks its rule.
        MissingPackageError
            If NumPy is not installed.

        Examples
        --------
        >>> with meet.process_video(lambda picture: 255 - picture):
        ...     await asyncio.sleep(60)
        """
        if not callable(process):
            raise InvalidInputError(
                f"process has to be callable, and {_texts.quoted(process)} is not: pass a function "
                "that gets a picture and returns one"
            )
        if (before := self._shows.get("camera")) is not None:
            before.replaced()  # the server lets one program read a camera
        reading = self._frames("me", lines=lines, fps=fps)
        # The camera keeps the pace: a second one, which is not in step with it, would make pictures wait.
        sender = Sender(_processed(reading, process), fps=min(2 * fps, MOST_FPS))
        sender.ended.add_done_callback(lambda _: reading.close())
        return self._show("process_video", "camera", sender, *_OPEN, {"use": "camera"})

    def _check_camera(self, who: str) -> None:
        # One that is about to begin would end, and the camera go off, as its reading is replaced.
        shows = (self._shows.get("camera"), *self._opening["camera"])
        if who == "me" and any(show is not None and show.state != "ended" for show in shows):
            raise CommandRefusedError(
                "frames: process_video reads your camera, and one program reads it at a time: look at the "
                "pictures in the function that process_video calls, or call stop() on what it returned"
            )

    def _show(self, name: str, use: Use, sender: Sender | None, method: str, *args: object) -> Show:
        meeting = weakref.ref(self)
        show = Show(
            name=name,
            sender=sender,
            address=self._server_address,
            closes=functools.partial(_close, meeting, use),
            page_gone=self._why_page_gone,
        )

        def begin(answer: dict[str, str]) -> None:
            stream = str(answer["stream"])
            ticket = "" if sender is None else str(answer["ticket"])
            self._opening[use].remove(show)
            before = self._shows.get(use)
            self._shows[use] = show
            if before is not None and before is not show:
                before.replaced()
            show.begin(stream, ticket)

        def settled(asked: Command[None]) -> None:
            if asked.exception() is not None:
                self._opening[use].remove(show)
                show.settled(asked)

        self._opening[use].append(show)
        show.opened = self._command(name, begin, method, *args)
        show.opened.add_done_callback(settled)
        return show

    def _on_source_closed(self, data: SourceClosedData) -> None:
        for show in tuple(self._shows.values()):
            if show.stream == data.stream:
                show.closed(data.message, failed=data.failed)

    def _end_media(self, why: str, *, failed: bool = False) -> None:
        super()._end_media(why, failed=failed)
        shows, self._shows = self._shows, {}
        for show in shows.values():
            show.closed(why, failed=failed)

    _KEPT: ClassVar[dict[str, tuple[type[msgspec.Struct], Callable[[Any, Any], None]]]] = {
        **Participation._KEPT,  # noqa: SLF001 - of the base
        "nanomeetSourceClosed": (SourceClosedData, _on_source_closed),
    }


def _processed(reading: Reading[Frame], process: Process) -> Iterator[NDArray[np.uint8]]:
    for frame in reading:
        yield process(frame.array)


def _close(meeting: weakref.ref[Presenting], use: Use, show: Show, failed: bool) -> None:  # noqa: FBT001 - as `Show` calls it
    found = meeting()
    if found is None or found._shows.get(use) is not show:  # noqa: SLF001 - our own
        return
    del found._shows[use]  # noqa: SLF001 - likewise
    # To close it would close the one that takes its place.
    if found._status.state in ALIVE and not found._opening[use]:  # noqa: SLF001 - likewise
        if use == "output":
            ended = {"stream": show.stream}
            found._execute("end_element", "nanomeetEndElement", ended)  # noqa: SLF001 - likewise
            return
        options: dict[str, object] = {"use": use}
        if failed:
            options["failed"] = True
        found._execute("close_source", "nanomeetCloseSource", options)  # noqa: SLF001 - likewise
