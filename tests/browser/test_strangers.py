"""A participant of another make, aiortc, beside Chromium: pages and strangers see and hear each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.media import moves
from tests.browser.peers import KEEP_PEERS
from tests.browser.test_room import Room, button, tile
from tests.browser.test_stage import FAKE_SCREEN, choose, large
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

pytest.importorskip("aiortc", reason="aiortc needs Python 3.11")

from tests.stranger import Beside, Peer, Stranger, beside, colour  # noqa: E402 - needs aiortc

pytestmark = pytest.mark.browser

GREEN = (20, 180, 60)
HERTZ = 1000

#: The colour of the left side of what a video shows.
_COLOUR = """
(video) => {
  const canvas = new OffscreenCanvas(1, 1);
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, video.videoWidth / 3, video.videoHeight, 0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
"""
#: The loudest frequency of what an element plays, in hertz.
_PITCH = """
async (element) => {
  const context = globalThis.listening ??= new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 16384;
  context.createMediaStreamSource(element.srcObject).connect(analyser);
  const levels = new Float32Array(analyser.frequencyBinCount);
  await new Promise((wake) => setTimeout(wake, 500));
  analyser.getFloatFrequencyData(levels);
  const loudest = levels.indexOf(Math.max(...levels));
  return levels[loudest] < -60 ? 0 : loudest * context.sampleRate / analyser.fftSize;
}
"""


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def stranger(room: Room) -> Stranger:
    return Stranger(room.invite(), "Stranger", colour=GREEN, hertz=HERTZ)


def sees_and_hears(page: Page) -> None:
    """Wait until a page shows the stranger's picture, and plays its tone."""
    video = tile(page, "Stranger").locator("video")
    expect(tile(page, "Stranger")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    until(page, lambda: video.evaluate(_COLOUR) == pytest.approx(GREEN, abs=20))
    assert moves(video)
    until(page, lambda: abs(page.locator("audio").first.evaluate(_PITCH) - HERTZ) < 10)


def is_seen_and_heard(page: Page, here: Beside, peer: Peer) -> None:
    """Wait until the stranger sees a person in front of a wall, and hears the fake microphone."""
    here.until(lambda: peer.counts.get("camera", 0) > 5)
    assert colour(peer.pictures["camera"]) == pytest.approx((165, 160, 160), abs=30)
    here.until(lambda: abs(peer.sounds.get("microphone", [0])).max() > 500)
    assert page.locator("video").count() == 2


def test_a_stranger_who_comes_and_a_page_see_and_hear_each_other(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    expect(tile(ada, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    with beside(stranger(room)) as here:
        sees_and_hears(ada)
        is_seen_and_heard(ada, here, here.stranger.named("Ada"))
    expect(tile(ada, "Stranger")).to_have_count(0, timeout=PATIENCE)


def test_a_page_that_comes_and_a_stranger_see_and_hear_each_other(room: Room) -> None:
    with beside(stranger(room)) as here:
        ada = room.enter("Ada", moderator=True)
        sees_and_hears(ada)
        is_seen_and_heard(ada, here, here.stranger.named("Ada"))
