"""Tests of `broadcast.broadcasts`: which broadcasts may begin, and who may send and watch."""

from __future__ import annotations

import pytest

from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.broadcasting import Stage
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Viewer, claims


def test_one_stream_is_sent_from_one_room(house: House) -> None:
    Stage(house)
    other = house.page().join(claims(moderator=True, room="Other"))
    other.ask(meeting.StartBroadcast(ref=1))
    assert other.last(common.Error).kind == "conflict"


def test_a_wrong_ticket_opens_nothing(house: House) -> None:
    stage = Stage(house)
    assert house.broadcasts.by_ingest_ticket(stage.granted.ticket[:-1] + "?") is None


def test_a_ticket_is_over_with_its_broadcast(house: House) -> None:
    stage = Stage(house).live()
    stage.page.ask(meeting.StopBroadcast())
    assert house.broadcasts.by_ingest_ticket(stage.granted.ticket) is None


def test_the_server_has_a_viewer_limit(house: House) -> None:
    Stage(house)
    for _ in range(house.config.limits.viewers):
        assert house.broadcasts.watch("stream", Viewer()) is not None
    with pytest.raises(WatchRefusedError) as refused:
        house.broadcasts.watch("stream", Viewer())
    assert refused.value.kind == "full"


def test_nothing_is_left_when_all_is_over(house: House) -> None:
    stage = Stage(house).live()
    stage.page.ask(meeting.StopBroadcast())
    stage.page.leave()
    assert house.broadcasts.active is False
    assert house.clock.pending == 0


def test_only_h264_is_pushed(house: House) -> None:
    to = ["rtmp://media.example/live/SECRET"]
    page = Stage(house, codec="av1", to=to).page
    refusal = page.last(common.Error)
    assert (refusal.kind, refusal.ref) == ("invalid", 1)
    assert "H.264" in refusal.message
    assert not page.all(meeting.IngestGranted)
    page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(to=to), ref=2))
    assert page.last(meeting.IngestGranted).codec == "h264"
