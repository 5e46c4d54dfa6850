"""A meeting whose place is hidden: no camera before it is visible, and how to return to it."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.labs import Lab

from .kept_pages import OpenNotebook
from .media import frame_of, lies_over
from .notebook import SLOW, Notebook

pytestmark = pytest.mark.browser

MAKE = """
import nanomeet_widget as nm, ipywidgets as w
from IPython.display import display
meet = nm.NanoMeet(token=nm.create_room({!r}).token, height=300, camera=False, microphone=False)
held = meet.set_subject("Later")
"""
TELL = "print(meet.status, held.held_by)"
HIDE, SHOW = "box.layout.display = 'none'", "box.layout.display = None"
FILLER = "for i in range(100): print(i)"
OTHER = "w.HTML('<p>Nothing here</p>')"
#: What contains the meeting on an initially hidden page, and what shows it.
BOXES = {
    "tab": f"box = w.Tab([{OTHER}, meet], titles=['Text', 'Meeting']); box",
    "accordion": f"box = w.Accordion([{OTHER}, meet], titles=['Text', 'Meeting']); box",
    "deep": f"box = w.Accordion([w.Tab([{OTHER}, w.VBox([meet])]), {OTHER}], selected_index=1); box",
}
SHOWN = {
    "tab": "box.selected_index = 1",
    "accordion": "box.selected_index = 1",
    "deep": "box.selected_index = 0; box.children[0].selected_index = 1",
}
HIDDEN = {
    "tab": "box.selected_index = 0",
    "accordion": "box.selected_index = 0",
    "deep": "box.children[0].selected_index = 0; box.selected_index = 1",
}


def overlay(notebook: Notebook) -> Locator:
    return notebook.page.locator(".nanomeet-overlay")


def goes_back(notebook: Notebook) -> None:
    """Return from the mini-player, and check that the meeting is in its place."""
    expect(overlay(notebook)).to_have_attribute("data-place", "corner", timeout=SLOW)
    overlay(notebook).get_by_role("button", name="Back to the meeting").click()
    expect(overlay(notebook)).to_have_attribute("data-place", "cell")
    place = notebook.meeting.locator(".nanomeet-place")
    expect(place).to_be_focused()
    lies_over(overlay(notebook), place)


@pytest.mark.parametrize("box", BOXES)
def test_on_a_hidden_page_it_is_joined_once_shown(
    lab: Lab, open_notebook: OpenNotebook, box: str
) -> None:
    name = f"box_{box}"
    lab.write(f"{name}.ipynb", MAKE.format(name) + BOXES[box], TELL, SHOWN[box], HIDDEN[box])
    notebook = open_notebook(f"{name}.ipynb")
    notebook.run(0)
    notebook.tells(1, "idle its cell's output is not visible yet")
    notebook.page.wait_for_timeout(3000)  # longer than elements are waited for outside the document
    expect(overlay(notebook)).to_have_count(0)

    notebook.run(2)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.tells(1, "joined")
    frame_of(notebook.page).evaluate("window.mark = 'the same frame'")
    notebook.run(3)
    goes_back(notebook)
    assert frame_of(notebook.page).evaluate("window.mark === 'the same frame'")


def test_a_stack_leaves_what_it_hides_and_joins_it_once_shown(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    """The container renders only the selected page."""
    made = MAKE.format("stack") + f"box = w.Stack([{OTHER}, meet], selected_index=0); box"
    lab.write("stack.ipynb", made, TELL, "box.selected_index = 1", "box.selected_index = 0")
    notebook = open_notebook("stack.ipynb")
    notebook.run(0)
    expect(overlay(notebook)).to_have_count(0)
    for _ in range(2):
        notebook.run(2)
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        notebook.run(3)
        expect(overlay(notebook)).to_have_count(0, timeout=SLOW)
        notebook.tells(1, "left")


def test_what_no_control_opens_is_shown_large(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write("large.ipynb", MAKE.format("large") + "box = w.VBox([meet]); box", TELL, HIDE, SHOW)
    notebook = open_notebook("large.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.run(2)
    expect(overlay(notebook)).to_have_attribute("data-place", "corner", timeout=SLOW)
    overlay(notebook).get_by_role("button", name="Back to the meeting").click()
    expect(overlay(notebook)).to_have_attribute("data-place", "full")
    overlay(notebook).get_by_role("button", name="Exit full screen").click()
    expect(overlay(notebook)).to_have_attribute("data-place", "corner")
    notebook.run(3)
    expect(overlay(notebook)).to_have_attribute("data-place", "cell")


def test_a_collapsed_output_is_opened(lab: Lab, open_notebook: OpenNotebook) -> None:
    wait = "import time; time.sleep(5)"
    lab.write("collapsed.ipynb", MAKE.format("collapsed") + f"{wait}\nmeet", TELL)
    notebook = open_notebook("collapsed.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.cell(0).locator(".jp-InputPrompt").click()
    notebook.menu("View", "Collapse Selected Outputs")
    goes_back(notebook)

    # A meeting collapsed while its cell runs is joined once it is expanded.
    notebook.meeting.get_by_role("button", name="Leave").click()
    notebook.start(0)
    notebook.menu("View", "Collapse Selected Outputs")
    notebook.ran(0)
    notebook.page.wait_for_timeout(4000)
    expect(overlay(notebook)).to_have_count(0)
    notebook.cell(0).locator(".jp-OutputPlaceholder").click()
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)


@pytest.mark.parametrize("cells", [1, 40])
def test_below_a_collapsed_heading_it_is_found(
    lab: Lab, open_notebook: OpenNotebook, cells: int
) -> None:
    name = f"heading_{cells}"
    path = lab.write(
        f"{name}.ipynb", *["1"] * cells, "# Lesson", MAKE.format(name) + "meet", FILLER
    )
    book = nbformat.read(path, 4)
    book.cells[cells]["cell_type"] = "markdown"
    for key in ("outputs", "execution_count"):
        book.cells[cells].pop(key)
    nbformat.write(book, path)
    notebook = open_notebook(f"{name}.ipynb")
    notebook.run(cells)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    heading = notebook.page.locator(".jp-MarkdownCell", has_text="Lesson")
    heading.scroll_into_view_if_needed()
    heading.hover()
    heading.locator(".jp-collapseHeadingButton").click()
    goes_back(notebook)


def test_below_the_fold_it_is_joined_as_ever(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write("fold.ipynb", *[FILLER] * 8, MAKE.format("fold") + "meet", TELL)
    notebook = open_notebook("fold.ipynb")
    notebook.menu("Run", "Run All Cells")
    expect(overlay(notebook)).to_have_attribute("data-place", "corner", timeout=SLOW)


def test_a_notebook_behind_another_is_joined_once_shown(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    lab.write("behind.ipynb", "import time; time.sleep(5)\n" + MAKE.format("behind") + "meet")
    notebook = open_notebook("behind.ipynb")
    notebook.start(0)
    notebook.page.get_by_role("button", name="New Launcher").first.click()
    expect(notebook.page.locator(".jp-Launcher")).to_be_visible()
    notebook.page.wait_for_timeout(12_000)
    expect(overlay(notebook)).to_have_count(0)
    notebook.page.locator(".lm-TabBar-tab", has_text="behind.ipynb").first.click()
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
