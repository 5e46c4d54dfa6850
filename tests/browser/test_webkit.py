"""Debian's WebKitGTK, which is built without WebRTC: it watches and writes, and says what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

import nanomeet_widget
from tests.browser.conftest import OpenPage
from tests.browser.matrix import Findings, refused, version
from tests.browser.media import MOVES
from tests.browser.site import site
from tests.browser.test_firefox import go_live, link_of
from tests.browser.test_room import Room, tile
from tests.browser.webkit import MISSING, WebKit, running_webkit
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port

STATIC = Path(nanomeet_widget.__file__).parent / "static"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(MISSING is not None, reason=f"{MISSING} is not installed"),
]

found = Findings("WebKitGTK")
#: Presses an item of the open menu, by its text.
_PRESS = """(text) => [...document.querySelectorAll(".menu:popover-open button")]
  .find((item) => item.innerText.trim() === text).click()"""
#: Whether the only picture of a page moves.
_MOVING = f"() => [{MOVES}].map((moves) => ((one) => one && moves(one))(document.querySelector('canvas, video')))[0]"


#: The viewer's page with neither WebCodecs nor Media Source Extensions but the managed ones.
_AS_ON_AN_OLDER_IPHONE = """<!doctype html>
<html data-base="BASE/">
  <script>for (const name of ["AudioDecoder", "MediaSource"]) delete globalThis[name];</script>
  <body></body>
  <script type="module">SCRIPT</script>
</html>"""


@pytest.fixture(scope="module")
def webkit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebKit]:
    """A window of it, for all tests here."""
    with running_webkit(tmp_path_factory.mktemp("webkit")) as running:
        yield running


@pytest.fixture
def port() -> int:
    """The port of the test's server, which `older` has to know before it starts."""
    return free_port()


@pytest.fixture
def older(port: int) -> Iterator[str]:
    """A site with the page of `_AS_ON_AN_OLDER_IPHONE`."""
    script = (STATIC / "player.js").read_text().replace("</script", "<\\/script")
    page = _AS_ON_AN_OLDER_IPHONE.replace("BASE", f"http://127.0.0.1:{port}", 1)
    with site(page.replace("SCRIPT", script, 1)) as url:
        yield url


@pytest.fixture
def served(servers: Servers, port: int, older: str) -> RunningServer:
    """A server that lets that site watch."""
    return servers.start("--port", str(port), "--allow-origin", older.rstrip("/"))


def test_the_matrix_names_this_webkit_or_an_older_one(webkit: WebKit) -> None:
    def numbers(name: str) -> list[int]:
        return [int(part) for part in name.split(".")[:2]]

    assert numbers(version("WebKitGTK")) <= numbers(webkit.version)


def test_a_browser_without_webrtc_joins_the_audience_and_watches(
    served: RunningServer, older: str, open_page: OpenPage, webkit: WebKit
) -> None:
    room = Room(served, open_page)
    ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
    webkit.goto(room.address("Grace", moderator=True))
    said = webkit.until("() => document.querySelector('.notices .notice.warning')?.innerText")
    found("Join, see and hear, be seen and heard", refused(said))
    assert webkit.until(_MOVING)
    found("Watch the stage from the audience", "yes, by WebCodecs")

    webkit.click('button[data-tool="chat"]')
    webkit.write(".chat-write textarea", "Hello from WebKit\ue007")
    ada.keyboard.press("c")
    expect(ada.get_by_role("log").get_by_text("Hello from WebKit")).to_be_visible()
    ada.keyboard.press("Escape")
    webkit.click('button[data-tool="hand"]')
    webkit.click('button[data-tool="reactions"]')
    webkit.click(".menu:popover-open button")
    ada.keyboard.press("p")
    hands = ada.locator(".panel").get_by_role("region", name="Raised hands")
    hands.get_by_role("button", name="Actions for Grace").click()
    found("Chat, hands, reactions")

    # The stage is for those who can be seen.
    ada.get_by_role("menuitem", name="Invite to the stage").click()
    webkit.click(".notice .button.primary")
    webkit.shows("This browser has no WebRTC, which the stage requires")
    ada.keyboard.press("Escape")

    webkit.click('button[data-tool="broadcast"]')
    said = webkit.until("() => document.querySelector('.panel .trouble')?.innerText")
    found("Send a broadcast", refused(said))
    webkit.click('button[data-tool="people"]')
    webkit.click('[aria-label="Actions for Ada"]')
    webkit.evaluate(_PRESS, "Mute")
    expect(tile(ada, "Ada")).to_have_attribute("data-microphone", "off")
    found("Moderate")

    go_live(ada)
    webkit.goto(link_of(ada))
    webkit.until("() => document.querySelector('main.player')?.dataset.state === 'live'")
    assert webkit.until(_MOVING)
    found("Watch a broadcast", "yes, by WebCodecs")
    stream = link_of(ada).rsplit("/", 1)[1]
    webkit.goto(f"{older}live/{stream}")
    webkit.until("() => document.querySelector('main.player')?.dataset.state === 'live'")
    assert webkit.until(_MOVING)
    source = "() => document.querySelector('video.stream').currentSrc.slice(0, 5)"
    assert webkit.evaluate(source) == "blob:"
    found("Watch without WebCodecs", "yes, by Media Source Extensions")
