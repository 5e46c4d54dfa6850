"""The widget on other engines than ours: the same cell, the same state."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.labs import Lab
from tests.standins.https import Site
from tests.standins.jitsi import LIBRARY, jitsi
from tests.standins.prosody import Prosody

from .browsers import CHROMIUM, launched
from .conftest import OpenPage
from .contexts import AS_A_USER, new_context
from .kept_pages import OpenNotebook
from .notebook import SLOW, Notebook
from .site import site
from .test_restricted_pages import ISOLATED, lab_with

pytestmark = pytest.mark.browser

SECRET = "0123456789abcdef0123456789abcdef-prosody"
SETUP = """
import nanomeet_widget as nm
from nanomeet_widget.services import Jitsi
nm.configure(Jitsi("{host}", app_id="classroom", app_secret="{secret}", {options}))
room = nm.create_room("algebra_101")
meet = nm.NanoMeet(token={shows}.token, {widget})
meet
"""
STATE = """
print(meet.status.value, meet.broadcast.value, meet.moderator, meet.playout)
for one in meet.participants:
    print(one["display_name"], one["moderator"], one["audio"], one["video"])
"""
BROADCAST = """
playout = await meet.start_broadcast({})
print(playout, meet.broadcast.value)
await meet.stop_broadcast()
print(meet.broadcast.value, [e.name for e in meet.events].count("recording_status_changed"))
"""
REFUSED = """
try:
    await meet.start_broadcast()
except nm.CommandError as error:
    print(type(error).__name__, error)
print(meet.broadcast.value)
"""


ASKED = """
print(meet.error)
try:
    await meet.raise_hand()
except nm.NotJoinedError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    prosody = Prosody(app_id="classroom", secret=SECRET)
    with jitsi(tmp_path_factory.mktemp("jitsi"), prosody) as site:
        yield site


@pytest.fixture
def open_window(browser: Browser) -> Iterator[OpenPage]:
    """Open a page in a Chromium with windows, whose frames have devices despite a bad certificate."""
    with launched(browser.browser_type, program=CHROMIUM) as chromium:
        yield lambda **options: new_context(chromium, **{**AS_A_USER, **options}).new_page()


Show = Callable[[str], Notebook]


@pytest.fixture
def show(open_notebook: OpenNotebook) -> Show:
    """Show a notebook in a page that accepts the deployment's certificate."""
    return partial(open_notebook, trusting=True)


def meeting_of(notebook: Notebook, number: int) -> Locator:
    """Return the meeting that a cell shows."""
    return notebook.cell(number).locator(".nanomeet")


def cell(
    host: str, *, options: str = "", shows: str = "room", widget: str = "", setup: str = SETUP
) -> str:
    """Return a cell that shows a meeting of an engine."""
    values = {"{host}": host, "{secret}": SECRET, "{options}": options, "{shows}": shows}
    values["{widget}"] = widget
    for mark, value in values.items():
        setup = setup.replace(mark, value)
    return setup


def opened(lab: Lab, show: Show, site: Site, *cells: str, name: str, **settings: str) -> Notebook:
    """Open a notebook whose first cell shows a meeting, and run that; `settings` are those of `cell`."""
    lab.write(name, cell(site.host, **settings), *cells)
    notebook = show(name)
    notebook.run(0)
    return notebook


def test_a_jitsi_meeting_is_joined_known_and_left(lab: Lab, show: Show, deployment: Site) -> None:
    cells = (
        STATE,
        'await meet.set_subject("Rings"); print(meet.status.value)',
        "await meet.leave()",
    )
    notebook = opened(lab, show, deployment, *cells, STATE, name="jitsi.ipynb")
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(notebook.meeting).to_contain_text("2 people")
    frame = notebook.page.frame_locator(".nanomeet-overlay iframe")
    expect(frame.locator("#said")).to_have_text("Joined /algebra_101")

    notebook.tells(1, "joined off True None\nAda True True False\nGrace False False None")
    assert notebook.evaluate(2) == "joined"
    expect(notebook.meeting).to_contain_text("Rings")
    notebook.run(3)
    expect(notebook.meeting).to_contain_text("The notebook's code left algebra_101")
    notebook.tells(4, "left off True None")
    # The token is in the fragment, so this server's log does not contain it.
    assert not any("jwt" in path or "eyJ" in path for path in deployment.paths())


