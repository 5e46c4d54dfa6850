"""Tests of `rooms.room`: entering, leaving, lost connections, and the room's end."""

from __future__ import annotations

from nanomeet_widget import _tokens
from nanomeet_widget.server.protocol import meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PERSON, claims


def test_a_newcomer_and_the_others_learn_of_each_other(house: House) -> None:
    anna = house.moderator(name="Anna", audio=True, video=True)
    ben = house.guest(name="Ben")
    assert [p.name for p in ben.welcome.participants] == ["Anna"]
    assert ben.welcome.participants[0].video is True
    assert anna.last(meeting.Joined).participant.name == "Ben"
    assert anna.last(meeting.Joined).participant.moderator is False


def test_the_role_is_the_tokens(house: House) -> None:
    assert house.moderator().welcome.own.moderator is True
    assert house.guest().welcome.own.moderator is False


def test_a_change_is_told_to_everyone_once(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ben.ask(meeting.Media(audio=True, video=False))
    ben.ask(meeting.Media(audio=True, video=False))
    for page in (anna, ben):
        (told,) = page.all(meeting.Updated)
        assert (told.participant.id, told.participant.audio) == (ben.id, True)


def test_a_participant_who_leaves_is_gone_at_once(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ben.leave()
    assert anna.last(meeting.Left) == meeting.Left(id=ben.id, reason="left")


def test_a_lost_connection_keeps_its_place_for_a_moment(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ben.lose()
    house.clock.advance(house.config.patience.resume - 0.1)
    assert not anna.all(meeting.Left)
    house.clock.advance(0.2)
    assert anna.last(meeting.Left) == meeting.Left(id=ben.id, reason="dropped")


def test_a_participant_who_returns_too_late_has_lost_their_place(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token)
    ben.lose()
    house.clock.advance(house.config.patience.resume + 0.1)
    back = house.page().join(token, resume=ben.welcome.resume)
    assert back.welcome.kept is False
    assert anna.last(meeting.Joined).participant.id == back.id


def test_a_participant_who_returns_in_time_missed_nothing(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token)
    ben.lose()
    anna.ask(meeting.Signal(to=ben.id, candidate=meeting.Candidate(candidate="c")))
    anna.ask(meeting.SetSubject(subject="New"))
    back = house.page().join(token, resume=ben.welcome.resume, audio=True)
    assert back.id == ben.id
    assert (ben.welcome.kept, back.welcome.kept) == (False, True)
    assert back.welcome.state.subject == "New"
    assert [type(m) for m in back.sent[:2]] == [meeting.Welcome, meeting.Signalled]
    assert not anna.all(meeting.Left)
    assert anna.last(meeting.Updated).participant.audio is True
    house.clock.advance(60)
    assert not anna.all(meeting.Left)


def test_a_second_place_takes_over_from_the_first(house: House) -> None:
    token = claims(moderator=True)
    first = house.page().join(token)
    second = house.page().join(token, resume=first.welcome.resume)
    assert first.farewell is not None
    assert first.farewell.kind == "replaced"
    first.lose()
    house.clock.advance(60)
    assert second.id == first.id
    assert second.farewell is None


def test_the_resume_secret_is_worth_nothing_with_another_token(house: House) -> None:
    anna = house.moderator()
    thief = house.page().join(claims(), resume=anna.welcome.resume)
    assert thief.id != anna.id
    assert anna.farewell is None


def test_the_others_do_not_wait_long_for_a_page_that_went_away(house: House) -> None:
    anna, ben, eve = house.moderator(), house.guest(person=PERSON), house.guest(person=PERSON)
    ben.lose()
    eve.unload()
    house.clock.advance(house.config.patience.reload)
    assert [gone.id for gone in anna.all(meeting.Left)] == [eve.id]
    house.clock.advance(house.config.patience.resume)
    assert [gone.id for gone in anna.all(meeting.Left)] == [eve.id, ben.id]


def test_a_quick_reload_is_not_noticed(house: House) -> None:
    anna, token = house.moderator(), claims()
    ben = house.page().join(token, person=PERSON)
    ben.unload()
    house.clock.advance(house.config.patience.reload - 0.1)
    assert house.page().join(token, person=PERSON).welcome.kept
    house.clock.advance(60)
    assert not anna.all(meeting.Left)


def test_a_slow_reload_comes_back_as_it_was(house: House) -> None:
    anna, token = house.moderator(), claims()
    ben = house.page().join(token, person=PERSON)
    ben.ask(meeting.RaiseHand(raised=True))
    anna.ask(meeting.SendToAudience(id=ben.id))
    anna.ask(meeting.SetPassword(password="sesame"))
    anna.ask(meeting.SetLobby(active=True))
    hand = anna.last(meeting.Updated).participant.hand
    ben.unload()
    house.clock.advance(house.config.patience.reload + 1)
    back = house.page().join(token, person=PERSON)
    assert (back.welcome.own.id, back.welcome.own.hand) == (ben.id, hand)
    assert back.welcome.own.stage is False
    # But not forever, and no other person with the same link.
    assert house.page().join(token, person=PERSON + "2").who is None or anna.all(meeting.Knock)
    back.unload()
    house.clock.advance(house.config.patience.resume + 1)
    late = house.page().join(token, person=PERSON)
    assert late.all(meeting.Waiting)


def test_a_room_of_one_waits_for_a_slow_reload(house: House) -> None:
    anna = house.page().join(claims(moderator=True), person=PERSON)
    anna.ask(meeting.SetSubject(subject="Rings"))
    anna.unload()
    house.clock.advance(house.config.patience.resume - 1)
    assert house.rooms.occupied


def test_a_full_room_refuses_newcomers(house: House) -> None:
    for _ in range(house.config.limits.participants):
        assert house.guest().who is not None
    late = house.guest()
    assert late.who is None
    assert late.farewell is not None
    assert (late.farewell.kind, late.farewell.retry) == ("room_full", True)


def test_a_class_that_arrives_at_once_fits_in_the_lobby(house: House) -> None:
    house.moderator().ask(meeting.SetLobby(active=True))
    link = claims()
    knocking = [house.page().join(link, person=f"{PERSON}{number}") for number in range(100)]
    assert all(page.all(meeting.Waiting) for page in knocking)
    late = house.page().join(link, person=PERSON)
    assert late.farewell is not None
    assert (late.farewell.kind, late.farewell.retry) == ("lobby_full", True)
    assert "lobby" in late.farewell.message


def test_an_expired_token_ends_the_connection(house: House) -> None:
    anna = house.moderator()
    brief = house.page().join(claims(valid=-_tokens.LEEWAY - 1))
    house.clock.advance(0)
    assert brief.farewell is not None
    assert brief.farewell.kind == "token_expired"
    assert anna.last(meeting.Left).id == brief.id


def test_an_empty_room_leaves_nothing_behind(house: House) -> None:
    anna, ben = house.moderator(), house.guest(audio=True)
    anna.ask(meeting.MuteEveryone())
    anna.leave()
    ben.leave()
    house.clock.advance(house.config.patience.mute)
    assert house.clock.pending == 0


def test_events_are_noted(house: House) -> None:
    anna = house.moderator()
    ben = house.guest()
    anna.ask(meeting.Kick(id=ben.id))
    anna.leave()
    kinds = [kind for _, kind, _ in house.store.events("R")]
    assert kinds == ["joined", "joined", "kicked", "left"]
