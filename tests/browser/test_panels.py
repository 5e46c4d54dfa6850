"""The panels beside the stage: what participants and moderators do there, in real browsers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.conftest import RunningServer

from .axe import violations
from .conftest import OpenPage
from .media import moves
from .passing import said
from .qr import read_qr
from .screens import only_pictures, shoot
from .test_room import Room, button, tile
from .waiting import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def panel(page: Page, name: str) -> Locator:
    """Open a panel if it is closed; return it when it has stopped moving."""
    expect(page.get_by_role("toolbar")).to_be_visible(timeout=PATIENCE)
    shown = page.locator(f'.panel[data-panel="{name}"]')
    if shown.count() == 0:
        opener = page.locator(f'.toolbar [data-panel-button="{name}"]')
        if opener.count() == 0:
            button(page, "More").click()
            # The title is followed by a count of participants, lobby or messages.
            title = re.compile(rf"^{TITLES[name]}( \(\d+\))?$")
            page.get_by_role("menuitem", name=title).click()
        else:
            opener.click()
    expect(shown).to_be_visible()
    shown.evaluate("panel => Promise.all(panel.getAnimations().map(({ finished }) => finished))")
    return shown


TITLES = {
    "people": "People",
    "chat": "Chat",
    "class": "Class",
    "settings": "Settings",
    "broadcast": "Broadcast",
    "invite": "Invite people",
}


#: Two frames: until a new layout has been reported and drawn.
TWO_FRAMES = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def close(page: Page) -> None:
    page.locator(".panel").get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".panel")).to_have_count(0)


def write(page: Page, text: str) -> None:
    panel(page, "chat").get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")


def menu(page: Page, name: str) -> Locator:
    """Open a participant's menu in the list of people."""
    panel(page, "people").get_by_role("button", name=f"Actions for {name}").click()
    opened = page.get_by_role("menu", name=f"Actions for {name}")
    expect(opened).to_be_visible()
    return opened


def choose(page: Page, name: str, *items: str) -> None:
    opened = menu(page, name)
    for item in items:
        opened.get_by_role("menuitem", name=item, exact=True).click()


def recipient(page: Page) -> Locator:
    return panel(page, "chat").get_by_role("combobox", name="To", exact=True)


def log(page: Page) -> Locator:
    return panel(page, "chat").get_by_role("log")


# --- chat ---------------------------------------------------------------------------------------


