"""Web apps that show widgets: the app of each host's document, run as its reader would, without internet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.conftest import OpenPage
from tests.browser.media import frame_of, lies_over, moves
from tests.browser.notebook import SLOW
from tests.browser.waiting import until
from tests.documents import APPS, blocks
from tests.labs import homes_in, running_app

from .environments import python_of

pytestmark = pytest.mark.browser

#: The pages that the test opens.
PAGES = 2
#: It ends sessions of closed pages soon.
PANEL = [
    "--address=127.0.0.1",
    "--unused-session-lifetime=1000",
    "--check-unused-sessions=1000",
]
#: How each document's command runs the app, with what keeps it to this machine.
COMMANDS = {
    "docs/hosts/panel.md": ("panel serve app.py", PANEL, "/app"),
    "docs/hosts/solara.md": ("solara run app.py", ["--host=127.0.0.1", "--no-open"], "/"),
    "docs/hosts/shiny.md": ("shiny run app.py", [], "/"),
}
#: Notes what Python knows of all meetings of the app, before the document's own lines. No test listens to them.
NOTE = """
import nanomeet_widget as nm

class Noted(nm.NanoMeet):
    def __init__(self, *args, **options):
        super().__init__(*args, **{"microphone": False, **options})
        self.observe(self.note, "status")

    def note(self, change):
        with open("states.txt", "a") as file:
            print(change.new.value, file=file)

    def close(self):
        with open("states.txt", "a") as file:
            print("closed", file=file)
        super().close()

if nm.NanoMeet.__name__ != "Noted":
    nm.NanoMeet = Noted
"""
#: What is left of a token, wherever it is.
TOKEN = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}")


@dataclass
class App:
    """A running app, and what it has sent to its pages."""

    url: str
    open_page: OpenPage
    folder: Path
    received: list[str] = field(default_factory=list)

    def open(self, **options: object) -> Page:
        """Open it as another person, and wait until the meeting is joined."""
        page = self.open_page(**options)
        page.on("websocket", self._listen)
        answer = page.goto(self.url)
        assert answer is not None
        self.received.append(answer.text())
        expect(meeting(page)).to_have_attribute("data-status", "joined", timeout=SLOW)
        return page

    def states(self) -> list[str]:
        """Return what Python was told of the meetings, in the order in which it was told."""
        return (self.folder / "states.txt").read_text().split()

    def _listen(self, socket: WebSocket) -> None:
        if socket.url.partition("://")[2].startswith(self.url.split("/")[2]):
            socket.on("framereceived", lambda frame: self.received.append(str(frame)))


def meeting(page: Page) -> Locator:
    return page.locator(".nanomeet:visible")


def overlay(page: Page) -> Locator:
    return page.locator(".nanomeet-overlay")


def says(page: Page, state: str) -> None:
    """Check that Python knows the state, and the host shows what Python says."""
    expect(page.get_by_text(f"Python says {state}")).to_be_visible(timeout=SLOW)


@pytest.fixture(params=sorted(COMMANDS))
def app(request: pytest.FixtureRequest, tmp_path: Path, open_page: OpenPage) -> Iterator[App]:
    """Run the app of a document with the document's command."""
    (block,) = blocks("python", request.param)
    command, options, path = COMMANDS[request.param]
    assert any(command in one.text for one in blocks("sh", request.param))
    (tmp_path / "app.py").write_text(NOTE + block.text)
    arguments = [python_of("web-apps"), "-m", *command.split(), *options]
    with running_app(tmp_path, arguments, homes_in(tmp_path), ready=path) as url:
        yield App(url + path, open_page, tmp_path)
        log = (tmp_path / "app.log").read_text()
        # A host may log errors of its own when a page goes.
        assert not re.search("nanomeet_widget|callback .* failed", log), log
        assert not TOKEN.search(log)


def test_each_document_of_an_app_is_run() -> None:
    assert set(APPS) == set(COMMANDS)


def test_a_meeting_in_an_app(app: App) -> None:
    page = app.open()
    assert moves(frame_of(page).locator("video").first)
    lies_over(overlay(page), page.locator(".nanomeet-place"))
    says(page, "joined")

    # Python awaits a command's reply.
    page.get_by_role("button", name="Name it Rings").click()
    expect(meeting(page).locator(".nanomeet-room")).to_have_text("Rings")
    meeting(page).get_by_role("button", name="Copy invite").click()
    expect(meeting(page)).to_contain_text("The invite link is copied")

    # Another page has a participant of its own.
    other = app.open()
    for one in (page, other):
        expect(meeting(one).locator(".nanomeet-count")).to_have_text("2")
        says(one, "joined")

    # Removing the widget frees the camera; showing it again joins again.
    shown = page.get_by_role("checkbox")
    # Solara draws a box over the browser's own.
    shown.uncheck(force=True)
    expect(overlay(page)).to_have_count(0)
    says(page, "left")
    expect(meeting(other).locator(".nanomeet-count")).to_have_text("1")
    shown.check(force=True)
    expect(meeting(page)).to_have_attribute("data-status", "joined")
    says(page, "joined")

    meeting(page).get_by_role("button", name="Leave").click()
    expect(meeting(page)).to_contain_text("You left")
    expect(overlay(page)).to_have_count(0)
    says(page, "left")
    meeting(page).get_by_role("button", name="Join again").click()
    expect(meeting(page)).to_have_attribute("data-status", "joined")
    assert moves(frame_of(page).locator("video").first)

    # Python hears that pages are closed, and widgets of ended sessions are closed.
    page.goto("about:blank")
    expect(meeting(other).locator(".nanomeet-count")).to_have_text("1")
    other.goto("about:blank")
    # It left twice before.
    until(other, lambda: app.states().count("left"), to_be=4)
    until(other, lambda: app.states().count("closed") >= PAGES)
    # What the host sent holds no token: the widget's own messages are sealed.
    sent = "".join(app.received)
    assert "sealed" in sent
    assert not TOKEN.search(sent)


