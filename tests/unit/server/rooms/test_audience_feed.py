"""Tests of `rooms.audience_feed`: the stage as the audience sees it."""

from __future__ import annotations

import pytest

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.protocol import common, meeting, watch
from tests.unit.server.broadcasting import composed, watch_ticket, watched
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PERSON, Page, Sender, Viewer, claims

NOTHING = meeting.StageFeed(stream=None)


def grants(page: Page) -> list[meeting.IngestGranted]:
    return [g for g in page.all(meeting.IngestGranted) if g.purpose == "stage"]


def lose(house: House, granted: meeting.IngestGranted, sender: Sender) -> None:
    broadcast = house.broadcasts.by_ingest_ticket(granted.ticket)
    assert broadcast is not None
    broadcast.detach(sender)


def feed(page: Page) -> meeting.StageFeed:
    return page.last(meeting.StageFeed)


def forbidden(house: House, stream: str | None, ticket: str | None) -> bool:
    assert stream is not None
    viewer = Viewer()
    with pytest.raises(WatchRefusedError) as refused:
        house.broadcasts.watch(stream, viewer, ticket=ticket)
    return refused.value.kind == "forbidden" and not viewer.sent


def test_without_an_audience_no_page_is_asked(small: House) -> None:
    anna, ben = small.moderator(), small.guest()
    assert not grants(anna)
    assert not grants(ben)
    assert not small.broadcasts.active


def test_the_audience_sees_what_a_moderators_page_composes(small: House) -> None:
    ben, anna, eve = small.guest(), small.moderator(), small.guest()
    assert not grants(ben)
    (granted,) = grants(anna)
    assert eve.welcome.feed == NOTHING
    assert not eve.all(meeting.StageFeed)
    composed(small, granted)
    told = feed(eve)
    assert told.stream == granted.stream
    assert watched(small, told).frames
    assert not anna.all(meeting.StageFeed)
    assert not ben.all(meeting.StageFeed)


def test_a_client_that_does_not_watch_asks_no_page_and_learns_of_no_stream(small: House) -> None:
    anna = small.moderator()
    bot = small.guest(audience=True, watches=False)
    assert not bot.welcome.own.stage
    assert not grants(anna)
    eve = small.guest(audience=True)
    (granted,) = grants(anna)
    composed(small, granted)
    assert feed(eve).stream == granted.stream
    assert bot.welcome.feed == NOTHING
    assert not bot.all(meeting.StageFeed)


def test_a_page_that_comes_back_says_again_whether_it_watches(small: House) -> None:
    anna = small.moderator()
    token = claims()
    bot = small.page().join(token, audience=True, watches=False, person=PERSON)
    again = small.page().join(token, audience=True, watches=True, person=PERSON)
    assert again.welcome.own.id == bot.welcome.own.id
    assert len(grants(anna)) == 1


def test_only_the_audience_learns_of_the_stream(small: House) -> None:
    anna, _, eve = small.moderator(), small.guest(), small.guest()
    (granted,) = grants(anna)
    composed(small, granted)
    for page in (anna, eve):
        assert not page.all(meeting.BroadcastChanged)
    assert not small.tapes
    # The sender's grant does not allow watching.
    assert forbidden(small, granted.stream, granted.ticket)


def test_a_viewer_without_a_good_ticket_sees_nothing(small: House) -> None:
    anna, _, eve = small.moderator(), small.guest(), small.guest()
    composed(small, grants(anna)[0])
    told = feed(eve)
    for ticket in (None, "", "wrong", (told.ticket or "")[:-1], "\u00e4"):
        assert forbidden(small, told.stream, ticket)
    # A ticket is valid for its own stream only.
    assert forbidden(small, "another", told.ticket)


def test_each_of_the_audience_has_a_ticket_for_one_viewer(small: House) -> None:
    anna, _, eve, late = small.moderator(), small.guest(), small.guest(), small.guest()
    composed(small, grants(anna)[0])
    assert feed(eve).ticket != feed(late).ticket
    first = watched(small, feed(eve))
    other = watched(small, feed(late))
    second = watched(small, feed(eve))
    assert first.dismissed
    assert not second.dismissed
    assert not other.dismissed


def test_people_who_join_later_are_told_at_once(small: House) -> None:
    anna, _, _ = small.moderator(), small.guest(), small.guest()
    composed(small, grants(anna)[0])
    late = small.guest()
    assert watched(small, late.welcome.feed).frames
    assert not late.all(meeting.StageFeed)


