"""Which page of a notebook acts: the one whose cell or click the kernel handles now.

Several browsers may show one notebook, each connected to the same kernel. In Jupyter every request
names the session of the connection that it came by.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page that shows a meeting's widget."""

    #: Its address on the widget's channel.
    client: str
    #: The browser that it is in, by a random text that only the kernel gets.
    browser: str
    #: Its connection to the kernel; None if the host does not say.
    session: str | None


class _Runs:
    """Follows which cells the kernel runs."""

    def __init__(self) -> None:
        self._kernel: Any = None
        self._running = 0
        #: When the cell began that runs now, on the monotonic clock; None while there is none.
        self.since: float | None = None
        #: The session whose cell ran last.
        self.session: str | None = None

    def follow(self) -> Any:  # noqa: ANN401 - ipykernel's, which may not be installed
        """Return the kernel of this process, and follow it from now on; None if there is none."""
        shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        kernel = getattr(shell, "kernel", None)
        if kernel is not None and kernel is not self._kernel:
            self._kernel = kernel
            shell.events.register("pre_run_cell", self._noted)
            shell.events.register("pre_execute", self._began)
            shell.events.register("post_execute", self._ended)
            if _header(kernel).get("msg_type") == "execute_request":
                self._began()
                self._noted()
        return kernel

    def _noted(self, *_: object) -> None:
        self.session = _header(self._kernel).get("session")

    def _began(self) -> None:
        self._running += 1
        self.since = time.monotonic()

    def _ended(self) -> None:
        self._running = max(0, self._running - 1)
        if self._running == 0:
            self.since = None


_runs = _Runs()
#: The browser of each session that a page has said hello by.
_browsers: dict[str, str] = {}
#: The tokens of a room's guests, who take part from another browser, by that browser.
_guests: dict[tuple[str, ...], dict[str, str]] = {}


def acting_session() -> str | None:
    """Return the session whose cell or message is handled now; None where the host has none."""
    if os.environ.get("SERVER_SOFTWARE", "").startswith("voila/"):
        return None  # the server runs the cells there, for one page only
    kernel = _runs.follow()
    if kernel is None:
        return None
    header = _header(kernel)
    if header.get("msg_type") == "execute_request" or _handles_message():
        return header.get("session")
    # A thread or task goes on after what began it: the last message may be another page's.
    return _runs.session


def sender() -> str | None:
    """Return the session of the message that is handled now; None if there is none."""
    kernel = _runs.follow()
    return None if kernel is None else _header(kernel).get("session")


def running_since() -> float | None:
    """Return when the cell began that runs now, on the monotonic clock; None while there is none."""
    return _runs.since


def note(page: Page) -> None:
    """Remember which browser a session is in."""
    if page.session is not None:
        _browsers[page.session] = page.browser


def browser_of(session: str | None) -> str | None:
    """Return the browser that a session is in, if its page has said hello."""
    return None if session is None else _browsers.get(session)


def guests_of(room: tuple[str, ...]) -> dict[str, str]:
    """Return the tokens of a room's guests, by their browser."""
    return _guests.setdefault(room, {})


def _header(kernel: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    header: dict[str, Any] = (kernel.get_parent() or {}).get("header") or {}
    return header


def _handles_message() -> bool:
    """Return whether the kernel's own loop runs this, not a user's thread or task."""
    thread = threading.current_thread()
    if thread is not threading.main_thread() and "ubshell" not in type(thread).__name__:
        return False
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return True
    name = getattr(task.get_coro(), "__qualname__", "") if task is not None else ""
    # With Python 3.10, ipykernel wraps its loops.
    return "ernel." in name or name.endswith(("shell_main", "preserve_context"))
