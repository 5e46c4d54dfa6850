"""The binary frame, on the same bytes as its twin in the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nanomeet_widget.server.protocol.frames import MAX_FRAME, Frame, FrameError, Kind, Track, decode

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "frames.json").read_text())


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