AT_ONCE = """
from IPython.display import display
display(meet)
commands = [meet.set_subject("Sets"), meet.set_tile_view(False), meet.set_subject("Rings")]
commands += [meet.start_broadcast(), meet.stop_broadcast()]
"""
OUTCOMES = "print([one.state for one in commands], meet.subject, meet.broadcast)"


@pytest.mark.parametrize("engine", ["jitsi", "library"])
def test_what_is_commanded_at_once_waits_for_any_engine(
    lab: Lab, show: Show, deployment: Site, engine: str
) -> None:
    first = SETUP.removesuffix("meet\n") + AT_ONCE
    options = 'broadcast_url="rtmp://ingest.example/x", watch_url="https://watch.example/"'
    notebook = opened(
        lab,
        show,
        deployment,
        OUTCOMES,
        setup=first,
        options=options,
        widget=library(deployment) if engine == "library" else "",
        name=f"at-once-{engine}.ipynb",
    )
    notebook.tells(1, f"{['done'] * 5} Rings off")


def test_a_jitsi_broadcast_goes_where_the_service_says(
    lab: Lab, show: Show, deployment: Site
) -> None:
    options = (
        'broadcast_url="rtmp://ingest.example/live/{streamname}", '
        'watch_url="https://watch.example/?s={streamname}"'
    )
    notebook = opened(
        lab,
        show,
        deployment,
        BROADCAST.format("False"),
        "print(room.streamname)",
        options=options,
        name="jibri.ipynb",
    )
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    told = notebook.evaluate(1).splitlines()
    stream = notebook.evaluate(2)
    assert told[0] == f"Playout(live='https://watch.example/?s={stream}', vod=None) live"
    assert told[1] == "off 2"
    orders = [seen.json() for seen in deployment.seen if seen.path == "/jibri"]
    assert orders[-1] == {"mode": "stream", "rtmpStreamKey": f"rtmp://ingest.example/live/{stream}"}
    # The stream's key is not part of the notebook.
    notebook.save()
    saved = (lab.folder / "jibri.ipynb").read_text()
    assert told[0] in saved
    assert "ingest.example/live/" + stream not in saved


#: What a broadcast's target is, what is said of it, and the broadcast's state then.
REFUSALS = [
    ("", "needs a target", "off"),
    ('broadcast_url="rtmp://refuse.example/{streamname}"', "unexpected-request", "failed"),
]


