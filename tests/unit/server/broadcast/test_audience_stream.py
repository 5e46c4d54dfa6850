"""A private broadcast is seen by those who have its link, and by nobody else."""

from __future__ import annotations

import pytest

from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.protocol import common, decoding, meeting
from nanomeet_widget.server.store.store import Store
from tests.unit.server.broadcast.test_broadcast import Stage
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, Viewer
from tests.unit.server.rooms.test_audience_feed import feed, send


def private(house: House) -> Stage:
    stage = Stage(house)
    stage.page.ask(meeting.StopBroadcast())
    stage.page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(private=True)))
    stage.granted = stage.page.last(meeting.IngestGranted)
    return stage.live()


def ticket(page: Page) -> str:
    playout = page.last(meeting.BroadcastChanged).broadcast.playout
    assert playout is not None
    address, _, fragment = playout.live.partition("#")
    assert address == "http://here/live/stream"
    return fragment.removeprefix("ticket=")


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
        house.broadcasts.watch("stream", viewer, ticket=ticket(stage.page))
    assert [viewer.state for viewer in viewers] == ["live"] * 3


def test_without_it_nobody_sees_anything(house: House) -> None:
    stage = private(house)
    for given in (None, "", "wrong", ticket(stage.page)[:-1]):
        assert refused(house, given)
    assert house.broadcasts.public("stream") is None
    stage.page.ask(meeting.StopBroadcast())
    # Nor do they hear of its end.
    assert refused(house, None)


def test_who_watched_before_is_sent_away(house: House) -> None:
    waiting = Viewer()
    house.broadcasts.watch("stream", waiting)
    private(house)
    assert waiting.dismissed is not None
    assert waiting.frames == []


def test_each_broadcast_has_a_ticket_of_its_own(house: House) -> None:
    stage = private(house)
    old = ticket(stage.page)
    viewer = Viewer()
    house.broadcasts.watch("stream", viewer, ticket=old)
    stage.page.ask(meeting.StopBroadcast())
    stage.page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(private=True)))
    stage.granted = stage.page.last(meeting.IngestGranted)
    stage.live()
    assert ticket(stage.page) != old
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


def test_the_rooms_own_audience_sees_it(small: House) -> None:
    anna, _, eve = small.moderator(), small.guest(), small.guest()
    anna.ask(meeting.StartBroadcast(options=common.BroadcastOptions(private=True)))
    send(small, anna.all(meeting.IngestGranted)[-1])
    told = feed(eve)
    assert (told.stream, told.ticket) == ("stream", ticket(anna))


def test_its_recording_has_a_name_that_nobody_guesses(store: Store) -> None:
    names = {store.recordings.begin("talk", taken=lambda _: False, private=True) for _ in range(9)}
    assert len(names) == 9
    for name in names:
        assert name.startswith("talk-")
        assert len(name) >= len("talk-") + 12
        store.recordings.end(name, duration=1.0)
    assert store.recordings.last("talk") is None
    assert len(store.recordings.all(stream="talk", limit=99, offset=0)) == 9


@pytest.mark.parametrize("value", [1, "yes", None])
def test_private_is_yes_or_no(value: object) -> None:
    text = common.encode({"type": "start_broadcast", "options": {"private": value}}).decode()
    with pytest.raises(decoding.InvalidMessageError, match="bool"):
        decoding.decode_client(text)
