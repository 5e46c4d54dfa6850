"""Media sent and shown in a meeting, by the statistics of real connections in real browsers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.media import TONE, moves, sounds
from tests.browser.peers import KEEP_PEERS, connections, of_the_connection
from tests.browser.test_room import Room, button, camera_of, tile
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

#: A page that is not visible, like a background tab.
_HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
#: A machine that starts at the best quality; it may still turn out to be too slow.
_STRONG = "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 16 });"
#: A moving canvas and a tone instead of a screen, which the test machine lacks.
_SHARE = """
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 400 });
    const pen = canvas.getContext("2d");
    let turn = 0;
    setInterval(() => {
      pen.fillStyle = `hsl(${(turn += 20)} 90% 70%)`;
      pen.fillRect(0, 0, 640, 400);
    }, 100);
    const [picture] = canvas.captureStream(10).getVideoTracks();
    return new MediaStream([picture, tone()]);
  };
"""


class Meeting(Room):
    """A room whose pages keep their connections for the test."""

    def enter(self, name: str, *, moderator: bool = False, **options: Any) -> Page:
        scripts = options.pop("scripts", [])
        page = self._open_page(**options)
        for script in (KEEP_PEERS, *scripts):
            page.add_init_script(script)
        page.goto(self.address(name, moderator=moderator))
        return page


@pytest.fixture
def meeting(server: RunningServer, open_page: OpenPage) -> Meeting:
    return Meeting(server, open_page)


def cameras(page: Page) -> list[dict[str, Any]]:
    return [connection["camera"] for connection in connections(page)]


def active(page: Page) -> list[bool]:
    return sorted(camera["active"] for camera in cameras(page))


def heights(page: Page) -> list[int]:
    return sorted(camera["height"] for camera in cameras(page) if camera["active"])


def sent(page: Page) -> int:
    """Return the number of frames sent so far, to all others."""
    return sum(int(camera["frames"]) for camera in cameras(page))


def test_hidden_pictures_are_not_sent_and_small_ones_sent_small(meeting: Meeting) -> None:
    ada = meeting.enter("Ada", moderator=True, scripts=[_STRONG])
    small = {"width": 320, "height": 240}
    pages = {name: meeting.enter(name, viewport=small) for name in ("Grace", "Alan")}
    large = meeting.enter("Mary", viewport={"width": 1280, "height": 800})
    for name in (*pages, "Mary"):
        expect(tile(ada, name)).to_have_attribute("data-camera", "on", timeout=PATIENCE)

    def one_is_larger() -> bool:
        found = heights(ada)
        return len(found) == 3 and found[1] < found[2]

    until(ada, one_is_larger)
    assert moves(tile(pages["Grace"], "Ada").locator("video"))
    pages["Grace"].evaluate(_HIDE, True)
    until(ada, lambda: active(ada) == [False, True, True])

    def silent() -> list[int]:
        return [camera["frames"] for camera in cameras(ada) if not camera["active"]]

    def stands_still() -> bool:
        before = silent()
        ada.wait_for_timeout(2_000)
        return len(before) == 1 and silent() == before

    # Frames already in the encoder may still be sent.
    until(ada, stands_still)
    before = sent(large)
    until(large, lambda: sent(large) > before)
    # Participants on hidden pages still hear the voice.
    assert sounds(pages["Grace"].locator("audio").first)
    pages["Grace"].evaluate(_HIDE, False)
    until(ada, lambda: active(ada) == [True, True, True])
    assert moves(tile(pages["Grace"], "Ada").locator("video"))


def test_a_camera_delivers_no_more_than_is_shown(meeting: Meeting) -> None:
    small = {"width": 320, "height": 240}
    ada = meeting.enter("Ada", moderator=True, viewport=small)
    meeting.enter("Grace", viewport=small)
    own = tile(ada, "Ada").locator("video")
    expect(own).to_be_visible(timeout=PATIENCE)
    lines = "video.srcObject?.getVideoTracks()[0]?.getSettings().height"
    until(ada, lambda: own.evaluate(f"video => {lines} <= 180"))
    assert moves(own)


def test_a_shared_screen_is_shown_beside_the_camera_and_heard(meeting: Meeting) -> None:
    ada = meeting.enter("Ada", moderator=True, scripts=[TONE, _SHARE])
    grace = meeting.enter("Grace")
    expect(tile(grace, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    before = of_the_connection(ada, "offers")
    button(ada, "Share the screen").click()
    screen = grace.locator(".tile[data-participant$=':screen']")
    expect(screen).to_be_visible(timeout=PATIENCE)
    assert moves(screen.locator("video"))
    person = grace.locator(".tile:not([data-participant$=':screen'])", has_text="Ada")
    assert moves(person.locator("video"))
    assert sounds(grace.locator("audio[data-participant$=':screen']"))
    assert of_the_connection(ada, "offers") == before
    button(ada, "Share the screen").click()
    expect(screen).to_have_count(0)
    until(ada, lambda: [c["screen"]["active"] for c in connections(ada)], to_be=[False])


def test_the_voice_goes_first(meeting: Meeting) -> None:
    ada = meeting.enter("Ada", moderator=True)
    grace = meeting.enter("Grace")
    expect(tile(grace, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    until(ada, lambda: [c["microphone"]["priority"] for c in connections(ada)], to_be=["high"])


def test_devices_change_without_negotiation_and_mute_stays(
    meeting: Meeting,
) -> None:
    ada = meeting.enter("Ada", moderator=True)
    grace = meeting.enter("Grace")
    expect(tile(grace, "Ada")).to_have_attribute("data-microphone", "on", timeout=PATIENCE)
    before = of_the_connection(ada, "offers")
    button(ada, "Settings").click()
    microphones = ada.get_by_label("Microphone").and_(ada.locator("select"))
    for muted in (False, True):
        if muted:
            button(ada, "Microphone").click()
            expect(tile(grace, "Ada")).to_have_attribute("data-microphone", "off")
        microphones.select_option(index=2 if muted else 1)
        expect(button(ada, "Microphone")).not_to_have_attribute("aria-busy", "true")
        state = "off" if muted else "on"
        expect(tile(grace, "Ada")).to_have_attribute("data-microphone", state)
        if not muted:
            assert sounds(grace.locator("audio").first)
    expect(button(ada, "Microphone")).to_have_attribute("aria-pressed", "false")
    assert of_the_connection(ada, "offers") == before


def test_a_second_microphone_that_fails_leaves_the_first(meeting: Meeting) -> None:
    ada = meeting.enter("Ada", moderator=True)
    grace = meeting.enter("Grace")
    expect(tile(grace, "Ada")).to_have_attribute("data-microphone", "on", timeout=PATIENCE)
    button(ada, "Settings").click()
    microphones = ada.get_by_label("Microphone").and_(ada.locator("select"))
    # Once the list appears, it shows which of them is in use.
    wanted = microphones.locator("option").nth(2).get_attribute("value")
    before = microphones.input_value()
    ada.evaluate(
        """id => {
          const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (wanted) => {
            if (wanted.audio?.deviceId?.exact === id) throw new DOMException("", "NotReadableError");
            return open(wanted);
          };
        }""",
        wanted,
    )
    microphones.select_option(index=2)
    expect(ada.get_by_text("in use by another program").first).to_be_visible()
    expect(microphones).to_have_value(before)
    expect(tile(grace, "Ada")).to_have_attribute("data-microphone", "on")
    assert sounds(grace.locator("audio").first)


def test_a_camera_that_is_unplugged_gives_way_to_the_next(meeting: Meeting) -> None:
    ada = meeting.enter("Ada", moderator=True)
    grace = meeting.enter("Grace")
    expect(tile(grace, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    unplugged = camera_of(ada, "Ada")
    # A track ends by itself, with an event, only when its device is gone.
    unplugged.evaluate("track => { track.stop(); track.dispatchEvent(new Event('ended')); }")
    another = "(track, unplugged) => track !== unplugged && track.readyState"
    until(ada, lambda: camera_of(ada, "Ada").evaluate(another, unplugged), to_be="live")
    assert moves(tile(grace, "Ada").locator("video"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotReadableError", "in use by another program"),
        ("NotFoundError", "No camera was found"),
        ("NotAllowedError", "Access to your camera is blocked"),
    ],
)
def test_a_blocked_camera_is_explained_and_the_microphone_used(
    meeting: Meeting, error: str, words: str
) -> None:
    fail = f"""
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      globalThis.mended = false;
      navigator.mediaDevices.getUserMedia = async (wanted) => {{
        if (wanted.video && !mended) throw new DOMException("", "{error}");
        return open(wanted);
      }};
    """
    ada = meeting.enter("Ada", moderator=True, scripts=[fail])
    expect(ada.get_by_text(words)).to_be_visible(timeout=PATIENCE)
    expect(tile(ada, "Ada")).to_have_attribute("data-microphone", "on")
    expect(tile(ada, "Ada")).to_have_attribute("data-camera", "off")
    ada.evaluate("mended = true")
    button(ada, "Try again").click()
    expect(tile(ada, "Ada")).to_have_attribute("data-camera", "on")
    expect(ada.get_by_text(words)).to_have_count(0)