def test_a_jitsi_broadcast_that_cannot_be_says_why(lab: Lab, show: Show, deployment: Site) -> None:
    cells: list[str] = []
    for number, (options, _, _) in enumerate(REFUSALS):
        setup = SETUP.replace("algebra_101", f"refused_{number}")
        cells += [cell(deployment.host, options=options, setup=setup), REFUSED]
    lab.write("refused.ipynb", *cells)
    notebook = show("refused.ipynb")
    for number, (_, words, state) in enumerate(REFUSALS):
        notebook.run(2 * number)
        meeting = meeting_of(notebook, 2 * number)
        expect(meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        said = notebook.evaluate(2 * number + 1)
        assert said.startswith("Command")
        assert words in said
        assert said.splitlines()[-1] == state


def test_a_jitsi_guest_is_no_moderator(lab: Lab, show: Show, deployment: Site) -> None:
    guest = "nm.create_invite(room.token)"
    asks = "print(meet.moderator, meet.set_subject('x').exception())"
    notebook = opened(lab, show, deployment, asks, shows=guest, name="guest.ipynb")
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    expect(notebook.meeting).to_contain_text("Participant")
    notebook.begins(1, "False set_subject is for moderators")


def test_a_jitsi_that_knows_another_secret_refuses_in_words(
    lab: Lab, show: Show, tmp_path: Path
) -> None:
    with jitsi(tmp_path, Prosody(app_id="classroom", secret="x" * 40)) as site:
        notebook = opened(lab, show, site, "print(meet.error)", name="wrong.ipynb")
        expect(notebook.meeting).to_contain_text("does not accept the token", timeout=SLOW)
        error = "token_rejected"
        assert error in notebook.until(1, lambda printed: error in printed)


#: A room, the kind of its refusal, and what the cell, the error and its remedy say.
FINAL = [
    ("lobby_no", "refused", "did not let you", "NotAdmittedError", "ask the moderator"),
    ("not_this_one", "wrong_room", "room and tenant", "WrongRoomError", "room and tenant"),
    ("no_place", "room_full", "is full", "RoomFullError", "another participant has left"),
    ("login_first", "login_required", "login", "LoginRequiredError", "a moderator's token"),
]


def told_of(*words: str) -> Callable[[str], bool]:
    """Return whether a text has all of some words: the error may come while the cell runs."""
    return lambda printed: all(one in printed for one in words)


def test_each_final_refusal_is_an_error_of_its_own(lab: Lab, show: Show, deployment: Site) -> None:
    rooms = [SETUP.replace('"algebra_101"', f'"{name}"') for name, *_ in FINAL]
    cells = [one for setup in rooms for one in (cell(deployment.host, setup=setup), ASKED)]
    lab.write("final.ipynb", *cells)
    shown = show("final.ipynb")
    for number, (_, kind, says, error, remedy) in enumerate(FINAL):
        shown.run(2 * number)
        expect(meeting_of(shown, 2 * number)).to_contain_text(says, timeout=SLOW)
        told = shown.until(2 * number + 1, told_of(error, f"'kind': '{kind}'"))
        assert remedy in told.splitlines()[-1]


def library(site: Site, path: str = "/js/nanomeet.js", integrity: bytes | None = None) -> str:
    """Return arguments of a widget that joins with another library."""
    given = f'script_url="{site.url}{path}"'
    if integrity is not None:
        digest = base64.b64encode(hashlib.sha384(integrity).digest()).decode()
        given += f', script_integrity="sha384-{digest}"'
    return given


def test_another_library_joins_in_a_frame_and_state_stays_true(
    lab: Lab, open_window: OpenPage, deployment: Site
) -> None:
    cells = (
        STATE,
        'await meet.set_subject("Rings"); print(meet.status.value)',
        BROADCAST.format("False"),
        "await meet.leave(); print(meet.status.value, meet.participants)",
    )
    notebook = opened(
        lab,
        lambda name: Notebook(open_window(ignore_https_errors=True), lab, name),
        deployment,
        *cells,
        options='broadcast_url="rtmp://ingest.example/x", watch_url="https://watch.example/"',
        widget=library(deployment, integrity=LIBRARY),
        name="library.ipynb",
    )
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    frame = notebook.page.frame_locator(".nanomeet-overlay iframe")
    meeting = frame.frame_locator("iframe")
    expect(meeting.locator("#said")).to_have_text("Joined /algebra_101")

    # The library cannot reach the notebook, and receives only the answers to its own requests.
    assert json.loads(frame.locator("html").evaluate("() => document.title")) == {
        "page": "SecurityError",
        "stored": "SecurityError",
        "cookie": "SecurityError",
        "origin": "null",
    }
    expect(frame.locator("body")).to_have_attribute("data-answers", re.compile(r";.*;$"))
    answers = frame.locator("body").evaluate("() => document.body.dataset.answers")
    assert [type(json.loads(said)) for said in answers.split(";")[:-1]] == [dict, bool]
    assert notebook.page.evaluate("typeof NanoMeet + typeof NanoMeetAPI") == "undefinedundefined"
    # A meeting in it may use the camera.
    media = meeting.locator("body").evaluate(
        """async () => {
            const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
            const kinds = stream.getTracks().map((track) => track.kind).sort();
            for (const track of stream.getTracks()) track.stop();
            return kinds;
        }"""
    )
    assert media == ["audio", "video"]

    notebook.tells(1, "joined off True None\nAda True True False\nGrace False False None")
    assert notebook.evaluate(2) == "joined"
    expect(notebook.meeting).to_contain_text("Rings")
    assert notebook.evaluate(3).splitlines() == [
        "Playout(live='https://watch.example', vod=None) live",
        "off 2",
    ]
    assert notebook.evaluate(4) == "left []"
    notebook.save()
    saved = (lab.folder / "library.ipynb").read_text()
    assert "data:text/html" not in saved
    assert "sha384" not in json.dumps(json.loads(saved)["metadata"])


#: A library that navigates the notebook's window to another page when it is clicked.
LEADING_AWAY = """
class NanoMeet { init() { return new Promise(() => {}); } }
document.body.addEventListener("click", () => {
  const ways = {
    location: () => { top.location.href = "about:blank"; },
    replace: () => top.location.replace("about:blank"),
    open: () => { if (open("about:blank", "_top") === null) throw new DOMException("", "SecurityError"); },
  };
  document.body.dataset.outcome = Object.values(ways).map((way) => {
    try {
      way();
      return "done";
    } catch (error) {
      return error.name;
    }
  }).join(" ");
});
"""


def test_another_library_cannot_lead_the_notebook_elsewhere(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    with site(LEADING_AWAY) as hostile:
        lab.write(
            "away.ipynb",
            "import nanomeet_widget as nm\n"
            f'nm.NanoMeet(token=nm.create_room("away").token, script_url="{hostile}nanomeet.js")',
        )
        notebook = open_notebook("away.ipynb")
        notebook.run(0)
        frame = notebook.page.frame_locator(".nanomeet-overlay iframe")
        # Browsers usually take a click as the user's consent.
        frame.locator("body").click(timeout=SLOW)
        refused = " ".join(["SecurityError"] * 3)
        expect(frame.locator("body")).to_have_attribute("data-outcome", refused)
    assert notebook.page.url.startswith(lab.url)


#: Scripts that are none of such a library, and what is said of each.
UNUSABLE: list[tuple[str, bytes | None, str]] = [
    ("/missing.js", None, "cannot be loaded"),
    ("/js/nanomeet.js", b"another script", "is not what its integrity says"),
    ("/js/other.js", None, "it has no class NanoMeet"),
]


def test_an_unusable_library_fails_the_meeting_in_words(
    lab: Lab, show: Show, deployment: Site
) -> None:
    cells = [
        one
        for path, integrity, _ in UNUSABLE
        for one in (
            cell(deployment.host, widget=library(deployment, path, integrity)),
            "print(meet.status.value, meet.error)",
        )
    ]
    # Despite what the library promises, the last meeting's server has no engine script.
    cells += [cell("127.0.0.1:9", widget=library(deployment)), cells[-1]]
    lab.write("no-library.ipynb", *cells)
    notebook = show("no-library.ipynb")
    for number, (_, _, words) in enumerate(UNUSABLE):
        notebook.run(2 * number)
        expect(meeting_of(notebook, 2 * number)).to_contain_text(words, timeout=SLOW)
        notebook.begins(2 * number + 1, "failed {'kind': 'library'")
        expect(notebook.page.locator(".nanomeet-overlay iframe")).to_have_count(0)
    number = len(UNUSABLE)
    notebook.run(2 * number)
    words = "external_api.js cannot be loaded"
    expect(meeting_of(notebook, 2 * number)).to_contain_text(words, timeout=SLOW)
    notebook.begins(2 * number + 1, "failed")


def test_an_isolated_notebook_shows_an_unaware_server(
    tmp_path: Path, open_page: OpenPage, deployment: Site
) -> None:
    with lab_with(tmp_path, ISOLATED) as lab:
        page = open_page(ignore_https_errors=True)
        notebook = opened(
            lab,
            lambda name: Notebook(page, lab, name),
            deployment,
            STATE,
            name="isolated.ipynb",
        )
        assert notebook.page.evaluate("crossOriginIsolated")
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        notebook.begins(1, "joined")
