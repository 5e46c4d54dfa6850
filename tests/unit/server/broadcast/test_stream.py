"""A stream with so many viewers that sending takes time: frames go together, in order, and once."""

from __future__ import annotations

from nanomeet_widget.server.broadcast.stream import Batch, Stream, outgoing
from nanomeet_widget.server.protocol import watch
from nanomeet_widget.server.protocol.frames import decode
from tests.unit.server.fakes import Clock, Viewer
from tests.unit.server.wire import media, setup


class Crowd(Viewer):
    """Viewers whose frames take a while to send."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.batches: list[list[bytes]] = []

    def send_frames(self, batch: Batch) -> None:
        self.batches.append([frame.wire[-1:] for frame in batch.frames])
        super().send_frames(batch)
        self.clock.advance(0.01)


class Stage:
    def __init__(self) -> None:
        self.clock = Clock()
        self.channel = Stream("stream", timers=self.clock, cache=1 << 20)
        self.channel.begin("Title", lambda: None, None)
        self.crowd = Crowd(self.clock)
        self.channel.join(self.crowd)
        self.channel.go_live(since=0.0)
        self.publish(setup())
        self.send(b"1", key=True)
        self.clock.advance(0)
        self.crowd.batches.clear()

    def publish(self, data: bytes) -> None:
        self.channel.publish(outgoing(decode(data), data))

    def send(self, payload: bytes, *, key: bool = False) -> None:
        self.publish(media(self.clock.time(), key=key, payload=payload))


def test_what_comes_while_others_are_sent_goes_together() -> None:
    stage = Stage()
    for payload in (b"2", b"3", b"4"):
        stage.send(payload)
    assert stage.crowd.batches == []
    stage.clock.advance(0)
    assert stage.crowd.batches == [[b"2", b"3", b"4"]]


def test_who_comes_meanwhile_gets_nothing_twice() -> None:
    stage = Stage()
    stage.send(b"2")
    late = Viewer()
    stage.channel.join(late)
    stage.send(b"3")
    stage.clock.advance(0)
    assert [frame.wire[-1:] for frame in late.frames[1:]] == [b"1", b"2", b"3"]
    assert stage.crowd.batches == [[b"2"], [b"3"]]


def test_what_was_gathered_comes_before_the_end() -> None:
    stage = Stage()
    stage.send(b"2")
    stage.channel.end(vod=None)
    assert isinstance(stage.crowd.sent[-1], watch.StreamState)
    assert stage.crowd.batches == [[b"2"]]
    stage.clock.advance(1)
    assert stage.crowd.batches == [[b"2"]]


def test_with_few_viewers_nothing_waits() -> None:
    stage = Stage()
    few = Viewer()
    stage.channel.leave(stage.crowd)
    stage.channel.join(few)
    stage.send(b"2")
    stage.clock.advance(0)
    stage.send(b"3")
    assert few.frames[-1].wire[-1:] == b"3"
