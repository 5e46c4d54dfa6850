"""A program reads a participant's pictures and sound, and the stage, on a real server: as arrays, while it may."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import sys
import termios
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timezone
from typing import Any, TypeVar

import numpy as np
import pytest
from tornado import websocket

import nanomeet_widget as nm
from nanomeet_widget import _sockets
from tests.conftest import RunningServer
from tests.contract.bots import until
from tests.contract.filming import PACKET, RATE, Camera, Microphone, grey, now
from tests.contract.sockets import Client, connect, join, run

T = TypeVar("T")


class Person:
    """A participant's page on the stage, who is asked, and sends what they agree to."""

    def __init__(self, server: RunningServer, page: Client, id_: str) -> None:
        self.server, self.page, self.id = server, page, id_
        self.camera, self.microphone = Camera(), Microphone()
        self.ingest: Client | None = None
        self.asked: dict[str, Any] = {}

    @classmethod
    async def enters(cls, server: RunningServer, token: str, name: str = "Ada") -> Person:
        page, welcome = await join(server, token, name=name, audio=True, video=True)
        return cls(server, page, welcome["own"]["id"])

    async def answers(self, *, allowed: bool) -> None:
        """Answer the question, once it is there."""
        self.asked = await self.page.expect("reading_asked")
        await self.page.send("answer_reading", id=self.asked["reading"]["id"], allowed=allowed)

    async def sends(self, *, value: int = 100) -> None:
        """Send what was granted, from its set-up to the first picture or sound."""
        granted = await self.page.expect("reading_granted")
        self.ingest = await connect(self.server, "ws/ingest")
        await self.ingest.send("ingest_open", v=1, ticket=granted["ticket"], clock=now())
        await self.ingest.expect("ingest_ready")
        if granted["media"] == "video":
            await self.ingest.send_raw(self.camera.setup())
            await self.shows(value)
        else:
            await self.ingest.send_raw(self.microphone.setup())
            await self.says(np.zeros((PACKET, 2), np.float32))

    async def agrees(self) -> None:
        """Agree, and send."""
        await self.answers(allowed=True)
        await self.sends()

    async def shows(self, value: int, at: int | None = None) -> int:
        """Send a grey picture; return its size in bytes."""
        assert self.ingest is not None
        picture = self.camera.take(grey(value), now() if at is None else at)
        await self.ingest.send_raw(picture)
        return len(picture)

    async def says(self, samples: Any, at: int | None = None) -> None:
        """Send a packet of sound."""
        assert self.ingest is not None
        await self.ingest.send_raw(self.microphone.take(samples, now() if at is None else at))

    async def is_heard(self, reading: nm.Reading[nm.Sound]) -> None:
        """Send silence until the reader hears it: what follows has no hole."""
        while reading.latest is None:
            await self.says(np.zeros((PACKET, 2), np.float32))
            await asyncio.sleep(0.02)


def unread(connection: socket.socket) -> int:
    """Return how many bytes have arrived that nothing has read."""
    return int.from_bytes(fcntl.ioctl(connection, termios.FIONREAD, bytes(4)), sys.byteorder)


@asynccontextmanager
async def reader(server: RunningServer, name: str) -> AsyncIterator[tuple[nm.Bot, Person]]:
    """Open a room with Ada on its stage, and a bot that may ask her."""
    token = server.room(name)
    ada = await Person.enters(server, token)
    async with nm.Bot(token, display_name="Reader") as bot:
        yield bot, ada


async def first(reading: nm.Reading[T], ada: Person) -> T:
    """Have Ada agree; return the first that is read."""
    agreeing = asyncio.ensure_future(ada.agrees())
    found = await anext(reading)
    await agreeing
    return found