def test_two_people_write_to_each_other(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    write(ada, "Look at https://example.org/a?b=(c), please <img src=x onerror=alert(1)>")
    expect(log(ada).get_by_text("Ada (you)")).to_be_visible()
    expect(ada.get_by_label("Message everyone")).to_have_value("")
    opener = button(grace, "Chat")
    expect(opener).to_have_accessible_description("1 unread message")
    expect(opener.locator(".tool-badge")).to_have_attribute("data-count", "1")
    link = log(grace).get_by_role("link")
    expect(log(grace).get_by_text("New", exact=True)).to_be_visible()
    expect(opener.locator(".tool-badge")).to_have_count(0)
    assert link.get_attribute("href") == "https://example.org/a?b=(c)"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("target") == "_blank"
    expect(log(grace)).to_contain_text("<img src=x onerror=alert(1)>")
    expect(log(grace).locator("img")).to_have_count(0)
    panel(grace, "chat").get_by_role("textbox").fill("Two")
    grace.keyboard.press("Shift+Enter")
    grace.keyboard.type("lines")
    button(grace, "Send").click()
    expect(log(ada).locator(".chat-text").last).to_have_text("Two\nlines", use_inner_text=True)
    write(grace, "And more")
    expect(log(ada).locator(".chat-group").last.locator(".chat-text")).to_have_count(2)


def test_what_is_typed_after_the_chats_key_stands_in_it(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    expect(ada.get_by_role("toolbar")).to_be_visible(timeout=PATIENCE)
    ada.keyboard.type("cHello")
    expect(panel(ada, "chat").get_by_role("textbox")).to_have_value("Hello")
    expect(button(ada, "Raise your hand")).to_have_attribute("aria-pressed", "false")


def test_what_is_private_reaches_one_alone_and_looks_so(room: Room) -> None:
    ada, grace, alan = (
        room.enter(name, moderator=name == "Ada") for name in ("Ada", "Grace", "Alan")
    )
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    expect(tile(ada, "Alan")).to_be_visible(timeout=PATIENCE)
    form = panel(ada, "chat").locator("form")
    recipient(ada).select_option("Grace (privately)")
    expect(form.get_by_text("Only Grace can read this.")).to_be_visible()
    form.get_by_role("textbox", name="Message Grace privately").fill("Between us")
    form.get_by_role("button", name="Send to Grace only").click()
    expect(log(ada).get_by_text("privately to Grace")).to_be_visible()
    expect(log(grace).get_by_text("Between us")).to_be_visible()
    expect(log(grace).get_by_text("privately to you")).to_be_visible()
    log(grace).get_by_role("button", name="Reply to Ada privately").click()
    expect(grace.get_by_role("textbox", name="Message Ada privately")).to_be_focused()
    grace.keyboard.type("Yes")
    grace.keyboard.press("Enter")
    expect(log(ada).get_by_text("Yes")).to_be_visible()
    form.get_by_role("button", name="Message everyone").click()
    write(ada, "For all")
    expect(log(alan).get_by_text("For all")).to_be_visible()
    expect(log(alan).locator(".chat-text")).to_have_text(["For all"])
    # A participant who joins later can read public messages, and no others.
    alan.reload()
    expect(log(alan).locator(".chat-text")).to_have_text(["For all"])


def test_who_has_gone_is_not_replaced_by_everybody(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    choose(ada, "Grace", "Send a private message")
    form = panel(ada, "chat").locator("form")
    expect(form.get_by_role("textbox")).to_be_focused()
    form.get_by_role("textbox").fill("Between us")
    grace.close()
    expect(form.get_by_text("Grace has left. Choose another recipient.")).to_be_visible(
        timeout=60_000
    )
    ada.keyboard.press("Enter")
    expect(form.get_by_role("button", name="Send to Grace only")).to_be_disabled()
    expect(log(ada).get_by_text("No messages yet.")).to_be_visible()
    expect(form.get_by_role("textbox")).to_have_value("Between us")


def test_a_text_that_is_too_long_is_counted_and_kept(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    shown = panel(ada, "chat")
    shown.get_by_role("textbox").fill("a" * 1900)
    expect(shown.get_by_text("100 characters left")).to_be_visible()
    shown.get_by_role("textbox").fill("a" * 2001)
    expect(shown.get_by_text("1 character too many")).to_be_visible()
    expect(button(ada, "Send")).to_be_disabled()
    # Two thousand characters fit, however many bytes they take.
    shown.get_by_role("textbox").fill("🎉" * 2000)
    ada.keyboard.press("Enter")
    expect(log(ada).get_by_text("🎉" * 2000)).to_be_visible()


def test_what_could_not_be_sent_is_kept_and_says_why(room: Room, open_page: OpenPage) -> None:
    room.enter("Ada", moderator=True)
    grace = open_page()
    sockets: list[WebSocketRoute] = []
    open_again = False

    def carry(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        if len(sockets) == 1 or open_again:
            socket.connect_to_server()
        else:
            socket.close(code=4000)

    grace.route_web_socket("**/ws/meeting", carry)
    grace.goto(room.address("Grace"))
    shown = panel(grace, "chat")
    sockets[0].close(code=4000)
    expect(grace.get_by_text("The connection was lost")).to_be_visible()
    write(grace, "Are you there?")
    expect(shown.get_by_role("alert")).to_contain_text("Not sent:")
    expect(shown.get_by_role("textbox")).to_have_value("Are you there?")
    open_again = True
    expect(grace.get_by_text("The connection was lost")).to_have_count(0, timeout=PATIENCE)
    shown.get_by_role("textbox").press("Enter")
    expect(log(grace).get_by_text("Are you there?")).to_be_visible()
    expect(shown.get_by_role("alert")).to_have_count(0)


def test_who_reads_above_is_not_moved_by_what_is_new(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, viewport={"width": 900, "height": 420})
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    for number in range(4):
        write(grace, f"{number}\n" * 12)
        expect(log(ada).locator(".chat-text")).to_have_count(number + 1)
    at_end = "log => log.scrollHeight - log.scrollTop - log.clientHeight < 2"
    ada.wait_for_function(at_end, arg=log(ada).element_handle())
    log(ada).focus()
    ada.keyboard.press("Home")
    expect(log(ada)).to_have_js_property("scrollTop", 0)
    # The page handles the scroll event before it draws the next frame.
    ada.evaluate(TWO_FRAMES)
    write(grace, "Something new")
    button(ada, "1 new message").click()
    expect(log(ada).get_by_text("Something new")).to_be_in_viewport()
    ada.wait_for_function(at_end, arg=log(ada).element_handle())
    expect(button(ada, "1 new message")).to_have_count(0)


# --- people -------------------------------------------------------------------------------------


def test_a_moderator_mutes_one_and_asks_to_unmute(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    room.enter("Grace", silent=False, unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "on", timeout=PATIENCE)
    panel(ada, "people").get_by_role("button", name="Mute Grace").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")
    choose(ada, "Grace", "Turn off the camera")
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off")
    panel(ada, "people").get_by_role("button", name="Ask Grace to unmute").click()
    expect(ada.get_by_text("Grace has been asked.").first).to_be_visible()
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")


def test_a_moderator_makes_another_and_shows_one_large_to_all(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, silent=False)
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    choose(ada, "Grace", "Make moderator", "Make Grace a moderator?")
    expect(panel(grace, "people").get_by_role("button", name="Mute Ada")).to_be_visible()
    choose(grace, "Ada", "Pin for everyone")
    expect(panel(ada, "people").get_by_text("shown large to everyone")).to_be_visible()
    choose(ada, "Ada", "Unpin for everyone")
    expect(panel(grace, "people").get_by_text("shown large to everyone")).to_have_count(0)
    # The role was granted for this meeting only: a link does not pass it on.
    link = panel(grace, "invite").get_by_role("textbox", name="Participant link")
    expect(link).to_have_value(re.compile("#token="))
    expect(grace.get_by_role("radio", name="Moderator")).to_have_count(0)


def test_hands_are_a_queue_and_the_audience_is_invited_up(room: Room) -> None:
    ada, grace, alan = (
        room.enter(name, moderator=name == "Ada") for name in ("Ada", "Grace", "Alan")
    )
    for name in ("Grace", "Alan"):
        expect(tile(ada, name)).to_be_visible(timeout=PATIENCE)
    choose(ada, "Alan", "Move to the audience")
    expect(panel(ada, "people").get_by_role("region", name="Audience")).to_contain_text("Alan")
    button(alan, "Raise your hand").click()
    expect(panel(ada, "people").get_by_role("region", name="Raised hands")).to_contain_text("Alan")
    button(grace, "Raise your hand").click()
    hands = panel(ada, "people").get_by_role("region", name="Raised hands")
    expect(hands.get_by_role("listitem")).to_have_text(
        [re.compile("Alan.*in the audience"), re.compile("Grace")]
    )
    hands.get_by_role("button", name="Lower Grace's hand").click()
    expect(hands.get_by_role("listitem")).to_have_count(1)
    hands.get_by_role("button", name="Invite Alan to the stage").click()
    expect(ada.get_by_text("Alan has been invited to the stage.").first).to_be_visible()


def test_many_people_are_searched(room: Room, server: RunningServer) -> None:
    ada = room.enter("Ada", moderator=True, viewport={"width": 900, "height": 600})
    expect(tile(ada, "Ada")).to_be_visible(timeout=PATIENCE)
    # Joined by bare sockets: nine browsers would keep the machine busy with video.
    ada.evaluate(
        """async ([url, tokens]) => {
          window.guests = await Promise.all(tokens.map((token, index) => new Promise((done) => {
            const socket = new WebSocket(url);
            const name = `Guest ${index + 1}`;
            socket.onopen = () =>
              socket.send(JSON.stringify({ type: "join", v: 1, token, name }));
            socket.onmessage = () => done(socket);
          })));
        }""",
        [
            server.websocket("ws/meeting"),
            [room.invite() for _ in range(9)],
        ],
    )
    shown = panel(ada, "people")
    expect(shown.get_by_role("listitem")).to_have_count(10)
    shown.get_by_role("searchbox", name="Find a participant").fill("guest 7")
    expect(shown.get_by_role("listitem")).to_have_count(1)
    shown.get_by_role("searchbox").fill("no such name")
    expect(shown.get_by_text("No participant with that name.")).to_be_visible()


# --- lobby --------------------------------------------------------------------------------------


def with_lobby(room: Room) -> Page:
    ada = room.enter("Ada", moderator=True)
    panel(ada, "settings").get_by_label("Lobby").click()
    expect(panel(ada, "settings").get_by_label("Lobby")).to_be_checked()
    close(ada)
    return ada


def test_who_knocks_is_written_to_admitted_or_refused(room: Room) -> None:
    ada = with_lobby(room)
    grace, alan = room.enter("Grace"), room.enter("Alan")
    lobby = panel(ada, "people").get_by_role("region", name="Lobby")
    expect(lobby.get_by_role("listitem")).to_have_count(2, timeout=PATIENCE)
    lobby.get_by_role("button", name="Message Grace").click()
    lobby.get_by_label("Message to Grace").fill("One moment, please")
    ada.keyboard.press("Enter")
    expect(grace.get_by_text("One moment, please")).to_be_visible()
    expect(alan.get_by_text("One moment, please")).to_have_count(0)
    lobby.get_by_role("button", name="Deny Alan").click()
    expect(alan.get_by_role("heading", name="You were not let in")).to_be_visible()
    lobby.get_by_role("button", name="Admit Grace").click()
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    expect(lobby).to_have_count(0)


def test_all_who_knock_are_written_to_and_let_in_at_once(room: Room) -> None:
    ada = with_lobby(room)
    guests = [room.enter(name) for name in ("Grace", "Alan")]
    lobby = panel(ada, "people").get_by_role("region", name="Lobby")
    expect(lobby.get_by_role("listitem")).to_have_count(2, timeout=PATIENCE)
    lobby.get_by_role("button", name="Message all").click()
    lobby.get_by_label("Message to everyone in the lobby").fill("We begin at ten")
    ada.keyboard.press("Enter")
    for guest in guests:
        expect(guest.get_by_text("We begin at ten")).to_be_visible()
    lobby.get_by_role("button", name="Admit all").click()
    for guest in guests:
        expect(tile(guest, "Ada")).to_be_visible(timeout=PATIENCE)


# --- settings -----------------------------------------------------------------------------------


def test_a_made_password_can_be_read_is_asked_for_and_removed(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    shown = panel(ada, "settings")
    shown.get_by_role("button", name="Generate").click()
    given = shown.get_by_label("The password is set.")
    expect(given).to_have_value(re.compile(r"^([a-z]{4}-){3}[a-z]{4}$"))
    first = given.input_value()
    grace = room.enter("Grace")
    grace.get_by_label("Password").fill(first)
    button(grace, "Join").click()
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    shown.get_by_role("button", name="Generate").click()
    expect(given).not_to_have_value(first)
    shown.get_by_role("button", name="Remove the password").click()
    expect(shown.get_by_role("button", name="Remove the password")).to_have_count(0)
    alan = room.enter("Alan")
    expect(tile(alan, "Ada")).to_be_visible(timeout=PATIENCE)


def test_a_locked_room_takes_no_one_else(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    panel(ada, "settings").get_by_label("Lock the room").click()
    expect(panel(ada, "settings").get_by_label("Lock the room")).to_be_checked()
    grace = room.enter("Grace")
    expect(grace.get_by_role("heading", name="The room is locked")).to_be_visible(timeout=PATIENCE)


def test_the_meeting_is_ended_for_all_by_keyboard(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    panel(ada, "settings").get_by_role("button", name="End the meeting for everyone").focus()
    ada.keyboard.press("Enter")
    expect(tile(grace, "Ada")).to_be_visible()
    ada.keyboard.press("Enter")
    for page in (ada, grace):
        expect(page.get_by_role("heading", name="The meeting has ended")).to_be_visible()


def test_language_and_look_change_at_once_and_stay(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    panel(ada, "settings").get_by_label("Language").select_option("Deutsch")
    shown = panel(ada, "settings")
    expect(shown.get_by_role("heading")).to_have_text("Einstellungen")
    expect(ada.locator("html")).to_have_attribute("lang", "de")
    shown.get_by_label("Aussehen").select_option("Hell")
    expect(ada.locator("html")).to_have_css("color-scheme", "light")
    shown.get_by_label("Aussehen").select_option("Dunkel")
    expect(ada.locator("html")).to_have_css("color-scheme", "dark")
    assert moves(ada.locator("video.playing").first)
    ada.reload()
    expect(panel(ada, "settings").get_by_role("heading")).to_have_text("Einstellungen")


#: Counts the sounds that have ended.
COUNT_SOUNDS = """() => {
  window.sounds = 0;
  const { close } = AudioContext.prototype;
  AudioContext.prototype.close = function () {
    return close.call(this).finally(() => setTimeout(() => { window.sounds += 1; }));
  };
}"""


def test_the_speaker_is_tested_and_the_microphone_measured(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, silent=False)
    shown = panel(ada, "settings")
    meter = shown.get_by_role("meter", name="Microphone level")
    expect(meter).to_be_visible(timeout=PATIENCE)
    ada.wait_for_function("meter => meter.value >= 0.05", arg=meter.element_handle())
    ada.evaluate(COUNT_SOUNDS)
    button(ada, "Test the speaker").click()
    ada.wait_for_function("() => sounds === 1")
    expect(ada.get_by_text("Could not play sound")).to_have_count(0)


# --- broadcast and invite ----------------------------------------------------------------------


def test_a_broadcast_counts_its_viewers_and_leaves_its_recording(
    room: Room, open_page: OpenPage
) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    shown = panel(ada, "broadcast")
    shown.get_by_label("Also record").check()
    button(ada, "Go live").click()
    expect(shown.get_by_text("You are live")).to_be_visible(timeout=PATIENCE)
    expect(shown.get_by_text("and recording")).to_be_visible()
    link = shown.get_by_role("textbox", name="Viewer link").input_value()
    open_page(link)
    expect(shown.get_by_text("1 viewer", exact=True)).to_be_visible(timeout=PATIENCE)
    button(ada, "End the broadcast").click()
    recording = shown.get_by_role("textbox", name="Latest recording")
    expect(recording).to_be_visible(timeout=PATIENCE)
    assert open_page().goto(recording.input_value()).ok  # type: ignore[union-attr]


@pytest.mark.parametrize("moderator", [False, True])
def test_the_code_is_the_link_and_the_link_has_its_role(
    room: Room, open_page: OpenPage, *, moderator: bool
) -> None:
    ada = room.enter("Ada", moderator=True, device_scale_factor=2)
    shown = panel(ada, "invite")
    words = "Moderator link" if moderator else "Participant link"
    if moderator:
        shown.get_by_role("radio", name="Moderator").focus()
        ada.keyboard.press("Space")
    link = shown.get_by_role("textbox", name=words)
    expect(link).to_have_value(re.compile("#token="))
    expect(shown.get_by_text("Anyone with the link can join until")).to_be_visible()
    code = shown.get_by_role("img", name="QR code of the link")
    code.scroll_into_view_if_needed()
    assert read_qr(code) == link.input_value()
    guest = open_page(link.input_value())
    guest.get_by_role("textbox").first.fill("Grace")
    guest.get_by_role("button", name="Join").click()
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    row = panel(ada, "people").get_by_role("listitem").filter(has_text="Grace")
    expect(row.get_by_text("Moderator")).to_have_count(1 if moderator else 0)


CLIPBOARD = ["camera", "microphone", "clipboard-read", "clipboard-write"]


def test_a_link_is_copied(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, permissions=CLIPBOARD)
    shown = panel(ada, "invite")
    link = shown.get_by_role("textbox", name="Participant link")
    expect(link).to_be_visible()
    with said(shown, "Copied"):
        button(ada, "Copy").click()
    copied = link.input_value()
    # The page may write to the clipboard, and not read it; its user may paste.
    message = panel(ada, "chat").get_by_label("Message everyone")
    message.press("Control+v")
    expect(message).to_have_value(copied)


# --- position of panels, and keyboard operation -------------------------------------------------


def test_beside_the_stage_a_panel_stays_and_hides_nothing(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, viewport={"width": 900, "height": 480})
    boxes = [panel(ada, "people"), ada.locator(".stage")]
    ada.wait_for_function(
        """([panel, stage]) =>
          stage.getBoundingClientRect().right <= panel.getBoundingClientRect().left""",
        arg=[box.element_handle() for box in boxes],
    )
    tile(ada, "Ada").click(position={"x": 20, "y": 20})
    expect(ada.locator(".panel")).to_be_visible()
    ada.locator(".panel").get_by_role("button", name="Close").focus()
    ada.keyboard.press("Escape")
    expect(ada.locator(".panel")).to_have_count(0)
    expect(button(ada, "People")).to_be_focused()


def test_over_the_stage_a_click_elsewhere_closes_it(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, viewport={"width": 760, "height": 480})
    panel(ada, "settings")
    ada.mouse.click(60, 200)
    expect(ada.locator(".panel")).to_have_count(0)


def test_on_a_telephone_a_panel_is_a_sheet_that_keeps_the_focus(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, viewport={"width": 360, "height": 640})
    ada.wait_for_function(
        """(panel) => {
          const { x, y, width, height } = panel.getBoundingClientRect();
          return `${[x, y, width, height].map(Math.round)}` === "0,0,360,640";
        }""",
        arg=panel(ada, "chat").element_handle(),
    )
    for _ in range(8):
        ada.keyboard.press("Tab")
        assert ada.evaluate("document.activeElement.closest('.panel') !== null")
    for _ in range(8):
        ada.keyboard.press("Shift+Tab")
        assert ada.evaluate("document.activeElement.closest('.panel') !== null")
    ada.keyboard.press("Escape")
    expect(button(ada, "Chat")).to_be_focused()
    panel(ada, "settings")
    ada.keyboard.press("Escape")
    expect(button(ada, "More")).to_be_focused()


def test_a_person_is_removed_by_keyboard_alone(room: Room) -> None:
    ada = room.enter("Ada", moderator=True)
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    opener = panel(ada, "people").get_by_role("button", name="Actions for Grace")
    for _ in range(12):
        if opener.evaluate("element => element === document.activeElement"):
            break
        ada.keyboard.press("Tab")
    expect(opener).to_be_focused()
    ada.keyboard.press("ArrowDown")
    expect(ada.get_by_role("menuitem").first).to_be_focused()
    ada.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(ada.locator(".panel")).to_be_visible()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("menuitem").first).to_be_focused()
    ada.keyboard.press("End")
    expect(ada.get_by_role("menuitem", name="Remove from the meeting")).to_be_focused()
    ada.keyboard.press("Enter")
    sheet = ada.get_by_role("dialog", name="Remove Grace?")
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    expect(sheet.get_by_role("radio", name="Remove", exact=True)).to_be_checked()
    # Escape cancels the question and restores the focus.
    ada.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("menuitem").first).to_be_focused()
    ada.keyboard.press("End")
    expect(ada.get_by_role("menuitem", name="Remove from the meeting")).to_be_focused()
    ada.keyboard.press("Enter")
    remove = sheet.get_by_role("button", name="Remove", exact=True)
    expect(remove).to_be_visible()
    for _ in range(6):
        if remove.evaluate("element => element === document.activeElement"):
            break
        ada.keyboard.press("Tab")
    expect(remove).to_be_focused()
    ada.keyboard.press("Enter")
    expect(grace.get_by_role("heading", name="You were removed from the meeting")).to_be_visible()


def resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    expect(page.locator(".room")).to_have_js_property("clientWidth", width)
    page.evaluate(TWO_FRAMES)


#: Elements that need horizontal scrolling: the page, and scroll areas in a panel.
WIDER = """() => [document.documentElement, ...document.querySelectorAll(".panel *")]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .filter((one) => one === document.documentElement
    || ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
  .map(({ outerHTML }) => outerHTML.slice(0, 200))"""


def test_every_panel_can_be_used_by_all_and_fits_a_narrow_page(room: Room) -> None:
    ada = room.enter("Ada", moderator=True, unseen=False)
    grace = room.enter("Grace")
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    write(grace, "See https://example.org")
    recipient(grace).select_option("Ada (privately)")
    write(grace, "See https://example.org too")
    panel(ada, "settings").get_by_label("Lobby").click()
    room.enter("Alan")
    button(ada, "Generate").click()
    expect(ada.get_by_label("The password is set.")).to_be_visible()
    expect(button(ada, "People")).to_have_accessible_description("1 person waiting")
    for theme in ("light", "dark"):
        ada.emulate_media(color_scheme=theme)
        for name in TITLES:
            panel(ada, name)
            assert violations(ada, ".panel") == []
        recipient(ada).select_option("Grace (privately)")
        panel(ada, "chat").get_by_role("textbox").fill("a" * 2001)
        assert violations(ada, ".panel") == []
        panel(ada, "chat").get_by_role("textbox").fill("")
        menu(ada, "Grace")
        assert violations(ada, ".panel") == []
        ada.keyboard.press("Escape")
    close(ada)
    resize(ada, 320, 640)
    for name in TITLES:
        panel(ada, name)
        assert ada.evaluate(WIDER) == []
        close(ada)


# --- screenshots --------------------------------------------------------------------------------

SIZES = {"320": (320, 640), "cell": (480, 480), "900": (900, 600), "1400": (1400, 820)}


@only_pictures
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_panels_look_well(room: Room, theme: str) -> None:
    ada = room.enter("Ada Lovelace", moderator=True, silent=False, color_scheme=theme, unseen=False)
    grace = room.enter("Grace Hopper", silent=False, unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    write(grace, "Good morning! Here is the paper: https://example.org/analytical-engine")
    write(grace, "Shall we begin with the second part?")
    write(ada, "Yes, let us. I have two questions about the table on page four.")
    recipient(grace).select_option("Ada Lovelace (privately)")
    write(grace, "Alan is late, and asked me to tell you.")
    expect(log(ada).get_by_text("Alan is late")).to_be_visible()
    recipient(ada).select_option("Grace Hopper (privately)")
    panel(ada, "settings").get_by_label("Lobby").click()
    room.enter("Alan Turing")
    expect(button(ada, "People")).to_have_accessible_description("1 person waiting")
    close(ada)
    for size, (width, height) in SIZES.items():
        resize(ada, width, height)
        for name in TITLES:
            panel(ada, name)
            shoot(ada, f"panel-{name}-{size}-{theme}")
            close(ada)
