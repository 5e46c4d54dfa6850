"""State that a page tells: all of a message is set before observers are called."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import traitlets as t
from traitlets.utils.bunch import Bunch

from nanomeet_widget._callbacks import Guard

#: What this thread is setting: the widget, and what changed so far.
_SETTING = threading.local()


class _Told(Bunch):
    """A change that a page told."""


class Told(t.HasTraits):
    """Traits that follow what a page tells.

    A user's own assignment raises what its observers raise. For a page's message that would reach only the
    kernel's log, so a `Guard` calls each observer by itself.
    """

    _guard: Guard

    def _app_is_over(self) -> None:
        self._guard.end()

    def _tell(self, **values: object) -> None:
        """Set all of these traits, then call their observers."""
        changes: list[Bunch] = []
        _SETTING.now = self, changes
        try:
            # A validator may refuse what a user assigns, but not what a page tells.
            with self.cross_validation_lock:
                for name, value in values.items():
                    self.set_trait(name, value)
        finally:
            _SETTING.now = None
        for change in changes:
            self.notify_change(_Told(change))

    def notify_change(self, change: Bunch) -> None:
        """Tell observers of a change: at once, or after the others that were told with it.

        Parameters
        ----------
        change : traitlets.Bunch
            The change, as traitlets describes it.
        """
        now: tuple[Told | None, list[Bunch]] | None = getattr(_SETTING, "now", None)
        if now is not None and now[0] is self:
            now[1].append(change)
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
