"""Programs that read participants' pictures and sound: the question, the marks, and what is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.programs import Program
from tests.browser.site import site
from tests.browser.tabs import Tabs
from tests.browser.test_hidden_tab import PACE, PRESS, TICK, slowing
from tests.browser.test_room import OFF, SILENT, Room, address, button, place, tile
from tests.browser.test_web_api import PLAIN_PAGE
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

__all__ = ["slowing"]

pytestmark = pytest.mark.browser

#: What the clip of the fake camera shows in its upper left corner, and at the lower edge in the middle.
WALL, SHIRT = (150, 170, 190), (52, 84, 140)
BLACK = (0, 0, 0)
MIDDLE = (0.5, 0.93)

JOIN = """
async ([token, name, config]) => {
  globalThis.meet = new NanoMeet();
  await meet.init({ token, id: "one", displayName: name, prejoin: false, config });
  globalThis.told = [];
  for (const event of ["nanomeetReadingsChanged", "nanomeetReadingMoved", "nanomeetReadingEnded"]) {
    meet.api.addEventListener(event, (data) => told.push([event, data]));
  }
  const me = meet.api.getParticipantsInfo().find((one) => one.formattedDisplayName.endsWith("(me)"));
  return me.participantId;
}
"""
ASK = """
(wanted) => {
  globalThis.asked = settle(meet.executeCommand("nanomeetReadMedia", wanted));
}
"""


class Reader:
    """A participant whose page asks by the Web API, as a notebook's page does for its kernel."""

    def __init__(
        self,
        page: Page,
        *,
        joining: tuple[str, str, dict[str, bool]],
        programs: ExitStack,
        server: RunningServer,
    ) -> None:
        self.page = page
        self._programs = programs
        self._server = server
        self.id = str(page.evaluate(JOIN, joining))

    def ask(self, of: str | None, media: str = "video", **wanted: Any) -> None:
        """Ask to read, and do not wait for the answer."""
        self.page.evaluate(ASK, {"media": media, "of": of, **wanted})

    @property
    def answer(self) -> dict[str, Any]:
        """The answer to the last question: the value, or the failure; waits for it."""
        answer: dict[str, Any] = self.page.evaluate("asked")
        return answer

    def program(self) -> Program:
        """A program that watches what was opened last."""
        answer = self.answer
        assert "value" in answer, answer
        program = Program(self._server, answer["value"]["data"])
        self._programs.callback(program.close)
        return program

    def stop(self) -> None:
        """Stop the last reading."""
        self.page.evaluate(
            "asked.then(({ value }) =>"
            " meet.executeCommand('nanomeetStopReading', { id: value.data.id }))"
        )

    def heard(self, event: str, function: str) -> Any:
        """Wait for an event for which a function of its data is truthy; return the data."""
        script = f"told.find(([name, data]) => name === '{event}' && ({function})(data))?.[1]"
        return self.page.wait_for_function(script, timeout=PATIENCE).json_value()


Join = Callable[..., Reader]


@pytest.fixture
def joins(server: RunningServer, open_page: OpenPage) -> Iterator[Join]:
    """Let a participant join a room from a web page that embeds it; `unseen`: with the camera off."""
    with ExitStack() as stack:
        address = stack.enter_context(site(PLAIN_PAGE.format(server=server.url)))

        def join(room: Room, name: str, *, moderator: bool = False, unseen: bool = True) -> Reader:
            token = room.token if moderator else room.invite()
            config = OFF if unseen else SILENT
            return Reader(
                open_page(address),
                joining=(token, name, config),
                programs=stack,
                server=server,
            )

        yield join


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def question(page: Page) -> Locator:
    return page.locator(".reading-question")


def until_seen(
    page: Page, program: Program, *colour: int, at: tuple[float, float] = (0.03, 0.03)
) -> None:
    until(page, lambda: program.sees(*colour, at=at))


def is_on(page: Page, name: str, device: str = "camera") -> None:
    expect(tile(page, name)).to_have_attribute(f"data-{device}", "on", timeout=PATIENCE)


def agreed(ada: Reader, grace: Page, media: str = "video", **wanted: Any) -> Program:
    """Ask for one's media, and agree."""
    ada.ask(place(grace, "Grace"), media, **wanted)
    button(grace, "Allow").click()
    return ada.program()


