"""Pictures and sound that are taken one after the other: of iterators, async iterators and callables."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.media import arrays
from nanomeet_widget.media.ingest_line import microseconds
from nanomeet_widget.media.outlet import Outlet
from nanomeet_widget.media.pace import Pace, SoundPace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PAIR = 2
_SECOND = 1_000_000

#: One step of a source: returns what it gives next, or raises `StopIteration` or `StopAsyncIteration`.
Step = Callable[[], Any]


def steps_of(source: Any, name: str) -> tuple[Step, Callable[[], Any] | None, bool]:  # noqa: ANN401 - as above
    """Return how to take the next of a source, how to close it, and whether that is asynchronous.

    Parameters
    ----------
    source : object
        What a user gives.
    name : str
        The argument's name, for an error.

    Raises
    ------
    InvalidInputError
        If nothing can be taken of it.
    """
    if inspect.isgeneratorfunction(source) or inspect.isasyncgenfunction(source):
        source = source()
    if hasattr(source, "__aiter__"):
        given: AsyncIterator[Any] = aiter(source)
        return given.__anext__, getattr(given, "aclose", None), True
    if hasattr(source, "__array__"):
        return (lambda: source), None, False
    if callable(source):
        return source, None, inspect.iscoroutinefunction(source)
    if isinstance(source, Iterable):
        iterator: Iterator[Any] = iter(source)
        return iterator.__next__, getattr(iterator, "close", None), False
    raise InvalidInputError(
        f"{name}={type(source).__name__}: pass an array, an iterator, an async iterator or a callable "
        "that gives arrays, a path or an address that FFmpeg reads, or a matplotlib figure"
    )


class _Given(NamedTuple):
    """What a source gives at once, checked."""

    picture: NDArray[np.uint8] | None
    samples: NDArray[np.int16] | None
    with_sound: bool


class Steps:
    """Pictures, or sound, that are taken one after the other.

    Parameters
    ----------
    steps : tuple
        As `steps_of` returns it.
    fps : float
        At most so many pictures a second; 0 if it is sound.
    rate : int
        Samples a second.
    sound : Steps, optional
        The sound that goes with the pictures.
    """

    file: str | None = None
    steady = True

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that has to run for it; None if there is none."""
        return self._loop or (None if self._sound is None else self._sound.loop)

    def __init__(
        self,
        steps: tuple[Step, Callable[[], Any] | None, bool],
        *,
        fps: float,
        rate: int,
        sound: Steps | None = None,
    ) -> None:
        self._step, self._close_source, self._is_async = steps
        self._fps, self._rate, self._sound = fps, rate, sound
        self._pace = Pace(fps) if fps else None
        self._sound_pace = SoundPace()
        self._closed = threading.Event()
        self._told = False
        #: Where an asynchronous source lives; without one, it gets one of its own.
        self._loop = _running() if self._is_async else None
        self._task: asyncio.Task[None] | None = None
        self._outlet: Outlet | None = None

    def start(self, outlet: Outlet) -> None:
        """Begin: on the event loop on which it was made if it is asynchronous, else in a thread.

        Parameters
        ----------
        outlet : Outlet
            What it drives.
        """
        self._outlet = outlet
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._start_task, self._loop)
            return
        run = (lambda: asyncio.run(self._run_async())) if self._is_async else self._run
        threading.Thread(target=run, name="nanomeet-source", daemon=True).start()

    def _start_task(self, loop: asyncio.AbstractEventLoop) -> None:
        self._task = loop.create_task(self._run_async())

    def close(self) -> None:
        """Stop as soon as possible; does not wait."""
        self._closed.set()
        if self._sound is not None:
            self._sound.close()
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(task.cancel)

    # --- in a thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            while not self._closed.is_set():
                given = self._step()
                found = self._read(given)
                if found is not None and not self._told:
                    found = self._tell(found)
                    self._out.opened.result()
                    self._begin()
                self._give(found)
                wait = self._wait
                if wait > 0:
                    self._closed.wait(wait)
        except StopIteration:
            pass
        except BaseException as found:  # noqa: BLE001 - the user gets it, whatever it is
            error = found
        self._end(error)
        with suppress(Exception):
            if self._close_source is not None:
                self._close_source()

    # --- on an event loop ----------------------------------------------------------------------

    async def _run_async(self) -> None:
        error: BaseException | None = None
        self._loop = self._loop or asyncio.get_running_loop()
        self._task = self._task or asyncio.current_task()
        try:
            while not self._closed.is_set():
                found = self._read(await self._step())
                if found is not None and not self._told:
                    found = self._tell(found)
                    await asyncio.wrap_future(self._out.opened)
                    self._begin()
                self._give(found)
                await asyncio.sleep(max(0.0, self._wait))
        except (StopAsyncIteration, asyncio.CancelledError) as found:
            if isinstance(found, asyncio.CancelledError) and not self._closed.is_set():
                error = InvalidInputError("the source was cancelled")
        except BaseException as found:  # noqa: BLE001 - as above
            error = found
        self._end(error)
        with suppress(Exception):
            if self._close_source is not None:
                await self._close_source()

    # --- both ----------------------------------------------------------------------------------

    @property
    def _out(self) -> Outlet:
        if self._outlet is None:
            raise RuntimeError("the source was not started")
        return self._outlet

    def _read(self, given: Any) -> _Given | None:  # noqa: ANN401 - whatever the source gives
        """Return what the source gives, checked; None if that is nothing."""
        if given is None:
            return None
        if inspect.iscoroutine(given):
            given.close()
            raise InvalidInputError(
                "the source returns a coroutine: pass a function of `async def`"
            )
        if self._pace is None:
            return _Given(None, arrays.samples(given), with_sound=True)
        pair = isinstance(given, tuple)
        if pair and len(given) != _PAIR:
            raise InvalidInputError(
                f"a source gives pictures, or pairs of a picture and samples, and not {len(given)} "
                "things at once"
            )
        picture, samples = given if pair else (given, None)
        return _Given(
            None if picture is None else arrays.picture(picture),
            None if samples is None else arrays.samples(samples),
            with_sound=pair,
        )

    def _tell(self, first: _Given) -> _Given:
        """Show the first picture, by which the worker gets ready; return what is left of it."""
        self._told = True
        if self._pace is not None:
            self._out.tracks(sound=first.with_sound or self._sound is not None)
        if first.picture is not None:
            self._out.picture(first.picture, microseconds())
        return first._replace(picture=None)

    def _begin(self) -> None:
        if self._sound is not None:
            self._sound.start(self._out)

    @property
    def _wait(self) -> float:
        return self._sound_pace.wait(microseconds()) if self._pace is None else self._pace.wait

    def _give(self, found: _Given | None) -> None:
        at = microseconds()
        if self._pace is not None:
            self._pace.taken()
        if found is None:
            return
        samples = None if found.samples is None or not len(found.samples) else found.samples
        if found.picture is not None:
            self._out.picture(found.picture, at, samples)
        elif samples is not None:
            if self._pace is None:
                at = self._sound_pace.place(len(samples) * _SECOND // self._rate, at)
            self._out.samples(samples, at)

    def _end(self, error: BaseException | None) -> None:
        # Sound that ends leaves the pictures as they are.
        if self._pace is not None or error is not None:
            self._out.end(error)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
