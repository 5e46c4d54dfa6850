"""Check-ins and calling on raised hands, on a real server: for pages and bots."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import nanomeet_widget as nm
from nanomeet_widget.services import LocalServer
from tests.conftest import RunningServer, Servers

from .bots import comes_back, drop, until
from .sockets import Client, join, run


def service(server: RunningServer) -> LocalServer:
    return LocalServer(server.url, api_key=server.api_key)


def bot(server: RunningServer, token: str, name: str = "") -> nm.Bot:
    return nm.Bot(token, display_name=name or None, service=service(server))


def browser(name: str) -> str:
    return f"the-browser-of-{name}"


def done(meet: nm.Bot) -> list[str] | None:
    return None if meet.check_in is None else list(meet.check_in["done"])


async def refused(page: Client, kind: str, **fields: Any) -> str:
    await page.send(kind, ref=9, **fields)
    return str((await page.expect("error"))["kind"])


def test_who_is_done(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Done")
        guests = server.invite(token)
        events: list[Any] = []
        async with (
            bot(server, token) as teacher,
            bot(server, guests, "Ada") as ada,
            bot(server, guests, "Bo") as bo,
        ):
            teacher.on("check_in_changed", events.append)
            with pytest.raises(nm.CommandRefusedError, match="no check-in"):
                await ada.answer_check_in()
            await teacher.start_check_in("Exercise 3?")
            await until(lambda: done(bo), [])
            await until(lambda: ada.check_in and ada.check_in["question"], "Exercise 3?")
            await ada.answer_check_in()
            await until(lambda: done(teacher), [ada.own_id])
            # Of others, participants are not told.
            await until(lambda: done(ada), [ada.own_id])
            assert done(bo) == []
            await bo.answer_check_in()
            await until(lambda: done(teacher), [ada.own_id, bo.own_id])
            await ada.answer_check_in(False)
            await until(lambda: done(teacher), [bo.own_id])
            # Another question has no answers yet.
            await teacher.start_check_in()
            await until(lambda: (done(bo), done(teacher)), ([], []))
            await teacher.end_check_in()
            await until(lambda: bo.check_in, None)
            await teacher.end_check_in()
            await until(lambda: events[-1].id, None)
        assert teacher.check_in is None

    run(scenario())


def test_participants_cannot_begin_or_end_one(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Not_theirs")
        async with bot(server, token) as teacher:
            page, _ = await join(server, server.invite(token), person=browser("ada"))
            assert await refused(page, "start_check_in", question="?") == "forbidden"
            await teacher.start_check_in()
            asked = await page.expect("check_in_changed")
            assert await refused(page, "end_check_in") == "forbidden"
            assert await refused(page, "call_hand", id=None) == "forbidden"
            assert await refused(page, "answer_check_in", id="another", done=True) == "not_found"
            await page.send("answer_check_in", id=asked["id"], done=True, ref=1)
            await page.expect("ack")
            await until(lambda: len(done(teacher) or ()), 1)
            with pytest.raises(nm.InvalidInputError, match="question"):
                teacher.start_check_in("")
            with pytest.raises(nm.InvalidInputError, match="done"):
                teacher.answer_check_in("yes")  # type: ignore[arg-type]

    run(scenario())


def test_a_flood_of_answers_is_refused(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Flooded")
        async with bot(server, token) as teacher:
            page, welcome = await join(server, server.invite(token), person=browser("ada"))
            await teacher.start_check_in()
            asked = await page.expect("check_in_changed")
            for turn in range(100):
                await page.send("answer_check_in", id=asked["id"], done=turn % 2 == 0, ref=turn + 1)
            assert (await page.expect("error"))["kind"] == "too_many"
            assert set(done(teacher) or ()) <= {welcome["own"]["id"]}

    run(scenario())


def test_it_outlives_reloads_lost_connections_and_the_server(servers: Servers) -> None:
    first = servers.start()
    token = first.room("Survives")
    guests = first.invite(token)
    ids: list[str] = []

    async def before() -> None:
        async with bot(first, token) as teacher:
            await teacher.start_check_in("Ready?")
            page, welcome = await join(first, guests, person=browser("ada"))
            asked = await page.expect("check_in_changed")
            assert (asked["question"], asked["done"]) == ("Ready?", [])
            await page.send("answer_check_in", id=asked["id"], done=True, ref=1)
            await page.expect("ack")
            ids.append(welcome["own"]["id"])
            page.drop()
            page, _ = await join(first, guests, person=browser("ada"), resume=welcome["resume"])
            assert (await page.expect("check_in_changed"))["done"] == ids
            await comes_back(teacher)
            await until(lambda: done(teacher), ids)
            first.kill()

    run(before())
    second = servers.start(data=first.data)

    async def after() -> None:
        page, _ = await join(second, guests, person=browser("ada"))
        assert (await page.expect("check_in_changed"))["done"] == ids
        teacher, _ = await join(second, token, person=browser("teacher"))
        assert (await teacher.expect("check_in_changed"))["done"] == ids

    run(after())


def test_what_ended_while_they_were_away(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Away")
        async with bot(server, token) as teacher, bot(server, server.invite(token)) as ada:
            await teacher.start_check_in()
            await until(lambda: done(ada), [])
            drop(ada)
            await teacher.end_check_in()
            await until(lambda: ada.check_in, None)

    run(scenario())


def test_a_new_moderator_learns_of_all_answers(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Granted")
        guests = server.invite(token)
        async with (
            bot(server, token) as teacher,
            bot(server, guests, "Ada") as ada,
            bot(server, guests, "Bo") as bo,
        ):
            await teacher.start_check_in()
            await until(lambda: done(ada), [])
            await ada.answer_check_in()
            await teacher.grant_moderator(bo.own_id)
            await until(lambda: done(bo), [ada.own_id])

    run(scenario())


# --- hands ------------------------------------------------------------------------------------


def test_hands_are_called_in_order(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Order")
        guests = server.invite(token)
        async with bot(server, token) as teacher:
            assert await teacher.call_hand() is None
            ada, bo = bot(server, guests, "Ada"), bot(server, guests, "Bo")
            async with ada, bo:
                invited: list[Any] = []
                bo.on("stage_invited", invited.append)
                await bo.raise_hand()
                await ada.raise_hand()
                await until(lambda: teacher.hands, [bo.own_id, ada.own_id])
                assert await teacher.call_hand() == bo.own_id
                await until(lambda: teacher.hands, [ada.own_id])
                await until(lambda: [event.by for event in invited], [teacher.own_id])
                with pytest.raises(nm.CommandError, match="Bo's hand is not raised"):
                    await teacher.call_hand(bo.own_id)
                assert await teacher.call_hand(ada.own_id) == ada.own_id
                assert await teacher.call_hand() is None
                gone = ada.own_id
            with pytest.raises(nm.CommandError, match="no longer"):
                await teacher.call_hand(gone)

    run(scenario())


def test_two_moderators_call_two_people(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Two")
        guests = server.invite(token)
        async with (
            bot(server, token, "One") as one,
            bot(server, server.invite(token, moderator=True), "Other") as other,
            bot(server, guests, "Ada") as ada,
            bot(server, guests, "Bo") as bo,
        ):
            await asyncio.gather(ada.raise_hand(), bo.raise_hand())
            called = await asyncio.gather(one.call_hand(), other.call_hand())
            assert set(called) == {ada.own_id, bo.own_id}

    run(scenario())


def test_on_the_stage_they_are_asked_to_unmute_and_never_unmuted(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Asked")
        async with bot(server, token) as teacher:
            page, welcome = await join(server, server.invite(token), audio=False, video=False)
            who = welcome["own"]["id"]
            await page.send("raise_hand", raised=True, ref=1)
            await page.expect("ack")
            assert await teacher.call_hand() == who
            lowered = await page.expect("updated")
            while lowered["participant"]["hand"] is not None:
                lowered = await page.expect("updated")
            asked = await page.expect("unmute_asked")
            assert (asked["media"], asked["by"]) == ("audio", teacher.own_id)
            (known,) = (one for one in teacher.participants if one["id"] == who)
            assert (known["audio"], known["hand"]) == (False, None)

    run(scenario())


def test_a_full_stage_keeps_the_hand_up(servers: Servers) -> None:
    server = servers.start("--stage", "1")

    async def scenario() -> None:
        token = server.room("Full")
        await join(server, server.invite(token), person=browser("first"))
        async with bot(server, token) as teacher, bot(server, server.invite(token), "Ada") as ada:
            await ada.raise_hand()
            with pytest.raises(nm.CommandError, match="stage is full"):
                await teacher.call_hand()
            await until(lambda: teacher.hands, [ada.own_id])

    run(scenario())


def test_the_call_reaches_one_with_a_lost_connection(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Lost")
        async with (
            bot(server, token) as teacher,
            bot(server, server.invite(token), "Ada") as ada,
            bot(server, server.invite(token), "Bo") as bo,
        ):
            await ada.raise_hand()
            await bo.raise_hand()
            invited: list[Any] = []
            ada.on("stage_invited", invited.append)
            called = {await teacher.call_hand(), await teacher.call_hand()}
            assert called == {ada.own_id, bo.own_id}
            # The invitation waits for who is away, and is told again.
            await until(lambda: len(invited), 1)
            drop(ada)
            await until(lambda: len(invited), 2)

    run(scenario())
