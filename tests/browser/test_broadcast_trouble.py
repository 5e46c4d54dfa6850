"""What a moderator is told in his own language when something is wrong with the broadcast."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_room import address
from tests.browser.waiting import PATIENCE
from tests.conftest import Servers

pytestmark = pytest.mark.browser


def test_a_recording_that_ends_at_its_limit_is_told_in_the_rooms_language(
    open_page: OpenPage, servers: Servers
) -> None:
    server = servers.start("--largest-gb", "0.0001")
    name = f"Voll_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    ada = open_page(address(server, token, name, "Ada"), locale="de-DE")
    grace = open_page(address(server, server.invite(token), name, "Grace"), locale="de-DE")
    expect(grace.get_by_role("listitem").filter(has_text="Ada")).to_be_visible(timeout=PATIENCE)
    ada.get_by_role("button", name="Sendung", exact=True).click()
    ada.get_by_label("Auch aufzeichnen").check()
    ada.get_by_role("button", name="Live gehen").click()
    panel = ada.get_by_role("dialog", name="Übertragung")
    words = "Die Aufzeichnung ist so groß, wie eine sein darf"
    expect(panel.get_by_role("alert")).to_contain_text(words, timeout=PATIENCE)
    expect(ada.locator(".toast")).to_contain_text(words)
    # The broadcast goes on, and says no longer that it is recorded.
    expect(panel.locator(".on-air")).not_to_contain_text("aufgezeichnet")
    ada.get_by_role("button", name="Übertragung beenden").click()
    expect(ada.get_by_role("button", name="Live gehen")).to_be_visible(timeout=PATIENCE)
    # It is for moderators to mend.
    expect(grace.locator(".toast")).to_have_count(0)
