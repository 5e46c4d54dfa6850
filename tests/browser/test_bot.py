"""A bot beside a page: it is in the list of participants, takes no place on the stage, and costs the page nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import nanomeet_widget as nm
from tests.browser.conftest import OpenPage
from tests.browser.test_room import Room, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser


def test_a_page_lists_a_bot_and_shows_no_tile_of_it(
    server: RunningServer, open_page: OpenPage
) -> None:
    room = Room(server, open_page)
    ada = room.enter("Ada", moderator=True)
    expect(tile(ada, "Ada")).to_be_visible(timeout=PATIENCE)
    with nm.Bot(room.token, display_name="Helper") as bot:
        assert {one["display_name"] for one in bot.participants} == {"Ada", "Helper"}
        ada.keyboard.press("p")
        audience = ada.locator(".panel").get_by_role("region", name="Audience")
        expect(audience).to_contain_text("Helper", timeout=PATIENCE)
        expect(tile(ada, "Helper")).to_have_count(0)
    expect(ada.locator(".panel")).not_to_contain_text("Helper", timeout=PATIENCE)
