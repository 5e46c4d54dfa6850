"""A meeting survives changes of its cell, and ends when its user wants it to."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.labs import Lab

from .conftest import OpenPage
from .kept_pages import OpenNotebook
from .media import frame_of, lies_over, moves
from .notebook import SLOW, App, Notebook

pytestmark = pytest.mark.browser

IMPORT = "import nanomeet_widget as nm"
SHOW = 'room = nm.create_room("{}")\nmeet = nm.NanoMeet(token=room.token, {})\nmeet'
OFF = "camera=False, microphone=False"
FILLER = "for i in range(100): print(i)"
LINK = "open('{}.txt', 'w').write(nm.create_invite(room.token).invite_link)"
#: Milliseconds: a meeting that no cell shows is left within half a minute, whatever the kernel does.
GONE = 90_000
OTHERS = "li[data-participant][data-local=false]"
COUNT_MODELS = (
    "from ipywidgets.widgets.widget import _instances\n"
    "print(sorted(type(widget).__name__ for widget in _instances.values()))"
)
STATUS = "print(meet.status.value)"
#: Shows the meeting once a file exists; until then the kernel is busy.
LATER = """
import pathlib, time
while not pathlib.Path("{}.go").exists():
    time.sleep(0.05)
meet
"""

Join = Callable[..., Notebook]


@pytest.fixture(params=get_args(App))
def app(request: pytest.FixtureRequest) -> App:
    """JupyterLab and Notebook 7; a test that names one of them runs only in that."""
    chosen: App = request.param
    return chosen


@pytest.fixture
def join(app: App, lab: Lab, open_notebook: OpenNotebook) -> Join:
    """Return a function that opens a notebook with a meeting in its second code cell; `page`: a page of its own.

    It joins with the devices off, unless `devices`.
    """

    def opener(room: str, *more: str, page: Page | None = None, devices: bool = False) -> Notebook:
        room = f"{room}_{app}"
        name = f"{room}.ipynb"
        lab.write(name, IMPORT, SHOW.format(room, "" if devices else OFF), *more)
        notebook = Notebook(page, lab, name, app) if page else open_notebook(name, app)
        notebook.run(0)
        notebook.run(1)
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        return notebook

    return opener


def overlays(notebook: Notebook) -> Locator:
    return notebook.page.locator(".nanomeet-overlay")


def kept(page: Page) -> dict[str, int]:
    """Return what the browser retains of a page after garbage collection."""
    session = page.context.new_cdp_session(page)

    def ref(expression: str) -> str:
        found = session.send("Runtime.evaluate", {"expression": expression})
        return str(found["result"]["objectId"])

    def instances(kind: str) -> int:
        query = {"prototypeObjectId": ref(f"{kind}.prototype")}
        objects = session.send("Runtime.queryObjects", query)["objects"]["objectId"]
        count = {"functionDeclaration": "function () { return this.length; }", "objectId": objects}
        return int(session.send("Runtime.callFunctionOn", count)["result"]["value"])

    def listeners(target: str) -> int:
        query = {"objectId": ref(target)}
        return len(session.send("DOMDebugger.getEventListeners", query)["listeners"])

    session.send("HeapProfiler.collectGarbage")
    counts = {kind: instances(kind) for kind in ("HTMLIFrameElement", "MutationObserver")}
    for target in ("window", "document", "document.body", "document.documentElement"):
        counts[target] = listeners(target)
    session.detach()
    return counts


def guest_of(notebook: Notebook, number: int, link: Path, open_page: OpenPage) -> Page:
    """Return a guest who joins with a link written by a cell, with the devices off, and sees the notebook's user."""
    notebook.run(number)
    guest = open_page(link.read_text())
    link.unlink()
    guest.get_by_label("Your name").fill("Ada")
    for device in ("Microphone", "Camera"):
        guest.get_by_role("button", name=device, exact=True).click()
    guest.get_by_role("button", name="Join").click()
    expect(guest.locator(OTHERS)).to_have_count(1, timeout=SLOW)
    return guest


