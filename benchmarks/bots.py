"""Many bots in one process: how soon they are in, what they cost, and how soon a chat message arrives.

What is measured
    The server has a process of its own, and all bots share another. Joining is from `join()` to the `welcome`, with all
    bots at once; the whole is until every bot knows of every other in its room. Then bots write in turns, five
    messages a second; a message's delay is from `send_chat` to the `incoming_message` of each other bot. Memory is
    the resident memory of the bots' process, which /proc tells: after the import, when all are in, and after the
    messages.

How to read it
    Bots, server and everything else share the machine. In one large room every bot hears of every other: 200 bots
    are told 40,000 times of a participant who joins.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.figures import percentile
from benchmarks.processes import resident

from nanomeet_widget.bot import Bot
from nanomeet_widget.events import IncomingMessage

#: Makes this program the bots' process.
CROWD = "crowd"
BOTS = 200
#: Rooms that share them.
SHAPES = [1, 20]
#: Messages, and a second: each bot may write one a second.
MESSAGES, RATE = 100, 5.0
#: Seconds for all to know of all.
PATIENCE = 120.0


async def crowd(tokens: list[str], bots_each: int, messages: int) -> dict[str, Any]:
    """Be the bots, in this process; return what they measured."""
    empty = resident(os.getpid())
    rooms = [[Bot(token, display_name=f"Bot {n}") for n in range(bots_each)] for token in tokens]
    everyone = [bot for room in rooms for bot in room]
    began = time.monotonic()
    joins: list[float] = []

    async def join(bot: Bot) -> None:
        await bot.join()
        joins.append(1000 * (time.monotonic() - began))

    await asyncio.gather(*map(join, everyone))
    while any(len(bot.participants) < bots_each for bot in everyone):
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError("not every bot knows of every other")
        await asyncio.sleep(0.02)
    whole = time.monotonic() - began
    joined = resident(os.getpid())
    delays: list[float] = []
    for bot in everyone:
        bot.on(
            IncomingMessage,
            lambda event: delays.append(1000 * (time.monotonic() - float(event.message or 0))),
        )
    # The first of each room, then the second of each, and so on.
    writers = cycle([bot for row in zip(*rooms, strict=True) for bot in row])
    began = time.monotonic()
    commands = []
    for number, bot in enumerate(islice(writers, messages)):
        await asyncio.sleep(began + number / RATE - time.monotonic())
        commands.append(bot.send_chat(f"{time.monotonic():.6f}"))
    await asyncio.gather(*commands)
    while len(delays) < messages * (bots_each - 1):
        if time.monotonic() - began > messages / RATE + PATIENCE:
            raise TimeoutError("a message has not arrived")
        await asyncio.sleep(0.02)
    after = resident(os.getpid())
    await asyncio.gather(*(bot.leave() for bot in everyone))
    return {
        "empty": empty,
        "joined": joined,
        "after": after,
        "whole": whole,
        "joins": [percentile(joins, part) for part in (50, 95)],
        "delays": [percentile(delays, part) for part in (50, 95, 100)],
    }


async def measure(rooms: int, bots: int, messages: int) -> dict[str, Any]:
    """Start a server, and a process with bots."""
    from tests.conftest import Servers  # noqa: PLC0415 - not in the bots' process

    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        try:
            server = servers.start("--max-participants", str(bots + 1))
            order = {
                "tokens": [server.room(f"Bots{number}") for number in range(rooms)],
                "bots_each": bots // rooms,
                "messages": messages,
            }
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.bots", CROWD), stdin=PIPE, stdout=PIPE
            )
            out, _ = await process.communicate(json.dumps(order).encode())
            found: dict[str, Any] = json.loads(out)
            return {**found, "server": resident(server.process.pid)}
        finally:
            servers.close()


def main() -> None:
    """Measure, and write the section."""
    if sys.argv[1:] == [CROWD]:
        print(json.dumps(asyncio.run(crowd(**json.load(sys.stdin)))))
        return
    from benchmarks.report import Report, arguments  # noqa: PLC0415 - not in the bots' process

    options = arguments(__doc__).parse_args()
    bots, messages = (40, 10) if options.quick else (BOTS, MESSAGES)
    report = Report(f"{BOTS} bots in one process", "bots")
    rows = []
    for rooms in SHAPES:
        found = asyncio.run(measure(rooms, bots, messages))
        rows.append(
            [
                f"{rooms} with {bots // rooms}",
                *(f"{one:.0f}" for one in found["joins"]),
                f"{found['whole']:.1f}",
                *(f"{one:.1f}" for one in found["delays"]),
                *(f"{found[name]:.0f}" for name in ("empty", "joined", "after")),
                f"{1024 * (found['after'] - found['empty']) / bots:.0f}",
            ]
        )
    report.table(
        [
            *("rooms", "join, median ms", "p95 ms", "all know all, s"),
            *("message, median ms", "p95 ms", "last ms"),
            *("MB without bots", "MB with them", "after the messages", "KB a bot"),
        ],
        rows,
    )
    report.finish(options)


if __name__ == "__main__":
    main()
