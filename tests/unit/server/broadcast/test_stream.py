"""Tests of `broadcast.stream`: fan-out, batches and the cache."""

from __future__ import annotations

import io

import av
import pytest

from nanomeet_widget.server.broadcast.broadcast_stream import BroadcastStream
from nanomeet_widget.server.broadcast.outgoing import Batch, outgoing
from nanomeet_widget.server.protocol import common, ingest, meeting, watch
from nanomeet_widget.server.protocol.frames import (
    decode,
)
from tests.unit.server.broadcasting import Stage, payloads, sounding
from tests.unit.server.clips import clip
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Clock, Viewer
from tests.unit.server.wire import PICTURE, SOUND, media, setup


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


class Crowded:
    def __init__(self) -> None:
        self.clock = Clock()
        self.stream = BroadcastStream("stream", timers=self.clock, cache=1 << 20)
        self.stream.begin("Title", lambda: None, None)
        self.crowd = Crowd(self.clock)
        self.stream.join(self.crowd)
        self.stream.go_live(since=0.0)
        self.publish(setup())
        self.send(b"1", key=True)
        self.clock.advance(0)
        self.crowd.batches.clear()

    def publish(self, data: bytes) -> None:
        self.stream.publish(outgoing(decode(data), data))

    def send(self, payload: bytes, *, key: bool = False) -> None:
        self.publish(media(self.clock.time(), key=key, payload=payload))


def test_what_comes_while_others_are_sent_goes_together() -> None:
    stage = Crowded()
    for payload in (b"2", b"3", b"4"):
        stage.send(payload)
    assert stage.crowd.batches == []
    stage.clock.advance(0)
    assert stage.crowd.batches == [[b"2", b"3", b"4"]]


def test_a_new_viewer_gets_nothing_twice() -> None:
    stage = Crowded()
    stage.send(b"2")
    late = Viewer()
    stage.stream.join(late)
    stage.send(b"3")
    stage.clock.advance(0)
    assert [frame.wire[-1:] for frame in late.frames[1:]] == [b"1", b"2", b"3"]
    assert stage.crowd.batches == [[b"2"], [b"3"]]


def test_what_was_gathered_comes_before_the_end() -> None:
    stage = Crowded()
    stage.send(b"2")
    stage.stream.end(vod=None)
    assert isinstance(stage.crowd.sent[-1], watch.StreamState)
    assert stage.crowd.batches == [[b"2"]]
    stage.clock.advance(1)
    assert stage.crowd.batches == [[b"2"]]


def test_with_few_viewers_nothing_waits() -> None:
    stage = Crowded()
    few = Viewer()
    stage.stream.leave(stage.crowd)
    stage.stream.join(few)
    stage.send(b"2")
    stage.clock.advance(0)
    stage.send(b"3")
    assert few.frames[-1].wire[-1:] == b"3"


def test_a_waiting_viewer_gets_the_first_picture(house: House) -> None:
    stage = Stage(house)
    viewer = stage.watch()
    assert viewer.state == "waiting"
    stage.live()
    assert viewer.state == "live"
    assert [f.setup for f in viewer.frames] == [True, True, False]


def test_a_latecomer_gets_set_up_and_the_last_group_of_pictures(house: House) -> None:
    stage = Stage(house).live()
    stage.send(media(1, payload=b"a"), media(2, key=True, payload=b"b"))
    stage.send(media(2, track=SOUND, payload=b"c"), media(2.1, payload=b"d"))
    viewer = stage.watch()
    assert viewer.state == "live"
    assert [f.track for f in viewer.frames if f.setup] == [PICTURE, SOUND]
    assert payloads(viewer) == [b"b", b"c", b"d"]
    stage.send(media(2.2, payload=b"e"))
    assert payloads(viewer)[-1] == b"e"


def test_a_latecomer_to_an_old_picture_has_a_keyframe_made(house: House) -> None:
    stage = Stage(house).live()
    stage.watch()
    assert not stage.sender.all(ingest.KeyframeWanted)
    house.clock.advance(1.5)
    stage.watch()
    stage.watch()
    assert len(stage.sender.all(ingest.KeyframeWanted)) == 1


def test_a_new_set_up_replaces_the_old_one(house: House) -> None:
    stage = Stage(house).live()
    stage.send(setup(width=320, height=180), media(1, key=True, payload=b"k"))
    viewer = stage.watch()
    assert b'"width": 320' in viewer.frames[0].wire
    assert payloads(viewer) == [b"k"]


def test_a_group_of_pictures_without_end_is_not_kept(house: House) -> None:
    stage = Stage(house).live()
    for number in range(1, 60):
        house.clock.advance(1)
        stage.send(media(number, payload=bytes(500_000)))
    viewer = stage.watch()
    assert payloads(viewer) == []
    assert stage.sender.all(ingest.KeyframeWanted)


def test_the_end_and_the_next_beginning_are_told(house: House) -> None:
    stage = Stage(house).live()
    viewer = stage.watch()
    stage.page.ask(meeting.StopBroadcast())
    assert viewer.state == "ended"
    again = Stage(house).live()
    assert viewer.state == "live"
    assert again.page.all(meeting.Ack)


def test_a_late_listener_hears_what_comes_at_once(house: House) -> None:
    stage = sounding(house)
    listener = stage.watch()
    assert listener.last(watch.StreamState).picture is False
    assert [frame.setup for frame in listener.frames] == [True]
    stage.send(media(0.02, track=SOUND, payload=b"s"))
    assert listener.frames[-1].wire[-1:] == b"s"
    # Without video, no keyframe is requested.
    house.clock.advance(5)
    stage.watch()
    assert not stage.sender.all(ingest.KeyframeWanted)


def test_mp4_viewers_get_audio(house: House) -> None:
    stage = Stage(house, quality="audio")
    assert stage.connect()
    whole = clip(1, codec=None)
    first, *rest = whole.encoded()
    stage.send(first, rest[0])
    listener = stage.watch()
    stage.send(*rest[1:])
    # The set-up frame consists of two WebSocket messages.
    frames = [frame for frame in listener.frames if not frame.setup]
    assert len(frames) == len(rest) - 1
    assert [frame.time for frame in frames] == sorted(frame.time or 0 for frame in frames)


@pytest.mark.parametrize("codec", ["vp9", "av1"])
def test_mp4_viewers_get_every_codec(house: House, codec: common.Codec) -> None:
    stage = Stage(house, codec=codec)
    assert stage.connect()
    stage.send(*clip(1, codec=codec, sound=False).encoded())
    viewer = stage.watch()
    file = b"".join(_payloads(viewer))
    with av.open(io.BytesIO(file), "r", format="mp4") as container:
        assert container.streams.video[0].codec_context.codec.canonical_name == codec
        assert len(list(container.decode(video=0))) == 15


def _payloads(viewer: Viewer) -> list[bytes]:
    """The payloads of a viewer's MP4 frames."""
    found = []
    for frame in viewer.frames:
        data = frame.fragment[len(frame.wire) if frame.setup else 0 :]
        length = {126: 4, 127: 10}.get(data[1], 2)
        found.append(data[length + 16 :])
    return found
