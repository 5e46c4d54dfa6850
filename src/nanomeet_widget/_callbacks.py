"""Calling users' callbacks and observers: what happens when one raises."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.events import KINDS, Event

_KEPT = 1000
_logger = logging.getLogger("nanomeet_widget")


class Guard:
    """Calls users' functions. An error is logged and shown, and stops nothing else.

    An ``async def`` runs as a task: on the notebook's loop, which ran where this was made, or else on
    the one that runs where it is called. Only a `KeyboardInterrupt` is raised: interrupting the kernel
    interrupts a callback, too.

    Parameters
    ----------
    show
        Shows a sentence to the user.
    """

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._home = _running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = False

    def end(self) -> None:
        """Show no error from now on, and log it for debugging only: the code that raises it is gone."""
        self._over = True

    def call(self, callback: Callable[[Any], object], argument: object, cause: str) -> None:
        """Call `callback`; `cause` names what it is called for."""
        try:
            result = callback(argument)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - sys.exit() in a callback must not end the kernel
            self._failed(callback, cause, error)
        else:
            if inspect.iscoroutine(result):
                self._run(callback, result, cause)

    def _run(
        self, callback: Callable[[Any], object], coroutine: Coroutine[Any, Any, Any], cause: str
    ) -> None:
        at_home = self._home is not None and self._home.is_running()
        loop = self._home if at_home else _running_loop()
        if loop is None:
            coroutine.close()
            error = RuntimeError("it is async, and no event loop runs here that could await it")
            self._failed(callback, cause, error)
            return
        loop.call_soon_threadsafe(self._start, self._finish(callback, coroutine, cause))

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(
        self, callback: Callable[[Any], object], coroutine: Coroutine[Any, Any, Any], cause: str
    ) -> None:
        try:
            await coroutine
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:  # noqa: BLE001 - as above
            self._failed(callback, cause, error)

    def _failed(self, callback: object, cause: str, error: BaseException) -> None:
        name = getattr(callback, "__name__", "a callback")
        if self._over:
            _logger.debug("%s, called for %s, raised", name, cause, exc_info=error)
            return
        _logger.error("%s, called for %s, raised", name, cause, exc_info=error)
        self._show(f"{name}, called for {cause}, raised {type(error).__name__}: {error}")


class Callbacks:
    """Calls what was registered, and keeps the newest events.

    Parameters
    ----------
    guard
        Calls the callbacks.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._registered: dict[str, list[Callable[[Any], object]]] = {}
        self._log: deque[Event] = deque(maxlen=_KEPT)

    @property
    def log(self) -> list[Event]:
        """The newest events, oldest first."""
        return list(self._log)

    def add(self, event: str | type[Event], callback: Callable[[Any], object]) -> None:
        """Register a callback; one that is already registered is not called twice."""
        if not callable(callback):
            raise InvalidInputError(f"the callback must be callable, not {callback!r}")
        registered = self._registered.setdefault(_name(event), [])
        if callback not in registered:
            registered.append(callback)

    def remove(self, event: str | type[Event], callback: Callable[[Any], object]) -> None:
        """Forget a callback."""
        registered = self._registered.get(_name(event), [])
        if callback in registered:
            registered.remove(callback)

    def emit(self, event: Event) -> None:
        """Keep an event and call its callbacks."""
        self._log.append(event)
        for callback in tuple(self._registered.get(event.name, ())):
            self._guard.call(callback, event, event.name)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _name(event: str | type[Event]) -> str:
    name = event if isinstance(event, str) else event.name
    if name not in KINDS:
        raise InvalidInputError(
            f"there is no event {name!r}; there are " + ", ".join(sorted(KINDS))
        )
    return name
