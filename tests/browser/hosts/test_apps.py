"""The quickstart in other notebooks than the newest JupyterLab: join, show, leave."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.media import frame_of, lies_over, moves
from tests.browser.notebook import SLOW, Notebook
from tests.labs import homes_in, running_app, running_lab

from .environments import python_of

pytestmark = pytest.mark.browser

SHOW = """
import nanomeet_widget as nm
room = nm.create_room({!r})
meet = nm.NanoMeet(token=room.token, microphone=False)
meet
"""
STATUS = "print(meet.status.value, len(meet.participants))"

MARIMO = """
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
    import nanomeet_widget as nm
    room = nm.create_room("marimo_101")
    meet = nm.NanoMeet(token=room.token, microphone=False)
    seen = mo.ui.anywidget(meet)
    seen
    return meet, mo, seen

@app.cell
def _(meet, mo):
    look = mo.ui.button(label="Look", on_click=lambda _: (meet.status.value, len(meet.participants)))
    look
    return (look,)

@app.cell
def _(look, mo):
    mo.md(f"Python says {look.value}")

if __name__ == "__main__":
    app.run()
"""


def meets(page: Page) -> None:
    """Check that a meeting is joined and the own camera's video moves."""
    meeting = page.locator(".nanomeet")
    expect(meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert moves(frame_of(page).locator("video").first)
    lies_over(page.locator(".nanomeet-overlay"), page.locator(".nanomeet-place"))


def leaves(page: Page) -> None:
    """Check that the Leave button ends it and frees the camera with its frame."""
    page.locator(".nanomeet").get_by_role("button", name="Leave").click()
    expect(page.locator(".nanomeet")).to_contain_text("You left")
    expect(page.locator(".nanomeet-overlay")).to_have_count(0)


def knows(look: Callable[[], None], told: Locator) -> None:
    """Repeat `look` until Python also knows what the page shows, which may still be on the way."""
    for _ in range(10):
        look()
        with suppress(AssertionError):
            expect(told).to_be_visible(timeout=SLOW / 10)
            return
    expect(told).to_be_visible()


def write(folder: Path, name: str, *cells: str) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, folder / name)


def test_jupyterlab_4_4(tmp_path: Path, open_page: OpenPage) -> None:
    with running_lab(tmp_path, python=python_of("lab-4.4")) as lab:
        lab.write("older.ipynb", SHOW.format("older_101"), STATUS)
        notebook = Notebook(open_page(), lab, "older.ipynb")
        notebook.run(0)
        meets(notebook.page)
        notebook.tells(1, "joined 1")
        leaves(notebook.page)
        notebook.tells(1, "left 0")


def test_voila(tmp_path: Path, open_page: OpenPage) -> None:
    write(tmp_path, "app.ipynb", SHOW.format("voila_101"))
    command = [python_of("apps"), "-m", "voila", "app.ipynb", "--no-browser"]
    with running_app(tmp_path, command, homes_in(tmp_path), ready="/voila/static/voila.js") as url:
        page = open_page(url)
        meets(page)
        leaves(page)


def test_nbclassic(tmp_path: Path, open_page: OpenPage) -> None:
    write(tmp_path, "classic.ipynb", SHOW.format("classic_101"), STATUS)
    command = [python_of("apps"), "-m", "nbclassic", "--no-browser", "--allow-root"]
    command += [
        "--ServerApp.token=",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={tmp_path}",
    ]
    with running_app(tmp_path, command, homes_in(tmp_path), ready="/api") as url:
        page = open_page(f"{url}/notebooks/classic.ipynb")
        expect(page.locator("#kernel_indicator_icon.kernel_idle_icon")).to_be_visible(timeout=SLOW)
        page.locator(".code_cell").nth(0).locator(".CodeMirror").click()
        page.keyboard.press("Control+Enter")
        meets(page)
        look = page.locator(".code_cell").nth(1)

        def run() -> None:
            look.locator(".CodeMirror").click()
            page.keyboard.press("Control+Enter")

        knows(run, look.locator(".output_text").get_by_text("joined 1"))
        leaves(page)


def run_all(page: Page) -> None:
    """Run the pending cells in marimo's editor, which waits for its user and at first ignores input."""
    expect(page.locator(".cm-content").first).to_be_visible(timeout=SLOW)
    for _ in range(10):
        page.keyboard.press("Control+Shift+r")
        with suppress(AssertionError):
            expect(page.locator(".nanomeet")).to_be_visible(timeout=SLOW / 10)
            return


@pytest.mark.parametrize("mode", ["run", "edit"])
def test_marimo(tmp_path: Path, open_page: OpenPage, mode: str) -> None:
    (tmp_path / "app.py").write_text(MARIMO)
    command = [python_of("apps"), "-m", "marimo", mode, "app.py"]
    command += ["--headless", "--no-token", "--host=127.0.0.1"]
    with running_app(tmp_path, command, homes_in(tmp_path), ready="/health") as url:
        page = open_page(url)
        if mode == "edit":
            run_all(page)
        meets(page)
        in_shadow = "(node) => node.getRootNode() instanceof ShadowRoot"
        assert page.locator(".nanomeet").evaluate(in_shadow)
        button = page.get_by_role("button", name="Look")
        knows(button.click, page.get_by_text("Python says ('joined', 1)"))
        if mode == "run":
            # An app has a session, and a participant, for each page.
            meets(open_page(url))
            knows(button.click, page.get_by_text("Python says ('joined', 2)"))
        leaves(page)
