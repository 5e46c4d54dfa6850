"""What no page and no client sends: answered in words, and never a fault of the server."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from nanomeet_widget import _tokens
from tests.asking import PATIENT
from tests.conftest import RunningServer, Servers
from tests.unit.server.spoiling import ODD, UNWRITTEN, deep

from .sockets import connect, join, run

DEPTHS = (65, 980, 5000)
#: Endpoints that take JSON, and the fields that they read.
ENDPOINTS = {
    "ticket": ("ticket",),
    "nanomeet": ("room", "moderator", "streamname", "nbf", "exp", "server"),
    "stream": ("tags", "transcodes"),
    "revoke": ("id",),
}
READ = ("recordings", "invites", "organisation", "healthz", "openapi.json", "metrics", "nothing")
ADDRESSES = ("203.0.113.5:80", "[::1]:x", "unknown", "\xff", ",,,", "1" * 5000, 'for="[::1', "%00")


@pytest.fixture
def watched(servers: Servers) -> Iterator[RunningServer]:
    """A server that logs no fault of its own, whatever the test sends."""
    server = servers.start("--behind-proxy")
    yield server
    log = server.log.read_text()
    assert "Traceback" not in log
    assert " failed" not in log


def part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def deep_tokens() -> list[str]:
    """What looks like a token, with a header or a payload that is nested as deeply as fits into one."""
    right = part(json.dumps({"typ": _tokens.TYPE, "alg": "HS256"}))
    inner = [text for depth in (65, 960, 1000, 1400) for text in deep(depth) if len(text) < 2900]
    return [
        *(f"{part(text)}.{part('{}')}.x" for text in inner),
        *(f"{right}.{part(text)}.x" for text in inner),
    ]


def test_no_body_is_a_fault(watched: RunningServer) -> None:
    with httpx.Client(base_url=watched.url, **PATIENT) as client:
        for path, names in ENDPOINTS.items():
            headers = {} if path == "ticket" else {"X-BINTU-APIKEY": watched.api_key}
            for depth in DEPTHS:
                for inner in deep(depth):
                    for text in (inner, *(f'{{"{name}": {inner}}}' for name in (*names, "x"))):
                        answer = client.post(path, content=text, headers=headers)
                        assert answer.status_code == 400, (path, depth, text[:30])
                        assert answer.json()["message"]
            for name in names:
                for value in (*map(json.dumps, ODD), *UNWRITTEN, '"\\u0000"', "1" + "0" * 400):
                    text = f'{{"{name}": {value}}}'
                    answer = client.post(path, content=text, headers=headers)
                    assert answer.status_code < 500, (path, text[:50])


def test_no_token_is_a_fault(watched: RunningServer) -> None:
    async def scenario() -> None:
        for token in deep_tokens():
            client = await connect(watched, "ws/meeting")
            await client.send("join", v=1, token=token, name="Eve")
            assert (await client.expect("bye"))["kind"] == "token_malformed"
            await client.closed()

    with httpx.Client(base_url=watched.url, **PATIENT) as client:
        for token in deep_tokens():
            headers = {"X-BINTU-TOKEN": token}
            for path in ("ticket", "nanomeet", "revoke"):
                assert client.post(path, json={}, headers=headers).status_code == 401, path
            for path in ("recordings", "invites"):
                assert client.get(path, headers=headers).status_code == 401, path
    run(scenario())


@pytest.mark.parametrize("path", ["ws/meeting", "ws/watch", "ws/ingest"])
def test_no_message_is_a_fault(watched: RunningServer, path: str) -> None:
    kinds = {"ws/meeting": "join", "ws/watch": "watch", "ws/ingest": "ingest_open"}
    values = [*(text for depth in DEPTHS for text in deep(depth)), *UNWRITTEN]

    async def scenario() -> None:
        for value in values:
            if len(value) > 3900:  # of which the size is refused
                continue
            for text in (
                value,
                f'{{"type": {value}}}',
                f'{{"x": {value}, "type": "{kinds[path]}"}}',
                f'{{"type": "{kinds[path]}", "v": {value}}}',
            ):
                client = await connect(watched, path)
                await client.send_raw(text)
                told = await client.receive()
                assert isinstance(told, dict), text[:40]
                words = told.get("reason") or told["message"]
                assert "This message is invalid" in words, (text[:40], words)
                assert await client.receive() is None

    run(scenario())


def test_someone_in_a_room_sends_what_is_nested(watched: RunningServer) -> None:
    async def scenario() -> None:
        token = watched.room("Deep")
        for inner in deep(1000):
            page, _ = await join(watched, token)
            await page.send_raw(f'{{"type": "send_chat", "text": {inner}, "ref": 1}}')
            assert (await page.expect("bye"))["kind"] == "protocol"
            await page.closed()

    run(scenario())


def test_nothing_in_a_request_is_a_fault(watched: RunningServer) -> None:
    chance = random.Random(9112)  # noqa: S311 - to be repeated
    names = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-BINTU-TOKEN", "Origin", "Range", "Via")
    values = [*ADDRESSES, *(str(odd)[:3000] for odd in ODD), *deep_tokens()[:2]]

    def header(value: str) -> bytes:
        return value.replace("\0", "").encode("utf-8", "replace").strip()

    with httpx.Client(base_url=watched.url, **PATIENT) as client:
        for _ in range(600):
            path = chance.choice([*READ, *ENDPOINTS, "hls/x/live.m3u8", "vod/x.mp4", "static/x.js"])
            name = chance.choice(["room", "limit", "stream", "_HLS_msn", "x"])
            value = str(chance.choice(ODD)).encode("utf-8", "replace").decode()
            headers: list[tuple[bytes, bytes]] = [
                (chance.choice(names).encode(), header(chance.choice(values))) for _ in range(3)
            ]
            headers.append((b"X-BINTU-APIKEY", watched.api_key.encode()))
            content: Any = chance.choice([b"", b"\xff\xfe", chance.randbytes(30), b"{}", b"[]"])
            answer = client.request(
                chance.choice(["GET", "POST", "HEAD", "OPTIONS", "PUT"]),
                httpx.URL(f"/{path}", params={name: value}),
                headers=headers,
                content=content,
            )
            assert answer.status_code < 500 or answer.status_code == 501, (path, headers)
