"""What the notebooks of `python_meeting` and `slow_reader` run in their kernels."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import barcode

import nanomeet_widget as nm
from nanomeet_widget import _trust

FPS = 30
#: Seconds for a reading or a show to settle, before it is measured.
_SETTLE = 3.0


def tell(**values: object) -> None:
    """Write a file that the benchmark reads."""
    Path("told.json").write_text(json.dumps({"kernel": os.getpid(), **values}))


def meeting(server: str, token: str) -> nm.NanoMeet:
    """Return a meeting of the benchmark's server."""
    _trust.use(server)
    return nm.NanoMeet(token=token)


def other(meet: nm.NanoMeet) -> str:
    """Return the id of the guest."""
    return next(one["id"] for one in meet.participants if one["display_name"] == "Grace")


def pictures(lines: int) -> Callable[[], Any]:
    """Return what gives arrays with the time at which they are asked for; in any thread."""
    numbers = itertools.count()
    return lambda: barcode.draw(next(numbers), lines)


async def present(meet: nm.NanoMeet, lines: int) -> Any:  # noqa: ANN401 - a `Show`
    """Present arrays; tell which process encodes them."""
    show = meet.present(pictures(lines), title=f"{lines} lines", fps=FPS)
    await begun(show)
    return show


async def begun(show: Any) -> None:  # noqa: ANN401 - a `Show`
    """Wait until the meeting has a place for what is shown; tell which process encodes it."""
    await show.opened
    process = show._sender._process  # noqa: SLF001 - for its processor time
    tell(worker=process.pid)


def compute(seconds: float) -> None:
    """Be a cell that computes in Python all the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(1000))


def changed(picture: Any) -> Any:  # noqa: ANN401 - arrays
    """Change the half of a picture that has no barcode, as `process_video` may."""
    half = len(picture) // 2
    picture[half:] = 255 - picture[half:]
    return picture


async def read(meet: nm.NanoMeet, who: str, seconds: float) -> None:
    """Read a participant's pictures; tell how old each was when the program had it."""
    ages: list[float] = []
    gaps: list[float] = []
    last = began = None
    async with meet.frames(who, lines=barcode.HEIGHT, fps=FPS) as reading:
        async for frame in reading:
            now = time.time()
            began = began or now
            stamp = barcode.read(frame.array[..., 1])
            if now > began + _SETTLE:
                if stamp is not None:
                    ages.append(barcode.age(stamp, now))
                if last is not None:
                    gaps.append(1000 * (now - last))
                last = now
            if now > began + _SETTLE + seconds:
                break
    tell(ages=ages, gaps=gaps)


class SlowReader:
    """A program that takes a picture, and works on it for much longer than until the next one.

    Parameters
    ----------
    meet
        The meeting.
    who
        Whose pictures it reads.
    seconds
        How long it works on each.
    """

    def __init__(self, meet: nm.NanoMeet, who: str, seconds: float) -> None:
        self._reading = meet.frames(who, lines=barcode.HEIGHT, fps=FPS)
        self._seconds = seconds
        self._ages: list[float] = []

    async def start(self) -> None:
        """Begin, once the participant has agreed."""
        await self._reading.opened
        threading.Thread(target=self._run, daemon=True).start()

    def take(self) -> None:
        """Tell how old what it got was, since it was asked last."""
        ages, self._ages = self._ages, []
        tell(ages=ages, reading=repr(self._reading))

    def _run(self) -> None:
        for frame in self._reading:
            stamp = barcode.read(frame.array[..., 1])
            if stamp is not None:
                self._ages.append(barcode.age(stamp, time.time()))
            time.sleep(self._seconds)


# --- the alternatives ---------------------------------------------------------------------------


def remote_frame_buffer(lines: int) -> Any:  # noqa: ANN401 - its widget
    """Return jupyter_rfb's widget, which shows arrays in the notebook's own page."""
    from jupyter_rfb import RemoteFrameBuffer  # noqa: PLC0415 - only here

    picture = pictures(lines)

    class Stamped(RemoteFrameBuffer):  # type: ignore[misc]
        """Asked for a picture whenever the page has room for another one."""

        def get_frame(self) -> Any:  # noqa: ANN401 - an array
            return picture()

    return Stamped(css_width="640px", css_height="360px")


def image(lines: int) -> Any:  # noqa: ANN401 - its widget
    """Return the image of a notebook that ipywebrtc takes as a stream."""
    import ipywidgets  # noqa: PLC0415 - only here

    return ipywidgets.Image(value=_jpeg(barcode.draw(0, lines)), format="jpeg")


def show_on(shown: Any, lines: int) -> Callable[[], object]:  # noqa: ANN401 - a widget
    """Return what gives an image its next picture."""
    picture = pictures(lines)

    def turn() -> None:
        shown.value = _jpeg(picture())

    return turn


def every(turn: Callable[[], object]) -> asyncio.Task[None]:
    """Do something 30 times a second, as long as the kernel has time."""

    async def go_on() -> None:
        due = time.monotonic()
        while True:
            turn()
            due = max(due + 1 / FPS, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    tell()
    return asyncio.get_running_loop().create_task(go_on())


def _jpeg(picture: Any) -> bytes:  # noqa: ANN401 - an array
    import simplejpeg  # noqa: PLC0415 - only here

    # As jupyter_rfb makes one.
    data: bytes = simplejpeg.encode_jpeg(picture, quality=80, colorspace="RGB")
    return data
