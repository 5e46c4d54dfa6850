"""How old a picture is when a viewer sees it: our broadcast beside bare WebRTC, in one run.

What is measured
    A Worker draws 640x360 pictures at 30 a second, each with the time at which it was drawn as a
    barcode, into a MediaStreamTrack that stands for a camera. A viewer's page reads the barcode
    off its own pixels in `requestAnimationFrame`; the difference of the clocks is the age. Both
    pages are on one machine and share its clock.

    Broadcast: the track is the only tile of a stage; composer, encoder, ws/ingest, the real
    server, ws/watch, the player's canvas. "muted" is a viewer who muted the sound, so that the
    picture waits for nothing; "with sound" one who hears it, lip-synchronous.
    WebRTC: the same track, one to one, from the same page straight to a video element, no server;
    "with sound" carries a tone as well.

    The age therefore holds everything from the source's canvas to the pixels of the viewer's
    page: track, composition, encoding, network stack, decoding, buffering and the wait for the
    screen's next refresh. It does not hold a camera's own delay, a real network, nor the time
    from the page's pixels to the display's light.

How to read it
    The ways take turns, so that what else the machine does falls on all of them alike. Headless
    Chromium here encodes and decodes on the processor. Compare figures of one run only.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
BROADCASTER = HERE.parent / "tests/browser/broadcaster.js"
ESBUILD = HERE.parent / "js/node_modules/.bin/esbuild"
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
#: Seconds until a way has found its pace.
SETTLE = 4


@dataclass
class Way:
    """What was measured of one way."""

    name: str
    ages: list[float] = field(default_factory=list)
    seconds: float = 0

    @property
    def median(self) -> float:
        return statistics.median(self.ages)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.ages, n=20)[-1]

    @property
    def rate(self) -> float:
        return len(self.ages) / self.seconds


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


def bundle(folder: Path) -> Path:
    """Bundle the page that broadcasts."""
    target = folder / "broadcaster.js"
    command = [str(ESBUILD), str(BROADCASTER), "--bundle", "--format=iife", f"--outfile={target}"]
    subprocess.run([*command, "--log-level=warning"], check=True)  # noqa: S603
    return target


class Bench:
    """The pages and the server of one run."""

    def __init__(self, browser: Browser, server: dict[str, str], script: Path) -> None:
        self._url = server["url"]
        self._key = server["api_key"]
        self._browser = browser
        self._script = script

    def page(self) -> tuple[BrowserContext, Page]:
        """Open a page on the server's origin, in a context of its own, with our scripts."""
        context = self._browser.new_context(permissions=["camera", "microphone"], bypass_csp=True)
        page = context.new_page()
        page.add_init_script(path=HERE / "broadcast_latency.js")
        return context, page

    @contextmanager
    def sender(self) -> Iterator[Page]:
        """Open a page with the stamped track."""
        context, page = self.page()
        page.goto(f"{self._url}/healthz")
        page.add_script_tag(path=self._script)
        page.evaluate("globalThis.track = stampedTrack()")
        yield page
        context.close()

    def broadcast(self, seconds: float, *, muted: bool) -> list[float]:
        """Measure our broadcast."""
        stream = f"bench_{secrets.token_hex(4)}"
        answer = httpx.post(
            f"{self._url}/nanomeet",
            headers={"X-BINTU-APIKEY": self._key},
            json={"room": stream, "streamname": stream, "moderator": True},
            trust_env=False,
        )
        with self.sender() as sender:
            sender.evaluate(
                """async ([base, token]) => {
                  globalThis.me = await Broadcaster.join(base, token, null);
                  await me.start(false);
                  me.show(me.tile({ name: "", video: track }));
                }""",
                [self._url, answer.raise_for_status().json()["data"]],
            )
            context, viewer = self.page()
            viewer.goto(f"{self._url}/live/{stream}")
            viewer.wait_for_selector("main[data-frames]:not([data-frames='0'])")
            if muted:
                viewer.keyboard.press("m")
            ages = self._read(viewer, "canvas", seconds)
            context.close()
            sender.evaluate("me.stop()")
        return ages

    def webrtc(self, seconds: float, *, sound: bool) -> list[float]:
        """Measure a bare connection from page to page."""
        with self.sender() as sender:
            context, viewer = self.page()
            viewer.goto(f"{self._url}/healthz")
            sender.evaluate(
                """sound => {
                  globalThis.call = new Call();
                  if (!sound) return call.send(track);
                  const context = new AudioContext();
                  const tone = context.createOscillator();
                  const out = context.createMediaStreamDestination();
                  tone.connect(out);
                  tone.start();
                  call.send(track, out.stream.getAudioTracks()[0]);
                }""",
                sound,
            )
            viewer.evaluate("globalThis.call = new Call(); call.receive()")
            answer = viewer.evaluate("offer => call.answer(offer)", sender.evaluate("call.offer()"))
            sender.evaluate("answer => call.accept(answer)", answer)
            viewer.wait_for_function("document.querySelector('#call').videoWidth > 0")
            ages = self._read(viewer, "#call", seconds)
            context.close()
        return ages

    def _read(self, viewer: Page, selector: str, seconds: float) -> list[float]:
        viewer.wait_for_timeout(SETTLE * 1000)
        ages: list[float] = viewer.evaluate(
            "([selector, seconds]) => watchStamps(document.querySelector(selector), seconds)",
            [selector, seconds],
        )
        return ages


def report(ways: list[Way]) -> None:
    """Print the table and the ratio."""
    print("| way | median ms | p95 ms | pictures a second |")
    print("|---|---|---|---|")
    for way in ways:
        print(f"| {way.name} | {way.median:.0f} | {way.p95:.0f} | {way.rate:.1f} |")
    muted, heard, webrtc, webrtc_heard = ways
    print()
    print(
        f"broadcast / WebRTC, median: {muted.median / webrtc.median:.2f} muted, "
        f"{heard.median / webrtc_heard.median:.2f} with sound"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10, help="of measuring, a turn")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each way")
    options = parser.parse_args()
    ways = [
        Way("broadcast, muted"),
        Way("broadcast, with sound"),
        Way("WebRTC one to one, no sound"),
        Way("WebRTC one to one, with sound"),
    ]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        with running_server(folder) as server:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            bench = Bench(browser, server, bundle(folder))
            measures: list[Callable[[], list[float]]] = [
                lambda: bench.broadcast(options.seconds, muted=True),
                lambda: bench.broadcast(options.seconds, muted=False),
                lambda: bench.webrtc(options.seconds, sound=False),
                lambda: bench.webrtc(options.seconds, sound=True),
            ]
            for _ in range(options.rounds):
                for way, measure in zip(ways, measures, strict=True):
                    way.ages += measure()
                    way.seconds += options.seconds
            browser.close()
    report(ways)


if __name__ == "__main__":
    main()
