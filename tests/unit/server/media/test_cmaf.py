"""Tests of `media.cmaf`: FFmpeg reads the fragments."""

from __future__ import annotations

import io
import json
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import InputContainer

from nanomeet_widget.server.media.cmaf import Sample, fragment, init_segment
from nanomeet_widget.server.media.tracks import Setup, read_setup
from nanomeet_widget.server.protocol.frames import Frame, Track
from tests.unit.server.clips import SECOND, Clip, clip


def file_of(of: Clip, track: Track, *, together: int = 1) -> bytes:
    """A track's file, with a number of frames in each fragment."""
    (setup,) = (read_setup(frame) for frame in of.setups if frame.track is track)
    frames = [frame for frame in of.media if frame.track is track]
    parts = [frames[at : at + together] for at in range(0, len(frames), together)]
    return init_segment(setup) + b"".join(
        fragment(track, part[0].timestamp, [sample(frame) for frame in part]) for part in parts
    )


def reading(file: bytes) -> InputContainer:
    return av.open(io.BytesIO(file), "r", format="mp4")


def sample(frame: Frame) -> Sample:
    keyframe = frame.keyframe or frame.track is Track.AUDIO
    return Sample(frame.payload, frame.duration, keyframe)


@pytest.mark.parametrize("together", [1, 7])
def test_the_picture_is_what_was_sent(together: int) -> None:
    whole = clip(2)
    with reading(file_of(whole, Track.VIDEO, together=together)) as container:
        (stream,) = container.streams
        assert (stream.codec_context.name, stream.time_base) == ("h264", Fraction(1, 90_000))
        packets = [packet for packet in container.demux() if packet.size]
    sent = [frame for frame in whole.media if frame.track is Track.VIDEO]
    assert [bytes(packet) for packet in packets] == [frame.payload for frame in sent]
    assert [packet.is_keyframe for packet in packets] == [frame.keyframe for frame in sent]
    for packet, frame in zip(packets, sent, strict=True):
        assert packet.pts is not None
        assert packet.pts / 90_000 == pytest.approx(frame.timestamp / SECOND, abs=2e-5)
    with reading(file_of(whole, Track.VIDEO, together=together)) as container:
        grey = [picture.to_ndarray(format="gray").mean() for picture in container.decode(video=0)]
    assert len(grey) == 60
    assert grey == sorted(grey)


def test_the_sound_is_what_was_sent() -> None:
    whole = clip(1)
    with reading(file_of(whole, Track.AUDIO)) as container:
        packets = [bytes(packet) for packet in container.demux() if packet.size]
    assert packets == [frame.payload for frame in whole.media if frame.track is Track.AUDIO]
    with reading(file_of(whole, Track.AUDIO)) as container:
        (stream,) = container.streams.audio
        assert (stream.codec_context.name, stream.codec_context.channels) == ("opus", 2)
        assert max(float(np.abs(s.to_ndarray()).max()) for s in container.decode(audio=0)) > 0.1


@pytest.mark.parametrize("track", Track)
def test_a_strict_reader_has_nothing_to_say(track: Track, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(file_of(clip(1), track))
    command = ["ffprobe", "-v", "warning", "-strict", "2", "-err_detect", "explode"]
    command += ["-show_streams", "-count_frames", "-of", "json", str(tmp_path / "a.mp4")]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    assert not said.stderr
    (stream,) = json.loads(said.stdout)["streams"]
    expected = 30 if track is Track.VIDEO else 50
    assert int(stream["nb_read_frames"]) == pytest.approx(expected, abs=2)


def test_a_stream_that_has_run_for_a_month_keeps_its_time() -> None:
    month = 30 * 24 * 3600 * SECOND
    setup = read_setup(clip(0.1).setups[0])
    part = fragment(Track.VIDEO, month, [sample(frame) for frame in clip(0.1, sound=False).media])
    with reading(init_segment(setup) + part) as container:
        first = next(container.demux())
    assert first.pts == month * 9 // 100


def test_lengths_do_not_drift() -> None:
    thirds = [Sample(b"x", 33_333, keyframe=True)] * 3000
    whole = fragment(Track.VIDEO, 0, thirds)
    with reading(init_segment(read_setup(clip(0.1).setups[0])) + whole) as container:
        last = [packet for packet in container.demux() if packet.size][-1]
    assert last.pts is not None
    assert last.pts / 90_000 == pytest.approx(2999 * 0.033333, abs=2e-5)


def test_a_table_of_channels_goes_along() -> None:
    head = b"OpusHead\x01\x06\x38\x01\x80\xbb\x00\x00\x00\x00\x01\x04\x02\x00\x04\x01\x02\x03\x05"
    setup = Setup(track=Track.AUDIO, codec="opus", description=head, channels=6)
    with reading(init_segment(setup)) as container:
        extradata = container.streams.audio[0].codec_context.extradata
    assert extradata is not None
    assert extradata[9] == 6
    assert extradata[18:] == head[18:]
