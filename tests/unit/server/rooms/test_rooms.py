"""Who gets into a room, what he hears there, and how he leaves it."""

from __future__ import annotations

from nanomeet_widget import _tokens
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms.cleaning import clean_name
from tests.unit.server.conftest import House
from tests.unit.server.fakes import claims

PERSON = "person-of-a-browser"


def test_a_newcomer_meets_who_is_there_and_they_hear_of_him(house: House) -> None:
    anna = house.moderator(name="Anna", audio=True, video=True)
    ben = house.guest(name="Ben")
    assert [p.name for p in ben.welcome.participants] == ["Anna"]
    assert ben.welcome.participants[0].video is True
    assert anna.last(meeting.Joined).participant.name == "Ben"
    assert anna.last(meeting.Joined).participant.moderator is False


def test_the_role_is_the_tokens(house: House) -> None:
    assert house.moderator().welcome.own.moderator is True
    assert house.guest().welcome.own.moderator is False


def test_rooms_do_not_hear_each_other(house: House) -> None:
    anna = house.moderator()
    other = house.page().join(claims(room="Other"))
    assert not anna.all(meeting.Joined)
    assert other.welcome.participants == []


def test_a_signal_reaches_the_one_it_is_for(house: House) -> None:
    anna, ben, eve = house.moderator(), house.guest(), house.guest()
    offer = meeting.Description(type="offer", sdp="v=0")
    anna.ask(meeting.Signal(to=ben.id, description=offer))
    assert ben.last(meeting.Signalled).sender == anna.id
    assert ben.last(meeting.Signalled).description == offer
    assert not ben.last(meeting.Signalled).restart
    anna.ask(meeting.Signal(to=ben.id, restart=True))
    assert ben.last(meeting.Signalled).restart
    assert not eve.all(meeting.Signalled)


