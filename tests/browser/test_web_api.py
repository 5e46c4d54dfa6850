"""The contracts as used by web pages: the engine and token service the vendor's way, and our own `nanomeet.js`
on plain pages. Each page is of another origin than the server.
"""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.site import site
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer, Servers

pytestmark = pytest.mark.browser

VENDOR_PAGE = Path(__file__).parent.parent / "contract" / "vendor_page.html"
PLAIN_PAGE = """
<!doctype html><title>A page</title>
<div id="one" style="width: 480px; height: 360px"></div>
<div id="two" style="width: 480px; height: 360px"></div>
<script src="{server}/js/nanomeet.js"></script>
<script>
  // What a page can show of a failure.
  const settle = (promise) => promise.then(
    (value) => ({{ value }}),
    (error) => ({{ error: error.error, kind: error.kind, message: error.message }}),
  );
</script>
"""


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with TLS, which the vendor's library requires."""
    starter = Servers(tmp_path_factory.mktemp("secure"))
    yield starter.start("--tls")
    starter.close()


@pytest.fixture(scope="module")
def vendor_site() -> Iterator[str]:
    """A page that uses the engine and the token service as the vendor's library does."""
    with site(VENDOR_PAGE.read_text()) as address:
        yield address


@pytest.fixture(scope="module")
def plain_site(server: RunningServer) -> Iterator[str]:
    """A page that loads `nanomeet.js` from the server."""
    with site(PLAIN_PAGE.format(server=server.url)) as address:
        yield address


@pytest.fixture
def vendor_page(open_page: OpenPage, vendor_site: str) -> Page:
    """That page, opened."""
    return open_page(vendor_site, ignore_https_errors=True)


@pytest.fixture
def plain_page(open_page: OpenPage, plain_site: str) -> Page:
    """That page, opened."""
    return open_page(plain_site)


def moment(**ahead: float) -> str:
    """Return a time from now in ISO 8601, as JavaScript writes it."""
    return (datetime.now(timezone.utc) + timedelta(**ahead)).isoformat().replace("+00:00", "Z")


def forged(token: str, **claims: Any) -> str:
    """Return the token with other claims, and so an invalid signature."""
    header, payload, signature = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=="))
    content.update(claims)
    changed = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return f"{header}.{changed}.{signature}"


def claims(token: str) -> dict[str, Any]:
    """Return a token's claims."""
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return content


def vendor_room(page: Page, server: RunningServer, room: str) -> str:
    """Create a room from within the page; return its token."""
    answer = page.evaluate(
        """([base, key, body]) => ask("POST", `${base}/nanomeet`, {"X-BINTU-APIKEY": key}, body)""",
        [
            server.url,
            server.api_key,
            {
                "room": room,
                "streamname": f"{room}_stream",
                "moderator": True,
                "server": server.url.removeprefix("https://"),
                "nbf": moment(minutes=-1),
                "exp": moment(hours=1),
            },
        ],
    )
    assert answer["status"] == 200, answer
    return str(answer["body"]["data"])


def embed(page: Page, token: str) -> None:
    """Embed the token's room in the page, the vendor's way."""
    said = claims(token)
    page.evaluate(
        "([server, sub, room, token]) => embed(server, sub, room, token)",
        [said["server"], said["sub"], said["room"], token],
    )


# Contract C, from a page of another origin.


def test_token_service_answers_pages_of_other_origins(
    vendor_page: Page, secure: RunningServer
) -> None:
    token = vendor_room(vendor_page, secure, "cors")
    said = claims(token)
    assert (said["room"], said["streamname"], said["moderator"]) == ("cors", "cors_stream", True)
    assert said["server"] == secure.url.removeprefix("https://")
    invite = vendor_page.evaluate(
        """([base, token, server]) =>
            ask("POST", `${base}/nanomeet`, {"x-bintu-token": token}, {moderator: false, server})""",
        [secure.url, token, said["server"]],
    )
    assert invite["status"] == 200
    assert claims(invite["body"]["data"])["moderator"] is False


