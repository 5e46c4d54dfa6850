"""100,000 invalid messages and frames, as no page of this project sends them."""

from __future__ import annotations

import gc
import json
import random
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

from nanomeet_widget import _json
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server.protocol import common, decoding, meeting
from tests.unit.server.commands import moderators_only
from tests.unit.server.fakes import Page

#: How many of each kind: 100,000 together.
SIGNALS, OTHERS, FRAMES = 60_000, 10_000, 30_000
#: Bytes that the last sixth of them may keep, as caches change, and rooms wait for people to come back.
GROWTH = 1_000_000
#: Errors that a socket answers with a message, or by closing.
EXPECTED = (decoding.InvalidMessageError, _json.NotJsonError, UnicodeError, NanoMeetError)
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
#: JSON, or nearly, that `json.dumps` does not write.
UNWRITTEN = ["9" * 5000, "NaN", "-Infinity", "1e999", '"\\ud800x"', '"\\udc00\\ud800"']


def deep(depth: int) -> list[str]:
    """JSON of this depth, whole and cut off: lists, objects, and both."""
    pairs = [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")]
    whole = [a * depth + "0" + b * depth for a, b in pairs]
    return [*whole, *(a * depth for a, _ in pairs)]


UNWRITTEN += [text for depth in (63, 65, 990, 1000) for text in deep(depth)]


def seeds(page: Page) -> list[dict[str, Any]]:
    """Valid messages, as JSON."""
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
    if chance.random() < 0.1:  # nothing that Python could write
        text = text[:-1] + f',"{chance.choice(["ref", "x"])}":{chance.choice(UNWRITTEN)}}}'
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
    """Whether a message is accepted; unexpected errors are raised."""
    try:
        decode(data.decode())
    except EXPECTED:
        return False
    return True


def nothing_kept(turns: int) -> Iterator[int]:
    """Count turns, and check that the last of them keep no memory, except for caches."""
    # To trace memory costs five times as much as most turns do.
    traced = turns // 6
    yield from range(turns - traced)
    gc.collect()
    tracemalloc.start()
    try:
        yield from range(turns - traced, turns)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < GROWTH, f"{kept / 1e3:.0f} kB more than before"
