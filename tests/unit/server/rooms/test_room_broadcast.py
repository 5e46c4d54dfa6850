"""Tests of `rooms.room_broadcast`: starting, stopping, pausing, pushing and taking over."""

from __future__ import annotations

import pytest

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol import common, ingest, meeting, watch
from tests.unit.server.broadcasting import Stage, Successor, payloads, state, states
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PUSH_URL, Page, Sender, Viewer, claims
from tests.unit.server.wire import PICTURE, SOUND, VP9, media, setup


def test_a_newcomer_meets_the_live_broadcast(house: House) -> None:
    Stage(house).live()
    assert house.guest().welcome.broadcast.state is BroadcastStatus.LIVE


def test_a_second_start_is_refused(house: House) -> None:
    stage = Stage(house)
    stage.page.ask(meeting.StartBroadcast(ref=2))
    assert (stage.page.last(common.Error).kind, stage.page.last(common.Error).ref) == (
        "conflict",
        2,
    )


def test_stopping_is_acknowledged_when_it_is_off(house: House) -> None:
    stage = Stage(house).live()
    stage.page.ask(meeting.StopBroadcast(ref=2))
    assert states(stage.page)[-2:] == [BroadcastStatus.STOPPING, BroadcastStatus.OFF]
    assert stage.page.last(meeting.Ack).ref == 2
    assert stage.sender.farewell is not None
    assert stage.sender.farewell.failed is False


def test_stopping_nothing_is_refused(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.StopBroadcast(ref=1))
    assert anna.last(common.Error).kind == "conflict"


def test_stopping_before_it_is_live_answers_both_requests(house: House) -> None:
    stage = Stage(house)
    stage.page.ask(meeting.StopBroadcast(ref=2))
    assert stage.page.last(common.Error).ref == 1
    assert stage.page.last(meeting.Ack).ref == 2


def test_the_last_one_leaving_ends_it(house: House) -> None:
    stage = Stage(house).live()
    stage.page.leave()
    assert stage.sender.farewell is not None
    assert house.broadcasts.active is False
    assert house.clock.pending == 0


def test_errors_are_for_moderators(house: House) -> None:
    guest = house.guest()
    stage = Stage(house)
    house.clock.advance(house.config.patience.first_picture + 1)
    assert stage.page.last(meeting.BroadcastChanged).broadcast.trouble is not None
    assert guest.last(meeting.BroadcastChanged).broadcast.trouble is None


def test_the_title_is_the_subject(house: House) -> None:
    stage = Stage(house).live()
    viewer = stage.watch()
    assert viewer.last(watch.StreamState).title == "R"
    stage.page.ask(meeting.SetSubject(subject="Lesson"))
    assert viewer.last(watch.StreamState).title == "Lesson"


def test_the_next_page_goes_on_in_the_same_codec(house: House) -> None:
    stage = Stage(house, quality="540p")
    assert stage.connect()
    stage.send(setup(PICTURE, **VP9), setup(SOUND), media(0, key=True))
    second = house.moderator()
    stage.page.leave()
    granted = second.last(meeting.IngestGranted)
    assert (granted.codec, granted.quality) == ("vp9", "540p")


def pause(page: Page, ref: int, *, paused: bool = True) -> None:
    page.ask(meeting.PauseBroadcast(paused=paused, ref=ref))


def acknowledged(page: Page) -> list[int]:
    return [ack.ref for ack in page.all(meeting.Ack)]


def test_it_is_paused_when_the_page_that_sends_it_says_so(house: House) -> None:
    stage = Stage(house).live()
    viewer, other = stage.watch(), house.moderator()
    pause(other, 5)
    assert acknowledged(other) == []
    assert viewer.last(watch.StreamState).shows == "stage"
    assert stage.page.last(meeting.ShowBroadcast).shows == "paused"
    assert not other.all(meeting.ShowBroadcast)
    stage.page.ask(meeting.BroadcastShown(shows="paused"))
    assert acknowledged(other) == [5]
    assert other.last(meeting.BroadcastChanged).broadcast.shows == "paused"
    assert viewer.last(watch.StreamState).shows == "paused"
    pause(stage.page, 6, paused=False)
    assert stage.page.last(meeting.ShowBroadcast).shows == "stage"
    stage.page.ask(meeting.BroadcastShown(shows="stage"))
    assert acknowledged(stage.page)[-1] == 6
    assert house.guest().welcome.broadcast.shows == "stage"