def test_organisation_and_stream_answer_pages_of_other_origins(
    vendor_page: Page, secure: RunningServer
) -> None:
    headers = {"x-bintu-apikey": secure.api_key}
    organisation = vendor_page.evaluate(
        '([base, headers]) => ask("GET", `${base}/organisation`, headers)', [secure.url, headers]
    )
    assert organisation["status"] == 200
    body = {
        "tags": ["nanoMeet"],
        "transcodes": [
            {"profile": "vtrans2-852x480x800x25", "tags": ["1st transcode"]},
            {"profile": "vtrans2-640x360x400x25", "tags": ["2nd transcode"]},
        ],
    }
    stream = vendor_page.evaluate(
        '([base, headers, body]) => ask("POST", `${base}/stream`, headers, body)',
        [secure.url, headers, body],
    )
    assert stream["status"] == 200
    assert stream["body"]["ingest"]["rtmp"]["streamname"]
    assert [bool(one["id"]) for one in stream["body"]["playout"]["h5live"]] == [True] * 3


def test_refusal_reaches_pages_of_other_origins_with_words(
    vendor_page: Page, secure: RunningServer
) -> None:
    answer = vendor_page.evaluate(
        '(base) => ask("GET", `${base}/organisation`, {"x-bintu-apikey": "wrong"})', secure.url
    )
    assert answer["status"] == 401
    assert answer["body"]["message"]


# Contract B, the vendor's way: TLS, a bare host, a script tag.


def test_engine_joins_over_tls_on_a_bare_host(vendor_page: Page, secure: RunningServer) -> None:
    token = vendor_room(vendor_page, secure, "bare")
    embed(vendor_page, token)
    joined = vendor_page.evaluate('heard("videoConferenceJoined")')
    assert joined["roomName"] == "bare"
    source = vendor_page.locator("iframe").get_attribute("src") or ""
    assert source.startswith(f"{secure.url}/{claims(token)['sub']}/bare#")
    participants = vendor_page.evaluate("api.getParticipantsInfo()")
    assert [one["participantId"] for one in participants] == [joined["id"]]


def test_engine_carries_out_commands_and_requests(vendor_page: Page, secure: RunningServer) -> None:
    embed(vendor_page, vendor_room(vendor_page, secure, "commands"))
    vendor_page.evaluate('heard("videoConferenceJoined")')
    vendor_page.evaluate('api.executeCommand("subject", "Numbers of the week")')
    subject = vendor_page.evaluate(
        'heard("subjectChange", ({subject}) => subject === "Numbers of the week")'
    )
    assert subject == {"subject": "Numbers of the week"}
    devices = vendor_page.evaluate("api.getAvailableDevices()")
    assert {"audioInput", "audioOutput", "videoInput"} <= set(devices)
    # The microphone may open later than the meeting.
    vendor_page.wait_for_function("async () => !(await api.isAudioMuted())", timeout=PATIENCE)


def test_engine_broadcasts_to_an_ingest_address(vendor_page: Page, secure: RunningServer) -> None:
    token = vendor_room(vendor_page, secure, "onair")
    embed(vendor_page, token)
    vendor_page.evaluate('heard("videoConferenceJoined")')
    ingest = f"rtmp://bintu-vtrans.nanocosmos.de/rec/{claims(token)['streamname']}"
    vendor_page.evaluate(
        'key => api.executeCommand("startRecording", {mode: "stream", rtmpStreamKey: key})', ingest
    )
    started = vendor_page.evaluate('heard("recordingStatusChanged")')
    assert (started["on"], started["mode"], started.get("error")) == (True, "stream", None)
    vendor_page.evaluate('api.executeCommand("stopRecording", "stream")')
    stopped = vendor_page.evaluate('heard("recordingStatusChanged", ({on}) => !on)')
    assert stopped.get("error") is None


def test_engine_says_when_it_is_hung_up_and_leaves_the_page(
    vendor_page: Page, secure: RunningServer
) -> None:
    embed(vendor_page, vendor_room(vendor_page, secure, "hangup"))
    vendor_page.evaluate('heard("videoConferenceJoined")')
    vendor_page.evaluate('api.executeCommand("hangup")')
    vendor_page.evaluate('heard("readyToClose")')
    vendor_page.evaluate("api.dispose()")
    expect(vendor_page.locator("iframe")).to_have_count(0)


