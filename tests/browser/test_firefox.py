"""Debian's Firefox: in a room with Chromium, as a viewer, and in JupyterLab; each limit in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.firefox import FIREFOX, Firefox, FirefoxPage, running_firefox
from tests.browser.matrix import Findings, refused, version
from tests.browser.media import DECODES, MOVES, SOUNDS, moves, sounds
from tests.browser.test_room import Room, button, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer, Servers
from tests.labs import Lab
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed"),
]

found = Findings("Firefox")

#: The video of another participant.
OTHER = ".tile:not([data-local=true]) video.playing"
JOINED = "() => document.querySelector('.nanomeet')?.dataset.status === 'joined'"


@pytest.fixture(scope="module")
def running() -> Iterator[Firefox]:
    """Firefox, for all tests here."""
    with running_firefox() as firefox:
        yield firefox


@pytest.fixture
def firefox(running: Firefox) -> Iterator[Firefox]:
    """Firefox: no page of a test has an error that it did not catch."""
    running.faults.clear()
    yield running
    running.close_pages()
    assert running.faults == []


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage) -> Room:
    return Room(server, open_page)


def test_the_matrix_names_this_firefox_or_an_older_one(running: Firefox) -> None:
    tested = int(version("Firefox").split(".")[0])
    assert tested <= int(running.version.split(".")[0])


def test_a_participant_with_firefox(room: Room, firefox: Firefox) -> None:
    ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
    grace = firefox.open_page(room.address("Grace"))
    _sees_and_hears(grace)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    assert moves(tile(ada, "Grace").locator("video"))
    assert sounds(ada.locator("audio").first)
    found("Join, see and hear, be seen and heard")
    grace.until("() => document.documentElement.dataset.awake === 'true'")
    found("The screen stays on while joined")

    grace.button("Microphone").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "off")
    grace.press("m")
    expect(tile(ada, "Grace")).to_have_attribute("data-microphone", "on")
    grace.button("Camera").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off")
    grace.button("Camera").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on")
    assert moves(tile(ada, "Grace").locator("video"))
    found("Microphone and camera off and on")

    grace.press("c")
    grace.find(".chat-write textarea").click()
    grace.write("Hello from Firefox")
    grace.press("Enter")
    ada.keyboard.press("c")
    expect(ada.get_by_role("log").get_by_text("Hello from Firefox")).to_be_visible()
    grace.press("Escape")
    grace.press("h")
    expect(tile(ada, "Grace").get_by_role("img", name="hand raised")).to_be_visible()
    grace.button("Reactions").click()
    grace.role("menuitem", "Applause").click()
    expect(tile(ada, "Grace").locator(".tile-reaction").first).to_be_visible()
    found("Chat, hands, reactions")

    grace.button("Settings").click()
    grace.shows("Test the speaker", ".panel")
    found("Choose the speaker")
    grace.evaluate(_CHOOSE, "Strong blur")
    grace.until("() => document.querySelector('.notices').innerText === ''")
    assert moves(tile(ada, "Grace").locator("video"))
    found("Blur or replace the background")
    grace.press("Escape")

    # A machine without a window to share, such as this one: said in the page's words.
    grace.button("Share the screen").click()
    grace.shows("The browser found no screen or window that it could share", ".toasts")

    grace.reload()
    _sees_and_hears(grace)
    expect(tile(ada, "Grace")).to_have_count(1)
    grace.button("Leave the meeting").click()
    expect(tile(ada, "Grace")).to_have_count(0)
    grace.shows("Your camera and microphone are off.")


#: Chooses a background by its name.
_CHOOSE = """(name) => [...document.querySelectorAll(".panel label")].find(
  (label) => [label.innerText, label.title, label.ariaLabel].some((one) => one?.includes(name))).click()"""


def _sees_and_hears(page: FirefoxPage) -> None:
    assert page.evaluate(MOVES, page.find(OTHER))
    assert page.evaluate(SOUNDS, page.find("audio"))


def test_a_moderator_with_firefox(room: Room, firefox: Firefox) -> None:
    ada = firefox.open_page(room.address("Ada", moderator=True))
    ada.find(".tile[data-local=true] video.playing")
    grace = room.enter("Grace", silent=False, unseen=False)
    expect(tile(grace, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    ada.button("Invite people").click()
    ada.button("Copy").click()
    ada.button("Copied")
    ada.press("Escape")
    ada.press("p")
    ada.button("Actions for Grace").click()
    ada.role("menuitem", "Mute").click()
    expect(tile(grace, "Grace")).to_have_attribute("data-microphone", "off")
    ada.press("Escape")

    # What it cannot do is said before there is anything to press.
    ada.button("Broadcast").click()
    said = ada.find(".panel .trouble").evaluate("(one) => one.innerText")
    assert ada.all(".panel form") == []
    found("Send a broadcast", refused(said))
    ada.press("Escape")

    ada.press("p")
    ada.button("Actions for Grace").click()
    ada.role("menuitem", "Remove from the meeting").click()
    ada.find("dialog[open] button.danger").click()
    expect(grace.get_by_text("You were removed from the meeting").first).to_be_visible()
    found("Moderate")


def test_the_audience_and_viewers_with_firefox(
    servers: Servers, open_page: OpenPage, firefox: Firefox
) -> None:
    room = Room(servers.start("--stage", "2"), open_page)
    grace = firefox.open_page(room.address("Grace", moderator=True))
    grace.find(".tile[data-local=true] video.playing")
    linus = firefox.open_page(room.address("Linus"))
    linus.find(OTHER)
    alan = room.enter("Alan", unseen=False)
    notice = alan.locator(".audience-notice")
    expect(notice).to_contain_text("No browser on the stage", timeout=PATIENCE)
    found("Send the stage to its audience", refused(notice.inner_text()))

    linus.button("Leave the meeting").click()
    ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    linus.close()
    emmy = firefox.open_page(room.address("Emmy"))
    assert emmy.evaluate(MOVES, emmy.find(".feed canvas"))
    emmy.until("() => Number(document.querySelector('.feed').dataset.level) > 0.005")
    found("Watch the stage from the audience", "yes, by WebCodecs")
    emmy.close()

    go_live(ada)
    viewer = firefox.open_page(link_of(ada))
    viewer.until("() => document.querySelector('main.player')?.dataset.state === 'live'")
    assert viewer.evaluate(MOVES, viewer.find("canvas"))
    viewer.until("() => Number(document.querySelector('main.player')?.dataset.soundLevel) > 0.005")
    found("Watch a broadcast", "yes, by WebCodecs")
    viewer.close()
    older = firefox.open_page(link_of(ada), scripts=["delete globalThis.VideoDecoder;"])
    older.until("() => document.querySelector('main.player')?.dataset.state === 'live'")
    video = older.find("video.stream")
    assert older.evaluate(MOVES, video)
    assert older.evaluate(DECODES, video)
    found("Watch without WebCodecs", "yes, by Media Source Extensions")


def go_live(page: Page) -> None:
    """Start a broadcast, as a moderator does."""
    button(page, "Broadcast").click()
    button(page, "Go live").click()


def link_of(page: Page) -> str:
    """Return the viewer link of the open panel, once it is there."""
    link = page.get_by_role("textbox", name="Viewer link")
    expect(link).to_be_visible(timeout=PATIENCE)
    return link.input_value()


#: Prints how an awaitable of the meeting ends; waits for the first item of a reading.
_OUTCOME = """
async def first(reading):
    async with reading:
        return await anext(reading)

