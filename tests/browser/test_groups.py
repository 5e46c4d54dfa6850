"""Groups in the meeting page: opened in the panel, with people who go there, and come back, by themselves."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.media import moves, sounds
from tests.browser.site import site
from tests.browser.test_room import Room, button, tile
from tests.browser.test_web_api import PLAIN_PAGE
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def panel(page: Page) -> Locator:
    """The open panel of groups."""
    return page.get_by_role("dialog", name="Groups")


def group(page: Page, name: str) -> Locator:
    """A group in the panel."""
    return panel(page).get_by_role("region", name=name, exact=True)


def assign(page: Page, person: str, group: str) -> None:
    panel(page).get_by_label(f"Group of {person}").select_option(label=group)


def open_panel(page: Page) -> None:
    button(page, "Groups").click()
    expect(panel(page)).to_be_visible()


def open_groups(page: Page, *, minutes: str = "10", **people: str) -> None:
    """Open two groups in the panel, with these people."""
    open_panel(page)
    panel(page).get_by_label("Minutes").fill(minutes)
    for person, name in people.items():
        assign(page, person, name.replace("_", " "))
    button(page, "Open the groups").click()


def until_in(page: Page, name: str) -> None:
    """Wait until a page is in a group's room."""
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Back to the main room")).to_be_visible(timeout=PATIENCE)


def until_in_main(page: Page, room: Room) -> None:
    expect(page.get_by_role("heading", name=room.name, level=1)).to_be_visible(timeout=PATIENCE)


def sees_and_hears(page: Page, other: str) -> None:
    expect(tile(page, other)).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    assert moves(tile(page, other).locator("video"))
    assert sounds(page.locator("audio").first)


def test_groups_that_see_and_hear_themselves_and_come_back(room: Room) -> None:
    grace = room.enter("Grace", moderator=True, silent=False, unseen=False)
    ada, alan, emmy = (
        room.enter(name, silent=False, unseen=False) for name in ("Ada", "Alan", "Emmy")
    )
    for name in ("Ada", "Alan", "Emmy"):
        expect(tile(grace, name)).to_be_visible(timeout=PATIENCE)
    open_groups(grace, Ada="Group_1", Alan="Group_1", Emmy="Group_2")
    for page, name in ((ada, "Group 1"), (alan, "Group 1"), (emmy, "Group 2")):
        until_in(page, name)
    sees_and_hears(ada, "Alan")
    sees_and_hears(alan, "Ada")
    expect(tile(ada, "Emmy")).to_have_count(0)
    expect(tile(emmy, "Ada")).to_have_count(0)
    expect(emmy.get_by_text("You are the only one here.")).to_be_visible()

    # The panel of the moderator, who stays: who is where, and that no one is without a group.
    expect(group(grace, "Group 1")).to_contain_text("Ada")
    expect(group(grace, "Group 1").get_by_text("in the group")).to_have_count(2)
    expect(group(grace, "In no group")).to_contain_text("Everyone is in a group.")

    # They visit a group, and tell all of them something.
    panel(grace).get_by_role("button", name="Visit Group 1").click()
    until_in(grace, "Group 1")
    sees_and_hears(grace, "Ada")
    sees_and_hears(alan, "Grace")
    panel(grace).get_by_label("Message to all groups").fill("Two more minutes, please.")
    button(grace, "Send").click()
    for page in (ada, alan, emmy):
        expect(page.locator(".group-note")).to_contain_text(
            "Grace to all groups: Two more minutes, please."
        )

    button(grace, "Close all groups").click()
    button(grace, "Close them? Everyone comes back.").click()
    for page in (grace, ada, alan, emmy):
        until_in_main(page, room)
    sees_and_hears(ada, "Emmy")
    sees_and_hears(emmy, "Grace")
    expect(ada.locator(".group-note")).to_have_count(0)


