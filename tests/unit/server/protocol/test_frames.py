"""Whatever is sent: a frame comes back as it was, and what is none is said to be none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget.server.broadcast.stream import outgoing
from nanomeet_widget.server.media.codec_header import read_avcc
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol.frames import (
    HEADER_SIZE,
    Frame,
    FrameError,
    Kind,
    Track,
    decode,
)

FRAMES = st.builds(
    Frame,
    kind=st.sampled_from(Kind),
    track=st.sampled_from(Track),
    timestamp=st.integers(-(2**63), 2**63 - 1),
    payload=st.binary(min_size=1, max_size=70_000),
    duration=st.integers(0, 2**32 - 1),
    keyframe=st.booleans(),
)


@given(FRAMES)
def test_a_frame_comes_back_as_it_was(frame: Frame) -> None:
    assert decode(frame.encode()) == frame


@given(FRAMES)
def test_a_viewer_gets_the_bytes_that_were_sent(frame: Frame) -> None:
    data = frame.encode()
    sent = outgoing(frame, data)
    assert sent.wire.endswith(data)
    assert sent.frame() == frame


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    try:
        frame = decode(data)
    except FrameError:
        return
    assert len(data) > HEADER_SIZE
    assert frame.encode() == data


@given(st.sampled_from(Track), st.binary(min_size=1, max_size=200))
def test_any_set_up_is_one_or_refused(track: Track, payload: bytes) -> None:
    frame = Frame(kind=Kind.SETUP, track=track, timestamp=0, payload=payload)
    try:
        setup = read_setup(frame)
    except FrameError:
        return
    assert setup.track is track


@given(st.binary(min_size=7, max_size=100))
def test_any_avcc_is_one_or_refused(data: bytes) -> None:
    try:
        configuration = read_avcc(data)
    except FrameError:
        return
    assert sum(map(len, configuration.parameter_sets)) < len(data)
