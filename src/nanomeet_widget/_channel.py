"""Requests to the page that shows a meeting, and their replies.

Nothing here ever blocks: a reply arrives on whichever thread handles the kernel's messages (a
subshell's thread in ipykernel 7.0 to 7.2), and wakes the awaiting loop from there.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nanomeet_widget._errors import (
    CommandError,
    CommandRefusedError,
    CommandTimeoutError,
    NotJoinedError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

T = TypeVar("T")

#: Error kinds of the page that have a class of their own here.
_ERRORS: dict[str, type[CommandError]] = {
    "timeout": CommandTimeoutError,
    "refused": CommandRefusedError,
    "not_joined": NotJoinedError,
}


class Command(Generic[T]):
    """A command under way. Await it, or do not: it takes effect either way.

    Parameters
    ----------
    name
        What was commanded.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._future: Future[T] = Future()

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
        """Call `callback` with this command once it has settled."""
        self._future.add_done_callback(lambda _: callback(self))

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.wrap_future(self._future).__await__()

    def __repr__(self) -> str:
        if self.state == "failed":
            return f"<{self.name}: failed: {self._future.exception()}>"
        if self.state == "done" and self._future.result() is not None:
            return f"<{self.name}: done: {self._future.result()!r}>"
        return f"<{self.name}: {self.state}>"

    def resolve(self, value: T) -> None:
        """Settle it with a value, unless it has settled."""
        if not self._future.done():
            self._future.set_result(value)

    def reject(self, error: BaseException) -> None:
        """Settle it with an error, unless it has settled."""
        if not self._future.done():
            self._future.set_exception(error)


class Channel:
    """Sends commands to the page, and settles them by its replies.

    Parameters
    ----------
    send
        Hands a message to the page.
    """

    def __init__(self, send: Callable[[dict[str, Any]], object]) -> None:
        self._send = send
        self._ids = itertools.count(1)
        self._pending: dict[int, tuple[Command[Any], Callable[[Any], Any], threading.Timer]] = {}

    def request(
        self,
        name: str,
        args: dict[str, Any],
        *,
        parse: Callable[[Any], T],
        timeout: float,
        late: Callable[[], CommandError],
    ) -> Command[T]:
        """Send a command.

        Parameters
        ----------
        name, args
            What to do.
        parse
            Turns the page's result into the command's.
        timeout
            Seconds after which the command fails.
        late
            Makes the error for that.
        """
        command: Command[T] = Command(name)
        number = next(self._ids)
        timer = threading.Timer(timeout, self._expire, (number, late))
        timer.daemon = True
        self._pending[number] = (command, parse, timer)
        timer.start()
        self._send({"type": "command", "id": number, "name": name, "args": args})
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

    def close(self, error: CommandError) -> None:
        """Fail everything that is under way."""
        while self._pending:
            _, (command, _, timer) = self._pending.popitem()
            timer.cancel()
            command.reject(error)

    def _expire(self, number: int, late: Callable[[], CommandError]) -> None:
        entry = self._pending.pop(number, None)
        if entry is not None:
            entry[0].reject(late())
