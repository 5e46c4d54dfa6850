"""Participants' profiles: a picture that no other host serves, and no e-mail address."""

from __future__ import annotations

import base64
import http.server
import json
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.site import site
from tests.browser.test_room import address as link
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

#: Draws a red square with a blue border, as a PNG.
DRAW = """
() => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 400, height: 300});
  const pen = canvas.getContext("2d");
  pen.fillStyle = "blue"; pen.fillRect(0, 0, 400, 300);
  pen.fillStyle = "red"; pen.fillRect(60, 10, 280, 280);
  return canvas.toDataURL("image/png");
}
"""
#: The colour in the centre of an image, and its width.
LOOK = """
async (image) => {
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const pen = canvas.getContext("2d");
  const {naturalWidth: side, naturalHeight: height} = image;
  pen.drawImage(image, side / 2, height / 2, 1, 1, 0, 0, 1, 1);
  return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => part > 128)
    .concat(side === height && side <= 256);
}
"""
RED = [True, False, False, True]


@pytest.fixture(scope="module")
def address(server: RunningServer) -> Iterator[str]:
    """A page that loads `external_api.js` from the server."""
    with site(PAGE.format(server=server.url)) as found:
        yield found


class _Host:
    """A web server of images that records requests."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.picture = b""
        self.readable = True
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(dict(self.headers.items()))
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                if host.readable:
                    self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(host.picture)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ada.png"


@pytest.fixture
def host() -> Iterator[_Host]:
    """A host of images that is not the meeting's server."""
    found = _Host()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


class Room:
    """A room with Ada, a moderator, and Grace, a participant; their cameras are off."""

    def __init__(self, server: RunningServer, open_page: OpenPage, address: str) -> None:
        self.name = f"Profiles_{secrets.token_hex(4)}"
        self.token = server.room(self.name)
        dark = {"startWithVideoMuted": True}
        self.ada = Person(open_page(address), server, self.token, self.name, "Ada", **dark)
        self.guest = server.invite(self.token)
        self.grace = Person(open_page(address), server, self.guest, self.name, "Grace", **dark)
        self.ada.hears("participantJoined", id=self.grace.id)


@pytest.fixture
def room(server: RunningServer, open_page: OpenPage, address: str) -> Room:
    return Room(server, open_page, address)


def _face(page: Page, participant: str) -> Locator:
    tile = page.frame_locator("iframe").locator(f'.tile[data-participant="{participant}"]')
    return tile.locator(".avatar img")


def test_a_picture_is_sent_as_bytes_and_replaces_the_initials(room: Room) -> None:
    ada, grace = room.ada, room.grace
    drawn = ada.page.evaluate(DRAW)
    ada.does("avatarUrl", drawn)
    for one in (ada, grace):
        shown = one.hears("avatarChanged", id=ada.id)["avatarURL"]
        # Redrawn: not the original bytes.
        assert shown.startswith("data:image/webp;base64,")
        assert shown != drawn
        assert one.asks("getAvatarURL", ada.id) == shown
        assert _face(one.page, ada.id).evaluate(LOOK) == RED
        people = one.asks("getRoomsInfo")["rooms"][0]["participants"]
        assert {p["id"]: p["avatarUrl"] for p in people} == {ada.id: shown, grace.id: None}
    expect(_face(grace.page, grace.id)).to_have_count(0)

    ada.does("avatarUrl", "")
    grace.hears("avatarChanged", id=ada.id, avatarURL=None)
    for one in (ada, grace):
        expect(_face(one.page, ada.id)).to_have_count(0)
    tile = grace.page.frame_locator("iframe").locator(f'.tile[data-participant="{ada.id}"]')
    expect(tile.locator(".avatar")).to_have_text("A")


