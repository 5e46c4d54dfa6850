"""Removing participants in the people panel: who is removed, who stays, and the confirmation."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import RunningServer

from .axe import violations
from .conftest import OpenPage
from .screens import shoot
from .test_panels import panel
from .test_room import OFF, Room, address, room, tile
from .test_screens import fits
from .waiting import PATIENCE

__all__ = ["room"]

pytestmark = pytest.mark.browser


class Class:
    """A room, a moderator in it, and participants who all joined with one link."""

    def __init__(self, server: RunningServer, open_page: OpenPage, **options: Any) -> None:
        self.room = Room(server, open_page)
        self.teacher = self.room.enter("Ada", moderator=True, **options)
        expect(self.teacher.get_by_role("toolbar")).to_be_visible(timeout=PATIENCE)
        self._server, self._token = server, self.room.invite()
        self._open_page = open_page
        self.students = {name: self.comes(name) for name in ("Grace", "Emmy")}
        for name in self.students:
            expect(tile(self.teacher, name)).to_be_visible(timeout=PATIENCE)

    def comes(self, name: str) -> Page:
        """Join with the link, in a browser of their own."""
        return self._open_page(self.link(name))

    def link(self, name: str) -> str:
        """Return the link, for a participant with this name."""
        return address(self._server, self._token, self.room.name, name, **OFF)


def asked(page: Page, name: str) -> Locator:
    """Open the removal dialog for a participant; return it when it is complete."""
    opener = panel(page, "people").get_by_role("button", name=f"Actions for {name}")
    opener.click()
    page.get_by_role("menuitem", name="Remove from the meeting").click()
    sheet = page.get_by_role("dialog", name=f"Remove {name}?")
    expect(sheet.get_by_role("button", name="Cancel")).to_be_visible()
    return sheet


def test_from_a_shared_link_one_goes_and_the_others_stay(
    server: RunningServer, open_page: OpenPage
) -> None:
    lesson = Class(server, open_page)
    ada, grace, emmy = lesson.teacher, lesson.students["Grace"], lesson.students["Emmy"]
    # Moderators see that the link is shared, participants do not.
    row = panel(ada, "people").locator(".person").filter(has_text="Grace")
    expect(row).to_contain_text("shared link, 2 people")
    expect(panel(emmy, "people").locator(".person").first).to_be_visible()
    expect(emmy.get_by_text("shared link")).to_have_count(0)

    sheet = asked(ada, "Grace")
    expect(sheet).to_contain_text("2 people joined with this link. Only Grace is blocked")
    sheet.get_by_role("button", name="Cancel").click()
    expect(sheet).to_be_hidden()
    expect(tile(ada, "Grace")).to_be_visible()
    asked(ada, "Grace").get_by_role("button", name="Remove", exact=True).click()
    removed = "You were removed from the meeting"
    expect(grace.get_by_role("heading", name=removed)).to_be_visible()
    expect(tile(ada, "Grace")).to_have_count(0)
    grace.goto("about:blank")
    grace.goto(lesson.link("Grace"))
    expect(grace.get_by_role("heading", name=removed)).to_be_visible(timeout=PATIENCE)
    emmy.reload()
    expect(tile(emmy, "Ada")).to_be_visible(timeout=PATIENCE)
    late = lesson.comes("Mary")
    expect(tile(late, "Ada")).to_be_visible(timeout=PATIENCE)


def test_remove_and_revoke_ends_the_link_for_everybody(
    server: RunningServer, open_page: OpenPage
) -> None:
    lesson = Class(server, open_page)
    sheet = asked(lesson.teacher, "Grace")
    revoke = sheet.get_by_role("radio", name="Remove and revoke this link")
    expect(sheet).to_contain_text("1 other person here is removed")
    revoke.check()
    sheet.get_by_role("button", name="Remove and revoke this link").click()
    grace, emmy = lesson.students["Grace"], lesson.students["Emmy"]
    removed = "You were removed from the meeting"
    expect(grace.get_by_role("heading", name=removed)).to_be_visible()
    expect(emmy.get_by_role("heading", name="This link does not work")).to_be_visible()
    late = lesson.comes("Mary")
    expect(late.get_by_role("heading", name="This link does not work")).to_be_visible(
        timeout=PATIENCE
    )


def test_a_person_who_leaves_meanwhile_is_asked_of_no_more(
    server: RunningServer, open_page: OpenPage
) -> None:
    lesson = Class(server, open_page)
    sheet = asked(lesson.teacher, "Grace")
    lesson.students["Grace"].close()
    expect(sheet).to_be_hidden(timeout=PATIENCE)


def test_an_own_link_can_be_said_to_be_others_too(room: Room, open_page: OpenPage) -> None:
    ada = room.enter("Ada", moderator=True)
    link = room.address("Grace", **OFF)
    grace = open_page(link)
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    sheet = asked(ada, "Grace")
    expect(sheet).to_contain_text("Only Grace has joined with this link so far.")
    sheet.get_by_role("radio", name="Remove from this browser only").check()
    sheet.get_by_role("button", name="Remove", exact=True).click()
    removed = "You were removed from the meeting"
    expect(grace.get_by_role("heading", name=removed)).to_be_visible()
    other = open_page(link)
    expect(tile(other, "Ada")).to_be_visible(timeout=PATIENCE)


def test_the_question_fits_and_can_be_read(server: RunningServer, open_page: OpenPage) -> None:
    lesson = Class(server, open_page)
    ada = lesson.teacher
    sheet = asked(ada, "Grace")
    _fits_in_both_themes(ada, sheet, "en")
    sheet.get_by_role("button", name="Cancel").click()
    panel(ada, "settings").get_by_label("Language").select_option("de")
    ada.locator('.toolbar [data-panel-button="people"]').click()
    ada.get_by_role("button", name="Grace").last.click()
    ada.get_by_role("menuitem", name="Aus der Besprechung entfernen").click()
    sheet = ada.get_by_role("dialog", name="Grace entfernen?")
    expect(sheet).to_contain_text("2 Personen kamen mit diesem Link.")
    _fits_in_both_themes(ada, sheet, "de")


def _fits_in_both_themes(page: Page, sheet: Locator, language: str) -> None:
    expect(sheet.get_by_role("checkbox")).to_be_visible()
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        for width, height in ((320, 240), (320, 640), (900, 480), (1280, 720)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function("width => innerWidth === width", arg=width)
            fits(page)
            assert sheet.evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth")
            shoot(page, f"removal-{width}x{height}-{theme}-{language}")
            assert violations(page, "dialog") == []
