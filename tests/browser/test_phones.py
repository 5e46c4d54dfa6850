"""Phones, by Chromium's emulation: narrow pages, fingers, turning, keyboards and notches."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import OpenPage
from tests.browser.media import moves
from tests.browser.test_room import Room, button, room, tile
from tests.browser.waiting import PATIENCE, until

__all__ = ["room"]

pytestmark = pytest.mark.browser

SMALL: ViewportSize = {"width": 320, "height": 568}
UPRIGHT: ViewportSize = {"width": 360, "height": 640}
LYING: ViewportSize = {"width": 640, "height": 360}
PHONE: dict[str, Any] = {
    "viewport": UPRIGHT,
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}

#: What a finger cannot hit surely: smaller than 44 pixels, or than 32 on a picture and in the header.
SMALL_TARGETS = """() => {
  const least = (one) => (one.closest(".tile-tools, .header, .badge, .room[data-form=corner]") ? 32 : 44);
  const whole = (one) => (one.matches("[type=checkbox], [type=radio]") && one.closest("label")) || one;
  return [...document.querySelectorAll("button, a[href], input, select, textarea, summary")]
    .map(whole)
    .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((one) => !one.matches(".hidden, .hidden *"))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, { width, height }]) => width > 0 && Math.min(width, height) < least(one) - 0.5)
    .map(([one, { width, height }]) =>
      `${one.className || one.tagName} ${one.ariaLabel ?? one.innerText} ${width}x${height}`);
}"""


def fits_fingers(page: Page) -> None:
    """Check that every target is large enough, and that nothing needs horizontal scrolling."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    until(page, lambda: page.evaluate(SMALL_TARGETS), to_be=[], patience=10_000)


def tap(page: Page, name: str) -> None:
    """Tap a tool, in the menu of tools if it has no room of its own."""
    tool = page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)
    if tool.count() == 0:
        button(page, "More").tap()
        tool = page.get_by_role("menuitem", name=name)
    tool.first.tap()


@pytest.mark.parametrize("size", [SMALL, UPRIGHT], ids=["320", "360"])
def test_everything_is_within_reach_of_a_finger(
    room: Room, open_page: OpenPage, size: ViewportSize
) -> None:
    phone = {**PHONE, "viewport": size}
    ada = open_page(room.address("Ada", moderator=True, **{"prejoinConfig.enabled": True}), **phone)
    expect(ada.locator("video.playing")).to_be_visible(timeout=PATIENCE)
    ada.locator("summary").tap()
    fits_fingers(ada)
    button(ada, "Join").tap()
    grace = room.enter("Grace", unseen=False)
    expect(tile(ada, "Grace").locator("video.playing")).to_be_visible(timeout=PATIENCE)
    fits_fingers(ada)
    button(ada, "More").tap()
    fits_fingers(ada)
    ada.keyboard.press("Escape")
    for panel in (
        "Chat",
        "People",
        "Polls",
        "Class",
        "Groups",
        "Broadcast",
        "Invite people",
        "Settings",
    ):
        tap(ada, panel)
        expect(ada.locator(".panel")).to_be_visible()
        fits_fingers(ada)
        if panel == "People":
            ada.locator(".panel").get_by_role("button", name="Actions for Grace").tap()
            fits_fingers(ada)
            ada.get_by_role("menuitem", name="Remove from the meeting").tap()
            expect(ada.get_by_role("dialog", name="Grace")).to_be_visible()
            fits_fingers(ada)
            ada.keyboard.press("Escape")
        button(ada, "Close").first.tap()
        expect(ada.locator(".panel")).to_have_count(0)
    grace.context.close()
    button(ada, "Leave the meeting").tap()
    expect(button(ada, "Join again")).to_be_visible()
    fits_fingers(ada)
    viewer = open_page(f"{room.server.url}/live/none", **phone)
    expect(viewer.get_by_role("toolbar")).to_be_visible()
    fits_fingers(viewer)


def test_a_phone_is_turned_in_the_meeting(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False, **PHONE)
    grace = room.enter("Grace", unseen=False)
    expect(tile(grace, "Ada").locator("video.playing")).to_be_visible(timeout=PATIENCE)
    before = shape(grace, "Ada")
    for size in (LYING, UPRIGHT):
        ada.set_viewport_size(size)
        ada.wait_for_function("width => innerWidth === width", arg=size["width"])
        ada.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
        for name in ("Ada", "Grace"):
            expect(tile(ada, name)).to_be_in_viewport(ratio=0.99)
            # The picture fills its tile, undistorted.
            assert tile(ada, name).locator("video").evaluate(
                "video => getComputedStyle(video).objectFit"
            ) in ("cover", "contain")
        expect(button(ada, "Leave the meeting")).to_be_in_viewport(ratio=1)
        assert moves(tile(grace, "Ada").locator("video"))
        assert shape(grace, "Ada") == pytest.approx(before, abs=0.02)


def shape(page: Page, name: str) -> float:
    """Return the width of the picture of a participant by its height."""
    found = tile(page, name).locator("video").evaluate("one => one.videoWidth / one.videoHeight")
    return float(found)


#: The keyboard of a phone covers the page without changing its size: only this tells. The emulation has none.
KEYBOARD = """height => {
  const area = window.visualViewport;
  Object.defineProperty(area, "height", { configurable: true, get: () => innerHeight - height });
  area.dispatchEvent(new Event("resize"));
}"""
#: A page that is pinched larger, as the browser reports it.
PINCH = """() => {
  const area = window.visualViewport;
  Object.defineProperty(area, "height", { configurable: true, get: () => innerHeight / 2 });
  Object.defineProperty(area, "scale", { configurable: true, get: () => 2 });
  area.dispatchEvent(new Event("resize"));
}"""


#: Whether an element is between the page's insets.
_INSIDE = """([selector, { top, bottom }]) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.top >= top && box.bottom <= innerHeight - bottom;
}"""


def test_a_keyboard_covers_no_field_and_a_notch_no_control(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False, **PHONE)
    expect(tile(ada, "Ada")).to_be_visible(timeout=PATIENCE)
    tap(ada, "Chat")
    field = ada.get_by_placeholder("Message everyone")
    field.tap()

    def bottom() -> float:
        box = field.bounding_box()
        assert box is not None
        return box["y"] + box["height"]

    ada.evaluate(KEYBOARD, 260)
    until(ada, lambda: bottom() <= UPRIGHT["height"] - 260)
    ada.keyboard.type("Above the keyboard")
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("log").get_by_text("Above the keyboard")).to_be_in_viewport()
    ada.evaluate(KEYBOARD, 0)
    until(ada, lambda: bottom() > UPRIGHT["height"] - 100)
    ada.evaluate(PINCH)
    assert bottom() > UPRIGHT["height"] - 100

    insets = {"top": 40, "bottom": 30, "left": 0, "right": 0}
    ada.context.new_cdp_session(ada).send(
        "Emulation.setSafeAreaInsetsOverride",
        {"insets": {side: value for side, value in insets.items() if value}},
    )

    def inside(selector: str) -> bool:
        return bool(ada.evaluate(_INSIDE, [selector, insets]))

    until(ada, lambda: inside(".panel"))
    button(ada, "Close").first.tap()
    assert inside(".header")
    assert inside(".toolbar")
