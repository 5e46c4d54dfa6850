"""Bots in tests: waiting for what they come to know, and a server that says what a test wants."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from tornado import httpserver, netutil, web, websocket

import nanomeet_widget as nm
from nanomeet_widget import _tokens, events
from tests.waiting import PATIENCE


async def until(told: Callable[[], object], to_be: object) -> None:
    """Wait until something is as it is to be, while the loop runs."""
    deadline = time.monotonic() + PATIENCE
    while (found := told()) != to_be:
        assert time.monotonic() < deadline, f"it is {found!r} still, and not {to_be!r}"
        await asyncio.sleep(0.01)


def texts(bot: nm.Bot) -> list[str]:
    """Return what the bot can read in the chat."""
    return [message["text"] for message in bot.chat]


def names(bot: nm.Bot) -> set[str]:
    """Return who is in the room, as the bot knows it."""
    return {person["display_name"] for person in bot.participants}


async def comes_back(bot: nm.Bot) -> None:
    """Lose a bot's connection without a word, and wait until it is back."""
    states: list[str | None] = []

    def note(event: events.ConnectionChanged) -> None:
        states.append(event.state)

    bot.on(events.ConnectionChanged, note)
    drop(bot)
    await until(lambda: states, ["reconnecting", "connected"])
    bot.off(events.ConnectionChanged, note)


async def ending(bot: nm.Bot) -> str:
    """Wait until it is over for a bot, against its will; return why."""
    assert await bot.ended() is nm.MeetingStatus.FAILED
    assert bot.error is not None
    return str(bot.error["kind"])


async def refusal(bot: nm.Bot) -> str:
    """Let a bot join, which it may not; return why."""
    with pytest.raises(nm.NotJoinedError) as refused:
        await bot.join()
    assert refused.value.kind is not None
    return refused.value.kind


def drop(bot: nm.Bot) -> None:
    """Lose a bot's connection without a word."""
    session = bot._session
    socket = session and session._line._socket
    stream = socket and socket.protocol and socket.protocol.stream
    assert stream, "it is not connected"
    stream.close()


@dataclass
class FakeServer:
    """A server that answers a join with whatever the test says; it notes what it got."""

    url: str = ""
    #: Sent to each client that joins; text, bytes, or messages.
    answers: list[str | bytes | dict[str, Any]] = field(default_factory=list)
    #: What clients have sent, and the headers that they connected with.
    got: list[dict[str, Any]] = field(default_factory=list)
    origins: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def token(self, room: str = "Fake") -> str:
        """Return a token that names this server."""
        now = datetime.now(timezone.utc)
        return _tokens.mint(
            _tokens.Claims(
                room=room,
                streamname="s",
                server=self.url,
                moderator=True,
                sub="local",
                notbefore=now,
                expiration=now + timedelta(hours=1),
            ),
            _tokens.new_secret(),
        )

    def welcome(self, **changed: Any) -> dict[str, Any]:
        """Return a welcome to an empty room."""
        own = {
            "id": "me",
            "name": "Me",
            "moderator": True,
            "audio": False,
            "video": False,
            "screen": False,
            "screen_title": "",
            "stage": False,
            "hand": None,
        }
        return {
            "type": "welcome",
            "v": 1,
            "own": own,
            "kept": False,
            "resume": "r",
            "room": "Fake",
            "session": "s",
            "streamname": "s",
            "participants": [],
            "knocking": [],
            "state": {
                "subject": "",
                "lobby": False,
                "locked": False,
                "closed": False,
                "main": None,
            },
            "broadcast": {"state": "off"},
            "ice_servers": [],
            "expires": 1e10,
            "now": time.time(),
            "max_stage": 8,
            "chat": [],
            "viewers": 0,
            "feed": {"stream": None},
            **changed,
        }


@asynccontextmanager
async def fake_server() -> AsyncIterator[FakeServer]:
    """Run a `FakeServer` on this loop."""
    fake = FakeServer()

    class Handler(websocket.WebSocketHandler):
        def open(self, *_: str) -> None:
            fake.origins.append(self.request.headers.get("Origin"))
            fake.paths.append(self.request.uri or "")

        async def on_message(self, message: str | bytes) -> None:
            said = json.loads(message)
            fake.got.append(said)
            if said["type"] == "join":
                for answer in fake.answers:
                    raw = json.dumps(answer) if isinstance(answer, dict) else answer
                    await self.write_message(raw, binary=isinstance(raw, bytes))

    sockets = netutil.bind_sockets(0, "127.0.0.1")
    server = httpserver.HTTPServer(web.Application([("/ws/meeting", Handler)]))
    server.add_sockets(sockets)
    fake.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        server.stop()
        await server.close_all_connections()
