"""A broadcast from request to recording: what its sender, its room and its viewers hear."""

from __future__ import annotations

import pytest

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.protocol import common, ingest, meeting, watch
from nanomeet_widget.server.protocol.frames import Frame, Track
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, Sender, Viewer, claims
from tests.unit.server.wire import PICTURE, SOUND, media, setup

FULL = common.Trouble("recording_disk", "the disk is full")


class Stage:
    """A moderator who broadcasts."""

    def __init__(self, house: House, *, record: bool = False) -> None:
        self.house = house
        self.page = house.moderator()
        self.page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(record=record), ref=1))
        self.granted = self.page.last(meeting.IngestGranted)
        self.sender = Sender()

    def connect(self, sender: Sender | None = None) -> bool:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.granted.ticket)
        return broadcast is not None and broadcast.attach(sender or self.sender)

    def send(self, *data: bytes, sender: Sender | None = None) -> None:
        for part in data:
            broadcast = self.house.broadcasts.by_ingest_ticket(self.granted.ticket)
            assert broadcast is not None
            broadcast.receive(sender or self.sender, part)

    def lose(self) -> None:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.granted.ticket)
        assert broadcast is not None
        broadcast.detach(self.sender)

    def live(self) -> Stage:
        assert self.connect()
        self.send(setup(), setup(SOUND), media(0, key=True))
        return self

    def watch(self) -> Viewer:
        viewer = Viewer()
        assert self.house.broadcasts.watch("stream", viewer) is not None
        return viewer


def states(page: Page) -> list[BroadcastStatus]:
    return [m.broadcast.state for m in page.all(meeting.BroadcastChanged)]


def payloads(viewer: Viewer) -> list[bytes]:
    return [frame.wire[-1:] for frame in viewer.frames if not frame.setup]


def test_it_is_live_when_the_first_picture_is_there(house: House) -> None:
    guest = house.guest()
    stage = Stage(house)
    assert stage.page.last(meeting.BroadcastChanged).broadcast.broadcaster == stage.page.id
    assert not guest.all(meeting.IngestGranted)
    assert stage.connect()
    assert stage.sender.all(ingest.IngestReady)
    stage.send(setup())
    stage.send(setup(SOUND), media(0, track=SOUND))
    assert not stage.page.all(meeting.Ack)
    stage.send(media(0.02, key=True))
    assert stage.page.last(meeting.Ack).ref == 1
    assert states(guest) == [BroadcastStatus.STARTING, BroadcastStatus.LIVE]
    live = guest.last(meeting.BroadcastChanged).broadcast
    assert live.playout == meeting.Playout(live="http://here/live/stream")
    assert live.since is not None


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


def test_one_stream_is_sent_from_one_room(house: House) -> None:
    Stage(house)
    other = house.page().join(claims(moderator=True, room="Other"))
    other.ask(meeting.StartBroadcast(ref=1))
    assert other.last(common.Error).kind == "conflict"


def test_without_a_picture_it_fails_in_words_and_may_start_again(house: House) -> None:
    stage = Stage(house)
    assert stage.connect()
    house.clock.advance(house.config.patience.first_picture + 1)
    assert states(stage.page) == [BroadcastStatus.STARTING, BroadcastStatus.FAILED]
    error = stage.page.last(common.Error)
    assert (error.kind, error.ref) == ("broadcast_silent", 1)
    assert "sent nothing" in error.message
    assert stage.sender.farewell is not None
    assert stage.sender.farewell.failed is True
    stage.page.ask(meeting.StartBroadcast(ref=2))
    assert states(stage.page)[-1] is BroadcastStatus.STARTING


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


# --- the sender --------------------------------------------------------------------------------


def test_a_wrong_ticket_opens_nothing(house: House) -> None:
    stage = Stage(house)
    assert house.broadcasts.by_ingest_ticket(stage.granted.ticket[:-1] + "?") is None


def test_a_ticket_in_use_is_refused(house: House) -> None:
    stage = Stage(house).live()
    assert stage.connect(Sender()) is False
    assert stage.sender.farewell is None


def test_a_ticket_is_over_with_its_broadcast(house: House) -> None:
    stage = Stage(house).live()
    stage.page.ask(meeting.StopBroadcast())
    assert house.broadcasts.by_ingest_ticket(stage.granted.ticket) is None


