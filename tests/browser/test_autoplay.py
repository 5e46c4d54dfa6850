"""Where the browser blocks sound before a user gesture, any gesture enables it.

The page logs its own sound state: evaluating in a page counts as a gesture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsers import ARGUMENTS, launched
from tests.browser.conftest import OpenPage
from tests.browser.contexts import new_context
from tests.browser.test_broadcast import go_live
from tests.browser.test_room import Room, address, button
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

#: Chromium's usual policy, and no camera in use: that would count as a gesture.
LENIENT = ("--autoplay-policy", "--use-fake-ui-for-media-stream")
STRICT = [
    *(argument for argument in ARGUMENTS if not argument.startswith(LENIENT)),
    "--autoplay-policy=document-user-activation-required",
]
TOUCHES: dict[str, Callable[[Page], None]] = {
    "click": lambda page: page.mouse.click(500, 300),
    "key": lambda page: page.keyboard.press("x"),
}


#: Logs whether the page has had a gesture, and whether there is sound.
SAYS = """
setInterval(() => {
  const voice = document.querySelector("audio[data-participant]");
  const player = document.querySelector("main.player");
  const held = voice ? voice.paused : document.querySelector(".tap") !== null;
  const sound = voice || player?.dataset.sound ? (held ? "held back" : "heard") : "none";
  console.log(`${navigator.userActivation.hasBeenActive ? "touched" : "untouched"}: ${sound}`);
}, 200);
"""


def wait_for(page: Page, said: str) -> None:
    page.wait_for_event("console", lambda message: message.text == said, timeout=PATIENCE)


@pytest.fixture
def open_silent(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Open a page without devices in a browser that requires a user gesture."""
    with launched(browser.browser_type, *STRICT) as strict:

        def opener(url: str) -> Page:
            context = new_context(strict, permissions=[], viewport={"width": 1000, "height": 700})
            context.add_init_script(SAYS)
            page = context.new_page()
            page.goto(url)
            return page

        yield opener


@pytest.mark.parametrize("touch", TOUCHES)
def test_any_touch_of_the_room_brings_its_sound(
    server: RunningServer,
    open_page: OpenPage,
    open_silent: Callable[[str], Page],
    touch: str,
) -> None:
    room = Room(server, open_page)
    room.enter("Ada", moderator=True, silent=False)
    grace = open_silent(room.address("Grace"))
    wait_for(grace, "untouched: held back")
    TOUCHES[touch](grace)
    wait_for(grace, "touched: heard")
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
    wait_for(viewer, "untouched: held back")
    TOUCHES[touch](viewer)
    wait_for(viewer, "touched: heard")
