"""A long broadcast: whether latency, lip sync and memory stay constant, and the recording is complete.

What is measured
    The source of `broadcast_latency` and `lip_sync`, one viewer with WebCodecs and sound in a Chromium of its
    own, and a recording. At each step: the age of the frames, the offset of the beeps, the resident memory of
    the server, and that of all processes of the viewer's browser (each shared page divided among those that
    share it).

    Afterwards the recording is decoded, and each frame's time compared with what the server sent to a client
    that recorded all of it: one more or one less was repeated or lost on the way to the file. Frames are also
    numbered: a missing number was lost somewhere after the source, a repeated one was encoded twice.

How to read it
    Everything runs on one machine. The composer reports the frames that it skips because the machine is busy.
    It and the source have separate clocks, so that now and then two frames of the source fall into one of its
    turns.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from benchmarks.barcode import Stamp, missing, read
from benchmarks.figures import differences, percentile
from benchmarks.lip_sync import LISTENING, Fit, heard
from benchmarks.processes import proportional, resident
from benchmarks.report import Report, arguments
from benchmarks.scheduler import HEAD as MACHINE
from benchmarks.scheduler import Scheduler, watching_the_machine
from benchmarks.studio import CANVAS, Seen, Studio, running_studio, taken, watch
from benchmarks.witness import witnessing
from playwright.sync_api import CDPSession, Page

STREAM = "long"
#: Seconds for a page to start.
SETTLE = 10.0


@dataclass(frozen=True)
class Film:
    """The contents of a recording. Times are in ms."""

    times: list[float]
    #: Each frame's barcode; None if it is unreadable.
    stamps: list[Stamp | None]
    #: The start and duration of each audio packet.
    sound: list[tuple[float, float]]

    @property
    def _settled(self) -> list[Stamp | None]:
        """The stamps after the first seconds, in which the sender's page is overloaded."""
        pairs = zip(self.times, self.stamps, strict=True)
        return [stamp for time, stamp in pairs if time > 1000 * SETTLE]

    @property
    def numbers(self) -> list[int]:
        """The frames' numbers."""
        return [stamp.number for stamp in self._settled if stamp is not None]

    @property
    def unreadable(self) -> int:
        """The number of frames without a readable barcode."""
        return self._settled.count(None)

    @property
    def gaps(self) -> list[float]:
        """The intervals between frames."""
        return [after - before for before, after in pairwise(self.times)]

    @property
    def silence(self) -> float:
        """The largest distance between one audio packet's end and the next one's start."""
        ends = [
            abs(after - (begin + length)) for (begin, length), (after, _) in pairwise(self.sound)
        ]
        return max(ends, default=0.0)


def decode(path: Path) -> Film:
    """Decode a recording."""
    times: list[float] = []
    stamps: list[Stamp | None] = []
    with av.open(str(path)) as film:
        for picture in film.decode(video=0):
            times.append(1000 * (picture.time or 0.0))
            stamps.append(read(picture.to_ndarray(format="gray").astype(np.uint8, copy=False)))
    with av.open(str(path)) as film:
        sound = [
            (_milliseconds(packet.pts, packet), _milliseconds(packet.duration, packet))
            for packet in film.demux(audio=0)
            if packet.pts is not None
        ]
    return Film(times, stamps, sound)


def _milliseconds(ticks: int | None, packet: av.Packet[Any]) -> float:
    return 1000 * float((ticks or 0) * (packet.time_base or 0))


def look(
    viewer: Page,
    server: int,
    browser: CDPSession,
    machine: Scheduler,
    *,
    minute: float,
    step: float,
) -> tuple[list[str], Seen]:
    """Watch for one step; return a row of the table, and the measurements."""
    viewer.wait_for_timeout(step * 1000)
    seen = taken(viewer, step)
    fit = Fit(seen.ages, heard(viewer))
    processes = browser.send("SystemInfo.getProcessInfo")["processInfo"]
    row = [
        *seen.row(f"{minute:.1f}"),
        f"{percentile(fit.offsets, 50):+.0f}",
        f"{resident(server):.0f}",
        f"{proportional(process['id'] for process in processes):.0f}",
        *machine.row(),
    ]
    return row, seen


HEAD = [
    *("minute", "age, median ms", "p95 ms", "pictures/s", "halts over 250 ms"),
    *("sound late by, ms", "server, MB", "viewer's browser, MB"),
    *MACHINE,
]


def broadcast(
    studio: Studio, browser: CDPSession, *, minutes: float, step: float
) -> tuple[list[list[str]], Seen, int]:
    """Broadcast and record.

    Returns the rows, all measurements, and the number of frames that the composer skipped.
    """
    with (
        studio.broadcast(STREAM, record=True) as stage,
        studio.viewer(f"live/{STREAM}", before=LISTENING) as viewer,
        watching_the_machine() as machine,
    ):
        watch(viewer, CANVAS, settle=SETTLE, seconds=0)
        heard(viewer)
        machine.row()
        began = time.monotonic()
        rows: list[list[str]] = []
        whole = Seen()
        while (passed := (time.monotonic() - began) / 60) < minutes:
            row, seen = look(
                viewer,
                studio.server.process.pid,
                browser,
                machine,
                minute=passed,
                step=min(step, 60 * (minutes - passed)),
            )
            rows.append(row)
            whole.add(seen)
            print(" ".join(row), flush=True)
        skipped: int = stage.page.evaluate("me.healths.reduce((sum, h) => sum + h.skipped, 0)")
    return rows, whole, skipped


def judge(report: Report, film: Film, sent: list[int], skipped: int) -> None:
    """Report the contents of the recording."""
    lacking, besides = differences([time / 1000 for time in sent], film.times)
    lost, repeated = missing(film.numbers)
    facts = {
        "pictures": len(film.times),
        "minutes": f"{(film.times[-1] - film.times[0]) / 60_000:.1f}",
        "sent by the server, and not in the recording": lacking,
        "in the recording, and not sent by the server": besides,
        "encoded twice, after the first seconds": repeated,
        "of the source that are not there, after the first seconds": lost,
        "that the composer says it left out": skipped,
        "unreadable, after the first seconds": film.unreadable,
        "longest time between two, ms": f"{max(film.gaps):.0f}",
        "times that do not go up": sum(gap <= 0 for gap in film.gaps),
        "longest time between two packets of sound, beyond their own, ms": f"{film.silence:.1f}",
    }
    report.say("The recording:")
    report.table(["pictures", ""], [[name, str(value)] for name, value in facts.items()])


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--step", type=float, default=60, help="seconds between two looks")
    options = parser.parse_args()
    minutes = 0.5 if options.quick else options.minutes
    report = Report("Long broadcast", "drift")
    with running_studio() as studio:
        with witnessing(studio.server, STREAM) as sent:
            session = studio.watches.new_browser_cdp_session()
            rows, whole, skipped = broadcast(studio, session, minutes=minutes, step=options.step)
        film = decode(studio.server.data / "recordings" / f"{STREAM}.mp4")
    report.table(HEAD, rows)
    report.say(f"The whole time: median {whole.median:.0f} ms, p95 {whole.p95:.0f} ms.")
    judge(report, film, sent, skipped)
    report.finish(options)


if __name__ == "__main__":
    main()