def test_a_silent_sender_is_replaced(house: House) -> None:
    stage = Stage(house).live()
    house.clock.advance(2)
    assert stage.connect(Sender()) is True
    assert stage.sender.farewell is not None


def test_a_lost_sender_may_come_back(house: House) -> None:
    stage = Stage(house).live()
    stage.lose()
    house.clock.advance(house.config.patience.ingest - 1)
    back = Sender()
    assert stage.connect(back)
    house.clock.advance(60)
    assert states(stage.page)[-1] is BroadcastStatus.LIVE
    viewer = stage.watch()
    seen = len(viewer.frames)
    stage.send(setup(), media(5), sender=back)
    # Without a keyframe nobody could decode it.
    assert len(viewer.frames) == seen + 1
    stage.send(media(5.1, key=True), sender=back)
    assert len(viewer.frames) == seen + 2


def test_a_sender_that_stays_away_ends_it(house: House) -> None:
    stage = Stage(house).live()
    stage.lose()
    house.clock.advance(house.config.patience.ingest + house.config.patience.successor + 1)
    assert states(stage.page)[-2:] == [BroadcastStatus.STOPPING, BroadcastStatus.OFF]
    assert stage.page.last(meeting.BroadcastChanged).broadcast.trouble


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x01", "bytes"),
        (b"\x09" + media(0)[1:], "version"),
        (media(0)[:1] + b"\x07" + media(0)[2:], "Kind"),
        (media(0, track=SOUND), "before its set-up"),
        (setup(codec="theora"), "theora"),
        (setup(codec="avc1.42001f", description=None), "avcC"),
        (setup(codec="avc1.42001f", description="!!"), "readable"),
        (setup(width=None), "width"),
        (setup(width=8), "readable"),
        (setup(surprise=1), "readable"),
        (setup()[:-3], "readable"),
        (setup(SOUND, codec="mp4a.40.2"), "mp4a"),
    ],
)
def test_what_is_no_frame_ends_it_in_words(house: House, data: bytes, words: str) -> None:
    stage = Stage(house)
    assert stage.connect()
    stage.send(data)
    assert states(stage.page)[-1] is BroadcastStatus.FAILED
    assert stage.sender.farewell is not None
    assert words in stage.sender.farewell.reason
    assert words in stage.page.last(common.Error).message


def test_a_clock_that_runs_backwards_ends_it(house: House) -> None:
    stage = Stage(house).live()
    stage.send(media(100), media(1))
    assert states(stage.page)[-1] is BroadcastStatus.OFF


def test_a_flood_ends_it(house: House) -> None:
    stage = Stage(house).live()
    for _ in range(4):
        if stage.sender.farewell is None:
            stage.send(media(1, payload=bytes(4 * 1024 * 1024 - 100)))
    assert stage.sender.farewell is not None
    assert "more data than" in stage.sender.farewell.reason


# --- viewers -----------------------------------------------------------------------------------


def test_who_waits_gets_the_first_picture(house: House) -> None:
    stage = Stage(house)
    viewer = stage.watch()
    assert viewer.state == "waiting"
    stage.live()
    assert viewer.state == "live"
    assert [f.setup for f in viewer.frames] == [True, True, False]


def test_a_latecomer_gets_set_up_and_the_last_group_of_pictures(house: House) -> None:
    stage = Stage(house).live()
    stage.send(media(1, payload=b"a"), media(2, key=True, payload=b"b"))
    stage.send(media(2, track=SOUND, payload=b"c"), media(2.1, payload=b"d"))
    viewer = stage.watch()
    assert viewer.state == "live"
    assert [f.track for f in viewer.frames if f.setup] == [PICTURE, SOUND]
    assert payloads(viewer) == [b"b", b"c", b"d"]
    stage.send(media(2.2, payload=b"e"))
    assert payloads(viewer)[-1] == b"e"


def test_a_latecomer_to_an_old_picture_has_a_keyframe_made(house: House) -> None:
    stage = Stage(house).live()
    stage.watch()
    assert not stage.sender.all(ingest.KeyframeWanted)
    house.clock.advance(1.5)
    stage.watch()
    stage.watch()
    assert len(stage.sender.all(ingest.KeyframeWanted)) == 1


