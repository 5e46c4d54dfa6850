"""Each participant's volume: a slider in the menu, and a command of the embedding page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.site import site
from tests.browser.test_panels import menu
from tests.browser.test_room import Room, room, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

__all__ = ["room"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(server: RunningServer) -> Iterator[str]:
    """A page that loads `external_api.js` from the server."""
    with site(PAGE.format(server=server.url)) as found:
        yield found


def _is(place: Page | FrameLocator, volume: float) -> None:
    """Check the volume of the only voice."""
    expect(place.locator("audio")).to_have_js_property("volume", volume)


def test_a_voice_is_set_by_keys_and_stays_so_through_a_reload(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, silent=False)
    grace = room.enter("Grace", silent=False)
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    _is(ada, 1)
    menu(ada, "Grace")
    slider = ada.get_by_role("slider", name="Volume of Grace (for me)")
    expect(slider).to_have_value("100")
    assert violations(ada, ".menu:popover-open") == []
    # The arrow up key wraps from the first item to the last one, the slider.
    ada.keyboard.press("ArrowUp")
    expect(slider).to_be_focused()
    for _ in range(4):
        ada.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "80 %")
    _is(ada, 0.8)
    ada.keyboard.press("Home")
    _is(ada, 0)
    assert ada.evaluate("document.querySelector('audio').muted") is True
    ada.keyboard.press("ArrowRight")
    _is(ada, 0.05)
    assert ada.evaluate("document.querySelector('audio').muted") is False
    ada.keyboard.press("Escape")
    expect(slider).to_have_count(0)
    # Participants do not hear their own voice, and no other page changes.
    menu(grace, "Grace")
    expect(grace.get_by_role("slider")).to_have_count(0)
    _is(grace, 1)

    ada.reload()
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    _is(ada, 0.05)
    # Grace rejoins as the same person.
    grace.reload()
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    _is(ada, 0.05)


def test_an_embedding_page_sets_a_voice(
    room: Room, server: RunningServer, open_page: OpenPage, address: str
) -> None:
    ada = Person(open_page(address), server, room.token, room.name, "Ada")
    grace = Person(open_page(address), server, room.invite(), room.name, "Grace")
    ada.hears("participantJoined", id=grace.id)
    frame = ada.page.frame_locator("iframe")
    _is(frame, 1)
    ada.does("setParticipantVolume", grace.id, 0.25)
    _is(frame, 0.25)
    for wrong in (1.5, -1, "1", None):
        refusal = ada.refused("setParticipantVolume", grace.id, wrong)
        assert (refusal["name"], refusal["message"]) == (
            "invalid",
            "The volume is a number from 0 to 1.",
        )
    assert ada.refused("setParticipantVolume", "0" * 16, 1)["name"] == "not_found"
    _is(frame, 0.25)
