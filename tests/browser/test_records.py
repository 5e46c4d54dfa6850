"""What is kept of a meeting: every participant is told, and the moderator has it as tables."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

import nanomeet_widget as nm
from nanomeet_widget.services import LocalServer
from tests.conftest import RunningServer
from tests.labs import Lab
from tests.waiting import until

from .axe import violations
from .conftest import MakeBroadcaster, OpenPage
from .kept_pages import OpenNotebook
from .media import moves
from .notebook import SLOW
from .screens import shoot
from .test_room import address, button, tile
from .waiting import PATIENCE

pytestmark = pytest.mark.browser

USUAL = "This meeting keeps who was here and when, for 30 days. Its moderators can read it."
NOTHING = "Nothing about you is kept."
ALL = re.compile(r"raised hands.*how long each person spoke.*and the chat, for 7 days\.")
GERMAN = (
    "Von dieser Besprechung wird 30 Tage lang aufbewahrt: wer wann hier war. "
    "Die Moderierenden können es lesen."
)


class Kept:
    """A room with a choice of records."""

    def __init__(self, server: RunningServer, **fields: Any) -> None:
        self._server = server
        self.name = f"Kept_{secrets.token_hex(4)}"
        self.token = server.room(self.name, **fields)

    def door(self, **config: Any) -> str:
        """Return the address of the pre-join screen."""
        token = self._server.invite(self.token)
        return address(
            self._server, token, self.name, "Grace", **{"prejoinConfig.enabled": True, **config}
        )

    def inside(self) -> str:
        """Return an address that joins directly, as a notebook's."""
        return address(self._server, self._server.invite(self.token), self.name, "Grace")

    @property
    def records(self) -> nm.Records:
        service = LocalServer(self._server.url, api_key=self._server.api_key)
        return nm.records(self.token, service=service)


def line(page: Page) -> Locator:
    return page.locator(".records-line")


def toast(page: Page) -> Locator:
    return page.locator(".toast")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, USUAL),
        ({"records": "none"}, NOTHING),
        ({"records": "all", "records_days": 7}, ALL),
    ],
)
def test_a_participant_reads_what_is_kept_before_joining(
    server: RunningServer, open_page: OpenPage, fields: dict[str, Any], words: str | re.Pattern[str]
) -> None:
    kept = Kept(server, **fields)
    page = open_page(kept.door())
    expect(line(page)).to_have_text(words)
    page.get_by_role("button", name="Join").click()
    expect(tile(page, "Grace")).to_be_visible(timeout=PATIENCE)
    button(page, "People").click()
    expect(line(page)).to_have_text(words)
    # They know it already.
    expect(toast(page).filter(has_text="keeps")).to_have_count(0)


def test_a_participant_who_joins_directly_is_told_at_once(
    server: RunningServer, open_page: OpenPage
) -> None:
    page = open_page(Kept(server).inside())
    expect(toast(page)).to_contain_text(USUAL, timeout=PATIENCE)
    quiet = open_page(Kept(server, records="none").inside())
    expect(tile(quiet, "Grace")).to_be_visible(timeout=PATIENCE)
    button(quiet, "People").click()
    expect(line(quiet)).to_have_text(NOTHING)


def test_in_german(server: RunningServer, open_page: OpenPage) -> None:
    page = open_page(Kept(server).door(), locale="de-DE")
    expect(line(page)).to_have_text(GERMAN)


def test_in_the_lobby(server: RunningServer, open_page: OpenPage) -> None:
    kept = Kept(server, records=["attendance", "chat"], records_days=1)
    host = open_page(address(server, kept.token, kept.name, "Ada"))
    button(host, "Settings").click()
    lobby = host.get_by_label("Lobby: a moderator admits everyone who joins")
    lobby.click()
    expect(lobby).to_be_checked()
    page = open_page(kept.inside())
    expect(page.get_by_role("heading", name="Waiting to be let in")).to_be_visible()
    expect(line(page)).to_contain_text("who was here and when and the chat, for 1 day.")


def test_an_invite_that_opens_later_says_it(server: RunningServer, open_page: OpenPage) -> None:
    kept = Kept(server)
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    token = server.invite(kept.token, nbf=later.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    page = open_page(f"{server.url}/invite#token={token}", viewport={"width": 320, "height": 568})
    expect(page.locator("#message")).to_contain_text("It is not open yet")
    expect(page.locator("#records")).to_have_text(USUAL)
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(page, "main") == []
    shoot(page, "invite-records")


@pytest.mark.parametrize("answer", ["refused", "none", "odd"])
def test_without_an_answer_nothing_false_is_said_and_joining_works(
    server: RunningServer, open_page: OpenPage, answer: str
) -> None:
    kept = Kept(server)
    page = open_page()
    asked: list[str] = []

    def handle(route: Route) -> None:
        asked.append(route.request.url)
        if answer == "refused":
            route.fulfill(status=401, json={"message": "no"})
        elif answer == "odd":
            route.fulfill(json={"kinds": ["gaze"], "days": 30})
        # Otherwise it never comes.

    page.route("**/records/policy", handle)
    page.goto(kept.door())
    expect(page.get_by_label("Your name")).to_be_visible()
    page.get_by_role("button", name="Join").click()
    # The meeting itself tells it then.
    expect(toast(page)).to_contain_text(USUAL, timeout=PATIENCE)
    assert len(asked) == 1
    assert kept.token not in asked[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "size"), [("wide", (1100, 700)), ("narrow", (320, 640))])
