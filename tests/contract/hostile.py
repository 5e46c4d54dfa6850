"""A hostile guest: who reads nothing, leaves requests half sent, and repeats everything without end."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from tornado import httpclient, websocket

from tests.contract.sockets import Client
from tests.waiting import PATIENCE

_TEXT, _PONG = 0x81, 0x8A
#: Seconds.
_CONNECTING = 0.05
#: Nothing, a part of a head, and a part of a body.
BEGUN = (
    "",
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\n",
    "POST /nanomeet HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nx",
)


class SilentPage:
    """A page that joins, and then reads nothing until the test says so; it seems alive nevertheless."""

    def __init__(self, url: str, token: str, *, password: str | None = None) -> None:
        where = urlsplit(url)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(PATIENCE)
        self._socket.connect((where.hostname, where.port))
        self._data = b""
        self._socket.sendall(
            f"GET {where.path}/ws/meeting HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Origin: {url}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self._data:
            self._data += self._socket.recv(4096)
        self._data = self._data.split(b"\r\n\r\n", 1)[1]
        join = {"type": "join", "v": 1, "token": token, "password": password}
        self._send(_TEXT, json.dumps(join).encode())
        kind, welcome = next(self.frames())
        assert kind == _TEXT
        self.id = json.loads(welcome)["own"]["id"]

    def seem_alive(self) -> None:
        """Answer a ping that was never read."""
        self._send(_PONG, b"")

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """Read until the server closes."""
        while True:
            while (found := self._frame()) is None:
                data = self._socket.recv(1 << 16)
                if not data:
                    return
                self._data += data
            yield found

    def close(self) -> None:
        """Go."""
        self._socket.close()

    def _frame(self) -> tuple[int, bytes] | None:
        data = self._data
        if len(data) < 10 and (len(data) < 2 or data[1] > 125 or len(data) < 2 + data[1]):
            return None
        size, header = data[1], 2
        if size == 126:
            size, header = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, header = int.from_bytes(data[2:10], "big"), 10
        if len(data) < header + size:
            return None
        self._data = data[header + size :]
        return data[0], data[header : header + size]

    def _send(self, kind: int, content: bytes) -> None:
        size = len(content)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        # A mask of zeros leaves the content as it is.
        self._socket.sendall(bytes([kind]) + length + bytes(4) + content)


@contextmanager
def half_sent(url: str, count: int, text: str) -> Iterator[list[socket.socket]]:
    """Connections that begin a request, and do not complete it."""
    where = urlsplit(url)
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            line = stack.enter_context(socket.create_connection((where.hostname, where.port)))
            line.sendall(text.encode())
            line.setblocking(False)
            opened.append(line)
        yield opened


#: What a hostile guest sends, at any pace; the server answers, and tells few others.
FLOOD: list[dict[str, Any]] = [
    {"type": "rename", "name": "Mallory"},
    {"type": "rename", "name": "Mallet", "ref": 1},
    {"type": "media", "audio": True, "video": True},
    {"type": "media", "audio": False, "video": False, "screen": True},
    {"type": "raise_hand", "raised": True},
    {"type": "raise_hand", "raised": False, "ref": 2},
    {"type": "react", "reaction": "clap"},
    {"type": "send_chat", "text": "x" * 2000},
    {"type": "send_endpoint_text", "text": "x" * 2000},
    {"type": "enter_stage"},
    {"type": "leave_stage"},
    {"type": "open_source", "use": "screen", "ref": 4},
    {"type": "open_source", "use": "camera", "ref": 5},
    {"type": "close_source", "use": "screen"},
    {"type": "read_media", "media": "video", "of": None, "ref": 6},
    {"type": "read_media", "media": "audio", "of": "0" * 16, "ref": 7},
    {"type": "answer_reading", "id": "0" * 16, "allowed": True},
    {"type": "stop_reading", "id": "0" * 16},
    {"type": "end_meeting", "ref": 3},
    {"type": "mute_everyone"},
    {"type": "set_subject", "subject": "mine"},
    {"type": "set_password", "password": "mine"},
]


async def attack(url: str, link: str, over: asyncio.Event, *, password: str | None = None) -> None:
    """Come, guess, flood, and drop the connection, again and again."""
    while not over.is_set():
        page = await _connect(url)
        with suppress(websocket.WebSocketClosedError):
            for wrong in ("1", "2", "3"):
                await page.send("join", v=1, token=link, password=wrong)
            await page.send("join", v=1, token=link, name="Mallory", password=password)
            for number in range(60):
                await page.send(**_flood(number))
        page.drop()
        # Connecting over a network takes some time.
        await asyncio.sleep(_CONNECTING)


async def flood(
    url: str, link: str, over: asyncio.Event, *, rate: float, password: str | None = None
) -> None:
    """Come, stay, and send as much as a page may without being closed."""
    while not over.is_set():
        page = await _connect(url)
        with suppress(websocket.WebSocketClosedError):
            await page.send("join", v=1, token=link, name="Mallory", password=password)
            number = 0
            while not over.is_set():
                await page.send(**_flood(number))
                number += 1
                await asyncio.sleep(1 / rate)
        page.drop()


async def _connect(url: str) -> Client:
    address = f"{url.replace('http', 'ws', 1)}/ws/meeting"
    request = httpclient.HTTPRequest(
        address, headers={"Origin": url}, connect_timeout=PATIENCE, request_timeout=PATIENCE
    )
    return Client(await websocket.websocket_connect(request))


def _flood(number: int) -> dict[str, Any]:
    message = FLOOD[number % len(FLOOD)]
    return {"kind": message["type"], **{k: v for k, v in message.items() if k != "type"}}