def test_a_new_set_up_replaces_the_old_one(house: House) -> None:
    stage = Stage(house).live()
    stage.send(setup(width=320, height=180), media(1, key=True, payload=b"k"))
    viewer = stage.watch()
    assert b'"width": 320' in viewer.frames[0].wire
    assert payloads(viewer) == [b"k"]


def test_a_group_of_pictures_without_end_is_not_kept(house: House) -> None:
    stage = Stage(house).live()
    for number in range(1, 60):
        house.clock.advance(1)
        stage.send(media(number, payload=bytes(500_000)))
    viewer = stage.watch()
    assert payloads(viewer) == []
    assert stage.sender.all(ingest.KeyframeWanted)


def test_the_end_and_the_next_beginning_are_told(house: House) -> None:
    stage = Stage(house).live()
    viewer = stage.watch()
    stage.page.ask(meeting.StopBroadcast())
    assert viewer.state == "ended"
    again = Stage(house).live()
    assert viewer.state == "live"
    assert again.page.all(meeting.Ack)


def test_the_title_is_the_subject(house: House) -> None:
    stage = Stage(house).live()
    viewer = stage.watch()
    assert viewer.last(watch.StreamState).title == "R"
    stage.page.ask(meeting.SetSubject(subject="Lesson"))
    assert viewer.last(watch.StreamState).title == "Lesson"


def test_there_is_an_end_of_viewers(house: House) -> None:
    for _ in range(house.config.limits.viewers):
        assert house.broadcasts.watch("stream", Viewer()) is not None
    with pytest.raises(WatchRefusedError) as refused:
        house.broadcasts.watch("stream", Viewer())
    assert refused.value.kind == "full"


# --- recording ---------------------------------------------------------------------------------


def test_it_is_live_when_the_recording_has_begun(house: House) -> None:
    stage = Stage(house, record=True).live()
    assert states(stage.page)[-1] is BroadcastStatus.STARTING
    (tape,) = house.tapes
    assert tape.opened is not None
    assert [setup.track for setup in tape.opened] == [PICTURE, SOUND]
    assert tape.opened[0].width == 640
    assert tape.on_open is not None
    tape.on_open(None)
    assert states(stage.page)[-1] is BroadcastStatus.LIVE
    playout = stage.page.last(meeting.BroadcastChanged).broadcast.playout
    assert playout is not None
    assert playout.vod == "http://here/vod/stream.mp4"
    (first,) = [e for e in tape.entries if isinstance(e, Frame)]
    assert first.keyframe


def test_it_is_off_when_the_recording_is_whole(house: House) -> None:
    stage = Stage(house, record=True).live()
    (tape,) = house.tapes
    assert tape.on_open is not None
    tape.on_open(None)
    viewer = stage.watch()
    stage.page.ask(meeting.StopBroadcast(ref=2))
    assert states(stage.page)[-1] is BroadcastStatus.STOPPING
    assert viewer.state == "live"
    assert tape.on_done is not None
    tape.on_done(None)
    assert states(stage.page)[-1] is BroadcastStatus.OFF
    assert stage.page.last(meeting.Ack).ref == 2
    assert viewer.last(watch.StreamState).vod == "http://here/vod/stream.mp4"


def test_a_recording_that_cannot_begin_fails_the_start(house: House) -> None:
    stage = Stage(house, record=True).live()
    assert house.tapes[0].on_open is not None
    house.tapes[0].on_open(FULL)
    assert states(stage.page)[-1] is BroadcastStatus.FAILED
    assert "the disk is full" in stage.page.last(common.Error).message


def test_a_recording_that_breaks_is_said_and_the_broadcast_goes_on(house: House) -> None:
    stage = Stage(house, record=True).live()
    (tape,) = house.tapes
    assert tape.on_open is not None
    tape.on_open(None)
    assert tape.on_error is not None
    tape.on_error(FULL)
    told = stage.page.last(meeting.BroadcastChanged).broadcast
    assert told.state is BroadcastStatus.LIVE
    assert told.trouble is not None
    assert told.trouble.kind == "recording_disk"
    assert "the disk is full" in told.trouble.message


