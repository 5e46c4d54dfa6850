"""Tests of `media.flv`: what is pushed by RTMP."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from nanomeet_widget.server.media.flv import FlvWriter
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol.frames import Track
from tests.unit.server.clips import SECOND, Clip, clip


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
