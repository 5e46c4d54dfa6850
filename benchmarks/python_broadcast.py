"""The age of an array when a viewer sees it: `nm.broadcast`, with a quiet kernel and a busy one.

What is measured
    A program, in a process of its own as a kernel is, gives `nm.broadcast` 30 arrays a second, each with its
    time as a barcode, and sound. A viewer's page reads the barcode off its own pixels at each refresh of its
    screen; the difference of the clocks is the age. All are on one machine and share its clock.

    "quiet": the program does nothing else. "busy": another thread of it computes in Python all the time, as a
    cell does. With WebCodecs, and with MSE, as on plain http. Beside it: the same picture drawn in a page,
    composed and sent by that page, as without Python.

    "kernel" and "worker" are the processor time of the program and of the process that encodes, as a part of
    one core; the busy thread's own is in "kernel".

How to read it
    The ways take turns, so that other load on the machine affects all of them alike.
"""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from benchmarks import barcode
from benchmarks.broadcast_latency import SETTLE, ours
from benchmarks.processes import Load
from benchmarks.report import Report, arguments
from benchmarks.studio import CANVAS, HEAD, VIDEO, Seen, Studio, running_studio, watch
from tests.browser.broadcasting import WITHOUT_WEBCODECS

RATE, FPS = 48_000, 30


@dataclass
class Way:
    """A way of sending, and its measurements."""

    name: str
    measure: Callable[[float], Seen]
    seen: Seen = field(default_factory=Seen)
    load: Load = field(default_factory=Load)

    def row(self) -> list[str]:
        """Return a row of the table."""
        return [*self.seen.row(self.name), self.load.part("kernel"), self.load.part("worker")]


def program(server: str, lines: int, *, busy: bool) -> None:
    """Be the kernel: broadcast until standard input ends."""
    import nanomeet_widget as nm  # noqa: PLC0415 - only the program's process needs it

    token = sys.stdin.readline().strip()

    def source() -> Iterator[Any]:
        number = 0
        beep = np.sin(2 * np.pi * 880 * np.arange(RATE // FPS) / RATE) * 0.3
        while True:
            number += 1
            yield barcode.draw(number, lines), beep * (number % FPS == 0)

    def compute() -> None:
        while True:
            sum(range(1000))

    with nm.broadcast(source(), token, server=server, is_vod=False, fps=FPS) as show:
        process = show._sender._process  # noqa: SLF001 - for its processor time
        print(process.pid if process is not None else 0, flush=True)
        if busy:
            threading.Thread(target=compute, daemon=True).start()
        sys.stdin.read()


@contextmanager
def broadcasting(studio: Studio, lines: int, *, busy: bool) -> Iterator[tuple[str, int, int]]:
    """Run the program; yield the stream and the processes that give pictures and encode them."""
    stream = f"bench_{secrets.token_hex(4)}"
    token = studio.server.room(stream, streamname=stream)
    command = [sys.executable, "-m", "benchmarks.python_broadcast", "--program", studio.server.url]
    command += ["--lines", str(lines), *(["--busy"] if busy else [])]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the program has no standard streams")
        process.stdin.write(f"{token}\n")
        process.stdin.flush()
        yield stream, process.pid, int(process.stdout.readline())
    finally:
        process.communicate(timeout=90)


def from_python(
    studio: Studio, way: Way, seconds: float, *, lines: int, busy: bool, mse: bool
) -> Seen:
    """Measure our broadcast from Python."""
    with (
        broadcasting(studio, lines, busy=busy) as (stream, kernel, worker),
        studio.viewer(f"live/{stream}", before=WITHOUT_WEBCODECS if mse else "") as viewer,
    ):
        viewer.wait_for_selector("main[data-frames]:not([data-frames='0'])")
        with way.load.watching(kernel=kernel, worker=worker):
            return watch(viewer, VIDEO if mse else CANVAS, settle=SETTLE, seconds=seconds)


def ways(studio: Studio, lines: int) -> list[Way]:
    """Return the ways in order."""
    made: list[Way] = []
    for busy in (False, True):
        for mse in (False, True):
            name = f"array, {'busy' if busy else 'quiet'} kernel, {'MSE' if mse else 'WebCodecs'}"
            way = Way(name, lambda _: Seen())
            way.measure = lambda s, way=way, busy=busy, mse=mse: from_python(  # type: ignore[misc]
                studio, way, s, lines=lines, busy=busy, mse=mse
            )
            made.append(way)
    made.append(Way("a page's canvas, WebCodecs", lambda s: ours(studio, s)))
    return made


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of measuring, a turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each way")
    parser.add_argument("--lines", type=int, choices=(360, 720), default=360, help="the height")
    parser.add_argument("--program", help=argparse.SUPPRESS)
    parser.add_argument("--busy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.program:
        program(options.program, options.lines, busy=options.busy)
        return
    seconds, rounds = (3.0, 1) if options.quick else (options.seconds, options.rounds)
    report = Report(f"Broadcast from Python, {options.lines} lines", "python_broadcast")
    with running_studio(lines=options.lines) as studio:
        measured = ways(studio, options.lines)
        for turn in range(rounds):
            for way in measured if turn % 2 == 0 else reversed(measured):
                way.seen.add(way.measure(seconds))
    report.table([*HEAD, "kernel", "worker"], [way.row() for way in measured])
    report.finish(options)


if __name__ == "__main__":
    main()
