"""What waits between the thread that reads a stream and the program that takes from it: one thing at most."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """A place for one thing, for any threads. A newer one takes the place of one that waits.

    Parameters
    ----------
    join : callable, optional
        Makes one thing of the one that waits and a newer one; by default it is the newer one.
    """

    def __init__(self, join: Callable[[T, T], T] = lambda _, new: new) -> None:
        self._join = join
        self._lock = threading.Lock()
        self._item: T | None = None
        self._ended = False
        self._waiting: list[Future[None]] = []

    @property
    def ended(self) -> bool:
        """Whether nothing more will come; what waits can be taken still."""
        return self._ended

    def put(self, item: T) -> None:
        """Let something wait.

        Parameters
        ----------
        item : T
            What is new.
        """
        with self._lock:
            if self._ended:
                return
            self._item = item if self._item is None else self._join(self._item, item)
        self._wake()

    def end(self, *, empty: bool = False) -> None:
        """Let nothing more come.

        Parameters
        ----------
        empty : bool, default False
            Whether what waits cannot be taken any more either.
        """
        with self._lock:
            self._ended = True
            if empty:
                self._item = None
        self._wake()

    def take(self) -> T | None:
        """Return what waits, and let it wait no longer; None if there is nothing."""
        with self._lock:
            item, self._item = self._item, None
            return item

    def changed(self) -> Future[None]:
        """Return what settles as soon as there is something to take, or nothing more will come."""
        future: Future[None] = Future()
        with self._lock:
            if self._item is None and not self._ended:
                self._waiting.append(future)
                return future
        future.set_result(None)
        return future

    def forget(self, future: Future[None]) -> None:
        """Stop waiting.

        Parameters
        ----------
        future : concurrent.futures.Future
            As `changed` returned it.
        """
        with self._lock, suppress(ValueError):
            self._waiting.remove(future)

    def _wake(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_result(None)
