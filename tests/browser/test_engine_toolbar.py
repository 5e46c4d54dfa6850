"""An embedding page's settings of the toolbar, and mouse events."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.site import site
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

ICON = (
    "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9"
    "IjAgMCA4IDgiPjxyZWN0IHdpZHRoPSI4IiBoZWlnaHQ9IjgiIGZpbGw9InRlYWwiLz48L3N2Zz4="
)
NOTES = {"id": "notes", "text": "Shared notes", "icon": ICON}


@pytest.fixture(scope="module")
def address(server: RunningServer) -> Iterator[str]:
    """A page that loads `external_api.js` from the server."""
    with site(PAGE.format(server=server.url)) as found:
        yield found


class Embedded:
    """Ada in a new room, in a page with toolbar settings."""

    def __init__(self, server: RunningServer, open_page: OpenPage, address: str) -> None:
        self._server = server
        self._page = open_page(address)

    def enter(self, **config: Any) -> tuple[Person, FrameLocator]:
        room = f"Toolbar_{secrets.token_hex(4)}"
        ada = Person(self._page, self._server, self._server.room(room), room, "Ada", **config)
        assert ada.id
        return ada, ada.page.frame_locator("iframe")


@pytest.fixture
def embedded(server: RunningServer, open_page: OpenPage, address: str) -> Embedded:
    return Embedded(server, open_page, address)


def _names(frame: FrameLocator) -> list[str]:
    expect(frame.get_by_role("toolbar")).to_be_visible()
    labels = frame.get_by_role("toolbar").locator("> button, > .leaving > button")
    return [one.get_attribute("aria-label") or "" for one in labels.all()]


def test_listed_and_custom_buttons_are_shown(
    embedded: Embedded,
) -> None:
    ada, frame = embedded.enter(
        toolbarButtons=["microphone", "chat", "hangup", "whiteboard"],
        customToolbarButtons=[NOTES, {"id": "help", "text": "Help desk"}],
    )
    shown = _names(frame)
    assert shown[:4] == ["Microphone", "Chat", "Shared notes", "Help desk"]
    assert "Leave the meeting" in shown
    assert not {"Camera", "People", "Settings", "More"} & set(shown)
    notes = frame.get_by_role("button", name="Shared notes")
    expect(notes.locator("img")).to_have_js_property("complete", value=True)
    assert notes.locator("img").evaluate("image => image.decode().then(() => true)")
    expect(frame.get_by_role("button", name="Help desk")).to_have_text("H")
    notes.click()
    ada.hears("toolbarButtonClicked", key="notes", preventExecution=False)

    ada.does("overwriteConfig", {"toolbarButtons": ["camera"], "customToolbarButtons": []})
    expect(frame.get_by_role("button", name="Camera")).to_be_visible()
    assert _names(frame) == ["Camera"]
    ada.does("overwriteConfig", {"toolbarButtons": None})
    expect(frame.get_by_role("button", name="Leave the meeting")).to_be_visible()


def test_the_page_hears_of_presses_and_acts_in_the_rooms_stead(embedded: Embedded) -> None:
    ada, frame = embedded.enter(
        buttonsWithNotifyClick=[
            "hangup",
            {"key": "chat", "preventExecution": False},
            {"key": "microphone", "preventExecution": True},
            {"key": "fullscreen", "preventExecution": True},
        ],
    )
    frame.get_by_role("button", name="Chat").click()
    ada.hears("toolbarButtonClicked", key="chat", preventExecution=False)
    ada.hears("chatUpdated", isOpen=True)
    frame.get_by_role("button", name="Microphone").click()
    ada.hears("toolbarButtonClicked", key="microphone", preventExecution=True)
    frame.get_by_role("button", name="More", exact=True).click()
    frame.get_by_role("menuitem", name="Full screen").click()
    ada.hears("toolbarButtonClicked", key="fullscreen", preventExecution=True)
    frame.get_by_role("button", name="Leave the meeting").click()
    ada.hears("toolbarButtonClicked", key="hangup", preventExecution=True)
    # Nothing was done: the page decides.
    assert ada.asks("isAudioMuted") is False
    assert "readyToClose" not in ada.page.evaluate("events.map((event) => event.name)")
    ada.does("hangup")
    ada.hears("readyToClose")


def test_a_wrong_wish_is_refused_in_words_and_the_meeting_goes_on(embedded: Embedded) -> None:
    tracker = {**NOTES, "icon": "https://tracker.example/a.png"}
    ada, frame = embedded.enter(customToolbarButtons=[tracker])
    failure = ada.hears("errorOccurred", type="COMMAND")
    assert (failure["name"], failure["isFatal"]) == ("invalid", False)
    assert "data:image" in failure["message"]
    expect(frame.get_by_role("button", name="Shared notes")).to_have_count(0)
    for wrong in ({"toolbarButtons": "chat"}, {"buttonsWithNotifyClick": [7]}):
        assert ada.refused("overwriteConfig", wrong)["name"] == "invalid"
    assert "Camera" in _names(frame)


def test_the_page_hears_where_the_mouse_is(embedded: Embedded) -> None:
    ada, _ = embedded.enter(mouseMoveCallbackInterval=300)
    box = ada.page.locator("iframe").bounding_box()
    assert box
    x, y = box["x"], box["y"]
    ada.page.mouse.move(x + 200, y + 100)
    entered = ada.hears("mouseEnter")["event"]
    fields = {"clientX", "clientY", "movementX", "movementY", "offsetX", "offsetY"}
    assert set(entered) == fields | {"pageX", "pageY", "x", "y", "screenX", "screenY"}
    assert (entered["clientX"], entered["clientY"]) == (200, 100)
    for step in range(40):
        ada.page.mouse.move(x + 200 + step, y + 100)
    # The last move is reported, not each of the earlier ones.
    ada.page.wait_for_function(
        "events.some(({name, data}) => name === 'mouseMove' && data.event.clientX === 239)"
    )
    count = "events.filter(({name}) => name === 'mouseMove').length"
    assert 1 <= ada.page.evaluate(count) < 20
    ada.page.mouse.move(x + 200, y + 900)
    ada.hears("mouseLeave")