def mark(notebook: Notebook) -> None:
    """Mark the meeting's frame: a reload would remove the mark."""
    frame_of(notebook.page).evaluate("window.mark = 'the same frame'")


def marked(notebook: Notebook) -> bool:
    return bool(frame_of(notebook.page).evaluate("window.mark === 'the same frame'"))


def test_running_the_cell_again_goes_on_with_the_meeting(join: Join) -> None:
    notebook = join("rerun", STATUS, devices=True)
    mark(notebook)
    for _ in range(3):
        notebook.run(1)
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert marked(notebook)
    notebook.tells(2, "joined")
    expect(overlays(notebook)).to_have_count(1)
    assert moves(frame_of(notebook.page).locator("video").first)


def test_scrolling_away_and_back_keeps_the_frame(join: Join) -> None:
    notebook = join("scroll", *[FILLER] * 8)
    mark(notebook)
    for number in range(2, 10):
        notebook.run(number)
    expect(overlays(notebook)).to_have_attribute("data-place", "corner")
    notebook.page.wait_for_timeout(6000)  # longer than a meeting without a cell is kept
    notebook.page.locator(".jp-WindowedPanel-outer").evaluate("(panel) => panel.scrollTo(0, 0)")
    expect(notebook.meeting).to_have_attribute("data-status", "joined")
    expect(overlays(notebook)).to_have_attribute("data-place", "cell")
    assert marked(notebook)


def test_moving_the_cell_keeps_the_frame(join: Join) -> None:
    notebook = join("move", "1")
    mark(notebook)
    notebook.cell(1).locator(".jp-InputPrompt").click()
    notebook.page.keyboard.press("Control+Shift+ArrowDown")
    expect(notebook.cell(2).locator(".nanomeet")).to_be_visible()
    notebook.page.wait_for_timeout(6000)  # longer than a meeting without a cell is kept
    expect(notebook.meeting).to_have_attribute("data-status", "joined")
    assert marked(notebook)
    lies_over(overlays(notebook), notebook.page.locator(".nanomeet-place"))


def test_the_frame_stays_within_what_can_be_seen_of_the_notebook(join: Join) -> None:
    notebook = join("clip", *[FILLER] * 2)
    notebook.run(2)
    panel = notebook.page.locator(".jp-WindowedPanel-outer")
    expect(overlays(notebook)).to_be_visible()
    # It extends above the notebook, and is clipped there. The notebook itself scrolls after a cell has run.
    above = notebook.page.wait_for_function(
        """([panel, overlay]) => {
          panel.scrollTo(0, 300);
          const [whole, frame] = [panel, overlay].map((one) => one.getBoundingClientRect());
          if (frame.top >= whole.top - 20) return null;
          const at = document.elementFromPoint(whole.left + whole.width / 2, whole.top - 10);
          return { covered: at.closest(".nanomeet-overlay") !== null };
        }""",
        arg=[panel.element_handle(), overlays(notebook).element_handle()],
    )
    assert above.json_value() == {"covered": False}


def test_a_second_view_shows_where_it_is_and_joins_nothing(join: Join) -> None:
    notebook = join("views", "meet")
    notebook.run(2)
    expect(overlays(notebook)).to_have_count(1)
    expect(notebook.meeting).to_have_count(2)
    expect(notebook.page.locator(".nanomeet-card")).to_contain_text("shown in another cell")
    expect(frame_of(notebook.page).locator("li[data-participant]")).to_have_count(1)


ONLY_LAB = pytest.mark.parametrize("app", ["lab"])