def test_a_participant_is_read_who_agrees_and_no_longer_once_they_stop_it(
    room: Room, joins: Join
) -> None:
    grace = room.enter("Grace", moderator=True, unseen=False)
    alan = room.enter("Alan", unseen=False)
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    ada.ask(place(grace, "Grace"), lines=180, fps=5)
    expect(question(grace)).to_contain_text("Ada asks to read your picture with a program.")
    expect(question(grace)).to_contain_text("until you stop it")
    expect(question(alan)).to_have_count(0)
    expect(tile(alan, "Grace").get_by_role("img", name="read by")).to_have_count(0)
    assert violations(grace, ".reading-question") == []
    button(grace, "Allow").click()
    program = ada.program()
    until_seen(grace, program, *WALL)
    until_seen(grace, program, *SHIRT, at=MIDDLE)
    assert program.picture is not None
    assert program.picture.shape == (180, 320, 3)
    mark = "read by Ada's program: picture"
    for page in (grace, alan):
        expect(tile(page, "Grace").get_by_role("img", name=mark)).to_be_visible()
    expect(question(grace)).to_have_count(0)
    badge = grace.locator(".badge.reading")
    expect(badge).to_contain_text("Ada's program reads your picture")
    expect(alan.locator(".badge.reading")).to_have_count(0)
    button(alan, "People").click()
    programs = alan.get_by_role("region", name="Programs")
    expect(programs).to_contain_text("Ada's program reads Grace's picture")
    expect(programs.get_by_role("button")).to_have_count(0)
    expect(alan.locator(".person").filter(has_text="Grace")).to_contain_text(mark)
    assert violations(alan, ".panel") == []
    assert violations(grace, ".header", ".tile") == []
    ada.heard("nanomeetReadingsChanged", "({ readings }) => readings.length === 1")
    badge.get_by_role("button", name="Stop").click()
    until(grace, lambda: program.state in {"ended", "closed"})
    ended = ada.heard("nanomeetReadingEnded", "() => true")
    assert ended["kind"] == "taken_back"
    for page in (grace, alan):
        expect(page.get_by_role("img", name="read by")).to_have_count(0)
    expect(badge).to_have_count(0)
    expect(grace.locator("p[aria-live]")).to_have_text(
        "Ada's program no longer reads your picture."
    )
    expect(alan.locator("p[aria-live]")).to_have_text(
        "Ada's program no longer reads Grace's picture."
    )


def test_a_participant_who_refuses_is_not_read(room: Room, joins: Join) -> None:
    grace = room.enter("Grace", moderator=True, unseen=False)
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    ada.ask(place(grace, "Grace"))
    refuse = question(grace).get_by_role("button", name="Refuse")
    refuse.focus()
    grace.keyboard.press("Enter")
    answer = ada.answer
    assert answer["kind"] == "refused"
    assert "Grace" in answer["message"]
    expect(question(grace)).to_have_count(0)
    expect(grace.locator(".badge.reading")).to_have_count(0)
    # Not at once again.
    ada.ask(place(grace, "Grace"))
    assert "did not agree" in ada.answer["message"]


def test_a_camera_that_is_switched_off_is_black_and_comes_back(room: Room, joins: Join) -> None:
    grace = room.enter("Grace", moderator=True, unseen=False)
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    program = agreed(ada, grace)
    until_seen(grace, program, *WALL)
    button(grace, "Camera").click()
    until_seen(grace, program, *BLACK)
    shown = program.pictures
    until(grace, lambda: program.pictures >= shown + 3)
    assert program.sees(*BLACK)
    button(grace, "Camera").click()
    until_seen(grace, program, *WALL)


def test_a_reading_may_begin_while_the_camera_is_off(room: Room, joins: Join) -> None:
    grace = room.enter("Grace", moderator=True, unseen=False)
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    button(grace, "Camera").click()
    expect(tile(grace, "Grace")).to_have_attribute("data-camera", "off")
    program = agreed(ada, grace, lines=90, fps=1)
    until_seen(grace, program, *BLACK)
    button(grace, "Camera").click()
    until_seen(grace, program, *WALL)


def test_a_muted_microphone_is_silent(room: Room, joins: Join) -> None:
    grace = room.enter("Grace", moderator=True, unseen=False, silent=False)
    ada = joins(room, "Ada")
    is_on(grace, "Grace", "microphone")
    ada.ask(place(grace, "Grace"), "audio")
    expect(question(grace)).to_contain_text("Ada asks to read your sound with a program.")
    button(grace, "Allow").click()
    program = ada.program()
    expect(grace.locator(".badge.reading")).to_contain_text("Ada's program reads your sound")
    # The fake microphone beeps once a second.
    until(grace, lambda: program.peak > 0.05)
    button(grace, "Microphone").click()
    until(grace, lambda: loudest(grace, program) < 0.001)
    button(grace, "Microphone").click()
    until(grace, lambda: program.peak > 0.05)


def loudest(page: Page, program: Program) -> float:
    """Return the peak of the next two seconds of sound."""
    end = program.packets + 200
    peak = 0.0
    while program.packets < end:
        page.wait_for_timeout(20)
        peak = max(peak, program.peak)
    return peak