def test_the_screens_that_tell_it(
    server: RunningServer, open_page: OpenPage, scheme: str, name: str, size: tuple[int, int]
) -> None:
    kept = Kept(server, records="all", records_days=7)
    options = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
    door = open_page(kept.door(), **options)
    expect(line(door)).to_have_text(ALL)
    expect(door.locator("video.playing")).to_be_visible(timeout=PATIENCE)
    door.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(door, ".app") == []
    shoot(door, f"prejoin-records-{name}-{scheme}")
    inside = open_page(kept.inside(), **options)
    expect(toast(inside)).to_contain_text("This meeting keeps", timeout=PATIENCE)
    shoot(inside, f"room-told-records-{name}-{scheme}")
    button(inside, "People").click()
    line(inside).scroll_into_view_if_needed()
    expect(line(inside)).to_be_visible()
    inside.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(inside, ".panel") == []
    shoot(inside, f"people-records-{name}-{scheme}")


def test_a_page_reports_that_its_participant_speaks_only_if_that_is_kept(
    server: RunningServer, open_page: OpenPage
) -> None:
    kept = Kept(server, records=["attendance", "talk"])
    page = open_page(kept.inside())
    expect(tile(page, "Grace")).to_be_visible(timeout=PATIENCE)
    page.mouse.click(5, 5)
    expect(tile(page, "Grace")).to_have_attribute("data-microphone", "on", timeout=PATIENCE)
    until(lambda: sum(row["seconds"] for row in kept.records.talk()) > 0)
    assert [row["name"] for row in kept.records.talk()] == ["Grace"]

    quiet: list[str] = []
    other = open_page()
    other.on(
        "websocket", lambda socket: socket.on("framesent", lambda data: quiet.append(str(data)))
    )
    other.goto(Kept(server).inside())
    expect(tile(other, "Grace")).to_be_visible(timeout=PATIENCE)
    other.mouse.click(5, 5)
    button(other, "People").click()
    expect(other.locator(".person.speaking")).to_be_visible(timeout=PATIENCE)
    assert any('"join"' in data for data in quiet)
    assert not any('"speaking"' in data for data in quiet)


def test_a_viewer_is_told_that_their_view_is_kept_and_its_page_reports_it(
    server: RunningServer, open_page: OpenPage, broadcaster: MakeBroadcaster
) -> None:
    stream = f"kept_{secrets.token_hex(4)}"
    token = server.room(stream, streamname=stream, records=["viewers"], records_days=7)
    made = broadcaster(stream=stream)
    made.start()
    records = nm.records(token, service=LocalServer(server.url, api_key=server.api_key))
    page = open_page(made.link, viewport={"width": 320, "height": 568})
    expect(page.locator(".kept")).to_contain_text("for 7 days, without a name")
    assert moves(page.locator("canvas"))
    until(lambda: [row["startup"] is not None for row in records.viewers()] == [True])
    shoot(page, "viewer-records")
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(page, "main") == []
    page.close()
    until(lambda: [row["ended"] is not None for row in records.viewers()] == [True])
    (row,) = records.viewers()
    assert 0 < row["startup"] < 60
    assert row["halted"] == 0 if row["halts"] == 0 else row["halted"] > 0

    plain = broadcaster()
    plain.start()
    other = open_page(plain.link)
    assert moves(other.locator("canvas"))
    expect(other.locator(".kept")).to_be_hidden()


def test_a_notebook_shows_the_attendance_as_a_table(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write(
        "records.ipynb",
        'import nanomeet_widget as nm\nroom = nm.create_room("records_101", records="all")\n'
        "meet = nm.NanoMeet(token=room.token)\nmeet",
        "meet.records.attendance()",
        "print(meet.attendance().to_csv('who.csv'), len(meet.attendance()))",
        "meet.records.polls()",
    )
    notebook = open_notebook("records.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.run(1)
    shown = notebook.cell(1).locator(".jp-OutputArea table")
    expect(shown.locator("caption")).to_have_text("Attendance (1 row)")
    heads = ["session", "person", "name", "roster", "moderator", "joined", "left", "seconds"]
    expect(shown.get_by_role("columnheader")).to_have_text(heads)
    expect(shown.get_by_role("cell", name="Moderator")).to_be_visible()
    assert violations(notebook.page, ".jp-OutputArea table") == []
    notebook.run(2)
    expect(notebook.output(2)).to_have_text("who.csv 1")
    assert (lab.folder / "who.csv").read_text().count("Moderator") == 1
    notebook.run(3)
    expect(notebook.cell(3).locator("caption")).to_have_text("Polls (0 rows)")
    notebook.save()
    saved = (lab.folder / "records.ipynb").read_text()
    assert "Moderator" in saved
    assert "eyJ" not in saved
