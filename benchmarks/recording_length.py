"""The length of a recording against its time on air, while something else keeps the machine busy.

What is measured
    The source of `broadcast_latency`, broadcast and recorded, while as many processes as there are cores do
    nothing but count. It is on air from the moment a viewer without a browser gets the first video frame
    until it gets the last frame of video or audio. The file's length is what a player shows.

How to read it
    A recording starts when its first frame was composed, and that frame arrives later by the time of encoding
    and transport: a few tenths of a second at the start of a broadcast on a fully loaded machine. The file
    may be longer than its time on air by that much. "Skipped" counts the frames that the composer skipped
    because the machine was busy; "told" is what moderators were told about it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import av
from benchmarks.figures import percentile
from benchmarks.report import Report, arguments
from benchmarks.studio import Studio, running_studio
from tests.conftest import RunningServer
from websockets.sync.client import connect
from websockets.typing import Origin

from nanomeet_widget.server.protocol.frames import Kind, Track, decode

#: The frames skipped by a broadcasting page, and the problems reported to it.
ACCOUNT = "[me.healths.reduce((sum, { skipped }) => sum + skipped, 0), me.troubles]"


@dataclass(frozen=True)
class Take:
    """One recording. Times are in seconds."""

    on_air: float
    length: float
    pictures: int
    #: The longest interval between two frames.
    hole: float
    skipped: int
    #: The kinds of problems reported.
    told: frozenset[str]


def _count(parent: int) -> None:
    # Do not outlive the benchmark.
    while os.getppid() == parent:
        pass


@contextmanager
def busy() -> Iterator[None]:
    """Keep every core busy."""
    context = multiprocessing.get_context("spawn")
    counting = [
        context.Process(target=_count, args=(os.getpid(),), daemon=True)
        for _ in range(os.cpu_count() or 1)
    ]
    for process in counting:
        process.start()
    try:
        yield
    finally:
        for process in counting:
            process.kill()
            process.join()


@contextmanager
def witnessing(server: RunningServer, stream: str) -> Iterator[list[float]]:
    """Watch a stream without decoding it; the list grows by the time of each frame, from the first video frame."""
    moments: list[float] = []
    with connect(server.websocket("ws/watch"), origin=Origin(server.url), compression=None) as line:
        line.send(json.dumps({"type": "watch", "v": 1, "stream": stream}))

        def write() -> None:
            for message in line:
                if isinstance(message, bytes):
                    frame = decode(message)
                    picture = frame.track is Track.VIDEO
                    if frame.kind is Kind.MEDIA and (picture or moments):
                        moments.append(time.monotonic())

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        yield moments
    writer.join(timeout=10)


def record(studio: Studio, stream: str, seconds: float) -> Take:
    """Broadcast for a while, and measure the file."""
    with (
        witnessing(studio.server, stream) as seen,
        studio.broadcast(stream, record=True) as stage,
    ):
        stage.page.wait_for_timeout(seconds * 1000)
        stage.stop()
        skipped, told = stage.page.evaluate(ACCOUNT)
    film = studio.server.data / "recordings" / f"{stream}.mp4"
    with av.open(str(film)) as container:
        length = (container.duration or 0) / av.time_base
        times = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.pts is not None]
    return Take(
        on_air=seen[-1] - seen[0],
        length=length,
        pictures=len(times),
        hole=max(after - before for before, after in pairwise(times)),
        skipped=skipped,
        told=frozenset(told),
    )


HEAD = [
    *("lines", "on air, median s", "file longer by, s", "pictures/s", "longest between two, s"),
    *("skipped, median", "told"),
]


def row(lines: int, takes: list[Take]) -> list[str]:
    """Return a row of the table for the takes of one size."""
    told = frozenset[str]().union(*(take.told for take in takes))
    return [
        str(lines),
        f"{percentile([take.on_air for take in takes], 50):.1f}",
        ", ".join(f"{take.length - take.on_air:+.2f}" for take in takes),
        f"{percentile([take.pictures / take.length for take in takes], 50):.1f}",
        f"{max(take.hole for take in takes):.2f}",
        f"{percentile([float(take.skipped) for take in takes], 50):.0f}",
        ", ".join(sorted(told)) or "nothing",
    ]


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="on air, each time")
    parser.add_argument("--times", type=int, default=5, help="at each size")
    options = parser.parse_args()
    times = 1 if options.quick else options.times
    report = Report("Recording length on a busy machine", "recording_length")
    rows = []
    for lines in (360, 720, 1080):
        with running_studio(lines=lines) as studio, busy():
            takes = [
                record(studio, f"take_{lines}_{number}", options.seconds) for number in range(times)
            ]
        rows.append(row(lines, takes))
        print(" ".join(rows[-1]), flush=True)
    report.table(HEAD, rows)
    report.finish(options)


if __name__ == "__main__":
    main()
