"""The class panel of the room's page: hands, a check-in, the roster and talk time, by keyboard and at every size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

import nanomeet_widget as nm
from nanomeet_widget.services import LocalServer
from tests.conftest import RunningServer

from .axe import violations
from .conftest import OpenPage
from .test_room import Room, tile
from .test_screens import TALL_AND_WIDE, at_every_size
from .waiting import PATIENCE, until

pytestmark = pytest.mark.browser

WORDS = {"en-GB": ("Class", "Start"), "de-DE": ("Klasse", "Fragen")}


class Lesson:
    """A room with a roster of which two are there, as bots."""

    def __init__(self, server: RunningServer, open_page: OpenPage) -> None:
        self.room = Room(server, open_page)
        self.service = LocalServer(server.url, api_key=server.api_key)
        names = ("Ada Lovelace", "Émilie du Châtelet", "Emmy Noether")
        people = [{"id": name, "name": name} for name in names]
        self.invites = nm.create_invites(self.room.token, people, service=self.service)

    def student(self, person: str) -> nm.Bot:
        return nm.Bot(self.invites[person].token, service=self.service)


@pytest.fixture
def lesson(server: RunningServer, open_page: OpenPage) -> Lesson:
    return Lesson(server, open_page)


@pytest.fixture
def students(lesson: Lesson) -> Iterator[tuple[nm.Bot, nm.Bot]]:
    with lesson.student("Ada Lovelace") as ada, lesson.student("Émilie du Châtelet") as emilie:
        yield ada, emilie


def panel(page: Page, name: str = "Class") -> Locator:
    return page.get_by_role("dialog", name=name)


def listed(part: Locator, summary: str) -> Locator:
    """The names under a summary."""
    return part.locator("details").filter(has_text=summary).locator("li")


def test_a_lesson_is_led_by_keyboard(lesson: Lesson, students: tuple[nm.Bot, nm.Bot]) -> None:
    ada, emilie = students
    page = lesson.room.enter("Teacher", moderator=True)
    expect(tile(page, "Teacher")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("k")
    hands = panel(page).get_by_role("region", name="Raised hands")
    following = hands.get_by_role("button", name="Next: call on the first raised hand")
    expect(following).to_be_focused()
    emilie.raise_hand().wait()
    ada.raise_hand().wait()
    names = hands.locator("ol > li .person-name")
    expect(names).to_have_text(["Émilie du Châtelet", "Ada Lovelace"], timeout=PATIENCE)
    expect(listed(hands, "Not raised")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(names).to_have_text(["Ada Lovelace"], timeout=PATIENCE)
    expect(page.locator("[aria-live]").first).to_be_attached()
    expect(page.locator(".toast").last).to_have_text("Émilie du Châtelet was called.")
    until(page, lambda: len(emilie.hands), to_be=1)
    expect(following).to_be_focused()
    # One of them by name: the button of the hand goes, and the keyboard goes on at Next.
    page.keyboard.press("Shift+Tab")
    expect(hands.get_by_role("button", name="Call on Ada Lovelace")).to_be_focused()
    page.keyboard.press("Space")
    expect(names).to_have_count(0, timeout=PATIENCE)
    expect(following).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_have_text("No hand is raised.")

    check_in = panel(page).get_by_role("region", name="Check-in")
    page.keyboard.press("Tab")
    question = check_in.get_by_label("Question to everyone")
    expect(question).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Exercise 3?")
    page.keyboard.press("Enter")
    expect(check_in.get_by_role("status")).to_have_text("0 of 2 done", timeout=PATIENCE)
    expect(check_in).to_be_focused()
    until(page, lambda: ada.check_in is not None)
    ada.answer_check_in().wait()
    expect(listed(check_in, "Done")).to_have_text(["Ada Lovelace"], timeout=PATIENCE)
    expect(listed(check_in, "Not yet")).to_have_text(["Émilie du Châtelet"])
    assert violations(page, ".panel") == []
    end = check_in.get_by_role("button", name="End the check-in")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(end).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_visible(timeout=PATIENCE)
    expect(check_in).to_be_focused()
    until(page, lambda: ada.check_in, to_be=None)

    roster = panel(page).get_by_role("region", name="Roster")
    expect(listed(roster, "Absent")).to_have_text(["Emmy Noether"])
    with lesson.student("Ada Lovelace"):
        expect(listed(roster, "Link open in several browsers")).to_have_text(
            ["Ada Lovelace 2\u00d7"], timeout=PATIENCE
        )
    expect(listed(roster, "Here")).to_have_text(["Ada Lovelace", "Émilie du Châtelet"])
    panel(page).get_by_role("button", name="Polls").press("Enter")
    expect(panel(page, "Polls")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(panel(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Class")).to_be_focused()


def test_it_is_for_moderators_in_the_main_room(lesson: Lesson) -> None:
    page = lesson.room.enter("Guest")
    expect(tile(page, "Guest")).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-panel-button="class"]')).to_have_count(0)
    page.keyboard.press("k")
    page.keyboard.press("p")
    expect(page.get_by_role("dialog", name="People")).to_be_visible()
    expect(panel(page)).to_have_count(0)


@pytest.mark.parametrize(("theme", "language"), [("light", "en-GB"), ("dark", "de-DE")])
def test_the_panel_at_every_size(
    lesson: Lesson, students: tuple[nm.Bot, nm.Bot], theme: str, language: str
) -> None:
    ada, emilie = students
    page = lesson.room.enter(
        "Grace", moderator=True, color_scheme=theme, locale=language, unseen=False
    )
    expect(page.locator("video.playing").first).to_be_visible(timeout=PATIENCE)
    title, start = WORDS[language]
    ada.raise_hand().wait()
    page.keyboard.press("k")
    shown = panel(page, title)
    expect(shown.locator("ol.class-hands > li")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".toast")).to_have_count(0)
    at_every_size(page, "class", theme, sizes=TALL_AND_WIDE)
    assert violations(page, ".panel") == []
    shown.get_by_role("button", name=start, exact=True).click()
    until(page, lambda: emilie.check_in is not None)
    emilie.answer_check_in().wait()
    expect(shown.locator(".class-check-in li")).to_have_text(
        ["Émilie du Châtelet", "Ada Lovelace"], timeout=PATIENCE
    )
    at_every_size(page, "class-check-in", theme, sizes=TALL_AND_WIDE)
    assert violations(page, ".panel") == []
    page.set_viewport_size({"width": 300, "height": 640})
    page.wait_for_function("() => document.documentElement.scrollWidth <= 300")
    wide = "(body) => [...body.querySelectorAll('*')].filter(one => one.scrollWidth > body.clientWidth)"
    assert shown.locator(".panel-body").evaluate(f"{wide}.length") == 0
