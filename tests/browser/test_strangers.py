"""A participant of another make, aiortc, beside Chromium: pages and strangers see and hear each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.media import moves
from tests.browser.peers import KEEP_PEERS
from tests.browser.test_room import Room, place, tile
from tests.browser.test_stage import FAKE_SCREEN, large
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

pytest.importorskip("aiortc", reason="aiortc needs Python 3.11")

from tests.stranger import Beside, Peer, Stranger, beside, colour

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


def watched(open_page: OpenPage, room: Room) -> Page:
    """Return a moderator's page that keeps its connections for inspection."""
    page = open_page()
    page.add_init_script(KEEP_PEERS)
    page.add_init_script(FAKE_SCREEN)
    page.goto(room.address("Ada", moderator=True))
    expect(tile(page, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    return page


@contextmanager
def beside_as(room: Room, page: Page, *, polite: bool) -> Iterator[Beside]:
    """Let a stranger join that is the polite side, or is not: ids are random."""
    while True:
        with beside(stranger(room)) as here:
            if (here.stranger.own_id < place(page, "Ada")) == polite:
                yield here
                return


def flows(here: Beside, page: Page) -> None:
    """Wait until pictures of each arrive at the other from now on."""
    peer = here.peer("Ada")
    until(page, lambda: peer.connected)
    count = peer.counts.get("camera", 0)
    here.until(lambda: peer.counts.get("camera", 0) > count + 10)
    sees_and_hears(page)


def sees_and_hears(page: Page) -> None:
    """Wait until a page shows the stranger's picture, and plays its tone."""
    video = tile(page, "Stranger").locator("video")
    expect(tile(page, "Stranger")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    until(page, lambda: video.evaluate(_COLOUR) == pytest.approx(GREEN, abs=20))
    assert moves(video)
    until(page, lambda: abs(page.locator("audio").first.evaluate(_PITCH) - HERTZ) < 10)


def is_seen_and_heard(page: Page, here: Beside, peer: Peer) -> None:
    """Wait until the stranger sees a person in front of a wall, and hears the fake microphone."""
    here.until(lambda: peer.complete)
    here.until(lambda: peer.counts.get("camera", 0) > 5)
    assert colour(peer.pictures["camera"]) == pytest.approx((165, 160, 160), abs=30)
    here.until(lambda: abs(peer.sounds.get("microphone", np.zeros(1))).max() > 500)
    assert page.locator("video").count() == 2


def test_a_stranger_who_comes_and_a_page_see_and_hear_each_other(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
    expect(tile(ada, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    with beside(stranger(room)) as here:
        sees_and_hears(ada)
        is_seen_and_heard(ada, here, here.peer("Ada"))
    expect(tile(ada, "Stranger")).to_have_count(0, timeout=PATIENCE)


def test_a_page_that_comes_and_a_stranger_see_and_hear_each_other(room: Room) -> None:
    with beside(stranger(room)) as here:
        ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
        sees_and_hears(ada)
        is_seen_and_heard(ada, here, here.peer("Ada"))


@pytest.mark.parametrize("polite", [True, False])
def test_the_path_to_a_stranger_is_found_again(
    room: Room, open_page: OpenPage, *, polite: bool
) -> None:
    ada = watched(open_page, room)
    with beside_as(room, ada, polite=polite) as here:
        flows(here, ada)
        peer = here.peer("Ada")
        before = peer.pc
        # The page's network has changed; then the stranger's.
        ada.evaluate("dispatchEvent(new Event('online'))")
        until(ada, lambda: peer.pc is not before and peer.connected)
        flows(here, ada)
        before = peer.pc
        here.run(peer.restart())
        until(ada, lambda: peer.pc is not before and peer.connected)
        flows(here, ada)


def test_an_offer_that_a_stranger_answers_twice_changes_nothing(
    room: Room, open_page: OpenPage
) -> None:
    with beside(stranger(room)) as here:
        ada = watched(open_page, room)
        flows(here, ada)
        peer = here.peer("Ada")
        # aiortc writes the time into each description as its session.
        first = answer(peer)
        offer = {"type": "offer", "sdp": peer.pc.remoteDescription.sdp}
        step = {"description": offer, "candidate": None, "restart": False}
        while answer(peer) == first:
            here.run(peer.take(step))
        flows(here, ada)
        assert ada.evaluate("globalThis.peers.length") == 1


def answer(peer: Peer) -> str:
    return next(line for line in peer.pc.localDescription.sdp.splitlines() if line[:2] == "o=")


def test_an_offer_of_the_page_and_one_of_the_stranger_cross(
    room: Room, open_page: OpenPage
) -> None:
    crossing = stranger(room)
    crossing.crosses = True
    with beside(crossing) as here:
        ada = watched(open_page, room)
        flows(here, ada)


def test_screens_go_both_ways(room: Room, open_page: OpenPage) -> None:
    ada = watched(open_page, room)
    with beside(stranger(room)) as here:
        flows(here, ada)
        here.run(here.stranger.change(screen=True))
        expect(large(ada)).to_contain_text("Stranger", timeout=PATIENCE)
        assert moves(large(ada).locator("video"))
        here.run(here.stranger.change(screen=False))
        expect(large(ada)).to_have_count(0, timeout=PATIENCE)
        peer = here.peer("Ada")
        ada.keyboard.press("s")
        here.until(lambda: peer.counts.get("screen", 0) > 5)
        # The fake screen has one bright colour.
        here.until(lambda: np.ptp(peer.pictures["screen"].mean(axis=(0, 1))) > 50)
        assert ada.evaluate("globalThis.peers.length") == 1


def test_a_moderator_mutes_a_stranger(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    with beside(stranger(room)) as here:
        expect(tile(ada, "Stranger")).to_have_attribute("data-microphone", "on", timeout=PATIENCE)
        peer = here.peer("Ada")
        here.until(lambda: peer.connected)
        ada.keyboard.press("p")
        ada.locator(".panel").get_by_role("button", name="Mute Stranger").click()
        expect(tile(ada, "Stranger")).to_have_attribute("data-microphone", "off", timeout=PATIENCE)
        assert here.stranger.sending == {"audio": False, "video": True, "screen": False}
