"""Requests to the page that shows a meeting, and their replies.

Nothing here ever blocks: a reply arrives on whichever thread handles the kernel's messages (a
subshell's thread in ipykernel 7.0 to 7.2), and wakes the awaiting loop from there.
"""

from __future__ import annotations

import asyncio
import html
import itertools
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from nanomeet_widget import _kernel
from nanomeet_widget._errors import (
    CannotAwaitError,
    CommandError,
    CommandRefusedError,
    CommandTimeoutError,
    NoFrontEndError,
    NotJoinedError,
    not_joined,
)

T = TypeVar("T")

#: Seconds that a page may take to show up, from when it is first needed.
HANDSHAKE = 10.0
#: Seconds in which a page that is there and heard answers a knock. On a busy machine a page stands still
#: for seconds, and is no page that has gone.
KNOCK = 10.0
#: Seconds without a sign of a page that holds a command back: it gives one each ten seconds, or each
#: minute where its browser slows a hidden tab down.
HELD = 90.0

#: Error kinds of the page that have a class of their own here.
_ERRORS: dict[str, type[CommandError]] = {
    "timeout": CommandTimeoutError,
    "refused": CommandRefusedError,
    "not_moderator": CommandRefusedError,
}
_KNOCK_MESSAGE = {"type": "knock"}
_SIGNS = {"pending": "…", "done": "✓", "failed": "✗"}