def test_nothing_is_left_when_all_is_over(house: House) -> None:
    stage = Stage(house).live()
    stage.page.ask(meeting.StopBroadcast())
    stage.page.leave()
    assert house.broadcasts.active is False
    assert house.clock.pending == 0


def test_a_chapter_stands_where_it_began_though_pictures_come_late(house: House) -> None:
    stage = Stage(house, record=True).live()
    (tape,) = house.tapes
    for second in range(1, 5):
        house.clock.advance(1)
        stage.send(media(second, track=SOUND), media(second - 1, key=True))
    house.clock.advance(0.5)
    stage.page.ask(meeting.SetSubject(subject="Fractions"))
    assert tape.marked == [0, 4_500_000]


def test_a_sender_that_comes_back_goes_on_at_its_moment(house: House) -> None:
    stage = Stage(house, record=True).live()
    (tape,) = house.tapes
    stage.lose()
    house.clock.advance(1)
    viewer = stage.watch()
    # A page loaded again: its clock begins again, and it says so.
    back = Sender()
    broadcast = house.broadcasts.by_ingest_ticket(stage.granted.ticket)
    assert broadcast is not None
    assert tape.on_open is not None
    tape.on_open(None)
    assert viewer.state == "live"
    assert broadcast.attach(back, 7_000)
    # No viewer measures its pictures by the times of those before.
    assert viewer.state == "waiting"
    stage.send(setup(), setup(SOUND), sender=back)
    house.clock.advance(0.5)
    # The picture took half a second.
    stage.send(media(0.007, key=True), media(0.107), sender=back)
    assert tape.times[-2:] == [1_000_000, 1_100_000]
    assert viewer.state == "live"
    # Its connection alone is lost: viewers notice nothing.
    broadcast.detach(back)
    house.clock.advance(0.2)
    assert broadcast.attach(Sender(), 707_000)
    assert viewer.state == "live"


# --- what stays behind -------------------------------------------------------------------------


def trouble(page: Page) -> str | None:
    told = page.last(meeting.BroadcastChanged).broadcast.trouble
    return None if told is None else told.kind


def test_a_sender_says_what_stays_behind_and_moderators_are_told(house: House) -> None:
    stage = Stage(house).live()
    other = house.moderator()
    broadcast = house.broadcasts.by_ingest_ticket(stage.granted.ticket)
    assert broadcast is not None
    broadcast.fall_behind(Sender(), "encoder")
    assert trouble(stage.page) is None
    broadcast.fall_behind(stage.sender, "encoder")
    assert trouble(other) == "broadcast_slow_encoder"
    broadcast.fall_behind(stage.sender, "line")
    assert trouble(other) == "broadcast_slow_line"
    broadcast.fall_behind(stage.sender, None)
    assert trouble(other) is None
    # Nothing of it outlives the sender.
    broadcast.fall_behind(stage.sender, "encoder")
    stage.lose()
    assert trouble(other) is None
    assert stage.connect(Sender())
    stage.page.ask(meeting.StopBroadcast(ref=9))
    assert trouble(other) is None


def test_a_line_that_stays_behind_is_told_though_its_sender_cannot_say_so(house: House) -> None:
    stage = Stage(house)
    broadcast = house.broadcasts.by_ingest_ticket(stage.granted.ticket)
    assert broadcast is not None
    assert broadcast.attach(stage.sender, 0)
    stage.send(setup(), setup(SOUND), media(0, key=True))

    def second(number: int, late: dict[Track, float]) -> None:
        for tenth in range(10):
            house.clock.advance(0.1)
            for track in (PICTURE, SOUND):
                at = number + (tenth + 1) / 10 - late.get(track, 0)
                stage.send(media(at, track=track, key=True))

    # Pictures alone are late by their encoder, which is for the page to say.
    for number in range(8):
        second(number, {PICTURE: 0.9})
    assert not stage.sender.all(ingest.IngestLate)
    for number in range(8, 16):
        late = min(1.2, (number - 7) * 0.6)
        second(number, {PICTURE: max(0.9, late), SOUND: late})
    assert stage.sender.last(ingest.IngestLate).seconds == pytest.approx(1.2, abs=0.2)
    assert trouble(stage.page) == "broadcast_slow_line"
    for number in range(16, 24):
        second(number, {})
    assert trouble(stage.page) is None
