"""Two browsers in one notebook: the meeting is in the one that ran its cell."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.labs import Lab

from .axe import violations
from .conftest import OpenPage
from .kept_pages import OpenNotebook
from .media import frame_of
from .notebook import SLOW, Notebook

pytestmark = pytest.mark.browser

SHOW = """
import json, nanomeet_widget as nm
room = nm.create_room({0!r})
meet = nm.NanoMeet(token=room.token, camera=False, microphone=False)
json.dump([room.token], open("{0}.json", "w"))
meet
"""
TELL = "print(meet.status.value, meet.moderator, len(meet.participants), meet.error and meet.error['kind'])"
AGAIN = "meet"
STARTED = "was started in another browser"
OTHER = "moved to another browser"
JOIN, MOVE = "Join as a participant of your own", "Move the meeting here"


class Witness:
    """Records a kernel's messages to a page."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._note))

    def _note(self, payload: str | bytes) -> None:
        text = payload if isinstance(payload, str) else payload.decode(errors="replace")
        self.heard.append(text)


Share = Callable[..., tuple[Notebook, Callable[..., Notebook]]]


@pytest.fixture
def share(lab: Lab, open_notebook: OpenNotebook) -> Share:
    """Return a teacher's notebook with a joined meeting, and a function that opens it in another browser."""

    def opener(room: str) -> tuple[Notebook, Callable[..., Notebook]]:
        lab.write(f"{room}.ipynb", SHOW.format(room), TELL, AGAIN)
        teacher = open_notebook(f"{room}.ipynb")
        teacher.run(0)
        expect(teacher.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        teacher.save()

        def another(page: Page | None = None) -> Notebook:
            name = f"{room}.ipynb"
            return Notebook(page, lab, name) if page else open_notebook(name)

        return teacher, another

    return opener


def card(notebook: Notebook) -> Locator:
    return notebook.meeting.first.locator(".nanomeet-card")


def press(notebook: Notebook, name: str) -> None:
    notebook.meeting.first.get_by_role("button", name=name).click()


def joined(notebook: Notebook, role: str) -> None:
    expect(notebook.meeting.first).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(notebook.meeting.first.locator(".nanomeet-role")).to_have_text(role)


def marked(notebook: Notebook) -> bool:
    return bool(frame_of(notebook.page).evaluate("window.mark === 'the same frame'"))


def mark(notebook: Notebook) -> None:
    frame_of(notebook.page).evaluate("window.mark = 'the same frame'")


def test_a_second_browser_asks_and_throws_no_page_out(
    share: Share, lab: Lab, open_page: OpenPage
) -> None:
    teacher, another = share("asked_101")
    mark(teacher)
    page = open_page()
    witness = Witness(page)
    student = another(page)
    expect(card(student)).to_contain_text(STARTED, timeout=SLOW)
    expect(card(student).get_by_role("button")).to_have_text([JOIN, MOVE])
    assert violations(page, ".nanomeet") == []
    expect(page.locator(".nanomeet-overlay")).to_have_count(0)
    teacher.tells(1, "joined True 1 None")
    assert marked(teacher)

    # The teacher's page gets the token again; no other page can read it.
    teacher.page.reload()
    teacher.idle()
    joined(teacher, "Moderator")
    (token,) = json.loads((lab.folder / "asked_101.json").read_text())
    heard = "".join(witness.heard)
    assert '"client"' in heard.replace("\\", "")
    assert token not in heard
    assert token.split(".")[2] not in heard

    press(student, JOIN)
    joined(student, "Participant")
    expect(teacher.meeting).to_contain_text("2 people", timeout=SLOW)
    teacher.tells(1, "joined True 2 None")
    page.reload()
    student.idle()
    joined(student, "Participant")
    press(student, "Leave")
    expect(card(student)).to_contain_text("You left")
    expect(teacher.meeting).to_contain_text("1 person", timeout=SLOW)
    teacher.tells(1, "joined True 1 None")
    joined(teacher, "Moderator")


def test_the_meeting_moves_between_browsers_by_a_click_alone(share: Share) -> None:
    teacher, another = share("moved_101")
    laptop = another()
    expect(card(laptop)).to_contain_text(STARTED, timeout=SLOW)
    press(laptop, MOVE)
    joined(laptop, "Moderator")
    expect(card(teacher)).to_contain_text(OTHER)
    expect(teacher.page.locator(".nanomeet-overlay")).to_have_count(0)
    laptop.tells(1, "joined True 1 None")
    laptop.page.reload()
    laptop.idle()
    joined(laptop, "Moderator")
    teacher.page.reload()
    teacher.idle()
    expect(card(teacher)).to_contain_text(STARTED, timeout=SLOW)
    press(teacher, MOVE)
    joined(teacher, "Moderator")
    expect(card(laptop)).to_contain_text(OTHER)


def test_a_second_person_who_runs_the_cell_takes_no_meeting(share: Share) -> None:
    teacher, another = share("rerun_101")
    mark(teacher)
    student = another()
    expect(card(student)).to_contain_text(STARTED, timeout=SLOW)
    student.run(0)
    expect(card(student)).to_contain_text(STARTED, timeout=SLOW)
    expect(student.page.locator(".nanomeet-overlay")).to_have_count(0)
    joined(teacher, "Moderator")
    assert marked(teacher)

    # When it runs nowhere, the next page that runs the cell gets it.
    press(teacher, "Leave")
    student.run(0)
    joined(student, "Moderator")
    student.tells(1, "joined True 1 None")


def test_a_closed_page_leaves_no_meeting_to_the_next_browser(share: Share) -> None:
    teacher, another = share("gone_101")
    student = another()
    expect(card(student)).to_contain_text(STARTED, timeout=SLOW)
    teacher.page.close()
    # The page says goodbye, which the Jupyter server may lose while another page is connected: then its
    # silence is noticed.
    student.begins(1, "left True 0 page_")
    student.page.reload()
    student.idle()
    expect(card(student)).to_contain_text(STARTED, timeout=SLOW)
    press(student, MOVE)
    joined(student, "Moderator")
    student.tells(1, "joined True 1 None")
