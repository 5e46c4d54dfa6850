"""The offset of sound to video at the viewer: a beep and a flash, heard and seen.

What is measured
    The source of `broadcast_latency`: each frame carries its drawing time, so each of them is a flash. A beep
    starts at each second of the same clock, and its sound is delivered once it is over, 10 ms at a time, like
    a microphone's. The viewer's page reads the frames' age off its own pixels, and detects the beeps in what
    it plays: with WebCodecs what goes to the device, at the time at which the browser says it is audible;
    with MSE what the video element plays. The difference of the two ages is the offset: above 0 the sound is
    late.

    The offset includes the sound's path into the composer, not only the player.

How to read it
    ITU-R BT.1359: noticeable from 45 ms early, and from 125 ms late.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.figures import percentile
from benchmarks.report import Report, arguments
from benchmarks.studio import CANVAS, HERE, VIDEO, Studio, running_studio, watch
from playwright.sync_api import Page
from tests.browser.broadcasting import WITHOUT_WEBCODECS

LISTENING = (HERE / "listening.js").read_text()
SETTLE = 6.0


@dataclass(frozen=True)
class Fit:
    """The ages of the frames seen and of the beeps heard, in ms."""

    pictures: list[float]
    beeps: list[float]

    @property
    def offsets(self) -> list[float]:
        """The delay of each beep behind the video."""
        picture = percentile(self.pictures, 50)
        return [beep - picture for beep in self.beeps]

    def row(self, name: str) -> list[str]:
        """Return a row of the table."""
        offsets = self.offsets
        return [
            name,
            f"{percentile(offsets, 50):+.0f}",
            f"{percentile(offsets, 5):+.0f} to {percentile(offsets, 95):+.0f}",
            f"{percentile(self.pictures, 50):.0f}",
            f"{percentile(self.beeps, 50):.0f}",
            f"{len(offsets)}",
        ]


def measure(studio: Studio, seconds: float, *, mse: bool) -> Fit:
    """Watch and listen to a broadcast."""
    before = LISTENING + (WITHOUT_WEBCODECS if mse else "")
    with (
        studio.broadcast() as stage,
        studio.viewer(f"live/{stage.stream}", before=before) as viewer,
    ):
        selector = VIDEO if mse else CANVAS
        viewer.wait_for_selector("main[data-frames]:not([data-frames='0'])")
        if mse:
            viewer.evaluate("selector => listenTo(document.querySelector(selector))", selector)
        viewer.wait_for_timeout(SETTLE * 1000)
        viewer.evaluate("listener.take()")
        seen = watch(viewer, selector, settle=0, seconds=seconds)
        return Fit(seen.ages, heard(viewer))


def heard(page: Page) -> list[float]:
    """Return the ages of the beeps heard since the last call, in ms."""
    beeps: list[float] = page.evaluate("listener.take()")
    return beeps


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="of measuring, each way")
    options = parser.parse_args()
    seconds = 5.0 if options.quick else options.seconds
    report = Report("Lip sync", "lip_sync")
    with running_studio() as studio:
        rows = [
            measure(studio, seconds, mse=mse).row(name)
            for name, mse in (("WebCodecs", False), ("MSE", True))
        ]
    report.table(
        ["way", "offset, median ms", "5 to 95 %", "picture's age", "beep's age", "beeps"], rows
    )
    report.finish(options)


if __name__ == "__main__":
    main()
