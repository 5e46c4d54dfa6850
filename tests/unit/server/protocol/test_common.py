"""Tests of `protocol.common`."""

from __future__ import annotations

from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.fakes import PUSH_URL


def test_no_message_shows_the_address() -> None:
    assert "SECRET" not in repr(
        meeting.StartBroadcast(options=common.BroadcastOptions(to=[PUSH_URL]))
    )
