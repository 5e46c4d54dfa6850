"""A meeting whose participants come, drop, reload and leave by a script, while its server is killed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.waiting import PATIENCE

from .sockets import Client, connect

#: What becomes of a participant. The server is killed once all of the first half have done what they do:
#: those who `stay` come back to the next server as the same ones, the `lost` never do.
Fate = Literal["leaves", "drops", "reloads", "reconnects", "stays", "lost", "late"]
FATES: tuple[Fate, ...] = ("leaves", "drops", "reloads", "reconnects", "stays", "lost", "late")
#: The close code of a page that is unloaded and may be reloading.
_UNLOADED = 4001


@dataclass
class Stay:
    """What the script knows of one participant: from when to when they came, and went, by the same clock."""

    name: str
    fate: Fate
    joined: tuple[float, float] | None = None
    left: tuple[float, float] | None = None

    def error(self, row: dict[str, Any]) -> float:
        """Return by how many seconds the server's times are outside of what the script knows."""
        wrong: list[float] = []
        for told, known in ((row["joined"], self.joined), (row["left"], self.left)):
            assert known is not None
            wrong.append(max(0.0, known[0] - told, told - known[1]))
        return max(wrong)


@dataclass
class Meeting:
    """The meeting, and the server that carries it now."""

    servers: Servers
    server: RunningServer
    room: str
    stays: list[Stay]
    token: str = ""
    invite: str = ""
    clients: dict[str, Client] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    async def join(self, stay: Stay, *, resume: bool = False) -> None:
        """Join as a page does, which knows its secret if it reconnects."""
        client = await connect(self.server, "ws/meeting")
        began = time.time()
        more = {"resume": self.secrets[stay.name]} if resume else {}
        person = f"browser-of-{stay.name.replace(' ', '-'):->12}"
        await client.send("join", v=1, token=self.invite, name=stay.name, person=person, **more)
        welcome = await client.expect("welcome")
        self.clients[stay.name], self.secrets[stay.name] = client, welcome["resume"]
        stay.joined = stay.joined or (began, time.time())

    async def leave(self, stay: Stay) -> None:
        """Leave, as by the button."""
        client = self.clients.pop(stay.name)
        began = time.time()
        await client.send("leave")
        await client.expect("bye")
        stay.left = (began, time.time())

    async def live(self, stay: Stay) -> None:
        """Do what the participant does before the kill."""
        if stay.fate == "leaves":
            await self.leave(stay)
        elif stay.fate == "drops":
            began = time.time()
            self.clients.pop(stay.name).drop()
            stay.left = (began, time.time())
        elif stay.fate == "reloads":
            self.clients.pop(stay.name).close(_UNLOADED)
            # Longer than the others wait for a reload, and less than the room does.
            await asyncio.sleep(2.5)
            await self.join(stay)
        elif stay.fate == "reconnects":
            self.clients.pop(stay.name).drop()
            await asyncio.sleep(1)
            await self.join(stay, resume=True)

    async def kill(self) -> None:
        """Kill the server, and start the next one at the same address."""
        began = time.time()
        self.server.kill()
        killed = (began, time.time())
        clients, self.clients = self.clients, {}
        for client in clients.values():
            client.drop()
        for stay in self.stays:
            if stay.name in clients and stay.fate == "lost":
                stay.left = killed
        port = str(urlsplit(self.server.url).port)
        self.server = await asyncio.to_thread(
            self.servers.start, "--port", port, data=self.server.data
        )
        for stay in self.stays:
            if stay.name in clients and stay.fate != "lost":
                await self.join(stay, resume=True)

    def records(self, kind: str = "attendance", **query: str) -> dict[str, Any]:
        """Return what the server tells of the meeting."""
        answer = get(
            f"{self.server.url}/records",
            params={"kind": kind, **query},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def until(self, done: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Return the rows of attendance once they are as they have to become."""
        deadline = time.monotonic() + PATIENCE
        while not done(rows := (await asyncio.to_thread(self.records))["rows"]):
            assert time.monotonic() < deadline, rows
            await asyncio.sleep(0.2)
        return list(rows)


async def attend(meeting: Meeting, *, policy: str = "attendance") -> float:
    """Carry the meeting out; return by how many seconds the worst stay is wrong.

    Raises
    ------
    AssertionError
        If there are more or fewer stays than there were.
    """
    meeting.token = meeting.server.room(meeting.room, records=policy)
    meeting.invite = meeting.server.invite(meeting.token)
    early = [stay for stay in meeting.stays if stay.fate != "late"]
    for stay in early:
        await meeting.join(stay)
    await asyncio.gather(*map(meeting.live, early))
    # Those who were dropped are gone once the room no longer waits for them.
    gone = sum(stay.fate in {"leaves", "drops"} for stay in early)
    await meeting.until(lambda rows: sum(row["left"] is not None for row in rows) == gone)
    await meeting.kill()
    for stay in meeting.stays:
        if stay.fate == "late":
            await meeting.join(stay)
    gone += sum(stay.fate == "lost" for stay in early)
    await meeting.until(lambda rows: sum(row["left"] is not None for row in rows) == gone)
    for stay in meeting.stays:
        if stay.name in meeting.clients:
            await meeting.leave(stay)
    rows = await meeting.until(lambda rows: all(row["left"] is not None for row in rows))
    found = {row["name"]: row for row in rows}
    assert sorted(row["name"] for row in rows) == sorted(stay.name for stay in meeting.stays)
    return max(stay.error(found[stay.name]) for stay in meeting.stays)


def script(count: int) -> list[Stay]:
    """Return the stays of a meeting with every fate in turn."""
    return [
        Stay(name=f"Guest {number}", fate=FATES[number % len(FATES)]) for number in range(count)
    ]
