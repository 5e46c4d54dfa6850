"""Tests of `rooms.rooms`: all rooms of a server."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import claims


def test_rooms_do_not_hear_each_other(house: House) -> None:
    anna = house.moderator()
    other = house.page().join(claims(room="Other"))
    assert not anna.all(meeting.Joined)
    assert other.welcome.participants == []


def test_the_end_of_the_server_is_told(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.SetLobby(active=True))
    waiting = house.guest()
    house.rooms.close(meeting.Bye(kind="server_stopping", message="bye", retry=True))
    for page in (anna, ben, waiting):
        assert page.farewell is not None
        assert page.farewell.kind == "server_stopping"
