"""Tests of `rooms.admission`: the lobby and the password."""

from __future__ import annotations

import hashlib

import pytest

from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PERSON, claims


def test_with_a_lobby_a_guest_waits_until_admitted(house: House) -> None:
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


def test_a_refused_person_leaves_the_lobby(house: House) -> None:
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


def test_a_moderator_passes_the_lobby_and_sees_it(house: House) -> None:
    house.moderator().ask(meeting.SetLobby(active=True))
    waiting = house.guest(name="Ben")
    assert [k.id for k in house.moderator().welcome.knocking] == [waiting.id]


def test_turning_the_lobby_off_admits_everyone(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    ben = house.guest()
    anna.ask(meeting.SetLobby(active=False))
    assert ben.welcome.own.id == ben.id


def test_a_person_who_leaves_the_lobby_is_gone(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    ben = house.guest()
    ben.lose()
    assert anna.last(meeting.KnockEnded).id == ben.id


def test_a_password_is_required_and_can_be_retried(house: House) -> None:
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


def test_right_passwords_are_not_limited(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    shared = claims()
    for number in range(60):
        assert house.page().join(shared, person=PERSON + str(number), password="sesame").who


def test_guessing_is_limited(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    page, link = house.page(), claims()
    for number in range(6):
        page.join(link, person=PERSON, password=str(number))
    assert page.last(common.Error).kind == "too_many_attempts"
    # Even the right one is refused, as it could be the next guess.
    assert page.join(link, person=PERSON, password="sesame").who is None
    house.clock.advance(60)
    assert page.join(link, person=PERSON, password="sesame").who is not None


def test_one_guesser_locks_out_no_one_else(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    link = claims()
    for number in range(100):
        house.page().join(link, person=PERSON, password=str(number))
    assert house.page().join(link, person=PERSON + "2", password="sesame").who is not None
    # Nor by posing as another person each time, except for people with the same link.
    for number in range(100):
        house.page().join(link, person=PERSON + str(number), password=str(number))
    assert house.page().join(claims(), person=PERSON, password="sesame").who is not None
    assert house.page().join(claims(), password="sesame").who is not None


def test_a_guesser_with_many_addresses_locks_out_no_other_link(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    link = claims()
    for number in range(1000):
        guess = meeting.Join(v=1, token="t", password=str(number))
        address = f"2001:db8:{number // 10:x}::1"
        assert house.rooms.enter(link, house.page(), guess, address=address) is None
    for _ in range(30):
        assert house.guest(password="sesame").who is not None


def test_eleven_wrong_passwords_lock_out_no_one(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    link = claims()
    for number in range(11):
        house.page().join(link, person=f"{PERSON}-guesser-{number}", password=str(number))
    # Not even at the same link and address, as a class has it.
    for number in range(30):
        page = house.page().join(link, person=f"{PERSON}{number}", password="sesame")
        assert page.who is not None


def test_all_guesses_together_are_limited(house: House) -> None:
    house.moderator().ask(meeting.SetPassword(password="sesame"))
    asked = [house.page().join(claims(), password=str(number)) for number in range(400)]
    compared = sum(bool(page.all(meeting.PasswordRequired)) for page in asked)
    assert 100 <= compared < 200


def test_wrong_passwords_do_not_hold_up_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetPassword(password="first"))
    anna.ask(meeting.SetPassword(password="sesame"))

    def slow(*_: object, **__: object) -> bytes:
        raise AssertionError("each takes ten milliseconds of everyone's time")

    monkeypatch.setattr(hashlib, "scrypt", slow)
    link = claims()
    for number in range(20):
        page = house.page().join(link, person=f"{PERSON}{number}", password="first")
        assert page.last(meeting.PasswordRequired).wrong is True
    assert house.page().join(link, person=PERSON, password="sesame").who is not None


def test_a_password_that_is_too_long_is_wrong(house: House) -> None:
    host = house.moderator()
    host.ask(meeting.SetPassword(password="sesame"))
    guest = house.page().join(claims(), password="x" * 90_000)
    assert guest.last(meeting.PasswordRequired).wrong
    assert guest.farewell is None
