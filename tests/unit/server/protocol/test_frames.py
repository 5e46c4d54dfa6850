"""Tests of `protocol.frames`, with any bytes."""

from __future__ import annotations

import contextlib
import random

from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget.server.protocol import frames
from nanomeet_widget.server.protocol.frames import (
    HEADER_SIZE,
    Frame,
    FrameError,
    decode,
)
from tests.unit.server.spoiling import OTHERS, noise
from tests.unit.server.wire import any_frame, media


def test_a_frame_that_is_read_is_written_the_same() -> None:
    chance = random.Random(1)  # noqa: S311 - to be repeated
    for _ in range(OTHERS // 10):
        data = noise(chance, media(0.1, key=True, payload=b"picture"))
        with contextlib.suppress(frames.FrameError):
            assert frames.decode(data).encode() == data


@given(any_frame)
def test_a_frame_comes_back_as_it_was(frame: Frame) -> None:
    assert decode(frame.encode()) == frame


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    try:
        frame = decode(data)
    except FrameError:
        return
    assert len(data) > HEADER_SIZE
    assert frame.encode() == data
