"""Tests of `media.codec_header`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget.server.media.codec_header import read_avcc
from nanomeet_widget.server.protocol.frames import (
    FrameError,
)


@pytest.mark.parametrize("data", [b"\x01\x42\x00\x1f", b"\x01\x42\x00\x1f\xff\xe1\x00\x09ab"])
def test_a_truncated_avcc_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError, match="truncated"):
        read_avcc(data)


@given(st.binary(min_size=7, max_size=100))
def test_any_avcc_is_one_or_refused(data: bytes) -> None:
    try:
        configuration = read_avcc(data)
    except FrameError:
        return
    assert sum(map(len, configuration.parameter_sets)) < len(data)
