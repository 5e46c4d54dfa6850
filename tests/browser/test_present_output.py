"""An output of a notebook, shown to the others after one click (Element Capture), in a real notebook."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage
from tests.browser.contexts import AS_A_USER, new_context
from tests.browser.media import frame_of
from tests.browser.notebook import SLOW, Notebook
from tests.browser.test_python_media import OFF, SHOW, guest, joined, screen
from tests.browser.waiting import until
from tests.labs import Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

#: Whether a video is red, beside the words in its middle.
_RED = """
(video) => {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width) return false;
  const pen = new OffscreenCanvas(width, height).getContext("2d");
  pen.drawImage(video, 0, 0);
  const [r, g, b] = pen.getImageData(width / 5, height / 2, 1, 1).data;
  return r > 180 && g < 90 && b < 90;
}
"""


@pytest.fixture
def notebook(capturing: Browser, lab: Lab) -> Iterator[Notebook]:
    lab.write(
        "output.ipynb",
        SHOW.format("output_101", OFF),
        (
            "import ipywidgets\nplot = ipywidgets.Button(description='Plot', style={'button_color': 'red'},"
            " layout={'width': '320px', 'height': '200px'})\nplot"
        ),
        "show = meet.present(plot, title='Plot')\nawait show.opened",
        "print(show.state, show.error)",
        (
            "hidden = meet.present(ipywidgets.Button())\ntry:\n    await hidden.opened\n"
            "except nm.CommandError as error:\n    print(error.kind, hidden.state)"
        ),
        "show.stop()",
    )
    # Meeting and output are in view at the same time.
    tall = {"viewport": {"width": 1280, "height": 1600}}
    context = new_context(capturing, **{**AS_A_USER, **tall})
    yield Notebook(context.new_page(), lab, "output.ipynb")
    context.close()


def test_an_output_is_shown_after_one_click(
    notebook: Notebook, lab: Lab, open_page: OpenPage
) -> None:
    page = guest(lab, open_page) if joined(notebook) else None
    assert page is not None
    notebook.run(1)
    notebook.run(2)
    notebook.tells(3, "asked None")
    frame_of(notebook.page).get_by_role("button", name="Show", exact=True).click()
    expect(screen(page).locator("video.playing")).to_be_visible(timeout=SLOW)
    expect(screen(page).locator(".tile-label")).to_contain_text("Plot")
    until(page, lambda: screen(page).locator("video").evaluate(_RED))
    # What no cell shows cannot be captured; what is shown goes on.
    notebook.tells(4, "no_output ended")
    expect(screen(page)).to_have_count(1)
    notebook.run(5)
    expect(screen(page)).to_have_count(0)
    notebook.tells(3, "ended None")
