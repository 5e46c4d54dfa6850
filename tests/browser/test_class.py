"""A class in real pages: names that personal links set, a link used in two browsers, and a check-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

import nanomeet_widget as nm
from nanomeet_widget.services import LocalServer
from tests.conftest import RunningServer

from .axe import violations
from .conftest import OpenPage
from .test_panels import panel
from .test_room import SILENT, UNSEEN, Room, address, button, tile
from .test_screens import SMALL_AND_WIDE, at_every_size
from .waiting import PATIENCE, until

pytestmark = pytest.mark.browser

FIXED = "Your personal link sets your name"


class Lesson:
    """A room with a roster."""

    def __init__(self, server: RunningServer, open_page: OpenPage) -> None:
        self.room = Room(server, open_page)
        self.service = LocalServer(server.url, api_key=server.api_key)
        people = [{"id": "s1", "name": "Émilie du Châtelet"}, {"id": "s2", "name": "Ada Lovelace"}]
        self.invites = nm.create_invites(self.room.token, people, service=self.service)
        self._server = server
        self._open_page = open_page

    def link(self, person: str, name: str = "Someone else", **config: bool) -> str:
        """Return where a person's page joins, with another name in its address."""
        return address(self._server, self.invites[person].token, self.room.name, name, **config)

    def enter(
        self, person: str, *, silent: bool = True, unseen: bool = True, **options: str
    ) -> Page:
        config = (SILENT if silent else {}) | (UNSEEN if unseen else {})
        return self._open_page(self.link(person, name="Someone else", **config), **options)


@pytest.fixture
def lesson(server: RunningServer, open_page: OpenPage) -> Lesson:
    return Lesson(server, open_page)


@pytest.fixture
def teacher(lesson: Lesson) -> Iterator[nm.Bot]:
    with nm.Bot(lesson.room.token, display_name="Teacher", service=lesson.service) as bot:
        yield bot


def test_a_personal_link_sets_the_name(lesson: Lesson, open_page: OpenPage) -> None:
    page = open_page(lesson.invites["s1"].invite_link)
    name = page.get_by_label("Your name")
    expect(name).to_have_value("Émilie du Châtelet", timeout=PATIENCE)
    expect(name).not_to_be_editable()
    expect(name).to_have_accessible_description(
        f"{FIXED}. If it is wrong, ask the organiser for another link."
    )
    assert violations(page) == []
    at_every_size(page, "personal-link", "light", name, SMALL_AND_WIDE)
    page.get_by_role("button", name="Join").click()
    expect(tile(page, "Émilie du Châtelet")).to_be_visible(timeout=PATIENCE)
    settings = panel(page, "settings")
    expect(settings.get_by_label("Your name")).to_have_value("Émilie du Châtelet")
    expect(settings.get_by_label("Your name")).not_to_be_editable()
    expect(settings.get_by_text(FIXED)).to_be_visible()
    page.reload()
    expect(tile(page, "Émilie du Châtelet")).to_be_visible(timeout=PATIENCE)
    # Another link in this browser does not get that name.
    page.goto("about:blank")
    page.goto(lesson.room.address("", **{"prejoinConfig.enabled": True}))
    expect(page.get_by_label("Your name")).to_be_editable(timeout=PATIENCE)
    expect(page.get_by_label("Your name")).not_to_have_value("Émilie du Châtelet")


def test_an_embedding_page_cannot_change_it(lesson: Lesson) -> None:
    page = lesson.enter("s1")
    expect(tile(page, "Émilie du Châtelet")).to_be_visible(timeout=PATIENCE)
    expect(tile(page, "Someone else")).to_have_count(0)


