"""Tests of `rooms.viewer_count`: moderators learn how many people watch."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from tests.unit.server.broadcasting import composed, watched
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Viewer


def test_moderators_hear_how_many_watch_but_not_of_each(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.StartBroadcast())
    composed(house, anna.last(meeting.IngestGranted))
    for _ in range(5):
        watched(house, meeting.StageFeed(stream="stream"))
    assert [v.viewers for v in anna.all(meeting.ViewersChanged)] == [1]
    house.clock.advance(1)
    assert [v.viewers for v in anna.all(meeting.ViewersChanged)] == [1, 5]
    house.clock.advance(10)
    assert len(anna.all(meeting.ViewersChanged)) == 2
    assert not ben.all(meeting.ViewersChanged)
    assert house.moderator().welcome.viewers == 5
    assert house.guest().welcome.viewers == 0
    anna.ask(meeting.StopBroadcast())
    assert anna.last(meeting.ViewersChanged).viewers == 0


def test_waiting_viewers_are_counted_when_it_begins(house: House) -> None:
    viewer = Viewer()
    channel = house.broadcasts.watch("stream", viewer)
    anna = house.moderator()
    anna.ask(meeting.StartBroadcast())
    assert anna.last(meeting.ViewersChanged).viewers == 1
    house.clock.advance(2)
    channel.leave(viewer)
    channel.leave(viewer)
    assert anna.last(meeting.ViewersChanged).viewers == 0
