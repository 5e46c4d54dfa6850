"""Who may come in: by name, by origin, by number; and what a page may be framed by."""

from __future__ import annotations

import dataclasses
from contextlib import suppress

import httpx
import pytest
from tornado import httpclient, websocket

import nanomeet_widget as nm
from nanomeet_widget._static import STATIC
from tests.asking import PATIENT, get
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port

from .bots import refusal
from .sockets import Client, connect, join, run

LOCAL = "127.0.0.1"


def status(server: RunningServer, host: str, path: str = "healthz") -> int:
    answer = get(f"{server.url}/{path}", headers={"Host": host})
    return answer.status_code


def test_names_of_others_that_point_here_are_refused(servers: Servers) -> None:
    server = servers.start("--allow-host", "meet.school.example")
    port = server.url.rpartition(":")[2]
    for host in (f"{LOCAL}:{port}", "localhost", "[::1]", "a.localhost", "Meet.School.Example:1"):
        assert status(server, host) == 200, host
    for host in ("evil.example", f"evil.example:{port}", "localhost.evil.example", "1.2.3.4.evil"):
        for path in ("healthz", "invite", "nothing", "js/nanomeet.js", "local/Room"):
            assert status(server, host, path) == 403, (host, path)
    assert server.post("nanomeet", headers={"Host": "evil.example"}).status_code == 403


def test_a_public_address_brings_its_name(servers: Servers) -> None:
    port = free_port()
    public = servers.start("--public-url", "https://meet.example/x", "--port", str(port))
    server = dataclasses.replace(public, url=f"http://{LOCAL}:{port}")
    assert status(server, "meet.example") == 200
    assert status(server, "other.example") == 403
    any_host = servers.start("--allow-host", "*")
    assert status(any_host, "other.example") == 200


async def opens(server: RunningServer, origin: str, host: str | None = None) -> bool:
    headers = {"Origin": origin} | ({} if host is None else {"Host": host})
    request = httpclient.HTTPRequest(server.websocket("ws/meeting"), headers=headers)
    try:
        Client(await websocket.websocket_connect(request))
    except httpclient.HTTPError as error:
        return error.code != 403
    return True


