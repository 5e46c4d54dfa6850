"""A server under long load: participants who join, leave and drop out, and many viewers.

What is measured
    A server in a process of its own. In each room, participants rename themselves every two seconds, with the
    time in the name; the delay ends when another participant is told. Some leave and return, some lose their
    connection and return. One broadcast of ten frames per second has many viewers, who count what they miss.
    The server's resident memory is read from /proc every ten seconds.

How to read it
    All clients share one process and its event loop, and share the machine with the server: the delays
    include theirs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from contextlib import suppress

from benchmarks.clients import broadcasting, connect, read, say
from benchmarks.processes import resident
from benchmarks.report import Report, arguments
from benchmarks.serving import serving
from tests.conftest import RunningServer
from tests.unit.server.wire import media, setup
from tornado import iostream, websocket

#: Seconds until the memory is a baseline for comparison: caches and pools have filled.
WARM = 30.0
REPORT = 10.0
RENAME = 2.0
PICTURES, PICTURE = 10, 6_000


class Soak:
    """The clients and their measurements."""

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
        """Join and leave until the end."""
        while not self.over:
            with suppress(OSError, websocket.WebSocketClosedError, iostream.StreamClosedError):
                await self._visit(token)
            await asyncio.sleep(self.chance.uniform(0.1, 1.0))

    async def _visit(self, token: str) -> None:
        line = await self._connect("ws/meeting")
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
        while (data := await read(line)) is not None:
            message = json.loads(data)
            if message["type"] == "updated" and message["participant"]["name"] != "0":
                sent = float(message["participant"]["name"])
                self.delays.append(time.monotonic() - sent)

    async def broadcast(self, token: str) -> None:
        """Send frames until the end."""
        async with broadcasting(self.server, token) as line:
            await line.write_message(setup(), binary=True)
            number, began = 0, time.monotonic()
            while not self.over:
                key = number % (2 * PICTURES) == 0
                data = media(number / PICTURES, key=key, payload=b"x" * PICTURE)
                await line.write_message(data, binary=True)
                number += 1
                await asyncio.sleep(began + number / PICTURES - time.monotonic())

    async def viewer(self, stream: str) -> None:
        """Watch until the end."""
        line = await self._connect("ws/watch")
        await say(line, "watch", v=1, stream=stream)
        seen = [0]

        async def count() -> None:
            while (data := await read(line)) is not None:
                seen[0] += isinstance(data, bytes)

        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(count(), self.until - time.monotonic())
        self.frames.append(seen[0])
        line.close()

    async def report(self, began: float) -> list[tuple[float, float]]:
        """Print the memory regularly; return the values."""
        found = []
        while not self.over:
            await asyncio.sleep(REPORT)
            now, memory = time.monotonic() - began, resident(self.server.process.pid)
            found.append((now, memory))
            print(f"{now:6.0f} s  {memory:7.1f} MB  {len(self.delays)} delays", flush=True)
        return found

    async def _connect(self, path: str) -> websocket.WebSocketClientConnection:
        return await connect(self.server.websocket(path), origin=self.server.url)


async def run(server: RunningServer, options: argparse.Namespace, report: Report) -> None:
    """Run the soak, and report the results."""
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
    facts = {
        "seconds; people in rooms; viewers": (
            f"{options.seconds:.0f}; {options.people} in {options.rooms}; {options.viewers}"
        ),
        "joined; left; dropped; refused": (
            f"{soak.joins}; {soak.leaves}; {soak.drops}; {soak.refused}"
        ),
        "signalling, median; p95": f"{1e3 * statistics.median(delays):.1f} ms; {1e3 * p95:.1f} ms",
        "pictures a viewer, of about": (
            f"{statistics.mean(soak.frames):.0f}, {expected:.0f}" if soak.frames else "none"
        ),
        "memory once warm; at the end": f"{steady[0]:.1f} MB; {steady[-1]:.1f} MB",
    }
    report.table(["", ""], [[name, value] for name, value in facts.items()])


def main() -> None:
    """Parse the options, start a server, and soak it."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--rooms", type=int, default=40)
    parser.add_argument("--viewers", type=int, default=500)
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.people, options.rooms, options.viewers = 25.0, 20, 4, 20
    report = Report("Soak", "soak")
    with serving("--limit", "unknown_connections=0") as server:
        asyncio.run(run(server, options, report))
    report.finish(options)


if __name__ == "__main__":
    main()
