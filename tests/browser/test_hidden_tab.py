"""Switching tabs: viewers do not notice a moderator's switch, and keep hearing after their own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browsers import CHROMIUM, launched
from tests.browser.conftest import OpenPage
from tests.browser.media import TONE
from tests.browser.tabs import NEVER_SLOW, Tabs
from tests.browser.test_broadcast import fact, go_live, wait_for_pictures, watch
from tests.browser.test_room import address, button
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser


@pytest.fixture
def slowing(browser: Browser, clip: Path) -> Iterator[Browser]:
    """A browser that throttles hidden pages, as users' browsers do."""
    with launched(browser.browser_type, program=CHROMIUM, camera=clip, without=NEVER_SLOW) as made:
        yield made


#: Presses a button by its text, as soon as it appears.
PRESS = """new Promise((resolve) => {
  const press = () => {
    const found = [...document.querySelectorAll("button")].find(
      (button) => (button.ariaLabel ?? button.textContent).trim() === "%s" && !button.disabled,
    );
    if (!found) return setTimeout(press, 100);
    found.click();
    resolve(true);
  };
  press();
})"""
#: Measures a page's own timers for three seconds: ticks of 50 ms, and animation frames.
PACE = """new Promise((resolve) => {
  let [ticks, frames] = [0, 0];
  const ticking = setInterval(() => { ticks += 1; }, 50);
  const draw = () => { frames += 1; requestAnimationFrame(draw); };
  requestAnimationFrame(draw);
  setTimeout(() => {
    clearInterval(ticking);
    resolve([document.visibilityState, ticks < 10, frames]);
  }, 3000);
})"""
#: Whether the page keeps the screen on.
AWAKE = "document.documentElement.dataset.awake"
#: Counts those ticks from now on.
TICK = "void setInterval(() => { globalThis.ticks = (globalThis.ticks ?? 0) + 1; }, 50)"
#: Records every state of a player from now on.
NOTE = """player => {
  globalThis.states = new Set([player.dataset.state]);
  new MutationObserver(() => states.add(player.dataset.state))
    .observe(player, { attributes: true });
}"""


def test_a_broadcast_goes_on_from_a_tab_behind_another(
    slowing: Browser, open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Meeting_{secrets.token_hex(4)}"
    viewer = open_page()
    tabs = Tabs(slowing, viewer)
    meeting = tabs.open(address(server, server.room(name, streamname=name), name, "Ada"))
    for label in ("Broadcast", "Go live"):
        assert meeting.evaluate(PRESS % label)
    player = watch(viewer, server, name)
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    wait_for_pictures(player, more_than=30)
    tabs.open("about:blank").front()
    # Really hidden: a page that composed with its own timers would stall.
    until(viewer, lambda: meeting.evaluate(PACE), to_be=["hidden", True, 0])
    # Browsers let the screen go off then, and do not keep it on by themselves when the page is back.
    until(viewer, lambda: meeting.evaluate(AWAKE), to_be="false")
    player.evaluate(NOTE)
    meeting.evaluate(TICK)
    before = fact(player, "frames")
    wait_for_pictures(player, more_than=before + 60)
    # Far more than those timers would produce, and the state never changed.
    assert fact(player, "frames") - before > 2 * (meeting.evaluate("globalThis.ticks") or 0)
    assert viewer.evaluate("[...states]") == ["live"]
    meeting.front()
    until(viewer, lambda: meeting.evaluate("document.visibilityState"), to_be="visible")
    until(viewer, lambda: meeting.evaluate(AWAKE), to_be="true")
    wait_for_pictures(player, more_than=fact(player, "frames") + 30)
    assert meeting.evaluate(PRESS % "Leave the meeting")
    until(viewer, lambda: meeting.evaluate(AWAKE), to_be="false")


#: A microphone with one tone. The fake one beeps once a second, as often as a hidden page samples it.
HEARS_A_TONE = """
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async wishes => {
    const stream = await open(wishes);
    for (const track of stream.getAudioTracks()) {
      track.stop();
      stream.removeTrack(track);
      stream.addTrack(tone());
    }
    return stream;
  };
"""
#: The player's published figures, by name.
FACTS = "({ ...document.querySelector('main.player').dataset })"


def test_a_viewer_behind_another_tab_hears_on_and_returns_live(
    slowing: Browser, open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Meeting_{secrets.token_hex(4)}"
    moderator = open_page()
    moderator.add_init_script(TONE + HEARS_A_TONE)
    moderator.goto(address(server, server.room(name, streamname=name), name, "Ada"))
    go_live(moderator)
    tabs = Tabs(slowing, moderator)
    viewer = tabs.open(f"{server.url}/live/{name}")

    def facts() -> dict[str, str]:
        told: dict[str, str] = viewer.evaluate(FACTS)
        return told

    def frames() -> int:
        return int(facts()["frames"])

    until(moderator, lambda: frames() > 30)
    tabs.open("about:blank").front()
    # Really hidden: nothing is drawn.
    until(moderator, lambda: viewer.evaluate(PACE)[::2], to_be=["hidden", 0])

    def loud() -> bool:
        return float(facts()["soundLevel"]) > 0.01

    # The sound continues: it follows what the moderator does meanwhile.
    until(moderator, loud)
    for wanted in (False, True):
        button(moderator, "Microphone").click()
        until(moderator, loud, to_be=wanted)
    assert facts()["state"] == "live"
    viewer.front()
    until(moderator, lambda: viewer.evaluate("document.visibilityState"), to_be="visible")
    before = frames()
    until(moderator, lambda: frames() > before + 30)
    now = facts()
    assert (now["state"], float(now["behind"])) == ("live", 0)
    assert float(now["latencyMs"]) < 1_000
