"""The own camera and microphone: switching cameras by a button or a command, and noise suppression."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browsers import ARGUMENTS, launched
from tests.browser.conftest import OpenPage
from tests.browser.contexts import new_context
from tests.browser.framed import PAGE, Person
from tests.browser.media import moves
from tests.browser.site import site
from tests.browser.test_room import Room, button, room, tile
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

__all__ = ["room"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(server: RunningServer) -> Iterator[str]:
    """A page that loads `external_api.js` from the server."""
    with site(PAGE.format(server=server.url)) as found:
        yield found


#: Chromium's second and third fake cameras have formats that it cannot encode (MJPEG and 16-bit grey).
HIDE_USELESS_CAMERAS = """
  const devices = navigator.mediaDevices;
  const all = devices.enumerateDevices.bind(devices);
  devices.enumerateDevices = async () => (await all()).filter((one) => !/fake_device_[12]$/.test(one.label));
"""


@pytest.fixture(scope="module")
def two_cameras(browser: Browser) -> Iterator[Browser]:
    """A Chromium with two usable cameras, and two that `HIDE_USELESS_CAMERAS` hides from pages."""
    fake = "--use-fake-device-for-media-stream"
    arguments = [*(one for one in ARGUMENTS if one != fake), f"{fake}=device-count=4"]
    with launched(browser.browser_type, *arguments) as chromium:
        yield chromium


def test_noise_is_taken_out_or_not_as_the_browser_says_it(
    server: RunningServer, open_page: OpenPage, address: str
) -> None:
    name = f"Devices_{secrets.token_hex(4)}"
    ada = Person(open_page(address), server, server.room(name), name, "Ada")
    assert ada.id
    ada.hears("nanomeetNoiseSuppression", available=True, enabled=True)
    frame = ada.page.frame_locator("iframe")
    ada.does("setNoiseSuppressionEnabled", {"enabled": False})
    ada.hears("nanomeetNoiseSuppression", available=True, enabled=False)
    assert ada.asks("isAudioMuted") is False
    frame.get_by_role("button", name="More", exact=True).click()
    frame.get_by_role("menuitem", name="Settings", exact=True).click()
    box = frame.get_by_role("checkbox", name="Suppress background noise")
    expect(box).not_to_be_checked()
    box.click()
    expect(box).to_be_checked()
    ada.does("toggleNoiseSuppression")
    expect(box).not_to_be_checked()
    # A muted microphone stays muted; the choice applies to a microphone opened later.
    ada.does("toggleAudio")
    ada.hears("audioMuteStatusChanged", muted=True)
    ada.does("toggleNoiseSuppression")
    expect(box).to_be_checked()
    assert ada.asks("isAudioMuted") is True
    assert ada.refused("setNoiseSuppressionEnabled", True)["name"] == "invalid"


def test_a_command_turns_the_camera_and_says_where_there_is_none(
    two_cameras: Browser, server: RunningServer, address: str
) -> None:
    context = new_context(two_cameras, permissions=["camera", "microphone"])
    context.add_init_script(HIDE_USELESS_CAMERAS)
    page = context.new_page()
    page.goto(address)
    name = f"Devices_{secrets.token_hex(4)}"
    ada = Person(page, server, server.room(name), name, "Ada")
    assert ada.id
    ada.hears("videoMuteStatusChanged", muted=False)
    current = "api.getCurrentDevices().then(({videoInput}) => videoInput.deviceId)"
    first = page.evaluate(current)
    ada.does("toggleCamera")
    page.wait_for_function(f"async (first) => (await {current}) !== first", arg=first)
    ada.does("toggleCamera")
    page.wait_for_function(f"async (first) => (await {current}) === first", arg=first)
    frame = page.frame_locator("iframe")
    assert moves(frame.locator("video"))
    ada.does("toggleCameraMirror")
    expect(frame.locator("video.mirrored")).to_have_count(0)
    assert ada.refused("toggleCamera", "back")["name"] == "invalid"
    # With a mouse there is a list of cameras instead of a button.
    expect(frame.locator('[data-tool="turn"]')).to_have_count(0)
    ada.does("toggleVideo")
    ada.hears("videoMuteStatusChanged", muted=True)
    assert ada.refused("toggleCamera")["name"] == "camera_off"
    context.close()


def test_one_camera_alone_cannot_be_turned(
    server: RunningServer, open_page: OpenPage, address: str
) -> None:
    name = f"Devices_{secrets.token_hex(4)}"
    ada = Person(open_page(address), server, server.room(name), name, "Ada")
    assert ada.id
    ada.hears("videoMuteStatusChanged", muted=False)
    assert ada.refused("toggleCamera")["name"] == "no_device"
    assert ada.asks("isVideoMuted") is False
    assert moves(ada.page.frame_locator("iframe").locator("video"))


def test_a_touch_turns_a_phones_camera(two_cameras: Browser, room: Room) -> None:
    phone = new_context(
        two_cameras,
        viewport={"width": 390, "height": 800},
        permissions=["camera", "microphone"],
        has_touch=True,
        is_mobile=True,
    )
    phone.add_init_script(HIDE_USELESS_CAMERAS)
    page = phone.new_page()
    page.goto(room.address("Ada", moderator=True))
    grace = room.enter("Grace")
    seen = tile(grace, "Ada").locator("video")
    expect(tile(page, "Ada").locator("video.playing")).to_be_visible(timeout=PATIENCE)
    label = "video => video.srcObject.getVideoTracks()[0].label"
    own = tile(page, "Ada").locator("video")
    before = own.evaluate(label)
    assert moves(seen)
    turn = button(page, "Switch camera")
    if not turn.is_visible():
        button(page, "More").tap()
        turn = page.get_by_role("menuitem", name="Switch camera")
    turn.tap()
    until(page, lambda: own.evaluate(label) != before)
    assert moves(own)
    assert moves(seen)
    phone.close()