def test_what_a_person_chose_goes_along(room: Room) -> None:
    grace = room.enter("Grace", moderator=True)
    ada = room.enter("Ada", silent=False, unseen=False)
    alan = room.enter("Alan", silent=False)
    expect(tile(grace, "Alan")).to_be_visible(timeout=PATIENCE)
    expect(tile(grace, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    button(alan, "Microphone").click()
    button(ada, "Camera").click()
    ada.evaluate("globalThis.before = document")
    ada.keyboard.press("p")
    open_groups(grace, Ada="Group_1", Alan="Group_1")
    until_in(ada, "Group 1")
    expect(tile(ada, "Alan").get_by_role("img", name="microphone off")).to_be_visible()
    expect(tile(alan, "Ada")).to_have_attribute("data-camera", "off")
    expect(tile(alan, "Ada")).to_have_attribute("data-microphone", "on")
    expect(ada.get_by_role("dialog", name="People")).to_be_visible()
    # It was no reload.
    assert ada.evaluate("globalThis.before === document")
    # Neither did the group's token reach the address.
    assert "token" not in ada.url


def test_a_person_goes_back_and_forth_and_a_reload_in_a_group_leads_there_again(room: Room) -> None:
    grace = room.enter("Grace", moderator=True, silent=False, unseen=False)
    ada, alan = (
        room.enter("Ada", silent=False, unseen=False),
        room.enter("Alan", silent=False, unseen=False),
    )
    expect(tile(grace, "Alan")).to_be_visible(timeout=PATIENCE)
    open_groups(grace, Ada="Group_1", Alan="Group_1")
    until_in(ada, "Group 1")
    until_in(alan, "Group 1")
    button(ada, "Back to the main room").click()
    until_in_main(ada, room)
    sees_and_hears(ada, "Grace")
    expect(group(grace, "Group 1").get_by_text("away")).to_have_count(1)
    button(ada, "Go to Group 1").click()
    until_in(ada, "Group 1")
    sees_and_hears(ada, "Alan")
    ada.reload()
    until_in(ada, "Group 1")
    sees_and_hears(ada, "Alan")
    expect(tile(alan, "Ada")).to_have_count(1)
    sees_and_hears(alan, "Ada")


def test_a_server_that_is_killed_loses_no_one_in_the_groups(
    servers: Servers, open_page: OpenPage
) -> None:
    port = str(free_port())
    first = servers.start("--port", port)
    room = Room(first, open_page)
    grace = room.enter("Grace", moderator=True, silent=False, unseen=False)
    ada, alan = room.enter("Ada", silent=False, unseen=False), room.enter("Alan")
    expect(tile(grace, "Alan")).to_be_visible(timeout=PATIENCE)
    open_groups(grace, Ada="Group_1", Alan="Group_1")
    until_in(ada, "Group 1")
    until_in(alan, "Group 1")
    first.kill()
    expect(ada.get_by_text("The connection was lost. Reconnecting…")).to_be_visible(
        timeout=PATIENCE
    )
    servers.start("--port", port, data=first.data)
    expect(ada.get_by_text("The connection was lost. Reconnecting…")).to_have_count(
        0, timeout=PATIENCE
    )
    until_in(ada, "Group 1")
    sees_and_hears(alan, "Ada")
    expect(group(grace, "Group 1").get_by_text("in the group")).to_have_count(2, timeout=PATIENCE)
    button(grace, "Close all groups").click()
    button(grace, "Close them? Everyone comes back.").click()
    for page in (ada, alan):
        until_in_main(page, room)
    sees_and_hears(ada, "Grace")


def test_the_end_comes_by_itself_and_is_announced(room: Room) -> None:
    grace = room.enter("Grace", moderator=True)
    ada = room.enter("Ada")
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    open_groups(grace, minutes="0.75", Ada="Group_1")
    until_in(ada, "Group 1")
    expect(ada.get_by_role("timer")).to_be_visible()
    warning = ada.get_by_text("The groups close in 10 seconds.").first
    expect(warning).to_be_attached(timeout=PATIENCE)
    until_in_main(ada, room)
    expect(ada.get_by_role("timer")).to_have_count(0)


def test_groups_by_keyboard_alone(room: Room) -> None:
    grace = room.enter("Grace", moderator=True)
    ada = room.enter("Ada")
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    button(grace, "Groups").focus()
    grace.keyboard.press("Enter")
    expect(panel(grace)).to_be_visible()
    # The number of groups has the focus at once.
    grace.keyboard.press("ArrowUp")
    expect(group(grace, "Group 3")).to_be_visible()
    select = panel(grace).get_by_label("Group of Ada")
    select.focus()
    # One choice after the other: the focus follows the person.
    for name in ("Group 1", "Group 2", "Group 3"):
        grace.keyboard.press("ArrowDown")
        expect(group(grace, name)).to_contain_text("Ada")
    group(grace, "Group 3").get_by_label("Name of group 3").focus()
    grace.keyboard.press("Control+a")
    grace.keyboard.type("Quiet room")
    # No key that ends a name sends people away.
    grace.keyboard.press("Enter")
    expect(button(grace, "Open the groups")).to_be_visible()
    button(grace, "Open the groups").focus()
    grace.keyboard.press("Enter")
    until_in(ada, "Quiet room")
    expect(group(grace, "Quiet room")).to_contain_text("Ada")
    button(ada, "Back to the main room").focus()
    ada.keyboard.press("Enter")
    expect(button(ada, "Go to Quiet room")).to_be_visible(timeout=PATIENCE)
    close = button(grace, "Close Quiet room")
    close.focus()
    grace.keyboard.press("Enter")
    grace.keyboard.press("Enter")
    expect(group(grace, "Quiet room")).to_have_count(0)


def test_a_moderator_moves_people_between_open_groups(room: Room) -> None:
    grace = room.enter("Grace", moderator=True, silent=False, unseen=False)
    ada = room.enter("Ada", silent=False, unseen=False)
    alan = room.enter("Alan")
    expect(tile(grace, "Alan")).to_be_visible(timeout=PATIENCE)
    open_groups(grace, minutes="", Ada="Group_1")
    until_in(ada, "Group 1")
    expect(group(grace, "In no group")).to_contain_text("Alan")
    assign(grace, "Alan", "Group 1")
    button(grace, "Move Alan").click()
    until_in(alan, "Group 1")
    sees_and_hears(alan, "Ada")
    assign(grace, "Ada", "Group 2")
    button(grace, "Move Ada").click()
    until_in(ada, "Group 2")
    expect(tile(alan, "Ada")).to_have_count(0)
    assign(grace, "Ada", "No group")
    button(grace, "Move Ada").click()
    until_in_main(ada, room)
    sees_and_hears(ada, "Grace")
    # There was no time limit; now there is one.
    expect(ada.get_by_role("timer")).to_have_count(0)
    panel(grace).get_by_label("Close in so many minutes").fill("5")
    button(grace, "Set").click()
    expect(ada.get_by_role("timer")).to_be_visible()


EMBED = """
async ([token, name]) => {
  globalThis.meet = new NanoMeet();
  globalThis.told = [];
  const joined = meet.init({ token, id: "one", displayName: name, prejoin: false });
  for (const event of [
    "videoConferenceJoined", "videoConferenceLeft", "nanomeetConnection", "nanomeetGroupsChanged",
    "nanomeetGroupNote", "breakoutRoomsUpdated", "participantJoined", "participantLeft", "errorOccurred",
  ]) meet.api.addEventListener(event, (data) => told.push([event, data]));
  await joined;
}
"""
IN_GROUP = """
(inside) => told.findLast(([name]) => name === "videoConferenceJoined")?.[1].breakoutRoom === inside
"""


def test_a_page_around_the_meeting_follows_it_into_a_group(
    room: Room, server: RunningServer, open_page: OpenPage
) -> None:
    grace = room.enter("Grace", moderator=True)
    with site(PLAIN_PAGE.format(server=server.url)) as place:
        ada = open_page(place)
        ada.evaluate(EMBED, [room.invite(), "Ada"])
        expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
        ada.evaluate("told.length = 0")
        open_groups(grace, minutes="", Ada="Group_1")
        ada.wait_for_function(IN_GROUP, arg=True, timeout=PATIENCE)
        ada.wait_for_function("told.some(([name, { here }]) => here)", timeout=PATIENCE)
        told = ada.evaluate("told")
        names = [name for name, _ in told]
        assert "videoConferenceLeft" not in names
        assert "errorOccurred" not in names
        states = [data["state"] for name, data in told if name == "nanomeetConnection"]
        assert states == ["moving", "connected"]
        here = next(d["here"] for name, d in told if name == "nanomeetGroupsChanged" and d["here"])
        assert next(d for name, d in told if name == "videoConferenceJoined")["roomName"] == here
        rooms = ada.evaluate("meet.api.listBreakoutRooms()")
        assert [one["name"] for one in rooms.values()] == [room.name, "Group 1", "Group 2"]
        assert [p["displayName"] for p in rooms[here]["participants"].values()] == ["Ada"]
        assert ada.evaluate("meet.api.getParticipantsInfo().map((one) => one.displayName)") == [
            "Ada"
        ]
        # What is for moderators is refused in words.
        refused = "meet.executeCommand('nanomeetCloseGroups').catch(({ kind }) => kind)"
        assert ada.evaluate(refused) == "not_moderator"

        # Back by Jitsi's command, which names no room.
        ada.evaluate("meet.executeCommand('joinBreakoutRoom')")
        ada.wait_for_function(IN_GROUP, arg=False, timeout=PATIENCE)
        sees_and_hears(grace, "Ada")
        info = ada.evaluate("meet.api.getRoomsInfo()")["rooms"]
        assert [one["isMainRoom"] for one in info] == [True, False, False]
        assert {p["displayName"] for p in info[0]["participants"]} == {"Ada", "Grace"}
        assert "videoConferenceLeft" not in [name for name, _ in ada.evaluate("told")]


#: The themes and widths in which the screens are looked at.
LOOKS: list[tuple[Literal["light", "dark"], int]] = [
    (theme, width) for theme in ("light", "dark") for width in (320, 1280)
]


def look(page: Page, theme: Literal["light", "dark"], width: int) -> None:
    """Give a page a theme and a width."""
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 720})


def test_the_screens_of_groups_are_accessible_and_fit(room: Room) -> None:
    grace = room.enter("Grace", moderator=True)
    ada = room.enter("Ada")
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    open_panel(grace)
    for theme, width in LOOKS:
        look(grace, theme, width)
        assert violations(grace, ".panel") == []
        fits(grace)
    assign(grace, "Ada", "Group 1")
    button(grace, "Open the groups").click()
    until_in(ada, "Group 1")
    expect(group(grace, "Group 1")).to_contain_text("in the group")
    panel(grace).get_by_label("Message to all groups").fill("Hello")
    button(grace, "Send").click()
    for theme, width in LOOKS:
        look(grace, theme, width)
        look(ada, theme, width)
        expect(ada.locator(".group-note")).to_be_visible()
        assert violations(grace, ".panel") == []
        assert violations(ada, ".header", ".notices") == []
        fits(grace)
        fits(ada)


def fits(page: Page) -> None:
    """Wait until nothing needs horizontal scrolling."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