#: Commands from where no page's message is handled, and one that is awaited where no reply can arrive.
SHINY = """
import asyncio
import threading
import time
import nanomeet_widget as nm
from shiny import App, reactive, render, ui
from shinywidgets import output_widget, render_widget

room = nm.create_room("shiny_102")
page = ui.page_fluid(
    *[ui.input_action_button(one, one) for one in ("effect", "gather", "task", "thread", "again")],
    ui.output_text("said"),
    output_widget("meeting"),
)

def server(input, output, session):
    words = reactive.value("nothing yet")
    times = reactive.value(0)
    tasks = []

    @render_widget
    def meeting():
        times()
        return nm.NanoMeet(token=room.token, height=420, camera=False, microphone=False)

    @render.text
    def said():
        return words()

    @reactive.effect
    @reactive.event(input.effect)
    async def in_effect():
        began = time.monotonic()
        try:
            await meeting.widget.set_subject("Effect")
        except nm.CannotAwaitError as error:
            words.set(f"{error}, after {time.monotonic() - began:.0f} s")

    @reactive.effect
    @reactive.event(input.gather)
    async def in_gather():
        (error,) = await asyncio.gather(meeting.widget.set_subject("Gather"), return_exceptions=True)
        words.set(f"gathered {error!r}")

    async def soon(act):
        await asyncio.sleep(0.5)  # the reactive function that began this has ended
        await act()

    @reactive.effect
    @reactive.event(input.task)
    def in_task():
        tasks.append(asyncio.create_task(soon(lambda: meeting.widget.set_subject("Task"))))

    @reactive.effect
    @reactive.event(input.thread)
    def in_thread():
        threading.Thread(target=lambda: meeting.widget.set_subject("Thread")).start()

    @reactive.effect
    @reactive.event(input.again)
    def again():
        times.set(times() + 1)

app = App(page, server)
"""


def test_shiny_gets_commands_from_everywhere(tmp_path: Path, open_page: OpenPage) -> None:
    (tmp_path / "app.py").write_text(SHINY)
    command = [python_of("web-apps"), "-m", "shiny", "run", "app.py"]
    with running_app(tmp_path, command, homes_in(tmp_path), ready="/") as url:
        page = App(url, open_page, tmp_path).open()
        room = meeting(page).locator(".nanomeet-room")
        for one in ("task", "thread"):
            page.get_by_role("button", name=one).click()
            expect(room).to_have_text(one.title())

        # Awaiting it there would stop all sessions; it takes effect nevertheless.
        page.get_by_role("button", name="effect").click()
        expect(page.locator("#said")).to_contain_text("@reactive.extended_task")
        expect(page.locator("#said")).to_contain_text("after 0 s")
        expect(room).to_have_text("Effect")
        page.get_by_role("button", name="gather").click()
        expect(page.locator("#said")).to_contain_text("gathered CannotAwaitError")
        expect(room).to_have_text("Gather")

        # Another widget with the same token takes the meeting over.
        frame_of(page).evaluate("window.mark = 'the same frame'")
        page.get_by_role("button", name="again").click()
        expect(room).to_have_text("Gather")
        expect(meeting(page)).to_have_attribute("data-status", "joined")


#: A callback that keeps Panel from hearing the page, and a widget that takes another one's place.
PANEL_APP = """
import nanomeet_widget as nm
import panel as pn

pn.extension("ipywidgets")
room = pn.state.as_cached("room", lambda: nm.create_room("panel_102"))
devices = {"camera": False, "microphone": False}
meet = nm.NanoMeet(token=room.token, height=420, **devices)
said = pn.pane.Str("nothing yet")
place = pn.Column(meet)

@pn.io.with_lock
async def in_lock(event):
    try:
        await meet.set_subject("Locked")
    except nm.CannotAwaitError as error:
        said.object = str(error)

def again(event):
    place.objects = [nm.NanoMeet(token=room.token, height=420, **devices)]

pn.Column(
    pn.widgets.Button(name="lock", on_click=in_lock),
    pn.widgets.Button(name="again", on_click=again),
    said,
    place,
).servable()
"""


def test_panel_hands_a_meeting_over(tmp_path: Path, open_page: OpenPage) -> None:
    (tmp_path / "app.py").write_text(PANEL_APP)
    command = [python_of("web-apps"), "-m", "panel", "serve", "app.py", *PANEL]
    with running_app(tmp_path, command, homes_in(tmp_path), ready="/app") as url:
        page = App(f"{url}/app", open_page, tmp_path).open()
        page.get_by_role("button", name="lock").click()
        expect(page.get_by_text("pn.io.with_lock")).to_be_visible()
        expect(meeting(page).locator(".nanomeet-room")).to_have_text("Locked")

        # Panel takes the old widget away without telling it.
        frame_of(page).evaluate("window.mark = 'the same frame'")
        page.get_by_role("button", name="again").click()
        expect(meeting(page).locator(".nanomeet-role")).to_have_text("Moderator")
        expect(meeting(page)).to_have_attribute("data-status", "joined")
        lies_over(overlay(page), page.locator(".nanomeet-place"))
        assert frame_of(page).evaluate("window.mark === 'the same frame'")
