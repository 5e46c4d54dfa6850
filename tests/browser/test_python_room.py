"""The room from Python: commands that take effect, and traits and events that report it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.kept_pages import OpenNotebook
from tests.browser.notebook import SLOW
from tests.browser.site import site
from tests.conftest import RunningServer
from tests.labs import Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

SETUP = """
import json
import nanomeet_widget as nm
from nanomeet_widget import _trust
_trust.use("{server}")
meet = nm.NanoMeet(token="{token}", tile_view={{"maxColumns": 2}})
def someone(name):
    return next(p for p in meet.participants if p["display_name"] == name)
meet
"""
SPEAK = """
grace, own = someone("Grace")["id"], someone("Moderator")["id"]
await meet.set_subject("Rings")
await meet.send_chat("Hello, Grace", to=grace)
up = await meet.raise_hand()
sound, picture = await meet.toggle_audio(False), await meet.toggle_video(False)
await meet.set_main_participant(grace)
camera = (await meet.available_devices()).video_input[0]
await meet.set_video_device(camera.id)
print(json.dumps([meet.subject, up, sound, picture, meet.hands == [own], someone("Moderator")["audio"]]))
"""
MODERATE = """
await meet.mute(grace)
await meet.set_lobby(True)
try:
    await meet.kick("0123456789abcdef")
except nm.CommandError as error:
    refusal = [type(error).__name__, str(error)]
print(json.dumps([someone("Grace")["audio"], [m["private"] for m in meet.chat], refusal]))
"""
ADMIT = """
import asyncio
for _ in range(600):
    if meet.lobby:
        break
    await asyncio.sleep(0.1)
waiting = [p["display_name"] for p in meet.lobby]
await meet.admit()
print(json.dumps([waiting, meet.lobby]))
"""
END = """
await meet.kick(someone("Alan")["id"], address=True)
await meet.grant_moderator(grace)
moderators = [p["display_name"] for p in meet.participants if p["moderator"]]
names = sorted({e.name for e in meet.events})
await meet.end_meeting()
print(json.dumps([moderators, names]))
"""
PEOPLE = "print([p['display_name'] for p in meet.participants])"
AFTERWARDS = "print(json.dumps([meet.status.value, meet.hands, meet.lobby, len(meet.chat)]))"


@pytest.fixture(scope="module")
def address(server: RunningServer) -> Iterator[str]:
    """A page that embeds meetings of the server."""
    with site(PAGE.format(server=server.url)) as found:
        yield found


def test_a_room_is_led_from_python(
    lab: Lab, server: RunningServer, open_page: OpenPage, open_notebook: OpenNotebook, address: str
) -> None:
    room = f"Python_{secrets.token_hex(4)}"
    token = server.room(room)
    cells = (SPEAK, MODERATE, ADMIT, END, AFTERWARDS, PEOPLE)
    lab.write("room.ipynb", SETUP.format(server=server.url, token=token), *cells)
    notebook = open_notebook("room.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    invite = server.invite(token)
    grace = Person(open_page(address), server, invite, room, "Grace")
    expect(notebook.meeting).to_contain_text("2 people", timeout=SLOW)
    assert "Grace" in notebook.until(6, lambda printed: "Grace" in printed)

    def printed(cell: int) -> Any:
        return json.loads(notebook.evaluate(cell))

    assert printed(1) == ["Rings", True, False, False, True, False]
    grace.hears("incomingMessage", message="Hello, Grace", privateMessage=True)
    grace.hears("largeVideoChanged", id=grace.id)
    grace.does("sendChatMessage", "A word to everybody")
    grace.hears("outgoingMessage")

    heard, chat, (error, words) = printed(2)
    assert (heard, chat, error) == (False, [True, False], "CommandRefusedError")
    assert "in the room" in words

    alan = Person(open_page(address), server, invite, room, "Alan")
    alan.hears("nanomeetWaiting")
    assert printed(3) == [["Alan"], []]
    assert alan.id

    moderators, names = printed(4)
    assert moderators == ["Moderator", "Grace"]
    assert {
        *("incoming_message", "outgoing_message", "raise_hand_updated", "knocking_participant"),
        *("lobby_changed", "room_changed", "subject_change", "participant_muted"),
        *("participant_kicked_out", "large_video_changed", "participant_role_changed"),
    } <= set(names)
    assert alan.hears("participantKickedOut")["kicked"]["local"] is True
    grace.hears("errorOccurred", name="ended")

    over = ("left", "failed")
    told = notebook.until(5, lambda printed: json.loads(printed)[0] in over)
    status, hands, lobby, chat = json.loads(told)
    assert (hands, lobby, chat) == ([], [], 2)
    assert status in over
    notebook.save()
    assert "A word to everybody" not in (lab.folder / "room.ipynb").read_text()
