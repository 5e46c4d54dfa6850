"""What a stage of several people costs, and whether it holds: our meeting beside a fixed mesh.

What is measured
    People: a number of participants meet in one Chromium, each in a page of its own, everybody
    with camera and microphone, all tiles shown. Measured are the pictures that every tile decodes
    each second, once the stage has found its pace. "fixed" is a plain mesh of browsers that sends
    320x240 at 15 pictures a second to everybody, without limits of its own; "ours" is the meeting
    page with the embedded server.
    Bits: four participants, and the bits a second that each of them sends to the three others
    together, sound and picture. "fixed" sends 640x360 at 30 to everybody.

    Chromium's own fake camera and microphone are the sources. All pages share the machine, which
    is harder than life: everybody's encoders and decoders run on the same cores.

How to read it
    Both ways run one after the other in the same run, and what else the machine does falls on
    both; the load average is printed. Compare figures of one run only.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

SCRIPT = Path(__file__).with_suffix(".js")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
WINDOW: ViewportSize = {"width": 960, "height": 600}
CELL: ViewportSize = {"width": 720, "height": 480}


@dataclass(frozen=True)
class Outcome:
    """What one stage did while it was measured."""

    #: Pictures a second that each tile decoded, and its lines.
    rates: list[float]
    lines: list[int]
    #: Bits a second that each participant sent.
    sent: list[float]
    #: Seconds that all encoders worked in each second.
    encoding: float


@contextmanager
def running_server(folder: Path) -> Iterator[dict[str, str]]:
    """Run the embedded server on a free port; yield its address and key."""
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "nanomeet_widget.server", "--port", "0"]
    command += ["--data", str(folder / "data"), "--ready-file", str(ready)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit("the server did not come up")
            time.sleep(0.05)
        yield json.loads(ready.read_text())
    finally:
        process.terminate()
        process.wait(timeout=30)


class Bench:
    """The browser and the server of one run."""

    def __init__(
        self, browser: Browser, server: dict[str, str], *, settle: float, seconds: float
    ) -> None:
        self._browser = browser
        self._url = server["url"]
        self._key = server["api_key"]
        self._settle = settle
        self._seconds = seconds

    def fixed(self, people: int, *, width: int, height: int, framerate: int) -> Outcome:
        """Measure a plain mesh."""
        with ExitStack() as stack:
            pages = [self._page(stack, WINDOW) for _ in range(people)]
            for page in pages:
                page.goto(f"{self._url}/healthz")
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
        """Measure the meeting page; the last `hidden` of the pages are tabs in the background."""
        room = f"bench_{secrets.token_hex(4)}"
        answer = httpx.post(
            f"{self._url}/nanomeet",
            headers={"X-BINTU-APIKEY": self._key},
            json={"room": room, "moderator": True},
            trust_env=False,
        )
        token = answer.raise_for_status().json()["data"]
        with ExitStack() as stack:
            pages = []
            for number in range(people):
                page = self._page(stack, window)
                values: dict[str, object] = {"jwt": token, "userInfo.displayName": f"P{number}"}
                values["config.prejoinConfig.enabled"] = False
                parts = (f"{key}={quote(json.dumps(value))}" for key, value in values.items())
                page.goto(f"{self._url}/local/{room}#{'&'.join(parts)}")
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
        context = self._browser.new_context(
            permissions=["camera", "microphone"], bypass_csp=True, viewport=window
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
    """Yield the pictures and the lines of each tile. Ids are each connection's own: by order."""
    if [one["id"] for one in first["decoded"]] != [one["id"] for one in last["decoded"]]:
        raise SystemExit("connections came or went while they were measured")
    for one, other in zip(first["decoded"], last["decoded"], strict=True):
        yield other["framesDecoded"] - one["framesDecoded"], other["frameHeight"] or 0


def people_row(name: str, outcome: Outcome) -> str:
    """Return a row of the first table."""
    return (
        f"| {name} | {len(outcome.rates)} | {min(outcome.rates):.1f} "
        f"| {statistics.median(outcome.rates):.1f} | {statistics.median(outcome.lines):.0f} "
        f"| {outcome.encoding:.2f} |"
    )


def bits_row(name: str, outcome: Outcome) -> str:
    """Return a row of the second table."""
    each = " ".join(f"{bits / 1000:.0f}" for bits in outcome.sent)
    return f"| {name} | {each} | {statistics.mean(outcome.sent) / 1000:.0f} |"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--settle", type=float, default=30, help="seconds before measuring")
    parser.add_argument("--seconds", type=float, default=15, help="of measuring")
    parser.add_argument("--only", choices=["people", "bits"], help="one of the two tables")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        running_server(Path(name)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        bench = Bench(browser, server, settle=options.settle, seconds=options.seconds)
        print(f"{os.cpu_count()} cores; load average before {os.getloadavg()[0]:.1f}\n")
        if options.only != "bits":
            print("| people | tiles | fewest pictures/s | median | lines | encoding s/s |")
            print("|---|---|---|---|---|---|")
            fixed = bench.fixed(options.people, width=320, height=240, framerate=15)
            print(people_row(f"{options.people}, fixed 320x240 at 15", fixed))
            print(people_row(f"{options.people}, ours", bench.ours(options.people)), "\n")
        if options.only != "people":
            print("| four people | kbit/s sent by each | mean |")
            print("|---|---|---|")
            fixed = bench.fixed(4, width=640, height=360, framerate=30)
            print(bits_row("fixed 640x360 at 30", fixed))
            print(bits_row("ours, equal tiles, 960x600", bench.ours(4)))
            print(bits_row("ours, equal tiles in a cell, 720x480", bench.ours(4, window=CELL)))
            large = bench.ours(4, window=CELL, tiles=False)
            print(bits_row("ours, one large in a cell, 720x480", large))
            unseen = bench.ours(4, window=CELL, hidden=2)
            print(bits_row("ours, cell, two tabs in the background", unseen))
        print(f"\nload average after {os.getloadavg()[0]:.1f}")
        browser.close()


if __name__ == "__main__":
    main()
