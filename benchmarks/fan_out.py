"""How many viewers one server process can serve, beside a bare loop of `websockets.broadcast`.

What is measured
    One sender, many viewers, 1.5 Mbit/s for each. Each frame carries the time of sending; its delay ends when
    a viewer has its last byte. "Ours" is the embedded server, from ws/ingest to ws/watch; "bare" is
    `bare_broadcast.py`, which relays every message. Both get the same bytes from the same sender, and take
    turns. The viewers are one process (`crowd.py`).

    Two shapes of the same bitrate: 10 messages per second, and what the composer sends, 30 video frames and
    100 audio packets. "Received" is the share of the sent messages that arrived in time; ours drops what
    comes too late for a viewer. Processor and memory are the server's: milliseconds of one core per second,
    and KB more than without viewers, for each viewer.

How to read it
    The viewers share the machine with the server; the load of their own core is in the last column. "Carried"
    is the number of viewers with a p95 of 50 ms, interpolated linearly between the two nearest numbers.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.bare_broadcast import running_bare_broadcast
from benchmarks.clients import broadcasting, connect
from benchmarks.crowd import running_crowd
from benchmarks.figures import carried
from benchmarks.processes import resident, worked
from benchmarks.report import Report, arguments
from tests.conftest import Servers
from tests.unit.server.wire import setup
from tornado.websocket import WebSocketClientConnection

from nanomeet_widget.server.protocol.frames import Frame, Kind, Track

VIEWERS = [50, 200, 500, 1000, 1500, 2000]
#: The bound on the p95 in milliseconds, and the share that must arrive for it to count.
BOUND, WHOLE = 50.0, 0.97
#: Seconds between keyframes, and of sending before the measurement.
KEYFRAMES, WARM = 2.0, 1.0


@dataclass(frozen=True)
class Kept:
    """Frames of one track: the number per second, and the bytes of each payload."""

    track: Track
    rate: int
    size: int


SHAPES = {
    "10 messages a second": [Kept(Track.VIDEO, 10, 18_734)],
    "30 pictures and 100 packets of sound a second": [
        Kept(Track.VIDEO, 30, 5_800),
        Kept(Track.AUDIO, 100, 120),
    ],
}


@dataclass(frozen=True)
class Point:
    """The measurements of one server with a number of viewers."""

    viewers: int
    median: float
    p95: float
    received: float
    processor: float
    memory: float
    busy: float

    @property
    def delay(self) -> float:
        """The p95, if enough of what was sent arrived."""
        return self.p95 if self.received >= WHOLE else float("inf")

    def row(self, name: str) -> list[str]:
        """Return a row of the table."""
        return [
            str(self.viewers),
            name,
            f"{self.median:.1f}",
            f"{self.p95:.1f}",
            f"{100 * min(1, self.received):.0f} %",
            f"{self.processor:.2f}",
            f"{self.memory:.0f}",
            f"{100 * self.busy:.0f} %",
        ]


HEAD = [
    *("viewers", "server", "median ms", "p95 ms", "received"),
    *("ms of a core a viewer", "KB a viewer", "viewers' own core"),
]


def schedule(shape: list[Kept]) -> Iterator[tuple[float, Kept]]:
    """Yield the time at which each frame is due, in seconds, and the frame."""

    def times(kept: Kept) -> Iterator[tuple[float, int, Kept]]:
        return ((number / kept.rate, kept.track, kept) for number in itertools.count())

    return ((at, kept) for at, _, kept in heapq.merge(*map(times, shape)))


@asynccontextmanager
async def publishing(host: str) -> AsyncIterator[WebSocketClientConnection]:
    """Open the bare loop's socket for the sender."""
    line = await connect(f"ws://{host}/publish", origin=f"http://{host}")
    yield line
    line.close()


