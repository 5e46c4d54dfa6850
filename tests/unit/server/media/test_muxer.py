"""Tests of `media.muxer`: what is recorded plays, whatever happened while it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import av
import pytest

from nanomeet_widget.server.media.remux import remux
from nanomeet_widget.server.protocol.frames import Frame, FrameError, Kind, Track
from tests.unit.server.clips import SECOND, clip
from tests.unit.server.playing import muxer_of, play, recorded, setups, write


def test_picture_and_sound_come_back(tmp_path: Path) -> None:
    seen = play(recorded(tmp_path / "a.mp4", clip()))
    assert seen.sizes == [(160, 96)] * 30
    assert seen.brightness == sorted(seen.brightness)
    assert seen.picture_times == pytest.approx([n / 30 for n in range(30)], abs=0.002)
    assert len(seen.sound_times) == pytest.approx(50, abs=2)
    assert seen.loudness > 0.1


def test_a_recording_without_sound_is_a_recording(tmp_path: Path) -> None:
    seen = play(recorded(tmp_path / "a.mp4", clip(sound=False)))
    assert len(seen.sizes) == 30
    assert seen.sound_times == []


def test_time_begins_with_the_first_picture(tmp_path: Path) -> None:
    late = clip(start=3_600 * SECOND)
    early_sound = [
        Frame(kind=Kind.MEDIA, track=Track.AUDIO, timestamp=3_599 * SECOND, payload=b"\xfc")
    ]
    seen = play(recorded(tmp_path / "a.mp4", late, [*early_sound, *late.media]))
    assert seen.picture_times[0] == pytest.approx(0, abs=0.001)
    assert seen.sound_times[0] == pytest.approx(0, abs=0.03)


def test_it_begins_with_a_keyframe(tmp_path: Path) -> None:
    whole = clip(sound=False)
    seen = play(recorded(tmp_path / "a.mp4", whole, whole.media[1:]))
    assert len(seen.sizes) == 15


def test_a_picture_after_a_halt_stands_where_it_was_taken(tmp_path: Path) -> None:
    whole = clip(4)
    # The audio continues, in fragments of its own.
    media = [
        frame
        for frame in whole.media
        if frame.track is Track.AUDIO or frame.timestamp % SECOND < SECOND * 0.55
    ]
    recorded(tmp_path / "a.mp4", whole, media)
    remux(tmp_path / "a.mp4", tmp_path / "b.mp4")
    taken = [frame.timestamp / SECOND for frame in media if frame.track is Track.VIDEO]
    for name in ("a.mp4", "b.mp4"):
        with av.open(str(tmp_path / name)) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
        at = [float(p.pts * p.time_base) for p in packets if p.pts is not None]
        assert at == pytest.approx(taken, abs=0.001)


def test_a_new_size_in_the_middle_stays_in_the_file(tmp_path: Path) -> None:
    first = clip()
    second = clip(start=SECOND, width=96, height=64)
    muxer = muxer_of(tmp_path / "a.mp4", first)
    write(muxer, first.media)
    muxer.setup(setups(second)[0])
    for frame in second.media:
        muxer.write(frame, frame.timestamp)
    muxer.close()
    remux(tmp_path / "a.mp4", tmp_path / "b.mp4")
    for name in ("a.mp4", "b.mp4"):
        seen = play(tmp_path / name)
        assert seen.sizes == [(160, 96)] * 30 + [(96, 64)] * 30
        assert seen.brightness[30:] == sorted(seen.brightness[30:])


def test_times_that_repeat_do_no_harm(tmp_path: Path) -> None:
    whole = clip(sound=False)
    twice = [frame for frame in whole.media for _ in range(2)]
    assert len(play(recorded(tmp_path / "a.mp4", whole, twice)).picture_times) == 60


def test_what_is_written_can_be_read_before_the_end(tmp_path: Path) -> None:
    whole = clip(2)
    muxer = muxer_of(tmp_path / "a.mp4", whole)
    write(muxer, whole.media)
    # As after a killed process: without a trailer, and not closed.
    (tmp_path / "copy.mp4").write_bytes((tmp_path / "a.mp4").read_bytes())
    remux(tmp_path / "copy.mp4", tmp_path / "whole.mp4")
    assert play(tmp_path / "whole.mp4").picture_times[-1] > 2 - 0.5
    muxer.close()


def test_a_track_that_stops_does_not_hold_back_the_other(tmp_path: Path) -> None:
    whole = clip(4)
    muxer = muxer_of(tmp_path / "a.mp4", whole)
    write(muxer, [f for f in whole.media if f.track is Track.VIDEO or f.timestamp < SECOND])
    assert play(tmp_path / "a.mp4").picture_times[-1] > 4 - 0.5
    muxer.close()


@pytest.mark.parametrize("codec", ["vp9", "av1"])
def test_other_codecs_are_recorded(tmp_path: Path, codec: Literal["vp9", "av1"]) -> None:
    remux(recorded(tmp_path / "a.mp4", clip(codec=codec)), tmp_path / "b.mp4")
    for name in ("a.mp4", "b.mp4"):
        with av.open(str(tmp_path / name)) as container:
            assert container.streams.video[0].codec_context.codec.canonical_name == codec
        seen = play(tmp_path / name)
        assert seen.sizes == [(160, 96)] * 30
        assert seen.brightness == sorted(seen.brightness)
        assert len(seen.sound_times) == pytest.approx(50, abs=2)


def test_sound_alone_is_recorded(tmp_path: Path) -> None:
    remux(recorded(tmp_path / "a.mp4", clip(codec=None)), tmp_path / "b.mp4")
    for name in ("a.mp4", "b.mp4"):
        with av.open(str(tmp_path / name)) as container:
            assert [stream.type for stream in container.streams] == ["audio"]
            sound = list(container.decode(audio=0))
        assert sum(frame.samples for frame in sound) == pytest.approx(48_000, abs=2_000)


def test_another_codec_in_the_middle_does_not_fit(tmp_path: Path) -> None:
    muxer = muxer_of(tmp_path / "a.mp4", clip())
    with pytest.raises(FrameError, match="does not fit"):
        muxer.setup(setups(clip(codec="vp9"))[0])
    muxer.close()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        muxer_of(tmp_path / "a.mp4", clip())
    assert (tmp_path / "a.mp4").read_bytes() == b"mine"
