"""The cost of a stage with several participants, and whether it holds: our meeting beside a fixed mesh.

What is measured
    People: a number of participants meet in one Chromium, each in a page of its own, all with camera and
    microphone, all tiles shown. Measured are the frames that every tile decodes per second, once the stage
    has settled. "fixed" is a plain mesh of browsers that sends 320x240 at 15 frames per second to everyone,
    without limits of its own; "ours" is the meeting page with the embedded server.
    Bits: four participants, and the bits per second that each sends to the three others together, audio and
    video. "fixed" sends 640x360 at 30 to everyone.

    Chromium's fake camera and microphone are the sources. All pages share the machine, which is harder than
    reality: all encoders and decoders run on the same cores.

How to read it
    Both run one after the other in the same run, and other load affects both; the load average is printed.
    Compare only figures of one run.
"""

from __future__ import annotations

import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import Report, arguments
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from tests.browser.browsers import ARGUMENTS, CHROMIUM
from tests.browser.contexts import new_context
from tests.browser.test_room import address
from tests.conftest import RunningServer, Servers

SCRIPT = Path(__file__).with_suffix(".js")
WINDOW: ViewportSize = {"width": 960, "height": 600}
CELL: ViewportSize = {"width": 720, "height": 480}


@dataclass(frozen=True)
class Outcome:
    """The measurements of one stage."""

    #: The frames per second that each tile decoded, and its lines.
    rates: list[float]
    lines: list[int]
    #: The bits per second that each participant sent.
    sent: list[float]
    #: The seconds of work of all encoders per second.
    encoding: float


class Bench:
    """The browser and the server of one run."""

    def __init__(
        self, browser: Browser, server: RunningServer, *, settle: float, seconds: float
    ) -> None:
        self._browser = browser
        self._server = server
        self._settle = settle
        self._seconds = seconds

    def fixed(self, people: int, *, width: int, height: int, framerate: int) -> Outcome:
        """Measure a plain mesh."""
        with ExitStack() as stack:
            pages = [self._page(stack, WINDOW) for _ in range(people)]
            for page in pages:
                page.goto(f"{self._server.url}/healthz")
                page.evaluate(
                    "async size => { globalThis.me = new FixedMember(); await me.open(...size); }",
                    [width, height, framerate],
                )
            for a, page in enumerate(pages):
                for b, other in enumerate(pages[:a]):
                    offer = page.evaluate("to => me.offer(to)", f"p{b}")
                    answer = other.evaluate("args => me.answer(...args)", [f"p{a}", offer])
                    page.evaluate("args => me.accept(...args)", [f"p{b}", answer])
            return self._measure(pages)

    def ours(
        self, people: int, *, window: ViewportSize = WINDOW, tiles: bool = True, hidden: int = 0
    ) -> Outcome:
        """Measure the meeting page; the last `hidden` of the pages are background tabs."""
        room = f"bench_{secrets.token_hex(4)}"
        token = self._server.room(room)
        with ExitStack() as stack:
            pages = []
            for number in range(people):
                page = self._page(stack, window)
                page.goto(address(self._server, token, room, f"P{number}"))
                pages.append(page)
            for page in pages:
                page.wait_for_function(
                    "people => document.querySelectorAll('.tile[data-camera=on]').length === people",
                    arg=people,
                    timeout=90_000,
                )
                if not tiles:
                    page.get_by_role("button", name="Show the speaker large").click()
            for page in pages[len(pages) - hidden :]:
                page.evaluate(
                    """() => {
                      Object.defineProperty(document, "hidden", { get: () => true });
                      document.dispatchEvent(new Event("visibilitychange"));
                    }"""
                )
            return self._measure(pages)

    def _page(self, stack: ExitStack, window: ViewportSize) -> Page:
        context = new_context(
            self._browser,
            permissions=["camera", "microphone"],
            bypass_csp=True,
            viewport=window,
        )
        stack.callback(context.close)
        page = context.new_page()
        page.add_init_script(path=SCRIPT)
        return page

    def _measure(self, pages: list[Page]) -> Outcome:
        time.sleep(self._settle)
        before = [page.evaluate("countConnections()") for page in pages]
        time.sleep(self._seconds)
        after = [page.evaluate("countConnections()") for page in pages]
        rates: list[float] = []
        lines: list[int] = []
        sent: list[float] = []
        encoding = 0.0
        for first, last in zip(before, after, strict=True):
            seconds = last["at"] - first["at"]
            for decoded, height in _decoded(first, last):
                rates.append(decoded / seconds)
                lines.append(height)
            sent.append((sum(last["sent"]) - sum(first["sent"])) * 8 / seconds)
            encoding += (last["encoding"] - first["encoding"]) / seconds
        return Outcome(rates, lines, sent, encoding)


