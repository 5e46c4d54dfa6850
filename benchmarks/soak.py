"""A server under long load: participants who join, leave and drop out, and many viewers.

What is measured
    A server in a process of its own. In each room, bots write the time into the chat every two seconds; the delay ends
    when another bot is told. They leave and return, and half of them lose their connection in the middle, and come
    back by themselves. One broadcast of ten frames per second has many viewers, who count what they miss.
    The server's resident memory is read from /proc every ten seconds.

How to read it
    All clients share one process and its event loop, and share the machine with the server: the delays
    include theirs.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from contextlib import suppress

from benchmarks.clients import broadcasting, connect, read, say
from benchmarks.processes import resident
from benchmarks.report import Report, arguments
from benchmarks.serving import serving
from tests.conftest import RunningServer
from tests.contract.bots import drop
from tests.unit.server.wire import media, setup
from tornado import websocket

import nanomeet_widget as nm
from nanomeet_widget.events import IncomingMessage

#: Seconds until the memory is a baseline for comparison: caches and pools have filled.
WARM = 30.0
REPORT = 10.0
CHAT = 2.0
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
            bot = nm.Bot(token)
            bot.on(IncomingMessage, self._hear)
            try:
                async with bot:
                    self.joins += 1
                    await self._visit(bot)
                self.leaves += 1
            except nm.NotJoinedError:
                self.refused += 1
            await asyncio.sleep(self.chance.uniform(0.1, 1.0))

    async def _visit(self, bot: nm.Bot) -> None:
        seconds = min(self.until - time.monotonic(), self.chance.uniform(10, 60))
        middle, end = (time.monotonic() + seconds * share for share in (0.5, 1.0))
        drops = self.chance.random() < 0.5  # noqa: PLR2004 - every other
        while time.monotonic() < end:
            await asyncio.sleep(CHAT)
            await bot.send_chat(f"{time.monotonic():.6f}")
            if drops and time.monotonic() > middle:
                drops = False
                self.drops += 1
                drop(bot)

    def _hear(self, event: IncomingMessage) -> None:
        self.delays.append(time.monotonic() - float(event.message or 0))

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
