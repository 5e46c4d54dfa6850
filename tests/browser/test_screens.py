"""Screenshots of the cell and the room: wide and narrow, light and dark. `make screenshots` keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import RunningServer
from tests.labs import Lab

from .axe import violations
from .conftest import OpenPage
from .media import frame_of, lies_over
from .notebook import SLOW, Notebook
from .screens import shoot
from .test_groups import assign, group, open_panel, panel, until_in
from .test_polls import open_polls
from .test_readings import Join, joins
from .test_room import Room, button, place, tile
from .waiting import PATIENCE

__all__ = ["joins"]

pytestmark = pytest.mark.browser

CELLS = (
    "import nanomeet_widget as nm",
    'room = nm.create_room("algebra_101")\nmeet = nm.NanoMeet(token=room.token)\nmeet',
    (
        "import json\nlinks = [nm.create_invite(room.token).invite_link for _ in range(2)]\n"
        "_ = open('links.json', 'w').write(json.dumps(links))"
    ),
    "live = meet.start_broadcast(is_vod=True)",
)


def fits(page: Page) -> None:
    """Wait until nothing needs horizontal scrolling: layout follows a moment after a change."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_meeting_of_three_in_a_notebook(lab: Lab, open_page: OpenPage) -> None:
    lab.write("screens.ipynb", *CELLS)
    page = open_page(viewport={"width": 1180, "height": 800})
    notebook = Notebook(page, lab, "screens.ipynb")
    notebook.run(0)
    notebook.run(1)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.run(2)
    guests = []
    for name, width, scheme, link in zip(
        ("Ada Lovelace", "Emmy"),
        (1280, 320),
        ("light", "dark"),
        lab.read("links.json"),
        strict=True,
    ):
        guest = open_page(link, viewport={"width": width, "height": 640}, color_scheme=scheme)
        guest.get_by_label("Your name").fill(name)
        expect(guest.locator("video.playing")).to_be_visible(timeout=SLOW)
        fits(guest)
        guest.get_by_role("button", name="Join").click()
        expect(guest.locator("video.playing").first).to_be_visible(timeout=SLOW)
        guests.append(guest)
    guests[1].get_by_role("button", name="camera").first.click()
    notebook.run(3)
    expect(notebook.meeting.locator(".nanomeet-live")).to_have_text("LIVE", timeout=SLOW)
    for guest in guests:
        expect(guest.locator("li[data-participant]")).to_have_count(3)
    expect(frame_of(page).locator("video.playing")).to_have_count(2, timeout=SLOW)
    # The theme that JupyterLab has at first comes last.
    for theme in reversed(THEMES):
        page.emulate_media(color_scheme=theme)
        notebook.use_theme(theme)
        expect(notebook.meeting).to_have_attribute("data-theme", theme)
        for guest, name in zip(guests, ("wide", "narrow"), strict=True):
            fits(guest)
            shoot(guest, f"room-{name}-{theme}")
        notebook.meeting.scroll_into_view_if_needed()
        page.mouse.move(5, 795)
        expect(page.locator(".nanomeet-overlay")).to_be_visible()
        lies_over(page.locator(".nanomeet-overlay"), page.locator(".nanomeet-place"))
        shoot(page, f"meeting-{theme}")


THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SIZES = ((320, 240), (320, 640), (480, 420), (900, 480), (1280, 720), (1920, 1080))
SMALL_AND_WIDE = (SIZES[0], SIZES[3])
TALL_AND_WIDE = (SIZES[1], SIZES[3])


def test_a_room_and_its_door_at_every_size(server: RunningServer, open_page: OpenPage) -> None:
    room = Room(server, open_page)
    ada = room.enter("Ada Lovelace", moderator=True, silent=False, unseen=False)
    door = room.address("Grace Hopper", **{"prejoinConfig.enabled": True})
    grace = open_page(door)
    expect(grace.locator("video.playing")).to_be_visible(timeout=PATIENCE)
    in_both_themes(grace, "prejoin")
    grace.get_by_role("button", name="Join").click()
    expect(tile(ada, "Grace").locator("video.playing")).to_be_visible(timeout=PATIENCE)
    grace.keyboard.press("h")
    expect(tile(ada, "Grace").get_by_role("img", name="hand raised")).to_be_visible()
    in_both_themes(ada, "room")