def test_script_of_a_plain_server_reaches_it_by_its_bare_host(
    plain_page: Page, server: RunningServer
) -> None:
    token = server.room("plain_bare")
    plain_page.add_script_tag(url=f"{server.url}/external_api.js")
    joined = plain_page.evaluate(
        """([domain, token]) => new Promise((resolve) => {
            const api = new JitsiMeetExternalAPI(domain, {
                roomName: "plain_bare", jwt: token, parentNode: document.querySelector("#one"),
            });
            api.addEventListener("videoConferenceJoined", resolve);
        })""",
        [f"{server.url.removeprefix('http://')}/{claims(token)['sub']}", token],
    )
    assert joined["roomName"] == "plain_bare"


# Contract A: our own library.


def test_a_vendors_page_works_over_tls_with_two_new_addresses(
    vendor_page: Page, secure: RunningServer
) -> None:
    """With callbacks and a bare server name, as the vendor's own sample page does."""
    vendor_page.add_script_tag(url=f"{secure.url}/js/nanomeet.js")
    vendor_page.evaluate(
        """([key, services, setup]) => {
            window.said = [];
            const nanoMeet = new NanoMeet(services);
            const failed = (error) => said.push(error);
            nanoMeet.createNanoMeetRoom(key, setup).then(function (created) {
                said.push(created.data.room);
                return nanoMeet.init({ token: created.data.token, id: "meeting", width: "100%" });
            }).then(function (joined) {
                said.push(joined.data.moderator);
                return nanoMeet.startBroadcast(false);
            }).then(function (live) {
                said.push(live.data.playout.live);
                return nanoMeet.stopBroadcast();
            }).then(function () {
                return nanoMeet.destroy();
            }).then(function () {
                said.push("over");
            }).catch(failed);
        }""",
        [
            secure.api_key,
            {"tokenUrl": secure.url, "apiUrl": secure.url},
            {
                "room": "callbacks",
                "streamname": "callbacks_stream",
                "moderator": True,
                "server": secure.url.removeprefix("https://"),
                "nbf": moment(minutes=-1),
                "exp": moment(hours=1),
            },
        ],
    )
    vendor_page.wait_for_function("said.includes('over') || said.some((one) => one?.error)")
    live = f"{secure.url}/live/callbacks_stream"
    assert vendor_page.evaluate("said") == ["callbacks", True, live, "over"]
    expect(vendor_page.locator("iframe")).to_have_count(0)


def test_page_makes_a_room_joins_it_and_invites(plain_page: Page, server: RunningServer) -> None:
    made = plain_page.evaluate(
        """async ([key, setup]) => {
            const nanoMeet = new NanoMeet();
            const room = (await nanoMeet.createNanoMeetRoom(key, setup)).data;
            const joined = (await nanoMeet.init({ token: room.token, id: "one" })).data;
            const invite = (await nanoMeet.createInviteToken(room.token, { moderator: false })).data;
            await nanoMeet.destroy();
            return { room, joined, invite };
        }""",
        [
            server.api_key,
            {
                "room": "made_here",
                "moderator": True,
                "server": server.url,
                "nbf": moment(minutes=-1),
                "exp": moment(hours=1),
            },
        ],
    )
    assert made["room"]["room"] == "made_here"
    assert made["joined"] == {"moderator": True}
    assert made["invite"]["inviteLink"].startswith(f"{server.url}/invite#token=")
    expect(plain_page.locator("iframe")).to_have_count(0)


def test_two_rooms_on_one_page_do_not_mix(plain_page: Page, server: RunningServer) -> None:
    people = plain_page.evaluate(
        """async (tokens) => {
            const rooms = [new NanoMeet(), new NanoMeet()];
            await Promise.all([
                rooms[0].init({ token: tokens[0], id: "one", displayName: "Ada" }),
                rooms[1].init({ token: tokens[1], id: document.querySelector("#two"),
                                displayName: "Bob" }),
            ]);
            const lists = await Promise.all(rooms.map((room) => room.getParticipants()));
            return lists.map(({ data }) => data.map((one) => one.displayName));
        }""",
        [server.room("first_room"), server.room("second_room")],
    )
    assert people == [["Ada"], ["Bob"]]