@ONLY_LAB
def test_a_split_notebook_shows_it_once(join: Join) -> None:
    notebook = join("split", STATUS)
    mark(notebook)
    notebook.menu("File", "New View for Notebook")
    first, second = notebook.meeting.nth(0), notebook.meeting.nth(1)
    expect(first.locator(".nanomeet-card")).to_contain_text("shown in another cell", timeout=SLOW)
    lies_over(overlays(notebook), second.locator(".nanomeet-place"))
    expect(frame_of(notebook.page).locator("li[data-participant]")).to_have_count(1)

    # The view that shows it is closed: the other one takes it over again.
    notebook.page.locator(".lm-TabBar-tab.jp-mod-current .lm-TabBar-tabCloseIcon").click()
    expect(notebook.meeting).to_have_count(1)
    lies_over(overlays(notebook), notebook.page.locator(".nanomeet-place"))
    notebook.tells(2, "joined")
    assert marked(notebook)


@ONLY_LAB
def test_an_output_beside_the_notebook_has_the_meeting(join: Join) -> None:
    notebook = join("beside")
    mark(notebook)
    notebook.meeting.locator(".nanomeet-room").click(button="right")
    notebook.page.locator(".lm-Menu-item", has_text="New View for Cell Output").click()
    beside = notebook.page.locator(".jp-LinkedOutputView .nanomeet")
    expect(beside).to_have_attribute("data-status", "joined", timeout=SLOW)
    lies_over(overlays(notebook), beside.locator(".nanomeet-place"))
    expect(notebook.cell(1).locator(".nanomeet-card")).to_contain_text("shown in another cell")
    expect(frame_of(notebook.page).locator("li[data-participant]")).to_have_count(1)
    assert marked(notebook)


def test_deleting_the_cell_ends_the_meeting(join: Join) -> None:
    notebook = join("deleted", STATUS)
    notebook.cell(1).locator(".jp-InputPrompt").click()
    notebook.menu("Edit", "Delete Cell")
    expect(overlays(notebook)).to_have_count(0, timeout=GONE)
    notebook.tells(1, "left")


def test_the_size_follows_python_while_it_is_joined(join: Join) -> None:
    notebook = join("size", "meet.height = 300; meet.width = '50%'")
    mark(notebook)
    notebook.run(2)
    expect(notebook.meeting).to_have_css("height", "300px")
    assert marked(notebook)


def test_another_token_moves_to_the_other_meeting(join: Join) -> None:
    notebook = join("first", "meet.token = nm.create_room('second').token", "print(meet.room)")
    notebook.run(2)
    expect(notebook.meeting).to_contain_text("second")
    frame = overlays(notebook).locator("iframe")
    expect(frame).to_have_attribute("src", re.compile("/second#"), timeout=SLOW)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert notebook.evaluate(3) == "second"
    expect(overlays(notebook)).to_have_count(1)


def test_a_reload_with_a_live_kernel_joins_again(join: Join) -> None:
    notebook = join("reload", STATUS)
    notebook.save()
    notebook.page.reload()
    notebook.idle()
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.tells(2, "joined")
    expect(frame_of(notebook.page).locator("li[data-participant]")).to_have_count(1)


def test_leaving_frees_the_camera_and_one_can_come_back(join: Join) -> None:
    notebook = join("leave", STATUS, devices=True)
    notebook.meeting.get_by_role("button", name="Leave").click()
    expect(overlays(notebook)).to_have_count(0)
    notebook.tells(2, "left")
    notebook.meeting.get_by_role("button", name="Join again").click()
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)


def test_cleared_outputs_end_a_meeting_not_shown_again(
    join: Join, lab: Lab, open_page: OpenPage, app: App
) -> None:
    name = f"cleared_{app}"
    notebook = join("cleared", LATER.format(name), STATUS, LINK.format(name))
    guest = guest_of(notebook, 4, lab.folder / f"{name}.txt", open_page)
    mark(notebook)
    notebook.start(2)
    notebook.menu("Edit", "Clear Outputs of All Cells")
    expect(notebook.meeting).to_have_count(0)
    # The widget notifies the kernel, whose answer beside the running cell is not the end of the run.
    guest.get_by_role("button", name="Leave the meeting").click()
    notebook.page.wait_for_timeout(6000)  # longer than it is kept while no kernel is busy
    (lab.folder / f"{name}.go").touch()
    notebook.ran(2)
    expect(notebook.meeting).to_have_attribute("data-status", "joined")
    assert marked(notebook)
    notebook.menu("Edit", "Clear Outputs of All Cells")
    expect(overlays(notebook)).to_have_count(0, timeout=GONE)
    notebook.tells(3, "left")
    notebook.run(2)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)


