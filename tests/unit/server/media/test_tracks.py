"""Tests of `media.tracks`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol.frames import (
    Frame,
    FrameError,
    Kind,
    Track,
)


@given(st.sampled_from(Track), st.binary(min_size=1, max_size=200))
def test_any_set_up_is_one_or_refused(track: Track, payload: bytes) -> None:
    frame = Frame(kind=Kind.SETUP, track=track, timestamp=0, payload=payload)
    try:
        setup = read_setup(frame)
    except FrameError:
        return
    assert setup.track is track