def test_a_link_in_two_browsers_is_shown_to_moderators(lesson: Lesson, teacher: nm.Bot) -> None:
    host = lesson.room.enter("Host", moderator=True)
    expect(tile(host, "Host")).to_be_visible(timeout=PATIENCE)
    first = lesson.enter("s2")
    expect(tile(host, "Ada Lovelace")).to_have_count(1, timeout=PATIENCE)
    rows = panel(host, "people").locator(".person").filter(has_text="Ada Lovelace")
    expect(rows).to_have_count(1)
    expect(rows).not_to_contain_text("browsers")
    second = lesson.enter("s2")
    notice = host.locator(".toast").filter(has_text="Ada Lovelace's personal link")
    expect(notice).to_contain_text("is open in 2 browsers", timeout=PATIENCE)
    expect(rows).to_have_count(2)
    for row in rows.all():
        expect(row).to_contain_text("personal link, open in 2 browsers")
        expect(row).not_to_contain_text("shared link")
    until(host, lambda: [len(one["here"]) for one in teacher.roster], to_be=[0, 2])
    # No one else is told.
    expect(panel(first, "people").locator(".person").first).to_be_visible()
    expect(first.get_by_text("personal link, open in")).to_have_count(0)
    button(second, "Leave the meeting").click()
    expect(rows).to_have_count(1, timeout=PATIENCE)
    expect(rows).not_to_contain_text("browsers")
    until(host, lambda: [len(one["here"]) for one in teacher.roster], to_be=[0, 1])


def test_a_check_in_is_answered_by_keyboard(lesson: Lesson, teacher: nm.Bot) -> None:
    page = lesson.enter("s1")
    expect(tile(page, "Émilie du Châtelet")).to_be_visible(timeout=PATIENCE)
    teacher.start_check_in("Exercise 3?").wait()
    card = page.get_by_role("region", name="Exercise 3?")
    done, not_yet = (card.get_by_role("button", name=name) for name in ("Done", "Not yet"))
    expect(done).to_have_attribute("aria-pressed", "false")
    expect(not_yet).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[aria-live]")).to_contain_text("Check-in: Exercise 3?")
    assert violations(page, ".notices") == []
    done.press("Enter")
    expect(done).to_have_attribute("aria-pressed", "true")
    until(page, lambda: teacher.check_in is not None and len(teacher.check_in["done"]) == 1)
    assert violations(page, ".notices") == []
    page.reload()
    expect(done).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    not_yet.press("Space")
    expect(not_yet).to_have_attribute("aria-pressed", "true")
    until(page, lambda: teacher.check_in is not None and teacher.check_in["done"] == [])
    teacher.end_check_in().wait()
    expect(card).to_have_count(0)


def test_a_call_invites_or_asks_and_unmutes_no_one(lesson: Lesson, teacher: nm.Bot) -> None:
    page = lesson.enter("s1", silent=False)
    me = tile(page, "Émilie du Châtelet")
    expect(me).to_have_attribute("data-microphone", "on", timeout=PATIENCE)
    button(page, "Microphone").click()
    expect(me).to_have_attribute("data-microphone", "off")
    # The page tells the room a moment later.
    until(page, lambda: [one["audio"] for one in teacher.participants], to_be=[False, False])
    page.keyboard.press("h")
    until(page, lambda: len(teacher.hands), to_be=1)
    assert teacher.call_hand().wait() is not None
    asked = page.locator(".notice").filter(has_text="Teacher")
    expect(asked).to_be_visible()
    expect(me).to_have_attribute("data-microphone", "off")
    until(page, lambda: teacher.hands, to_be=[])
    asked.get_by_role("button").last.click()
    expect(me).to_have_attribute("data-microphone", "on")


@pytest.mark.parametrize(("theme", "language"), [("light", "en-GB"), ("dark", "de-DE")])
def test_the_card_at_every_size(lesson: Lesson, teacher: nm.Bot, theme: str, language: str) -> None:
    page = lesson.enter("s2", color_scheme=theme, locale=language, unseen=False)
    expect(page.locator("video.playing")).to_be_visible(timeout=PATIENCE)
    teacher.start_check_in("Finished?").wait()
    done = page.get_by_role("button", name={"en-GB": "Done", "de-DE": "Fertig"}[language])
    at_every_size(page, "check-in", theme, done, SMALL_AND_WIDE)
    assert violations(page, ".notices") == []
