"""Tests of `rooms.budgets`: floods reach no one, and the newest state is never lost."""

from __future__ import annotations

from typing import Any

import pytest

from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.commands import MODERATOR_REQUESTS, moderators_only
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PERSON, Page, claims

FLOOD = 2000
#: Of what one person says, what everyone else is told within a second.
FEW = 60


def flood(number: int) -> list[meeting.ClientMessage]:
    """One of each message of a participant that others are told of; each flips a state."""
    on = number % 2 == 0
    return [
        meeting.Media(audio=on, video=on),
        meeting.Rename(name=f"Ben {number}", ref=number),
        meeting.RaiseHand(raised=on, ref=number),
        meeting.React(reaction="clap", ref=number),
        meeting.SendChat(text="x", ref=number),
        meeting.SendEndpointText(text="x", ref=number),
        meeting.LeaveStage(ref=number) if on else meeting.EnterStage(ref=number),
    ]


def told(page: Page) -> int:
    """How much a page was told, but answers to its own requests."""
    return sum(not isinstance(m, (common.Error, meeting.Ack)) for m in page.sent)


@pytest.mark.parametrize("index", range(len(flood(0))))
def test_a_flood_of_any_kind_reaches_few(house: House, index: int) -> None:
    anna, ben = house.moderator(), house.guest()
    before = told(anna)
    for number in range(FLOOD):
        ben.ask(flood(number)[index])
    assert told(anna) - before <= FEW


def test_a_flood_of_moderators_requests_is_bounded(house: House) -> None:
    anna, ben = house.moderator(), house.moderator()
    for number in range(FLOOD):
        anna.ask(meeting.SetSubject(subject=str(number), ref=number))
    assert len(ben.all(meeting.RoomChanged)) <= 200
    assert anna.last(common.Error).kind == "too_many"
    # Another moderator is not held up, nor another kind of request.
    ben.ask(meeting.SetSubject(subject="Rings", ref=1))
    anna.ask(meeting.SetClosed(closed=True, ref=FLOOD))
    assert anna.last(meeting.RoomChanged).state.subject == "Rings"
    assert ben.last(meeting.RoomChanged).state.closed is True


def test_every_request_of_moderators_has_a_budget(house: House) -> None:
    # Each is refused, once it was asked too often; who is in the room stays there.
    for kind in MODERATOR_REQUESTS:
        if kind is meeting.EndMeeting:
            continue
        anna = house.moderator()
        others: dict[type, meeting.ClientMessage] = {type(m): m for m in moderators_only("0" * 16)}
        request: Any = others[kind]
        for number in range(300):
            request.ref = number
            anna.ask(request)
        assert any(error.kind == "too_many" for error in anna.all(common.Error)), kind
        assert anna.farewell is None


def test_the_newest_state_is_never_lost(house: House) -> None:
    anna, ben = house.moderator(), house.guest(name="Ben")
    for number in range(FLOOD):
        for message in flood(number)[:3]:
            ben.ask(message)
    ben.ask(meeting.Media(audio=True, video=False))
    ben.ask(meeting.Rename(name="Benjamin", ref=FLOOD))
    ben.ask(meeting.RaiseHand(raised=True, ref=FLOOD + 1))
    house.clock.advance(5)
    for shown in (anna.last(meeting.Updated).participant, house.guest().welcome.participants[1]):
        assert (shown.name, shown.audio, shown.video) == ("Benjamin", True, False)
        assert shown.hand is not None
    # Every request was answered, once.
    answers = [m.ref for m in ben.sent if isinstance(m, (meeting.Ack, common.Error))]
    assert sorted(ref for ref in answers if ref is not None) == sorted(
        [*range(FLOOD), *range(FLOOD), FLOOD, FLOOD + 1]
    )
    assert {FLOOD, FLOOD + 1} <= {ack.ref for ack in ben.all(meeting.Ack)}
    assert ben.farewell is None


def test_what_a_page_shows_of_each_other_is_kept_apart(house: House) -> None:
    anna, ben, eve = house.moderator(), house.guest(), house.guest()
    for lines in range(1000):
        eve.ask(meeting.Want(to=anna.id, camera=lines, screen=0))
        eve.ask(meeting.Want(to=ben.id, camera=lines, screen=1))
    house.clock.advance(5)
    assert len(anna.all(meeting.Wanted)) < 300
    assert (anna.last(meeting.Wanted).camera, anna.last(meeting.Wanted).screen) == (999, 0)
    assert (ben.last(meeting.Wanted).camera, ben.last(meeting.Wanted).screen) == (999, 1)


def test_signals_are_bounded_by_their_bytes(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    large = meeting.Signal(
        to=anna.id, description=meeting.Description(type="offer", sdp="x" * 48_000)
    )
    for _ in range(FLOOD):
        ben.ask(large)
    sent = len(anna.all(meeting.Signalled)) * 48_000
    assert 2_000_000 < sent < 5_000_000
    # What a full stage takes for seven connections is far less.
    house.clock.advance(60)
    before = len(anna.all(meeting.Signalled))
    for _ in range(7):
        for sdp in ("x" * 10_000, *["x" * 300] * 40):
            ben.ask(
                meeting.Signal(to=anna.id, description=meeting.Description(type="offer", sdp=sdp))
            )
    assert len(anna.all(meeting.Signalled)) - before == 7 * 41


def test_new_faces_bring_little_new_budget(house: House) -> None:
    anna, link = house.moderator(), claims()
    pages = [house.page().join(link, person=f"{PERSON}{number}") for number in range(50)]
    before = told(anna)
    for number in range(100):
        for page in pages:
            page.ask(meeting.Rename(name=str(number)))
            page.ask(meeting.React(reaction="clap"))
            page.ask(meeting.SendChat(text="x"))
    assert told(anna) - before <= 50 * 20 + 400
    # Another link has its own.
    other = house.guest(name="Other")
    other.ask(meeting.React(reaction="heart", ref=1))
    assert anna.last(meeting.Reaction).sender == other.id


def test_a_hostile_guest_takes_nothing_from_others_with_the_same_link(house: House) -> None:
    anna, link = house.moderator(), claims()
    hostile = [house.page().join(link, person=f"{PERSON}-hostile-{n}") for n in range(8)]
    pages = [house.page().join(link, person=f"{PERSON}{number}") for number in range(20)]
    for second in range(60):
        for number in range(20):
            for page in hostile:
                for message in flood(number):
                    page.ask(message)
        for page in pages:
            page.ask(meeting.Rename(name=f"{second}", ref=second))
            assert page.last(meeting.Ack).ref == second
            assert anna.last(meeting.Updated).participant.name == f"{second}"
        house.clock.advance(1.1)


def test_a_class_that_claps_and_raises_hands_is_heard(house: House) -> None:
    anna, link = house.moderator(), claims()
    pages = [house.page().join(link, person=f"{PERSON}{number}") for number in range(30)]
    for page in pages:
        page.ask(meeting.RaiseHand(raised=True, ref=1))
        for number in range(5):
            page.ask(meeting.React(reaction="clap", ref=number + 2))
            page.ask(meeting.SendChat(text="yes", ref=number + 20))
        assert not page.all(common.Error)
    assert len(anna.all(meeting.Reaction)) == 150


def test_what_waits_ends_with_its_person_and_its_room(house: House) -> None:
    ben = house.guest()
    for number in range(100):
        ben.ask(meeting.Rename(name=str(number)))
    ben.leave()
    house.clock.advance(1)
    assert not house.rooms.occupied
    assert house.clock.pending == 0
