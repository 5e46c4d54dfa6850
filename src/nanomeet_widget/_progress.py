"""A line that says what is waited for: in the cell, or in the terminal, and gone once it is over."""

from __future__ import annotations

import contextlib
import contextvars
import html
import os
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, Protocol

#: Seconds after which a wait is told: what is quicker flashes by.
_DELAY = 0.7
#: Seconds between two changes of the words.
_PACE = 0.2
#: The variable that turns it off, with 0.
_VARIABLE = "NANOMEET_PROGRESS"

_enabled = True
_running: contextvars.ContextVar[Progress | None] = contextvars.ContextVar("progress", default=None)


def set_progress(enabled: bool) -> None:  # noqa: FBT001 - the one thing it says
    """Choose whether waits of more than a second are told, in the cell or the terminal.

    They are told by default where a person looks on: in a notebook's cell, as a line that disappears once the
    wait is over, and in a terminal. Without a terminal, and in a notebook that a program runs, there
    is none. The variable ``NANOMEET_PROGRESS=0`` turns it off as well.

    Parameters
    ----------
    enabled : bool
        Whether they are told.

    Examples
    --------
    >>> nm.set_progress(False)
    """
    global _enabled  # noqa: PLW0603 - one choice a process
    _enabled = bool(enabled)


class _Line(Protocol):
    """Where the words stand."""

    def show(self, words: str) -> None: ...

    def clear(self) -> None: ...


class Progress:
    """What is waited for now.

    Parameters
    ----------
    words
        What, in words.
    line
        Where it is told; None for nowhere.
    """

    def __init__(self, words: str, line: _Line | None) -> None:
        self.words = words
        self._line = line
        self._lock = threading.Lock()
        self._told = 0.0
        self._over = False
        self._timer: threading.Timer | None = None
        if line is not None:
            self._timer = threading.Timer(_DELAY, self._begin)
            self._timer.daemon = True
            self._timer.start()

    def say(self, words: str) -> None:
        """Say that something else is waited for, or how far it is."""
        self.words = words
        with self._lock:
            if self._told and time.monotonic() - self._told >= _PACE:
                self._tell()

    def end(self) -> None:
        """Say no more; the line disappears."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._over = True
            if self._told and self._line is not None:
                with contextlib.suppress(Exception):
                    self._line.clear()

    def _begin(self) -> None:
        with self._lock:
            if not self._over:
                self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        # To tell is a courtesy: what is waited for goes on without.
        with contextlib.suppress(Exception):
            if self._line is not None:
                self._line.show(self.words)


class _Terminal:
    def show(self, words: str) -> None:
        sys.stderr.write(f"\r\x1b[K{words}")
        sys.stderr.flush()

    def clear(self) -> None:
        self.show("")


class _Cell:
    """An output of the cell that runs, which is emptied at the end."""

    def __init__(self) -> None:
        self._id = secrets.token_hex(8)
        self._shown = False
        # The cell that is told is this one, also from the timer's thread.
        self._context = contextvars.copy_context()

    def show(self, words: str) -> None:
        text = html.escape(words)
        told = {"text/plain": words, "text/html": f'<div role="status">{text}</div>'}
        self._context.copy().run(self._publish, told)

    def clear(self) -> None:
        self._context.copy().run(self._publish, {})

    def _publish(self, data: dict[str, str]) -> None:
        from IPython.display import publish_display_data  # noqa: PLC0415 - a kernel has it

        publish_display_data(data, transient={"display_id": self._id}, update=self._shown)
        self._shown = True


@contextlib.contextmanager
def progress(words: str, *, modest: bool = False) -> Iterator[Progress]:
    """Tell what is waited for, if it takes longer; within another wait, tell it in the same line.

    Parameters
    ----------
    words
        What, in words.
    modest
        Whether the words of a wait around this one say more.
    """
    outer = _running.get()
    if outer is not None:
        before = outer.words
        outer.say(before if modest else words)
        try:
            yield outer
        finally:
            outer.say(before)
        return
    own = Progress(words, _line())
    mark = _running.set(own)
    try:
        yield own
    finally:
        # What is awaited may be ended by another task.
        with contextlib.suppress(ValueError):
            _running.reset(mark)
        own.end()


def _line() -> _Line | None:
    """Return where a person looks; None if no one does, or no one asked for this."""
    if not _enabled or os.environ.get(_VARIABLE) == "0":
        return None
    # What a page asks for runs in other threads, and concerns no cell.
    if threading.current_thread() is not threading.main_thread():
        return None
    kernel = _kernel()
    if kernel is not None:
        # A program that runs a notebook takes no input, and keeps all outputs.
        return _Cell() if getattr(kernel, "_allow_stdin", False) else None
    stream = sys.stderr
    return _Terminal() if stream is not None and stream.isatty() else None


def _kernel() -> Any:  # noqa: ANN401 - ipykernel's, whose types are not needed
    shell = sys.modules.get("IPython")
    return None if shell is None else getattr(shell.get_ipython(), "kernel", None)