def test_a_page_that_reloads_goes_on_to_send(room: Room, joins: Join) -> None:
    grace = room.enter("Grace", moderator=True, unseen=False)
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    program = agreed(ada, grace)
    until_seen(grace, program, *WALL)
    grace.reload()
    expect(grace.locator(".badge.reading")).to_contain_text(
        "Ada's program reads your picture", timeout=PATIENCE
    )
    expect(question(grace)).to_have_count(0)
    shown = program.pictures
    until(grace, lambda: program.pictures > shown + 5)
    until_seen(grace, program, *WALL)
    # The page that sends is the one that can take it back.
    grace.locator(".badge.reading").get_by_role("button", name="Stop").click()
    until(grace, lambda: program.state in {"ended", "closed"})


def test_questions_wait_in_a_queue_until_they_are_answered_or_withdrawn(
    room: Room, joins: Join
) -> None:
    grace = room.enter("Grace", moderator=True, unseen=False)
    ada, ben, cleo = (joins(room, name) for name in ("Ada", "Ben", "Cleo"))
    is_on(grace, "Grace")
    of = place(grace, "Grace")
    ada.ask(of)
    expect(question(grace)).to_contain_text("Ada asks")
    ben.ask(of)
    expect(question(grace)).to_contain_text("1 more question")
    cleo.ask(of)
    expect(question(grace)).to_contain_text("2 more questions")
    # One click answers one question, even if it is a double click.
    button(grace, "Allow").dblclick()
    expect(question(grace)).to_contain_text("Ben asks")
    expect(question(grace)).to_contain_text("1 more question")
    until_seen(grace, ada.program(), *WALL)
    # By keyboard, the focus goes on to the next question.
    expect(button(grace, "Refuse")).to_be_enabled()
    button(grace, "Refuse").press("Enter")
    assert ben.answer["kind"] == "refused"
    expect(question(grace)).to_contain_text("Cleo asks")
    expect(question(grace).locator("p")).to_be_focused()
    cleo.page.evaluate("meet.destroy()")
    expect(question(grace)).to_have_count(0)
    expect(tile(grace, "Grace").get_by_role("img", name="read by")).to_have_attribute(
        "aria-label", "read by Ada's program: picture"
    )


#: Puts a green picture behind the participant.
GREEN_BACKGROUND = """
() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "rgb(0 200 0)";
  pen.fillRect(0, 0, 64, 36);
  return meet.executeCommand("setVirtualBackground", true, canvas.toDataURL());
}
"""
GREEN = (0, 200, 0)


def test_only_ones_own_program_sees_the_real_background_and_no_one_is_told(
    room: Room, joins: Join
) -> None:
    alan = room.enter("Alan", moderator=True)
    ada, ben = joins(room, "Ada", unseen=False), joins(room, "Ben")
    frame = ada.page.frame_locator("iframe")
    is_on(alan, "Ada")
    ben.ask(ada.id)
    frame.get_by_role("button", name="Allow").click()
    theirs = ben.program()
    until_seen(alan, theirs, *WALL)
    ada.page.evaluate(GREEN_BACKGROUND)
    until_seen(alan, theirs, *GREEN)
    ada.ask(ada.id)
    own = ada.program()
    until_seen(alan, own, *WALL)
    assert theirs.sees(*GREEN, at=(0.03, 0.03))
    badge = frame.locator(".badge.reading.of-self")
    expect(badge).to_contain_text("2 programs read your picture or sound")
    mark = alan.get_by_role("img", name="read by")
    expect(mark).to_have_count(1)
    expect(mark).to_have_attribute("aria-label", "read by Ben's program: picture")
    badge.get_by_role("button", name="Stop").click()
    until(alan, lambda: {own.state, theirs.state} <= {"ended", "closed"})
    expect(badge).to_have_count(0)


def test_a_page_behind_another_tab_goes_on_to_send(
    slowing: Browser, server: RunningServer, room: Room, joins: Join
) -> None:
    ada = joins(room, "Ada", moderator=True)
    tabs = Tabs(slowing, ada.page)
    grace = tabs.open(address(server, room.invite(), room.name, "Grace"))
    heard = ada.page.wait_for_function(
        "() => meet.api.getParticipantsInfo().find((one) => one.displayName === 'Grace')",
        timeout=PATIENCE,
    )
    ada.ask(heard.json_value()["participantId"], lines=90, fps=10)
    assert grace.evaluate(PRESS % "Allow")
    program = ada.program()
    until_seen(ada.page, program, *WALL)
    tabs.open("about:blank").front()
    until(ada.page, lambda: grace.evaluate(PACE), to_be=["hidden", True, 0])
    grace.evaluate(TICK)
    before = program.pictures
    until(ada.page, lambda: program.pictures > before + 50)
    # Far more than the hidden page's own timers would send.
    assert program.pictures - before > 2 * (grace.evaluate("globalThis.ticks") or 0)


