"""Messages come late: every page and every bot hears the server at a pace of its own, in order.

Python runs this at its start where this folder is on `PYTHONPATH`, so that it applies to servers and kernels, too; `make late` does
that. Tests that hold only while all connections are equally fast, as they are on a quiet machine, fail then.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import random
import sys
from collections import deque
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

#: Seconds that a message is late at most; most are so much less.
_MOST = float(os.environ.get("LATE", "0"))


class _Queue:
    """Hands on what it is given, in order, each after a wait."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def put(self, hand_on: Callable[[], object]) -> None:
        self._waiting.append(hand_on)
        if self._timer is None:
            self._wait()

    def flush(self) -> None:
        """Hand on at once what waits."""
        while self._waiting:
            self._waiting.popleft()()

    def _wait(self) -> None:
        late = _MOST * random.random() ** 2  # noqa: S311 - no secret
        self._timer = asyncio.get_running_loop().call_later(late, self._turn)

    def _turn(self) -> None:
        self._timer = None
        if self._waiting:
            self._waiting.popleft()()
        if self._waiting and self._timer is None:
            self._wait()


class _Queues:
    def __init__(self) -> None:
        self._of: WeakKeyDictionary[object, _Queue] = WeakKeyDictionary()

    def of(self, one: object) -> _Queue:
        return self._of.setdefault(one, _Queue())


def _server(module: ModuleType) -> None:
    kind = module.MeetingSocket
    tell, close, queues = kind.tell, kind.close, _Queues()

    def tell_late(socket: Any, message: Any) -> None:
        queues.of(socket).put(lambda: tell(socket, message))

    def close_after(socket: Any, *args: Any, **options: Any) -> None:
        queues.of(socket).flush()
        close(socket, *args, **options)

    kind.tell, kind.close = tell_late, close_after


def _bots(module: ModuleType) -> None:
    kind = module.Line
    receive, queues = kind._receive, _Queues()

    def receive_late(line: Any, *args: Any) -> None:
        queues.of(line).put(lambda: receive(line, *args))

    kind._receive = receive_late


class _Finder(MetaPathFinder):
    """Changes modules when they are imported."""

    def __init__(self, changes: dict[str, Callable[[ModuleType], None]]) -> None:
        self._changes = changes

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        change = self._changes.pop(fullname, None)
        spec = None if change is None else importlib.util.find_spec(fullname)
        if change is None or spec is None or spec.loader is None:
            return None
        loader, run = spec.loader, spec.loader.exec_module

        def run_and_change(module: ModuleType) -> None:
            run(module)
            change(module)

        loader.exec_module = run_and_change  # type: ignore[method-assign]
        return spec


if _MOST:
    sys.meta_path.insert(
        0,
        _Finder(
            {
                "nanomeet_widget.server.http.meeting_socket": _server,
                "nanomeet_widget.bot.line": _bots,
            }
        ),
    )
