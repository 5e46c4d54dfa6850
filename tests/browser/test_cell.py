"""What the cell shows around a meeting, and what its buttons do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from nanomeet_widget import _tokens
from tests.labs import Lab

from .axe import violations
from .conftest import OpenPage
from .contexts import new_context
from .kept_pages import OpenNotebook
from .media import frame_of, lies_over
from .notebook import SLOW, Notebook
from .passing import said
from .screens import shoot
from .test_screens import fits

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "src/nanomeet_widget/static"
PERMISSIONS = ["camera", "microphone", "clipboard-read", "clipboard-write"]

SHOW = (
    "import nanomeet_widget as nm\nroom = nm.create_room({!r})\n"
    "meet = nm.NanoMeet(token=room.token)\nmeet"
)
FILLER = "for i in range(60): print(i)"

#: The shared notebook's cells by purpose.
MEET, SUBJECT, LIVE, OFF, NARROW, WIDE, AGAIN, FAR, QUIET = range(9)
CELLS = (
    SHOW.format("algebra_101"),
    (
        "def boom(event):\n    raise ValueError('no such topic')\n"
        "meet.on('subject_change', boom)\nmeet.set_subject('Rings')"
    ),
    "meet.start_broadcast()",
    "meet.stop_broadcast()",
    "meet.width = 320",
    "meet.width = '100%'",
    "meet",
    FILLER,
    "meet.off('subject_change', boom)\nmeet.set_subject('algebra_101')",
)


def joined(notebook: Notebook, number: int = 0) -> Notebook:
    notebook.run(number)
    expect(notebook.meeting.first).to_have_attribute("data-status", "joined", timeout=SLOW)
    return notebook


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    # The clock's digits are motion, too.
    opened = new_context(
        browser,
        viewport={"width": 1280, "height": 800},
        permissions=PERMISSIONS,
        reduced_motion="no-preference",
    )
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def cell(lab: Lab, context: BrowserContext) -> Notebook:
    """A notebook with a joined meeting in its first cell; these tests restore its state."""
    lab.write("cell.ipynb", *CELLS)
    return joined(Notebook(context.new_page(), lab, "cell.ipynb"))


@pytest.fixture
def meeting(cell: Notebook) -> Locator:
    """The widget, scrolled into view."""
    meeting = cell.meeting.first
    cell.cell(MEET).scroll_into_view_if_needed()
    expect(meeting).to_have_attribute("data-status", "joined")
    expect(overlay(cell.page)).to_have_attribute("data-place", "cell")
    return meeting


def overlay(page: Page) -> Locator:
    return page.locator(".nanomeet-overlay")


def press(where: Locator, name: str) -> None:
    where.get_by_role("button", name=name).click()


#: Whether one box lies within another.
WITHIN = """([box, whole]) => {
  const [a, b] = [box, whole].map((element) => element.getBoundingClientRect());
  return a.left >= b.left && a.top >= b.top && a.right <= b.right && a.bottom <= b.bottom;
}"""
#: Whether a header contains all of its content.
FITS = "(header) => header.scrollWidth <= header.clientWidth"


def test_the_header_says_how_the_meeting_stands(meeting: Locator) -> None:
    header = meeting.locator(".nanomeet-header")
    for words in ("algebra_101", "Moderator", "1 person", "Joined"):
        expect(header.get_by_text(words)).to_be_visible(timeout=SLOW)
    expect(header.locator(".nanomeet-pill")).to_be_hidden()
    for name in ("Full screen", "Open in a tab", "Copy invite", "Leave"):
        expect(header.get_by_role("button", name=name)).to_be_visible()


def test_the_room_does_not_repeat_the_header(cell: Notebook, meeting: Locator) -> None:
    room = frame_of(cell.page)
    expect(room.locator("[data-panel-button=people]")).to_be_visible()
    expect(room.locator(".title")).to_have_count(0)
    expect(meeting).to_be_visible()


def test_an_invite_is_copied_and_works(
    cell: Notebook, meeting: Locator, open_page: OpenPage
) -> None:
    with said(meeting.locator(".nanomeet-line[data-role=status]"), "The invite link is copied"):
        press(meeting, "Copy invite")
    link = cell.page.evaluate("navigator.clipboard.readText()")
    assert "#token=eyJ" in link
    assert "#token=" not in cell.page.content()
    guest = open_page(link)
    guest.get_by_label("Your name").fill("Ada")
    guest.get_by_role("button", name="Join").click()
    expect(meeting).to_contain_text("2 people", timeout=SLOW)


def test_where_copying_is_not_allowed_the_link_is_shown_selected(
    cell: Notebook, meeting: Locator
) -> None:
    forbidden = (
        "navigator.clipboard.write = () => Promise.reject(); document.execCommand = () => false"
    )
    cell.page.evaluate(f"() => {{ {forbidden}; }}")
    press(meeting, "Copy invite")
    link = meeting.get_by_label("Copy the invite link:")
    expect(link).to_be_focused()
    cell.page.evaluate("() => { delete navigator.clipboard.write; delete document.execCommand; }")
    assert "#token=eyJ" in link.input_value()
    selected = "(input) => input.selectionEnd - input.selectionStart === input.value.length"
    assert link.evaluate(selected)
    assert "#token=" not in cell.page.content()
    cell.page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    assert link.input_value() == ""


def test_a_callback_that_fails_is_told_until_it_is_dismissed(
    cell: Notebook, meeting: Locator
) -> None:
    cell.run(SUBJECT)
    notice = meeting.get_by_role("alert")
    expect(notice).to_contain_text("boom, called for subject_change, raised ValueError")
    expect(meeting.locator(".nanomeet-room")).to_have_text("Rings")
    shoot(cell.page, "cell-notice")
    press(meeting, "Dismiss")
    expect(notice).to_be_hidden()
    cell.run(QUIET)
    expect(meeting.locator(".nanomeet-room")).to_have_text("algebra_101")


def test_full_screen_and_back(cell: Notebook, meeting: Locator) -> None:
    press(meeting, "Full screen")
    expect(overlay(cell.page)).to_have_attribute("data-place", "full")
    expect(overlay(cell.page).locator("iframe")).to_have_js_property("offsetWidth", 1280)
    shoot(cell.page, "cell-full")
    press(overlay(cell.page), "Exit full screen")
    expect(overlay(cell.page)).to_have_attribute("data-place", "cell")
    lies_over(overlay(cell.page), meeting.locator(".nanomeet-place"))


def test_a_live_meeting_shows_a_running_clock(cell: Notebook, meeting: Locator) -> None:
    cell.run(LIVE)
    clock = meeting.get_by_role("timer")
    expect(meeting.locator(".nanomeet-live")).to_have_text("LIVE", timeout=SLOW)
    expect(clock).to_have_text(re.compile(r"^\d+:\d\d$"))
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    shoot(cell.page, "cell-live")

    # At 320 px everything is still there, with a name.
    cell.run(NARROW)
    cell.cell(MEET).scroll_into_view_if_needed()
    meeting.scroll_into_view_if_needed()
    expect(meeting).to_have_css("width", "320px")
    header = meeting.locator(".nanomeet-header")
    cell.page.wait_for_function(FITS, arg=header.element_handle())
    for name in ("Full screen", "Open in a tab", "Copy invite", "Leave"):
        expect(header.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    shoot(cell.page, "cell-narrow-live")
    cell.run(WIDE)

    # With reduced motion the digits change once a minute.
    cell.page.emulate_media(reduced_motion="reduce")
    expect(clock).to_have_text(re.compile(r"^\d+ min$"))
    cell.page.emulate_media(reduced_motion="no-preference")
    cell.run(OFF)
    expect(clock).to_be_hidden(timeout=SLOW)


def test_out_of_sight_it_is_in_a_corner_and_finds_back(cell: Notebook, meeting: Locator) -> None:
    page = cell.page
    room = frame_of(page)
    room.evaluate("window.mark = 'the same frame'")
    cell.run(FAR)
    expect(overlay(page)).to_have_attribute("data-place", "corner")
    expect(meeting).not_to_be_in_viewport()
    expect(overlay(page)).to_have_js_property("offsetWidth", 240)
    expect(overlay(page)).to_have_js_property("offsetHeight", 190)
    boxes = [overlay(page), page.locator(".jp-WindowedPanel-outer")]
    page.wait_for_function(WITHIN, arg=[box.element_handle() for box in boxes])
    assert violations(page, ".nanomeet-overlay") == []
    shoot(page, "cell-corner")
    press(overlay(page), "Back to the meeting")
    expect(overlay(page)).to_have_attribute("data-place", "cell")
    expect(meeting.locator(".nanomeet-place")).to_be_focused()
    assert room.evaluate("window.mark") == "the same frame"


def test_behind_another_tab_of_the_notebook_it_finds_back_too(
    cell: Notebook, meeting: Locator
) -> None:
    page = cell.page
    page.get_by_role("button", name="New Launcher").first.click()
    expect(meeting).to_be_hidden()
    expect(overlay(page)).to_have_attribute("data-place", "corner")
    press(overlay(page), "Back to the meeting")
    expect(overlay(page)).to_have_attribute("data-place", "cell")
    expect(meeting.locator(".nanomeet-place")).to_be_focused()


def test_the_corner_can_be_turned_off_and_on(cell: Notebook, meeting: Locator) -> None:
    cell.cell(FAR).scroll_into_view_if_needed()
    expect(overlay(cell.page)).to_have_attribute("data-place", "corner")
    press(overlay(cell.page), "Hide this corner")
    expect(overlay(cell.page)).to_be_hidden()
    cell.cell(MEET).scroll_into_view_if_needed()
    press(meeting, "Keep a mini-player when scrolled away")
    cell.cell(FAR).scroll_into_view_if_needed()
    expect(overlay(cell.page)).to_have_attribute("data-place", "corner")


def test_the_keyboard_goes_into_the_meeting_and_comes_back(
    cell: Notebook, meeting: Locator
) -> None:
    place = meeting.locator(".nanomeet-place")
    meeting.get_by_role("button", name="Leave").focus()
    cell.page.keyboard.press("Tab")
    expect(place).to_be_focused()
    shoot(cell.page, "cell-focus")
    cell.page.keyboard.press("Enter")
    expect(overlay(cell.page).locator("iframe")).to_be_focused()
    cell.page.keyboard.press("Tab")
    frame_of(cell.page).wait_for_function("() => document.activeElement.matches('button, a')")
    cell.page.keyboard.press("Shift+Tab")
    expect(place).to_be_focused()


def test_a_second_view_takes_the_meeting_over(cell: Notebook, meeting: Locator) -> None:
    cell.run(AGAIN)
    expect(cell.meeting).to_have_count(2)
    expect(meeting.locator(".nanomeet-card")).to_contain_text("shown in another cell")
    cell.cell(MEET).scroll_into_view_if_needed()
    press(meeting, "Show it here")
    expect(cell.meeting.nth(1).locator(".nanomeet-card")).to_contain_text("shown in another cell")
    expect(meeting.locator(".nanomeet-place")).to_be_focused()
    expect(frame_of(cell.page).locator("li[data-participant]")).to_have_count(1)


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_the_theme_follows_the_notebook(cell: Notebook, meeting: Locator, theme: str) -> None:
    page = cell.page
    room = frame_of(page)
    room.evaluate("window.mark = 'the same frame'")
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-item", has_text="Theme").first.click()
    page.locator(".lm-Menu-item", has_text=f"JupyterLab {theme}").first.click()
    expect(meeting).to_have_attribute("data-theme", theme.lower())
    expect(room.locator(f"html[data-theme={theme.lower()}]")).to_have_count(1)
    assert room.evaluate("window.mark") == "the same frame"
    assert violations(page, ".nanomeet", ".nanomeet-overlay") == []
    shoot(page, f"cell-{theme.lower()}")


def test_cell_and_room_speak_the_language_of_the_notebook(lab: Lab, open_page: OpenPage) -> None:
    lab.write("sprache.ipynb", SHOW.format("sprache_101"), "meet.leave()")
    notebook = Notebook(open_page(locale="en-US"), lab, "sprache.ipynb")
    # As JupyterLab does with an installed language pack selected in its settings.
    notebook.page.evaluate("document.documentElement.lang = 'de_DE'")
    joined(notebook)
    header = notebook.meeting.locator(".nanomeet-header")
    for words in ("Moderation", "1 Person", "Beigetreten"):
        expect(header.get_by_text(words)).to_be_visible(timeout=SLOW)
    for name in ("In einem Tab öffnen", "Einladung kopieren", "Verlassen"):
        expect(header.get_by_role("button", name=name)).to_be_visible()
    room = frame_of(notebook.page)
    expect(room.locator("html")).to_have_attribute("lang", "de")
    notebook.run(1)
    card = notebook.meeting.locator(".nanomeet-card")
    expect(card).to_contain_text("Der Code des Notebooks hat sprache_101 verlassen.")
    expect(card.get_by_role("button", name="Wieder beitreten")).to_be_visible()


def test_in_a_tab_of_its_own_and_back_here(lab: Lab, open_page: OpenPage) -> None:
    lab.write("tab.ipynb", SHOW.format("tab_101"), "print(meet.status.value)")
    lab.use_theme("light")
    notebook = joined(Notebook(open_page(permissions=PERMISSIONS), lab, "tab.ipynb"))
    context = notebook.page.context
    asked: list[str] = []
    context.on("request", lambda request: asked.extend([request.url, str(request.headers)]))
    with context.expect_page() as opened:
        press(notebook.meeting, "Open in a tab")
    tab = opened.value
    expect(tab.locator("li[data-participant]")).to_have_count(1, timeout=SLOW)
    expect(tab).to_have_url(re.compile(r"/local/tab_101$"))
    expect(tab.locator("html")).to_have_attribute("data-theme", "light")
    tab.reload()
    expect(tab.locator("li[data-participant]")).to_have_count(1, timeout=SLOW)
    expect(tab.locator("html")).to_have_attribute("data-theme", "light")
    fragmentless = [text.split("#")[0] for text in asked if "/tab_101" in text]
    assert fragmentless
    assert not [text for text in fragmentless if "eyJ" in text]
    notebook.tells(1, "left")
    card = notebook.meeting.locator(".nanomeet-card")
    expect(card).to_contain_text("open in its own tab")
    tab.close()
    press(card, "Join here")
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(frame_of(notebook.page).locator("li[data-participant]")).to_have_count(1, timeout=SLOW)


def test_between_two_pages_of_one_notebook(lab: Lab, open_page: OpenPage) -> None:
    lab.write("pages.ipynb", SHOW.format("pages_101"), "print(meet.status.value)")
    first = joined(Notebook(open_page(), lab, "pages.ipynb"))
    first.save()
    second = Notebook(first.page.context.new_page(), lab, "pages.ipynb")
    expect(second.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    first.page.bring_to_front()
    expect(first.meeting.locator(".nanomeet-card")).to_contain_text("another browser tab")
    press(first.meeting, "Show it here")
    expect(first.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(second.meeting.locator(".nanomeet-card")).to_contain_text("another browser tab")
    first.tells(1, "joined")


def test_between_two_widgets_and_out_by_the_keyboard(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write("two.ipynb", SHOW.format("two_101"), "nm.NanoMeet(token=room.token)")
    notebook = joined(open_notebook("two.ipynb"))
    room = frame_of(notebook.page)
    room.evaluate("window.mark = 'the same frame'")
    notebook.run(1)
    first, second = notebook.meeting.nth(0), notebook.meeting.nth(1)
    expect(second.locator(".nanomeet-card")).to_contain_text("shown in another cell")
    press(second, "Show it here")
    expect(second).to_have_attribute("data-status", "joined")
    expect(first.locator(".nanomeet-card")).to_contain_text("shown in another cell")
    assert room.evaluate("window.mark") == "the same frame"

    # From the cell's code by keyboard only: the notebook must not capture Tab or Enter.
    keyboard = notebook.page.keyboard
    notebook.cell(1).locator(".cm-content").click()
    keyboard.press("Escape")
    leave = second.get_by_role("button", name="Leave")
    for _ in range(12):
        keyboard.press("Tab")
        if leave.evaluate("(button) => button === document.activeElement"):
            break
    expect(leave).to_be_focused()
    keyboard.press("Enter")
    expect(second.locator(".nanomeet-card")).to_contain_text("You left two_101")
    expect(overlay(notebook.page)).to_have_count(0)
    expect(notebook.cell(1).locator(".jp-InputPrompt")).to_contain_text("[2]")
    # The other cell does not rejoin by itself after the user left.
    expect(first.locator(".nanomeet-card")).to_contain_text("shown in another cell")


CARDS = (
    (
        "import dataclasses, datetime\nimport nanomeet_widget as nm\n"
        "from nanomeet_widget import _tokens\n"
        "def token(**claims):\n"
        "    read = _tokens.read(nm.create_room('cards_101').token)\n"
        "    return _tokens.mint(dataclasses.replace(read, **claims), b'0' * 32)\n"
        "now = datetime.datetime.now(datetime.timezone.utc)"
    ),
    "early = nm.create_room('cards_101', nbf=datetime.timedelta(seconds=6))\nnm.NanoMeet(early.token)",
    "nm.NanoMeet(token(expiration=now - datetime.timedelta(hours=1)))",
    "nm.NanoMeet(token(server='meet.ex\u0430mple'))",
)


def test_cards_say_why_there_is_no_meeting(lab: Lab, open_notebook: OpenNotebook) -> None:
    lab.write("cards.ipynb", *CARDS)
    notebook = open_notebook("cards.ipynb")
    asked: list[str] = []
    notebook.page.on("request", lambda request: asked.append(request.url))
    for number in range(4):
        notebook.run(number)
    early, expired, strange = (notebook.cell(n).locator(".nanomeet") for n in (1, 2, 3))

    notebook.cell(3).scroll_into_view_if_needed()
    expect(strange.locator(".nanomeet-subject")).to_have_text("meet.xn--exmple-4nf")
    expect(strange.get_by_role("button")).to_have_text(["Join there"])
    shoot(notebook.page, "cell-card-ask")
    expect(expired.get_by_role("alert")).to_contain_text("The token for cards_101 has expired")
    expect(expired.locator(".nanomeet-card").get_by_role("button")).to_have_count(0)
    assert violations(notebook.page, ".nanomeet") == []

    # A token that is not valid yet joins by itself once it is.
    notebook.cell(1).scroll_into_view_if_needed()
    expect(early).to_have_attribute("data-status", "joined", timeout=SLOW)
    assert not [url for url in asked if "xn--" in url]


#: A page without a kernel, like a notebook saved as HTML; `kernel` is what hosts report about it.
SAVED = """
<!doctype html><html lang="en"><title>Saved</title><link rel="stylesheet" href="widget.css">
<main id="cell"></main>
<script type="module">
  import widget from "./widget.js";
  const state = { room: "saved_101", width: "100%", height: 240 };
  const kernel = new URLSearchParams(location.search).get("kernel");
  // What a kernel says to a page's hello, if there is one.
  const answer = JSON.parse(decodeURIComponent(location.hash.slice(1)) || "null");
  const listeners = [];
  const model = {
    get: (name) => state[name], off() {},
    on: (event, listener) => { if (event === "msg:custom") listeners.push(listener); },
    send: ({ type, client }) => {
      if (type !== "hello" || answer === null) return;
      for (const listener of listeners) queueMicrotask(() => listener({ ...answer, client }));
    },
    widget_manager: kernel ? { kernel: { status: kernel } } : undefined,
  };
  if (answer?.mark) document.body.dataset.vscodeThemeKind = "vscode-light";
  const { initialize, render } = widget();
  initialize({ model });
  render({ model, el: document.querySelector("#cell") });
