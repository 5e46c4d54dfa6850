"""100,000 inputs that no page of ours would send: nothing falls over, nothing is left behind.

They go where a socket's messages go, without a socket, so that there can be as many.
"""

from __future__ import annotations

import contextlib
import gc
import json
import random
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server.protocol import common, decoding, frames, ingest, meeting, watch
from tests.unit.server.commands import moderators_only
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, Sender, claims
from tests.unit.server.wire import SOUND, media, setup

#: How many of each kind: 100,000 together.
SIGNALS, OTHERS, FRAMES = 60_000, 10_000, 30_000
#: Bytes that may be in use more than before: caches fill.
GROWTH = 3_000_000

#: What a socket answers: with an error, or by a word and a close.
EXPECTED = (decoding.InvalidMessageError, msgspec.DecodeError, UnicodeError, NanoMeetError)

ODD: list[Any] = [
    *(None, True, -1, 0, 1 << 31, 1 << 63, 1 << 200, -0.5, 1e308, "", "\0", "\ud800", "x" * 5000),
    *(
        [],
        {},
        [[]],
        {"type": "join"},
        "<script>",
        "../../etc",
        "'; DROP TABLE rooms; --",
        "🙂" * 99,
    ),
]


def seeds(page: Page) -> list[dict[str, Any]]:
    """Messages that are right, as JSON."""
    others: list[Any] = [
        meeting.Join(v=1, token="t", name="Ada"),
        common.Ping(t=1.0),
        meeting.Leave(),
        meeting.Media(audio=True, video=False),
        meeting.Rename(name="Ada"),
        meeting.Signal(to=page.id, description=meeting.Description(type="offer", sdp="v=0")),
    ]
    everything = [*moderators_only(page.id), *others]
    return [json.loads(common.encode(message)) for message in everything]


def spoil(chance: random.Random, message: dict[str, Any]) -> bytes:
    """Return a message with something wrong in it."""
    spoiled = dict(message)
    for _ in range(chance.randint(1, 3)):
        keys = list(spoiled) or ["type"]
        way = chance.randrange(4)
        if way == 0:
            spoiled[chance.choice(keys)] = chance.choice(ODD)
        elif way == 1:
            spoiled.pop(chance.choice(keys), None)
        elif way == 2:
            spoiled[chance.choice(["__proto__", "ref", "to", "x", "type", "id"])] = chance.choice(
                ODD
            )
        else:
            spoiled = {"type": spoiled.get("type"), **{key: chance.choice(ODD) for key in keys}}
    text = json.dumps(spoiled)
    return (
        noise(chance, text.encode("utf-8", "surrogatepass"))
        if chance.random() < 0.3
        else (text.encode("utf-8", "surrogatepass"))
    )


def noise(chance: random.Random, data: bytes) -> bytes:
    """Return bytes with some of them changed, lost, doubled or cut off."""
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(spoiled) + 1)
        way = chance.randrange(4)
        if way == 0 and at < len(spoiled):
            spoiled[at] = chance.randrange(256)
        elif way == 1:
            del spoiled[at : at + chance.randint(1, 9)]
        elif way == 2:
            spoiled[at:at] = spoiled[at : at + chance.randint(1, 9)]
        else:
            spoiled[at:at] = chance.randbytes(chance.randint(1, 9))
    return bytes(spoiled)


def decodes(decode: Callable[[str], object], data: bytes) -> bool:
    """Whether a message is taken; what a socket would not expect is raised."""
    try:
        decode(data.decode())
    except EXPECTED:
        return False
    return True


@contextlib.contextmanager
def nothing_kept() -> Iterator[None]:
    """Expect that what is in use afterwards is what was before, but for what caches hold."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    yield
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < GROWTH, f"{(after - before) / 1e6:.1f} MB more than before"


def test_spoiled_messages_harm_no_room(house: House) -> None:
    chance = random.Random(8725)  # noqa: S311 - to be repeated
    victim = house.guest(name="Victim")
    attackers = [house.moderator(name="Attacker"), house.guest(name="Attacker")]
    right = seeds(victim)
    understood = 0
    with nothing_kept():
        for number in range(SIGNALS):
            if any(page.farewell or page.who is None for page in (victim, *attackers)):
                # Whoever was sent out, or locked out, meets the others in the next room.
                room = f"R{number}"
                victim = house.page().join(claims(room=room), name="Victim")
                attackers = [
                    house.page().join(claims(room=room, moderator=moderator))
                    for moderator in (True, False)
                ]
                right = seeds(victim)
            attacker = attackers[number % 2]
            data = spoil(chance, chance.choice(right))
            try:
                message = decoding.decode_client(data.decode())
                attacker.ask(message)
                understood += 1
            except EXPECTED:
                pass
            if number % 100 == 0:
                house.clock.advance(1)
                for page in (*attackers, victim):
                    page.sent.clear()
    # Some were not spoiled enough, or this would try the decoder alone.
    assert understood > SIGNALS / 100
    # The house still works.
    last = house.page().join(claims(room="Afterwards"))
    last.ask(meeting.Rename(name="Still here", ref=1))
    assert last.last(meeting.Ack).ref == 1


@pytest.mark.parametrize("decode", [watch.decode, ingest.decode])
def test_spoiled_first_words_are_refused(decode: Callable[[str], object]) -> None:
    chance = random.Random(6455)  # noqa: S311 - to be repeated
    right: list[dict[str, Any]] = [
        {"type": "watch", "v": 1, "stream": "s"},
        {"type": "ingest_open", "v": 1, "ticket": "t"},
        {"type": "ping", "t": 1},
    ]
    refused = 0
    with nothing_kept():
        for _ in range(OTHERS // 2):
            refused += not decodes(decode, spoil(chance, chance.choice(right)))
    assert refused > OTHERS / 4


def test_spoiled_frames_end_their_broadcast_and_nothing_else(house: House) -> None:
    chance = random.Random(7798)  # noqa: S311 - to be repeated
    right = [setup(), setup(SOUND), media(0, key=True), media(0.1), media(0.1, track=SOUND)]
    host = house.page().join(claims(moderator=True, valid=1e6), name="Host")
    ended = 0
    with nothing_kept():
        for _ in range(FRAMES // 10):
            house.clock.advance(60)
            host.sent.clear()
            host.ask(meeting.StartBroadcast(options=common.BroadcastOptions(record=False), ref=1))
            broadcast = house.broadcasts.by_ingest_ticket(host.last(meeting.IngestGranted).ticket)
            assert broadcast is not None
            sender = Sender()
            assert broadcast.attach(sender)
            for data in right[: chance.randint(0, 3)]:
                broadcast.receive(sender, data)
            for _ in range(10):
                broadcast.receive(sender, noise(chance, chance.choice(right)))
            ended += sender.farewell is not None
            host.ask(meeting.StopBroadcast(ref=2))
    assert ended > FRAMES / 20
    # Somebody else's goes well.
    host.ask(meeting.StartBroadcast(options=common.BroadcastOptions(record=False), ref=3))
    assert host.last(meeting.Ack if host.all(meeting.Ack) else meeting.IngestGranted)


def test_a_frame_that_is_read_is_written_the_same() -> None:
    chance = random.Random(1)  # noqa: S311 - to be repeated
    for _ in range(OTHERS // 10):
        data = noise(chance, media(0.1, key=True, payload=b"picture"))
        with contextlib.suppress(frames.FrameError):
            assert frames.decode(data).encode() == data
