"""JupyterLab's other forms of a notebook: a new view of an output, a console, simple mode, read-only files."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from nanomeet_widget._fallback import with_words
from tests.labs import Lab

from .conftest import OpenPage
from .kept_pages import OpenNotebook
from .media import frame_of, lies_over
from .notebook import SLOW, Notebook

pytestmark = pytest.mark.browser

SHOW = """
import nanomeet_widget as nm
room = nm.create_room({!r})
meet = nm.NanoMeet(token=room.token, height=200, camera=False, microphone=False)
meet
"""
TELL = "print(meet.status.value, len(meet.participants), meet.error)"


def joined(lab: Lab, open_notebook: OpenNotebook, room: str) -> Notebook:
    """Return a notebook with a joined meeting, whose frame is marked."""
    lab.write(f"{room}.ipynb", SHOW.format(room), TELL)
    notebook = open_notebook(f"{room}.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    frame_of(notebook.page).evaluate("window.mark = 'the same frame'")
    return notebook


def goes_on(page: Page, meeting: Locator) -> None:
    """Check that it is the same meeting as ever, once in the page, and lies over a place."""
    overlay = page.locator(".nanomeet-overlay")
    expect(overlay).to_have_count(1)
    expect(overlay).to_have_attribute("data-place", "cell")
    lies_over(overlay, meeting.locator(".nanomeet-place"))
    expect(meeting).to_have_attribute("data-status", "joined")
    assert frame_of(page).evaluate("window.mark === 'the same frame'")


def command(page: Page, name: str, **arguments: Any) -> None:
    page.evaluate(
        "([name, arguments]) => void jupyterapp.commands.execute(name, arguments)",
        [name, arguments],
    )


def close(page: Page, kind: str) -> None:
    """Close JupyterLab's tab that shows a kind of document."""
    page.evaluate(
        "(kind) => [...jupyterapp.shell.widgets('main')].find(({ node }) => node.querySelector(kind)).close()",
        kind,
    )


def in_console(page: Page, source: str) -> None:
    prompt = page.locator(".jp-CodeConsole-promptCell .cm-content")
    prompt.click(timeout=SLOW)
    page.keyboard.type(source)
    page.keyboard.press("Shift+Enter")


def test_a_new_view_of_the_output(lab: Lab, open_notebook: OpenNotebook) -> None:
    notebook = joined(lab, open_notebook, "views_101")
    page = notebook.page
    cell = page.locator(".jp-Notebook .nanomeet")
    view = page.locator(".jp-LinkedOutputView .nanomeet")
    notebook.output(0).first.click(button="right", position={"x": 5, "y": 5})
    page.locator(".lm-Menu-item", has_text="Create New View for Cell Output").click()
    goes_on(page, view)
    expect(cell.locator(".nanomeet-card")).to_contain_text("shown in another cell")

    cell.get_by_role("button", name="Show it here").click()
    goes_on(page, cell)
    expect(view.locator(".nanomeet-card")).to_contain_text("shown in another cell")
    view.get_by_role("button", name="Show it here").click()
    goes_on(page, view)

    close(page, ".jp-LinkedOutputView")
    goes_on(page, cell)
    notebook.tells(1, "joined 1 None")


def test_a_console_of_the_notebook(lab: Lab, open_notebook: OpenNotebook) -> None:
    notebook = joined(lab, open_notebook, "console_101")
    page = notebook.page
    cell = page.locator(".jp-Notebook .nanomeet")
    console = page.locator(".jp-CodeConsole .nanomeet")
    command(page, "notebook:create-console")
    in_console(page, "meet")
    goes_on(page, console)
    expect(cell.locator(".nanomeet-card")).to_contain_text("shown in another cell")
    close(page, ".jp-CodeConsole")
    goes_on(page, cell)
    notebook.tells(1, "joined 1 None")


def test_a_console_of_its_own(open_notebook: OpenNotebook, lab: Lab) -> None:
    lab.write("beside.ipynb", "1")
    page = open_notebook("beside.ipynb").page
    command(page, "console:create", kernelPreference={"name": "python3"})
    in_console(
        page,
        "import nanomeet_widget as nm; nm.NanoMeet(nm.create_room('own_101').token, camera=False, microphone=False)",
    )
    meeting = page.locator(".jp-CodeConsole .nanomeet")
    expect(meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    lies_over(page.locator(".nanomeet-overlay"), meeting.locator(".nanomeet-place"))
    close(page, ".jp-CodeConsole")
    expect(page.locator(".nanomeet-overlay")).to_have_count(0, timeout=SLOW)


def test_in_simple_mode_it_is_returned_to(lab: Lab, open_notebook: OpenNotebook) -> None:
    """Simple mode has no tabs: *Back to the meeting* switches documents, too."""
    notebook = joined(lab, open_notebook, "simple_101")
    page = notebook.page
    command(page, "application:toggle-mode")
    try:
        goes_on(page, notebook.meeting)
        command(page, "launcher:create")
        expect(page.locator(".jp-Launcher")).to_be_visible()
        overlay = page.locator(".nanomeet-overlay")
        expect(overlay).to_have_attribute("data-place", "corner", timeout=SLOW)
        overlay.get_by_role("button", name="Back to the meeting").click()
        goes_on(page, notebook.meeting)
        expect(page.locator(".jp-Launcher")).to_be_hidden()
        expect(page.locator(".lm-DockPanel-tabBar")).to_be_hidden()
    finally:
        command(page, "application:toggle-mode")


def test_a_read_only_notebook_of_another_person(lab: Lab, open_page: OpenPage) -> None:
    """Its saved output is not trusted, its file may not be written, its cells may not be edited."""
    path = lab.write("locked_101.ipynb", SHOW.format("locked_101"), TELL)
    book = nbformat.read(path, 4)
    for cell in book.cells:
        cell.metadata.update(editable=False, deletable=False)
    view = {"model_id": "gone", "version_major": 2, "version_minor": 1}
    data = with_words({"application/vnd.jupyter.widget-view+json": view}, "The meeting locked_101")
    book.cells[0].outputs = [nbformat.v4.new_output("display_data", data=data)]
    nbformat.write(book, path)

    def locked(route: Route) -> None:
        # As the server answers for a file that its user may not write: here, root runs the tests.
        answer = route.fetch()
        said = {**answer.json(), "writable": False} if route.request.method == "GET" else None
        route.fulfill(response=answer, json=said) if said else route.fulfill(response=answer)

    page = open_page()
    page.route(re.compile(r"/api/contents/locked_101\.ipynb(\?|$)"), locked)
    notebook = Notebook(page, lab, "locked_101.ipynb")
    expect(notebook.output(0)).to_contain_text("The meeting locked_101 was here.")
    expect(notebook.output(0).locator("pre")).to_have_count(0)
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.tells(1, "joined 1 None")