def test_meeting_lives_in_a_shadow_root(plain_page: Page, server: RunningServer) -> None:
    joined = plain_page.evaluate(
        """async (token) => {
            const shadow = document.querySelector("#one").attachShadow({ mode: "open" });
            return (await new NanoMeet().init({ token, id: shadow })).data;
        }""",
        server.invite(server.room("in_the_shadow")),
    )
    assert joined == {"moderator": False}


def test_broadcast_says_where_it_can_be_watched(plain_page: Page, server: RunningServer) -> None:
    token = server.room("watched")
    data = plain_page.evaluate(
        """async (token) => {
            window.nanoMeet = new NanoMeet();
            await nanoMeet.init({ token, id: "one" });
            const { data } = await nanoMeet.startBroadcast(true);
            await nanoMeet.stopBroadcast();
            return data;
        }""",
        token,
    )
    name = claims(token)["streamname"]
    assert data["playout"]["live"] == f"{server.url}/live/{name}"
    assert data["playout"]["vod"].startswith(f"{server.url}/vod/")
    assert data["playback"] == data["playout"]


def test_moderator_commands_settle_when_they_are_done(
    plain_page: Page, server: RunningServer
) -> None:
    done = plain_page.evaluate(
        """async (token) => {
            const nanoMeet = new NanoMeet();
            await nanoMeet.init({ token, id: "one" });
            return [
                (await nanoMeet.setNanoMeetSubject("Plans")).data,
                (await nanoMeet.setLobby(true)).data,
                (await nanoMeet.setPassword("open sesame")).data,
                (await nanoMeet.setPassword("")).data,
                (await nanoMeet.muteEveryone()).data,
            ];
        }""",
        server.room("commanded"),
    )
    assert done == [
        {"subject": "Plans"},
        {"lobby": True, "password": ""},
        {"lobby": True, "password": "open sesame"},
        {"lobby": False, "password": ""},
        {"muteEveryone": True},
    ]


# As when the connection is reset: a frame is removed while messages are on their way to it.
LAST_WORDS_LOST = """{
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
        if (data !== '{"type":"leave"}') send.call(this, data);
    };
}"""


@pytest.mark.parametrize("lost", ["", LAST_WORDS_LOST], ids=["heard", "unheard"])
def test_others_see_at_once_who_destroyed_their_meeting(
    open_page: OpenPage, servers: Servers, lost: str
) -> None:
    # On this server, a participant who only lost their connection would stay for an hour.
    server = servers.start(patient=True)
    token = server.room("leaving")
    enter = """async (token) => {
        window.nanoMeet = new NanoMeet();
        window.left = 0;
        const joining = nanoMeet.init({ token, id: "one" });
        nanoMeet.api.addEventListener("participantLeft", () => { window.left += 1; });
        await joining;
    }"""
    with site(PLAIN_PAGE.format(server=server.url)) as address:
        stays, goes = open_page(address), open_page(address)
        if lost:
            goes.add_init_script(lost)
            goes.reload()
        for page in (stays, goes):
            page.evaluate(enter, token)
        stays.wait_for_function("nanoMeet.api.getNumberOfParticipants() === 2")
        goes.evaluate("nanoMeet.destroy()")
        stays.wait_for_function("left === 1")


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        pytest.param(lambda good: good[:150], "token_malformed", id="short"),
        pytest.param(lambda good: forged(good, exp=1_000), "token_expired", id="expired"),
        pytest.param(
            lambda good: forged(good, nbf=4_000_000_000, exp=4_000_000_100),
            "token_not_yet_valid",
            id="early",
        ),
        pytest.param(lambda good: forged(good, room="other"), "token_rejected", id="wrong room"),
    ],
)
def test_token_that_opens_nothing_is_refused_in_words(
    plain_page: Page, server: RunningServer, token: Any, kind: str
) -> None:
    answer = plain_page.evaluate(
        '(token) => settle(new NanoMeet().init({ token, id: "one" }))',
        token(server.room("refused")),
    )
    assert answer["kind"] == kind
    assert answer["message"]
    expect(plain_page.locator("iframe")).to_have_count(0)


