"""The service of a real JupyterHub in browsers: a lesson from the list of rooms, and from a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.media import frame_of, moves
from tests.browser.notebook import SLOW
from tests.hubs import Hub, running_hub

from .hub_users import lab_of, log_in, log_in_to

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]

TEACH = """
import nanomeet_widget as nm
room = nm.create_room("algebra_101")
meet = nm.NanoMeet(token=room.token, microphone=False)
meet
"""
LOOK = """
print("ada" in [one["display_name"] for one in meet.participants], "NANOMEET_HUB" in str(nm.services.current()))
"""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with running_hub(tmp_path, notebooks=True) as running:
        yield running


def test_a_lesson_from_a_notebook_and_the_list(
    hub: Hub, open_page: OpenPage, tmp_path: Path
) -> None:
    teacher, student = open_page(), open_page()
    desk = lab_of(hub.url, tmp_path, "emmy")
    desk.write("lesson.ipynb", TEACH, LOOK)
    notebook = log_in_to(teacher, hub.url, desk, "lesson.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    # The frame is the service's, which the notebook may show.
    assert frame_of(teacher).url.startswith(f"{hub.service}/local/algebra_101")

    # The student was never here: the list leads to the login, and back.
    log_in(student, "ada", to=f"{hub.service}/")
    expect(student.get_by_role("heading", level=1)).to_have_text("Your rooms", timeout=SLOW)
    expect(student.locator("li")).to_contain_text("1 person is there")
    for scheme in ("light", "dark"):
        student.emulate_media(color_scheme=scheme)
        assert violations(student, "main") == []
    student.set_viewport_size({"width": 320, "height": 480})
    assert student.evaluate("document.documentElement.scrollWidth") <= 320
    student.set_viewport_size({"width": 1280, "height": 720})
    student.get_by_role("button", name="Join algebra_101").press("Enter")
    # The name is that of the account.
    student.get_by_role("button", name=re.compile("^join", re.IGNORECASE)).click(timeout=SLOW)
    expect(student.locator("[data-participant][data-local=false] video")).to_have_count(
        1, timeout=SLOW
    )
    assert moves(student.locator("[data-participant][data-local=false] video").first)
    picture = frame_of(teacher).locator("[data-participant][data-local=false] video")
    expect(picture).to_have_count(1, timeout=SLOW)
    assert moves(picture.first)
    notebook.tells(1, "True True")

    # An outsider sees nothing to join, and the student's session is none in the Hub's other parts.
    outsider = open_page()
    log_in(outsider, "mallory", to=f"{hub.service}/")
    expect(outsider.locator("main")).to_contain_text("You have no rooms yet", timeout=SLOW)
