"""Reading a person or the stage on a real server: with consent, and nothing without it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import nanomeet_widget as nm
from tests.conftest import RunningServer, Servers
from tests.contract.bots import fake_server, until
from tests.contract.reading import (
    Reading,
    enter,
    ingest,
    opens_no_ingest,
    opens_no_stream,
    passed_over,
    read,
    refused,
)
from tests.contract.sockets import Client, connect, join, run, watch
from tests.contract.test_floods import metric
from tests.unit.server.clips import Clip, clip
from tests.waiting import PATIENCE

NEWS = {"reading_opened", "reading_granted", "reading_moved", "ingest_granted"}


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(1, sound=False)


@pytest.fixture(scope="module")
def tone() -> Clip:
    return clip(1, codec=None)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server whose stages are full with two."""
    starter = Servers(tmp_path_factory.mktemp("small"))
    yield starter.start("--stage", "2")
    starter.close()


async def announced(page: Client) -> list[dict[str, Any]]:
    """Return the next news of all readings."""
    return list((await page.expect("readings_changed"))["readings"])


# --- with consent ---------------------------------------------------------------------------------


@pytest.mark.parametrize("media", ["video", "audio"])
def test_a_person_who_agrees_is_read(
    server: RunningServer, film: Clip, tone: Clip, media: str
) -> None:
    sent = film if media == "video" else tone

    async def scenario() -> None:
        token = server.room(f"Read_{media}")
        host, host_id = await enter(server, token, "Host")
        ada, ada_id = await enter(server, server.invite(token), "Ada")
        await read(host, ada_id, media, lines=180, fps=30)
        asked = await ada.expect("reading_asked")
        expected = {"reader": host_id, "of": ada_id, "media": media}
        assert asked["name"] == "Host"
        assert asked["reading"] == {"id": asked["reading"]["id"], **expected}
        await ada.send("answer_reading", id=asked["reading"]["id"], allowed=True, ref=1)
        granted = await ada.expect("reading_granted")
        assert (granted["media"], granted["lines"], granted["fps"]) == (media, 180, 30)
        assert (await ada.expect("ack"))["ref"] == 1
        assert await announced(host) == [asked["reading"]]
        _, welcome = await join(server, token)
        assert welcome["readings"] == [asked["reading"]]
        sender = await ingest(server, granted["ticket"])
        await sender.send_all(sent.encoded())
        opened = await host.expect("reading_opened")
        assert (opened["ref"], opened["id"]) == (50, asked["reading"]["id"])
        viewer, state = await watch(server, opened["stream"], ticket=opened["ticket"])
        assert (state["state"], state["picture"]) == ("live", media == "video")
        assert await viewer.frames(1) == list(sent.setups)
        await sender.send_raw(sent.media[-1].encode())
        await viewer.seen(sent.media[-1])
        await ada.send("stop_reading", id=opened["id"], ref=2)
        ended = await host.expect("reading_ended")
        assert (ended["id"], ended["kind"]) == (opened["id"], "taken_back")
        assert ended["message"] == "Ada has taken it back."
        assert await announced(host) == []
        await viewer.closed()

    run(scenario())


def test_a_bot_says_at_once_that_it_cannot_be_read() -> None:
    asked = {"id": "r1", "reader": "x", "of": "me", "media": "video"}

    async def scenario() -> None:
        async with fake_server() as fake:
            fake.answers = [
                fake.welcome(),
                {"type": "readings_changed", "readings": [{**asked, "id": "r0", "of": None}]},
                {"type": "reading_asked", "reading": asked, "name": "Ada"},
            ]
            async with nm.Bot(fake.token()):
                await until(lambda: len(fake.got), 2)
                answer = {"type": "answer_reading", "id": "r1", "allowed": False, "unable": True}
                assert fake.got[1] == {**answer, "ref": None}

    run(scenario())