class Command(Coroutine[Any, Any, T]):
    """A command under way. Await it, or do not: it takes effect either way.

    `asyncio` takes it wherever it takes a coroutine: ``create_task``, ``gather``, ``wait_for``. It may
    be awaited more than once, and by more than one task; a task that is cancelled stops waiting, and
    takes nothing back.

    Shown as a cell's last value, it tells its outcome as soon as there is one.
    """

    def __init__(
        self,
        name: str,
        heard: Future[bool] | None = None,
        withdraw: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = name
        # By which asyncio shows the task that awaits it.
        self.__name__ = self.__qualname__ = name
        #: What it waits for while it cannot be carried out, as the page says.
        self.held_by = ""
        self._future: Future[T] = Future()
        # A task that awaits it cannot cancel it.
        self._future.set_running_or_notify_cancel()
        self._withdraw = withdraw
        # How far each task has driven it.
        self._driven: WeakKeyDictionary[object, Coroutine[Any, Any, T]] = WeakKeyDictionary()
        # Whether the page's answers are heard, once that is known.
        self._heard = heard

    @property
    def state(self) -> str:
        """``pending``, ``done`` or ``failed``."""
        if not self._future.done():
            return "pending"
        return "failed" if self._future.exception() is not None else "done"

    def done(self) -> bool:
        """Return whether it has settled."""
        return self._future.done()

    def result(self) -> T:
        """Return what it gave.

        Raises
        ------
        CommandError
            If it failed, or is still under way: nothing here waits.
        """
        if not self._future.done():
            raise CommandError(
                f"{self.name} is still under way: await it, or look at its state later"
            )
        return self._future.result()

    def exception(self) -> BaseException | None:
        """Return why it failed, or None if it did not (yet)."""
        return self._future.exception() if self._future.done() else None

    def add_done_callback(self, callback: Callable[[Command[T]], object]) -> None:
        """Call `callback` with this command once it has settled.

        The callback runs on the thread that settles it, or at once if it has settled.
        """
        self._future.add_done_callback(lambda _: callback(self))

    def cancel(self) -> bool:
        """Take it back while no page has it yet; it has failed then.

        Returns
        -------
        bool
            Whether that was in time. What a page has is carried out: whoever awaits it may stop that,
            but not the command.
        """
        if not self._withdraw():
            return False
        self.reject(CommandError(f"{self.name} was taken back before a page had it"))
        return True

    def __await__(self) -> Generator[Any, None, T]:
        return (yield from self._wait().__await__())

    def send(self, value: None) -> Any:  # noqa: ANN401 - what the loop is to wait for
        """Go on waiting, as a coroutine does for the task that runs it."""
        return self._drive().send(value)

    def throw(
        self,
        kind: type[BaseException] | BaseException,
        value: BaseException | object = None,
        trace: TracebackType | None = None,
    ) -> Any:  # noqa: ANN401 - as above
        """End the wait, not the command."""
        del trace
        if isinstance(kind, BaseException):
            error = kind
        else:
            error = value if isinstance(value, BaseException) else kind()
        return self._drive().throw(error)

    def close(self) -> None:
        """End the wait of the task that runs this, if it waits."""
        if (driven := self._driven.pop(_task(), None)) is not None:
            driven.close()

    def _drive(self) -> Coroutine[Any, Any, T]:
        task = _task()
        if (driven := self._driven.get(task)) is None:
            driven = self._driven[task] = self._wait()
        return driven

    async def _wait(self) -> T:
        if self._future.done() or self._heard is None:
            await _one_of(self._future)
            return self._future.result()
        if problem := _kernel.why_no_answer():
            raise CannotAwaitError(f"{self.name}: {problem}")
        await _one_of(self._future, self._heard)
        if not self._future.done() and not self._heard.result():
            raise CannotAwaitError(f"{self.name}: {_kernel.why_silent()}")
        await _one_of(self._future)
        try:
            return self._future.result()
        except NoFrontEndError as error:
            if not _kernel.may_be_deaf():
                raise
            raise NoFrontEndError(f"{error}. If one does show it: {_kernel.why_silent()}") from None

    def __repr__(self) -> str:
        return f"<{self._outcome()}>"

    def _outcome(self) -> str:
        if self.state == "failed":
            return f"{self.name}: failed: {self._future.exception()}"
        if self.state == "done" and self._future.result() is not None:
            return f"{self.name}: done: {self._future.result()!r}"
        if self.state == "pending" and self.held_by:
            return f"{self.name}: pending: {self.held_by}"
        return f"{self.name}: {self.state}"

    def _bundle(self) -> dict[str, str]:
        words = html.escape(self._outcome())
        return {
            "text/plain": repr(self),
            "text/html": f"<span role='status'>{_SIGNS[self.state]} {words}</span>",
        }

    def _ipython_display_(self) -> None:
        from IPython.display import display  # noqa: PLC0415 - only a notebook displays it

        shown = display(self._bundle(), raw=True, display_id=True)
        if shown is not None and not self.done():
            self.add_done_callback(lambda _: shown.update(self._bundle(), raw=True))

    def resolve(self, value: T) -> None:
        """Settle it with a value, unless it has settled."""
        with suppress(InvalidStateError):
            self._future.set_result(value)

    def reject(self, error: BaseException) -> None:
        """Settle it with an error, unless it has settled."""
        with suppress(InvalidStateError):
            self._future.set_exception(error)


def _task() -> object:
    """Return the task that runs, or what stands for none."""
    try:
        return asyncio.current_task() or Command
    except RuntimeError:
        return Command


async def _one_of(*futures: Future[Any]) -> None:
    """Wait until one of them is done, whichever thread that happens on."""
    loop = asyncio.get_running_loop()
    woken = asyncio.Event()

    def wake(_: Future[Any]) -> None:
        with suppress(RuntimeError):  # a loop that has ended waits for nothing
            loop.call_soon_threadsafe(woken.set)

    for future in futures:
        future.add_done_callback(wake)
    await woken.wait()


def refused(name: str, error: CommandError) -> Command[Any]:
    """Return a command that has failed before anything was sent."""
    command: Command[Any] = Command(name)
    command.reject(error)
    return command


@dataclass(kw_only=True)
class _Pending:
    """A command that was given."""

    number: int
    command: Command[Any]
    parse: Callable[[Any], Any]
    message: dict[str, Any]
    #: Seconds that it has once it can be carried out.
    timeout: float
    timer: threading.Timer
    #: The page that has it, if one has.
    page: str | None = None
    #: Whether the page is carrying it out: no other page is given it then.
    begun: bool = False


class PageChannel:
    """Sends commands to the page, and settles them by its replies.

    Parameters
    ----------
    send
        Hands a message to a page: its address, and the message.
    """

    def __init__(self, send: Callable[[str, dict[str, Any]], object]) -> None:
        self._send = send
        self._page: str | None = None
        self._waiting: list[dict[str, Any]] = []
        self._ids = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._knocks: list[tuple[Future[bool], threading.Timer]] = []

    @property
    def page(self) -> str | None:
        """The address of the page that shows the meeting."""
        return self._page

    @property
    def expected(self) -> bool:
        """Whether there is a page, or commands wait for one."""
        return self._page is not None or bool(self._pending)

    def greet(self, page: str, first: dict[str, Any]) -> None:
        """Speak with `page` from now on: `first`, then what was said while there was none."""
        self._page = page
        waiting, self._waiting = self._waiting, []
        knock = [_KNOCK_MESSAGE] if self._knocks else []
        for message in (first, *knock, *waiting):
            self._send(page, message)
        # Also what another page has had, and not begun with: that one may be gone.
        for entry in [one for one in self._pending.values() if one.page != page]:
            if not entry.begun:
                self._hand_over(entry, page)
            elif self._pending.pop(entry.number, None) is not None:
                entry.timer.cancel()
                entry.command.reject(
                    CommandError(
                        f"{entry.command.name}: another page took the meeting over while this one was "
                        "carrying it out: look whether it took effect"
                    )
                )

    def part(self) -> None:
        """Speak with no page until one says hello."""
        self._page = None

    def tell(self, message: dict[str, Any]) -> None:
        """Send a message to the page, or keep it for the page that comes."""
        if self._page is None:
            self._waiting.append(message)
        else:
            self._send(self._page, message)

    def ask(self) -> None:
        """Ask the page, if there is one, for a sign of life."""
        if self._page is not None:
            self._send(self._page, _KNOCK_MESSAGE)

    def request(
        self,
        name: str,
        method: str,
        args: tuple[object, ...],
        *,
        parse: Callable[[Any], T],
        timeout: float,
    ) -> Command[T]:
        """Send a command.

        Parameters
        ----------
        name
            What it is called here.
        method, args
            What the page shall do.
        parse
            Turns the page's result into the command's.
        timeout
            Seconds after which the command fails.
        """
        number = next(self._ids)
        command: Command[T] = Command(name, self._knock(), lambda: self._withdraw(number))
        entry = _Pending(
            number=number,
            command=command,
            parse=parse,
            message={"type": "command", "id": number, "name": method, "args": list(args)},
            timeout=timeout,
            timer=_timer(HANDSHAKE, self._expire, number),
        )
        self._pending[number] = entry
        if self._page is None:
            entry.timer.start()
        else:
            self._hand_over(entry, self._page)
        return command

    def held(self, number: int, why: str) -> None:
        """Note that a page cannot carry a command out yet, and is there."""
        entry = self._pending.get(number)
        if entry is not None and not entry.begun:
            entry.command.held_by = why
            self._arm(entry, HELD)

    def begun(self, number: int) -> None:
        """Note that a page begins with a command: its time runs from now on."""
        entry = self._pending.get(number)
        if entry is not None:
            entry.begun, entry.command.held_by = True, ""
            self._arm(entry, entry.timeout)

    def reply(self, message: dict[str, Any]) -> None:
        """Settle the command that a reply belongs to; an unknown one came too late."""
        entry = self._pending.pop(message.get("id", -1), None)
        if entry is None:
            return
        command = entry.command
        entry.timer.cancel()
        error = message.get("error")
        if error is None:
            try:
                command.resolve(entry.parse(message.get("result")))
            except (KeyError, TypeError, ValueError) as problem:
                command.reject(CommandError(f"{command.name}: the page's answer is odd: {problem}"))
            return
        kind = str(error.get("kind"))
        words = str(error.get("message") or "the page gave no reason")
        if kind == NotJoinedError.kind:
            command.reject(not_joined(str(error.get("cause") or kind), words))
            return
        failure = _ERRORS.get(kind, CommandError)(words)
        failure.kind = kind
        command.reject(failure)

    def heard(self) -> None:
        """Note that a message of the page has arrived: its answers are heard."""
        knocks, self._knocks = self._knocks, []
        for knock, timer in knocks:
            timer.cancel()
            with suppress(InvalidStateError):
                knock.set_result(True)

    def close(self, error: CommandError) -> None:
        """Fail everything that is under way."""
        self.heard()
        self._waiting.clear()
        while self._pending:
            _, entry = self._pending.popitem()
            entry.timer.cancel()
            entry.command.reject(error)

    def drop(self, error: CommandError) -> None:
        """Fail what no page has begun with."""
        for entry in [one for one in self._pending.values() if not one.begun]:
            if self._pending.pop(entry.number, None) is not None:
                entry.timer.cancel()
                entry.command.reject(error)
                if entry.page is not None:
                    self._send(entry.page, {"type": "withdrawn", "id": entry.number})

    def _withdraw(self, number: int) -> bool:
        entry = self._pending.get(number)
        if entry is None or entry.page is not None:
            return False
        del self._pending[number]
        entry.timer.cancel()
        return True

    def _hand_over(self, entry: _Pending, page: str) -> None:
        entry.page = page
        self._arm(entry, entry.timeout)
        self._send(page, entry.message)

    def _arm(self, entry: _Pending, seconds: float) -> None:
        entry.timer.cancel()
        entry.timer = _timer(seconds, self._expire, entry.number)
        entry.timer.start()

    def _knock(self) -> Future[bool]:
        knock: Future[bool] = Future()
        # A page that is yet to come has its time for that, and then its time to answer: without
        # one it is the command that fails, with the better reason.
        patience = KNOCK if self._page is not None else HANDSHAKE + KNOCK
        timer = _timer(patience, self._unheard, knock)
        self._knocks.append((knock, timer))
        timer.start()
        self.ask()
        return knock

    def _unheard(self, knock: Future[bool]) -> None:
        self._knocks = [entry for entry in self._knocks if entry[0] is not knock]
        with suppress(InvalidStateError):
            knock.set_result(False)

    def _expire(self, number: int) -> None:
        entry = self._pending.get(number)
        # One that was set again meanwhile has the newer timer.
        if entry is None or entry.timer is not threading.current_thread():
            return
        del self._pending[number]
        command = entry.command
        if entry.page is None:
            command.reject(
                NoFrontEndError(
                    f"{command.name}: no notebook page shows this meeting: display it in a cell, for "
                    "example by writing its name on the cell's last line"
                )
            )
            return
        seconds = entry.timer.interval
        last = f" Before that, {command.held_by}." if command.held_by else ""
        command.reject(
            CommandTimeoutError(
                f"{command.name}: the meeting's page gave no answer in {seconds:g} s.{last}"
            )
        )


def _timer(seconds: float, function: Callable[..., None], *args: object) -> threading.Timer:
    timer = threading.Timer(seconds, function, args)
    timer.daemon = True
    return timer
