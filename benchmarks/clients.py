"""Clients without a browser: they send on a page's sockets what a page would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.conftest import RunningServer
from tornado import httpclient, websocket


async def connect(address: str, *, origin: str) -> websocket.WebSocketClientConnection:
    """Open a socket as a page of this origin does."""
    return await websocket.websocket_connect(
        # Hundreds connect at once, which takes a busy machine some time.
        httpclient.HTTPRequest(
            address, headers={"Origin": origin}, connect_timeout=120, request_timeout=120
        )
    )


async def say(line: websocket.WebSocketClientConnection, kind: str, **fields: Any) -> None:  # noqa: ANN401 - a message's fields
    """Send a message."""
    await line.write_message(json.dumps({"type": kind, **fields}))


async def read(line: websocket.WebSocketClientConnection) -> str | bytes | None:
    """Return the next message; None once the socket is closed."""
    data: str | bytes | None = await line.read_message()
    return data


@asynccontextmanager
async def broadcasting(
    server: RunningServer, token: str
) -> AsyncIterator[websocket.WebSocketClientConnection]:
    """Start a broadcast as a moderator's page; yield the socket for its frames."""
    page = await connect(server.websocket("ws/meeting"), origin=server.url)
    await say(page, "join", v=1, token=token)
    await say(page, "start_broadcast", ref=1)
    while (message := json.loads(await read(page) or "{}"))["type"] != "ingest_granted":
        pass
    line = await connect(server.websocket("ws/ingest"), origin=server.url)
    await say(line, "ingest_open", v=1, ticket=message["ticket"])
    listening = [asyncio.create_task(_drain(page)), asyncio.create_task(_drain(line))]
    try:
        yield line
    finally:
        for task in listening:
            task.cancel()
        line.close()
        page.close()


async def _drain(line: websocket.WebSocketClientConnection) -> None:
    while await read(line) is not None:
        pass
