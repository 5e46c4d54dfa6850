"""State that a page tells: all of a message is so before anyone hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import traitlets as t
from traitlets.utils.bunch import Bunch

from nanomeet_widget._callbacks import Guard


class _Told(Bunch):
    """A change that a page told."""


class Told(t.HasTraits):
    """Traits that follow what a page tells.

    A user's own assignment raises what its observers raise, to the user. Behind what a page tells
    there is no one to raise to: its observers are called one by one by a `Guard`.
    """

    _guard: Guard
    #: The thread that is setting what was told, and what changed so far.
    _setting: tuple[int, list[Bunch]] | None = None

    def _tell(self, **values: object) -> None:
        """Set traits to what is so, all of them, and call their observers then."""
        changes: list[Bunch] = []
        self._setting = threading.get_ident(), changes
        try:
            # What is so needs nobody's approval.
            with self.cross_validation_lock:
                for name, value in values.items():
                    self.set_trait(name, value)
        finally:
            self._setting = None
        for change in changes:
            self.notify_change(_Told(change))

    def notify_change(self, change: Bunch) -> None:
        """Tell of a change: at once, or after the others that were told with it."""
        if self._setting is not None and self._setting[0] == threading.get_ident():
            self._setting[1].append(change)
        else:
            super().notify_change(change)

    def _notify_observers(self, event: Bunch) -> None:
        if not isinstance(event, _Told):
            super()._notify_observers(event)
            return
        for observer in self._observers(event):
            self._guard.call(observer, event, event["name"])

    def _observers(self, event: Bunch) -> list[Callable[[Any], object]]:
        found = [
            observer
            for name in (event["name"], t.All)
            for kind in (event["type"], t.All)
            for observer in self._trait_notifiers.get(name, {}).get(kind, [])
        ]
        # Those of a class are registered unbound.
        return [
            getattr(self, one.name) if isinstance(one, t.EventHandler) and one.name else one
            for one in found
        ]
