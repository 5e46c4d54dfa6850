"""Waits are told where a person looks, after a moment, and leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import nanomeet_widget as nm
from nanomeet_widget import _progress
from nanomeet_widget._progress import progress


class Line:
    """What a person would see."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.told = threading.Event()

    def show(self, words: str) -> None:
        self.said.append(words)
        self.told.set()

    def clear(self) -> None:
        self.said.append("")


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    found = Line()
    monkeypatch.setattr(_progress, "_line", lambda: found)
    return found


def test_what_is_quick_is_not_told(line: Line) -> None:
    with progress("Quick…"):
        pass
    assert line.said == []


def test_what_takes_longer_is_told_and_is_gone_afterwards(line: Line) -> None:
    with progress("Starting…"):
        assert line.told.wait(60)
    assert line.said == ["Starting…", ""]


def test_a_wait_within_a_wait_has_the_same_line(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_progress, "_PACE", 0)
    with progress("Outer…"):
        assert line.told.wait(60)
        with progress("Inner…"):
            pass
        with progress("Waiting…", modest=True):
            pass
    assert list(dict.fromkeys(line.said)) == ["Outer…", "Inner…", ""]
    assert line.said[-2:] == ["Outer…", ""]


def test_an_error_ends_it(line: Line) -> None:
    def fails() -> None:
        with progress("Failing…"):
            assert line.told.wait(60)
            raise nm.StreamError("no")

    with pytest.raises(nm.StreamError):
        fails()
    assert line.said == ["Failing…", ""]


def test_a_line_that_breaks_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()

    class Broken(Line):
        def show(self, words: str) -> None:
            del words
            told.set()
            raise BrokenPipeError

    monkeypatch.setattr(_progress, "_line", Broken)
    with progress("Starting…") as found:
        assert told.wait(60)
        found.say("More…")


class TestWhere:
    def test_nowhere_without_a_person(self) -> None:
        assert _progress._line() is None  # pytest captures standard error

    def test_in_a_terminal_unless_it_is_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        assert _progress._line() is not None
        monkeypatch.setenv("NANOMEET_PROGRESS", "0")
        assert _progress._line() is None
        monkeypatch.delenv("NANOMEET_PROGRESS")
        nm.set_progress(False)
        try:
            assert _progress._line() is None
        finally:
            nm.set_progress(True)

    def test_not_for_what_a_page_asks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

        async def asked() -> Any:
            return await asyncio.to_thread(_progress._line)

        assert asyncio.run(asked()) is None


SLOW = """
from nanomeet_widget._progress import progress
import time
with progress("Starting the meeting server…"):
    time.sleep(1.5)
print("done")
"""


def whole(terminal: int) -> Iterator[bytes]:
    """Read a terminal whose other end is closed: what was written arrives in pieces, and an error ends it."""
    with suppress(OSError):
        while piece := os.read(terminal, 4096):
            yield piece


def test_a_terminal_shows_a_line_and_clears_it() -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", SLOW], stderr=theirs, stdout=subprocess.PIPE, check=True, text=True
    )
    os.close(theirs)
    said = b"".join(whole(ours)).decode()
    os.close(ours)
    assert done.stdout == "done\n"
    assert "\rStarting the meeting server…".replace("\r", "\r\x1b[K") in said
    assert said.endswith("\r\x1b[K")
    silent = subprocess.run([sys.executable, "-c", SLOW], capture_output=True, check=True)
    assert silent.stderr == b""


def test_a_notebook_that_a_program_runs_keeps_nothing(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(SLOW)]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = notebook.cells[0].outputs
    assert [one["output_type"] for one in outputs] == ["stream"], json.dumps(outputs)