def test_a_program_reads_the_pictures_of_a_participant_who_agrees(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadPictures") as (bot, ada):
            reading = bot.frames(ada.id)
            assert (reading.state, reading.latest) == ("asking", None)
            frame = await first(reading, ada)
            assert frame.array.shape == (48, 64, 3)
            assert frame.array.dtype == np.uint8
            assert frame.array.flags.writeable
            assert abs(int(frame.array.mean()) - 100) <= 3
            assert frame.participant == ada.id
            assert abs((datetime.now(timezone.utc) - frame.at).total_seconds()) < 60
            assert reading.state == "reading"
            # Everyone knows.
            await until(lambda: len(bot.readers), 1)
            assert bot.readers == [
                {
                    "id": ada.asked["reading"]["id"],
                    "reader": bot.own_id,
                    "of": ada.id,
                    "media": "video",
                }
            ]
            assert bot.events[-1].name in {"readings_changed", "participant_muted"}
            await ada.shows(200)
            while int((await anext(reading)).array.mean()) < 190:
                pass
            reading.close()
            assert (reading.state, reading.error) == ("ended", None)
            assert [one async for one in reading] == []
            await until(lambda: bot.readers, [])

    run(scenario())


def test_only_the_newest_picture_waits(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadNewest") as (bot, ada):
            reading = bot.frames(ada.id, fps=30)
            await first(reading, ada)
            begin = now()
            for number in range(1, 21):
                await ada.shows(100 + 5 * number, begin + number * 50_000)
            # A program that looks seldom finds the last one, and then has to wait.
            await until(lambda: abs(int(reading.latest.array.mean()) - 200) <= 3, True)  # type: ignore[union-attr]
            waiting = asyncio.ensure_future(anext(reading))
            await asyncio.sleep(0)
            await ada.shows(50, begin + 21 * 50_000)
            assert abs(int((await waiting).array.mean()) - 50) <= 3

    run(scenario())


def test_what_arrived_while_the_reading_thread_stood_still_is_not_replayed(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_socket = _sockets.connect
    opened: list[websocket.WebSocketClientConnection] = []

    async def remember(*args: Any, **options: Any) -> websocket.WebSocketClientConnection:
        opened.append(await connect_socket(*args, **options))
        return opened[-1]

    monkeypatch.setattr(_sockets, "connect", remember)

    async def scenario() -> None:
        async with reader(server, "ReadStill") as (bot, ada):
            reading = bot.frames(ada.id, fps=30)
            await first(reading, ada)
            source = reading._source._reader
            assert source is not None
            stand, go_on = threading.Event(), threading.Event()

            def still() -> None:
                stand.set()
                go_on.wait()

            source._soon(still)
            await asyncio.to_thread(stand.wait)
            begin, size = now(), 0
            for number in range(1, 21):
                size += await ada.shows(100 + 5 * number, begin + number * 50_000)
            # All of them lie in this machine, unread.
            protocol = opened[-1].protocol
            assert protocol is not None
            assert protocol.stream is not None
            arrived = protocol.stream.socket
            await until(lambda: unread(arrived) >= size, True)
            seen: list[int] = []
            go_on.set()
            while not seen or seen[-1] < 197:
                seen.append(int((await anext(reading)).array.mean()))
            assert seen == [pytest.approx(200, abs=3)]

    run(scenario())


def test_at_most_as_many_pictures_as_are_wanted(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadFewer") as (bot, ada):
            reading = bot.frames(ada.id, fps=5)
            await first(reading, ada)

            async def film() -> None:
                for number in range(1, 31):
                    await asyncio.sleep(1 / 30)
                    await ada.shows(100 + 2 * number)

            begin = time.monotonic()
            filming = asyncio.ensure_future(film())
            frames = [await anext(reading)]
            while frames[-1].array.mean() < 157:
                frames.append(await anext(reading))
            await filming
            seconds = time.monotonic() - begin
            assert len(frames) <= 5 * seconds + 2
            frame = frames[-1]
            # The last one comes, although it was early: nothing newer follows.
            assert abs(int(frame.array.mean()) - 160) <= 3

    run(scenario())


def test_sound_is_read_without_holes(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadSound") as (bot, ada):
            reading = bot.audio(ada.id)
            agreeing = asyncio.ensure_future(ada.agrees())
            await reading.opened
            await agreeing
            await ada.is_heard(reading)
            times = np.arange(RATE) / RATE
            left = (np.sin(2 * np.pi * 440 * times) * 0.5).astype(np.float32)
            tone = np.stack([left, np.zeros_like(left)], axis=1)
            heard: list[nm.Sound] = []

            async def listen() -> None:
                async for sound in reading:
                    heard.append(sound)
                    if sum(len(one.samples) for one in heard) >= 45 * PACKET:
                        return

            listening = asyncio.ensure_future(listen())
            begin = now() + 1_000_000
            for number in range(50):
                part = tone[number * PACKET : (number + 1) * PACKET]
                await ada.says(part, begin + number * 20_000)
                await asyncio.sleep(0)
            await listening
            assert {(one.rate, one.participant, one.samples.dtype) for one in heard} == {
                (RATE, ada.id, np.dtype(np.float32))
            }
            samples = np.concatenate([one.samples for one in heard])
            assert samples.shape[1] == 2
            assert float(np.abs(samples[RATE // 4 :, 0]).max()) == pytest.approx(0.5, abs=0.1)
            assert float(np.abs(samples[:, 1]).max()) < 0.05
            spectrum = np.abs(np.fft.rfft(samples[RATE // 4 : RATE // 4 + RATE // 2, 0]))
            assert abs(int(spectrum.argmax()) * 2 - 440) <= 4

    run(scenario())


def test_sound_that_no_one_takes_is_bounded(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadBounded") as (bot, ada):
            reading = bot.audio(ada.id)
            agreeing = asyncio.ensure_future(ada.agrees())
            await reading.opened
            await agreeing
            await ada.is_heard(reading)
            begin = now() + 1_000_000
            loud = np.full((PACKET, 2), 0.25, np.float32)
            for number in range(250):
                await ada.says(loud, begin + number * 20_000)
            place = reading._source.place

            def newest() -> int:
                item: Any = place._item
                return 0 if item is None else item._pieces[-1].timestamp

            await until(newest, begin + 249 * 20_000)
            sound = await anext(reading)
            assert 1.9 * RATE <= len(sound.samples) <= 2 * RATE

    run(scenario())


def test_a_participant_who_does_not_agree_is_not_read(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadRefused") as (bot, ada):
            reading = bot.frames(ada.id)
            await ada.answers(allowed=False)
            with pytest.raises(nm.CommandRefusedError, match=r"Ada did not agree") as refusal:
                await anext(reading)
            assert refusal.value.kind == "reading_taken_back"
            assert reading.error is refusal.value
            assert reading.state == "ended"
            # Nor is it asked again at once.
            with pytest.raises(nm.CommandError):
                await anext(bot.frames(ada.id))

    run(scenario())


def test_a_reading_that_is_taken_back_ends_with_who_did(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadTakenBack") as (bot, ada):
            reading = bot.frames(ada.id)
            await first(reading, ada)
            await ada.page.send("stop_reading", ref=5, id=ada.asked["reading"]["id"])
            with pytest.raises(nm.ReadingEndedError, match=r"Ada has taken it back") as ended:
                async for _ in reading:
                    pass
            assert ended.value.kind == "taken_back"
            await until(lambda: bot.readers, [])

    run(scenario())


def test_a_reading_ends_when_the_participant_leaves(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadLeft") as (bot, ada):
            reading = bot.frames(ada.id)
            await first(reading, ada)
            await ada.page.send("leave")
            with pytest.raises(nm.ReadingEndedError) as ended:
                async for _ in reading:
                    pass
            assert ended.value.kind == "left"

    run(scenario())


def test_a_reading_ends_with_the_readers_own_meeting(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadOwnEnd") as (bot, ada):
            reading = bot.frames(ada.id)
            await first(reading, ada)
            await bot.leave()
            with pytest.raises(nm.ReadingEndedError) as ended:
                async for _ in reading:
                    pass
            assert ended.value.kind == "left"

    run(scenario())


def test_a_loop_that_is_left_ends_its_reading(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadBreak") as (bot, ada):
            agreeing = asyncio.ensure_future(ada.agrees())
            async for _ in bot.frames(ada.id):
                break
            await agreeing
            await until(lambda: bot.readers, [])
            assert [one for one in threading.enumerate() if one.name == "nanomeet-reader"] == []

    run(scenario())


def test_a_lost_connection_comes_back(server: RunningServer) -> None:
    async def scenario() -> None:
        async with reader(server, "ReadAgain") as (bot, ada):
            reading = bot.frames(ada.id, fps=30)
            await first(reading, ada)
            following = reading._source._reader
            assert following is not None
            before = following._connection
            # As a network does that ends: no one says a word.
            following._soon(before._silent)  # type: ignore[union-attr]
            await until(lambda: following._connection is not before, True)
            await ada.shows(220)
            while abs(int((await anext(reading)).array.mean()) - 220) > 3:
                pass

    run(scenario())


def test_what_a_bot_and_a_participant_may_not_read(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ReadNot")
        await Person.enters(server, token)
        async with (
            nm.Bot(server.invite(token), display_name="Guest") as guest,
            nm.Bot(token, display_name="Helper") as helper,
        ):
            with pytest.raises(nm.CommandRefusedError, match="moderators"):
                await anext(guest.frames("stage"))
            with pytest.raises(nm.CommandRefusedError, match="camera"):
                await anext(helper.frames("me"))
            with pytest.raises(nm.CommandError, match="not in the room"):
                await anext(helper.audio("unknown"))
            with pytest.raises(nm.CommandError, match="audience"):
                await anext(helper.frames(guest.own_id))

    run(scenario())


def test_a_moderators_program_reads_the_stage_from_page_to_page(server: RunningServer) -> None:
    async def stage(page: Client, value: int) -> Client:
        granted = await page.expect("ingest_granted")
        assert granted["purpose"] == "stage"
        ingest = await connect(server, "ws/ingest")
        await ingest.send("ingest_open", v=1, ticket=granted["ticket"], clock=now())
        await ingest.expect("ingest_ready")
        camera = Camera()
        await ingest.send_raw(camera.setup())
        for _ in range(3):
            await ingest.send_raw(camera.take(grey(value), now()))
        return ingest

    async def scenario() -> None:
        token = server.room("ReadStage")
        ada = await Person.enters(server, token)
        async with nm.Bot(token, display_name="Reader") as bot:
            reading = bot.frames("stage")
            await stage(ada.page, 100)
            frame = await anext(reading)
            assert frame.participant == "stage"
            assert abs(int(frame.array.mean()) - 100) <= 3
            await until(lambda: [one["of"] for one in bot.readers], [None])
            # Another page sends the stage, once the first is gone.
            grace = await Person.enters(server, token, "Grace")
            await ada.page.send("leave")
            await stage(grace.page, 200)
            while abs(int((await anext(reading)).array.mean()) - 200) > 3:
                pass
            reading.close()
            await until(lambda: bot.readers, [])

    run(scenario())


def test_a_script_reads_without_an_event_loop(server: RunningServer) -> None:
    token = server.room("ReadScript")
    ready: threading.Event = threading.Event()
    ids: list[str] = []

    async def page() -> None:
        ada = await Person.enters(server, token)
        ids.append(ada.id)
        ready.set()
        await ada.agrees()
        # Until the server closes, once the reading has ended.
        with suppress(websocket.WebSocketClosedError):
            for number in range(10_000):
                await ada.shows(100 + number % 100)
                await asyncio.sleep(0.02)
                if done.is_set():
                    return

    done = threading.Event()
    thread = threading.Thread(target=lambda: run(page()))
    thread.start()
    try:
        assert ready.wait(60)
        with nm.Bot(token, display_name="Script") as bot, bot.frames(ids[0]) as frames:
            times = []
            for frame in frames:
                times.append(frame.at)
                if len(times) == 3:
                    break
            assert times == sorted(set(times))
        assert list(frames) == []
    finally:
        done.set()
        thread.join()
