"""The audience: it sees and hears the stage as one stream, and can be invited onto it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.media import moves
from tests.browser.test_room import Room, button, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import Servers

pytestmark = pytest.mark.browser


def feed(page: Page) -> Locator:
    return page.locator(".feed canvas")


def heard(page: Page) -> None:
    """Wait until the stage can be heard."""
    page.wait_for_function(
        "() => Number(document.querySelector('.feed')?.dataset.level) > 0.005", timeout=PATIENCE
    )


def test_the_audience_of_a_full_stage_comes_up_when_asked(
    servers: Servers, open_page: OpenPage
) -> None:
    room = Room(servers.start("--stage", "2"), open_page)
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)

    # The third sees and hears both in one picture, and is seen and heard by no one.
    alan = room.enter("Alan")
    expect(feed(alan)).to_be_visible(timeout=PATIENCE)
    assert moves(feed(alan))
    heard(alan)
    expect(tile(ada, "Alan")).to_have_count(0)
    expect(alan.locator("video")).to_have_count(0)

    # A place is free: they raise their hand, are invited, and come by their own choice.
    button(grace, "Leave the meeting").click()
    expect(tile(ada, "Grace")).to_have_count(0)
    ada.keyboard.press("p")
    people = ada.locator(".panel")
    expect(people.get_by_role("region", name="Audience")).to_contain_text("Alan")
    alan.keyboard.press("h")
    # Their row is moved up then, and an open menu would go with it.
    people = people.get_by_role("region", name="Raised hands")
    people.get_by_role("button", name="Actions for Alan").click()
    ada.get_by_role("menuitem", name="Invite to the stage").click()
    alan.get_by_role("button", name="Join the stage").click()
    expect(tile(ada, "Alan")).to_be_visible(timeout=PATIENCE)
    expect(feed(alan)).to_have_count(0)
    expect(tile(alan, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    assert moves(tile(alan, "Ada").locator("video"))
    alan.keyboard.press("v")
    expect(tile(ada, "Alan")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    assert moves(tile(ada, "Alan").locator("video"))


def test_the_audience_watches_on_when_the_composing_page_goes(
    servers: Servers, open_page: OpenPage
) -> None:
    room = Room(servers.start("--stage", "2"), open_page)
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace", moderator=True)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    alan = room.enter("Alan")
    expect(feed(alan)).to_be_visible(timeout=PATIENCE)
    assert moves(feed(alan))
    first = feed(alan).element_handle()
    # A moderator's page composes it, the first one's: it goes without a word.
    ada.context.close()
    expect(tile(grace, "Ada")).to_have_count(0, timeout=PATIENCE)
    # The next page composes another stream, which takes the place of the one before.
    alan.wait_for_function("canvas => !canvas.isConnected", arg=first, timeout=PATIENCE)
    assert moves(feed(alan))
