"""The meeting page: participants in real browsers, over the real server."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, JSHandle, Locator, Page, WebSocketRoute, expect

from tests.browser.browsers import CHROMIUM, launched
from tests.browser.conftest import OpenPage
from tests.browser.contexts import HANDED_OVER, new_context
from tests.browser.media import moves, sounds
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port

pytestmark = pytest.mark.browser


def address(server: RunningServer, token: str, room: str, name: str, **config: Any) -> str:
    """Return a meeting's URL, with the token in the fragment, and settings passed as by the notebook."""
    values: dict[str, Any] = {"jwt": token, "userInfo.displayName": name}
    values["config.prejoinConfig.enabled"] = False
    values |= {f"config.{key}": value for key, value in config.items()}
    fragment = "&".join(f"{key}={quote(json.dumps(value))}" for key, value in values.items())
    return f"{server.url}/local/{room}#{fragment}&{HANDED_OVER}"


#: Settings of who joins with the microphone off, and with the camera off. Sound takes half of a meeting's
#: processor time, and pictures most of the rest.
SILENT = {"startWithAudioMuted": True}
UNSEEN = {"startWithVideoMuted": True}
OFF = SILENT | UNSEEN


class Room:
    """A room, and the participants who join it in browsers of their own."""

    def __init__(self, server: RunningServer, open_page: OpenPage) -> None:
        self.name = f"Room_{secrets.token_hex(4)}"
        self.token = server.room(self.name)
        self.server = server
        self._open_page = open_page

    def address(self, name: str, *, moderator: bool = False, **config: Any) -> str:
        token = self.token if moderator else self.invite()
        return address(self.server, token, self.name, name, **config)

    def invite(self) -> str:
        return self.server.invite(self.token)

    def enter(
        self,
        name: str,
        *,
        moderator: bool = False,
        silent: bool = True,
        unseen: bool = True,
        **options: Any,
    ) -> Page:
        """Open a participant's page; `silent`: with the microphone off, `unseen`: with the camera off."""
        config = (SILENT if silent else {}) | (UNSEEN if unseen else {})
        return self._open_page(self.address(name, moderator=moderator, **config), **options)


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def tile(page: Page, name: str) -> Locator:
    people = page.get_by_role("list", name="People in the meeting")
    return people.get_by_role("listitem").filter(has_text=name)


def place(page: Page, name: str) -> str:
    """Return a participant's id in the meeting, from a page."""
    return tile(page, name).get_attribute("data-participant") or ""


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def camera_of(page: Page, name: str) -> JSHandle:
    """Return the track of a participant's video; an element gets it a moment after it appears."""
    return page.wait_for_function(
        "video => video.srcObject?.getVideoTracks()[0]",
        arg=tile(page, name).locator("video").element_handle(),
        timeout=PATIENCE,
    )


def until_free(page: Page, camera: JSHandle) -> None:
    """Wait until a camera's track has ended."""
    page.wait_for_function("track => track.readyState === 'ended'", arg=camera, timeout=PATIENCE)