@pytest.mark.parametrize("how", ["kicked", "left", "came up"])
def test_only_the_audience_may_watch(small: House, how: str) -> None:
    anna, ben, eve, _ = small.moderator(), small.guest(), small.guest(), small.guest()
    composed(small, grants(anna)[0])
    told = feed(eve)
    viewer = watched(small, told)
    if how == "kicked":
        anna.ask(meeting.Kick(id=eve.id))
    elif how == "left":
        eve.leave()
    else:
        ben.leave()
        anna.ask(meeting.InviteToStage(id=eve.id))
        eve.ask(meeting.EnterStage())
        assert feed(eve) == NOTHING
    assert viewer.dismissed
    assert forbidden(small, told.stream, told.ticket)


def test_when_the_page_that_composes_goes_the_next_one_does(small: House) -> None:
    anna, ben, eve = small.moderator(), small.guest(), small.guest()
    first = grants(anna)[0]
    sender = composed(small, first)
    old = watched(small, feed(eve))
    anna.leave()
    assert sender.farewell is not None
    assert old.state == "ended"
    assert old.dismissed
    assert feed(eve) == NOTHING
    (second,) = grants(ben)
    assert second.stream != first.stream
    composed(small, second)
    assert feed(eve).stream == second.stream


def test_a_page_in_the_audience_composes_no_more(small: House) -> None:
    anna, ben = small.moderator(), small.guest()
    anna.ask(meeting.SendToAudience(id=ben.id))
    sender = composed(small, grants(anna)[0])
    anna.ask(meeting.InviteToStage(id=ben.id))
    ben.ask(meeting.EnterStage())
    anna.ask(meeting.LeaveStage())
    assert sender.farewell is not None
    assert grants(ben)


def test_a_page_that_sends_nothing_is_not_asked_again_at_once(small: House) -> None:
    anna, ben, eve = small.moderator(), small.guest(), small.guest()
    small.clock.advance(small.config.patience.first_picture)
    assert (len(grants(anna)), len(grants(ben))) == (1, 1)
    composed(small, grants(ben)[0])
    assert feed(eve).stream == grants(ben)[0].stream


def test_asking_becomes_rarer_the_more_often_it_fails(small: House) -> None:
    anna, _, _ = small.moderator(), small.guest(), small.guest()
    small.clock.advance(3600)
    hour = len(grants(anna))
    assert 10 < hour < 60
    small.clock.advance(3600)
    assert len(grants(anna)) - hour <= 3600 / 60


def test_a_lost_ingest_is_asked_for_again(small: House) -> None:
    anna = small.moderator()
    anna.ask(meeting.LeaveStage())
    anna.ask(meeting.EnterStage())
    eve = small.guest()
    eve.ask(meeting.LeaveStage())
    sender = composed(small, grants(anna)[0])
    small.clock.advance(100)
    lose(small, grants(anna)[0], sender)
    small.clock.advance(small.config.patience.ingest)
    assert feed(eve) == NOTHING
    small.clock.advance(2)
    composed(small, grants(anna)[1])
    assert feed(eve).stream == grants(anna)[1].stream


def test_while_it_is_broadcast_the_audience_watches_that(small: House) -> None:
    anna, ben, eve = small.moderator(), small.guest(), small.guest()
    relay = composed(small, grants(anna)[0])
    viewer = watched(small, feed(eve))
    anna.ask(meeting.StartBroadcast(ref=1))
    public = anna.all(meeting.IngestGranted)[-1]
    assert public.purpose == "broadcast"
    assert relay.farewell is None
    composed(small, public)
    assert feed(eve) == meeting.StageFeed(stream="stream")
    assert relay.farewell is not None
    assert relay.farewell.failed is False
    assert viewer.dismissed
    assert small.guest().welcome.feed == meeting.StageFeed(stream="stream")
    assert watched(small, feed(eve)).frames
    anna.ask(meeting.StopBroadcast())
    assert feed(eve) == NOTHING
    assert len(grants(anna)) == 2
    assert not grants(ben)
    composed(small, grants(anna)[1])
    assert feed(eve).stream == grants(anna)[1].stream


def test_it_is_broadcast_from_the_stage_alone(small: House) -> None:
    anna, _ = small.moderator(), small.guest()
    late = small.moderator()
    assert late.try_all([meeting.StartBroadcast(ref=1)]) == [("audience", 1)]
    anna.ask(meeting.StartBroadcast())
    public = anna.all(meeting.IngestGranted)[-1]
    sender = composed(small, public)
    anna.ask(meeting.LeaveStage())
    assert sender.farewell is not None
    state = late.last(meeting.BroadcastChanged).broadcast
    # Eve has no picture of the stage either, and may enter it in time.
    assert (state.state, state.broadcaster) == (BroadcastStatus.LIVE, None)
    assert state.trouble is not None
    assert "stage" in state.trouble.message
    small.clock.advance(small.config.patience.successor)
    assert late.last(meeting.BroadcastChanged).broadcast.state is BroadcastStatus.OFF


