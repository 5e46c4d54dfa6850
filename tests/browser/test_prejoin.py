"""The pre-join screen: the name, the preview, and the reason why a device is missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsers import CHROMIUM, launched
from tests.browser.conftest import OpenPage
from tests.browser.contexts import new_context
from tests.browser.media import moves
from tests.browser.test_room import Room, address, button, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def door(room: Room, **config: bool) -> str:
    """Return the URL of the pre-join screen."""
    return room.address("Grace", **{"prejoinConfig.enabled": True, **config})


def join(page: Page) -> None:
    page.get_by_role("button", name="Join").click()


def test_one_sees_oneself_first_and_comes_in_as_one_chose(room: Room, open_page: OpenPage) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = open_page(door(room))
    assert moves(grace.locator("video"))
    level = grace.get_by_role("meter", name="Microphone level")
    grace.mouse.click(5, 5)
    grace.wait_for_function("meter => meter.value > 0.01", arg=level.element_handle())
    expect(tile(ada, "Grace")).to_have_count(0)
    grace.get_by_label("Your name").fill("Rear Admiral Hopper")
    button(grace, "Microphone").click()
    join(grace)
    expect(tile(ada, "Rear Admiral Hopper")).to_have_attribute(
        "data-camera", "on", timeout=PATIENCE
    )
    expect(tile(ada, "Rear Admiral Hopper")).to_have_attribute("data-microphone", "off")
    assert moves(tile(ada, "Rear Admiral Hopper").locator("video"))


def test_choices_are_remembered_and_a_reload_does_not_ask_again(
    room: Room, open_page: OpenPage, server: RunningServer
) -> None:
    page = open_page(door(room))
    expect(page.locator("video.playing")).to_be_visible()
    button(page, "Camera").click()
    expect(button(page, "Camera")).to_have_attribute("aria-pressed", "false")
    page.get_by_label("Your name").fill("Alan")
    join(page)
    expect(tile(page, "Alan")).to_have_attribute("data-camera", "off", timeout=PATIENCE)
    page.reload()
    expect(tile(page, "Alan")).to_be_visible(timeout=PATIENCE)
    button(page, "Leave the meeting").click()
    page.goto("about:blank")
    page.goto(f"{server.url}/invite#token={server.invite(room.token)}")
    expect(page.get_by_label("Your name")).to_have_value("Alan")
    expect(button(page, "Camera")).to_have_attribute("aria-pressed", "false")
    expect(button(page, "Microphone")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("arguments", "words", "action"),
    [
        (
            ["--use-fake-device-for-media-stream"],
            "Access to your camera and microphone is blocked",
            "Join without camera and microphone",
        ),
        (
            ["--use-fake-ui-for-media-stream"],
            "No camera or microphone was found",
            "Join without camera and microphone",
        ),
    ],
    ids=["refused", "missing"],
)
def test_without_devices_it_says_why_and_lets_one_in(
    room: Room, browser: Browser, arguments: list[str], words: str, action: str
) -> None:
    with launched(browser.browser_type, "--no-sandbox", *arguments, program=CHROMIUM) as chromium:
        page = new_context(chromium).new_page()
        page.goto(door(room))
        expect(page.get_by_text(words)).to_be_visible(timeout=PATIENCE)
        expect(button(page, "Try again")).to_be_visible()
        button(page, action).click()
        expect(tile(page, "Grace")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotReadableError", "are in use by another program"),
        (None, "This browser does not let pages use your camera and microphone"),
    ],
    ids=["busy", "hidden"],
)
def test_a_device_that_is_taken_or_hidden_is_named_so(
    room: Room, open_page: OpenPage, error: str | None, words: str
) -> None:
    page = open_page()
    page.add_init_script(
        f"""navigator.mediaDevices.getUserMedia = async () => {{
              throw new DOMException("", "{error}");
            }};"""
        if error
        else "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"
    )
    page.goto(door(room))
    expect(page.get_by_text(words)).to_be_visible()
    button(page, "Join without camera and microphone").click()
    expect(tile(page, "Grace")).to_be_visible(timeout=PATIENCE)


def test_it_speaks_the_language_of_the_reader(room: Room, open_page: OpenPage) -> None:
    page = open_page(door(room), locale="de-AT")
    expect(page.get_by_label("Ihr Name")).to_have_value("Grace")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("button", name="Beitreten").click()
    expect(page.get_by_role("button", name="Die Besprechung verlassen")).to_be_visible()


def test_an_own_page_asks_before_joining_unless_told_not_to(
    room: Room, open_page: OpenPage, server: RunningServer
) -> None:
    plain = address(server, room.token, room.name, "Ada").replace("prejoinConfig.enabled", "x")
    asking = open_page(plain)
    expect(asking.get_by_label("Your name")).to_have_value("Ada")
    entering = room.enter("Grace")
    expect(tile(entering, "Grace")).to_be_visible(timeout=PATIENCE)
