"""The session of a web app that a widget belongs to: Shiny, Panel and marimo serve many pages by one process.

In a notebook, every widget of the process belongs to its one kernel. Solara keeps its sessions apart by itself.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Protocol, cast

from nanomeet_widget import _bokeh

_logger = logging.getLogger("nanomeet_widget")

#: Seconds after which a reactive function that began a task, and still awaits something, awaits that task.
PATIENCE = 1.0
_SENT = "The command was sent, and takes effect"
WHY_STALLED = (
    "Shiny hears no page of any session while a reactive function awaits something: move what awaits it into a "
    f"function with @reactive.extended_task, and call that from here. {_SENT}"
)
_LOCKED = (
    "Bokeh does not hear the page while a callback that holds the document's lock awaits something: await it in a "
    "callback without the lock (in Panel without pn.io.with_lock, in Bokeh with without_document_lock). "
    f"{_SENT}"
)
#: The functions of hosts that handle no other message before what they have called returns, and why.
_TURNS = {
    # One session after another.
    ("shiny.reactive._core", "flush"): WHY_STALLED,
    ("shiny.session._session", "_run"): WHY_STALLED,
    ("bokeh.server.session", "_needs_document_lock_wrapper"): _LOCKED,
}


class AppSession(Protocol):
    """One page's session."""

    #: Whether it may show a widget again without asking the widget for it.
    keeps: bool

    @property
    def replaces(self) -> bool:
        """Whether it closes a widget to put another in its place, which may take its meeting over."""

    @property
    def key(self) -> object:
        """What tells it from other sessions."""

    def call(self, act: Callable[[], object]) -> None:
        """Call a function that sends to the page, or changes what it shows, where the host allows that.

        Parameters
        ----------
        act
            Is called at once, or soon; after earlier ones.
        """

    def on_ended(self, close: Callable[[], object]) -> None:
        """Call a function when the session has ended.

        Parameters
        ----------
        close
            Closes what belongs to it.
        """


class _Shiny:
    """Shiny sends, and updates outputs, only within a session's context and at the end of a reactive flush."""

    keeps = True

    @property
    def replaces(self) -> bool:
        # Only then its comm tells the page that it is closed.
        return why_no_answer() is WHY_STALLED

    def __init__(self, session: Any, loop: asyncio.AbstractEventLoop) -> None:  # noqa: ANN401 - of an optional package
        self._session = session
        self._loop = loop
        self._waiting: deque[Callable[[], object]] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def key(self) -> object:
        return self._session

    def call(self, act: Callable[[], object]) -> None:
        if not self._waiting and why_no_answer() is WHY_STALLED:
            with sys.modules["shiny.session"].session_context(self._session):
                act()
            return
        self._waiting.append(act)
        with suppress(RuntimeError):  # a closed loop serves no page
            self._loop.call_soon_threadsafe(self._start)

    def on_ended(self, close: Callable[[], object]) -> None:
        """Do nothing: shinywidgets closes the widgets of a session itself."""

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._deliver())

    async def _deliver(self) -> None:
        reactive, session = sys.modules["shiny.reactive"], sys.modules["shiny.session"]
        while self._waiting:
            async with reactive.lock():
                with session.session_context(self._session):
                    while self._waiting:
                        _try(self._waiting.popleft())
                await reactive.flush()


class _Bokeh:
    """Panel, and others that serve Bokeh's documents."""

    keeps = True
    replaces = False

    def __init__(self, document: Any) -> None:  # noqa: ANN401 - of an optional package
        self._document = document

    @property
    def key(self) -> object:
        return self._document

    def call(self, act: Callable[[], object]) -> None:
        act()

    def on_ended(self, close: Callable[[], object]) -> None:
        self._document.on_session_destroyed(lambda _context: close())


class _Marimo:
    """An app of marimo, which runs each session in a thread of its own."""

    keeps = False
    replaces = False

    def __init__(self, context: object) -> None:
        self._context = context

    @property
    def key(self) -> object:
        return self._context

    def call(self, act: Callable[[], object]) -> None:
        act()

    def on_ended(self, close: Callable[[], object]) -> None:
        """Do nothing: marimo does not say when that is."""


def current() -> AppSession | None:
    """Return the session of a web app that this runs in; None in a notebook, and outside of a session."""
    if shiny := sys.modules.get("shiny.session"):
        session = shiny.get_current_session()
        with suppress(RuntimeError):  # no loop: a test of the app, for example
            if session is not None and not session.is_stub_session():
                return _Shiny(session.root_scope(), asyncio.get_running_loop())
    if bokeh := sys.modules.get("bokeh.io"):
        _bokeh.serve_without_cdn()
        with suppress(RuntimeError):  # the session was destroyed
            document = bokeh.curdoc()
            if document.session_context is not None:
                return _Bokeh(document)
    if marimo := sys.modules.get("marimo._runtime.context.types"):
        context = marimo.safe_get_context()
        if context is not None and threading.current_thread() is not threading.main_thread():
            return _Marimo(context)
    return None


def why_no_answer() -> str | None:
    """Return why no reply can arrive while the caller awaits one, or None if one can.

    The host waits for the caller, and handles what the page says afterwards. Context variables do not tell:
    tasks that the caller has started inherit them.
    """
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - only the stack tells
    while frame is not None:
        if why := _why_turn(frame):
            return why
        frame = frame.f_back
    return None


def reactive_await() -> object | None:
    """Return what all sessions of Shiny wait for, if a reactive function has begun the caller's task.

    It may wait for just this task, by `asyncio.gather` for example. None if nothing is waited for.
    """
    try:
        sys.modules["shiny.reactive"].get_current_context()
    except (KeyError, RuntimeError):
        return None
    for task in asyncio.all_tasks():
        innermost: Any = task.get_coro()
        in_turn = False
        while (deeper := getattr(innermost, "cr_await", None)) is not None:
            in_turn = in_turn or _why_turn(innermost.cr_frame) is WHY_STALLED
            if not hasattr(deeper, "cr_await"):
                break
            innermost = deeper
        if in_turn:
            return cast("object", innermost)
    return None


def why_silent() -> str | None:
    """Return why the page's reply has not arrived, if a web app is why."""
    reactive = sys.modules.get("shiny.reactive")
    with suppress(RuntimeError):  # no loop
        if reactive is not None and reactive.lock().locked():
            return WHY_STALLED
    return None


def _why_turn(frame: FrameType) -> str | None:
    return _TURNS.get((frame.f_globals.get("__name__", ""), frame.f_code.co_name))


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception:  # the others are still to be called
        _logger.exception("a message could not be sent to the meeting's page")
