"""The time until a reloaded notebook is back in its meeting, by itself.

What is measured
    JupyterLab with a live kernel and a saved notebook, whose cell shows a joined meeting. The page is
    reloaded; its own clock measures when the cell is in the document, when the meeting is joined, and when
    the local camera's video plays. The time JupyterLab itself takes to open a notebook is listed separately,
    because it comes before any widget.

How to read it
    Headless Chromium, the notebook's server, the kernel and the meeting's server share the machine.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.report import Report, arguments
from playwright.sync_api import Page, expect, sync_playwright
from tests.browser.browsers import ARGUMENTS, CHROMIUM
from tests.browser.media import frame_of
from tests.browser.notebook import SLOW, Notebook
from tests.labs import Lab, running_lab

SHOW = """
import nanomeet_widget as nm
room = nm.create_room("reloaded")
meet = nm.NanoMeet(token=room.token)
meet
"""
#: Records when each first appeared, in milliseconds since the page was requested.
WATCH = """
window.seen = {};
const look = () => {
  const cell = document.querySelector(".nanomeet");
  if (cell) window.seen.cell ??= performance.now();
  if (cell?.dataset.status === "joined") window.seen.joined ??= performance.now();
};
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
"""
#: A frame has a clock of its own, which starts later.
PICTURE = """
(began) => new Promise((resolve) => {
  const look = () => {
    const video = document.querySelector("video");
    if (video && video.getVideoPlaybackQuality().totalVideoFrames > 0) {
      resolve(performance.timeOrigin + performance.now() - began);
    } else requestAnimationFrame(look);
  };
  look();
})
"""


def reload(page: Page) -> dict[str, float]:
    """Reload the notebook; return when each part appeared, in seconds."""
    page.reload()
    joined = page.locator(".nanomeet[data-status=joined]")
    expect(joined).to_be_visible(timeout=SLOW)
    picture = frame_of(page).evaluate(PICTURE, page.evaluate("performance.timeOrigin"))
    seen: dict[str, Any] = json.loads(page.evaluate("JSON.stringify(window.seen)"))
    return {name: at / 1000 for name, at in {**seen, "picture": picture}.items()}


def measure(lab: Lab, page: Page, times: int) -> list[dict[str, float]]:
    """Open a notebook, join, and reload it repeatedly."""
    lab.write("reloaded.ipynb", SHOW)
    page.add_init_script(WATCH)
    notebook = Notebook(page, lab, "reloaded.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.save()
    return [reload(page) for _ in range(times)]


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--times", type=int, default=10, help="reloads")
    options = parser.parse_args()
    report = Report("Reloaded notebook", "rejoin")
    with (
        tempfile.TemporaryDirectory() as name,
        running_lab(Path(name)) as lab,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(permissions=["camera", "microphone"]).new_page()
        found = measure(lab, page, 2 if options.quick else options.times)
        browser.close()
    columns = {
        "JupyterLab shows the cell": [one["cell"] for one in found],
        "from the cell to joined": [one["joined"] - one["cell"] for one in found],
        "from the cell to the picture": [one["picture"] - one["cell"] for one in found],
    }
    report.table(
        ["step", "median s", "longest s"],
        [
            [step, f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}"]
            for step, seconds in columns.items()
        ],
    )
    report.finish(options)


if __name__ == "__main__":
    main()
