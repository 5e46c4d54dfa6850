"""200 votes in one second: how soon a moderator sees each of them, in a poll and by counting chat messages.

What is measured
    A moderator and 200 participants of one link are connected to a server with a process of its own; all
    clients share another one. The participants vote one after the other within a second. A vote is seen when the
    moderator is told of at least as many voters as have voted until then. The votes of the second way are
    chat messages, as a class does without polls: each is seen when the moderator has it. Everyone reads
    everything that they are told.

How to read it
    Server and clients share the machine. The counts of a poll are told ten times a second at most, so a vote
    waits for 50 ms on average, and for 100 ms at most, before it is told. A chat message is told at once, to
    all 201, each.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.clients import connect, read, say
from benchmarks.figures import percentile
from benchmarks.report import Report, arguments
from tests.conftest import RunningServer, Servers
from tornado import websocket

VOTERS = 200
#: Seconds in which they vote, and the most that all of it may take.
SECOND, PATIENCE = 1.0, 60.0
#: Connections that are opened at once.
_AT_ONCE = 20

Line = websocket.WebSocketClientConnection


async def member(server: RunningServer, token: str, **fields: Any) -> Line:  # noqa: ANN401 - a message's fields
    """Join, and return the connection."""
    line = await connect(server.websocket("ws/meeting"), origin=server.url)
    await say(line, "join", v=1, token=token, **fields)
    while json.loads(await read(line) or "{}")["type"] != "welcome":
        pass
    return line


async def drain(line: Line) -> None:
    """Read whatever comes."""
    while await read(line) is not None:
        pass


async def gathered(server: RunningServer, voters: int, room: str) -> tuple[Line, list[Line]]:
    """Return a moderator, and participants of one link."""
    token = server.room(room)
    link = server.invite(token)
    teacher = await member(server, token)
    lines: list[Line] = []
    for start in range(0, voters, _AT_ONCE):
        numbers = range(start, min(voters, start + _AT_ONCE))
        lines += await asyncio.gather(
            *(member(server, link, person=f"voter-of-the-benchmark-{n:04}") for n in numbers)
        )
    return teacher, lines


async def poll(teacher: Line, lines: list[Line]) -> list[float]:
    """Return after how many milliseconds each vote is seen."""
    await say(teacher, "open_poll", ref=1, question="?", options=["one", "two"], show="live")
    while (told := json.loads(await read(teacher) or "{}"))["type"] != "poll_opened":
        pass
    name = told["id"]
    sent = asyncio.create_task(
        spread(lines, lambda line, n: say(line, "vote", ref=1, poll=name, choices=[n % 2]))
    )
    seen: list[float] = []
    while len(seen) < len(lines):
        told = json.loads(await read(teacher) or "{}")
        if told.get("type") == "poll_counts":
            seen += [time.monotonic()] * (told["voters"] - len(seen))
    began = await sent
    return [1000 * (at - start) for start, at in zip(began, seen, strict=True)]


async def chat(teacher: Line, lines: list[Line]) -> list[float]:
    """Return after how many milliseconds each message is seen."""
    sent = asyncio.create_task(
        spread(lines, lambda line, n: say(line, "send_chat", ref=1, text=f"vote {n}"))
    )
    seen: dict[int, float] = {}
    while len(seen) < len(lines):
        told = json.loads(await read(teacher) or "{}")
        if told.get("type") == "chat_message":
            seen[int(told["text"].split()[1])] = time.monotonic()
    began = await sent
    return [1000 * (seen[number] - start) for number, start in enumerate(began)]


async def spread(lines: list[Line], send: Any) -> list[float]:  # noqa: ANN401 - a coroutine function
    """Send once on each connection, within a second; return when."""
    began = time.monotonic()
    at = []
    for number, line in enumerate(lines):
        await asyncio.sleep(began + number * SECOND / len(lines) - time.monotonic())
        at.append(time.monotonic())
        await send(line, number)
    return at


async def measure(server: RunningServer, way: str, voters: int) -> list[float]:
    """Measure one way."""
    teacher, lines = await gathered(server, voters, f"Bench{way}")
    reading = [asyncio.create_task(drain(line)) for line in lines]
    try:
        run = poll(teacher, lines) if way == "poll" else chat(teacher, lines)
        return await asyncio.wait_for(run, PATIENCE)
    finally:
        for task in reading:
            task.cancel()
        for line in (teacher, *lines):
            line.close()


def main() -> None:
    """Measure, and write the section."""
    options = arguments(__doc__).parse_args()
    voters = 40 if options.quick else VOTERS
    report = Report(f"{VOTERS} votes in one second", "polls")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        try:
            server = servers.start("--max-participants", str(voters + 1))
            for way, words in (("poll", "a poll"), ("chat", "chat messages")):
                delays = asyncio.run(measure(server, way, voters))
                figures = [percentile(delays, part) for part in (50, 95, 100)]
                rows.append([words, str(len(delays)), *(f"{figure:.0f}" for figure in figures)])
        finally:
            servers.close()
    report.table(["way", "votes seen", "median ms", "p95 ms", "last ms"], rows)
    report.finish(options)


if __name__ == "__main__":
    main()