def test_while_a_program_broadcasts_the_audience_watches_the_stage(small: House) -> None:
    anna, ben, eve = small.moderator(), small.guest(), small.guest()
    relay = composed(small, grants(anna)[0])
    program = small.moderator(watches=False)
    assert not program.welcome.own.stage
    assert program.try_all([meeting.StartBroadcast(ref=1, program=True)]) == []
    sender = composed(small, program.last(meeting.IngestGranted))
    told = eve.last(meeting.BroadcastChanged).broadcast
    assert (told.state, told.program) == (BroadcastStatus.LIVE, True)
    assert feed(eve).stream == grants(anna)[0].stream
    assert relay.farewell is None
    # What happens on the stage is none of its business.
    ben.ask(meeting.Media(audio=True, video=True, screen=True))
    anna.ask(meeting.SendToAudience(id=ben.id))
    program.ask(meeting.EnterStage())
    program.ask(meeting.LeaveStage())
    assert sender.farewell is None
    assert program.all(meeting.IngestGranted)[-1].purpose == "broadcast"
    program.ask(meeting.StopBroadcast())
    assert sender.farewell is not None
    assert relay.farewell is None


def test_without_an_audience_the_relay_ends_after_a_while(small: House) -> None:
    anna, _, eve = small.moderator(), small.guest(), small.guest()
    sender = composed(small, grants(anna)[0])
    eve.leave()
    small.clock.advance(small.config.patience.audience - 1)
    anna.ask(meeting.Media(audio=True, video=True))
    assert sender.farewell is None
    small.clock.advance(1.1)
    assert sender.farewell is not None
    assert sender.farewell.failed is False
    assert not small.broadcasts.active


def test_an_audience_that_is_back_soon_sees_the_same_relay(small: House) -> None:
    anna, _, eve = small.moderator(), small.guest(), small.guest()
    composed(small, grants(anna)[0])
    eve.leave()
    small.clock.advance(5)
    back = small.guest()
    small.clock.advance(60)
    assert back.welcome.feed.stream == grants(anna)[0].stream
    assert len(grants(anna)) == 1


def test_a_page_that_is_loaded_again_keeps_its_ticket(small: House) -> None:
    anna, _ = small.moderator(), small.guest()
    token = claims()
    first = small.page().join(token, person=PERSON)
    composed(small, grants(anna)[0])
    second = small.page().join(token, person=PERSON)
    assert second.welcome.feed == feed(first)


def test_the_relay_ends_with_the_room_and_with_the_server(small: House) -> None:
    anna, ben, eve = small.moderator(), small.guest(), small.guest()
    sender = composed(small, grants(anna)[0])
    anna.ask(meeting.EndMeeting())
    assert sender.farewell is not None
    assert not grants(ben)
    assert not small.broadcasts.active
    assert small.clock.pending == 0
    anna, ben, eve = small.moderator(), small.guest(), small.guest()
    composed(small, grants(anna)[0])
    over: list[bool] = []
    small.broadcasts.close(lambda: over.append(True))
    assert over
    assert feed(eve) == NOTHING
    assert not grants(ben)


def test_the_title_is_the_subject(small: House) -> None:
    anna, _, eve = small.moderator(), small.guest(), small.guest()
    composed(small, grants(anna)[0])
    viewer = watched(small, feed(eve))
    anna.ask(meeting.SetSubject(subject="Lesson"))
    assert viewer.last(watch.StreamState).title == "Lesson"


def test_a_page_that_cannot_compose_is_not_asked(small: House) -> None:
    anna, ben, eve = small.moderator(composes=False), small.guest(), small.guest()
    assert not grants(anna)
    assert eve.welcome.feed.possible
    composed(small, grants(ben)[0])
    assert feed(eve).stream is not None


def test_where_no_page_can_compose_the_audience_is_told(small: House) -> None:
    anna, ben = small.moderator(composes=False), small.guest(composes=False)
    eve = small.guest()
    assert not grants(anna)
    assert not grants(ben)
    assert not eve.welcome.feed.possible
    # In another browser it can.
    again = small.page().join(claims(moderator=True))
    assert not grants(again)
    ben.leave()
    anna.ask(meeting.InviteToStage(id=again.id))
    again.ask(meeting.EnterStage())
    assert feed(eve).possible
    assert grants(again)


def test_the_rooms_own_audience_sees_it(small: House) -> None:
    anna, _, eve = small.moderator(), small.guest(), small.guest()
    anna.ask(meeting.StartBroadcast(options=common.BroadcastOptions(private=True)))
    composed(small, anna.all(meeting.IngestGranted)[-1])
    told = feed(eve)
    assert (told.stream, told.ticket) == ("stream", watch_ticket(anna))