async def outcome(what):
    try:
        await what
        print("yes")
    except nm.NanoMeetError as error:
        print(f"no: “{error}”")
"""
CELLS = (
    (
        "import nanomeet_widget as nm\nroom = nm.create_room('firefox_101')\n"
        f"meet = nm.NanoMeet(token=room.token)\n{_OUTCOME}\nmeet"
    ),
    "await outcome(meet.start_broadcast())",
    "await outcome(first(meet.frames('me')))",
    "await outcome(first(meet.audio('me')))",
    (
        "import ipywidgets, numpy as np\nplot = ipywidgets.Button()\ndisplay(plot)\nawait outcome(meet.present(plot).opened)"
    ),
    (
        "noise = lambda: np.random.randint(0, 255, (180, 320, 3), np.uint8)\n"
        "await outcome(meet.present(noise).opened)"
    ),
    (
        "import asyncio\nfor _ in range(100):\n    if meet.status != 'left':\n"
        "        await asyncio.sleep(0.1)\nprint(meet.status)"
    ),
)


def test_the_widget_in_jupyterlab_with_firefox(lab: Lab, firefox: Firefox) -> None:
    lab.write("firefox.ipynb", *CELLS)
    page = firefox.open_page(lab.address("firefox.ipynb"), size=(1280, 1500))
    _until_idle(page)
    _run(page, 0)
    page.until(JOINED)
    page.frame(".nanomeet-overlay iframe").find("video.playing")
    found("`start_broadcast()` from Python", _run(page, 1))
    found("Read pictures with `frames`", _run(page, 2))
    found("Read sound with `audio`", _run(page, 3))
    found("Show an output of the notebook with `present`", _run(page, 4))
    found("Show pictures of a program with `present`", _run(page, 5))
    frame = page.frame(".nanomeet-overlay iframe")
    assert frame.evaluate(MOVES, frame.find(".tile.screen video.playing"))

    page.press("Control", "s")
    page.until("() => document.querySelector('.jp-mod-dirty') === null")
    page.reload()
    page.until(JOINED)
    page.frame(".nanomeet-overlay iframe").find("video.playing")
    page.find(".nanomeet .nanomeet-leave").click()
    page.shows("You left firefox_101", ".nanomeet")
    _until_idle(page)
    assert _run(page, 6) == "left"
    found("JupyterLab: join, reload, leave")


def _until_idle(page: FirefoxPage) -> None:
    """Wait until the kernel is connected and idle: the indicator alone is idle before there is one."""
    page.until(
        """() => {
          const [name, indicator] = [".jp-Toolbar-kernelName", ".jp-Notebook-ExecutionIndicator"]
            .map((one) => document.querySelector(one));
          return /Python/.test(name?.innerText) && indicator?.dataset.status === "idle";
        }""",
        patience=120,
    )


_CELL = "document.querySelectorAll('.jp-Notebook .jp-CodeCell')[number]"
#: Whether a cell's prompt has a number.
_PRINTED = r"((prompt) => /\[\d+\]/.test(prompt?.innerText))"


def _run(page: FirefoxPage, number: int) -> str:
    """Run a cell, and return what it printed."""
    # The notebook may draw its cells again at any time.
    prompt = f"{_CELL}?.querySelector('.jp-InputPrompt')"
    empty = "if (found) found.innerText = ''; return Boolean(found);"
    page.until(f"(number) => {{ const found = {prompt}; {empty} }}", number)

    def started() -> bool:
        # It forgets the focus then.
        focus = f"(number) => {_CELL}?.querySelector('.cm-content')?.focus()"
        page.evaluate(focus, number)
        page.press("Control", "Enter")
        return bool(page.evaluate(f"(number) => /\\[[*\\d]+\\]/.test({prompt}?.innerText)", number))

    until(started)
    page.until(f"(number) => {_PRINTED}({prompt})", number)
    return str(
        page.until(
            f"(number) => {_CELL}?.querySelector('.jp-OutputArea')?.innerText.trim()", number
        )
    )
