"""A whole class by a script: its people vote, raise hands, go into groups and leave, and its server is killed.

All know when they came and went by the same clock as the server, and what they did; what the server keeps is
compared with that.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import nanomeet_widget as nm
from nanomeet_widget import MeetingStatus
from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.contract.attending import Stay
from tests.contract.bots import drop, until
from tests.contract.sockets import Client, join

GROUPS = 4
#: The close code of a page that is unloaded and may be reloading.
_UNLOADED = 4001


@dataclass
class Found:
    """What the server kept, beside what was done."""

    people: int
    #: By how many seconds the worst time of any stay is wrong, and stays too many or too few.
    error: float = 0.0
    wrong_stays: int = 0
    votes: int = 0
    lost_votes: int = 0
    double_votes: int = 0
    hands: int = 0
    hands_out_of_order: int = 0
    lost_people: int = 0
    #: People who are wrongly absent, present, done, or not done.
    wrong_lists: int = 0
    sessions: int = 0
    #: Milliseconds into groups, and back.
    there: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)


class Arrivals:
    """When each bot is in its room and knows it, in milliseconds from the creation of this."""

    def __init__(self, bots: Iterable[nm.Bot], *, inside: bool) -> None:
        self._inside, self._began = inside, time.monotonic()
        self.times: dict[str, float] = {}
        for bot in bots:
            bot.observe(lambda _, bot=bot: self._look(bot), ["group", "status"])

    def _look(self, bot: nm.Bot) -> None:
        if bot.status is MeetingStatus.JOINED and (bot.group is not None) is self._inside:
            self.times.setdefault(bot.own_id, 1000 * (time.monotonic() - self._began))


@dataclass
class Student:
    """A student with a personal link, and their bot."""

    id: str
    stay: Stay
    token: str
    bot: nm.Bot

    async def come(self) -> None:
        began = time.time()
        await self.bot.join()
        self.stay.joined = (began, time.time())

    async def leave(self) -> None:
        began = time.time()
        await self.bot.leave()
        self.stay.left = (began, time.time())


class Class:
    """A teacher, students who are bots, one who reloads, one who is lost in a group, and one who never comes.

    Parameters
    ----------
    servers : Servers
        Starts the servers.
    room : str
        The room's name.
    size : int
        How many students are bots; the last two of them come late.
    """

    def __init__(self, servers: Servers, room: str, size: int) -> None:
        self._servers = servers
        self.server: RunningServer = servers.start()
        self.room = room
        self.root = self.server.room(room, records="all")
        roster = [f"s{number:02}" for number in range(size)]
        people = [
            {"roster": person, "name": f"Student {person}"}
            for person in (*roster, "reloads", "lost", "absent")
        ]
        made = self.server.post("invites", headers={"X-BINTU-TOKEN": self.root}, people=people)
        links = dict(zip((one["roster"] for one in people), made.json()["data"], strict=True))
        self.links = links
        self.teacher = nm.Bot(self.root, display_name="Teacher")
        self.teacher_stay = Stay("Teacher", "stays")
        self.students = [
            Student(
                person,
                Stay(f"Student {person}", "stays"),
                links[person],
                nm.Bot(links[person], display_name=person),
            )
            for person in roster
        ]
        self.early, self.late = self.students[:-2], self.students[-2:]
        self.reloading, self.lost = (
            Stay(f"Student {person}", "stays") for person in ("reloads", "lost")
        )
        self.found = Found(people=size + 3)

    @property
    def stays(self) -> list[Stay]:
        return [
            *(self.teacher_stay, self.reloading, self.lost),
            *(student.stay for student in self.students),
        ]

    async def carry_out(self) -> Found:
        """Carry the class out, and return what was found."""
        found = self.found
        began = time.time()
        await self.teacher.join()
        self.teacher_stay.joined = (began, time.time())
        await asyncio.gather(*(student.come() for student in self.early))
        reloads = await self._page("reloads", self.reloading)
        lost = await self._page("lost", self.lost)
        await until(lambda: len(self.teacher.participants), len(self.early) + 3)
        reloads.close(_UNLOADED)
        await self._raise_hands()
        reloads = await self._page("reloads", self.reloading)

        # A poll with names, which some answer twice, and some while their connection is lost.
        named = self.teacher.poll("Slope?", ["1", "2", "3"], correct=1)
        await named.opened
        await self._all(lambda one: named.id in {poll["id"] for poll in one.bot.polls})
        await asyncio.gather(*(one.bot.vote(named.id, 0) for one in self.early))
        again = self.early[::2]
        for one in again[::3]:
            drop(one.bot)
        await self._all(lambda one: one.bot.status is MeetingStatus.JOINED)
        await asyncio.gather(*(self._vote(one, named.id, 1) for one in again))
        # One without names, which is open while the server is killed.
        secret = self.teacher.poll("Too fast?", ["yes", "no"], anonymous=True)
        await secret.opened
        await self._all(lambda one: secret.id in {poll["id"] for poll in one.bot.polls})
        await asyncio.gather(*(one.bot.vote(secret.id, 0) for one in self.early))
        await named.close()
        await self.teacher.start_check_in("Done?")
        await self._all(lambda one: one.bot.check_in is not None)
        check_in = self._checked()["id"]

        there = Arrivals((one.bot for one in self.early), inside=True)
        ids = [one.bot.own_id for one in self.early]
        groups = await self.teacher.breakout(
            {
                f"Group {number}": [
                    *ids[number::GROUPS],
                    *(["lost"] if number == 0 else []),
                ]
                for number in range(GROUPS)
            }
        )
        moved = await lost.expect("moved")
        await lost.send("join", v=1, token=moved["token"], person="browser-of-lost------")
        await lost.expect("welcome")
        await until(lambda: len(there.times), len(self.early))
        found.there = list(there.times.values())
        # A check-in is answered from the groups, too.
        done = {one.bot.own_id for one in self.early[1::2]}
        await asyncio.gather(*(one.bot.answer_check_in() for one in self.early[1::2]))
        gone = self.early[-1]
        await gone.leave()
        await self._kill(lost)
        here = [one for one in self.early if one is not gone]
        await self._all(lambda one: one is gone or one.bot.status is MeetingStatus.JOINED)
        await self._all(lambda one: one is gone or one.bot.group is not None)
        await until(lambda: str(self.teacher.status), "joined")
        await until(lambda: bool(self.teacher.groups), to_be=True)
        back = Arrivals((one.bot for one in here), inside=False)
        await groups.close()
        await until(lambda: len(back.times), len(here))
        found.back = list(back.times.values())
        reloads = await self._page("reloads", self.reloading)
        await asyncio.gather(*(student.come() for student in self.late))
        # The patience for those who were lost by the kill ends.
        expected = {self.teacher.own_id, *(one.bot.own_id for one in (*here, *self.late))}
        await until(
            lambda: len(self.teacher.participants),
            len(expected) + 1,
        )
        ids_here = {person["id"] for person in self.teacher.participants}
        found.lost_people = len(expected - ids_here)
        told = self._checked()
        assert told["id"] == check_in
        found.wrong_lists += len(done ^ set(told["done"]))

        # Each can change their vote after the kill, as well.
        await self._all(lambda one: one is gone or secret.id in {p["id"] for p in one.bot.polls})
        changed = here[::2]
        await asyncio.gather(*(self._vote(one, secret.id, 1) for one in changed))
        await secret.close()
        await self._leave(reloads)
        # The room keeps the place of the one who was lost for a while.
        await self._settled()
        self._compare(named.id, secret.id, again, changed)
        return found

    # --- parts -----------------------------------------------------------------------------------

    async def _settled(self) -> None:
        for _ in range(120):
            if all(row["left"] is not None for row in self._rows("attendance")):
                return
            await asyncio.sleep(0.5)
        raise AssertionError("a stay has not ended")

    async def _page(self, person: str, stay: Stay) -> Client:
        began = time.time()
        page, _ = await join(self.server, self.links[person], person=f"browser-of-{person:-<10}")
        stay.joined = stay.joined or (began, time.time())
        return page

    async def _all(self, done: Callable[[Student], bool]) -> None:
        await until(lambda: [one.id for one in self.early if not done(one)], [])

    async def _vote(self, one: Student, poll: str, choice: int) -> None:
        """Vote; a vote that a lost connection took with it is given again, as a person would."""
        try:
            await one.bot.vote(poll, choice)
        except nm.CommandError:
            await until(lambda: str(one.bot.status), "joined")
            await one.bot.vote(poll, choice)

    def _checked(self) -> dict[str, Any]:
        told = self.teacher.check_in
        assert told is not None
        return dict(told)

    async def _raise_hands(self) -> None:
        """Raise hands one after the other; call on the first ones."""
        wanted = [one.bot for one in reversed(self.early)]
        for bot in wanted:
            await bot.raise_hand()
        order = [bot.own_id for bot in wanted]
        await until(lambda: len(self.teacher.hands), len(order))
        wrong = sum(a != b for a, b in zip(self.teacher.hands, order, strict=True))
        called = [await self.teacher.call_hand() for _ in range(3)]
        self.found.hands = len(order)
        self.found.hands_out_of_order += wrong + sum(
            a != b for a, b in zip(called, order, strict=False)
        )

    async def _kill(self, lost: Client) -> None:
        began = time.time()
        self.server.kill()
        self.lost.left = (began, time.time())
        lost.drop()
        port = str(urlsplit(self.server.url).port)
        self.server = await asyncio.to_thread(
            self._servers.start, "--port", port, data=self.server.data
        )

    async def _leave(self, reloads: Client) -> None:
        for one in self.students:
            if one.stay.left is None:
                await one.leave()
        began = time.time()
        await reloads.send("leave")
        await reloads.expect("bye")
        self.reloading.left = (began, time.time())
        self._absent()
        began = time.time()
        await self.teacher.leave()
        self.teacher_stay.left = (began, time.time())

    def _absent(self) -> None:
        said = get(f"{self.server.url}/roster", headers={"X-BINTU-TOKEN": self.root}).json()["data"]
        absent = {one["id"] for one in said["people"] if not one["came"]}
        # The room may still keep the place of the one who was lost.
        here = {one["id"] for one in said["people"] if one["here"]} - {"lost"}
        self.found.wrong_lists += len(absent ^ {"absent"}) + len(here)

    # --- what was kept ---------------------------------------------------------------------------

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        answer = get(
            f"{self.server.url}/records",
            params={"kind": kind},
            headers={"Authorization": f"Bearer {self.root}"},
        )
        assert answer.status_code == 200, answer.text
        return list(answer.json()["rows"])

    def _compare(
        self, named: str, secret: str, again: list[Student], changed: list[Student]
    ) -> None:
        found = self.found
        stays = {stay.name: stay for stay in self.stays}
        rows = self._rows("attendance")
        count = Counter(row["name"] for row in rows)
        found.wrong_stays = sum(abs(count[name] - 1) for name in {*count, *stays})
        found.error = max(stays[row["name"]].error(row) for row in rows if row["name"] in stays)
        found.sessions = len(self._rows("sessions"))

        right = {one.stay.name: [1] if one in again else [0] for one in self.early}
        votes = [row for row in self._rows("votes") if row["poll"] == named]
        by_name = Counter(row["name"] for row in votes)
        polls = {row["poll"]: row for row in self._rows("polls")}
        found.votes = len(votes) + polls[secret]["voters"]
        found.double_votes = sum(number - 1 for number in by_name.values())
        kept = {row["name"]: row["choices"] for row in votes}
        found.lost_votes = sum(kept.get(name) != choices for name, choices in right.items())
        for poll, ones in ((named, len(again)), (secret, len(changed))):
            counts = polls[poll]["counts"]
            expected = [len(self.early) - ones, ones]
            found.lost_votes += sum(max(0, b - a) for a, b in zip(counts, expected, strict=False))
            found.double_votes += sum(max(0, a - b) for a, b in zip(counts, expected, strict=False))
        hands = sorted(self._rows("hands"), key=lambda row: row["raised"])
        order = [one.stay.name for one in reversed(self.early)]
        found.hands_out_of_order += sum(
            a["name"] != b for a, b in zip(hands, order, strict=False)
        ) + abs(len(hands) - len(order))