def test_what_is_so_already_is_acknowledged_at_once(house: House) -> None:
    stage = Stage(house).live()
    pause(stage.page, 5, paused=False)
    assert acknowledged(stage.page)[-1] == 5
    assert not stage.page.all(meeting.ShowBroadcast)


def test_a_paused_start_shows_the_stage_once_it_is_resumed(house: House) -> None:
    stage = Stage(house, paused=True)
    stage.live()
    assert stage.told.shows == "soon"
    pause(stage.page, 5)
    assert (acknowledged(stage.page)[-1], stage.told.shows) == (5, "soon")
    pause(stage.page, 6, paused=False)
    stage.page.ask(meeting.BroadcastShown(shows="stage"))
    assert (acknowledged(stage.page)[-1], stage.told.shows) == (6, "stage")


def test_only_the_page_that_sends_it_knows_what_is_shown(house: House) -> None:
    stage = Stage(house).live()
    guest, other = house.guest(), house.moderator()
    for page in (guest, other):
        page.ask(meeting.BroadcastShown(shows="paused"))
    assert stage.page.last(meeting.BroadcastChanged).broadcast.shows == "stage"
    pause(guest, 1)
    assert guest.last(common.Error).kind == "forbidden"


def test_the_opposite_request_has_the_last_word(house: House) -> None:
    stage = Stage(house).live()
    other = house.moderator()
    pause(other, 5)
    pause(stage.page, 6, paused=False)
    refusal = other.last(common.Error)
    assert (refusal.kind, refusal.ref) == ("conflict", 5)
    stage.page.ask(meeting.BroadcastShown(shows="paused"))
    assert 6 not in acknowledged(stage.page)
    stage.page.ask(meeting.BroadcastShown(shows="stage"))
    assert 6 in acknowledged(stage.page)


def test_a_repeated_pause_is_answered_once(house: House) -> None:
    stage = Stage(house).live()
    pause(stage.page, 5)
    pause(stage.page, 6)
    assert stage.page.last(common.Error).ref == 5
    stage.page.ask(meeting.BroadcastShown(shows="paused"))
    assert acknowledged(stage.page)[-1] == 6


def test_the_next_page_goes_on_with_the_card(house: House) -> None:
    stage = Stage(house).live()
    second = house.moderator()
    pause(second, 5)
    stage.page.leave()
    assert second.last(meeting.IngestGranted).shows == "paused"
    second.ask(meeting.BroadcastShown(shows="paused"))
    assert acknowledged(second) == [5]


def test_the_end_of_a_broadcast_answers_pending_pauses(house: House) -> None:
    stage = Stage(house)
    pause(stage.page, 4)
    assert stage.page.last(common.Error).ref == 4
    stage.live()
    pause(stage.page, 5)
    stage.page.ask(meeting.StopBroadcast(ref=6))
    refusal = stage.page.last(common.Error)
    assert (refusal.kind, refusal.ref) == ("conflict", 5)


def test_another_moderators_page_takes_over(house: House) -> None:
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
    # The old ingest ticket is no longer valid, and the old page is told so.
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

    # It has its own clock and its own set-up.
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


def test_a_lost_page_has_a_moment_before_another_takes_over(house: House) -> None:
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


def test_a_page_that_cannot_send_is_asked_once(house: House) -> None:
    stage = Stage(house)
    first, second = house.moderator(), house.moderator()
    stage.live()
    stage.page.leave()
    assert len(first.all(meeting.IngestGranted)) == 1
    assert not second.all(meeting.IngestGranted)
    # The first page does nothing.
    house.clock.advance(house.config.patience.ingest)
    assert len(second.all(meeting.IngestGranted)) == 1
    assert house.broadcasts.by_ingest_ticket(first.last(meeting.IngestGranted).ticket) is None
    # The second page says that it cannot.
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
def test_a_moderator_who_joins_in_time_takes_over(house: House, how: str) -> None:
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


def test_a_reloaded_page_gets_the_ingest_ticket_again(house: House) -> None:
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


def told(page: Page) -> list[tuple[str, str]]:
    state = page.last(meeting.BroadcastChanged).broadcast
    return [(target.host, target.state) for target in state.targets]


def start(house: House, *to: str) -> Stage:
    stage = Stage(house)
    stage.page.ask(meeting.StopBroadcast())
    stage.page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(to=list(to)), ref=7))
    if to and house.pushes:
        stage.granted = stage.page.last(meeting.IngestGranted)
    return stage


