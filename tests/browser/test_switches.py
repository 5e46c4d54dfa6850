"""Switches while a device is still being opened: they answer with the pending state."""

from __future__ import annotations

import json
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.notebook import SLOW, Notebook
from tests.browser.site import site
from tests.browser.waiting import until
from tests.conftest import RunningServer
from tests.labs import Lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

#: Makes a browser wait before opening devices, until it is released.
HOLDING = """
  if (navigator.mediaDevices) {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      while (await devicesAreHeld()) await new Promise((wake) => setTimeout(wake, 50));
      return open(wanted);
    };
  }
"""


class Devices:
    """The devices of a page, none of which opens until it is released."""

    def __init__(self, page: Page) -> None:
        self._held = True
        self.asked = False
        page.expose_function("devicesAreHeld", self._are_held)
        page.add_init_script(HOLDING)

    def _are_held(self) -> bool:
        self.asked = True
        return self._held

    def give(self) -> None:
        self._held = False


SHOW = """
import json, nanomeet_widget as nm
meet = nm.NanoMeet(token=nm.create_room("{what}_held").token)
meet
"""
SWITCH = """
commands = [meet.{command}(None) for _ in range(3)] + [meet.raise_hand(None) for _ in range(3)]
"""
TOLD = "print(json.dumps([repr(one) if one.exception() else one.done() and one.result() for one in commands]))"


@pytest.mark.parametrize("command", ["toggle_audio", "toggle_video"])
def test_the_kernel_switches_what_is_being_opened(
    lab: Lab, open_page: OpenPage, command: str
) -> None:
    what = command.removeprefix("toggle_")
    cells = [one.format(what=what, command=command) for one in (SHOW, SWITCH, TOLD)]
    lab.write(f"{what}_held.ipynb", *cells)
    page = open_page()
    devices = Devices(page)
    notebook = Notebook(page, lab, f"{what}_held.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    until(page, lambda: devices.asked)
    notebook.run(1)
    devices.give()
    notebook.tells(2, json.dumps([False, True, False, True, False, True]))


@pytest.mark.parametrize("what", ["microphone", "camera"])
def test_a_web_page_switches_what_is_being_opened(
    server: RunningServer, open_page: OpenPage, what: str
) -> None:
    plain = (
        f'<!doctype html><div id="one"></div><script src="{server.url}/js/nanomeet.js"></script>'
    )
    with site(plain) as address:
        page = open_page()
        devices = Devices(page)
        page.goto(address)
        page.evaluate(
            """([token]) => {
                window.nanoMeet = new NanoMeet();
                return nanoMeet.init({ token, id: "one", width: "640px", height: "480px" });
            }""",
            [server.room(f"held_{secrets.token_hex(4)}")],
        )
        until(page, lambda: devices.asked)
        page.evaluate(
            """(what) => {
                const ways = [undefined, undefined, undefined, true, true, false];
                window.switched = Promise.all(ways.map((way) => nanoMeet.toggle(what, way)));
            }""",
            what,
        )
        devices.give()
        results = page.evaluate(
            "switched.then((all) => all.map(({ data }) => data.on), (error) => error.message)"
        )
        assert results == [False, True, False, True, True, False]


@pytest.mark.parametrize(
    ("command", "event", "muted"),
    [
        ("toggleAudio", "audioMuteStatusChanged", "isAudioMuted"),
        ("toggleVideo", "videoMuteStatusChanged", "isVideoMuted"),
    ],
)
def test_a_page_around_a_meeting_switches_what_is_being_opened(
    server: RunningServer, open_page: OpenPage, command: str, event: str, muted: str
) -> None:
    with site(PAGE.format(server=server.url)) as address:
        page = open_page()
        devices = Devices(page)
        page.goto(address)
        name = f"held_{secrets.token_hex(4)}"
        ada = Person(page, server, server.room(name), name, "Ada")
        assert ada.id
        until(page, lambda: devices.asked)
        for _ in range(3):
            ada.does(command)
        # A later request is answered after them.
        assert ada.asks(muted) is True
        before = page.evaluate("events.length")
        devices.give()
        page.evaluate("([name, from]) => heard(name, { muted: false }, from)", [event, before])
        page.evaluate("([name, from]) => heard(name, { muted: true }, from)", [event, before])
        assert ada.asks(muted) is True


@pytest.mark.parametrize(("key", "name"), [("m", "Microphone"), ("v", "Camera")])
def test_a_key_takes_back_what_is_being_opened(
    server: RunningServer, open_page: OpenPage, key: str, name: str
) -> None:
    with site(PAGE.format(server=server.url)) as address:
        page = open_page()
        devices = Devices(page)
        page.goto(address)
        room = f"held_{secrets.token_hex(4)}"
        ada = Person(page, server, server.room(room), room, "Ada")
        assert ada.id
        until(page, lambda: devices.asked)
        frame = page.frame_locator("iframe")
        button = frame.get_by_role("button", name=name, exact=True)
        expect(button).to_have_attribute("aria-busy", "true")
        button.press(key)
        devices.give()
        expect(button).to_have_attribute("aria-busy", "false")
        expect(button).to_have_attribute("aria-pressed", "false")
