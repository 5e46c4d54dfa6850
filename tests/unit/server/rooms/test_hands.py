"""Tests of `rooms.hands`."""

from __future__ import annotations

from nanomeet_widget.server.protocol import classroom, meeting
from tests.unit.server.conftest import House


def test_everyone_sees_a_raised_hand(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ben.ask(meeting.RaiseHand(raised=True, ref=1))
    raised = anna.last(meeting.Updated).participant
    assert raised.id == ben.id
    assert raised.hand is not None
    assert ben.last(meeting.Ack).ref == 1
    assert house.guest().welcome.participants[1].hand == raised.hand
    ben.ask(meeting.RaiseHand(raised=False))
    assert anna.last(meeting.Updated).participant.hand is None


def test_hands_keep_the_order_in_which_they_went_up(house: House) -> None:
    pages = [house.guest() for _ in range(4)]
    for page in reversed(pages):
        page.ask(meeting.RaiseHand(raised=True))
    pages[2].ask(meeting.RaiseHand(raised=True, ref=1))
    late = house.moderator()
    queue = sorted(late.welcome.participants, key=lambda p: p.hand or 0)
    assert [p.id for p in queue] == [page.id for page in reversed(pages)]
    assert pages[2].last(meeting.Ack).ref == 1


def test_a_moderator_takes_a_hand_down(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ben.ask(meeting.RaiseHand(raised=True))
    anna.ask(meeting.LowerHand(id=ben.id, ref=1))
    assert ben.last(meeting.Updated).participant.hand is None
    assert anna.last(meeting.Ack).ref == 1
    assert anna.try_all([meeting.LowerHand(id="00000000", ref=2)]) == [("not_found", 2)]


def test_everyone_sees_a_reaction(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.SetLobby(active=True))
    waiting = house.guest()
    ben.ask(meeting.React(reaction="heart", ref=1))
    for page in (anna, ben):
        assert page.last(meeting.Reaction) == meeting.Reaction(sender=ben.id, reaction="heart")
    assert not waiting.all(meeting.Reaction)
    assert ben.last(meeting.Ack).ref == 1


def test_reactions_are_rationed(house: House) -> None:
    ben = house.guest()
    burst = int(house.config.limits.reaction_burst)
    asked: list[meeting.ClientMessage] = [
        meeting.React(reaction="clap", ref=number) for number in range(burst + 2)
    ]
    assert ben.try_all(asked) == [("too_many", burst), ("too_many", burst + 1)]
    assert len(ben.all(meeting.Reaction)) == burst


def test_one_with_a_lost_connection_is_called_after_the_others(house: House) -> None:
    anna, ben, cleo = house.moderator(), house.guest(), house.guest()
    ben.ask(meeting.RaiseHand(raised=True))
    cleo.ask(meeting.RaiseHand(raised=True))
    ben.lose()
    called = []
    for ref in (1, 2, 3):
        anna.ask(classroom.CallHand(ref=ref))
        called.append(anna.last(classroom.HandCalled).id)
    assert called == [cleo.id, ben.id, None]


def test_one_who_speaks_already_is_asked_nothing_and_a_moderator_not_by_themselves(
    house: House,
) -> None:
    anna, ben = house.moderator(audio=False), house.guest(audio=True)
    for page in (ben, anna):
        page.ask(meeting.RaiseHand(raised=True))
        anna.ask(classroom.CallHand(ref=1, id=page.id))
        assert anna.last(classroom.HandCalled).id == page.id
        assert not page.all(meeting.UnmuteAsked)
