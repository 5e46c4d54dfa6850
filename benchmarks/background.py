"""The cost of a virtual background: milliseconds per frame, frames per second, and processor time.

What is measured
    One participant watches the preview before joining, in a page of the embedded server, with a camera of
    640x360 or 1280x720 at 30 frames per second: first without a background, then with each kind. Counted are
    the frames that the preview shows per second, the milliseconds that the background's Worker needs per
    frame, and the processor time of all browser processes per second.

    The camera is Chromium's own, playing a clip: a portrait in front of a chessboard.

How to read it
    All variants run one after the other in the same run, and other load on the machine affects all of them;
    the load average is printed. "times none" compares the processor time with that of no background. Without
    a graphics card, as here, the browser itself also draws on the processor, which is part of every row.
"""

from __future__ import annotations

import json
import secrets
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.report import Report, arguments
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.browsers import ARGUMENTS, CHROMIUM
from tests.browser.posing import pose
from tests.conftest import RunningServer, Servers

WAYS = ("none", "slight-blur", "blur", "hills")
#: Records the reports of the background's Worker.
NOTE = """
  globalThis.efforts = [];
  globalThis.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", ({ data }) => {
        if (data.type === "effort") efforts.push(data.each);
      });
    }
  };
"""
SHOWN = "document.querySelector('video.playing')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"


@dataclass(frozen=True)
class Outcome:
    """The measurements of one variant."""

    #: Frames per second.
    rate: float
    #: Milliseconds per frame; None without a background.
    each: float | None
    #: Seconds of processor time per second.
    processor: float
    #: The frame's lines at the end: fewer if the machine was too slow.
    lines: int


def measure(
    browser: Browser, server: RunningServer, way: str, *, settle: float, seconds: float
) -> Outcome:
    """Measure one variant."""
    room = f"bench_{secrets.token_hex(4)}"
    values: dict[str, object] = {"jwt": server.room(room), "config.prejoinConfig.enabled": True}
    fragment = "&".join(f"{key}={quote(json.dumps(value))}" for key, value in values.items())
    line = browser.new_browser_cdp_session()

    def worked() -> float:
        processes: list[dict[str, Any]] = line.send("SystemInfo.getProcessInfo")["processInfo"]
        return sum(float(one["cpuTime"]) for one in processes)

    with browser.new_context(permissions=["camera", "microphone"]) as context:
        page: Page = context.new_page()
        page.add_init_script(NOTE)
        page.add_init_script(f"localStorage.setItem('nanomeet.background', '{way}');")
        page.goto(f"{server.url}/local/{room}#{fragment}")
        page.wait_for_function(f"() => ({SHOWN}) > 10", timeout=90_000)
        page.wait_for_timeout(settle * 1000)
        page.evaluate("efforts.length = 0")
        began, shown, busy = time.monotonic(), page.evaluate(SHOWN), worked()
        page.wait_for_timeout(seconds * 1000)
        passed = time.monotonic() - began
        efforts: list[float] = page.evaluate("efforts")
        return Outcome(
            rate=(page.evaluate(SHOWN) - shown) / passed,
            each=sum(efforts) / len(efforts) if efforts else None,
            processor=(worked() - busy) / passed,
            lines=page.evaluate("document.querySelector('video.playing').videoHeight"),
        )


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--settle", type=float, default=6, help="seconds before measuring")
    parser.add_argument("--seconds", type=float, default=20, help="of measuring")
    options = parser.parse_args()
    settle, seconds = (1.0, 5.0) if options.quick else (options.settle, options.seconds)
    report = Report("A background behind a person", "background")
    rows: list[list[str]] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = Servers(folder)
        stack.callback(servers.close)
        server = servers.start()
        chromium = stack.enter_context(sync_playwright()).chromium
        for lines in (360, 720):
            clip = pose(folder / f"{lines}.mjpeg", lines=lines)
            args = [*ARGUMENTS, f"--use-file-for-fake-video-capture={clip}"]
            browser = chromium.launch(executable_path=CHROMIUM, args=args)
            found = {
                way: measure(browser, server, way, settle=settle, seconds=seconds) for way in WAYS
            }
            browser.close()
            none = found["none"]
            rows += [
                [
                    f"{lines} lines, {way}",
                    "" if one.each is None else f"{one.each:.1f}",
                    f"{one.rate:.1f}",
                    str(one.lines),
                    f"{one.processor:.2f}",
                    f"{one.processor / none.processor:.2f}",
                ]
                for way, one in found.items()
            ]
    report.table(
        [
            "camera, background",
            "ms a picture",
            "pictures/s",
            "lines",
            "processor s/s",
            "times none",
        ],
        rows,
    )
    report.finish(options)


if __name__ == "__main__":
    main()