def test_no_other_participant_loads_from_a_picture_host(room: Room, host: _Host) -> None:
    ada, grace = room.ada, room.grace
    host.picture = base64.b64decode(ada.page.evaluate(DRAW).split(",")[1])
    ada.does("avatarUrl", host.url)
    grace.hears("avatarChanged", id=ada.id)
    assert _face(grace.page, ada.id).evaluate(LOOK) == RED
    # Requested by the page that set it, once, and without identifying the user.
    assert len(host.asked) == 1
    assert not {"Cookie", "Referer"} & set(host.asked[0])

    host.readable = False
    refusal = ada.refused("avatarUrl", host.url)
    assert refusal["name"] == "no_picture"
    assert "Access-Control-Allow-Origin" in refusal["message"]
    for wrong in ("/logout", "javascript:alert(1)", "data:image/svg+xml;base64,PHN2Zy8+", 7):
        refusal = ada.refused("avatarUrl", wrong)
        assert refusal["name"] == "invalid", wrong
    refusal = ada.refused("avatarUrl", "data:image/png;base64,AAAA")
    assert "cannot be opened as an image" in refusal["message"]
    # The meeting continues, with the previous picture.
    assert _face(grace.page, ada.id).evaluate(LOOK) == RED


def test_an_e_mail_address_stays_with_the_page_that_gave_it(
    room: Room, server: RunningServer, open_page: OpenPage, address: str
) -> None:
    page = open_page(address)
    frames: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda data: frames.append(str(data))),
    )
    drawn = page.evaluate(DRAW)
    page.evaluate(
        """([domain, roomName, jwt, userInfo]) => {
          api = new NanoMeetAPI(domain, {roomName, jwt, userInfo, parentNode: document.body,
            configOverwrite: {startWithVideoMuted: true}});
          for (const name of api.getSupportedEvents())
            api.addEventListener(name, (data) => events.push({name, data}));
        }""",
        [
            f"{server.url}/local",
            room.name,
            room.guest,
            {"displayName": "Alan", "email": "alan@example.org", "avatarURL": drawn},
        ],
    )
    alan = Person.__new__(Person)
    alan.page = page
    alan.hears("emailChange", id=alan.id, email="alan@example.org")
    assert alan.asks("getEmail", alan.id) == "alan@example.org"
    assert _face(room.ada.page, alan.id).evaluate(LOOK) == RED
    alan.does("email", "turing@example.org")
    alan.hears("emailChange", email="turing@example.org")
    assert "name@host" in alan.refused("email", "turing")["message"]

    # Participants who join later see the picture, too.
    late = Person(open_page(address), server, room.guest, room.name, "Late")
    late.hears("avatarChanged", id=alan.id)
    for other in (room.ada, room.grace, late):
        assert other.asks("getEmail", alan.id) is None
        assert "example.org" not in json.dumps(other.page.evaluate("events"))
    assert frames
    assert not any("example.org" in frame for frame in frames)


def test_a_person_chooses_a_picture_and_takes_it_back(
    server: RunningServer, open_page: OpenPage, tmp_path: Path
) -> None:
    name = f"Profiles_{secrets.token_hex(4)}"
    page = open_page(link(server, server.room(name), name, "Mia"))
    file = tmp_path / "me.png"
    file.write_bytes(base64.b64decode(page.evaluate(DRAW).split(",")[1]))
    page.get_by_role("button", name="Settings").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(file)
    face = page.locator(".picture-setting .face img")
    assert face.evaluate(LOOK) == RED
    # Stored for the next visit, like the name.
    page.reload()
    page.get_by_role("button", name="Settings").click()
    assert face.evaluate(LOOK) == RED
    wrong = tmp_path / "me.txt"
    wrong.write_text("no picture")
    page.locator('input[type="file"][aria-label="Choose a picture"]').set_input_files(wrong)
    expect(
        page.get_by_role("button", name="This browser cannot open that file as an image")
    ).to_be_visible()
    page.get_by_role("button", name="Remove picture").click()
    expect(face).to_have_count(0)
    expect(page.locator(".picture-setting .face")).to_have_text("M")