def test_everyone_is_told_that_a_program_reads_the_stage(room: Room, joins: Join) -> None:
    grace = room.enter("Grace", unseen=False, silent=False)
    ada = joins(room, "Ada", moderator=True)
    is_on(grace, "Grace")
    ada.ask(None)
    program = ada.program()
    until(grace, lambda: program.pictures > 0)
    words = "Ada's program reads the stage's picture"
    expect(grace.locator(".badge.reading")).to_contain_text(words)
    expect(grace.locator(".badge.reading").get_by_role("button")).to_have_count(0)
    expect(grace.locator(".toast").filter(has_text="now reads the stage's picture")).to_be_visible()
    own = ada.page.frame_locator("iframe").locator(".badge.reading")
    expect(own).to_contain_text("Your program reads the stage's picture")
    late = room.enter("Alan")
    expect(late.locator(".badge.reading")).to_contain_text(words, timeout=PATIENCE)
    ada.stop()
    expect(grace.locator(".badge.reading")).to_have_count(0)
    expect(own).to_have_count(0)
    ada.ask(None, "audio")
    assert "value" in ada.answer


def test_a_participant_cannot_read_the_stage(room: Room, joins: Join) -> None:
    ada = joins(room, "Ada")
    ada.ask(None)
    assert ada.answer["message"] == "Only a moderator's program may read the stage."


WITHOUT = "for (const name of ['%s']) delete globalThis[name];"


def test_a_browser_without_an_encoder_answers_by_itself(
    open_page: OpenPage, room: Room, joins: Join
) -> None:
    grace = open_page()
    grace.add_init_script(WITHOUT % "VideoEncoder")
    grace.goto(room.address("Grace", moderator=True, **SILENT))
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    ada.ask(place(grace, "Grace"))
    assert "cannot send it" in ada.answer["message"]
    expect(question(grace)).to_have_count(0)


def test_a_browser_that_does_not_transfer_pictures_sends_them(
    open_page: OpenPage, room: Room, joins: Join
) -> None:
    grace = open_page()
    grace.add_init_script(WITHOUT % "MediaStreamTrackProcessor', 'MediaStreamTrackGenerator")
    grace.goto(room.address("Grace", moderator=True, **SILENT))
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    program = agreed(ada, grace)
    until_seen(grace, program, *WALL)
    button(grace, "Camera").click()
    until_seen(grace, program, *BLACK)
    button(grace, "Camera").click()
    until_seen(grace, program, *WALL)


def test_a_question_is_above_a_panel_that_covers_a_small_page(room: Room, joins: Join) -> None:
    grace = room.enter(
        "Grace", moderator=True, viewport={"width": 320, "height": 568}, unseen=False
    )
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    of = place(grace, "Grace")
    button(grace, "Chat").click()
    expect(grace.get_by_role("dialog", name="Chat")).to_be_visible()
    ada.ask(of)
    # A click reaches it only if nothing covers it.
    button(grace, "Refuse").click()
    assert ada.answer["kind"] == "refused"
    expect(grace.get_by_role("dialog", name="Chat")).to_be_visible()


def test_a_participant_takes_it_back_while_the_server_cannot_be_reached(
    open_page: OpenPage, room: Room, joins: Join
) -> None:
    lines: list[WebSocketRoute] = []
    reachable = [True]

    def carry(line: WebSocketRoute) -> None:
        if reachable[0]:
            line.connect_to_server()
            lines.append(line)
        else:
            line.close(code=4000)

    grace = open_page()
    grace.route_web_socket("**/ws/meeting", carry)
    grace.goto(room.address("Grace", moderator=True, **SILENT))
    ada = joins(room, "Ada")
    is_on(grace, "Grace")
    program = agreed(ada, grace)
    until_seen(grace, program, *WALL)
    reachable[0] = False
    lines[0].close(code=4000)
    expect(grace.get_by_text("Reconnecting…")).to_be_visible()
    badge = grace.locator(".badge.reading")
    badge.get_by_role("button", name="Stop").click()
    expect(badge).to_have_count(0)
    reachable[0] = True
    expect(grace.get_by_text("Reconnecting…")).to_have_count(0, timeout=PATIENCE)
    until(grace, lambda: program.state in {"ended", "closed"})
    ada.heard("nanomeetReadingEnded", "() => true")
    expect(badge).to_have_count(0)
