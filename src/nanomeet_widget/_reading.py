"""Reading pictures or sound of a meeting: what a program has of it."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nanomeet_widget._command import Command
from nanomeet_widget._errors import (
    CannotAwaitError,
    CommandError,
    NanoMeetError,
    ReadingEndedError,
)
from nanomeet_widget.media.newest import Newest
from nanomeet_widget.media.reader import Reader, Ticket

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import Self

T = TypeVar("T")

#: Seconds in which the meeting says why a stream is over, and where the stage's goes on.
_REASON = 3.0
_ELSEWHERE = 10.0
#: Seconds after which a program that waits in a thread looks whether it was interrupted.
_LOOK = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture of a meeting.

    Attributes
    ----------
    array : numpy.ndarray of uint8
        Height by width by 3: red, green, blue. It is yours: nothing else changes it.
    at : datetime.datetime
        When it was captured, UTC, as far as its arrival tells: a little later than it was.
    participant : str
        Whose picture it is, as `frames` was given it.
    """

    array: NDArray[np.uint8] = field(repr=False)
    at: datetime
    participant: str


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Some sound of a meeting: all that has arrived since the one before, at most two seconds.

    Attributes
    ----------
    samples : numpy.ndarray of float32
        Samples by channels, from -1 to 1. They are yours: nothing else changes them.
    at : datetime.datetime
        When its first sample was captured, UTC, as far as its arrival tells. A gap between two is where
        samples are missing.
    participant : str
        Whose sound it is, as `audio` was given it.
    rate : int
        Samples a second.
    """

    samples: NDArray[np.float32] = field(repr=False)
    at: datetime
    participant: str
    rate: int


class Source(Generic[T]):
    """What a `Reading` reads: it outlives the reading by a moment, never the reverse.

    Parameters
    ----------
    name : str
        The method that was called.
    who : str
        As it was called with.
    reader : callable
        Makes the reader, when the meeting has agreed.
    place : Newest
        Where the reader puts what is new.
    convert : callable
        Makes what the program gets of it.
    stop : callable
        Ends the reading of this id in the meeting.
    """

    def __init__(
        self,
        *,
        name: str,
        who: str,
        reader: Callable[[Source[T]], Reader[Any]],
        place: Newest[Any],
        convert: Callable[[Any], T],
        stop: Callable[[str], object],
    ) -> None:
        self.name = name
        self.who = who
        self.id: str | None = None
        self.error: CommandError | None = None
        self.place = place
        self.convert = convert
        self._make_reader = reader
        self._reader: Reader[Any] | None = None
        self._stop = stop
        self._lock = threading.Lock()
        self._closed = False
        self._ending: threading.Timer | None = None

    @property
    def closed(self) -> bool:
        """Whether it is over, for whatever reason."""
        return self._closed

    def begin(self, answer: dict[str, str]) -> None:
        """Begin, as the meeting has agreed.

        Parameters
        ----------
        answer : dict
            Its `id`, `stream` and `ticket`.
        """
        ticket = Ticket(str(answer["stream"]), str(answer["ticket"]))
        with self._lock:
            self.id = str(answer["id"])
            closed = self._closed
        if closed:
            self._stop(self.id)
            return
        try:
            reader = self._make_reader(self)
        except NanoMeetError as error:
            self.fail(ReadingEndedError(f"{self.name}: {error}"))
            self._stop(self.id)
            return
        with self._lock:
            self._reader = reader
        reader.start()
        reader.move(ticket)
        if self._closed:  # meanwhile
            reader.close()

    def settled(self, asked: Command[None]) -> None:
        """End if the meeting has not agreed.

        Parameters
        ----------
        asked : Command
            The question to the meeting.
        """
        error = asked.exception()
        if isinstance(error, CommandError):
            self.fail(error)
        elif error is not None:
            self.fail(CommandError(f"{self.name}: {error}"))

    def move(self, ticket: Ticket | None) -> None:
        """Read another stream from now on; None while there is none."""
        self._expect(None)
        if self._reader is not None:
            self._reader.move(ticket)

    def over(self, message: str) -> None:
        """Note that the stream is over: why, the meeting says in a moment, or where it goes on."""
        words = f"{self.name}: {message}"
        self._expect(ReadingEndedError(words))

    def _expect(self, otherwise: CommandError | None) -> None:
        with self._lock:
            if self._ending is not None:
                self._ending.cancel()
                self._ending = None
            if otherwise is not None and not self._closed:
                patience = _ELSEWHERE if self.who == "stage" else _REASON
                self._ending = threading.Timer(patience, self.fail, (otherwise,))
                self._ending.daemon = True
                self._ending.start()

    def fail(self, error: CommandError) -> None:
        """End with an error."""
        with self._lock:
            if self._closed:
                return
            self.error = error
        self._finish(tell=False)

    def close(self) -> None:
        """End because the program wants no more; from any thread, at once."""
        self._finish(tell=True)
        self.place.end(empty=True)

    def _finish(self, *, tell: bool) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            reader, identity = self._reader, self.id
            if self._ending is not None:
                self._ending.cancel()
        if reader is not None:
            reader.close()
        self.place.end()
        if tell and identity is not None:
            self._stop(identity)


class Reading(Generic[T]):
    """Pictures or sound of a meeting, as they arrive: what `frames` and `audio` return.

    ``async for`` and ``for`` give what is new, and wait for it. Between two turns of the loop newer pictures
    take the place of older ones: a slow loop sees fewer pictures, and none late. The loop ends when the
    reading is closed, and raises a `ReadingEndedError` when it is ended by others.

    Leaving ``with`` or ``async with`` closes it, and so does `close`. If no variable holds it, it is closed with
    the loop. It works in coroutines, in threads, and in a cell that does not wait: `latest`.

    Parameters
    ----------
    source : Source
        What it reads.
    opened : Command
        The question to the meeting.

    Attributes
    ----------
    opened : Command
        Settles once the participant has agreed, or fails, if they do not: a question lapses after a
        minute.
    """

    def __init__(self, source: Source[T], opened: Command[None]) -> None:
        self._source = source
        self.opened = opened
        self._last: T | None = None
        # A reading that nothing holds any more is read by nothing.
        self._finalizer = weakref.finalize(self, source.close)
        self._finalizer.atexit = False

    @property
    def state(self) -> str:
        """``asking``, ``reading`` or ``ended``."""
        if self._source.closed:
            return "ended"
        return "reading" if self.opened.done() else "asking"

    @property
    def error(self) -> CommandError | None:
        """Why it ended; None while it goes on, and if it was closed here."""
        return self._source.error

    @property
    def latest(self) -> T | None:
        """The newest there is, without waiting; None before the first."""
        read = self._source.place.take()
        if read is not None:
            self._last = self._source.convert(read)
        return self._last

    def close(self) -> None:
        """Stop reading. It takes effect at once, and is safe from any thread."""
        self._finalizer()

    async def aclose(self) -> None:
        """Stop reading."""
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while (found := self._next()) is None:
            if self._is_over():
                raise StopAsyncIteration
            await self._agreed()
            changed = self._source.place.changed()
            try:
                await asyncio.wrap_future(changed)
            finally:
                self._source.place.forget(changed)
        return found

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        while (found := self._next()) is None:
            if self._is_over():
                raise StopIteration
            self._wait_agreed()
            changed = self._source.place.changed()
            try:
                _wait(changed)
            finally:
                self._source.place.forget(changed)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        why = f": {self.error}" if self.error is not None else ""
        return f"<{self._source.name} of {self._source.who}: {self.state}{why}>"

    def _next(self) -> T | None:
        read = self._source.place.take()
        if read is None:
            return None
        self._last = self._source.convert(read)
        return self._last

    def _is_over(self) -> bool:
        """Return whether it was closed; raise why it ended otherwise."""
        if not self._source.place.ended:
            return False
        if self._source.error is not None:
            raise self._source.error
        return True

    async def _agreed(self) -> None:
        if self.opened.done():
            return
        try:
            await self.opened
        except CannotAwaitError as error:
            raise CannotAwaitError(f"{error}. {self._later()}") from None

    def _wait_agreed(self) -> None:
        if self.opened.done():
            return
        if _loop_runs_here():
            raise CannotAwaitError(
                f"{self._source.name}: the meeting has not agreed yet, and its answer cannot arrive while "
                f"this waits: use `async for`. {self._later()}"
            )
        agreed: Future[None] = Future()
        self.opened.add_done_callback(lambda _: agreed.set_result(None))
        _wait(agreed)

    def _later(self) -> str:
        name, who = self._source.name, self._source.who
        return f"Write `reading = meet.{name}({who!r})` in one cell, and read it in the next"


def _loop_runs_here() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _wait(future: Future[None]) -> None:
    """Wait for a future; Ctrl-C ends that on every system."""
    while True:
        try:
            future.result(_LOOK)
        except FutureTimeoutError:
            continue
        return
