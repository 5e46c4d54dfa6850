"""Tests of `rooms.classroom.roster`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.protocol import classroom
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, claims


def person(house: House, number: int, **changes: Any) -> Claims:
    """Make a personal link."""
    made = replace(
        claims(), jti=f"jti{number}", name=f"Student {number}", roster=f"s{number}", **changes
    )
    assert house.store.tokens.add_many([made], parent="")
    return made


def here(page: Page) -> dict[str, list[str]]:
    """Return who is here, as a moderator's page was told."""
    told: dict[str, list[str]] = {}
    for message in page.sent:
        if isinstance(message, classroom.RosterChanged):
            told = {one.id: list(one.here) for one in message.people}
        elif isinstance(message, classroom.RosterHere):
            told[message.id] = list(message.here)
    return told


def test_a_room_without_personal_links_says_nothing(house: House) -> None:
    anna = house.moderator()
    house.guest()
    house.clock.advance(1)
    assert not anna.all(classroom.RosterChanged)
    assert not anna.all(classroom.RosterHere)


def test_what_changed_twice_at_once_is_told_once(house: House) -> None:
    links = [person(house, number) for number in range(3)]
    anna = house.moderator()
    pages = [
        house.page().join(link, person=f"browser-number-{n:04}") for n, link in enumerate(links)
    ]
    house.clock.advance(1)
    assert here(anna) == {f"s{n}": [page.id] for n, page in enumerate(pages)}
    before = len(anna.all(classroom.RosterHere))
    again = house.page().join(links[0], person="another-browser-00")
    again.leave()
    house.clock.advance(1)
    assert len(anna.all(classroom.RosterHere)) == before


def test_a_link_that_expires_is_gone_from_the_roster(house: House) -> None:
    link = person(house, 1)
    person(house, 2)
    anna = house.moderator()
    assert set(here(anna)) == {"s1", "s2"}
    house.store.tokens.revoke(link.jti)
    house.rooms.send_out(frozenset({link.jti}))
    assert set(here(anna)) == {"s2"}