def test_server_that_is_away_is_given_up_in_time(plain_page: Page, server: RunningServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        # Bound, so that no other program gets it, but not listening.
        away = f"http://127.0.0.1:{probe.getsockname()[1]}"
        answer = plain_page.evaluate(
            """(token) => settle(new NanoMeet({ joinTimeout: 3000 }).init({ token, id: "one" }))""",
            forged(server.room("away"), server=away),
        )
    assert answer["kind"] == "server_unreachable"
    expect(plain_page.locator("iframe")).to_have_count(0)


# An invite link's page.


def test_invite_link_leads_into_the_room(open_page: OpenPage, server: RunningServer) -> None:
    token = server.invite(server.room("invited"))
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/invite#token={token}")
    expect(page.get_by_role("heading", name="invited")).to_be_visible()
    # The invite's page leads to the room with the token, and the room removes it from its URL.
    path = f"/{claims(token)['sub']}/invited"
    page.wait_for_url(lambda url: urlsplit(url).path == path and token not in url)
    page.get_by_label("Your name").fill("Grace")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("Grace").first).to_be_visible()
    assert not [url for url in asked if token in url.split("#")[0]]


def test_invite_survives_a_reload_and_remembers_the_name(
    open_page: OpenPage, server: RunningServer
) -> None:
    token = server.invite(server.room("reloaded"))
    page = open_page(f"{server.url}/invite#token={token}")
    expect(page.get_by_label("Your name")).to_be_visible()
    page.reload()
    page.get_by_label("Your name").fill("Grace")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("li[data-participant]")).to_have_count(1)
    page.get_by_role("button", name="Leave the meeting").click()
    page.goto("about:blank")
    page.goto(f"{server.url}/invite#token={token}")
    expect(page.get_by_label("Your name")).to_have_value("Grace")


def test_an_invite_speaks_the_language_of_the_reader(
    open_page: OpenPage, server: RunningServer
) -> None:
    token = server.room("early_words", nbf=moment(minutes=5), exp=moment(hours=1))
    page = open_page(f"{server.url}/invite#token={token}", locale="de-AT")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_text("Sie sind eingeladen zu")).to_be_visible()
    expect(page.get_by_role("timer")).to_contain_text("Öffnet in")
    expect(page).to_have_title("Einladung: early_words")
    page.goto("about:blank")
    page.goto(f"{server.url}/invite")
    expect(page.get_by_role("heading", name="Die Einladung fehlt")).to_be_visible()


def test_early_invite_opens_by_itself(open_page: OpenPage, server: RunningServer) -> None:
    token = server.room("early_birds", nbf=moment(seconds=25), exp=moment(hours=1))
    page = open_page(f"{server.url}/invite#token={token}")
    timer = page.get_by_role("timer")
    expect(timer).to_contain_text("Opens in")
    page.reload()
    expect(timer).to_contain_text("Opens in")
    expect(page.get_by_role("button", name="Join")).to_have_count(0)
    expect(page.get_by_role("button", name="Join")).to_be_enabled(timeout=PATIENCE)


@pytest.mark.parametrize("hours", [-3, 3, 24 * 400], ids=["behind", "ahead", "years ahead"])
def test_a_guests_clock_decides_nothing(
    open_page: OpenPage, server: RunningServer, hours: int
) -> None:
    """An invite that is valid by the server's clock, opened where the clock is wrong."""
    token = server.room("clocks", nbf=moment(minutes=-1), exp=moment(hours=1))
    page = open_page()
    page.clock.install(time=datetime.now(timezone.utc) + timedelta(hours=hours))
    page.goto(f"{server.url}/invite#token={token}")
    expect(page.get_by_role("button", name="Join")).to_be_enabled(timeout=PATIENCE)
    page.get_by_role("button", name="Join").click()
    expect(page.locator("li[data-participant]")).to_have_count(1, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("fragment", "words"),
    [("", "no invitation in it"), ("#token=abc", "cannot be read"), (None, "has expired")],
    ids=["missing", "malformed", "expired"],
)
def test_useless_invite_says_why(
    open_page: OpenPage, server: RunningServer, fragment: str | None, words: str
) -> None:
    if fragment is None:
        fragment = f"#token={forged(server.room('over'), exp=int(time.time()) - 60)}"
    page = open_page(f"{server.url}/invite{fragment}")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Join")).to_have_count(0)
