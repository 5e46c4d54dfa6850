"""Meetings over failing networks: cut, changed, and servers that are killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.media import moves, sounds
from tests.browser.peers import KEEP_PEERS, connections, of_the_connection
from tests.browser.proxy import Proxy
from tests.browser.relay import Relay
from tests.browser.test_media import Meeting
from tests.browser.test_room import Room, button, place, tile
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port

pytestmark = pytest.mark.browser

#: Seconds of a network outage.
AWAY = 10
#: More frames than may have been in transit.
A_FEW = 10
#: Milliseconds in which a page detects that a network's packet loss is high, or no longer high.
SLOWLY = 120_000
#: The part of a page's connection that changes when ICE restarts (RFC 8445, 9).
FRAGMENT = r"peers.at(-1).localDescription.sdp.match(/a=ice-ufrag:(\S+)/)[1]"

#: Delays a page's messages for so long that they cross the other side's.
FAR_AWAY = """
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    setTimeout(() => this.readyState === WebSocket.OPEN && send.call(this, data), 300);
  };
"""


class Wire:
    """One participant's network: the connection to the server, and the media path to the others."""

    def __init__(self, server: RunningServer) -> None:
        self.proxy = Proxy(urlsplit(server.url).port or 0)
        self.media = Relay()

    def enter(self, room: Room, open_page: OpenPage, name: str) -> Page:
        """Enter a room over this network."""
        page = open_page()
        page.add_init_script(KEEP_PEERS)
        self.media.watch(page)
        address = urlsplit(room.address(name))
        page.goto(address._replace(netloc=f"127.0.0.1:{self.proxy.port}").geturl())
        return page

    def cut(self) -> None:
        """Drop everything, to the server and to the other participants."""
        self.proxy.cut()
        self.media.loss = 100

    def mend(self) -> None:
        """Restore the network."""
        self.proxy.mend()
        self.media.loss = 0

    def close(self) -> None:
        """Close the network."""
        self.proxy.close()
        self.media.close()


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


@pytest.fixture
def wire(server: RunningServer) -> Iterator[Wire]:
    made = Wire(server)
    yield made
    made.close()


def decoded(page: Page) -> int:
    """Return the number of frames that a page has decoded, of all cameras."""
    return sum(int(connection["camera"]["decoded"]) for connection in connections(page))


def until_more_decoded(page: Page) -> None:
    """Wait until a page has decoded some more frames."""
    enough = decoded(page) + A_FEW
    until(page, lambda: decoded(page) >= enough)


def until_ice_restarted(page: Page, before: str) -> None:
    """Wait until both sides of a page's newest connection have restarted ICE."""
    until(page, lambda: page.evaluate(FRAGMENT) != before)
    until(page, lambda: page.evaluate("peers.at(-1).signalingState"), to_be="stable")


def meet(*pages: tuple[Page, str]) -> None:
    for page, other in pages:
        expect(tile(page, other)).to_have_attribute("data-camera", "on", timeout=PATIENCE)
        assert moves(tile(page, other).locator("video"))


def test_pictures_return_with_the_network_and_no_person_twice(
    room: Room, open_page: OpenPage, wire: Wire
) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    grace = wire.enter(room, open_page, "Grace")
    meet((ada, "Grace"), (grace, "Ada"))
    before = place(ada, "Grace")
    wire.cut()
    expect(grace.get_by_text("The connection was lost")).to_be_visible(timeout=PATIENCE)
    grace.wait_for_timeout(AWAY * 1000)
    until(grace, lambda: len(connections(grace)), to_be=0)
    wire.mend()
    expect(grace.get_by_text("The connection was lost")).to_have_count(0, timeout=PATIENCE)
    for page, other in ((grace, "Ada"), (ada, "Grace")):
        expect(tile(page, other)).to_have_count(1)
        assert moves(tile(page, other).locator("video"))
    expect(tile(ada, "Grace")).to_have_attribute("data-participant", before)
    expect(button(ada, "Invite people")).to_be_visible()
    expect(button(grace, "Invite people")).to_have_count(0)


def test_pictures_go_on_while_only_the_server_is_out_of_reach(
    room: Room, open_page: OpenPage, wire: Wire
) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    grace = wire.enter(room, open_page, "Grace")
    meet((ada, "Grace"), (grace, "Ada"))
    before = of_the_connection(grace, "offers")
    wire.proxy.cut()
    expect(grace.get_by_text("The connection was lost")).to_be_visible(timeout=PATIENCE)
    # For less than the ten seconds for which the server keeps a place.
    for _ in range(3):
        grace.wait_for_timeout(1_000)
        until_more_decoded(grace)
    wire.proxy.mend()
    expect(grace.get_by_text("The connection was lost")).to_have_count(0, timeout=PATIENCE)
    assert moves(tile(ada, "Grace").locator("video"))
    # It is the same connection, without renegotiation.
    assert of_the_connection(grace, "offers") == before
    assert grace.evaluate("peers.length") == 1


