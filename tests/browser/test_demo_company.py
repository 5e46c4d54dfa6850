"""The two bots of a demo: where they are while the person opens groups, reloads, and goes."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page, WebSocket, expect

import nanomeet_widget as nm
from nanomeet_widget import _tokens
from nanomeet_widget.services import LocalServer
from tests.conftest import RunningServer

from .conftest import OpenPage
from .test_groups import open_groups, until_in
from .test_room import OFF, address, button
from .waiting import PATIENCE, until

pytestmark = pytest.mark.browser

BOTS = ["Ada (Bot)", "Linus (Bot)"]
IN_GROUPS = {"Ada (Bot)": "Group_1", "Linus (Bot)": "Group_2"}


class Demo:
    """A demo's room, as `nm.demo()` makes it."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.name = f"Demo_{secrets.token_hex(3)}"
        self.token = server.room(self.name, bots=True)

    def address(self) -> str:
        return address(self.server, self.token, self.name, "Person", **OFF)

    def watcher(self) -> nm.Bot:
        """A moderator elsewhere, who sees who is there."""
        service = LocalServer(self.server.url, api_key=self.server.api_key)
        token = self.server.invite(self.token, moderator=True)
        return nm.Bot(token, display_name="Watcher", service=service)


def here(watcher: nm.Bot) -> list[str]:
    """Who is in the main room, the watcher aside."""
    names = (person["display_name"] for person in watcher.participants)
    return sorted(name for name in names if name != "Watcher")


def grouped(watcher: nm.Bot) -> list[list[str]]:
    """Who belongs to the groups."""
    return [[person["display_name"] for person in group["people"]] for group in watcher.groups]


def in_groups(watcher: nm.Bot) -> list[list[str]]:
    """Who is in their rooms."""
    return [
        [person["display_name"] for person in group["people"] if person["here"]]
        for group in watcher.groups
    ]


def test_the_bots_of_a_demo_go_along_and_never_stay_behind(
    server: RunningServer, open_page: OpenPage
) -> None:
    demo = Demo(server)
    page = open_page(demo.address())
    with demo.watcher() as watcher:
        until(page, lambda: here(watcher), to_be=[*BOTS, "Person"])

        # They go where a moderator sends them, and come back.
        open_groups(page, **IN_GROUPS)
        until(page, lambda: grouped(watcher), to_be=[[one] for one in BOTS])
        until(page, lambda: here(watcher), to_be=["Person"])
        button(page, "Visit Group 1").click()
        until_in(page, "Group 1")
        expect(page.locator("[data-participant][data-local=false]")).to_have_count(1)
        button(page, "Close all groups").click()
        button(page, "Close them? Everyone comes back.").click()
        until(page, lambda: here(watcher), to_be=[*BOTS, "Person"])

        # A reload, here and while they are in groups, leaves two: no more, no fewer.
        reload(page)
        until(page, lambda: here(watcher), to_be=[*BOTS, "Person"])
        open_groups(page, **IN_GROUPS)
        until(page, lambda: grouped(watcher), to_be=[[one] for one in BOTS])
        reload(page)
        until(page, lambda: in_groups(watcher), to_be=[[one] for one in BOTS])
        until(page, lambda: here(watcher), to_be=["Person"])
        # Those who were there before are not missed.
        assert grouped(watcher) == [[one] for one in BOTS]

        # With the page they are gone, from wherever they are.
        elsewhere = open_page()
        page.context.close()
        until(elsewhere, lambda: [here(watcher), in_groups(watcher)], to_be=[[], [[], []]])


def reload(page: Page) -> None:
    page.reload()
    expect(button(page, "Leave the meeting")).to_be_visible(timeout=PATIENCE)


def test_the_bots_of_a_demo_end_with_it(server: RunningServer, open_page: OpenPage) -> None:
    demo = Demo(server)
    page = open_page()
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))  # noqa: PLW0108 - Playwright marks it
    page.goto(demo.address())
    expect(page.locator("[data-participant][data-local=false]")).to_have_count(2, timeout=PATIENCE)
    until(page, lambda: len(sockets), to_be=3)
    # As `nanomeet demo` does with Ctrl+C.
    revoked = _tokens.read(demo.token).jti
    demo.server.post("revoke", headers={"X-BINTU-APIKEY": demo.server.api_key}, id=revoked)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Leave the meeting")).to_have_count(0, timeout=PATIENCE)
    until(page, lambda: [one.is_closed() for one in sockets], to_be=[True] * 3)
