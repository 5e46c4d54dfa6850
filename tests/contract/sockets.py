"""Clients of the embedded server's WebSockets, as its pages are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

from tornado import httpclient, websocket

from nanomeet_widget.server.protocol.frames import Frame, decode
from tests.conftest import RunningServer
from tests.waiting import PATIENCE

#: Seconds for a whole scenario.
_WHOLE = 240.0
#: Turns of the event loop in which what was closed is gone.
_TURNS = 10

#: What a scenario has opened.
_clients: list[Client] = []


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """Run a test's scenario, which has to end; close whatever it opened."""

    async def bounded() -> None:
        try:
            await asyncio.wait_for(scenario, _WHOLE)
        finally:
            for client in _clients:
                client.close()
                client.drop()
            _clients.clear()
            # The streams' own callbacks run in the loop's next turns.
            for _ in range(_TURNS):
                await asyncio.sleep(0)

    asyncio.run(bounded())


class Client:
    """One connection: JSON and frames in and out."""

    def __init__(self, connection: websocket.WebSocketClientConnection) -> None:
        self._connection = connection
        self._stream = connection.protocol.stream if connection.protocol else None
        _clients.append(self)

    async def send(self, kind: str, **fields: Any) -> None:
        """Send a message of this type."""
        await self._connection.write_message(json.dumps({"type": kind, **fields}))

    async def send_raw(self, data: str | bytes) -> None:
        """Send whatever the test wants."""
        await self._connection.write_message(data, binary=isinstance(data, bytes))

    async def send_all(self, frames: Iterable[bytes]) -> None:
        """Send the frames of a clip."""
        for data in frames:
            await self.send_raw(data)

    async def receive(self) -> dict[str, Any] | Frame | None:
        """Return the next message or frame; None when the server has closed."""
        data = await asyncio.wait_for(_read(self._connection), PATIENCE)
        if data is None:
            return None
        if isinstance(data, bytes):
            return decode(data)
        message: dict[str, Any] = json.loads(data)
        return message

    async def expect(self, kind: str) -> dict[str, Any]:
        """Return the next message of this type; others before it are passed over."""
        passed: list[dict[str, Any]] = []
        while True:
            message = await self.receive()
            assert message is not None, f"closed while waiting for {kind}, after {passed}"
            if isinstance(message, dict):
                if message["type"] == kind:
                    return message
                passed.append(message)

    async def frames(self, count: int) -> list[Frame]:
        """Return the next frames."""
        found: list[Frame] = []
        while len(found) < count:
            message = await self.receive()
            assert message is not None, "closed while waiting for frames"
            if isinstance(message, Frame):
                found.append(message)
        return found

    async def seen(self, frame: Frame) -> None:
        """Wait for a frame: once a viewer has it, the server has whatever was sent before it."""
        while (await self.frames(1))[0] != frame:
            pass

    async def closed(self) -> None:
        """Wait until the server has closed."""
        while await self.receive() is not None:
            pass

    def close(self, code: int | None = None) -> None:
        """Close as a browser does."""
        self._connection.close(code)

    def drop(self) -> None:
        """Lose the connection without a word."""
        if self._stream is not None:
            self._stream.close()

    def fall_silent(self) -> None:
        """Send nothing any more, not even the answers to pings, on a connection that stays open."""
        protocol = self._connection.protocol
        assert protocol is not None
        protocol._write_frame = lambda *_args, **_options: None  # type: ignore[attr-defined] # tornado's own


async def _read(connection: websocket.WebSocketClientConnection) -> str | bytes | None:
    data: str | bytes | None = await connection.read_message()
    return data


async def connect(
    server: RunningServer, path: str, *, origin: str | None = None, address: str | None = None
) -> Client:
    """Connect to one of the server's sockets; from an address, where a trusted proxy says so."""
    forwarded = {} if address is None else {"X-Forwarded-For": address}
    request = httpclient.HTTPRequest(
        server.websocket(path),
        headers={"Origin": origin or server.url, **forwarded},
        connect_timeout=PATIENCE,
        request_timeout=PATIENCE,
    )
    connecting: Awaitable[websocket.WebSocketClientConnection] = websocket.websocket_connect(
        request
    )
    return Client(await connecting)


async def join(
    server: RunningServer, token: str, *, address: str | None = None, **fields: Any
) -> tuple[Client, dict[str, Any]]:
    """Join a room; return the connection and its welcome."""
    client = await connect(server, "ws/meeting", address=address)
    await client.send("join", v=1, token=token, **fields)
    return client, await client.expect("welcome")


async def start(
    server: RunningServer, token: str, **wishes: Any
) -> tuple[Client, Client, dict[str, Any]]:
    """Start a broadcast as wished; return a moderator's page, its ingest socket and what was granted."""
    page, _ = await join(server, token)
    options = {"record": False, "quality": "360p", **wishes}
    await page.send("start_broadcast", options=options, ref=1)
    granted = await page.expect("ingest_granted")
    ingest = await connect(server, "ws/ingest")
    await ingest.send("ingest_open", v=1, ticket=granted["ticket"])
    await ingest.expect("ingest_ready")
    return page, ingest, granted


@asynccontextmanager
async def broadcasting(
    server: RunningServer, token: str, **wishes: Any
) -> AsyncIterator[tuple[Client, Client, dict[str, Any]]]:
    """A page and its ingest socket, as `start` gives them; both are closed at the end."""
    page, ingest, granted = await start(server, token, **wishes)
    yield page, ingest, granted
    page.close()
    ingest.close()


async def watch(server: RunningServer, stream: str, **fields: Any) -> tuple[Client, dict[str, Any]]:
    """Watch a stream; return the connection and the stream's state."""
    viewer = await connect(server, "ws/watch")
    await viewer.send("watch", v=1, stream=stream, **fields)
    return viewer, await viewer.expect("stream_state")
