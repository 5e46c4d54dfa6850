"""A meeting outlives what happens to its cell, and ends when its user wants that."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Lab, OpenPage
from .media import frame_of, moves
from .notebook import SLOW, Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

IMPORT = "import nanomeet_widget as nm"
SHOW = 'room = nm.create_room("{}")\nmeet = nm.NanoMeet(token=room.token)\nmeet'
FILLER = "for i in range(100): print(i)"


def joined(lab: Lab, open_page: OpenPage, room: str, *more: str) -> Notebook:
    """A notebook with a joined meeting in its second code cell."""
    lab.write(f"{room}.ipynb", IMPORT, SHOW.format(room), *more)
    notebook = Notebook(open_page(), lab, f"{room}.ipynb")
    notebook.run(0)
    notebook.run(1)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    return notebook


def mark(notebook: Notebook) -> None:
    """Leave a mark in the meeting's frame: it is gone if the frame is loaded anew."""
    frame_of(notebook.page).evaluate("window.mark = 'the same frame'")


def marked(notebook: Notebook) -> bool:
    return bool(frame_of(notebook.page).evaluate("window.mark === 'the same frame'"))


def test_running_the_cell_again_goes_on_with_the_meeting(lab: Lab, open_page: OpenPage) -> None:
    notebook = joined(lab, open_page, "rerun", "print(meet.status.value)")
    mark(notebook)
    for _ in range(3):
        notebook.run(1)
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert marked(notebook)
    assert notebook.evaluate(2) == "joined"
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(1)
    assert moves(frame_of(notebook.page).locator("video").first)


def test_scrolling_away_and_back_keeps_the_frame(lab: Lab, open_page: OpenPage) -> None:
    notebook = joined(lab, open_page, "scroll", *[FILLER] * 8)
    mark(notebook)
    for number in range(2, 10):
        notebook.run(number)
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_attribute("data-place", "corner")
    notebook.page.wait_for_timeout(6000)  # longer than a meeting without a cell is kept
    notebook.page.locator(".jp-WindowedPanel-outer").evaluate("(panel) => panel.scrollTo(0, 0)")
    expect(notebook.meeting).to_have_attribute("data-status", "joined")
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_attribute("data-place", "cell")
    assert marked(notebook)


def test_moving_the_cell_keeps_the_frame(lab: Lab, open_page: OpenPage) -> None:
    notebook = joined(lab, open_page, "move", "1")
    mark(notebook)
    notebook.cell(1).locator(".jp-InputPrompt").click()
    notebook.page.keyboard.press("Control+Shift+ArrowDown")
    expect(notebook.cell(2).locator(".nanomeet")).to_be_visible()
    notebook.page.wait_for_timeout(6000)  # longer than a meeting without a cell is kept
    expect(notebook.meeting).to_have_attribute("data-status", "joined")
    assert marked(notebook)
    place = notebook.page.locator(".nanomeet-place").bounding_box()
    assert notebook.page.locator(".nanomeet-overlay").bounding_box() == place


def test_the_frame_stays_within_what_can_be_seen_of_the_notebook(
    lab: Lab, open_page: OpenPage
) -> None:
    notebook = joined(lab, open_page, "clip", *[FILLER] * 2)
    notebook.run(2)
    panel = notebook.page.locator(".jp-WindowedPanel-outer")
    panel.evaluate("(panel) => panel.scrollTo(0, 300)")
    box = panel.bounding_box()
    assert box
    expect(notebook.page.locator(".nanomeet-overlay")).to_be_visible()
    above = notebook.page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('.nanomeet-overlay') !== null",
        [box["x"] + box["width"] / 2, box["y"] - 10],
    )
    assert not above


def test_a_second_view_shows_where_it_is_and_joins_no_second_time(
    lab: Lab, open_page: OpenPage
) -> None:
    notebook = joined(lab, open_page, "views", "meet")
    notebook.run(2)
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(1)
    expect(notebook.meeting).to_have_count(2)
    expect(notebook.page.locator(".nanomeet-card")).to_contain_text("shown in another cell")
    expect(frame_of(notebook.page).locator("li[data-participant]")).to_have_count(1)


def test_deleting_the_cell_ends_the_meeting(lab: Lab, open_page: OpenPage) -> None:
    notebook = joined(lab, open_page, "deleted", "print(meet.status.value)")
    notebook.cell(1).locator(".jp-InputPrompt").click()
    notebook.page.keyboard.press("d")
    notebook.page.keyboard.press("d")
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(0, timeout=15_000)
    assert notebook.evaluate(1) == "left"


def test_the_size_follows_python_while_it_is_joined(lab: Lab, open_page: OpenPage) -> None:
    notebook = joined(lab, open_page, "size", "meet.height = 300; meet.width = '50%'")
    mark(notebook)
    notebook.run(2)
    expect(notebook.meeting).to_have_css("height", "300px")
    assert marked(notebook)


def test_another_token_moves_to_the_other_meeting(lab: Lab, open_page: OpenPage) -> None:
    notebook = joined(
        lab, open_page, "first", "meet.token = nm.create_room('second').token", "print(meet.room)"
    )
    notebook.run(2)
    expect(notebook.meeting).to_contain_text("second")
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert notebook.evaluate(3) == "second"
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(1)


def test_a_reload_with_a_live_kernel_joins_again(lab: Lab, open_page: OpenPage) -> None:
    notebook = joined(lab, open_page, "reload", "print(meet.status.value)")
    notebook.save()
    notebook.page.reload()
    notebook.idle()
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert notebook.evaluate(2) == "joined"
    expect(frame_of(notebook.page).locator("li[data-participant]")).to_have_count(1)


def test_leaving_frees_the_camera_and_one_can_come_back(lab: Lab, open_page: OpenPage) -> None:
    notebook = joined(lab, open_page, "leave", "print(meet.status.value)")
    notebook.meeting.get_by_role("button", name="Leave").click()
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(0)
    assert notebook.evaluate(2) == "left"
    notebook.meeting.get_by_role("button", name="Join again").click()
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