def test_only_own_and_allowed_pages_open_sockets(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--allow-origin", "https://other.example")
        assert await opens(server, server.url)
        assert await opens(server, "https://other.example")
        wrong = ("https://evil.example", "http://other.example", "null", "file://")
        for origin in (*wrong, "https://other.example.evil.example"):
            assert not await opens(server, origin), origin
        # Rebound: its own name in both headers.
        assert not await opens(server, "http://evil.example", host="evil.example")

    run(scenario())


def test_an_address_has_only_so_many_connections(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--limit", "connections=3", "--behind-proxy")

        async def come(forwarded: str) -> Client:
            headers = {"Origin": server.url, "X-Forwarded-For": forwarded}
            request = httpclient.HTTPRequest(server.websocket("ws/watch"), headers=headers)
            client = Client(await websocket.websocket_connect(request))
            await client.send("watch", v=1, stream="nothing")
            return client

        first = [await come("203.0.113.5") for _ in range(3)]
        for client in first:
            await client.expect("stream_state")
        # What the client itself wrote in front of it counts for nothing.
        assert (
            "Too many connections"
            in (await (await come("6.6.6.6, 203.0.113.5")).expect("error"))["message"]
        )
        await (await come("2001:db8::1")).expect("stream_state")
        first[0].close()
        await first[0].closed()
        # The server hears a moment later than the client itself that it is gone.
        while True:
            client = await come("203.0.113.5")
            told = await client.receive()
            assert isinstance(told, dict)
            if told["type"] == "stream_state":
                break
            await client.closed()

    run(scenario())


def test_connections_that_say_nothing_give_way(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--limit", "connections=3", "--behind-proxy")
        token = server.room("Door")
        school = "2001:db8::1"
        # All of one subscriber's addresses are one.
        first, *_ = [
            await connect(server, "ws/meeting", address=f"2001:db8::{number}")
            for number in range(3)
        ]
        # Of pages that did not join, the oldest give way to those that do.
        placed = [(await join(server, token, address=school))[0] for _ in range(3)]
        assert "Too many connections" in (await first.expect("bye"))["message"]
        await first.closed()
        with pytest.raises(AssertionError, match="Too many connections"):
            await join(server, token, address="2001:db8::9")
        for page in placed:
            await page.send("ping", t=1)
            await page.expect("pong")
        # Another subscriber has places of their own.
        await join(server, token, address="2001:db8:0:1::1")

    run(scenario())


def test_forwarded_addresses_count_from_a_trusted_proxy_alone(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--limit", "connections=1", "--limit", "unknown_connections=3")
        told = []
        for number in range(4):  # as if from four networks
            client = await connect(server, "ws/watch", address=f"203.0.113.{number}")
            await client.send("watch", v=1, stream="nothing")
            answer = await client.receive()
            assert isinstance(answer, dict)
            told.append(answer["type"])
        assert told == ["stream_state"] * 3 + ["error"]

    run(scenario())


def test_messages_are_bounded_in_size_and_rate(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start(
            *("--limit", "message_size=2000", "--limit", "message_burst=20"),
            *("--limit", "message_rate=1"),
        )
        token = server.room("Bounded")
        fast, _ = await join(server, token)
        # The rest may find no one any more.
        with suppress(websocket.WebSocketClosedError):
            for _ in range(200):
                await fast.send("ping", t=1)
        assert (await fast.expect("bye"))["kind"] == "too_many_messages"
        await fast.closed()
        large = await connect(server, "ws/meeting")
        await large.send("join", v=1, token="x" * 3000)
        await large.closed()

    run(scenario())


@pytest.mark.parametrize(
    "option",
    ["rooms=x", "nothing=3", "rooms=0", "viewers=-1", "rooms", "message_rate=nan"],
)
def test_a_wrong_limit_is_said_at_once(servers: Servers, option: str) -> None:
    with pytest.raises(AssertionError, match=r"limit|must be at least"):
        servers.start("--limit", option)


def test_rooms_are_bounded(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--limit", "rooms=1")
        async with nm.Bot(server.room("One")):
            assert await refusal(nm.Bot(server.room("Two"))) == "room_full"

    run(scenario())


def test_who_may_frame_is_configured(servers: Servers) -> None:
    server = servers.start("--frame-ancestors", "'self' https://school.example")

    def policy(path: str) -> str:
        answer = get(f"{server.url}/{path}")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        return answer.headers["Content-Security-Policy"]

    for path in ("local/Room", "live/stream"):
        assert "; frame-ancestors 'self' https://school.example;" in policy(path)
    assert "; frame-ancestors 'self';" in policy("invite")
    with pytest.raises(AssertionError, match="frame_ancestors"):
        servers.start("--frame-ancestors", "*; script-src *")


PATHS = [
    *(
        "local/Room",
        "Room",
        "live/stream",
        "invite",
        "healthz",
        "metrics",
        "openapi.json",
        "nothing",
    ),
    *("nanomeet", "invites", "revoke", "organisation", "stream", "ticket", "lease", "recordings"),
    *("ws/meeting", "ws/ingest", "ws/watch", "js/nanomeet.js", "js/nanomeet.d.ts", "js/nothing.js"),
    *("external_api.js", "libs/external_api.min.js", "static/", "static/..", "static/nothing.html"),
    *("vod/nothing.mp4", "vod/nothing.vtt", "hls/x/master.m3u8", "hls/x/live.m3u8", "hls/x/1.m4s"),
    *("static/meeting.HTML", "static/.html", "a/b/c", "%00", "%ff"),
]


def test_every_answer_has_its_headers(server: RunningServer) -> None:
    static = sorted(file.name for file in STATIC.iterdir())
    assert {"meeting.html", "player.html", "invite.html"} <= set(static)
    pages = set()
    with httpx.Client(base_url=server.url, **PATIENT) as client:
        for path in (*PATHS, *(f"static/{name}" for name in static)):
            for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT"):
                for accept in ("*/*", "text/html"):
                    headers = {"Accept": accept, "Sec-Fetch-Dest": "iframe"}
                    answer = client.request(method, f"/{path}", headers=headers)
                    said = (method, path, accept, answer.headers)
                    assert answer.headers["X-Content-Type-Options"] == "nosniff", said
                    assert answer.headers["Referrer-Policy"] == "no-referrer", said
                    assert "Server" not in answer.headers, said
                    if "html" in answer.headers.get("Content-Type", ""):
                        pages.add(path)
                        policy = answer.headers["Content-Security-Policy"]
                        assert "default-src 'none'" in policy, said
                        assert "frame-ancestors" in policy, said
                        assert "{{base}}" not in answer.text, said
    assert {"local/Room", "nothing", "static/meeting.html", "static/invite.html"} <= pages


def test_a_page_of_the_static_folder_is_framed_by_no_others(server: RunningServer) -> None:
    for page in ("meeting", "player", "invite"):
        answer = get(f"{server.url}/static/{page}.html")
        assert answer.status_code == 200
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_pages_have_no_script_of_their_own(server: RunningServer) -> None:
    for path in ("local/Room", "live/stream", "invite"):
        page = get(f"{server.url}/{path}").text
        assert "<script>" not in page
        assert " onload=" not in page
        assert " style=" not in page
        assert "://" not in page.replace("http://www.w3.org/", "")
