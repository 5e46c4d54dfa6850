"""Tests of `protocol.frames`, with any bytes, and on the same bytes as its twin in TypeScript."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget.server.protocol import frames
from nanomeet_widget.server.protocol.frames import (
    HEADER_SIZE,
    MAX_FRAME,
    Frame,
    FrameError,
    Kind,
    Track,
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


CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[3] / "frames.json").read_text())


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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_both_sides_read_the_same(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["bytes"])
    expected = case["frame"]
    if expected is None:
        with pytest.raises(FrameError):
            decode(data)
        return
    frame = Frame(
        kind=Kind(expected["kind"]),
        track=Track(expected["track"]),
        timestamp=expected["timestamp"],
        payload=bytes.fromhex(expected["payload"]),
        duration=expected["duration"],
        keyframe=expected["keyframe"],
    )
    assert decode(data) == frame
    assert frame.encode() == data


@pytest.mark.parametrize("size", [0, 1, 16, MAX_FRAME + 1])
def test_sizes_that_no_frame_has_are_refused(size: int) -> None:
    with pytest.raises(FrameError, match="bytes"):
        decode(bytes([1, 2]) + bytes(size)[2:])
