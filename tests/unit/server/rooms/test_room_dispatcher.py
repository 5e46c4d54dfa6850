"""Tests of `rooms.room_dispatcher`: roles, and messages that no page of this project sends."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server.protocol import decoding, meeting
from tests.odd_messages import LEAVING, any_message
from tests.unit.server.commands import MODERATOR_REQUESTS, moderators_only
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, claims
from tests.unit.server.spoiling import EXPECTED, SIGNALS, nothing_kept, seeds, spoil


def test_a_new_name_is_cleaned_told_and_acknowledged(house: House) -> None:
    anna, ben = house.moderator(), house.guest(name="Ben")
    ben.ask(meeting.Rename(name=" B\u202een\n\x07 K. ", ref=5))
    assert anna.last(meeting.Updated).participant.name == "Ben K."
    assert ben.last(meeting.Ack).ref == 5


def test_spoiled_messages_harm_no_room(house: House) -> None:
    chance = random.Random(8725)  # noqa: S311 - to be repeated
    victim = house.guest(name="Victim")
    attackers = [house.moderator(name="Attacker"), house.guest(name="Attacker")]
    right = seeds(victim)
    understood = 0
    for number in nothing_kept(SIGNALS):
        if any(page.farewell or page.who is None for page in (victim, *attackers)):
            # After a removal or a lock, they meet in the next room.
            room = f"R{number}"
            victim = house.page().join(claims(room=room), name="Victim")
            attackers = [
                house.page().join(claims(room=room, moderator=moderator))
                for moderator in (True, False)
            ]
            right = seeds(victim)
        attacker = attackers[number % 2]
        data = spoil(chance, chance.choice(right))
        try:
            message = decoding.decode_client(data.decode())
            attacker.ask(message)
            understood += 1
        except EXPECTED:
            pass
        if number % 100 == 0:
            house.clock.advance(1)
            for page in (*attackers, victim):
                page.sent.clear()
    # Some messages must stay valid, or this would only test the decoder.
    assert understood > SIGNALS / 100
    # The server still works.
    last = house.page().join(claims(room="Afterwards"))
    last.ask(meeting.Rename(name="Still here", ref=1))
    assert last.last(meeting.Ack).ref == 1


def test_a_guest_commands_nothing(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    told = len(anna.sent)
    refused = ben.try_all(moderators_only(anna.id))
    assert refused == [("forbidden", ref) for ref in range(len(refused))]
    assert len(refused) == len(MODERATOR_REQUESTS) == 36
    assert len(anna.sent) == told
    assert anna.farewell is None


_numbers = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.data())
def test_a_room_outlives_what_it_is_told(house: House, data: st.DataObject) -> None:
    room = f"R{next(_numbers)}"
    host, guest = (
        house.page().join(claims(room=room, moderator=moderator)) for moderator in (True, False)
    )
    for _ in range(data.draw(st.integers(1, 5))):
        who = data.draw(st.sampled_from([host, guest]))
        if who.farewell is None:
            # A guest may become a moderator, and remove the host.
            ids = (host.id, guest.id) if who is host else (guest.id,)
            tell(who, data.draw(any_message(*ids, without=LEAVING)))
    # Moderators cannot remove themselves.
    assert host.farewell is None
    house.clock.advance(1)
    host.ask(meeting.SendChat(text="Still here", ref=1))
    assert host.last(meeting.Ack).ref == 1
    host.ask(meeting.EndMeeting())


def tell(who: Page, message: dict[str, Any]) -> None:
    """Send a message as a socket does, which answers these errors."""
    with contextlib.suppress(decoding.InvalidMessageError, NanoMeetError):
        note(str(message)[:500])
        who.ask(decoding.decode_client(json.dumps(message)))