def test_a_change_is_told_to_everybody_once(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ben.ask(meeting.Media(audio=True, video=False))
    ben.ask(meeting.Media(audio=True, video=False))
    for page in (anna, ben):
        (told,) = page.all(meeting.Updated)
        assert (told.participant.id, told.participant.audio) == (ben.id, True)


def test_a_new_name_is_cleaned_told_and_acknowledged(house: House) -> None:
    anna, ben = house.moderator(), house.guest(name="Ben")
    ben.ask(meeting.Rename(name=" B\u202een\n\x07 K. ", ref=5))
    assert anna.last(meeting.Updated).participant.name == "Ben K."
    assert ben.last(meeting.Ack).ref == 5


def test_nobody_is_nameless() -> None:
    assert clean_name(" \u200b ") == "Guest"


def test_who_leaves_is_gone_at_once(house: House) -> None:
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


def test_who_comes_back_too_late_is_told_that_the_place_was_not_kept(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token)
    ben.lose()
    house.clock.advance(house.config.patience.resume + 0.1)
    back = house.page().join(token, resume=ben.welcome.resume)
    assert back.welcome.kept is False
    assert anna.last(meeting.Joined).participant.id == back.id


def test_who_comes_back_in_time_has_missed_nothing(house: House) -> None:
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
    # But not for ever, and no other person with the same link.
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


def test_a_room_has_an_end_of_places(house: House) -> None:
    for _ in range(house.config.limits.participants):
        assert house.guest().who is not None
    late = house.guest()
    assert late.who is None
    assert late.farewell is not None
    assert (late.farewell.kind, late.farewell.retry) == ("room_full", True)


def test_a_class_that_knocks_at_once_finds_a_place_in_the_lobby(house: House) -> None:
    house.moderator().ask(meeting.SetLobby(active=True))
    link = claims()
    knocking = [house.page().join(link, person=f"{PERSON}{number}") for number in range(100)]
    assert all(page.all(meeting.Waiting) for page in knocking)
    late = house.page().join(link, person=PERSON)
    assert late.farewell is not None
    assert (late.farewell.kind, late.farewell.retry) == ("lobby_full", True)
    assert "lobby" in late.farewell.message


def test_a_token_that_ends_ends_the_visit(house: House) -> None:
    anna = house.moderator()
    brief = house.page().join(claims(valid=-_tokens.LEEWAY - 1))
    house.clock.advance(0)
    assert brief.farewell is not None
    assert brief.farewell.kind == "token_expired"
    assert anna.last(meeting.Left).id == brief.id


def test_kicked_is_out_and_stays_out(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token)
    anna.ask(meeting.Kick(id=ben.id, ref=1))
    assert ben.farewell is not None
    assert ben.farewell.kind == "kicked"
    assert anna.last(meeting.Left) == meeting.Left(id=ben.id, reason="kicked", by=anna.id)
    assert anna.last(meeting.Ack).ref == 1
    for fields in ({}, {"resume": ben.welcome.resume}):
        again = house.page().join(token, **fields)
        assert again.farewell is not None
        assert again.farewell.kind == "kicked"


def test_a_room_that_ended_has_forgotten_who_was_kicked(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token)
    anna.ask(meeting.Kick(id=ben.id))
    anna.leave()
    assert house.page().join(token).who is not None


def test_a_moderator_cannot_lock_himself_out(house: House) -> None:
    token = claims(moderator=True)
    anna, twin = house.page().join(token), house.page().join(token)
    anna.ask(meeting.Kick(id=anna.id, ref=1))
    assert anna.last(common.Error).kind == "invalid"
    anna.ask(meeting.Kick(id=twin.id))
    assert house.page().join(token).who is not None


def test_kicking_nobody_is_refused(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.Kick(id="00000000", ref=1))
    assert anna.last(common.Error).kind == "not_found"


def test_the_subject_is_everybodys(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.SetSubject(subject="  Lesson\n1 ", ref=1))
    assert ben.last(meeting.RoomChanged).state.subject == "Lesson 1"
    assert anna.last(meeting.Ack).ref == 1


# --- lobby -------------------------------------------------------------------------------------


def test_with_a_lobby_a_guest_waits_until_he_is_let_in(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    ben = house.guest(name="Ben")
    assert ben.last(meeting.Waiting).id == ben.id
    assert not ben.all(meeting.Welcome)
    assert anna.last(meeting.Knock).name == "Ben"
    anna.ask(meeting.Admit(id=ben.id, admitted=True, ref=1))
    assert ben.welcome.own.id == ben.id
    assert anna.last(meeting.KnockEnded).id == ben.id
    assert anna.last(meeting.Joined).participant.id == ben.id
    assert anna.last(meeting.Ack).ref == 1


def test_who_is_refused_goes(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    ben = house.guest()
    anna.ask(meeting.Admit(id=ben.id, admitted=False, ref=1))
    assert ben.farewell is not None
    assert ben.farewell.kind == "refused"
    anna.ask(meeting.Admit(id=ben.id, admitted=True, ref=2))
    assert anna.last(common.Error).kind == "not_found"


def test_guests_in_the_room_do_not_hear_of_the_lobby(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.SetLobby(active=True))
    house.guest()
    assert not ben.all(meeting.Knock)


def test_a_moderator_passes_the_lobby_and_sees_who_waits(house: House) -> None:
    house.moderator().ask(meeting.SetLobby(active=True))
    waiting = house.guest(name="Ben")
    assert [k.id for k in house.moderator().welcome.knocking] == [waiting.id]


def test_opening_the_doors_lets_everybody_in(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    ben = house.guest()
    anna.ask(meeting.SetLobby(active=False))
    assert ben.welcome.own.id == ben.id


def test_who_goes_away_from_the_lobby_waits_no_more(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    ben = house.guest()
    ben.lose()
    assert anna.last(meeting.KnockEnded).id == ben.id


# --- password ----------------------------------------------------------------------------------


def test_a_password_is_asked_for_and_tried_again(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetPassword(password="sesame"))
    token, page = claims(), house.page()
    page.join(token)
    assert page.last(meeting.PasswordRequired).wrong is False
    page.join(token, password="open")
    assert page.last(meeting.PasswordRequired).wrong is True
    assert page.who is None
    page.join(token, password="sesame")
    assert page.welcome.state.locked is True


def test_moderators_need_no_password(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    assert house.moderator().who is not None


def test_an_empty_password_is_none(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetPassword(password="sesame"))
    anna.ask(meeting.SetPassword(password=""))
    assert anna.last(meeting.RoomChanged).state.locked is False
    assert house.guest().who is not None


def test_the_password_opens_the_lobby_too(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetPassword(password="sesame"))
    anna.ask(meeting.SetLobby(active=True))
    assert house.guest().all(meeting.Waiting)
    assert house.guest(password="sesame").all(meeting.Welcome)


def test_a_right_password_costs_nothing_however_many_come_at_once(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    shared = claims()
    for number in range(60):
        assert house.page().join(shared, person=PERSON + str(number), password="sesame").who


def test_guessing_is_rationed(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    page, link = house.page(), claims()
    for number in range(6):
        page.join(link, person=PERSON, password=str(number))
    assert page.last(common.Error).kind == "too_many_attempts"
    # Not even the right one is looked at: it could be the next guess.
    assert page.join(link, person=PERSON, password="sesame").who is None
    house.clock.advance(60)
    assert page.join(link, person=PERSON, password="sesame").who is not None


def test_one_guesser_locks_out_no_one_else(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    link = claims()
    for number in range(100):
        house.page().join(link, person=PERSON, password=str(number))
    assert house.page().join(link, person=PERSON + "2", password="sesame").who is not None
    # Nor does one who pretends to be another person each time, but for those with the same link.
    for number in range(100):
        house.page().join(link, person=PERSON + str(number), password=str(number))
    assert house.page().join(claims(), person=PERSON, password="sesame").who is not None
    assert house.page().join(claims(), password="sesame").who is not None


def test_all_guesses_together_are_rationed(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    asked = [house.page().join(claims(), password=str(number)) for number in range(400)]
    compared = sum(bool(page.all(meeting.PasswordRequired)) for page in asked)
    assert 100 <= compared < 200


# --- mute --------------------------------------------------------------------------------------


def test_muting_everyone_is_done_when_the_last_page_says_so(house: House) -> None:
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


def test_who_does_not_mute_is_named(house: House) -> None:
    anna = house.moderator()
    house.guest(name="Ben", audio=True)
    anna.ask(meeting.MuteEveryone(ref=1))
    house.clock.advance(house.config.patience.mute + 1)
    error = anna.last(common.Error)
    assert (error.kind, error.ref) == ("timeout", 1)
    assert "Ben" in error.message
    assert not anna.all(meeting.Ack)


# --- the room's own life -----------------------------------------------------------------------


def test_an_empty_room_leaves_nothing_behind(house: House) -> None:
    anna, ben = house.moderator(), house.guest(audio=True)
    anna.ask(meeting.MuteEveryone())
    anna.leave()
    ben.leave()
    house.clock.advance(house.config.patience.mute)
    assert house.clock.pending == 0


def test_the_end_of_the_server_is_told(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.SetLobby(active=True))
    waiting = house.guest()
    house.rooms.close(meeting.Bye(kind="server_stopping", message="bye", retry=True))
    for page in (anna, ben, waiting):
        assert page.farewell is not None
        assert page.farewell.kind == "server_stopping"


def test_events_are_noted(house: House) -> None:
    anna = house.moderator()
    ben = house.guest()
    anna.ask(meeting.Kick(id=ben.id))
    anna.leave()
    kinds = [kind for _, kind, _ in house.store.events("R")]
    assert kinds == ["joined", "joined", "kicked", "left"]
