"""Tests of `rooms.moderation`."""

from __future__ import annotations

from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PERSON, Page, claims


def test_unmuting_is_the_choice_of_the_participant(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.AskToUnmute(id=ben.id, media="video", ref=1))
    assert ben.last(meeting.UnmuteAsked) == meeting.UnmuteAsked(media="video", by=anna.id)
    assert anna.last(meeting.Ack).ref == 1


def granted(house: House) -> tuple[Page, Page]:
    anna = house.moderator()
    ben = house.page().join(claims(jti="bens"), person=PERSON)
    anna.ask(meeting.GrantModerator(id=ben.id, ref=1))
    return anna, ben


def test_a_moderator_makes_another(house: House) -> None:
    anna, ben = granted(house)
    for page in (anna, ben):
        told = page.last(meeting.Updated).participant
        assert (told.id, told.moderator) == (ben.id, True)
    assert anna.last(meeting.Ack).ref == 1
    ben.ask(meeting.SetSubject(subject="Mine", ref=2))
    assert anna.last(meeting.RoomChanged).state.subject == "Mine"


def test_a_new_moderator_hears_what_moderators_know(house: House) -> None:
    anna = house.moderator()
    ben = house.guest()
    anna.ask(meeting.SetLobby(active=True))
    eve = house.guest(name="Eve")
    assert not ben.all(meeting.Knock)
    anna.ask(meeting.GrantModerator(id=ben.id))
    assert ben.last(meeting.Knock) == meeting.Knock(id=eve.id, name="Eve")
    assert ben.last(meeting.ViewersChanged).viewers == 0
    ben.ask(meeting.Admit(id=eve.id, admitted=True))
    assert eve.all(meeting.Welcome)


def test_a_granted_role_belongs_to_one_person(house: House) -> None:
    anna, ben = granted(house)
    assert house.page().join(claims(jti="bens"), person=PERSON).welcome.own.moderator is True
    assert ben.farewell is not None
    # Even after leaving in between, and with the room locked.
    anna.ask(meeting.SetClosed(closed=True))
    ben.leave()
    assert house.page().join(claims(jti="bens"), person=PERSON).welcome.own.moderator is True
    stranger = house.page().join(claims(jti="bens"), person="another-persons-browser")
    assert stranger.farewell is not None


def test_a_granted_role_without_browser_id_ends_on_leaving(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token)
    anna.ask(meeting.GrantModerator(id=ben.id))
    ben.lose()
    back = house.page().join(token, resume=ben.welcome.resume)
    assert back.welcome.own.moderator is True
    back.leave()
    assert house.page().join(token).welcome.own.moderator is False


def test_the_role_ends_with_the_room_and_with_being_sent_out(house: House) -> None:
    anna, ben = granted(house)
    anna.ask(meeting.Kick(id=ben.id))
    assert house.page().join(claims(jti="bens"), person=PERSON).farewell is not None
    anna.leave()
    anna, ben = granted(house)
    ben.leave()
    anna.leave()
    assert house.page().join(claims(jti="bens"), person=PERSON).welcome.own.moderator is False


def test_into_a_locked_room_come_moderators_alone(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.SetClosed(closed=True, ref=1))
    assert ben.last(meeting.RoomChanged).state.closed is True
    late = house.guest()
    assert late.farewell is not None
    assert (late.farewell.kind, late.farewell.retry) == ("room_closed", True)
    assert house.moderator().who is not None
    anna.ask(meeting.SetClosed(closed=False))
    assert house.guest().who is not None


def test_a_person_in_the_lobby_of_a_locked_room_can_be_admitted(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    ben = house.guest()
    anna.ask(meeting.SetClosed(closed=True))
    anna.ask(meeting.Admit(id=ben.id, admitted=True))
    assert ben.all(meeting.Welcome)


def test_a_spotlight_ends_when_the_participant_leaves(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.SetMain(id=ben.id, ref=1))
    assert ben.last(meeting.RoomChanged).state.main == ben.id
    assert house.guest().welcome.state.main == ben.id
    ben.leave()
    assert anna.last(meeting.RoomChanged).state.main is None
    anna.ask(meeting.SetMain(id=anna.id))
    anna.ask(meeting.SetMain(ref=2))
    assert anna.last(meeting.RoomChanged).state.main is None
    assert [a.ref for a in anna.all(meeting.Ack)] == [1, 2]


def test_admit_all_admits_until_the_room_is_full(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    waiting = [house.guest() for _ in range(3)]
    anna.ask(meeting.AdmitAll(ref=1))
    assert all(page.all(meeting.Welcome) for page in waiting)
    assert anna.last(meeting.Ack).ref == 1
    last = house.guest()
    for _ in range(house.config.limits.participants - 4):
        house.moderator()
    assert anna.try_all(
        [meeting.AdmitAll(ref=2), meeting.Admit(id=last.id, admitted=True, ref=3)]
    ) == [("room_full", 2), ("room_full", 3)]
    # They keep waiting, as a place may become free.
    assert last.farewell is None
    anna.ask(meeting.SetLobby(active=False))
    assert last.farewell is not None
    assert last.farewell.kind == "room_full"


def test_the_meeting_ends_for_everyone(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    lost = house.guest()
    lost.lose()
    anna.ask(meeting.SetLobby(active=True))
    waiting = house.guest()
    anna.ask(meeting.EndMeeting(ref=1))
    assert anna.last(meeting.Ack).ref == 1
    for page in (anna, ben, waiting):
        assert page.farewell is not None
        assert (page.farewell.kind, page.farewell.retry) == ("ended", False)
    assert house.clock.pending == 0


def test_an_invite_of_a_meeting_that_ended_opens_another(house: House) -> None:
    token = claims()
    anna, ben = house.moderator(), house.page().join(token, person=PERSON)
    anna.ask(meeting.SendChat(text="old"))
    anna.ask(meeting.SetClosed(closed=True))
    anna.ask(meeting.EndMeeting())
    again = house.page().join(token, person=PERSON)
    assert again.welcome.chat == []
    assert again.welcome.state.closed is False
    assert again.id != ben.id


def test_moderators_cannot_remove_themselves(house: House) -> None:
    token = claims(moderator=True)
    anna, twin = house.page().join(token), house.page().join(token)
    anna.ask(meeting.Kick(id=anna.id, ref=1))
    assert anna.last(common.Error).kind == "invalid"
    anna.ask(meeting.Kick(id=twin.id))
    assert house.page().join(token).who is not None


def test_removing_an_unknown_participant_is_refused(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.Kick(id="00000000", ref=1))
    assert anna.last(common.Error).kind == "not_found"


def test_everyone_sees_the_subject(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.SetSubject(subject="  Lesson\n1 ", ref=1))
    assert ben.last(meeting.RoomChanged).state.subject == "Lesson 1"
    assert anna.last(meeting.Ack).ref == 1
