"""The class panel in a notebook's cell, with a guest in the room's page."""

from __future__ import annotations

import json
import secrets

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.notebook import SLOW, Notebook
from tests.browser.screens import shoot
from tests.browser.test_polls import joined
from tests.browser.test_python_room import SETUP
from tests.browser.test_room import OFF, address
from tests.browser.test_screens import THEMES
from tests.conftest import RunningServer
from tests.labs import Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

SHOW = """
panel = nm.ClassPanel(meet, layout={"width": "300px"})
panel
"""
KNOWN = "print(json.dumps([list(meet.hands), meet.check_in and len(meet.check_in['done'])]))"
HOSTILE = "<b id=planted>Grace</b>"


def test_a_cell_shows_hands_calls_them_and_checks_in(
    lab: Lab, server: RunningServer, open_page: OpenPage
) -> None:
    room = f"Panel_{secrets.token_hex(4)}"
    token = server.room(room)
    lab.write("panel.ipynb", SETUP.format(server=server.url, token=token), SHOW, KNOWN)
    page = open_page(viewport={"width": 1180, "height": 900})
    notebook = Notebook(page, lab, "panel.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    grace = open_page(address(server, server.invite(token), room, HOSTILE, **OFF))
    joined(grace)
    notebook.run(1)
    shown = notebook.output(1).first
    expect(heading(shown, "Raised hands (0)")).to_be_visible(timeout=SLOW)
    grace.keyboard.press("h")
    expect(heading(shown, "Raised hands (1)")).to_be_visible(timeout=SLOW)
    expect(shown.locator("li").first).to_have_text(HOSTILE)
    expect(page.locator("#planted")).to_have_count(0)

    # What has the focus keeps it, while the panel changes around it.
    following = shown.get_by_role("button", name="Next", exact=True)
    following.focus()
    following.press("Enter")
    expect(heading(shown, "Raised hands (0)")).to_be_visible(timeout=SLOW)
    expect(shown.get_by_role("status")).to_have_text(f"Called on {HOSTILE}.")
    expect(following).to_be_focused()
    expect(grace.get_by_role("button", name="Raise your hand")).to_have_attribute(
        "aria-pressed", "false"
    )

    question = shown.get_by_label("Question")
    question.fill("Exercise 3?")
    shown.get_by_role("button", name="Start check-in").press("Enter")
    grace.get_by_role("region", name="Exercise 3?").get_by_role("button", name="Done").click(
        timeout=SLOW
    )
    expect(shown.get_by_text(f"Done (1): {HOSTILE}")).to_be_visible(timeout=SLOW)
    expect(question).to_have_value("Exercise 3?")
    notebook.until(2, lambda printed: json.loads(printed) == [[], 1])

    # A command that fails says so there.
    shown.get_by_label("Ask").fill(" ")
    shown.get_by_role("button", name="Yes or no?").press("Enter")
    expect(shown.get_by_role("alert")).to_contain_text("✗ question", timeout=SLOW)
    # The theme that JupyterLab has at first comes last.
    for theme in reversed(THEMES):
        page.emulate_media(color_scheme=theme)
        notebook.use_theme(theme)
        fits(shown)
        shown.scroll_into_view_if_needed()
        shoot(page, f"class-cell-{theme}")
        assert violations(page, ".jp-Cell:nth-child(2) .jp-OutputArea-output") == []


def heading(shown: Locator, words: str) -> Locator:
    return shown.get_by_role("heading", name=words, exact=True)


def fits(shown: Locator) -> None:
    """Nothing of the panel is wider than it."""
    box = shown.locator(".widget-vbox").first
    assert (
        box.evaluate(
            "(box) => [...box.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right"
            " > box.getBoundingClientRect().right + 1).map(one => one.className)"
        )
        == []
    )
