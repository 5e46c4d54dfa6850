"""Requests to the page that shows a meeting, and their replies.

Nothing here ever blocks: a reply arrives on whichever thread handles the kernel's messages (a
subshell's thread in ipykernel 7.0 to 7.2), and wakes the awaiting loop from there.
"""

from __future__ import annotations

import asyncio
import html
import itertools
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, Generic, TypeVar

from nanomeet_widget import _host
from nanomeet_widget._errors import (
    CannotAwaitError,
    CommandError,
    CommandRefusedError,
    CommandTimeoutError,
    NoFrontEndError,
    NotJoinedError,
)

T = TypeVar("T")

#: Seconds that a page may take to show up, from when it is first needed.
HANDSHAKE = 10.0
#: Seconds in which a page that is there and heard answers a knock. On a busy machine a page stands still
#: for seconds, and is no page that has gone.
KNOCK = 10.0

#: Error kinds of the page that have a class of their own here.
_ERRORS: dict[str, type[CommandError]] = {
    "timeout": CommandTimeoutError,
    "refused": CommandRefusedError,
    "not_moderator": CommandRefusedError,
    "not_joined": NotJoinedError,
}
_KNOCK_MESSAGE = {"type": "knock"}
_SIGNS = {"pending": "…", "done": "✓", "failed": "✗"}


class Command(Generic[T]):
    """A command under way. Await it, or do not: it takes effect either way.

    Shown as a cell's last value, it tells its outcome as soon as there is one.
    """

    def __init__(
        self,
        name: str,
        heard: Future[bool] | None = None,
        withdraw: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = name
        self._future: Future[T] = Future()
        self._withdraw = withdraw
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
        return self._wait().__await__()

    async def _wait(self) -> T:
        # Whoever stops waiting does not take the command back.
        answer = asyncio.shield(asyncio.wrap_future(self._future))
        if self._future.done() or self._heard is None:
            return await answer
        if problem := _host.why_no_answer():
            raise CannotAwaitError(f"{self.name}: {problem}")
        heard = asyncio.shield(asyncio.wrap_future(self._heard))
        either: set[asyncio.Future[Any]] = {answer, heard}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() and not heard.result():
            raise CannotAwaitError(f"{self.name}: {_host.why_silent()}")
        try:
            return await answer
        except NoFrontEndError as error:
            if not _host.may_be_deaf():
                raise
            raise NoFrontEndError(f"{error}. If one does show it: {_host.why_silent()}") from None

    def __repr__(self) -> str:
        return f"<{self._outcome()}>"

    def _outcome(self) -> str:
        if self.state == "failed":
            return f"{self.name}: failed: {self._future.exception()}"
        if self.state == "done" and self._future.result() is not None:
            return f"{self.name}: done: {self._future.result()!r}"
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


def refused(name: str, error: CommandError) -> Command[Any]:
    """Return a command that has failed before anything was sent."""
    command: Command[Any] = Command(name)
    command.reject(error)
    return command


class Channel:
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
        self._pending: dict[int, tuple[Command[Any], Callable[[Any], Any], threading.Timer]] = {}
        self._knocks: list[tuple[Future[bool], threading.Timer]] = []

    @property
    def page(self) -> str | None:
        """The address of the page that shows the meeting."""
        return self._page

    def greet(self, page: str, first: dict[str, Any]) -> None:
        """Speak with `page` from now on: `first`, then what was said while there was none."""
        self._page = page
        waiting, self._waiting = self._waiting, []
        knock = [_KNOCK_MESSAGE] if self._knocks else []
        for message in (first, *knock, *waiting):
            self._send(page, message)

    def part(self) -> None:
        """Speak with no page until one says hello."""
        self._page = None

    def tell(self, message: dict[str, Any]) -> None:
        """Send a message to the page, or keep it for the page that comes."""
        if self._page is None:
            self._waiting.append(message)
        else:
            self._send(self._page, message)

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
        patience = timeout if self._page is not None else HANDSHAKE
        timer = _timer(patience, self._expire, number, timeout)
        self._pending[number] = (command, parse, timer)
        timer.start()
        self.tell({"type": "command", "id": number, "name": method, "args": list(args)})
        return command

    def reply(self, message: dict[str, Any]) -> None:
        """Settle the command that a reply belongs to; an unknown one came too late."""
        entry = self._pending.pop(message.get("id", -1), None)
        if entry is None:
            return
        command, parse, timer = entry
        timer.cancel()
        error = message.get("error")
        if error is None:
            try:
                command.resolve(parse(message.get("result")))
            except (KeyError, TypeError, ValueError) as problem:
                command.reject(CommandError(f"{command.name}: the page's answer is odd: {problem}"))
            return
        kind = _ERRORS.get(str(error.get("kind")), CommandError)
        command.reject(kind(str(error.get("message") or "the page gave no reason")))

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
            _, (command, _, timer) = self._pending.popitem()
            timer.cancel()
            command.reject(error)

    def _withdraw(self, number: int) -> bool:
        if self._page is not None or number not in self._pending:
            return False
        _, _, timer = self._pending.pop(number)
        timer.cancel()
        self._forget(number)
        return True

    def _forget(self, number: int) -> None:
        self._waiting = [message for message in self._waiting if message.get("id") != number]

    def _knock(self) -> Future[bool]:
        knock: Future[bool] = Future()
        # A page that is yet to come has its time for that, and then its time to answer: without
        # one it is the command that fails, with the better reason.
        patience = KNOCK if self._page is not None else HANDSHAKE + KNOCK
        timer = _timer(patience, self._unheard, knock)
        self._knocks.append((knock, timer))
        timer.start()
        if self._page is not None:
            self._send(self._page, _KNOCK_MESSAGE)
        return knock

    def _unheard(self, knock: Future[bool]) -> None:
        self._knocks = [entry for entry in self._knocks if entry[0] is not knock]
        with suppress(InvalidStateError):
            knock.set_result(False)

    def _expire(self, number: int, timeout: float) -> None:
        entry = self._pending.get(number)
        if entry is None:
            return
        command, parse, timer = entry
        if self._page is not None and timer.interval != timeout:
            # The page came meanwhile: the command has its own time from here on.
            timer = _timer(timeout, self._expire, number, timeout)
            self._pending[number] = (command, parse, timer)
            timer.start()
            return
        del self._pending[number]
        if self._page is None:
            self._forget(number)
            command.reject(
                NoFrontEndError(
                    f"{command.name}: no notebook page shows this meeting: display it in a cell, for "
                    "example by writing its name on the cell's last line"
                )
            )
        else:
            command.reject(
                CommandTimeoutError(
                    f"{command.name}: the meeting's page gave no answer in {timeout:g} s"
                )
            )


def _timer(seconds: float, function: Callable[..., None], *args: object) -> threading.Timer:
    timer = threading.Timer(seconds, function, args)
    timer.daemon = True
    return timer
