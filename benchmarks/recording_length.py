"""How long a recording is beside its time on air, while something else keeps the machine busy.

What is measured
    The source of `broadcast_latency`, broadcast and recorded, while as many processes as there are cores
    do nothing but count. On air it is from the moment at which the server tells that it is live to the
    moment at which it tells that it is stopping; the file's length is what a player shows.

How to read it
    A recording begins with the first picture, which was composed before it came, and ends with the last
    sound that came: it may differ from the time on air by what the encoder is late, and by a picture.
    Skipped is what the composer left out, as the machine was busy; "told" is what moderators were told of it.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import av
from benchmarks.figures import percentile
from benchmarks.report import Report, arguments
from benchmarks.studio import Studio, running_studio

#: What a page that broadcast knows: pictures left out, when it was live and when stopping, and what was told.
ACCOUNT = """[
  me.healths.reduce((sum, { skipped }) => sum + skipped, 0),
  me.moments[me.states.indexOf("live")],
  me.moments[me.states.indexOf("stopping")],
  me.troubles,
]"""


@dataclass(frozen=True)
class Take:
    """One recording. Times are in seconds."""

    on_air: float
    length: float
    pictures: int
    #: The longest time between two pictures.
    hole: float
    skipped: int
    #: Kinds of trouble.
    told: frozenset[str]


def _count() -> None:
    while True:
        pass


@contextmanager
def busy() -> Iterator[None]:
    """Keep every core busy."""
    context = multiprocessing.get_context("spawn")
    counting = [context.Process(target=_count, daemon=True) for _ in range(os.cpu_count() or 1)]
    for process in counting:
        process.start()
    try:
        yield
    finally:
        for process in counting:
            process.kill()
            process.join()


def record(studio: Studio, stream: str, seconds: float) -> Take:
    """Broadcast for a while, and look at the file."""
    with studio.broadcast(stream, record=True) as stage:
        stage.page.wait_for_timeout(seconds * 1000)
        stage.stop()
        skipped, live, stopping, told = stage.page.evaluate(ACCOUNT)
    film = studio.server.data / "recordings" / f"{stream}.mp4"
    with av.open(str(film)) as container:
        length = (container.duration or 0) / av.time_base
        times = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.pts is not None]
    return Take(
        on_air=(stopping - live) / 1000,
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
    """Return the takes of one size as a row of the table."""
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
    report = Report("The length of a recording on a busy machine", "recording_length")
    rows = []
    for lines in (360, 720, 1080):
        with running_studio(lines=lines) as studio, busy():
            takes = [
                record(studio, f"take_{lines}_{time}", options.seconds) for time in range(times)
            ]
        rows.append(row(lines, takes))
        print(" ".join(rows[-1]), flush=True)
    report.table(HEAD, rows)
    report.finish(options)


if __name__ == "__main__":
    main()