def test_two_meetings_in_one_notebook_do_not_mix(join: Join) -> None:
    notebook = join(
        "one",
        "other = nm.NanoMeet(token=nm.create_room('two').token, camera=False, microphone=False)\nother",
        "print(meet.status.value, other.status.value)",
    )
    notebook.run(2)
    first, second = notebook.meeting.nth(0), notebook.meeting.nth(1)
    expect(second).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(overlays(notebook)).to_have_count(2)
    notebook.tells(3, "joined joined")
    first.get_by_role("button", name="Leave").click()
    expect(first.locator(".nanomeet-card")).to_contain_text("You left one")
    expect(overlays(notebook)).to_have_count(1)
    notebook.tells(3, "left joined")


@pytest.mark.waits
def test_a_restarted_kernel_ends_the_meeting(join: Join, lab: Lab, open_page: OpenPage) -> None:
    notebook = join("restarted", LINK.format("restarted"))
    guest = guest_of(notebook, 2, lab.folder / "restarted.txt", open_page)
    notebook.menu("Kernel", "Restart Kernel")
    notebook.page.locator(".jp-Dialog button", has_text="Restart").click()
    expect(guest.locator(OTHERS)).to_have_count(0, timeout=GONE)
    expect(overlays(notebook)).to_have_count(0)
    expect(notebook.meeting).to_contain_text("Its kernel was shut down or restarted")


def test_restart_and_run_all_keeps_the_meeting(join: Join) -> None:
    notebook = join("from_start", STATUS)
    mark(notebook)
    notebook.menu("Kernel", "Restart Kernel and Run All Cells")
    notebook.page.locator(".jp-Dialog button", has_text="Restart").click()
    expect(notebook.output(2)).not_to_be_empty(timeout=SLOW)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.tells(2, "joined")
    assert marked(notebook)


def test_a_notebook_that_is_closed_ends_the_meeting(
    join: Join, lab: Lab, open_page: OpenPage
) -> None:
    notebook = join("closed", LINK.format("closed"), page=open_page())
    guest = guest_of(notebook, 2, lab.folder / "closed.txt", open_page)
    notebook.save()
    if "/lab/" in notebook.page.url:
        # Within five seconds of the page's clock, however busy the machine is.
        clock = notebook.page.clock
        clock.install()
        notebook.page.locator(".lm-TabBar-tab.jp-mod-current .lm-TabBar-tabCloseIcon").click()
        expect(notebook.meeting).to_have_count(0)
        now = notebook.page.evaluate("Date.now()") / 1000
        with suppress(Error):  # five seconds may have passed already
            clock.pause_at(datetime.fromtimestamp(now + 5, timezone.utc))
        expect(overlays(notebook)).to_have_count(0)
    else:
        notebook.page.close()
    expect(guest.locator(OTHERS)).to_have_count(0, timeout=GONE)


@pytest.mark.timeout(1200)
def test_running_the_cell_often_piles_nothing_up(join: Join) -> None:
    notebook = join("often", COUNT_MODELS)
    page, sockets = notebook.page, list[str]()
    page.on("websocket", lambda socket: sockets.append(socket.url))
    mark(notebook)
    before: dict[str, int] = {}
    for times in range(1, 16):
        notebook.run(1)
        expect(notebook.meeting).to_have_count(1)
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        if times == 5:
            before = kept(page)
    growth = {kind: count - before[kind] for kind, count in kept(page).items()}
    # The notebook itself occasionally adds one; 10 would be one for each run.
    assert max(growth.values()) < 5, growth
    notebook.tells(2, "['Layout', 'NanoMeet']")
    assert sockets == []
    assert marked(notebook)
    expect(overlays(notebook)).to_have_count(1)
