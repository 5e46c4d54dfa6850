"""Tests of `broadcast.broadcast_stream`: private broadcasts, for viewers with the link."""

from __future__ import annotations

from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.broadcasting import Stage, watch_ticket
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Viewer


def private(house: House) -> Stage:
    stage = Stage(house)
    stage.page.ask(meeting.StopBroadcast())
    stage.page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(private=True)))
    stage.granted = stage.page.last(meeting.IngestGranted)
    return stage.live()


def refused(house: House, given: str | None) -> bool:
    viewer = Viewer()
    try:
        house.broadcasts.watch("stream", viewer, ticket=given)
    except WatchRefusedError as error:
        return error.kind == "forbidden" and not viewer.sent
    return False


def test_the_link_opens_it_for_as_many_as_have_it(house: House) -> None:
    stage = private(house)
    viewers = [Viewer() for _ in range(3)]
    for viewer in viewers:
        house.broadcasts.watch("stream", viewer, ticket=watch_ticket(stage.page))
    assert [viewer.state for viewer in viewers] == ["live"] * 3


def test_without_the_link_there_is_nothing_to_see(house: House) -> None:
    stage = private(house)
    for given in (None, "", "wrong", watch_ticket(stage.page)[:-1]):
        assert refused(house, given)
    assert house.broadcasts.public("stream") is None
    stage.page.ask(meeting.StopBroadcast())
    # Nor do they learn of its end.
    assert refused(house, None)


def test_viewers_without_the_link_are_dismissed(house: House) -> None:
    waiting = Viewer()
    house.broadcasts.watch("stream", waiting)
    private(house)
    assert waiting.dismissed is not None
    assert waiting.frames == []


def test_each_broadcast_has_a_ticket_of_its_own(house: House) -> None:
    stage = private(house)
    old = watch_ticket(stage.page)
    viewer = Viewer()
    house.broadcasts.watch("stream", viewer, ticket=old)
    stage.page.ask(meeting.StopBroadcast())
    stage.page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(private=True)))
    stage.granted = stage.page.last(meeting.IngestGranted)
    stage.live()
    assert watch_ticket(stage.page) != old
    assert refused(house, old)
    assert viewer.dismissed is not None


def test_the_next_one_may_be_public_again(house: House) -> None:
    private(house).page.ask(meeting.StopBroadcast())
    Stage(house).live()
    assert not refused(house, None)
    assert house.broadcasts.public("stream") is not None


def test_a_public_stream_takes_no_ticket(house: House) -> None:
    Stage(house).live()
    assert refused(house, "any")
