"""How a server fares under many for long: people who come, leave and drop, and many viewers.

What is measured
    A server in a process of its own. In each room, people rename themselves every two seconds, with
    the time in the name; the delay is from there to the moment in which another one is told. Some
    leave and come back, some lose their connection and come back. One broadcast of ten pictures a
    second has many viewers, who count what they miss. The server's resident memory is read from
    /proc every ten seconds.

How to read it
    Run it as a module, from the project's folder: `python -m benchmarks.soak`. All clients share one
    process and its event loop, and with the server the machine: the delays have theirs in them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from tests.conftest import RunningServer, Servers
from tests.unit.server.wire import media, setup
from tornado import httpclient, iostream, websocket

#: Seconds until the memory is one that later ones are compared with: caches and pools have filled.
WARM = 30.0
REPORT = 10.0
RENAME = 2.0
PICTURES, PICTURE = 10, 6_000


async def connect(server: RunningServer, path: str) -> websocket.WebSocketClientConnection:
    """Open a socket as a page does."""
    headers = {"Origin": server.url}
    return await websocket.websocket_connect(
        # Hundreds come at once, and a busy machine takes its time for them.
        httpclient.HTTPRequest(
            server.websocket(path), headers=headers, connect_timeout=120, request_timeout=120
        )
    )


async def say(line: websocket.WebSocketClientConnection, kind: str, **fields: Any) -> None:  # noqa: ANN401 - a message's fields
    """Send a message."""
    await line.write_message(json.dumps({"type": kind, **fields}))


class Soak:
    """The clients, and what they have seen."""

    def __init__(self, server: RunningServer, until: float) -> None:
        self.server = server
        self.until = until
        self.delays: list[float] = []
        self.joins = self.drops = self.leaves = self.refused = 0
        self.frames: list[int] = []
        self.chance = random.Random(1)  # noqa: S311 - to be repeated

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.until

    async def person(self, token: str) -> None:
        """Come and go until the end."""
        while not self.over:
            with suppress(OSError, websocket.WebSocketClosedError, iostream.StreamClosedError):
                await self._visit(token)
            await asyncio.sleep(self.chance.uniform(0.1, 1.0))

    async def _visit(self, token: str) -> None:
        line = await connect(self.server, "ws/meeting")
        await say(line, "join", v=1, token=token, name="0")
        self.joins += 1
        left = self.until - time.monotonic()
        renaming = asyncio.create_task(self._rename(line))
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._listen(line), min(left, self.chance.uniform(10, 60)))
            self.refused += 1
        renaming.cancel()
        stream = None if line.protocol is None else line.protocol.stream
        if self.chance.random() < 0.5 and stream is not None:  # noqa: PLR2004 - every other
            self.drops += 1
            stream.close()
        else:
            self.leaves += 1
            await say(line, "leave")
            line.close()

    async def _rename(self, line: websocket.WebSocketClientConnection) -> None:
        with suppress(websocket.WebSocketClosedError):
            while True:
                await asyncio.sleep(RENAME)
                await say(line, "rename", name=f"{time.monotonic():.6f}")

    async def _listen(self, line: websocket.WebSocketClientConnection) -> None:
        while (data := await _read(line)) is not None:
            message = json.loads(data)
            if message["type"] == "updated" and message["participant"]["name"] != "0":
                sent = float(message["participant"]["name"])
                self.delays.append(time.monotonic() - sent)

    async def broadcast(self, token: str) -> None:
        """Send pictures until the end."""
        page = await connect(self.server, "ws/meeting")
        await say(page, "join", v=1, token=token)
        await say(page, "start_broadcast", record=False, ref=1)
        while (message := json.loads(await _read(page) or "{}"))["type"] != "ingest_granted":
            pass
        line = await connect(self.server, "ws/ingest")
        await say(line, "ingest_open", v=1, ticket=message["ticket"])
        await line.write_message(setup(), binary=True)
        listening = [asyncio.create_task(_drain(page)), asyncio.create_task(_drain(line))]
        number, began = 0, time.monotonic()
        while not self.over:
            key = number % (2 * PICTURES) == 0
            data = media(number / PICTURES, key=key, payload=b"x" * PICTURE)
            await line.write_message(data, binary=True)
            number += 1
            await asyncio.sleep(began + number / PICTURES - time.monotonic())
        for task in listening:
            task.cancel()

    async def viewer(self, stream: str) -> None:
        """Watch until the end."""
        line = await connect(self.server, "ws/watch")
        await say(line, "watch", v=1, stream=stream)
        seen = [0]

        async def count() -> None:
            while (data := await _read(line)) is not None:
                seen[0] += isinstance(data, bytes)

        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(count(), self.until - time.monotonic())
        self.frames.append(seen[0])
        line.close()

    async def report(self, began: float) -> list[tuple[float, float]]:
        """Print memory now and then; return it."""
        found = []
        while not self.over:
            await asyncio.sleep(REPORT)
            now, memory = time.monotonic() - began, resident(self.server.process.pid)
            found.append((now, memory))
            print(f"{now:6.0f} s  {memory:7.1f} MB  {len(self.delays)} delays", flush=True)
        return found


async def _read(line: websocket.WebSocketClientConnection) -> str | bytes | None:
    data: str | bytes | None = await line.read_message()
    return data


async def _drain(line: websocket.WebSocketClientConnection) -> None:
    while await _read(line) is not None:
        pass


def resident(pid: int) -> float:
    """Return a process' resident memory, in MB."""
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmRSS:"):
            return int(row.split()[1]) / 1024
    raise ValueError("no VmRSS")


async def run(server: RunningServer, options: argparse.Namespace) -> None:
    """Run the soak, and print what came of it."""
    hosts = [server.room(f"Room_{number}") for number in range(options.rooms)]
    people = [
        server.invite(hosts[number % options.rooms], moderator=number < options.rooms)
        for number in range(options.people)
    ]
    stage = server.room("Broadcast", streamname="soak")
    began = time.monotonic()
    soak = Soak(server, began + options.seconds)
    work = [asyncio.create_task(soak.person(token)) for token in people]
    work.append(asyncio.create_task(soak.broadcast(stage)))
    work += [asyncio.create_task(soak.viewer("soak")) for _ in range(options.viewers)]
    memory = await soak.report(began)
    await asyncio.gather(*work)
    delays = sorted(soak.delays)
    steady = [megabytes for at, megabytes in memory if at > min(WARM, options.seconds / 3)]
    p95 = delays[int(len(delays) * 0.95)]
    expected = options.seconds * PICTURES
    print(f"joins {soak.joins}, left {soak.leaves}, dropped {soak.drops}, refused {soak.refused}")
    print(f"signalling: median {1e3 * statistics.median(delays):.1f} ms, p95 {1e3 * p95:.1f} ms")
    if soak.frames:
        print(f"pictures a viewer: {statistics.mean(soak.frames):.0f} of about {expected:.0f}")
    print(f"memory: {steady[0]:.1f} MB once warm, {steady[-1]:.1f} MB at the end")


def main() -> None:
    """Read the options, start a server, and soak it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--rooms", type=int, default=40)
    parser.add_argument("--viewers", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        try:
            server = servers.start()
            asyncio.run(run(server, options))
            figures = httpx.get(f"{server.url}/metrics", trust_env=False).text.splitlines()
            print("\n".join(line for line in figures if line.startswith("nanomeet_")))
        finally:
            servers.close()


if __name__ == "__main__":
    main()
