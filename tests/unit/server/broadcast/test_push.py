"""Where a broadcast may be pushed to, who asks for it, and who hears of it."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest

from nanomeet_widget.server.broadcast.push_target import PushRefusedError, read_target, resolve
from nanomeet_widget.server.media.flv import FlvWriter
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol import common, decoding, meeting
from nanomeet_widget.server.protocol.frames import Track
from tests.unit.server.broadcast.test_broadcast import Stage
from tests.unit.server.clips import SECOND, Clip, clip
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page

URL = "rtmp://live.example.org/app/SECRETKEY"


def test_an_address_is_taken_apart() -> None:
    target = read_target("rtmps://Live.Example.org:1443/app/instance/SECRETKEY?token=SECRETTOKEN")
    assert (target.host, target.port, target.tls) == ("live.example.org", 1443, True)
    assert target.path == "/app/instance/SECRETKEY?token=SECRETTOKEN"
    assert "SECRET" not in repr(target)
    assert read_target(URL).port == 1935
    assert read_target("rtmps://a.org/b/c").port == 443


@pytest.mark.parametrize(
    "url",
    [
        "http://live.example.org/app/SECRETKEY",
        "rtmp:///app/SECRETKEY",
        "rtmp://user:SECRETWORD@live.example.org/app/SECRETKEY",
        "rtmp://live.example.org/SECRETKEY",
        "rtmp://live.example.org:99999/app/SECRETKEY",
        "rtmp://live.example.org/app/SECRETKEY#x",
        "rtmp://[::1/app/SECRETKEY",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(PushRefusedError) as refused:
        read_target(url)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254"),
        *("0.0.0.1", "100.64.0.1", "224.0.0.1", "255.255.255.255", "localhost", "2130706433"),
        *("[::1]", "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[2002:7f00:1::]", "[::]"),
    ],
)
def test_this_machine_and_its_network_are_refused(host: str) -> None:
    target = read_target(f"rtmp://{host}/app/key")
    with pytest.raises(PushRefusedError, match="own network"):
        asyncio.run(resolve(target, frozenset()))
    assert asyncio.run(resolve(target, frozenset({target.host})))


def test_the_world_is_allowed() -> None:
    target = read_target("rtmp://9.9.9.9/app/key")
    assert asyncio.run(resolve(target, frozenset())) == ["9.9.9.9"]


# --- in a room ---------------------------------------------------------------------------------


def told(page: Page) -> list[tuple[str, str]]:
    state = page.last(meeting.BroadcastChanged).broadcast
    return [(target.host, target.state) for target in state.targets]


def start(house: House, *to: str) -> Stage:
    stage = Stage(house)
    stage.page.ask(meeting.StopBroadcast())
    stage.page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(to=list(to)), ref=7))
    if to and house.pushes:
        stage.granted = stage.page.last(meeting.IngestGranted)
    return stage


def test_moderators_hear_how_each_target_fares(house: House) -> None:
    guest = house.guest()
    stage = start(house, URL, "rtmps://other.example.org/a/SECRETKEY").live()
    first, second = house.pushes
    assert told(stage.page) == [
        ("live.example.org", "connecting"),
        ("other.example.org", "connecting"),
    ]
    second.state = "live"
    assert second.on_change is not None
    second.on_change()
    assert told(stage.page)[1] == ("other.example.org", "live")
    assert told(guest) == []
    assert "SECRET" not in repr(stage.page.sent)
    stage.page.ask(meeting.StopBroadcast())
    assert first.closed
    assert second.closed
    assert told(stage.page) == []


def test_a_wrong_address_is_refused_in_words(house: House) -> None:
    stage = start(house, "rtmp://live.example.org/SECRETKEY")
    error = stage.page.last(common.Error)
    assert (error.kind, error.ref) == ("invalid", 7)
    assert "SECRET" not in error.message
    assert house.pushes == []


def test_participants_push_nothing(house: House) -> None:
    guest = house.guest()
    assert guest.try_all(
        [meeting.StartBroadcast(options=common.BroadcastOptions(to=[URL]), ref=1)]
    ) == [("forbidden", 1)]


@pytest.mark.parametrize(
    "to", [["http://a/b/c"], [URL] * 5, ["rtmp://a/b/" + "c" * 1024], ["rtmp://a/b c"], [3]]
)
def test_a_message_with_something_else_is_refused(to: list[object]) -> None:
    text = msgspec.json.encode({"type": "start_broadcast", "options": {"to": to}}).decode()
    with pytest.raises(decoding.InvalidMessageError) as refused:
        decoding.decode_client(text)
    assert "SECRET" not in str(refused.value)


def test_no_message_shows_the_address() -> None:
    assert "SECRET" not in repr(meeting.StartBroadcast(options=common.BroadcastOptions(to=[URL])))


# --- what is sent ------------------------------------------------------------------------------


def sent(of: Clip, path: Path, *, without: range = range(0)) -> None:
    setups = {frame.track: read_setup(frame) for frame in of.setups}
    writer = FlvWriter(str(path), setups.get(Track.VIDEO), setups.get(Track.AUDIO))
    for frame in of.media:
        if frame.track is Track.VIDEO or frame.timestamp // 1000 not in without:
            writer.write(frame, frame.timestamp)
    writer.close()


def sound(path: Path) -> list[tuple[float, float]]:
    with av.open(io.BytesIO(path.read_bytes()), "r", format="flv") as container:
        assert container.streams.audio[0].codec_context.name == "aac"
        return [
            (frame.time or 0.0, float(np.abs(frame.to_ndarray()).max()))
            for frame in container.decode(audio=0)
        ]


def test_the_picture_stays_as_it_is_and_the_sound_becomes_aac(tmp_path: Path) -> None:
    whole = clip(3)
    sent(whole, tmp_path / "a.flv")
    with av.open(str(tmp_path / "a.flv"), "r") as container:
        pictures = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert pictures == [f.payload for f in whole.media if f.track is Track.VIDEO]
    heard = sound(tmp_path / "a.flv")
    assert heard[-1][0] == pytest.approx(3, abs=0.15)
    assert all(loud > 0.1 for _, loud in heard[3:-3])


def test_missing_sound_does_not_shift_the_rest(tmp_path: Path) -> None:
    sent(clip(3), tmp_path / "a.flv", without=range(1000, 2000))
    times = [time for time, _ in sound(tmp_path / "a.flv")]
    assert times[-1] == pytest.approx(3, abs=0.15)
    assert not [time for time in times if 1.1 < time < 1.9]
    assert SECOND == 1_000_000


def test_sound_alone_is_sent_as_such(tmp_path: Path) -> None:
    sent(clip(3, codec=None), tmp_path / "a.flv")
    with av.open(str(tmp_path / "a.flv"), "r") as container:
        assert not container.streams.video
    heard = sound(tmp_path / "a.flv")
    assert heard[0][0] == pytest.approx(0, abs=0.1)
    assert heard[-1][0] == pytest.approx(3, abs=0.15)
    assert all(loud > 0.1 for _, loud in heard[3:-3])
