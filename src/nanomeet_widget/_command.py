"""A command under way: what a meeting's methods return, and a notebook awaits.

A reply arrives on whichever thread handles the kernel's messages (a subshell's thread in ipykernel 7.0
to 7.2), and wakes the awaiting loop from there.
"""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from nanomeet_widget import _kernel, _web_apps
from nanomeet_widget._errors import (
    CannotAwaitError,
    CommandError,
    CommandTimeoutError,
    NoFrontEndError,
)
from nanomeet_widget._progress import progress

T = TypeVar("T")

#: Why to await the commands of a meeting in a notebook.
_PAGE = "its reply comes from a page, and no page is heard while this waits: await the command"
_SIGNS = {"pending": "…", "done": "✓", "failed": "✗"}


class Command(Coroutine[Any, Any, T]):
    """A command under way. Await it or not: it takes effect either way.

    `asyncio` accepts it wherever it accepts a coroutine: ``create_task``, ``gather``, ``wait_for``. It can
    be awaited more than once, and by more than one task. A cancelled task stops waiting; it does not
    take the command back.

    As the last value of a cell, it shows its outcome as soon as there is one.

    Methods of a meeting return commands; nothing else needs to make one.

    Parameters
    ----------
    name : str
        The method that was called.
    heard : concurrent.futures.Future of bool, optional
        Whether the page's replies arrive, once that is known.
    withdraw : callable, optional
        Takes the command back; returns whether no page had it yet.
    why_await : callable, optional
        Says why `wait` would wait in vain here; None if it would not.

    Attributes
    ----------
    name : str
        The method that was called.
    held_by : str
        What it waits for while it cannot be carried out, as the page says.
    """

    def __init__(
        self,
        name: str,
        heard: Future[bool] | None = None,
        withdraw: Callable[[], bool] = lambda: False,
        why_await: Callable[[], str | None] = lambda: _PAGE,
    ) -> None:
        self.name = name
        # asyncio shows the task that awaits it by these.
        self.__name__ = self.__qualname__ = name
        #: What it waits for while it cannot be carried out, as the page says.
        self.held_by = ""
        self._future: Future[T] = Future()
        # A task that awaits it cannot cancel it.
        self._future.set_running_or_notify_cancel()
        self._withdraw = withdraw
        self._why_await = why_await
        # How far each task has driven it.
        self._driven: WeakKeyDictionary[object, Coroutine[Any, Any, T]] = WeakKeyDictionary()
        # Whether the page's replies arrive, once that is known.
        self._heard = heard

    @property
    def state(self) -> str:
        """``pending``, ``done`` or ``failed``."""
        if not self._future.done():
            return "pending"
        return "failed" if self._future.exception() is not None else "done"

    def done(self) -> bool:
        """Return whether it has settled.

        Returns
        -------
        bool
            True once it is done or has failed.
        """
        return self._future.done()

    def result(self) -> T:
        """Return its result. It does not wait: await the command for that.

        Returns
        -------
        T
            The result, such as a `Playout`; None for most commands.

        Raises
        ------
        CommandError
            If it failed, or has not settled yet.
        """
        if not self._future.done():
            raise CommandError(
                f"{self.name} has not settled yet: await it, or look at its state later"
            )
        return self._future.result()

    def wait(self, timeout: float | None = None) -> T:
        """Wait for its result in a script that has no event loop; await the command elsewhere.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait; None waits until the command settles, which it does in bounded time.

        Returns
        -------
        T
            The result.

        Raises
        ------
        CommandError
            If it failed.
        CommandTimeoutError
            If it has not settled in `timeout` seconds; it may still take effect.
        CannotAwaitError
            If it would wait in vain: the command's reply arrives on this thread, or from a page.
        """
        if not self._future.done() and (why := self._why_await()):
            raise CannotAwaitError(f"{self.name}: {why}")
        try:
            with progress(f"Waiting for {self.name}…"):
                return self._future.result(timeout)
        except FutureTimeoutError as error:
            if self._future.done():
                raise
            raise CommandTimeoutError(
                f"{self.name} has not settled in {timeout:g} s; it may still take effect"
            ) from error

    def exception(self) -> BaseException | None:
        """Return why it failed.

        Returns
        -------
        BaseException or None
            None if it is done, or has not settled yet.
        """
        return self._future.exception() if self._future.done() else None

    def add_done_callback(self, callback: Callable[[Command[T]], object]) -> None:
        """Call a function once the command has settled.

        It runs on the thread that settles the command, or at once if it has settled.

        Parameters
        ----------
        callback : callable
            Gets this command.
        """
        self._future.add_done_callback(lambda _: callback(self))

    def cancel(self) -> bool:
        """Take the command back while no page has it yet; it has failed then.

        Returns
        -------
        bool
            Whether that was in time. A page carries out what it has: you can stop waiting for it, but not
            stop it.
        """
        if not self._withdraw():
            return False
        self.reject(CommandError(f"{self.name} was withdrawn before a page had it"))
        return True

    def __await__(self) -> Generator[Any, None, T]:
        return (yield from self._wait().__await__())

    def send(self, value: None) -> Any:  # noqa: ANN401 - what the loop waits for
        """Go on waiting, as a coroutine does for the task that runs it.

        Parameters
        ----------
        value : None
            As the protocol of coroutines has it.

        Returns
        -------
        object
            What the event loop waits for.

        Raises
        ------
        CannotAwaitError
            If the kernel receives no replies while a cell runs.
        NoFrontEndError
            If no notebook page shows the meeting.
        """
        return self._drive().send(value)

    def throw(
        self,
        kind: type[BaseException] | BaseException,
        value: BaseException | object = None,
        trace: TracebackType | None = None,
    ) -> Any:  # noqa: ANN401 - as above
        """End the wait, not the command.

        Parameters
        ----------
        kind : type or BaseException
            The error to end it with, or its class.
        value : BaseException, optional
            The error, if `kind` is its class.
        trace : types.TracebackType, optional
            Ignored.

        Returns
        -------
        object
            What the event loop waits for.

        Raises
        ------
        CannotAwaitError
            If the kernel receives no replies while a cell runs.
        NoFrontEndError
            If no notebook page shows the meeting.
        """
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
        if self._future.done() or not _kernel.in_running_cell():
            return await self._settled()
        with progress(f"Waiting for {self.name}…", modest=True):
            return await self._settled()

    async def _settled(self) -> T:
        if self._future.done() or self._heard is None:
            await _one_of(self._future)
            return self._future.result()
        if problem := _kernel.why_no_answer() or _web_apps.why_no_answer():
            raise CannotAwaitError(f"{self.name}: {problem}")
        if (awaited := _web_apps.reactive_await()) is not None:
            await _one_of(self._future, within=_web_apps.PATIENCE)
            if not self._future.done() and _web_apps.reactive_await() is awaited:
                raise CannotAwaitError(f"{self.name}: {_web_apps.WHY_STALLED}")
        await _one_of(self._future, self._heard)
        if not self._future.done() and not self._heard.result():
            problem = _web_apps.why_silent() or _kernel.why_silent()
            raise CannotAwaitError(f"{self.name}: {problem}")
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
        """Settle it with a result, unless it has settled.

        Parameters
        ----------
        value : T
            The result.
        """
        with suppress(InvalidStateError):
            self._future.set_result(value)

    def reject(self, error: BaseException) -> None:
        """Settle it with an error, unless it has settled.

        Parameters
        ----------
        error : BaseException
            Why it failed.
        """
        with suppress(InvalidStateError):
            self._future.set_exception(error)


def _task() -> object:
    """Return the running task, or a placeholder if there is none."""
    try:
        return asyncio.current_task() or Command
    except RuntimeError:
        return Command


async def _one_of(*futures: Future[Any], within: float | None = None) -> None:
    """Wait until one of them is done, whichever thread that happens on, or for some seconds."""
    loop = asyncio.get_running_loop()
    woken = asyncio.Event()

    def wake(_: Future[Any]) -> None:
        with suppress(RuntimeError):  # a loop that has ended waits for nothing
            loop.call_soon_threadsafe(woken.set)

    for future in futures:
        future.add_done_callback(wake)
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(woken.wait(), within)


def refused(name: str, error: CommandError) -> Command[Any]:
    """Return a command that failed before anything was sent."""
    command: Command[Any] = Command(name)
    command.reject(error)
    return command
