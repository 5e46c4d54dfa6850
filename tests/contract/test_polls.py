"""Polls on a real server: hostile clients, a class that votes, a killed server, viewers, and programs."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _texts, events
from tests.conftest import RunningServer, Servers
from tests.contract.bots import until
from tests.contract.sockets import Client, connect, join, run, start, watch
from tests.unit.server.clips import Clip, clip

QUESTION, OPTIONS = "What is the slope?", ["one", "two", "three"]
CLASS = 30


async def ask(page: Client, **fields: Any) -> str:
    """Open a poll, and return its ID."""
    await page.send("open_poll", ref=1, **{"question": QUESTION, "options": OPTIONS, **fields})
    return str((await page.expect("poll_opened"))["id"])


async def answer(page: Client, kind: str, **fields: Any) -> str:
    """Send a request; return ``ack``, or the kind of the error."""
    await page.send(kind, ref=77, **fields)
    while True:
        told = await page.receive()
        assert isinstance(told, dict)
        if told.get("ref") == 77:
            return str(told["kind"] if told["type"] == "error" else told["type"])


async def counted(page: Client, poll: str, voters: int) -> list[int] | None:
    """Wait until a page is told of so many voters; return the counts."""
    while True:
        told = await page.receive()
        assert isinstance(told, dict)
        found = told.get("poll", told) if told["type"].startswith("poll_") else {}
        if found.get("id") == poll and found.get("voters") == voters:
            counts: list[int] | None = found["counts"]
            return counts


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip()


def person(number: int) -> str:
    return f"the-browser-of-student-{number:02}"


def test_a_hostile_guest_changes_no_result(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("PollHostile")
        link = server.invite(token)
        teacher, _ = await join(server, token)
        guest, _ = await join(server, link, person=person(0))
        poll = await ask(teacher, show="live")
        # Twice, from two pages; wrong choices; what only moderators may.
        assert await answer(guest, "vote", poll=poll, choices=[1]) == "ack"
        assert await answer(guest, "vote", poll=poll, choices=[1]) == "ack"
        again, _ = await join(server, link, person=person(0))
        assert await answer(again, "vote", poll=poll, choices=[1]) == "ack"
        odd: list[Any] = [[0, 1], [7], [19], [-1], [20], ["1"], [1.5], "1", None, [0] * 21, {}]
        for choices in odd:
            assert await answer(again, "vote", poll=poll, choices=choices) == "invalid"
        assert await answer(again, "vote", poll="no-such-poll", choices=[1]) == "not_found"
        assert await answer(again, "vote", poll="x" * 65, choices=[1]) == "invalid"
        commands: dict[str, dict[str, Any]] = {
            "close_poll": {"poll": poll},
            "read_votes": {"poll": poll},
            "open_poll": {"question": QUESTION, "options": OPTIONS},
        }
        for kind, fields in commands.items():
            assert await answer(again, kind, **fields) == "forbidden"
        assert await counted(teacher, poll, 1) == [0, 1, 0]
        # From the lobby.
        assert await answer(teacher, "set_lobby", active=True) == "ack"
        waiting = await connect(server, "ws/meeting")
        await waiting.send("join", v=1, token=server.invite(token), person=person(1))
        await waiting.expect("waiting")
        assert await answer(waiting, "vote", poll=poll, choices=[0]) == "waiting"
        # After the end.
        assert await answer(teacher, "close_poll", poll=poll) == "ack"
        assert await answer(again, "vote", poll=poll, choices=[0]) == "conflict"
        assert await answer(again, "vote", poll=poll, choices=[]) == "conflict"
        late, welcome = await join(server, token)
        assert welcome["type"] == "welcome"
        assert await counted(late, poll, 1) == [0, 1, 0]

    run(scenario())


def test_no_poll_that_breaks_a_rule_is_opened(server: RunningServer) -> None:
    async def scenario() -> None:
        teacher, _ = await join(server, server.room("PollRules"))
        long = "x" * (_texts.OPTION.most + 1)
        wrongs: list[dict[str, Any]] = [
            {"options": []},
            {"options": ["one"]},
            {"options": ["one", "one"]},
            {"options": ["one", " one "]},
            {"options": ["one", ""]},
            {"options": ["one", long]},
            {"options": [str(n) for n in range(_texts.OPTIONS + 1)]},
            {"options": ["👨‍👩‍👧‍👦" * 190 + str(n) for n in range(4)]},
            {"question": "x" * (_texts.QUESTION.most + 1)},
            {"question": " "},
            {"correct": [3]},
            {"correct": [-1]},
            {"correct": [0, 1]},
            {"correct": [0, 0], "multiple": True},
            {"seconds": 4},
            {"seconds": 86401},
            {"seconds": 5.5},
            {"show": "sometimes"},
        ]
        for wrong in wrongs:
            fields = {"question": QUESTION, "options": OPTIONS, **wrong}
            assert await answer(teacher, "open_poll", **fields) == "invalid", wrong
        assert await ask(teacher)
        # Too large for a message: the connection ends, the meeting does not.
        await teacher.send("open_poll", ref=9, question=QUESTION, options=["x" * 100_000, "y"])
        await teacher.closed()

    run(scenario())


def test_a_class_votes_while_its_server_is_killed(servers: Servers) -> None:
    first = servers.start()
    token = first.room("PollKilled")
    link = first.invite(token)
    poll: list[str] = []
    acknowledged: set[int] = set()

    async def before() -> None:
        teacher, _ = await join(first, token, person="the-browser-of-the-teacher")
        pages = [await join(first, link, person=person(number)) for number in range(CLASS)]
        poll.append(await ask(teacher, show="live"))
        for number, (page, _) in enumerate(pages):
            await page.send("vote", ref=5, poll=poll[0], choices=[number % 3])
        for number, (page, _) in enumerate(pages[: CLASS // 2]):
            await page.expect("ack")
            acknowledged.add(number)
        # The others' votes may be written or not: they were not told.
        first.kill()

    run(before())
    second = servers.start(data=first.data)

    async def after() -> None:
        teacher, _ = await join(second, token, person="the-browser-of-the-teacher")
        told = (await teacher.expect("poll_changed"))["poll"]
        assert told["id"] == poll[0]
        assert len(acknowledged) <= told["voters"] <= CLASS
        for number in range(CLASS):
            page, _ = await join(second, link, person=person(number))
            own = (await page.expect("poll_changed"))["poll"]["own"]
            assert own in ([number % 3], [])
            assert own or number not in acknowledged
            # Those who were not told vote again: each still counts once.
            if number not in acknowledged:
                assert await answer(page, "vote", poll=poll[0], choices=[number % 3]) == "ack"
        late, _ = await join(second, token)
        assert await counted(late, poll[0], CLASS) == [CLASS // 3] * 3

    run(after())


def test_an_anonymous_poll_leaves_nothing_in_the_data_folder(servers: Servers) -> None:
    server = servers.start()

    async def scenario() -> None:
        token = server.room("PollSecret")
        link = server.invite(token)
        teacher, _ = await join(server, token)
        guest, welcome = await join(server, link, person=person(0), name="Benedetta")
        poll = await ask(teacher, anonymous=True)
        assert await answer(guest, "vote", poll=poll, choices=[1]) == "ack"
        await counted(teacher, poll, 1)
        (kept,) = ballots(server.data)
        traces = (welcome["own"]["id"], "Benedetta", person(0))
        assert not any(trace in str(column) for trace in traces for column in kept)
        key = kept[3].encode()
        assert any(key in content for content in files(server.data))
        assert await answer(teacher, "close_poll", poll=poll) == "ack"
        assert ballots(server.data) == []
        assert not any(key in content for content in files(server.data))
        assert await answer(teacher, "read_votes", poll=poll) == "forbidden"

    run(scenario())


def ballots(data: Path) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(data / "nanomeet.sqlite3")) as db:
        return db.execute("SELECT * FROM room_ballots").fetchall()


def files(data: Path) -> list[bytes]:
    return [path.read_bytes() for path in data.glob("nanomeet.sqlite3*")]


# --- viewers -----------------------------------------------------------------------------------


def test_viewers_with_the_link_vote_and_others_see_nothing(
    server: RunningServer,
    film: Clip,
) -> None:
    async def scenario() -> None:
        token = server.room("PollViewers", streamname="poll-viewers")
        page, ingest, _ = await start(server, token, private=True)
        await ingest.send_all(film.encoded())
        state: dict[str, Any] = {}
        while state.get("state") != "live":
            state = (await page.expect("broadcast_changed"))["broadcast"]
        ticket = state["playout"]["live"].partition("#ticket=")[2]
        viewer, _ = await watch(
            server, "poll-viewers", ticket=ticket, person=person(0), format="state"
        )
        poll = await ask(page, show="live", correct=[2])
        told = (await viewer.expect("poll_changed"))["poll"]
        assert (told["id"], told["correct"], told["open"]) == (poll, [], True)
        await viewer.send("watch_vote", poll=poll, choices=[1])
        assert await counted(viewer, poll, 1) == [0, 1, 0]
        assert await answer(viewer, "watch_vote", poll=poll, choices=[0, 1]) == "invalid"
        viewer.close()
        again, _ = await watch(
            server, "poll-viewers", ticket=ticket, person=person(0), format="state"
        )
        assert (await again.expect("poll_changed"))["poll"]["own"] == [1]
        assert await answer(again, "watch_vote", poll=poll, choices=[2]) == "ack"
        nameless, _ = await watch(server, "poll-viewers", ticket=ticket, format="state")
        assert (await nameless.expect("poll_changed"))["poll"]["own"] == []
        assert await answer(nameless, "watch_vote", poll=poll, choices=[0]) == "forbidden"
        assert await answer(page, "close_poll", poll=poll) == "ack"
        while (closed := (await again.expect("poll_changed"))["poll"])["open"]:
            pass
        assert (closed["counts"], closed["correct"]) == ([0, 0, 1], [2])
        assert await answer(again, "watch_vote", poll=poll, choices=[0]) == "conflict"
        # Before it names a stream, a connection may not vote.
        rude = await connect(server, "ws/watch")
        await rude.send("watch_vote", ref=1, poll=poll, choices=[0])
        assert (await rude.expect("error"))["kind"] == "protocol"
        await rude.closed()
        await page.send("stop_broadcast", ref=2)
        while (await page.expect("ack"))["ref"] != 2:
            pass
        # A public broadcast has no polls.
        await page.send("start_broadcast", options={"quality": "360p"}, ref=3)
        granted = await page.expect("ingest_granted")
        assert granted["stream"] == "poll-viewers"
        public, _ = await watch(server, "poll-viewers", person=person(3), format="state")
        poll = await ask(page, show="live")
        assert await answer(public, "watch_vote", poll=poll, choices=[0]) == "forbidden"
        await public.send("ping", t=1)
        while (told := await public.receive()) != {"type": "pong", "t": 1}:
            assert isinstance(told, dict)
            assert not told["type"].startswith("poll_")

    run(scenario())


async def asked(bot: nm.Bot, polls: int) -> None:
    """Wait until a bot knows of so many polls."""
    await until(lambda: len(bot.polls), polls)


# --- programs ----------------------------------------------------------------------------------


def test_a_program_asks_and_reads_the_results(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("PollProgram")
        async with nm.Bot(token, display_name="Chair") as chair:
            guest, _ = await join(server, server.invite(token), name="Ben")
            async with nm.Bot(server.invite(token), display_name="Pupil") as pupil:
                poll = chair.poll(QUESTION, OPTIONS, correct=1, show="after")
                assert repr(poll) == f"<Poll {QUESTION!r}: opening, 0 voted>"
                name = await poll.opened
                assert (poll.state, poll.id) == ("open", name)
                waiting = poll.closed()
                await until(lambda: [one["id"] for one in pupil.polls], [name])
                assert pupil.polls[0]["correct"] == []
                await pupil.vote(pupil.polls[0], 1)
                assert pupil.polls[0]["own"] == [1]
                assert await answer(guest, "vote", poll=name, choices=[2]) == "ack"
                await until(lambda: (poll.voters, poll.counts), (2, [0, 1, 1]))
                assert pupil.polls[0]["counts"] is None
                votes = await poll.votes()
                assert [(v["name"], v["options"], v["correct"]) for v in votes] == [
                    ("Ben", ["three"], False),
                    ("Pupil", ["two"], True),
                ]
                await poll.close()
                results = await waiting
                assert results == poll.results() == await poll.closed()
                assert list(results) == [
                    {"option": "one", "votes": 0, "share": 0.0, "correct": False},
                    {"option": "two", "votes": 1, "share": 50.0, "correct": True},
                    {"option": "three", "votes": 1, "share": 50.0, "correct": False},
                ]
                assert poll.state == "closed"
                await poll.close()
                await until(lambda: pupil.polls[0]["open"], False)
                assert pupil.polls[0]["own"] == [1]
                with pytest.raises(nm.CommandError, match="closed"):
                    await pupil.vote(name, 0)
                kinds = [type(event) for event in pupil.events]
                assert kinds.count(events.PollOpened) == kinds.count(events.PollClosed) == 1
                with pytest.raises(nm.CommandRefusedError, match="for moderators"):
                    pupil.poll(QUESTION, OPTIONS)

    run(scenario())


def test_a_program_is_told_what_the_server_refuses(server: RunningServer) -> None:
    async def scenario() -> None:
        async with nm.Bot(server.room("PollRefused")) as chair:
            polls = [chair.poll(QUESTION, OPTIONS) for _ in range(6)]
            await asyncio.gather(*(poll.opened for poll in polls[:5]))
            with pytest.raises(nm.CommandError, match="5 polls are open"):
                await polls[5].opened
            assert polls[5].state == "failed"
            with pytest.raises(nm.CommandError, match="5 polls are open"):
                await polls[5].closed()
            secret = polls[0]
            await secret.close()
            hidden = chair.poll(QUESTION, OPTIONS, anonymous=True)
            await hidden.opened
            with pytest.raises(nm.CommandRefusedError, match="anonymous"):
                hidden.votes()
            waiting = hidden.closed()
        with pytest.raises(nm.NotJoinedError, match="left"):
            await waiting
        assert hidden.state == "failed"
        assert secret.state == "closed"

    run(scenario())


def test_a_program_and_its_poll_outlive_the_server(servers: Servers) -> None:
    first = servers.start()
    port = str(urlsplit(first.url).port)

    async def scenario() -> None:
        token = first.room("PollProgramKilled")
        async with nm.Bot(token) as chair, nm.Bot(first.invite(token)) as pupil:
            poll = chair.poll(QUESTION, OPTIONS, seconds=600, show="live")
            name = await poll.opened
            await until(lambda: len(pupil.polls), 1)
            await pupil.vote(name, 2)
            first.kill()
            await until(lambda: str(pupil.status), "joining")
            changed = pupil.vote(name, 0)
            await asyncio.get_running_loop().run_in_executor(
                None, lambda: servers.start("--port", port, data=first.data)
            )
            await changed
            await until(lambda: (poll.counts, poll.voters), ([1, 0, 0], 1))
            ends = pupil.polls[0]["ends"]
            assert ends == chair.polls[0]["ends"]
            await poll.close()
            assert (await poll.closed())[0]["votes"] == 1

    run(scenario())


def test_a_quiz_is_asked_and_scored(server: RunningServer, tmp_path: Path) -> None:
    file = tmp_path / "quiz.csv"
    file.write_text(
        "question,options,correct,multiple,seconds\n"
        "1 + 1?,2|3,0,,\n"
        "Even?,1|2|3|4,1|3,true,600\n"
        "How was it?,good|bad,,,\n"
    )

    async def scenario() -> None:
        token = server.room("Quiz")
        async with nm.Bot(token) as chair:
            quiz = chair.quiz(file)
            async with (
                nm.Bot(server.invite(token), display_name="Ada") as ada,
                nm.Bot(server.invite(token), display_name="Bob") as bob,
            ):
                answers: list[tuple[Any, Any]] = [(0, 1), ([1, 3], [1]), (0, 1)]
                for number, (of_ada, of_bob) in enumerate(answers):
                    poll = quiz.next()
                    name = await poll.opened
                    for bot, chosen in ((ada, of_ada), (bob, of_bob)):
                        await asked(bot, number + 1)
                        await bot.vote(name, chosen)
                with pytest.raises(nm.CommandError, match="all questions"):
                    quiz.next()
                scores = await quiz.close()
                rows = [(r["name"], r["points"], r["answered"], r["questions"]) for r in scores]
                assert rows == [("Ada", 2, 3, 3), ("Bob", 0, 3, 3)]
                assert scores == quiz.scores()
                assert [poll.state for poll in quiz.polls] == ["closed"] * 3
                assert {one["open"] for one in chair.polls} == {False}

    run(scenario())
