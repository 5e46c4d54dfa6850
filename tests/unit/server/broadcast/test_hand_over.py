"""A broadcast outlives the page that sends it: another moderator's goes on, and viewers hear of it."""

from __future__ import annotations

import pytest

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol import ingest, meeting, watch
from tests.unit.server.broadcast.test_broadcast import Stage, payloads, states
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, Sender, Viewer, claims
from tests.unit.server.wire import SOUND, media, setup


def state(page: Page) -> meeting.BroadcastState:
    return page.last(meeting.BroadcastChanged).broadcast


class Successor:
    """Another moderator, whose page does as it is asked."""

    def __init__(self, house: House, page: Page) -> None:
        self.house = house
        self.page = page
        self.sender = Sender()

    @property
    def ticket(self) -> str:
        return self.page.last(meeting.IngestGranted).ticket

    def send(self, *data: bytes) -> None:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.ticket)
        assert broadcast is not None
        assert self.sender.sent or broadcast.attach(self.sender)
        for part in data:
            broadcast.receive(self.sender, part)


def test_another_moderators_page_goes_on_where_the_first_one_left(house: House) -> None:
    guest = house.guest()
    stage = Stage(house, record=True)
    next_one = Successor(house, house.moderator())
    stage.live()
    (tape,) = house.tapes
    assert tape.on_open is not None
    tape.on_open(None)
    viewer = stage.watch()
    since = state(guest).since

    stage.page.leave()
    # The old ticket is worth nothing, and the old page is told so in good order.
    assert house.broadcasts.by_ingest_ticket(stage.granted.ticket) is None
    assert stage.sender.farewell == ingest.IngestEnded(
        reason="Another page takes over.", failed=False
    )
    assert viewer.state == "waiting"
    assert viewer.last(watch.StreamState).since == since
    assert (state(guest).state, state(guest).broadcaster) == (
        BroadcastStatus.LIVE,
        next_one.page.id,
    )

    # Its clock and its picture are its own.
    next_one.send(setup(width=320, height=180), setup(SOUND), media(7000, key=True, payload=b"n"))
    assert viewer.state == "live"
    assert payloads(viewer)[-1] == b"n"
    assert (state(guest).state, state(guest).since) == (BroadcastStatus.LIVE, since)
    assert state(next_one.page).trouble is None
    assert [entry.width for entry in tape.entries if isinstance(entry, Setup)][-2:] == [320, 0]
    assert tape.on_done is None
    house.clock.advance(120)
    assert states(guest)[-1] is BroadcastStatus.LIVE
    late = stage.watch()
    assert payloads(late) == [b"n"]


def test_a_lost_page_is_waited_for_a_moment_before_another_is_asked(house: House) -> None:
    stage = Stage(house)
    other = house.moderator()
    stage.live()
    stage.lose()
    house.clock.advance(house.config.patience.hand_over - 0.1)
    back = Sender()
    assert stage.connect(back)
    house.clock.advance(60)
    assert not other.all(meeting.IngestGranted)
    broadcast = house.broadcasts.by_ingest_ticket(stage.granted.ticket)
    assert broadcast is not None
    broadcast.detach(back)
    house.clock.advance(house.config.patience.hand_over)
    assert other.all(meeting.IngestGranted)
    assert not stage.connect(Sender())


def test_who_cannot_send_is_asked_once(house: House) -> None:
    stage = Stage(house)
    first, second = house.moderator(), house.moderator()
    stage.live()
    stage.page.leave()
    assert len(first.all(meeting.IngestGranted)) == 1
    assert not second.all(meeting.IngestGranted)
    # The first one's page does nothing.
    house.clock.advance(house.config.patience.ingest)
    assert len(second.all(meeting.IngestGranted)) == 1
    assert house.broadcasts.by_ingest_ticket(first.last(meeting.IngestGranted).ticket) is None
    # The second one's says that it cannot.
    second.ask(meeting.StopBroadcast(unable=True, ref=5))
    assert second.last(meeting.Ack).ref == 5
    assert (state(first).state, state(first).broadcaster) == (BroadcastStatus.LIVE, None)
    house.clock.advance(house.config.patience.successor)
    assert states(first)[-1] is BroadcastStatus.OFF
    assert len(first.all(meeting.IngestGranted)) == 1


