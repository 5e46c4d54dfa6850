"""Tests of `broadcast.outgoing`."""

from __future__ import annotations

from hypothesis import given

from nanomeet_widget.server.broadcast.outgoing import outgoing
from nanomeet_widget.server.protocol.frames import Frame
from tests.unit.server.wire import any_frame


@given(any_frame)
def test_a_viewer_gets_the_bytes_that_were_sent(frame: Frame) -> None:
    data = frame.encode()
    sent = outgoing(frame, data)
    assert sent.wire.endswith(data)
    assert sent.frame() == frame
