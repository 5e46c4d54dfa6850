"""How soon sixty people are in their groups, and back, beside the same people leaving and joining by links.

What is measured
    The server has a process of its own; a moderator and sixty participants, all bots, share another. From the
    moderator's request, `breakout(8)` or `close()`, until a bot is in its room and knows it: p50, p95 and the
    last, of all bots and rounds. Beside that, in the same run, what it takes without groups: eight rooms exist,
    the moderator makes a fresh link for each person, one after the other, and each person leaves and joins by
    their link as soon as it is made. Giving them the link takes no time here, which is more than fair: a chat
    carries one message a second from each person.

How to read it
    Bots, server and everything else share the machine. Pages need longer than bots: they also connect their
    cameras, which begins when they are in the room.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import httpx
from benchmarks.figures import percentile

from nanomeet_widget import MeetingStatus
from nanomeet_widget.bot import Bot

#: Makes this program the bots' process.
CROWD = "crowd"
PEOPLE, GROUPS, ROUNDS = 60, 8, 5
#: Seconds for all to arrive.
PATIENCE = 120.0


class Arrivals:
    """When each bot is in its room, in milliseconds from `begin`."""

    def __init__(self, bots: list[Bot]) -> None:
        self._bots = bots
        self._began = 0.0
        self._inside = False
        self._times: dict[str, float] = {}
        for bot in bots:
            bot.observe(lambda _, bot=bot: self._look(bot), ["group", "status"])

    def begin(self, *, inside: bool) -> None:
        """Begin to wait until all are inside of groups, or outside."""
        self._inside, self._times = inside, {}
        self._began = time.monotonic()

    def _look(self, bot: Bot) -> None:
        if bot.status is MeetingStatus.JOINED and (bot.group is not None) is self._inside:
            self._times.setdefault(bot.own_id, 1000 * (time.monotonic() - self._began))

    async def all(self) -> list[float]:
        """Wait for all, and return their times."""
        while len(self._times) < len(self._bots):
            if time.monotonic() - self._began > PATIENCE:
                raise TimeoutError("not everyone has arrived")
            await asyncio.sleep(0.01)
        return list(self._times.values())


async def crowd(root: str, link: str, rooms: list[str], url: str, people: int) -> dict[str, Any]:
    """Be the people, in this process; return what they measured."""
    chair = Bot(root, display_name="Chair")
    bots = [Bot(link, display_name=f"Bot {number}") for number in range(people)]
    await asyncio.gather(*(bot.join() for bot in (chair, *bots)))
    await complete(chair, people)
    arrivals = Arrivals(bots)
    there: list[float] = []
    back: list[float] = []
    for _ in range(ROUNDS):
        arrivals.begin(inside=True)
        groups = await chair.breakout(GROUPS)
        there += await arrivals.all()
        arrivals.begin(inside=False)
        await groups.close()
        back += await arrivals.all()
        await complete(chair, people)
        # A moderator opens groups every five seconds at most, in the long run.
        await asyncio.sleep(1.0)
    links = await by_links(bots, rooms, url)
    await chair.leave()
    times = {"there": there, "back": back, "links": links}
    return {
        name: [percentile(found, part) for part in (50, 95, 100)] for name, found in times.items()
    }


async def complete(chair: Bot, people: int) -> None:
    """Wait until the moderator sees everyone."""
    deadline = time.monotonic() + PATIENCE
    while len(chair.participants) <= people:
        if time.monotonic() > deadline:
            raise TimeoutError("the moderator does not see everyone")
        await asyncio.sleep(0.02)


async def by_links(bots: list[Bot], rooms: list[str], url: str) -> list[float]:
    """Send everyone into other rooms by links of their own; return when each was there."""
    times: list[float] = []
    began = time.monotonic()
    others: list[Bot] = []

    async def go(bot: Bot, token: str) -> None:
        other = Bot(token, display_name="Bot")
        others.append(other)
        await bot.leave()
        await other.join()
        times.append(1000 * (time.monotonic() - began))

    async with httpx.AsyncClient(trust_env=False) as client:
        going = []
        for number, bot in enumerate(bots):
            answer = await client.post(
                f"{url}/nanomeet",
                headers={"x-bintu-token": rooms[number % len(rooms)]},
                json={"moderator": False},
            )
            going.append(asyncio.ensure_future(go(bot, answer.json()["data"])))
        await asyncio.gather(*going)
    await asyncio.gather(*(other.leave() for other in others))
    return times


async def measure(people: int) -> dict[str, Any]:
    """Start a server, and a process with the people."""
    from tests.conftest import Servers  # noqa: PLC0415 - not in the bots' process

    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        try:
            server = servers.start()
            root = server.room("Main")
            order = {
                "root": root,
                "link": server.invite(root),
                "rooms": [server.room(f"Room{number}") for number in range(GROUPS)],
                "url": server.url,
                "people": people,
            }
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.groups", CROWD), stdin=PIPE, stdout=PIPE
            )
            out, _ = await process.communicate(json.dumps(order).encode())
            found: dict[str, Any] = json.loads(out)
            return found
        finally:
            servers.close()


def main() -> None:
    """Measure, and write the section."""
    if sys.argv[1:] == [CROWD]:
        print(json.dumps(asyncio.run(crowd(**json.load(sys.stdin)))))
        return
    from benchmarks.report import Report, arguments  # noqa: PLC0415 - not in the bots' process

    options = arguments(__doc__).parse_args()
    people = 16 if options.quick else PEOPLE
    report = Report(f"{PEOPLE} people into {GROUPS} groups, and back", "groups")
    found = asyncio.run(measure(people))
    names = {
        "there": "into groups",
        "back": "back to the main room",
        "links": "into other rooms by links",
    }
    report.table(
        ["", "median, ms", "p95, ms", "last, ms"],
        [[words, *(f"{one:.0f}" for one in found[name])] for name, words in names.items()],
    )
    report.finish(options)


if __name__ == "__main__":
    main()