</script>
"""


def serve_saved(route: Route) -> None:
    name = route.request.url.split("?")[0].rsplit("/", 1)[1]
    if name:
        route.fulfill(path=STATIC / name)
    else:
        route.fulfill(body=SAVED, content_type="text/html")


@pytest.mark.parametrize(
    ("query", "scheme", "words"),
    [
        ("", "light", "The meeting saved_101 starts when its cell is run."),
        ("?kernel=idle", "dark", "The meeting saved_101 starts when its cell is run."),
        (
            "?kernel=busy",
            "dark",
            "The meeting saved_101 is joined as soon as the kernel has finished",
        ),
    ],
)
def test_where_no_kernel_answers_the_cell_says_so(
    open_page: OpenPage, query: str, scheme: str, words: str
) -> None:
    page = open_page(viewport={"width": 320, "height": 320}, color_scheme=scheme)
    page.route("http://saved.test/**", serve_saved)
    page.goto(f"http://saved.test/{query}")
    expect(page.locator(".nanomeet-card")).to_contain_text(words)
    assert violations(page, ".nanomeet") == []
    shoot(page, f"cell-saved-{scheme}")


def token(**claims: Any) -> str:
    """Return a token of a server that does not answer."""
    now = datetime.now(timezone.utc)
    fields: dict[str, Any] = {
        "room": "saved_101",
        "streamname": "abc",
        "server": "http://127.0.0.1:1",
        "moderator": False,
        "sub": "local",
        "notbefore": now - timedelta(hours=2),
        "expiration": now + timedelta(days=3),
    }
    return _tokens.mint(_tokens.Claims(**{**fields, **claims}), _tokens.new_secret())


HOUR = timedelta(hours=1)
SAID: dict[str, tuple[Callable[[], dict[str, Any]], str, str | None]] = {
    "no token": (lambda: {"token": None, "ask": None}, "There is no meeting here yet", None),
    "blocked host": (
        lambda: {"token": None, "ask": "https://meet.example"},
        "You have not used this server from here before.",
        "Join there",
    ),
    "not yet": (
        lambda: {"token": token(notbefore=datetime.now(timezone.utc) + 26 * HOUR)},
        "is joined by itself then",
        None,
    ),
    "expired": (
        lambda: {"token": token(expiration=datetime.now(timezone.utc) - HOUR)},
        "The token for saved_101 has expired",
        None,
    ),
    "no server": (
        lambda: {"token": token()},
        "The server of saved_101 cannot be reached.",
        "Try again",
    ),
    "no camera": (
        lambda: {"token": token(), "mark": True},
        "this app blocks camera access in notebooks",
        "Open in browser",
    ),
    "elsewhere": (lambda: {"type": "moved"}, "moved to another browser tab", "Show it here"),
}


@pytest.mark.parametrize("name", SAID)
def test_each_card_is_one_sentence_and_one_action_for_everybody(
    open_page: OpenPage, name: str
) -> None:
    """In a narrow cell, light and dark: checked by axe, and reachable by keyboard."""
    answer, words, action = SAID[name]
    said = quote(json.dumps({"type": "token", "ask": None, **answer()}))
    page = open_page(viewport={"width": 320, "height": 360}, color_scheme="light")
    page.route("http://saved.test/**", serve_saved)
    page.goto(f"http://saved.test/#{said}")
    card = page.locator(".nanomeet-card")
    expect(card).to_contain_text(words, timeout=SLOW)
    expect(card.get_by_role("button")).to_have_text([action] if action else [])
    fits(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        if name != "no camera":  # VS Code's own theme decides there
            expect(page.locator(".nanomeet")).to_have_attribute("data-theme", scheme)
        assert violations(page, ".nanomeet") == []
        shoot(page, f"cell-card-{name.replace(' ', '-')}-{scheme}")
    if action:
        page.keyboard.press("Tab")
        expect(card.get_by_role("button", name=action)).to_be_focused()


@pytest.mark.parametrize("name", SAID)
def test_each_card_is_german_in_a_german_browser(open_page: OpenPage, name: str) -> None:
    answer, words, action = SAID[name]
    said = quote(json.dumps({"type": "token", "ask": None, **answer()}))
    page = open_page(viewport={"width": 320, "height": 360}, locale="de-AT")
    page.route("http://saved.test/**", serve_saved)
    unnamed = SAVED.replace(' lang="en"', "")
    page.route(
        "http://saved.test/", lambda route: route.fulfill(body=unnamed, content_type="text/html")
    )
    page.goto(f"http://saved.test/#{said}")
    card = page.locator(".nanomeet-card")
    expect(card.locator(".nanomeet-words")).not_to_be_empty(timeout=SLOW)
    expect(card).not_to_contain_text(words)
    expect(card.get_by_role("button")).to_have_count(1 if action else 0)
    if action:
        expect(card.get_by_role("button", name=action)).to_have_count(0)
    fits(page)