def test_two_people_see_and_hear_each_other(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
    grace = room.enter("Grace", silent=False, unseen=False)
    for page, other in ((ada, "Grace"), (grace, "Ada")):
        expect(tile(page, other)).to_have_attribute("data-camera", "on", timeout=PATIENCE)
        assert moves(tile(page, other).locator("video"))
        assert sounds(page.locator("audio").first)


def test_three_people_all_see_each_other(room: Room) -> None:
    people = {
        name: room.enter(name, moderator=name == "Ada", unseen=False)
        for name in ("Ada", "Grace", "Alan")
    }
    for name, page in people.items():
        for other in people.keys() - {name}:
            expect(tile(page, other)).to_have_attribute("data-camera", "on", timeout=PATIENCE)
            assert moves(tile(page, other).locator("video"))


def test_muting_shows_at_the_others(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace", silent=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "on", timeout=PATIENCE)
    button(grace, "Microphone").click()
    expect(tile(ada, "Grace").get_by_role("img", name="microphone off")).to_be_visible()
    grace.keyboard.press("m")
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "on")


def test_a_camera_that_is_switched_off_is_free_and_comes_back(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace", unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    camera = camera_of(grace, "Grace")
    button(grace, "Camera").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off")
    until_free(grace, camera)
    button(grace, "Camera").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on")
    assert moves(tile(ada, "Grace").locator("video"))


def test_leaving_removes_the_tile_and_frees_the_devices(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace", unseen=False)
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    camera = camera_of(grace, "Grace")
    button(grace, "Leave the meeting").click()
    expect(grace.get_by_role("heading", name="You left the meeting")).to_be_visible()
    expect(tile(ada, "Grace")).to_have_count(0)
    until_free(grace, camera)


def test_who_left_can_join_again(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace", unseen=False)
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    button(grace, "Leave the meeting").click()
    button(grace, "Join again").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    assert moves(tile(ada, "Grace").locator("video"))


def test_the_token_leaves_the_address_and_a_reload_keeps_place(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    grace = room.enter("Grace", unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    before = place(ada, "Grace")
    expect(grace).not_to_have_url(re.compile("jwt"))
    grace.reload()
    expect(tile(grace, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    assert moves(tile(grace, "Ada").locator("video"))
    expect(tile(ada, "Grace")).to_have_attribute("data-participant", before)
    assert moves(tile(ada, "Grace").locator("video"))


def test_a_lost_connection_comes_back_and_the_meeting_goes_on(
    room: Room, open_page: OpenPage
) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = open_page()
    sockets: list[WebSocketRoute] = []

    def carry(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    grace.route_web_socket("**/ws/meeting", carry)
    grace.goto(room.address("Grace"))
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    before = place(ada, "Grace")
    sockets[0].close(code=4000)
    until(grace, lambda: len(sockets) > 1)
    expect(grace.get_by_text("Reconnecting…")).to_have_count(0, timeout=PATIENCE)
    button(grace, "Microphone").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off", timeout=PATIENCE)
    expect(tile(ada, "Grace")).to_have_attribute("data-participant", before)
    assert moves(tile(ada, "Grace").locator("video"))


def test_a_meeting_outlives_a_crash_of_its_server(servers: Servers, open_page: OpenPage) -> None:
    port = str(free_port())
    first = servers.start("--port", port)
    room = Room(first, open_page)
    ada = room.enter("Ada", moderator=True, unseen=False)
    grace = room.enter("Grace", silent=False, unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    first.kill()
    for page in (ada, grace):
        expect(page.get_by_text("The connection was lost")).to_be_visible(timeout=PATIENCE)
    servers.start("--port", port, data=first.data)
    for page, other in ((ada, "Grace"), (grace, "Ada")):
        expect(page.get_by_text("The connection was lost")).to_have_count(0, timeout=PATIENCE)
        expect(tile(page, other)).to_have_attribute("data-camera", "on", timeout=PATIENCE)
        assert moves(tile(page, other).locator("video"))
    button(grace, "Microphone").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")


def test_without_a_permission_one_joins_and_listens(room: Room, browser: Browser) -> None:
    # Headless Chromium denies a permission prompt that no user answers.
    arguments = ("--no-sandbox", "--use-fake-device-for-media-stream")
    with launched(browser.browser_type, *arguments, program=CHROMIUM) as chromium:
        page = new_context(chromium).new_page()
        page.goto(room.address("Grace"))
        expect(tile(page, "Grace")).to_have_attribute("data-camera", "off", timeout=PATIENCE)
        expect(page.get_by_text("Access to your camera and microphone is blocked")).to_be_visible()
        expect(page.get_by_text("You can still listen")).to_be_visible()


def test_newcomers_wait_in_the_lobby_until_they_are_let_in(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    button(ada, "Settings").click()
    ada.get_by_label("Lobby: a moderator admits everyone who joins").click()
    expect(ada.get_by_label("Lobby: a moderator admits everyone who joins")).to_be_checked()
    grace = room.enter("Grace")
    expect(grace.get_by_role("heading", name="Waiting to be let in")).to_be_visible()
    button(ada, "Admit Grace").click()
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    alan = room.enter("Alan")
    expect(alan.get_by_role("heading", name="Waiting to be let in")).to_be_visible()
    button(ada, "Deny Alan").click()
    expect(alan.get_by_role("heading", name="You were not let in")).to_be_visible()


def test_a_password_is_asked_for_and_a_wrong_one_is_named_so(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    button(ada, "Settings").click()
    ada.get_by_label("Password for participants").fill("sesame")
    button(ada, "Set").click()
    expect(ada.get_by_role("img", name="Password required")).to_be_visible()
    grace = room.enter("Grace")
    grace.get_by_label("Password").fill("melon")
    button(grace, "Join").click()
    expect(grace.get_by_role("alert")).to_have_text("Wrong password.")
    grace.get_by_label("Password").fill("sesame")
    button(grace, "Join").click()
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)


def test_the_password_opens_the_door_without_waiting(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    button(ada, "Settings").click()
    ada.get_by_label("Password for participants").fill("sesame")
    button(ada, "Set").click()
    expect(ada.get_by_role("img", name="Password required")).to_be_visible()
    ada.get_by_label("Lobby: a moderator admits everyone who joins").click()
    expect(ada.get_by_label("Lobby: a moderator admits everyone who joins")).to_be_checked()
    grace = room.enter("Grace")
    grace.get_by_text("I have the room's password").click()
    grace.get_by_label("Password").fill("sesame")
    button(grace, "Join").click()
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)


def test_a_moderator_mutes_everyone_and_removes_one(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace", silent=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "on", timeout=PATIENCE)
    button(ada, "People").click()
    button(ada, "Mute everyone else").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")
    expect(grace.get_by_text("A moderator muted you.").first).to_be_visible()
    ada.get_by_role("dialog").get_by_role("button", name="Actions for Grace").click()
    ada.get_by_role("menuitem", name="Remove from the meeting").click()
    sheet = ada.get_by_role("dialog", name="Remove Grace?")
    sheet.get_by_role("button", name="Remove", exact=True).click()
    expect(grace.get_by_role("heading", name="You were removed from the meeting")).to_be_visible()
    expect(tile(ada, "Grace")).to_have_count(0)


def test_a_participant_has_no_controls_of_a_moderator(room: Room) -> None:
    grace = room.enter("Grace")
    expect(button(grace, "Settings")).to_be_visible(timeout=PATIENCE)
    expect(button(grace, "Broadcast")).to_have_count(0)
    expect(button(grace, "Invite people")).to_have_count(0)
    button(grace, "Settings").click()
    expect(grace.get_by_label("Your name")).to_be_visible()
    expect(grace.get_by_label("Subject")).to_have_count(0)


def test_a_new_name_and_a_new_subject_reach_everybody(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace")
    button(grace, "Settings").click()
    grace.get_by_label("Your name").fill("Rear Admiral Hopper")
    button(grace, "Save").click()
    expect(tile(ada, "Rear Admiral Hopper")).to_be_visible(timeout=PATIENCE)
    button(ada, "Settings").click()
    ada.get_by_label("Subject").fill("Compilers")
    button(ada, "Save").click()
    expect(grace.get_by_role("heading", name="Compilers")).to_be_visible()


def test_an_invite_link_opens_the_room_for_a_guest(room: Room, open_page: OpenPage) -> None:
    ada = room.enter("Ada", moderator=True)
    button(ada, "Invite people").last.click()
    link = ada.get_by_role("textbox", name="Participant link")
    guest = open_page(link.input_value())
    guest.get_by_label("Your name").fill("Grace")
    guest.get_by_role("button", name="Join").click()
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)


def test_going_live_shows_at_everybody_and_ends_when_it_is_ended(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace", unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    button(ada, "Broadcast").click()
    button(ada, "Go live").click()
    for page in (ada, grace):
        expect(page.get_by_role("link", name="LIVE")).to_be_visible(timeout=PATIENCE)
    button(ada, "End the broadcast").click()
    for page in (ada, grace):
        expect(page.get_by_role("link", name="LIVE")).to_have_count(0, timeout=PATIENCE)


def test_an_address_without_a_token_says_what_to_do(
    server: RunningServer, open_page: OpenPage
) -> None:
    page = open_page(f"{server.url}/local/Physics?jwt=aaa.bbb.ccc")
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("contains no token")).to_be_visible()
    expect(page).not_to_have_url(re.compile("jwt"))


def test_a_token_of_another_server_is_refused_in_plain_words(
    server: RunningServer, open_page: OpenPage
) -> None:
    token = server.room("Physics")
    page = open_page(address(server, f"{token[:-6]}AAAAAA", "Physics", "Eve"))
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()


#: The elements that extend beyond the page's edges.
BEYOND = """() => [...document.querySelectorAll("button, .tile")]
  .filter((element) => element.checkVisibility())
  .filter((element) => {
    const box = element.getBoundingClientRect();
    return box.left < 0 || box.right > innerWidth || box.bottom > innerHeight;
  })
  .map((element) => element.outerHTML)"""


@pytest.mark.parametrize("width", [300, 480, 900, 2000])
def test_nothing_is_cut_off_at_any_width(room: Room, width: int) -> None:
    page = room.enter("Ada", moderator=True, viewport={"width": width, "height": 420}, unseen=False)
    # The room has been measured, and everything that appears later is there.
    expect(tile(page, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    expect(button(page, "Leave the meeting")).to_be_visible()
    until(page, lambda: page.evaluate(BEYOND), to_be=[])
