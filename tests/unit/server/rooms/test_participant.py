"""Tests of `rooms.participant`: one person is recognised by token and browser."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PERSON, claims


def test_the_same_person_takes_their_own_place_at_once(small: House) -> None:
    anna = small.moderator()
    token = claims()
    first = small.page().join(token, person=PERSON, name="Ben", audio=True)
    first.ask(meeting.Media(audio=True, video=True, screen=True))
    first.ask(meeting.RaiseHand(raised=True))
    told = len(anna.sent)
    second = small.page().join(token, person=PERSON, name="Benjamin", audio=True)
    assert first.farewell is not None
    assert first.farewell.kind == "replaced"
    assert second.id == first.id
    assert (second.welcome.own.stage, second.welcome.own.hand) == (True, first.who.hand)  # type: ignore[union-attr]
    news = anna.sent[told:]
    assert [type(m) for m in news] == [meeting.Updated]
    changed = news[0].participant
    assert (changed.name, changed.audio, changed.video, changed.screen) == (
        "Benjamin",
        True,
        False,
        False,
    )


def test_the_place_of_a_dead_connection_is_taken_too(house: House) -> None:
    anna = house.moderator()
    token = claims()
    first = house.page().join(token, person=PERSON)
    first.lose()
    anna.ask(meeting.Signal(to=first.id, candidate=meeting.Candidate(candidate="c")))
    anna.ask(meeting.AskToUnmute(id=first.id))
    second = house.page().join(token, person=PERSON)
    assert second.id == first.id
    # Messages about the lost page's connections mean nothing to this page.
    assert not second.all(meeting.Signalled)
    assert second.last(meeting.UnmuteAsked).by == anna.id
    house.clock.advance(60)
    assert not anna.all(meeting.Left)


def test_neither_the_token_nor_the_browser_alone_is_the_person(house: House) -> None:
    token = claims(moderator=True)
    anna = house.page().join(token, person=PERSON)
    for other in (
        house.page().join(token, person="another-persons-browser"),
        house.page().join(token),
        house.page().join(claims(), person=PERSON),
    ):
        assert other.id != anna.id
    assert anna.farewell is None


def test_in_the_lobby_too_one_person_waits_once(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    token = claims()
    first = house.page().join(token, person=PERSON)
    second = house.page().join(token, person=PERSON)
    assert first.farewell is not None
    assert first.farewell.kind == "replaced"
    assert [k.id for k in house.moderator().welcome.knocking] == [second.id]


def test_a_person_in_the_room_is_not_checked_again(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token, person=PERSON)
    anna.ask(meeting.SetPassword(password="sesame"))
    anna.ask(meeting.SetLobby(active=True))
    anna.ask(meeting.SetClosed(closed=True))
    assert house.page().join(token, person=PERSON).id == ben.id


def test_a_removed_person_has_no_place(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token, person=PERSON)
    anna.ask(meeting.Kick(id=ben.id))
    again = house.page().join(token, person=PERSON)
    assert again.farewell is not None
    assert again.farewell.kind == "kicked"


def test_rooms_call_the_same_person_differently(house: House) -> None:
    here = house.page().join(claims(jti="j"), person=PERSON)
    there = house.page().join(claims(jti="j", room="Other"), person=PERSON)
    assert here.id != there.id