def test_moderators_hear_how_each_target_fares(house: House) -> None:
    guest = house.guest()
    stage = start(house, PUSH_URL, "rtmps://other.example.org/a/SECRETKEY").live()
    first, second = house.pushes
    assert told(stage.page) == [
        ("live.example.org", "connecting"),
        ("other.example.org", "connecting"),
    ]
    second.state = "live"
    assert second.on_change is not None
    second.on_change()
    assert told(stage.page)[1] == ("other.example.org", "live")
    assert told(guest) == []
    assert "SECRET" not in repr(stage.page.sent)
    stage.page.ask(meeting.StopBroadcast())
    assert first.closed
    assert second.closed
    assert told(stage.page) == []


def test_a_wrong_address_is_refused_in_words(house: House) -> None:
    stage = start(house, "rtmp://live.example.org/SECRETKEY")
    error = stage.page.last(common.Error)
    assert (error.kind, error.ref) == ("invalid", 7)
    assert "SECRET" not in error.message
    assert house.pushes == []


def test_participants_push_nothing(house: House) -> None:
    guest = house.guest()
    assert guest.try_all(
        [meeting.StartBroadcast(options=common.BroadcastOptions(to=[PUSH_URL]), ref=1)]
    ) == [("forbidden", 1)]


@pytest.mark.parametrize("how", ["leaves", "is_lost", "is_unable"])
def test_no_page_goes_on_with_a_programs_broadcast(house: House, how: str) -> None:
    stage = Stage(house, program=True).live()
    second = house.moderator()
    assert second.welcome.broadcast.program
    if how == "leaves":
        stage.page.leave()
    elif how == "is_lost":
        stage.lose()
        house.clock.advance(house.config.patience.ingest - 0.1)
        assert house.guest().welcome.broadcast.state is BroadcastStatus.LIVE
        house.clock.advance(0.2)
    else:
        stage.page.ask(meeting.StopBroadcast(ref=2, unable=True))
        assert stage.page.last(meeting.Ack).ref == 2
    told = state(second)
    assert told.state is BroadcastStatus.OFF
    assert told.trouble is not None
    assert told.trouble.kind == "broadcast_program"
    assert not second.all(meeting.IngestGranted)
    # The next one is the stage's again.
    second.ask(meeting.StartBroadcast(ref=7))
    assert second.all(meeting.IngestGranted)
    assert not state(second).program


@pytest.mark.parametrize("wrong", ["silent", "nonsense", "too much"])
def test_what_is_wrong_with_a_programs_broadcast_is_said_of_the_program(
    house: House, wrong: str
) -> None:
    stage = Stage(house, program=True)
    if wrong == "silent":
        house.clock.advance(house.config.patience.first_picture)
    else:
        assert stage.connect()
        broadcast = house.broadcasts.by_ingest_ticket(stage.granted.ticket)
        assert broadcast is not None
        for _ in range(4):
            data = b"nonsense" if wrong == "nonsense" else bytes(3_000_000)
            broadcast.receive(stage.sender, data)
    told = state(stage.page)
    assert told.trouble is not None
    assert told.trouble.message.startswith("The program that broadcasts ")
    assert "page" not in told.trouble.message


def test_a_program_that_comes_back_in_time_sends_on(house: House) -> None:
    stage = Stage(house, program=True).live()
    second = house.moderator()
    stage.lose()
    house.clock.advance(house.config.patience.hand_over + 0.1)
    again = Sender()
    assert stage.connect(again)
    stage.send(setup(), media(90_000, key=True), sender=again)
    house.clock.advance(house.config.patience.ingest)
    assert house.guest().welcome.broadcast.state is BroadcastStatus.LIVE
    assert not second.all(meeting.IngestGranted)


def test_a_moderator_ends_and_pauses_a_programs_broadcast(house: House) -> None:
    stage = Stage(house, program=True).live()
    second = house.moderator()
    pause(second, 3)
    assert stage.page.last(meeting.ShowBroadcast).shows == "paused"
    second.ask(meeting.BroadcastShown(shows="paused"))
    assert acknowledged(second) == []
    stage.page.ask(meeting.BroadcastShown(shows="paused"))
    assert acknowledged(second) == [3]
    second.ask(meeting.StopBroadcast(ref=4))
    assert acknowledged(second) == [3, 4]
    assert stage.sender.farewell is not None


def test_a_participants_program_broadcasts_nothing(house: House) -> None:
    house.moderator()
    guest = house.guest()
    guest.ask(meeting.StartBroadcast(ref=1, program=True))
    assert (guest.last(common.Error).kind, guest.last(common.Error).ref) == ("forbidden", 1)
    assert not house.broadcasts.active
