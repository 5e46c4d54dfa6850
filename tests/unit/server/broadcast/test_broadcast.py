"""Tests of `broadcast.broadcast`: from the request to the finished recording."""

from __future__ import annotations

import random

import pytest

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.protocol import common, ingest, meeting, watch
from nanomeet_widget.server.protocol.frames import HEADER_SIZE, Frame, Track
from tests.unit.server.broadcasting import Stage, sounding, states
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, Sender, claims
from tests.unit.server.spoiling import FRAMES, UNWRITTEN, noise, nothing_kept
from tests.unit.server.wire import PICTURE, SOUND, media, setup


def test_spoiled_frames_end_their_broadcast_and_nothing_else(house: House) -> None:
    chance = random.Random(7798)  # noqa: S311 - to be repeated
    right = [setup(), setup(SOUND), media(0, key=True), media(0.1), media(0.1, track=SOUND)]
    host = house.page().join(claims(moderator=True, valid=1e6), name="Host")
    ended = 0
    for _ in nothing_kept(FRAMES // 10):
        house.clock.advance(60)
        host.sent.clear()
        host.ask(meeting.StartBroadcast(options=common.BroadcastOptions(record=False), ref=1))
        broadcast = house.broadcasts.by_ingest_ticket(host.last(meeting.IngestGranted).ticket)
        assert broadcast is not None
        sender = Sender()
        assert broadcast.attach(sender)
        for data in right[: chance.randint(0, 3)]:
            broadcast.receive(sender, data)
        for _ in range(10):
            data = noise(chance, chance.choice(right))
            if chance.random() < 0.1:  # a set-up that no page could write
                content = '{"codec":"opus","x":' + chance.choice(UNWRITTEN) + "}"
                data = right[1][:HEADER_SIZE] + content.encode()
            broadcast.receive(sender, data)
        ended += sender.farewell is not None
        host.ask(meeting.StopBroadcast(ref=2))
    assert ended > FRAMES / 20
    # Another broadcast works.
    host.ask(meeting.StartBroadcast(options=common.BroadcastOptions(record=False), ref=3))
    assert host.last(meeting.Ack if host.all(meeting.Ack) else meeting.IngestGranted)


FULL = common.Trouble("recording_disk", "the disk is full")


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


def test_a_ticket_in_use_is_refused(house: House) -> None:
    stage = Stage(house).live()
    assert stage.connect(Sender()) is False
    assert stage.sender.farewell is None


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
    # Without a keyframe it could not be decoded.
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


def test_a_failed_recording_does_not_end_the_broadcast(house: House) -> None:
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


def test_a_chapter_keeps_its_time_with_late_pictures(house: House) -> None:
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
    # A reloaded page has another clock, and reports it.
    back = Sender()
    broadcast = house.broadcasts.by_ingest_ticket(stage.granted.ticket)
    assert broadcast is not None
    assert tape.on_open is not None
    tape.on_open(None)
    assert viewer.state == "live"
    assert broadcast.attach(back, 7_000)
    # Viewers must not compare its timestamps with earlier ones.
    assert viewer.state == "waiting"
    stage.send(setup(), setup(SOUND), sender=back)
    house.clock.advance(0.5)
    # The picture took half a second.
    stage.send(media(0.007, key=True), media(0.107), sender=back)
    assert tape.times[-2:] == [1_000_000, 1_100_000]
    assert viewer.state == "live"
    # Only its connection is lost: viewers notice nothing.
    broadcast.detach(back)
    house.clock.advance(0.2)
    assert broadcast.attach(Sender(), 707_000)
    assert viewer.state == "live"


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
    # It ends with the sender.
    broadcast.fall_behind(stage.sender, "encoder")
    stage.lose()
    assert trouble(other) is None
    assert stage.connect(Sender())
    stage.page.ask(meeting.StopBroadcast(ref=9))
    assert trouble(other) is None


def test_a_slow_connection_is_noticed_by_the_server(house: House) -> None:
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

    # Late pictures alone are the encoder's, which the page reports.
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


def test_the_page_that_sends_it_gets_the_options(house: House) -> None:
    granted = Stage(house, quality="720p", codec="vp9", paused=True).granted
    assert (granted.quality, granted.codec, granted.shows) == ("720p", "vp9", "soon")


def test_by_default_the_page_chooses(house: House) -> None:
    granted = Stage(house).granted
    assert (granted.quality, granted.codec, granted.shows) == ("360p", None, "stage")


def test_sound_alone_is_live_with_its_first_sound(house: House) -> None:
    stage = sounding(house)
    assert stage.page.last(meeting.Ack).ref == 1
    assert (stage.told.state, stage.told.quality) == (BroadcastStatus.LIVE, "audio")


def test_a_picture_has_no_place_in_it(house: House) -> None:
    stage = sounding(house)
    stage.send(setup())
    assert stage.told.state is BroadcastStatus.OFF
    assert stage.told.trouble is not None
    assert "sound alone" in stage.told.trouble.message


def test_its_recording_begins_with_the_sound(house: House) -> None:
    stage = sounding(house, record=True)
    (tape,) = house.tapes
    assert tape.opened is not None
    assert [each.track for each in tape.opened] == [Track.AUDIO]
    assert tape.on_open is not None
    tape.on_open(None)
    assert stage.told.state is BroadcastStatus.LIVE


def test_another_codec_than_the_one_that_was_asked_for_ends_it(house: House) -> None:
    stage = Stage(house, codec="vp9")
    assert stage.connect()
    stage.send(setup())
    assert stage.told.state is BroadcastStatus.FAILED
    assert stage.told.trouble is not None
    assert "vp9" in stage.told.trouble.message
