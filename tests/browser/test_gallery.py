"""Pictures of the example notebooks for the gallery: `make screenshots` takes them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.labs import Lab

from .conftest import OpenPage
from .media import frame_of
from .notebook import SLOW, Notebook
from .screens import only_pictures, shoot

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    only_pictures,
]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def joined(notebook: Notebook) -> None:
    expect(notebook.meeting.first).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(frame_of(notebook.page).locator("video.playing").first).to_be_visible(timeout=SLOW)


def runs(notebook: Notebook, last: int) -> None:
    """Run the cells as far as this one, and wait for the meeting in the first of them."""
    for number in range(last + 1):
        notebook.run(number)
        if notebook.meeting.count() and notebook.meeting.first.get_attribute("data-status"):
            joined(notebook)


def quickstart(notebook: Notebook) -> int:
    runs(notebook, 3)
    live = notebook.meeting.locator(".nanomeet-live")
    expect(live).to_contain_text("LIVE", timeout=SLOW)
    return 0


def lesson(notebook: Notebook) -> int:
    runs(notebook, 10)
    expect(notebook.cell(9)).to_contain_text("7 people voted", timeout=SLOW)
    return 9


def live_figure(notebook: Notebook) -> int:
    runs(notebook, 4)
    return 0


def camera_to_numpy(notebook: Notebook) -> int:
    runs(notebook, 2)
    notebook.until(3, lambda printed: re.search(r"shown=[1-9]|sent=[1-9]", printed) is not None)
    return 0


def automation(notebook: Notebook) -> int:
    runs(notebook, 3)
    expect(notebook.cell(3)).to_contain_text("Ada, Helper", timeout=SLOW)
    return 3


#: What is run before a picture is taken; gives the cell that is at its top.
SHOWN: dict[str, Callable[[Notebook], int]] = {
    "automation": automation,
    "camera_to_numpy": camera_to_numpy,
    "lesson": lesson,
    "live_figure": live_figure,
    "quickstart": quickstart,
}


@pytest.mark.parametrize("name", sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
def test_a_notebook_of_the_gallery(lab: Lab, open_page: OpenPage, name: str) -> None:
    shutil.copy(NOTEBOOKS / f"{name}.ipynb", lab.folder / f"{name}.ipynb")
    lab.use_theme("light")
    page = open_page(viewport={"width": 1120, "height": 700}, color_scheme="light")
    notebook = Notebook(page, lab, f"{name}.ipynb")
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    top = SHOWN[name](notebook)
    notebook.cell(top).evaluate("(cell) => cell.scrollIntoView({ block: 'start' })")
    pose(page, f"gallery-{name}-light")
    page.emulate_media(color_scheme="dark")
    dark = {"theme": "JupyterLab Dark"}
    page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', theme)", dark)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    if notebook.meeting.count():
        expect(notebook.meeting.first).to_have_attribute("data-theme", "dark")
    pose(page, f"gallery-{name}-dark")


def pose(page: Page, name: str) -> None:
    page.mouse.move(5, 695)
    if page.locator(".nanomeet-overlay").count():
        expect(frame_of(page).locator(".toast")).to_have_count(0, timeout=SLOW)
    shoot(page, name)
