"""jupyter-collaboration: the output of one person's run appears in every page at the same time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.media import frame_of, moves
from tests.browser.notebook import SLOW, Notebook
from tests.labs import Lab, running_lab

from .environments import python_of

pytestmark = pytest.mark.browser

SHOW = """
import nanomeet_widget as nm
room = nm.create_room("shared_101")
meet = nm.NanoMeet(token=room.token, microphone=False)
meet
"""
TELL = "print(meet.status.value, meet.moderator, len(meet.participants))"
STARTED = "was started in another browser"


@pytest.fixture
def collaboration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(
        tmp_path_factory.mktemp("collaboration"), python=python_of("collaboration")
    ) as lab:
        yield lab


def test_a_shared_notebooks_meeting_is_with_who_ran_the_cell(
    collaboration: Lab, open_page: OpenPage
) -> None:
    collaboration.write("shared.ipynb", SHOW, TELL)
    teacher = Notebook(open_page(), collaboration, "shared.ipynb")
    teacher.run(0)
    student = Notebook(open_page(), collaboration, "shared.ipynb")
    expect(teacher.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(teacher.meeting.locator(".nanomeet-role")).to_have_text("Moderator")
    card = student.meeting.locator(".nanomeet-card")
    expect(card).to_contain_text(STARTED, timeout=SLOW)
    expect(student.page.locator(".nanomeet-overlay")).to_have_count(0)
    frame_of(teacher.page).evaluate("window.mark = 'the same frame'")

    # When the student runs it, too, the teacher keeps the meeting, though the output changes in both pages.
    student.run(0)
    expect(card).to_contain_text(STARTED, timeout=SLOW)
    expect(student.page.locator(".nanomeet-overlay")).to_have_count(0)
    expect(teacher.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert frame_of(teacher.page).evaluate("window.mark === 'the same frame'")
    teacher.tells(1, "joined True 1")

    student.meeting.get_by_role("button", name="Join as a participant").click()
    expect(student.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(student.meeting.locator(".nanomeet-role")).to_have_text("Participant")
    teacher.tells(1, "joined True 2")

    # When the teacher runs it again, both continue, each with their own identity.
    frame_of(student.page).evaluate("window.mark = 'the same frame'")
    teacher.run(0)
    for notebook, role in ((teacher, "Moderator"), (student, "Participant")):
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        expect(notebook.meeting.locator(".nanomeet-role")).to_have_text(role)
        assert frame_of(notebook.page).evaluate("window.mark === 'the same frame'")
    teacher.tells(1, "joined True 2")

    # When either reloads, both are there once, with a picture of their own.
    for notebook in (student, teacher):
        notebook.page.reload()
        notebook.idle()
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    for notebook, role in ((teacher, "Moderator"), (student, "Participant")):
        expect(notebook.meeting.locator(".nanomeet-role")).to_have_text(role)
        frame = frame_of(notebook.page)
        for local in ("true", "false"):
            pictures = frame.locator(f"[data-participant][data-local={local}] video")
            expect(pictures).to_have_count(1, timeout=SLOW)
            assert moves(pictures)
    teacher.tells(1, "joined True 2")

    # A document that is opened later joins nothing.
    late = Notebook(open_page(), collaboration, "shared.ipynb")
    expect(late.meeting.locator(".nanomeet-card")).to_contain_text(STARTED, timeout=SLOW)
    expect(late.page.locator(".nanomeet-overlay")).to_have_count(0)
    late.page.close()
    # A page that is closed leaves the other's meeting alone.
    student.page.close()
    teacher.tells(1, "joined True 1")
