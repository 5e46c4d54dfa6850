"""A hostile guest in a room of twenty: whether the others notice.

What is measured
    A server in a process of its own, and a room with a password. Twenty participants rename themselves every
    second, with the time in the name; the delay ends when another participant is told. A guest in another
    process has the same link as they do. It floods the room with every kind of message, on connections that
    stay and on ones that come and go, tries wrong passwords, never reads, and leaves HTTP requests half sent.
    Calm and hostile phases alternate; the ratio is that of the two 95th percentiles.

How to read it
    The participants share one process and its event loop, and share the machine with the server and the
    guest: the delays include theirs. The guest's process has the lowest priority, as if it ran on another
    machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from benchmarks.clients import connect, read, say
from benchmarks.figures import percentile
from benchmarks.processes import resident, worked
from benchmarks.report import Report, arguments
from benchmarks.serving import serving
from tests.conftest import RunningServer
from tornado import websocket

PEOPLE = 20
RENAME = 1.0
#: Seconds at the start of each phase that do not count.
SETTLE = 2.0
PASSWORD = "sesame"  # noqa: S105 - of this room alone
BOUND = 1.5


class Room:
    """The participants, and the delays that they measure."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self._delays: dict[bool, list[float]] = {False: [], True: []}
        self._hostile = False
        self._counts_from = 0.0
        #: The phase's length, and the server's processor time during it, in seconds.
        self.busy = {False: [0.0, 0.0], True: [0.0, 0.0]}
        self.lost = 0

    def begin(self, *, hostile: bool) -> None:
        """Count what is sent from now on as calm or hostile, after a pause."""
        self._hostile = hostile
        self._counts_from = time.monotonic() + SETTLE

    async def spend(self, seconds: float) -> None:
        """Let the participants send until cancelled."""
        await asyncio.sleep(SETTLE)
        before, worked_before = time.monotonic(), worked(self._server.process.pid)
        await asyncio.sleep(seconds)
        sums = self.busy[self._hostile]
        sums[0] += time.monotonic() - before
        sums[1] += worked(self._server.process.pid) - worked_before

    def delays(self, *, hostile: bool) -> list[float]:
        """Return the delays of all calm or hostile phases, in seconds."""
        return self._delays[hostile]

    async def person(self, token: str, number: int) -> None:
        """Join, rename, and listen until cancelled."""
        line = await connect(self._server.websocket("ws/meeting"), origin=self._server.url)
        await say(
            line, "join", v=1, token=token, name="0", password=PASSWORD, person=f"{number:016}"
        )
        renaming = asyncio.create_task(self._rename(line, number))
        try:
            await self._listen(line)
            self.lost += 1
        finally:
            renaming.cancel()
            line.close()

    async def _rename(self, line: websocket.WebSocketClientConnection, number: int) -> None:
        await asyncio.sleep(RENAME * number / PEOPLE)
        with suppress(websocket.WebSocketClosedError):
            while True:
                await say(line, "rename", name=f"{time.monotonic():.6f}")
                await asyncio.sleep(RENAME * 1.1)

    async def _listen(self, line: websocket.WebSocketClientConnection) -> None:
        while (data := await read(line)) is not None:
            message = json.loads(data)
            if message["type"] != "updated":
                continue
            name = message["participant"]["name"]
            with suppress(ValueError):
                sent = float(name)
                if sent > self._counts_from:
                    self._delays[self._hostile].append(time.monotonic() - sent)


@asynccontextmanager
async def hostile_guest(server: RunningServer, link: str) -> AsyncIterator[Process]:
    """Run the guest."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.hostile_guest", server.url), stdin=PIPE
    )
    try:
        if process.stdin is not None:
            process.stdin.write(f"{link} {PASSWORD}\n".encode())
        yield process
        if process.returncode is not None:
            raise RuntimeError("the hostile guest gave up")
        if process.stdin is not None:
            process.stdin.close()
        await asyncio.wait_for(process.wait(), 30)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run(server: RunningServer, options: argparse.Namespace, report: Report) -> None:
    """Alternate calm and hostile phases, and report the results."""
    root = server.room("Hostile")
    link = server.invite(root)
    host = await connect(server.websocket("ws/meeting"), origin=server.url)
    await say(host, "join", v=1, token=root, name="0")
    await say(host, "set_password", password=PASSWORD)
    room = Room(server)
    people = [asyncio.create_task(room.person(link, number)) for number in range(PEOPLE)]
    draining = asyncio.create_task(_drain(host))
    for turn in range(options.turns):
        room.begin(hostile=False)
        await room.spend(options.seconds)
        async with hostile_guest(server, link):
            room.begin(hostile=True)
            await room.spend(options.seconds)
        print(f"turn {turn + 1}: {resident(server.process.pid):.0f} MB", flush=True)
    for task in (*people, draining):
        task.cancel()
    await asyncio.gather(*people, draining, return_exceptions=True)
    host.close()
    rows, p95 = [], {}
    for hostile in (False, True):
        delays = [1e3 * delay for delay in room.delays(hostile=hostile)]
        p95[hostile] = percentile(delays, 95)
        rows.append(
            [
                "with the guest" if hostile else "without",
                f"{len(delays)}",
                f"{percentile(delays, 50):.1f}",
                f"{p95[hostile]:.1f}",
                f"{percentile(delays, 100):.1f}",
                f"{room.busy[hostile][1] / room.busy[hostile][0]:.2f}",
            ]
        )
    report.table(["", "messages", "median ms", "p95 ms", "longest ms", "server, s/s"], rows)
    ratio = p95[True] / p95[False]
    report.say(
        f"p95 with the guest / without: {ratio:.2f}, which is to be at most {BOUND}. "
        f"Participants who lost their connection: {room.lost}. "
        f"Server: {resident(server.process.pid):.0f} MB."
    )


async def _drain(line: websocket.WebSocketClientConnection) -> None:
    while await read(line) is not None:
        pass


def main() -> None:
    """Parse the options, start a server, and let the guest in."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each time")
    parser.add_argument("--turns", type=int, default=4)
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.turns = 8.0, 2
    report = Report("A hostile guest", "hostile")
    with serving() as server:
        asyncio.run(run(server, options, report))
    report.finish(options)


if __name__ == "__main__":
    main()
