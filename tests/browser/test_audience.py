"""The audience: sees and hears the stage as one stream, and can be invited onto it."""

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
    """Wait until the stage is audible."""
    page.wait_for_function(
        "() => Number(document.querySelector('.feed')?.dataset.level) > 0.005", timeout=PATIENCE
    )


def test_the_audience_of_a_full_stage_comes_up_when_asked(
    servers: Servers, open_page: OpenPage
) -> None:
    room = Room(servers.start("--stage", "2"), open_page)
    ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
    grace = room.enter("Grace", silent=False, unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)

    # The third participant sees and hears both in one stream, and is neither seen nor heard.
    alan = room.enter("Alan", silent=False, unseen=False)
    expect(feed(alan)).to_be_visible(timeout=PATIENCE)
    assert moves(feed(alan))
    heard(alan)
    expect(tile(ada, "Alan")).to_have_count(0)
    expect(alan.locator("video")).to_have_count(0)

    # A place is free: the participant raises their hand, is invited, and accepts.
    button(grace, "Leave the meeting").click()
    expect(tile(ada, "Grace")).to_have_count(0)
    ada.keyboard.press("p")
    people = ada.locator(".panel")
    expect(people.get_by_role("region", name="Audience")).to_contain_text("Alan")
    alan.keyboard.press("h")
    # The row moves up then, which would close an open menu.
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
    ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
    grace = room.enter("Grace", moderator=True, silent=False, unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    alan = room.enter("Alan")
    expect(feed(alan)).to_be_visible(timeout=PATIENCE)
    assert moves(feed(alan))
    first = feed(alan).element_handle()
    # The first moderator's page composes it, and disappears without notice.
    ada.context.close()
    expect(tile(grace, "Ada")).to_have_count(0, timeout=PATIENCE)
    # The next page composes another stream, which replaces the previous one.
    alan.wait_for_function("canvas => !canvas.isConnected", arg=first, timeout=PATIENCE)
    assert moves(feed(alan))
