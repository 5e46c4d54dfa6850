"""Groups from Python: a notebook's meeting opens them, visits one, and closes them."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.kept_pages import OpenNotebook
from tests.browser.notebook import SLOW
from tests.browser.test_groups import until_in, until_in_main
from tests.browser.test_room import Room, tile
from tests.conftest import RunningServer
from tests.labs import Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

SETUP = """
import asyncio, json
import nanomeet_widget as nm
from nanomeet_widget import _trust
_trust.use("{server}")
meet = nm.NanoMeet(token="{token}", camera=False, microphone=False)
seen = []
meet.observe(lambda change: seen.append(str(change.new)), "status")
async def until(told):
    for _ in range(600):
        if told():
            return
        await asyncio.sleep(0.1)
    raise TimeoutError([meet.groups, meet.group, meet.participants])
meet
"""
OPEN = """
groups = meet.breakout({"Red": ["Grace"], "Blue": []}, minutes=30)
await groups
await until(lambda: [p["here"] for g in meet.groups for p in g["people"]] == [True])
print(json.dumps([g["name"] for g in meet.groups]))
"""
VISIT = """
seen.clear()
await meet.enter_group("Red")
await until(lambda: sorted(p["display_name"] for p in meet.participants) == ["Grace", "Moderator"])
# A command that is given in the group is the group's.
await meet.send_chat("Hello, Red")
await groups.announce("Soon")
print(json.dumps([meet.group, str(meet.status), seen]))
"""
CLOSE = """
await groups.close()
await until(lambda: meet.group is None and not meet.groups and len(meet.participants) == 2)
names = {e.name for e in meet.events}
print(json.dumps([str(meet.status), seen, "video_conference_left" in names]))
"""


def test_a_notebook_opens_groups_visits_one_and_closes_them(
    lab: Lab, server: RunningServer, open_page: OpenPage, open_notebook: OpenNotebook
) -> None:
    room = Room(server, open_page)
    lab.write("groups.ipynb", SETUP.format(server=server.url, token=room.token), OPEN, VISIT, CLOSE)
    notebook = open_notebook("groups.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    grace = room.enter("Grace")
    expect(tile(grace, "Moderator")).to_be_visible(timeout=SLOW)
    expect(notebook.meeting).to_contain_text("2 people", timeout=SLOW)

    assert json.loads(notebook.evaluate(1)) == ["Red", "Blue"]
    until_in(grace, "Red")
    assert json.loads(notebook.evaluate(2)) == ["Red", "joined", []]
    expect(grace.locator(".group-note")).to_contain_text("Soon")
    expect(tile(grace, "Moderator")).to_be_visible(timeout=SLOW)

    assert json.loads(notebook.evaluate(3)) == ["joined", [], False]
    until_in_main(grace, room)
    expect(tile(grace, "Moderator")).to_be_visible(timeout=SLOW)