def test_a_program_that_asks_and_then_reads(
    joins: Join, server: RunningServer, open_page: OpenPage
) -> None:
    room = Room(server, open_page)
    grace = room.enter("Grace Hopper", moderator=True, silent=False, unseen=False)
    expect(tile(grace, "Grace").locator("video.playing")).to_be_visible(timeout=PATIENCE)
    # Of what is kept; the reading below does not wait for it to go.
    expect(grace.locator(".toast")).to_have_count(0, timeout=PATIENCE)
    ada = joins(room, "Ada Lovelace")
    ada.ask(place(grace, "Grace"))
    allow = grace.get_by_role("button", name="Allow")
    expect(allow).to_be_visible()
    in_both_themes(grace, "question", allow, SMALL_AND_WIDE, checked=[".notices"])
    allow.click()
    badge = grace.locator(".badge.reading")
    expect(badge).to_be_visible()
    expect(grace.locator(".toast")).to_have_count(0)
    stop = badge.get_by_role("button", name="Stop")
    in_both_themes(grace, "read", stop, SMALL_AND_WIDE, checked=[".header", ".tile"])


def test_a_poll_that_is_asked_answered_and_closed(
    server: RunningServer, open_page: OpenPage
) -> None:
    room = Room(server, open_page)
    ada = room.enter("Ada Lovelace", moderator=True, silent=False, unseen=False)
    grace = room.enter("Grace Hopper", silent=False, unseen=False)
    expect(tile(grace, "Ada").locator("video.playing")).to_be_visible(timeout=PATIENCE)
    polls = open_polls(ada)
    ada.get_by_role("button", name=re.compile("^A . D$")).click()
    question = "What is the slope of 2x + 1?"
    polls.get_by_label("Question", exact=True).fill(question)
    for number, option in enumerate(("1", "2", "2x", "It has no slope"), start=1):
        polls.get_by_label(f"Answer {number}", exact=True).fill(option)
    polls.get_by_label("There is a right answer").check()
    polls.get_by_label("Answer 2 is right").check()
    polls.get_by_label("Time limit").fill("600")
    in_both_themes(ada, "poll-form", sizes=TALL_AND_WIDE)
    ada.get_by_role("button", name="Ask everyone").click()
    answer = grace.get_by_role("button", name=re.compile("^(Vote|Answer)$"))
    expect(answer).to_be_visible(timeout=PATIENCE)
    in_both_themes(grace, "poll", answer, SMALL_AND_WIDE)
    grace.locator(".poll-card").get_by_label("2", exact=True).check()
    answer.click()
    expect(grace.locator(".poll-card")).to_have_count(0, timeout=PATIENCE)
    open_polls(grace)
    ada.get_by_role("button", name="Close now").click()
    expect(grace.locator("li.right")).to_contain_text("1 vote · 100%", timeout=PATIENCE)
    expect(grace.locator(".toast")).to_have_count(0)
    in_both_themes(grace, "poll-results", sizes=TALL_AND_WIDE, checked=[".panel"])


def test_groups_before_they_open_and_after(server: RunningServer, open_page: OpenPage) -> None:
    room = Room(server, open_page)
    ada = room.enter("Ada Lovelace", moderator=True, silent=False, unseen=False)
    people = {
        name: room.enter(name, silent=False, unseen=False) for name in ("Grace Hopper", "Emmy")
    }
    for name in people:
        expect(tile(ada, name).locator("video.playing")).to_be_visible(timeout=PATIENCE)
    open_panel(ada)
    assign(ada, "Grace Hopper", "Group 1")
    assign(ada, "Emmy", "Group 2")
    in_both_themes(ada, "groups-plan", sizes=TALL_AND_WIDE)
    button(ada, "Open the groups").click()
    grace = people["Grace Hopper"]
    for page, name in zip(people.values(), ("Group 1", "Group 2"), strict=True):
        until_in(page, name)
    expect(group(ada, "Group 2").get_by_text("in the group")).to_be_visible()
    in_both_themes(ada, "groups-open", sizes=TALL_AND_WIDE)
    panel(ada).get_by_label("Message to all groups").fill("Two more minutes, please.")
    button(ada, "Send").click()
    expect(grace.locator(".group-note")).to_be_visible()
    expect(grace.locator(".toast")).to_have_count(0)
    back = button(grace, "Back to the main room")
    in_both_themes(grace, "group", back, TALL_AND_WIDE)


def in_both_themes(
    page: Page,
    name: str,
    reachable: Locator | None = None,
    sizes: Sequence[tuple[int, int]] = SIZES,
    *,
    checked: Sequence[str] = (),
) -> None:
    """Let a page be as at every size, light and dark; what is `checked` is accessible in both."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        at_every_size(page, name, theme, reachable, sizes)
        if checked:
            assert violations(page, *checked) == []


def at_every_size(
    page: Page,
    name: str,
    theme: str,
    reachable: Locator | None = None,
    sizes: Iterable[tuple[int, int]] = SIZES,
) -> None:
    """Take a screenshot at each size; `reachable` has to be in view at all of them."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("width => innerWidth === width", arg=width)
        fits(page)
        if reachable is not None:
            expect(reachable).to_be_in_viewport(ratio=1)
        shoot(page, f"{name}-{width}x{height}-{theme}")
