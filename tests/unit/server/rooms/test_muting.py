"""Tests of `rooms.muting`: muting is answered when the pages confirm."""

from __future__ import annotations

from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.conftest import House


def test_muting_everyone_is_done_when_all_pages_confirm(house: House) -> None:
    anna, ben, eve = house.moderator(audio=True), house.guest(audio=True), house.guest(audio=True)
    anna.ask(meeting.MuteEveryone(ref=1))
    assert not anna.all(meeting.MuteRequested)
    for page in (ben, eve):
        assert page.last(meeting.MuteRequested) == meeting.MuteRequested(media="audio", by=anna.id)
    ben.ask(meeting.Media(audio=False, video=False))
    assert not anna.all(meeting.Ack)
    eve.leave()
    assert anna.last(meeting.Ack).ref == 1


def test_muting_the_silent_is_done_at_once(house: House) -> None:
    anna = house.moderator()
    house.guest(audio=False)
    anna.ask(meeting.MuteEveryone(ref=1))
    assert anna.last(meeting.Ack).ref == 1


def test_pages_that_do_not_confirm_are_named(house: House) -> None:
    anna = house.moderator()
    house.guest(name="Ben", audio=True)
    anna.ask(meeting.MuteEveryone(ref=1))
    house.clock.advance(house.config.patience.mute + 1)
    error = anna.last(common.Error)
    assert (error.kind, error.ref) == ("timeout", 1)
    assert "Ben" in error.message
    assert not anna.all(meeting.Ack)


def test_muting_one_is_done_when_the_page_confirms(house: House) -> None:
    anna, ben, eve = house.moderator(), house.guest(audio=True), house.guest(audio=True)
    anna.ask(meeting.Mute(id=ben.id, ref=1))
    assert ben.last(meeting.MuteRequested) == meeting.MuteRequested(media="audio", by=anna.id)
    assert not eve.all(meeting.MuteRequested)
    assert not anna.all(meeting.Ack)
    ben.ask(meeting.Media(audio=False, video=False))
    assert anna.last(meeting.Ack).ref == 1


def test_a_shared_screen_is_a_picture_too(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ben.ask(meeting.Media(audio=False, video=False, screen=True))
    anna.ask(meeting.Mute(id=ben.id, media="video", ref=1))
    assert not anna.all(meeting.Ack)
    ben.ask(meeting.Media(audio=False, video=False, screen=False))
    assert anna.last(meeting.Ack).ref == 1


def test_a_page_that_does_not_confirm_is_reported(house: House) -> None:
    anna, ben = house.moderator(), house.guest(name="Ben", audio=True)
    anna.ask(meeting.Mute(id=ben.id, ref=1))
    house.clock.advance(house.config.patience.mute + 1)
    error = anna.last(common.Error)
    assert (error.kind, error.ref) == ("timeout", 1)
    assert "Ben" in error.message


def test_stepping_down_is_being_muted(house: House) -> None:
    anna, ben = house.moderator(), house.guest(audio=True)
    anna.ask(meeting.Mute(id=ben.id, ref=1))
    ben.ask(meeting.LeaveStage())
    assert anna.last(meeting.Ack).ref == 1
