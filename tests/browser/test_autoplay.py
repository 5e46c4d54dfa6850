"""Where the browser lets nothing sound before the page was touched: any touch of it brings the sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, OpenPage, new_context
from tests.browser.test_broadcast import go_live
from tests.browser.test_room import Room, address, button, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

#: As people's browsers have it, and with no camera in use: that would count as a touch.
LENIENT = ("--autoplay-policy", "--use-fake-ui-for-media-stream")
STRICT = [
    *(argument for argument in ARGUMENTS if not argument.startswith(LENIENT)),
    "--autoplay-policy=document-user-activation-required",
]
TOUCHES: dict[str, Callable[[Page], None]] = {
    "click": lambda page: page.mouse.click(500, 300),
    "key": lambda page: page.keyboard.press("Shift"),
}


@pytest.fixture
def open_silent(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Open a page without devices in a browser that wants to be touched first."""
    with ExitStack() as stack:
        strict = browser.browser_type.launch(
            executable_path=CHROMIUM, args=STRICT, timeout=PATIENCE
        )
        stack.callback(strict.close)

        def opener(url: str) -> Page:
            context = new_context(strict, permissions=[], viewport={"width": 1000, "height": 700})
            page = context.new_page()
            page.goto(url)
            return page

        yield opener


def voice(page: Page) -> Locator:
    return page.locator("audio[data-participant]").first


@pytest.mark.parametrize("touch", TOUCHES)
def test_any_touch_of_the_room_brings_its_sound(
    server: RunningServer,
    open_page: OpenPage,
    open_silent: Callable[[str], Page],
    touch: str,
) -> None:
    room = Room(server, open_page)
    room.enter("Ada", moderator=True)
    grace = open_silent(room.address("Grace"))
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    expect(button(grace, "Click to hear the others")).to_be_visible(timeout=PATIENCE)
    expect(voice(grace)).to_have_js_property("paused", True)
    TOUCHES[touch](grace)
    expect(voice(grace)).to_have_js_property("paused", False)
    expect(button(grace, "Click to hear the others")).to_have_count(0)


@pytest.mark.parametrize("touch", TOUCHES)
def test_any_touch_of_the_live_page_brings_its_sound(
    server: RunningServer,
    open_page: OpenPage,
    open_silent: Callable[[str], Page],
    touch: str,
) -> None:
    stream = room = f"autoplay_{touch}"
    token = server.room(room, streamname=stream)
    ada = open_page(address(server, token, room, "Ada"))
    go_live(ada)
    viewer = open_silent(f"{server.url}/live/{stream}")
    player = viewer.locator("main.player")
    expect(viewer.get_by_role("button", name="Tap for sound")).to_be_visible(timeout=PATIENCE)
    TOUCHES[touch](viewer)
    expect(player).to_have_attribute("data-sound", "playing", timeout=PATIENCE)
