"""A poll asked in a notebook's cell, and answered in the room's page."""

from __future__ import annotations

import json
import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.kept_pages import OpenNotebook
from tests.browser.media import frame_of
from tests.browser.notebook import SLOW
from tests.browser.test_polls import card, joined
from tests.browser.test_python_room import SETUP
from tests.browser.test_room import OFF, address
from tests.conftest import RunningServer
from tests.labs import Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

ASK = """
poll = meet.poll("Slope?", ["1", "2"], correct=1)
await poll.opened
print(poll.state)
"""
COUNTED = "print(json.dumps([poll.counts, poll.voters]))"
CLOSE = """
votes = await poll.votes()
await poll.close()
results = await poll.closed()
rows = [[row["option"], row["votes"], row["correct"]] for row in results]
print(json.dumps([poll.state, rows, [[row["name"], row["choices"]] for row in votes]]))
"""


def test_a_poll_of_a_cell_is_answered_in_the_room(
    lab: Lab, server: RunningServer, open_page: OpenPage, open_notebook: OpenNotebook
) -> None:
    room = f"Python_{secrets.token_hex(4)}"
    token = server.room(room)
    setup = SETUP.format(server=server.url, token=token)
    lab.write("polls.ipynb", setup, ASK, COUNTED, CLOSE)
    notebook = open_notebook("polls.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    grace = open_page(address(server, server.invite(token), room, "Grace", **OFF))
    joined(grace)
    assert notebook.evaluate(1).strip() == "open"
    expect(card(grace)).to_contain_text("Slope?", timeout=SLOW)
    # Who asks is not asked.
    expect(frame_of(notebook.page).locator(".poll-card, .poll-hint")).to_have_count(0)
    card(grace).get_by_label("2", exact=True).check()
    card(grace).get_by_role("button", name="Vote").click()
    expect(card(grace)).to_have_count(0, timeout=SLOW)
    notebook.until(2, lambda printed: json.loads(printed) == [[0, 1], 1])
    assert json.loads(notebook.evaluate(3)) == [
        "closed",
        [["1", 0, False], ["2", 1, True]],
        [["Grace", [1]]],
    ]
    grace.keyboard.press("q")
    right = grace.locator(".panel li.right")
    expect(right).to_have_text("2Right answerYour vote1 vote · 100%", timeout=SLOW)
