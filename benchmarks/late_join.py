"""The time until a late viewer sees the broadcast, and the age of that first frame.

What is measured
    A broadcast as in `broadcast_latency` has been running for a while. A viewer's page is opened in a browser
    context of its own, with an empty cache. Its own clock measures when its pixels first contain a frame,
    from the start of the navigation, and that frame's age.

How to read it
    One viewer after the other, at times unrelated to keyframes, which are 2 s apart. Server, sender and
    viewer share the machine.
"""

from __future__ import annotations

import random

from benchmarks.figures import percentile
from benchmarks.report import Report, arguments
from benchmarks.studio import CANVAS, VIDEO, Studio, running_studio
from tests.browser.broadcasting import WITHOUT_WEBCODECS

#: The watcher starts before the page does.
WATCH = "globalThis.watcher = watchPictures({selector!r});"


def join(studio: Studio, stream: str, *, mse: bool) -> tuple[float, float]:
    """Join late; return the time of the first frame, and its age, in ms."""
    before = WITHOUT_WEBCODECS if mse else ""
    before += WATCH.format(selector=VIDEO if mse else CANVAS)
    with studio.viewer(f"live/{stream}", before=before) as viewer:
        viewer.wait_for_function("watcher.firstAt !== null")
        first, age = viewer.evaluate("[watcher.firstAt, watcher.firstAge]")
        return first, age


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--joins", type=int, default=20, help="by each way")
    options = parser.parse_args()
    joins = 2 if options.quick else options.joins
    report = Report("First picture of a late viewer", "late_join")
    moments = random.Random(1)  # noqa: S311 - to be repeated
    rows = []
    with running_studio() as studio, studio.broadcast() as stage:
        for name, mse in (("WebCodecs", False), ("MSE", True)):
            came: list[tuple[float, float]] = []
            for _ in range(joins):
                stage.page.wait_for_timeout(moments.uniform(1000, 3000))
                came.append(join(studio, stage.stream, mse=mse))
            firsts, ages = zip(*came, strict=True)
            rows.append(
                [
                    name,
                    f"{percentile(firsts, 50):.0f}",
                    f"{percentile(firsts, 95):.0f}",
                    f"{percentile(ages, 50):.0f}",
                ]
            )
    report.table(["way", "first picture, median ms", "p95 ms", "its age, median ms"], rows)
    report.finish(options)


if __name__ == "__main__":
    main()
