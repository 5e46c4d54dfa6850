"""Links and frames created by a stranger: what they cannot do to a participant."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.site import site
from tests.browser.test_room import Room, button, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

JOIN = "Join"


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


@pytest.fixture
def bare(room: Room, server: RunningServer) -> str:
    """Return the room's URL, without a token."""
    return f"{server.url}/local/{room.name}"


def link(bare: str, token: str, **settings: Any) -> str:
    """Return a link as anyone can write it."""
    values = {"jwt": token, **{key.replace("__", "."): value for key, value in settings.items()}}
    pairs = [f"{key}={quote(json.dumps(value))}" for key, value in values.items()]
    return f"{bare}#{'&'.join(pairs)}"


def asks_first(page: Page) -> None:
    """Wait until the page asks before joining."""
    expect(page.get_by_label("Your name")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name=JOIN)).to_be_visible()


@pytest.mark.parametrize(
    "forward",
    [
        {"config__prejoinConfig__enabled": False},
        {"config__prejoinConfig": {"enabled": False}},
        {"config__prejoinPageEnabled": False},
        {"config__prejoinConfig__enabled": False, "jitsi_meet_external_api_id": 7},
        {"config__prejoinConfig__enabled": False, "handover": "1-2-3-4"},
    ],
    ids=["key", "object", "old", "as a frame", "as handed over"],
)
def test_no_link_joins_a_person_who_was_not_asked(
    room: Room, open_page: OpenPage, bare: str, forward: dict[str, Any]
) -> None:
    page = open_page(link(bare, room.invite(), **forward))
    asks_first(page)
    page.get_by_role("button", name=JOIN).click()
    expect(tile(page, "Guest")).to_be_visible(timeout=PATIENCE)


def test_a_link_gives_neither_a_name_nor_a_look(
    room: Room, open_page: OpenPage, bare: str, server: RunningServer
) -> None:
    fetched: list[Request] = []
    page = open_page()
    page.on("request", lambda request: fetched.append(request))  # noqa: PLW0108 - Playwright marks what it calls
    with site('{"primaryColor": "#ff0000"}') as elsewhere:
        settings = {
            "userInfo__displayName": "The Dean",
            "userInfo__avatarURL": f"{elsewhere}dean.png",
            "config__branding": {"backgroundColor": "#ff0000", "logoImageUrl": elsewhere},
            "config__brandingDataUrl": elsewhere,
            "config__dynamicBrandingUrl": elsewhere,
            "config__theme": "dark",
            "config__lang": "de",
        }
        page.goto(link(bare, room.invite(), **settings))
        asks_first(page)
        expect(page.get_by_label("Your name")).to_have_value("Guest")
        page.get_by_role("button", name=JOIN).click()
        expect(tile(page, "Guest")).to_be_visible(timeout=PATIENCE)
    root = page.locator("html")
    expect(root).to_have_attribute("lang", "en")
    assert root.get_attribute("data-theme") is None
    assert root.get_attribute("style") is None
    expect(page.locator(".logo")).to_have_count(0)
    own = (server.url, "data:", "blob:")
    assert [request.url for request in fetched if not request.url.startswith(own)] == []


def test_a_link_may_ask_for_caution(room: Room, open_page: OpenPage, bare: str) -> None:
    muted = {"config__startWithAudioMuted": True, "config__startWithVideoMuted": True}
    page = open_page(link(bare, room.invite(), **muted))
    asks_first(page)
    for device in ("Microphone", "Camera"):
        expect(button(page, device)).to_have_attribute("aria-pressed", "false")


def test_a_link_back_to_the_room_asks_again_and_a_reload_does_not(
    room: Room, open_page: OpenPage, bare: str
) -> None:
    page = open_page(link(bare, room.invite()))
    asks_first(page)
    page.get_by_role("button", name=JOIN).click()
    expect(tile(page, "Guest")).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(tile(page, "Guest")).to_be_visible(timeout=PATIENCE)
    with site(f"<!doctype html><a href='{html.escape(bare)}'>prizes</a>") as elsewhere:
        page.goto(elsewhere)
        page.get_by_role("link").click()
        asks_first(page)
        page.goto(elsewhere)
        page.go_back()
        asks_first(page)


def test_a_frame_does_not_find_the_token_of_its_tab(
    room: Room, open_page: OpenPage, bare: str
) -> None:
    ada = room.enter("Ada", moderator=True)
    page = open_page(link(bare, room.invite()))
    asks_first(page)
    page.get_by_role("button", name=JOIN).click()
    expect(tile(ada, "Guest")).to_be_visible(timeout=PATIENCE)
    frame = "<!doctype html><iframe src='{}' allow='camera; microphone'></iframe>"
    with site(frame.format(html.escape(bare))) as hostile:
        # The same site, but another origin: a browser stores both together.
        page.goto(hostile)
        framed = page.frame_locator("iframe").locator("body")
        expect(framed).to_contain_text("contains no token", timeout=PATIENCE)
    expect(tile(ada, "Guest")).to_have_count(0)


def test_a_page_that_opens_a_meeting_has_no_hold_of_it(
    room: Room, open_page: OpenPage, bare: str
) -> None:
    opening = "<!doctype html><button onclick='opened = window.open({})'>prizes</button>"
    address = html.escape(json.dumps(link(bare, room.invite())), quote=True)
    with site(opening.format(address)) as hostile:
        page = open_page(hostile)
        with page.expect_popup() as popup:
            page.get_by_role("button").click()
        asks_first(popup.value)
        assert popup.value.evaluate("opener") is None
        page.wait_for_function("opened.closed")
