"""Spellings of a meeting's URL, and the errors of an invalid one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.site import site
from tests.conftest import RunningServer, Servers

pytestmark = pytest.mark.browser

PAGE = """
<!doctype html><title>A page</title><div id="place"></div>
<script src="{script}"></script>
<script>
  const events = [];
  const first = (name) => new Promise((resolve) => {{
    const look = setInterval(() => {{
      const found = events.find((event) => event.name === name);
      if (!found) return;
      clearInterval(look);
      resolve(found.data);
    }}, 20);
  }});
  let api;
  function enter(...args) {{
    api?.dispose();
    events.length = 0;
    const place = document.querySelector("#place");
    api = new JitsiMeetExternalAPI(...args.map((one) => (one === "#place" ? place : one)));
    for (const name of ["videoConferenceJoined", "errorOccurred"]) {{
      api.on(name, (data) => events.push({{ name, data }}));
    }}
  }}
</script>
"""


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server below a path, as inside Jupyter or behind a proxy."""
    starter = Servers(tmp_path_factory.mktemp("behind"))
    yield starter.start("--base-url", "/user/anna/nanomeet/")
    starter.close()


@pytest.fixture(scope="module")
def address(behind: RunningServer) -> Iterator[str]:
    """A page of another origin, with the script at the URL where the React component expects it."""
    with site(PAGE.format(script=f"{behind.url}/local/external_api.js?release=release-1")) as found:
        yield found


@pytest.fixture
def room() -> str:
    return f"Place_{secrets.token_hex(4)}"


def enter(page: Page, *args: Any) -> None:
    page.evaluate("(args) => enter(...args)", list(args))


def hears(page: Page, event: str) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("(name) => first(name)", event)
    return found


@pytest.mark.parametrize(
    ("domain", "room_name"),
    [
        ("{host}", "{room}"),
        ("{host}", "local/{room}"),
        ("{host}/local", "{room}"),
        ("{host}/local", "local/{room}"),
        ("http://{host}//", "/local/{room}/"),
        (" //{host}/local/ ", " {lower} "),
        ("{host}", "{room}?lang=de#config.startWithAudioMuted=true"),
        ("{host}/local/{room}", ""),
    ],
)
def test_a_meeting_is_found_however_its_address_is_spelt(
    *,
    behind: RunningServer,
    address: str,
    open_page: OpenPage,
    room: str,
    domain: str,
    room_name: str,
) -> None:
    host = behind.url.removeprefix("http://")
    values = {"host": host, "room": room, "lower": room.lower()}
    page = open_page(address)
    options = {"roomName": room_name.format(**values), "jwt": behind.room(room)}
    enter(page, domain.format(**values), {**options, "parentNode": None, "userInfo": None})
    assert hears(page, "videoConferenceJoined")["roomName"].lower() == room.lower()
    if "#config" in room_name:
        assert page.evaluate("api.isAudioMuted()") is True


def test_positional_arguments_and_no_ssl_reach_another_server(
    server: RunningServer, address: str, open_page: OpenPage, room: str
) -> None:
    page = open_page(address)
    host, token = server.url.removeprefix("http://"), server.room(room)
    look, quiet = {"TILE_VIEW_MAX_COLUMNS": 2}, {"startWithAudioMuted": True}
    enter(page, host, f"local/{room}", 640, 360, "#place", quiet, look, True, token)
    assert hears(page, "videoConferenceJoined")["roomName"] == room
    assert page.evaluate("api.isAudioMuted()") is True
    frame = page.locator("#place iframe")
    assert frame.evaluate("({ style }) => [style.width, style.height]") == ["640px", "360px"]


@pytest.mark.parametrize(
    ("domain", "room_name", "kind", "words"),
    [
        ("{host}", "Another", "wrong_room", "local/{room}, not Another"),
        ("{host}/other", "{room}", "wrong_room", "local/{room}, not other/{room}"),
        ("{host}", "My room!", "wrong_room", "not My room!"),
        ("{host}", "Täglich", "wrong_room", "not Täglich"),
        ("{host}", "stream", "wrong_room", "not stream"),
        ("{host}", "a/b/c", "address_invalid", "does not name a room"),
        ("{host}", "", "address_invalid", "does not name a room"),
        ("{host}", "../{room}", "address_invalid", "is no room's name"),
        ("{host}", "http://{host}/{room}", "address_invalid", "the room's name alone"),
        ("{host}?x=1", "{room}", "address_invalid", "is no domain"),
        ("", "{room}", "address_invalid", "is no domain"),
    ],
)
def test_an_address_that_cannot_work_fails_at_once_in_words(
    *,
    behind: RunningServer,
    address: str,
    open_page: OpenPage,
    room: str,
    domain: str,
    room_name: str,
    kind: str,
    words: str,
) -> None:
    values = {"host": behind.url.removeprefix("http://"), "room": room}
    page = open_page(address)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    token = behind.room(room)
    enter(page, domain.format(**values), {"roomName": room_name.format(**values), "jwt": token})
    failure = hears(page, "errorOccurred")
    assert (failure["name"], failure["isFatal"]) == (kind, True)
    assert words.format(**values) in failure["message"]
    assert token not in failure["message"]
    assert any(failure["message"] in line for line in said)


def test_no_token_is_an_error_at_once(
    behind: RunningServer, address: str, open_page: OpenPage, room: str
) -> None:
    page = open_page(address)
    for name in (room, f"local/{room}"):
        enter(page, behind.url, {"roomName": name, "jwt": None})
        failure = hears(page, "errorOccurred")
        assert (failure["name"], failure["isFatal"]) == ("token_malformed", True)
        assert "invite link" in failure["message"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("{room}", "contains no token"),
        ("local/{room}", "contains no token"),
        ("a/b/c", "does not name a room"),
        ("", "does not name a room"),
    ],
)
def test_an_address_without_a_meeting_says_what_to_do(
    behind: RunningServer, open_page: OpenPage, room: str, path: str, words: str
) -> None:
    page = open_page(f"{behind.url}/{path.format(room=room)}")
    expect(page.locator("body")).to_contain_text(re.compile(words))


def test_a_person_opens_a_room_without_its_organisation(
    behind: RunningServer, open_page: OpenPage, room: str
) -> None:
    page = open_page(f"{behind.url}/{room}#jwt={behind.room(room)}")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("[data-participant]")).to_have_count(1)