def _decoded(first: dict[str, Any], last: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield the frames and lines of each tile. Each connection has ids of its own, so match them by order."""
    if [one["id"] for one in first["decoded"]] != [one["id"] for one in last["decoded"]]:
        raise SystemExit("connections came or went while they were measured")
    for one, other in zip(first["decoded"], last["decoded"], strict=True):
        yield other["framesDecoded"] - one["framesDecoded"], other["frameHeight"] or 0


def people_row(name: str, outcome: Outcome) -> list[str]:
    """Return a row of the first table."""
    return [
        name,
        str(len(outcome.rates)),
        f"{min(outcome.rates):.1f}",
        f"{statistics.median(outcome.rates):.1f}",
        f"{statistics.median(outcome.lines):.0f}",
        f"{outcome.encoding:.2f}",
    ]


def bits_row(name: str, outcome: Outcome) -> list[str]:
    """Return a row of the second table."""
    each = " ".join(f"{bits / 1000:.0f}" for bits in outcome.sent)
    rate = f"{statistics.median(outcome.rates):.1f}"
    return [name, each, f"{statistics.mean(outcome.sent) / 1000:.0f}", rate]


def people(bench: Bench, count: int, report: Report) -> None:
    """Measure whether a stage with this many participants holds."""
    fixed = bench.fixed(count, width=320, height=240, framerate=15)
    report.table(
        ["people", "tiles", "fewest pictures/s", "median", "lines", "encoding s/s"],
        [
            people_row(f"{count}, fixed 320x240 at 15", fixed),
            people_row(f"{count}, ours", bench.ours(count)),
        ],
    )


def bits(bench: Bench, report: Report) -> None:
    """Measure what four participants send."""
    fixed = bench.fixed(4, width=640, height=360, framerate=30)
    large = bench.ours(4, window=CELL, tiles=False)
    report.table(
        ["four people", "kbit/s sent by each", "mean", "pictures/s of a tile, median"],
        [
            bits_row("fixed 640x360 at 30", fixed),
            bits_row("ours, equal tiles, 960x600", bench.ours(4)),
            bits_row("ours, equal tiles in a cell, 720x480", bench.ours(4, window=CELL)),
            bits_row("ours, one large in a cell, 720x480", large),
            bits_row(
                "ours, cell, two tabs in the background", bench.ours(4, window=CELL, hidden=2)
            ),
        ],
    )


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--settle", type=float, default=30, help="seconds before measuring")
    parser.add_argument("--seconds", type=float, default=15, help="of measuring")
    parser.add_argument("--only", choices=["people", "bits"], help="one of the two tables")
    options = parser.parse_args()
    count, settle, seconds = options.people, options.settle, options.seconds
    if options.quick:
        count, settle, seconds = 2, 2.0, 2.0
    report = Report("Stage", "mesh_stage")
    with ExitStack() as stack:
        servers = Servers(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        stack.callback(servers.close)
        chromium = stack.enter_context(sync_playwright()).chromium
        browser = chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        stack.callback(browser.close)
        bench = Bench(browser, servers.start(), settle=settle, seconds=seconds)
        if options.only != "bits":
            people(bench, count, report)
        if options.only != "people":
            bits(bench, report)
    report.finish(options)


if __name__ == "__main__":
    main()