def test_without_a_moderator_viewers_wait_and_it_ends(house: House) -> None:
    guest = house.guest()
    stage = Stage(house).live()
    viewer = stage.watch()
    stage.page.leave()
    assert viewer.state == "waiting"
    assert state(guest).broadcaster is None
    house.clock.advance(house.config.patience.successor - 1)
    assert states(guest)[-1] is BroadcastStatus.LIVE
    house.clock.advance(1)
    assert states(guest)[-1] is BroadcastStatus.OFF
    assert viewer.state == "ended"
    guest.leave()
    assert house.clock.pending == 0


@pytest.mark.parametrize("how", ["comes", "granted", "climbs"])
def test_a_moderator_who_turns_up_in_time_goes_on(house: House, how: str) -> None:
    house.guest()
    stage = Stage(house)
    other = house.guest() if how == "granted" else house.moderator()
    if how == "climbs":
        other.ask(meeting.LeaveStage())
    elif how == "comes":
        other.leave()
    stage.live()
    if how == "granted":
        stage.page.ask(meeting.GrantModerator(id=other.id))
    stage.page.leave()
    house.clock.advance(0 if how == "granted" else 10)
    if how == "comes":
        other = house.moderator()
    elif how == "climbs":
        assert not other.all(meeting.IngestGranted)
        other.ask(meeting.EnterStage())
    next_one = Successor(house, other)
    next_one.send(setup(), media(1, key=True))
    house.clock.advance(120)
    assert states(other)[-1] is BroadcastStatus.LIVE
    assert state(other).broadcaster == other.id


def test_a_page_that_was_loaded_anew_gets_the_ticket_again(house: House) -> None:
    token = claims(moderator=True)
    page = house.page().join(token, person="person-of-this-browser")
    page.ask(meeting.StartBroadcast(ref=1))
    first = Successor(house, page)
    first.send(setup(), media(0, key=True))
    broadcast = house.broadcasts.by_ingest_ticket(first.ticket)
    assert broadcast is not None
    broadcast.detach(first.sender)
    page.lose()
    back = Successor(house, house.page().join(token, person="person-of-this-browser"))
    assert back.page.id == page.id
    back.send(setup(), media(3, key=True))
    house.clock.advance(120)
    assert states(back.page)[-1:] in ([], [BroadcastStatus.LIVE])
    assert back.page.welcome.broadcast.state is BroadcastStatus.LIVE


def test_a_failing_page_that_does_not_send_it_ends_nothing(house: House) -> None:
    stage = Stage(house).live()
    other = house.moderator()
    other.ask(meeting.StopBroadcast(unable=True, ref=1))
    assert other.last(meeting.Ack).ref == 1
    assert states(stage.page)[-1] is BroadcastStatus.LIVE
    assert stage.sender.farewell is None


def test_the_stage_is_left_to_another(house: House) -> None:
    stage = Stage(house)
    other = house.moderator()
    stage.live()
    stage.page.ask(meeting.LeaveStage())
    assert state(other).broadcaster == other.id
    assert stage.sender.farewell is not None


def test_stopping_ends_it_while_it_waits_too(house: House) -> None:
    guest = house.guest()
    stage = Stage(house)
    other = house.moderator()
    stage.live()
    viewer: Viewer = stage.watch()
    stage.page.leave()
    other.ask(meeting.StopBroadcast(ref=1))
    assert other.last(meeting.Ack).ref == 1
    assert states(guest)[-1] is BroadcastStatus.OFF
    assert viewer.state == "ended"
    other.leave()
    guest.leave()
    assert house.clock.pending == 0


def test_a_moderators_page_that_cannot_compose_is_passed_over(house: House) -> None:
    stage = Stage(house)
    unable = house.moderator(composes=False)
    next_one = house.moderator()
    stage.live()
    stage.page.leave()
    assert not unable.all(meeting.IngestGranted)
    assert next_one.all(meeting.IngestGranted)
