"""A program that reads a camera far too slowly: whether memory stays flat, and how old its pictures are.

What is measured
    A notebook in JupyterLab reads a guest's camera with `meet.frames`, 30 pictures a second, and takes one
    every two seconds, each with the time at which it was drawn as a barcode. At each step: how old what it
    took was, and the resident memory of the kernel and of the meeting's server.

How to read it
    What waits would make pictures older, or memory larger. "an hour" is the slope of a straight line through
    the values after the first quarter, in which caches fill.
"""

from __future__ import annotations

import time

from benchmarks.figures import growth, percentile
from benchmarks.meeting import Meeting, running_place
from benchmarks.processes import resident
from benchmarks.report import Report, arguments

HEAD = ["minute", "pictures", "age, median ms", "p95 ms", "oldest ms", "kernel, MB", "server, MB"]
#: Seconds between two pictures that the program takes.
PAUSE = 2.0
CELLS = {
    "read": f"slow = kernel.SlowReader(meet, kernel.other(meet), {PAUSE})\nawait slow.start()",
    "look": "slow.take()",
}


def look(meeting: Meeting, server: int, minute: float) -> tuple[list[str], list[float]]:
    """Return a row of the table, and the minute with the memory of kernel and server."""
    told = meeting.run("look")
    ages: list[float] = told["ages"]
    memory = [resident(told["kernel"]), resident(server)]
    if not ages:
        raise RuntimeError(f"the program gets no pictures any more: {told['reading']}")
    figures = (percentile(ages, 50), percentile(ages, 95), max(ages))
    row = [f"{minute:.1f}", str(len(ages)), *(f"{age:.0f}" for age in figures)]
    return [*row, *(f"{part:.1f}" for part in memory)], [minute, *memory]


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--step", type=float, default=60, help="seconds between two looks")
    options = parser.parse_args()
    minutes, step = (0.5, 6.0) if options.quick else (options.minutes, options.step)
    report = Report("A reader that is too slow", "slow_reader")
    rows: list[list[str]] = []
    points: list[list[float]] = []
    with running_place() as place, place.meeting(CELLS, cameras=True) as meeting:
        meeting.start("read")
        meeting.allow()
        meeting.ran("read")
        began = time.monotonic()
        while (passed := time.monotonic() - began) < 60 * minutes:
            meeting.page.wait_for_timeout(1000 * min(step, 60 * minutes - passed))
            row, point = look(meeting, place.server.process.pid, (time.monotonic() - began) / 60)
            rows.append(row)
            points.append(point)
            print(" ".join(row), flush=True)
    report.table(HEAD, rows)
    settled = points[len(points) // 4 :]
    kernel, server = (growth([(one[0], one[part]) for one in settled]) for part in (1, 2))
    report.say(f"Memory, MB an hour: kernel {kernel:+.1f}, server {server:+.1f}.")
    report.finish(options)


if __name__ == "__main__":
    main()