async def publish(line: WebSocketClientConnection, shape: list[Kept], sent: list[int]) -> None:
    """Send frames until cancelled, and count them."""
    for kept in shape:
        await line.write_message(setup(kept.track), binary=True)
    began, keyframe_at = time.monotonic(), -KEYFRAMES
    for at, kept in schedule(shape):
        await asyncio.sleep(began + at - time.monotonic())
        keyframe = kept.track is Track.AUDIO or at >= keyframe_at + KEYFRAMES
        if keyframe and kept.track is Track.VIDEO:
            keyframe_at = at
        sent.append(time.monotonic_ns() // 1000)
        frame = Frame(
            kind=Kind.MEDIA,
            track=kept.track,
            timestamp=sent[-1],
            payload=bytes(kept.size),
            keyframe=keyframe,
        )
        await line.write_message(frame.encode(), binary=True)


@dataclass(frozen=True)
class Target:
    """A running server: its address, a viewer's greeting, and how to open the sender's socket."""

    port: int
    pid: int
    path: str
    greeting: str
    sender: Callable[[], AbstractAsyncContextManager[WebSocketClientConnection]]


@contextmanager
def ours(servers: Servers, viewers: int) -> Iterator[Target]:
    """Run the embedded server."""
    server = servers.start(*("--limit", f"viewers={viewers}", "--limit", "unknown_connections=0"))
    token = server.room("Fan", streamname="fan")
    yield Target(
        port=int(server.url.rpartition(":")[2]),
        pid=server.process.pid,
        path="/ws/watch",
        greeting=json.dumps({"type": "watch", "v": 1, "stream": "fan"}),
        sender=lambda: broadcasting(server, token),
    )
    server.stop()


@contextmanager
def bare() -> Iterator[Target]:
    """Run the bare loop."""
    with running_bare_broadcast() as (port, pid):
        sender = partial(publishing, f"127.0.0.1:{port}")
        yield Target(port=port, pid=pid, path="/watch", greeting="", sender=sender)


async def measure(target: Target, viewers: int, shape: list[Kept], seconds: float) -> Point:
    """Let viewers watch a server while a sender sends."""
    empty = resident(target.pid)
    async with running_crowd(
        viewers,
        port=target.port,
        path=target.path,
        greeting=target.greeting,
        warm=WARM,
        seconds=seconds,
    ) as crowd:
        if crowd.stdin is None or crowd.stdout is None:
            raise RuntimeError("the viewers cannot be heard")
        async with target.sender() as line:
            sent: list[int] = []
            sending = asyncio.create_task(publish(line, shape, sent))
            crowd.stdin.write(b"\n")
            await asyncio.sleep(WARM)
            before, began = worked(target.pid), time.monotonic()
            found = json.loads(await crowd.stdout.readline())
            processor = (worked(target.pid) - before) / (time.monotonic() - began)
            memory = resident(target.pid) - empty
            expected = viewers * sum(found["from"] <= at <= found["until"] for at in sent)
            sending.cancel()
    return Point(
        viewers=viewers,
        median=found["median"],
        p95=found["p95"],
        received=found["frames"] / expected,
        processor=1000 * processor / viewers,
        memory=1024 * memory / viewers,
        busy=found["busy"],
    )


def compare(report: Report, name: str, counts: list[int], seconds: float) -> None:
    """Measure both with one shape of stream, and report it."""
    shape = SHAPES[name]
    found: dict[str, list[Point]] = {"ours": [], "bare": []}
    for viewers in counts:
        with tempfile.TemporaryDirectory() as folder:
            servers = Servers(Path(folder))
            try:
                with ours(servers, viewers) as target:
                    found["ours"].append(asyncio.run(measure(target, viewers, shape, seconds)))
            finally:
                servers.close()
        with bare() as target:
            found["bare"].append(asyncio.run(measure(target, viewers, shape, seconds)))
    rows = [
        point.row(server)
        for pair in zip(found["ours"], found["bare"], strict=True)
        for server, point in zip(("ours", "bare"), pair, strict=True)
    ]
    report.say(f"**{name}**")
    report.table(HEAD, rows)
    most, bare_most = (
        carried([(point.viewers, point.delay) for point in found[server]], BOUND)
        for server in ("ours", "bare")
    )
    report.say(
        f"Carried within {BOUND:.0f} ms: {most:.0f} by ours, {bare_most:.0f} by the bare loop"
        + (f", {most / bare_most:.2f} of it." if bare_most else ".")
    )


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of measuring, each")
    parser.add_argument("--viewers", type=int, nargs="*", default=VIEWERS, help="how many at once")
    options = parser.parse_args()
    counts, seconds = ([50], 2.0) if options.quick else (options.viewers, options.seconds)
    report = Report("Fan-out", "fan_out")
    for name in SHAPES:
        compare(report, name, counts, seconds)
    report.finish(options)


if __name__ == "__main__":
    main()