def test_a_bot_in_a_room_with_readings_is_a_bot_as_ever(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Bots")
        host, _ = await enter(server, token, "Host")
        ada, ada_id = await enter(server, token, "Ada")
        async with nm.Bot(server.invite(token), display_name="Robo") as bot:
            await read(host, ada_id)
            question = (await ada.expect("reading_asked"))["reading"]["id"]
            await ada.send("answer_reading", id=question, allowed=True)
            await announced(host)
            await bot.send_chat("here")
            assert (await host.expect("chat_message"))["text"] == "here"
            # A bot is in the audience, and sends nothing.
            assert await refused(host, "read_media", media="video", of=bot.own_id) == "audience"

    run(scenario())


def test_a_page_that_reloads_keeps_it(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("Reloads")
        host, _ = await enter(server, token, "Host")
        ada = await enter(server, token, "Ada")
        reading = await Reading.of(server, host, ada, film)
        reading.sender.drop()
        ada[0].drop()
        await asyncio.sleep(0)
        back, welcome = await join(server, token, name="Ada", person="the-own-browser-of-Ada")
        assert welcome["kept"]
        granted = await back.expect("reading_granted")
        assert (granted["id"], granted["stream"]) == (reading.id, reading.stream)
        sender = await _ingest_again(server, granted["ticket"])
        later = clip(1, sound=False, width=320, height=180)
        await sender.send_all(later.encoded())
        await reading.viewer.seen(later.setups[0])
        await reading.viewer.seen(later.media[-1])
        assert not NEWS & {*await passed_over(host)}

    run(scenario())


async def _ingest_again(server: RunningServer, ticket: str) -> Client:
    """Send with a ticket whose last sender may not be known to be gone yet, as a page does."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        sender = await connect(server, "ws/ingest")
        await sender.send("ingest_open", v=1, ticket=ticket)
        told = await sender.receive()
        assert isinstance(told, dict)
        if told["type"] == "ingest_ready":
            return sender
        assert asyncio.get_running_loop().time() < deadline, told
        await asyncio.sleep(0.1)


# --- without consent ------------------------------------------------------------------------------


def test_a_program_without_consent_gets_nothing(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("Nothing")
        host, _ = await enter(server, token, "Host")
        ada = await enter(server, token, "Ada")
        eve, eve_id = await enter(server, server.invite(token), "Eve")
        reading = await Reading.of(server, host, ada, film)
        # What others of the room learn is no way in: neither the ID nor the announcement.
        own = await Reading.of(server, eve, (eve, eve_id), film)
        stream = reading.stream
        for ticket in ("", "wrong", own.ticket, own.ingest_ticket, reading.id, reading.ticket[:-1]):
            assert await opens_no_stream(server, stream, ticket), ticket
        assert await opens_no_stream(server, stream, None, reading.ingest_ticket)
        assert await opens_no_stream(server, reading.id, None, reading.ticket)
        assert await opens_no_stream(server, "guessed-stream-of-ada", None, reading.ticket)
        for ticket in (reading.ticket, reading.id, stream, "wrong"):
            assert await opens_no_ingest(server, ticket), ticket
        # The one who may goes on watching.
        await reading.sender.send_all(film.encoded()[:2])
        await reading.viewer.frames(1)
        told = await passed_over(eve)
        assert not {"reading_opened", "reading_granted"} & {*told}

    run(scenario())


@pytest.mark.parametrize("who", ["reader", "person", "moderator kicks reader"])
def test_after_the_end_all_tickets_are_void(server: RunningServer, film: Clip, who: str) -> None:
    async def scenario() -> None:
        token = server.room(f"Over_{who[:6]}")
        host, _ = await enter(server, token, "Host")
        ada = await enter(server, server.invite(token), "Ada")
        ben, ben_id = await enter(server, server.invite(token), "Ben")
        reading = await Reading.of(server, ben, ada, film)
        if who == "reader":
            await ben.send("stop_reading", id=reading.id)
        elif who == "person":
            await ada[0].send("stop_reading", id=reading.id)
        else:
            await host.send("kick", id=ben_id)
            await ben.closed()
        await reading.check_over(server)
        assert await announced(host) != []
        assert await announced(host) == []

    run(scenario())


def test_a_question_that_is_refused_leads_to_nothing(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Refused")
        host, _ = await enter(server, token, "Host")
        ada, ada_id = await enter(server, token, "Ada")
        await read(host, ada_id)
        question = (await ada.expect("reading_asked"))["reading"]["id"]
        await ada.send("answer_reading", id=question, allowed=False)
        assert (await host.expect("error"))["kind"] == "reading_taken_back"
        assert await opens_no_stream(server, question, None, question)
        assert await opens_no_ingest(server, question)
        # Whatever is sent about it later: it is over.
        for page in (ada, host):
            for allowed in (True, False):
                kind = await refused(page, "answer_reading", id=question, allowed=allowed)
                assert kind == "not_found"
            assert await refused(page, "stop_reading", id=question) == "not_found"
        assert not NEWS & {*await passed_over(host), *await passed_over(ada)}

    run(scenario())


# --- a client that tries --------------------------------------------------------------------------


def test_only_the_one_who_is_asked_can_answer_and_once(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Answers")
        host, _ = await enter(server, token, "Host")
        ada, ada_id = await enter(server, server.invite(token), "Ada")
        ben, _ = await enter(server, server.invite(token), "Ben")
        await read(ben, ada_id)
        question = (await ada.expect("reading_asked"))["reading"]["id"]
        for page in (ben, host):
            for unable in (False, True):
                answer = {"id": question, "allowed": not unable, "unable": unable}
                assert await refused(page, "answer_reading", **answer) == "not_found"
        assert await refused(host, "stop_reading", id=question) == "not_found"
        assert not NEWS & {*await passed_over(ada), *await passed_over(ben)}
        await ada.send("answer_reading", id=question, allowed=True)
        await ada.expect("reading_granted")
        assert await refused(ada, "answer_reading", id=question, allowed=True) == "conflict"
        assert "reading_granted" not in await passed_over(ada)

    run(scenario())


def test_no_one_is_asked_again_and_again(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Nagging")
        ada, ada_id = await enter(server, token, "Ada")
        ben, _ = await enter(server, server.invite(token), "Ben")
        await read(ben, ada_id)
        question = (await ada.expect("reading_asked"))["reading"]["id"]
        for number in range(20):
            await ben.send("read_media", ref=100 + number, media="video", of=ada_id)
        assert "reading_asked" not in await passed_over(ada)
        await ada.send("answer_reading", id=question, allowed=False)
        await ada.expect("reading_question_ended")
        for media in ("video", "audio"):
            assert await refused(ben, "read_media", media=media, of=ada_id) == "too_many"
        # Nor by going and coming.
        await ben.send("leave")
        await ben.closed()
        again, _ = await enter(server, server.invite(token), "Ben")
        await read(again, ada_id)
        # With another link it is another person; all of them together have a limit.
        await ada.expect("reading_asked")
        count = 1
        link = server.invite(token)
        for number in range(30):
            other, _ = await join(server, link, name="Ben", person=f"one-more-browser-{number:04}")
            await read(other, ada_id)
            await passed_over(other)
            await other.send("leave")
            await other.closed()
        count += (await passed_over(ada)).count("reading_asked")
        assert count < 15

    run(scenario())


def test_a_thousand_readings_are_few(servers: Servers) -> None:
    server = servers.start()

    async def scenario() -> None:
        token = server.room("Thousand")
        ada, ada_id = await enter(server, token, "Ada")
        told: list[str] = []
        for number in range(1000):
            media = "video" if number % 2 else "audio"
            await ada.send("read_media", ref=number, media=media, of=ada_id)
            if number % 20 == 0:
                # As fast as a page may send.
                told += await passed_over(ada)
                await asyncio.sleep(0.1)
        told += await passed_over(ada)
        assert told.count("error") > 900
        assert metric(server, "readings") == 2
        await ada.send("leave")
        await ada.closed()
        assert metric(server, "readings") == 0

    run(scenario())


def test_who_waits_in_the_lobby_reads_nothing(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Lobby")
        host, host_id = await enter(server, token, "Host")
        await host.send("set_lobby", active=True, ref=1)
        await host.expect("ack")
        for of in (host_id, None):
            mallory = await connect(server, "ws/meeting")
            await mallory.send("join", v=1, token=server.invite(token), name="Mallory")
            await mallory.expect("waiting")
            await mallory.send("read_media", ref=1, media="video", of=of)
            told = await mallory.receive()
            assert isinstance(told, dict)
            assert told["type"] in {"error", "bye"}
        assert not {"reading_asked", "ingest_granted"} & {*await passed_over(host)}

    run(scenario())


def test_the_audience_is_not_read(small: RunningServer) -> None:
    async def scenario() -> None:
        token = small.room("Audience")
        host, _ = await enter(small, token, "Host")
        await enter(small, token, "Ada")
        eve, eve_id = await enter(small, small.invite(token), "Eve")
        assert await refused(host, "read_media", media="video", of=eve_id) == "audience"
        assert await refused(eve, "read_media", media="video", of=eve_id) == "audience"
        assert await refused(eve, "open_source", use="camera") == "audience"
        assert await refused(eve, "read_media", media="video", of=None) == "forbidden"
        assert not {"reading_asked", *NEWS} & {*await passed_over(eve)}

    run(scenario())


def test_a_reading_of_sound_takes_no_picture_and_the_other_way_round(
    server: RunningServer, film: Clip, tone: Clip
) -> None:
    async def scenario() -> None:
        token = server.room("Kinds")
        host, _ = await enter(server, token, "Host")
        ada, ada_id = await enter(server, token, "Ada")
        for media, right, wrong in (("video", film, tone), ("audio", tone, film)):
            await read(host, ada_id, media)
            question = (await ada.expect("reading_asked"))["reading"]["id"]
            await ada.send("answer_reading", id=question, allowed=True)
            sender = await ingest(server, (await ada.expect("reading_granted"))["ticket"])
            await sender.send_all(right.encoded())
            opened = await host.expect("reading_opened")
            viewer, _ = await watch(server, opened["stream"], ticket=opened["ticket"])
            await sender.send_all(wrong.encoded()[:1])
            ended = await sender.expect("ingest_ended")
            assert ended["failed"]
            assert "in a stream of" in ended["reason"]
            assert (await host.expect("reading_ended"))["kind"] == "failed"
            await viewer.closed()

    run(scenario())


def test_a_picture_has_no_more_lines_than_was_asked_for(server: RunningServer) -> None:
    large = clip(0.2, sound=False, width=640, height=360)

    async def scenario() -> None:
        token = server.room("Lines")
        ada, ada_id = await enter(server, token, "Ada")
        await read(ada, ada_id, lines=180)
        sender = await ingest(server, (await ada.expect("reading_granted"))["ticket"])
        await sender.send_all(large.encoded()[:1])
        assert (
            "640x360 in a stream of at most 180 lines"
            in ((await sender.expect("ingest_ended"))["reason"])
        )
        assert (await ada.expect("error"))["kind"] == "reading_failed"

    run(scenario())


# --- the stage ------------------------------------------------------------------------------------


def test_a_moderator_reads_the_stage_and_everyone_knows(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("StageRead", streamname="stage-read")
        host, host_id = await enter(server, token, "Host")
        ben, _ = await enter(server, server.invite(token), "Ben")
        assert await refused(ben, "read_media", media="video", of=None) == "forbidden"
        await read(host, None)
        (told,) = await announced(ben)
        assert (told["reader"], told["of"]) == (host_id, None)
        granted = await host.expect("ingest_granted")
        assert granted["purpose"] == "stage"
        relay = await ingest(server, granted["ticket"])
        await relay.send_all(film.encoded())
        opened = await host.expect("reading_opened")
        viewer, _ = await watch(server, opened["stream"], ticket=opened["ticket"])
        await viewer.frames(2)
        assert await opens_no_stream(server, opened["stream"], None, "wrong", granted["ticket"])
        # A broadcast takes the relay's place, for readers as for the audience.
        await host.send("start_broadcast", options={"private": True}, ref=9)
        broadcast = await host.expect("ingest_granted")
        assert broadcast["purpose"] == "broadcast"
        sender = await ingest(server, broadcast["ticket"])
        await sender.send_all(film.encoded())
        moved = await host.expect("reading_moved")
        assert moved["stream"] == "stage-read"
        await viewer.closed()
        second, _ = await watch(server, moved["stream"], ticket=moved["ticket"])
        await second.frames(2)
        assert await opens_no_stream(server, "stage-read", None, opened["ticket"])
        await host.send("stop_reading", id=opened["id"])
        await second.closed()
        assert await opens_no_stream(server, "stage-read", None, moved["ticket"])
        assert await announced(ben) == []

    run(scenario())
