"""Tests of `rooms.crowding`: no crowd keeps other people out, and a class gets in at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.crowding import MODERATORS
from nanomeet_widget.server.store.store import Store
from tests.unit.server.conftest import House, build
from tests.unit.server.fakes import PERSON, Clock, Page, claims

SCHOOL, HOME = "203.0.113.5", "203.0.113.77"


@pytest.fixture
def lobby(tmp_path: Path, store: Store) -> House:
    """A house whose lobbies hold as many as a class."""
    house = build(tmp_path, store, Clock(), limits=Limits(waiting=32))
    house.moderator().ask(meeting.SetLobby(active=True))
    return house


def come(house: House, link: Claims, number: int, *, address: str = SCHOOL) -> Page:
    page = house.page()
    join = meeting.Join(v=1, token="t", person=f"{PERSON}{number}")
    entered = house.rooms.enter(link, page, join, address=address)
    if entered is not None:
        page.dispatcher, page.who = entered
    return page


def waits(page: Page) -> bool:
    return page.farewell is None and bool(page.all(meeting.Waiting))


def is_in(page: Page) -> bool:
    return page.farewell is None and bool(page.all(meeting.Welcome))


def test_one_guest_does_not_fill_the_lobby(lobby: House) -> None:
    link, anna = claims(), lobby.moderator()
    crowd = [come(lobby, link, number) for number in range(40)]
    assert sum(map(waits, crowd)) == 32
    others = [come(lobby, claims(), number, address=HOME) for number in range(10)]
    # Nor from the address of the crowd, nor with its link from elsewhere.
    others += [come(lobby, claims(), number) for number in range(3)]
    others += [
        come(lobby, link, 100 + number, address=f"198.51.100.{number}") for number in range(3)
    ]
    assert all(map(waits, others))
    assert sum(map(waits, crowd)) == 32 - len(others)
    away = [page.farewell for page in crowd if page.farewell is not None]
    assert {(bye.kind, bye.retry) for bye in away} == {("lobby_full", True)}
    # Moderators know the lobby as it is.
    knocks = {knock.id for knock in anna.all(meeting.Knock)}
    gone = {ended.id for ended in anna.all(meeting.KnockEnded)}
    assert knocks - gone <= {page.id for page in (*crowd, *others) if waits(page)}
    assert {page.id for page in others} <= knocks - gone
    # It begins no exchange: the crowd gets none of these places back.
    assert not waits(come(lobby, link, 500))
    assert all(map(waits, others))


def test_the_first_of_a_crowd_keep_their_places(lobby: House) -> None:
    link = claims()
    crowd = [come(lobby, link, number) for number in range(32)]
    come(lobby, claims(), 1)
    assert [waits(page) for page in crowd] == [True] * 31 + [False]


def test_as_many_others_make_no_place_for_each_other(lobby: House) -> None:
    first = [come(lobby, claims(), number) for number in range(32)]
    assert not waits(come(lobby, claims(), 1, address=HOME))
    assert all(map(waits, first))


def test_a_class_of_thirty_gets_into_lobby_and_room_at_once(lobby: House) -> None:
    link, anna = claims(), lobby.moderator()
    pages = [come(lobby, link, number) for number in range(30)]
    assert all(map(waits, pages))
    anna.ask(meeting.AdmitAll(ref=1))
    assert all(map(is_in, pages))
    # And again after its network was gone, some times in a row.
    for _ in range(5):
        for page in pages:
            page.lose()
        pages = [come(lobby, link, number) for number in range(30)]
        assert all(map(is_in, pages))


def test_a_full_room_still_lets_moderators_in(house: House) -> None:
    link = claims()
    crowd = [come(house, link, number) for number in range(100)]
    assert all(map(is_in, crowd))
    assert not is_in(come(house, link, 100))
    for _ in range(MODERATORS):
        anna = house.moderator()
        assert is_in(anna)
    assert not is_in(house.moderator())
    anna.ask(meeting.Kick(id=crowd[0].id, ref=1))
    assert crowd[0].farewell is not None


def test_a_crowd_in_the_room_leaves_some_places_to_others(house: House) -> None:
    link = claims()
    crowd = [come(house, link, number) for number in range(100)]
    others = [come(house, claims(), number, address=HOME) for number in range(20)]
    assert sum(map(is_in, others)) == 10
    assert all(map(is_in, crowd))


def test_a_person_who_comes_again_and_again_is_told_to_wait(house: House) -> None:
    anna, link = house.moderator(), claims()
    before = len(anna.sent)
    pages = [come(house, link, 1) for _ in range(1000)]
    assert len(anna.sent) - before < 100
    bye = pages[-1].farewell
    assert bye is not None
    assert (bye.kind, bye.retry) == ("too_many_messages", True)
    # With other faces it is the same, and others are not held up.
    for number in range(1000):
        page = come(house, link, number)
        if is_in(page):
            page.leave()
    assert len(anna.sent) - before < 1000
    assert is_in(come(house, claims(), 1))
    house.clock.advance(60)
    assert is_in(come(house, link, 1))


def test_a_crowd_does_not_keep_a_class_from_coming_back(house: House) -> None:
    link = claims()
    pages = [come(house, link, number) for number in range(30)]
    for number in range(1000):
        page = come(house, link, 100 + number)
        if is_in(page):
            page.leave()
    for page in pages:
        page.lose()
    assert all(is_in(come(house, link, number)) for number in range(30))