def test_a_change_of_address_restarts_what_leads_to_the_others(
    room: Room, open_page: OpenPage, wire: Wire
) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    grace = wire.enter(room, open_page, "Grace")
    meet((ada, "Grace"), (grace, "Ada"))
    before = grace.evaluate(FRAGMENT)
    # The path to the others dies; the connection to the server does not.
    wire.media.abandon()
    until_ice_restarted(grace, before)
    meet((grace, "Ada"), (ada, "Grace"))
    assert grace.evaluate("peers.length") == 1


def test_both_may_look_for_a_new_way_at_the_same_moment(
    server: RunningServer, open_page: OpenPage
) -> None:
    meeting = Meeting(server, open_page)
    ada = meeting.enter("Ada", scripts=[FAR_AWAY])
    grace = meeting.enter("Grace", scripts=[FAR_AWAY])
    meet((ada, "Grace"), (grace, "Ada"))
    # The ids decide which side yields. A browser copes with yielding if it made the first offer, as the one does
    # that comes later: ids stay, so that the other comes again if it has the smaller one.
    if place(grace, "Ada") > place(ada, "Grace"):
        button(ada, "Leave the meeting").click()
        expect(tile(grace, "Ada")).to_have_count(0, timeout=PATIENCE)
        button(ada, "Join again").click()
        meet((ada, "Grace"), (grace, "Ada"))
    before = [page.evaluate(FRAGMENT) for page in (ada, grace)]
    # There is one more of each for a participant who left.
    made = [page.evaluate("peers.length") for page in (ada, grace)]
    # Both get a network change, as when a router restarts.
    moment = time.time() * 1000 + 2_000
    for page in (ada, grace):
        page.evaluate(
            "at => void setTimeout(() => dispatchEvent(new Event('online')), at - Date.now())",
            moment,
        )
    for page, old in zip((ada, grace), before, strict=True):
        until_ice_restarted(page, old)
    meet((grace, "Ada"), (ada, "Grace"))
    assert [page.evaluate("peers.length") for page in (ada, grace)] == made


def test_under_heavy_loss_pictures_stop_and_the_voice_goes_on(
    room: Room, open_page: OpenPage, wire: Wire
) -> None:
    ada = wire.enter(room, open_page, "Ada")
    grace = room.enter("Grace", unseen=False)
    meet((ada, "Grace"), (grace, "Ada"))
    wire.media.loss = 40

    def sends_pictures() -> list[bool]:
        return [camera["active"] for camera in of_the_connection(ada, "camera")]

    def said() -> int:
        return sum(microphone["bytes"] for microphone in of_the_connection(ada, "microphone"))

    until(ada, sends_pictures, to_be=[False], patience=SLOWLY)
    before = said()
    assert sounds(grace.locator("audio").first)
    until(ada, lambda: said() > before)
    wire.mend()
    until(ada, sends_pictures, to_be=[True], patience=SLOWLY)
    assert moves(tile(grace, "Ada").locator("video"))


def test_roles_and_pictures_outlive_a_killed_server(servers: Servers, open_page: OpenPage) -> None:
    port = str(free_port())
    first = servers.start("--port", port)
    room = Room(first, open_page)
    ada = room.enter("Ada", moderator=True, unseen=False)
    grace = open_page()
    grace.add_init_script(KEEP_PEERS)
    grace.goto(room.address("Grace"))
    meet((ada, "Grace"), (grace, "Ada"))
    first.kill()
    for page in (ada, grace):
        expect(page.get_by_text("The connection was lost")).to_be_visible(timeout=PATIENCE)
    until_more_decoded(grace)
    servers.start("--port", port, data=first.data)
    for page, other in ((ada, "Grace"), (grace, "Ada")):
        expect(page.get_by_text("The connection was lost")).to_have_count(0, timeout=PATIENCE)
        expect(tile(page, other)).to_have_count(1)
        assert moves(tile(page, other).locator("video"))
    expect(button(ada, "Invite people")).to_be_visible()
    expect(button(grace, "Invite people")).to_have_count(0)
    button(grace, "Microphone").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")


def test_the_next_page_takes_a_crashed_pages_place(room: Room, open_page: OpenPage) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    address = room.address("Grace")
    grace = open_page(address)
    meet((ada, "Grace"))
    before = place(ada, "Grace")
    context = grace.context
    next_page = context.new_page()
    with grace.expect_event("crash"), pytest.raises(Error):
        grace.goto("chrome://crash")
    next_page.goto(address)
    meet((next_page, "Ada"))
    expect(tile(ada, "Grace")).to_have_count(1)
    assert moves(tile(ada, "Grace").locator("video"))
    expect(tile(ada, "Grace")).to_have_attribute("data-participant", before)


def test_a_second_tab_replaces_the_first_which_can_return(room: Room, open_page: OpenPage) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    address = room.address("Grace")
    first = open_page(address)
    meet((ada, "Grace"))
    second = first.context.new_page()
    second.goto(address)
    expect(first.get_by_role("heading", name="The meeting is open elsewhere")).to_be_visible()
    meet((second, "Ada"))
    expect(tile(ada, "Grace")).to_have_count(1)
    first.get_by_role("button", name="Use it here").click()
    expect(second.get_by_role("heading", name="The meeting is open elsewhere")).to_be_visible()
    meet((first, "Ada"))
    expect(tile(ada, "Grace")).to_have_count(1)
