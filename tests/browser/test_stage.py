"""The stage and its controls: the spotlight, what participants share, and keyboard operation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.media import moves
from tests.browser.passing import shown
from tests.browser.test_room import Room, button, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

#: A canvas instead of a screen, which the test machine lacks.
FAKE_SCREEN = """
navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.width = 800;
  canvas.height = 600;
  const pen = canvas.getContext("2d");
  let turn = 0;
  setInterval(() => {
    pen.fillStyle = `hsl(${(turn += 20)} 80% 50%)`;
    pen.fillRect(0, 0, 800, 600);
  }, 100);
  return canvas.captureStream(10);
};
"""


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def two(room: Room) -> tuple[Page, Page]:
    ada = room.enter("Ada", moderator=True, unseen=False)
    grace = room.enter("Grace", silent=False, unseen=False)
    for page, other in ((ada, "Grace"), (grace, "Ada")):
        expect(tile(page, other)).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    return ada, grace


def choose(page: Page, item: str) -> None:
    page.get_by_role("menuitem", name=item, exact=True).click()


def large(page: Page) -> Locator:
    return page.locator(".tile[data-large=true]")


def test_a_pin_is_for_oneself_and_a_main_participant_for_all(room: Room) -> None:
    ada, grace = two(room)
    tile(ada, "Ada").hover()
    button(ada, "Show Ada large").click()
    expect(large(ada)).to_contain_text("Ada")
    expect(large(grace)).to_have_count(0)
    button(ada, "Show Ada at normal size").click()
    expect(large(ada)).to_have_count(0)
    tile(ada, "Grace").hover()
    button(ada, "Actions for Grace").click()
    ada.get_by_role("menuitem", name="Pin for everyone").first.click()
    for page in (ada, grace):
        expect(large(page)).to_contain_text("Grace")
        expect(page.get_by_role("img", name="shown large to everyone")).to_be_visible()


def test_a_shared_screen_is_large_and_not_cropped(room: Room, open_page: OpenPage) -> None:
    ada = open_page()
    ada.add_init_script(FAKE_SCREEN)
    ada.goto(room.address("Ada", moderator=True))
    grace = room.enter("Grace")
    expect(tile(grace, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    ada.keyboard.press("s")
    expect(large(grace)).to_contain_text("Ada's screen", timeout=PATIENCE)
    screen = large(grace).locator("video")
    assert moves(screen)
    expect(screen).to_have_css("object-fit", "contain")
    expect(tile(grace, "Ada").filter(has_not_text="screen")).to_have_attribute("data-camera", "on")
    ada.keyboard.press("s")
    expect(large(grace)).to_have_count(0)


def test_a_raised_hand_and_a_feeling_show_on_the_tile(room: Room) -> None:
    ada, grace = two(room)
    grace.keyboard.press("h")
    expect(tile(ada, "Grace").get_by_role("img", name="hand raised")).to_be_visible()
    grace.keyboard.press("r")
    # It is shown only for some seconds.
    with shown(tile(ada, "Grace"), "[role=img][aria-label=Heart]"):
        choose(grace, "Heart")
    expect(tile(ada, "Grace").get_by_role("img", name="Heart")).to_have_count(0, timeout=PATIENCE)
    grace.keyboard.press("h")
    expect(tile(ada, "Grace").get_by_role("img", name="hand raised")).to_have_count(0)


def test_the_space_bar_held_opens_the_microphone(room: Room) -> None:
    ada, grace = two(room)
    grace.keyboard.press("m")
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")
    grace.keyboard.down(" ")
    expect(grace.get_by_text("You are unmuted while you hold the space bar")).to_be_visible()
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "on")
    grace.keyboard.up(" ")
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")
    # In a text field, it is a space.
    grace.keyboard.press("c")
    line = grace.get_by_role("dialog", name="Chat").locator("textarea, input").first
    expect(line).to_be_focused()
    grace.keyboard.type("m h ?")
    expect(line).to_have_value("m h ?")
    expect(grace.get_by_role("dialog", name="Keyboard shortcuts")).to_have_count(0)
    expect(tile(ada, "Grace").get_by_role("img", name="hand raised")).to_have_count(0)
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")


def test_to_be_asked_to_unmute_is_a_question_and_not_an_order(room: Room) -> None:
    ada, grace = two(room)
    grace.keyboard.press("m")
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")
    for answer, then in (("Not now", "off"), ("Turn on", "on")):
        tile(ada, "Grace").hover()
        button(ada, "Actions for Grace").click()
        ada.get_by_role("menuitem", name="Ask").first.click()
        expect(grace.get_by_text("Ada asks you to unmute.")).to_be_visible()
        expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")
        button(grace, answer).click()
        expect(tile(ada, "Grace")).to_have_attribute("data-microphone", then)


def test_a_moderator_ends_the_meeting_for_everybody(room: Room) -> None:
    ada, grace = two(room)
    button(ada, "More options for leaving").click()
    choose(ada, "End the meeting for everyone")
    choose(ada, "End it for everyone?")
    for page in (ada, grace):
        expect(page.get_by_role("heading", name="The meeting has ended")).to_be_visible()


def test_the_room_by_keys_alone(room: Room) -> None:
    ada, grace = two(room)
    grace.keyboard.press("?")
    expect(grace.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    grace.keyboard.press("Escape")
    expect(grace.get_by_role("dialog", name="Keyboard shortcuts")).to_have_count(0)

    # The arrow keys move through the toolbar, and the focus is visible.
    button(ada, "Microphone").focus()
    expect(button(ada, "Microphone")).to_be_focused()
    walked = []
    for _ in range(20):
        walked.append(ada.evaluate("document.activeElement.ariaLabel"))
        ada.keyboard.press("ArrowRight")
    for name in ("Camera", "Chat", "People", "Broadcast", "Settings", "More", "Leave the meeting"):
        assert name in walked
    # A tile's menu opens, is navigated and closes by keyboard.
    menu = button(ada, "Actions for Grace")
    menu.focus()
    expect(menu).to_be_visible()
    ada.keyboard.press("Enter")
    first = ada.get_by_role("menuitem").first
    expect(first).to_be_focused()
    ada.keyboard.press("ArrowDown")
    expect(ada.get_by_role("menuitem").nth(1)).to_be_focused()
    ada.keyboard.press("Escape")
    expect(menu).to_be_focused()
    button(ada, "Leave the meeting").focus()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("heading", name="You left the meeting")).to_be_visible()


def test_a_narrow_page_keeps_everything_within_reach(room: Room) -> None:
    page = room.enter("Ada", moderator=True, viewport={"width": 320, "height": 480}, unseen=False)
    expect(button(page, "People")).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Broadcast")).to_have_count(0)
    button(page, "More").click()
    choose(page, "Broadcast")
    expect(page.get_by_role("dialog", name="Broadcast")).to_be_visible()


def test_nothing_serious_is_wrong_with_any_screen(room: Room) -> None:
    ada, grace = two(room)
    assert violations(ada, "html") == []
    ada.keyboard.press("?")
    shortcuts = ada.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts).to_be_visible()
    assert violations(ada, "html") == []
    ada.keyboard.press("Escape")
    expect(shortcuts).to_have_count(0)
    tile(ada, "Grace").hover()
    for menu in ("Actions for Grace", "More"):
        button(ada, menu).click()
        expect(ada.get_by_role("menuitem").first).to_be_focused()
        assert violations(ada, "html") == []
        ada.keyboard.press("Escape")
        expect(ada.get_by_role("menuitem")).to_have_count(0)
    button(grace, "Leave the meeting").click()
    expect(grace.get_by_role("heading", name="You left the meeting")).to_be_visible()
    assert violations(grace, "html") == []
    grace.goto("about:blank")
    grace.goto(room.address("Grace", **{"prejoinConfig.enabled": True}))
    expect(grace.get_by_label("Your name")).to_be_visible()
    assert violations(grace, "html") == []


def test_a_brand_is_worn_and_stays_readable(room: Room, open_page: OpenPage) -> None:
    brand = {"backgroundColor": "#fff4d6", "textColor": "#ffd", "primaryColor": "#ff0"}
    page = open_page(room.address("Ada", moderator=True, branding=brand))
    expect(button(page, "Settings")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 244, 214)")
    button(page, "Settings").click()
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    assert violations(page, "html") == []
