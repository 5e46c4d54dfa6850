"""Callbacks for events: who is called, what was kept, and what happens when one raises."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.events import KINDS, Event

_KEPT = 1000
_logger = logging.getLogger("nanomeet_widget")


class Callbacks:
    """Calls what was registered, and keeps the newest events.

    Parameters
    ----------
    on_failure
        Told of every callback that raised: the event, the callback, and the error.
    """

    def __init__(
        self, on_failure: Callable[[Event, Callable[[Any], object], Exception], object]
    ) -> None:
        self._on_failure = on_failure
        self._registered: dict[str, list[Callable[[Any], object]]] = {}
        self._log: deque[Event] = deque(maxlen=_KEPT)

    @property
    def log(self) -> list[Event]:
        """The newest events, oldest first."""
        return list(self._log)

    def add(self, event: str | type[Event], callback: Callable[[Any], object]) -> None:
        """Register a callback; one that is registered already is not called twice."""
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
        """Keep an event and call who waits for it."""
        self._log.append(event)
        for callback in tuple(self._registered.get(event.name, ())):
            self._call(callback, event)

    def _call(self, callback: Callable[[Any], object], event: Event) -> None:
        try:
            callback(event)
        except Exception as error:
            _logger.exception("a callback for %s raised", event.name)
            self._on_failure(event, callback, error)


def _name(event: str | type[Event]) -> str:
    name = event if isinstance(event, str) else event.name
    if name not in KINDS:
        raise InvalidInputError(
            f"there is no event {name!r}; there are " + ", ".join(sorted(KINDS))
        )
    return name
