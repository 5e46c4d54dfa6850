"""Tests of `rooms.endpoint_texts`."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from tests.unit.server.conftest import House


def test_a_text_reaches_one_program_or_all_on_the_stage(house: House) -> None:
    anna, ben, cleo = house.moderator(), house.guest(), house.guest()
    ben.ask(meeting.SendEndpointText(text='{"slide": 4}', to=anna.id, ref=1))
    assert anna.all(meeting.EndpointText) == [
        meeting.EndpointText(sender=ben.id, text='{"slide": 4}')
    ]
    assert ben.last(meeting.Ack).ref == 1
    assert not cleo.all(meeting.EndpointText)
    ben.ask(meeting.SendEndpointText(text="go"))
    assert [len(page.all(meeting.EndpointText)) for page in (anna, ben, cleo)] == [2, 0, 1]


def test_audience_and_lobby_have_no_part_in_it(small: House) -> None:
    anna, ben, below = small.moderator(), small.guest(), small.guest()
    anna.ask(meeting.SetLobby(active=True))
    waiting = small.guest()
    text = meeting.SendEndpointText
    assert below.try_all([text(text="x", ref=1), text(text="x", to=anna.id, ref=2)]) == [
        ("audience", 1),
        ("audience", 2),
    ]
    assert ben.try_all([text(text="x", to=below.id, ref=3)]) == [("not_found", 3)]
    ben.ask(text(text="x"))
    assert len(anna.all(meeting.EndpointText)) == 1
    assert not below.all(meeting.EndpointText)
    assert not waiting.all(meeting.EndpointText)


def test_a_text_is_for_another(house: House) -> None:
    anna = house.moderator()
    asked: list[meeting.ClientMessage] = [
        meeting.SendEndpointText(text="x", to=anna.id, ref=1),
        meeting.SendEndpointText(text="x", to="0" * 16, ref=2),
    ]
    assert anna.try_all(asked) == [("invalid", 1), ("not_found", 2)]


def test_texts_are_limited(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    burst = int(house.config.limits.endpoint_burst)
    asked: list[meeting.ClientMessage] = [
        meeting.SendEndpointText(text="x", ref=number) for number in range(burst + 2)
    ]
    assert ben.try_all(asked) == [("too_many", burst), ("too_many", burst + 1)]
    assert len(anna.all(meeting.EndpointText)) == burst
