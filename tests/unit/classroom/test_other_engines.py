"""On Jitsi and nanoStream Cloud, what only the embedded server has is refused at once, in words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _trust
from nanomeet_widget.services import Jitsi, NanoStreamCloud, Service
from tests.unit.test_widget import Page, _pages, shown, token

__all__ = ["_pages"]

ROSTER = [{"id": "s1", "name": "Ada"}, {"id": "s2", "name": "Bo"}]
QUESTIONS = [{"question": "1 + 1?", "options": ["2", "3"], "correct": 0}]
#: What a meeting's program asks for, by its name.
ASKED: dict[str, Callable[[nm.NanoMeet], object]] = {
    "poll": lambda meet: meet.poll("Slope?", ["1", "2"]),
    "quiz": lambda meet: meet.quiz(QUESTIONS),
    "vote": lambda meet: meet.vote("p1", 0),
    "breakout": lambda meet: meet.breakout(2),
    # Of one name: there are no groups to return, and no one to assign.
    "breakout of open groups": lambda meet: meet.breakout(),
    "breakout by names": lambda meet: meet.breakout({"Red": ["Ada"]}),
    "enter_group": lambda meet: meet.enter_group("Red"),
    "enter_group of the main room": lambda meet: meet.enter_group(),
    "start_check_in": lambda meet: meet.start_check_in(),
    "end_check_in": lambda meet: meet.end_check_in(),
    "answer_check_in": lambda meet: meet.answer_check_in(),
    "call_hand": lambda meet: meet.call_hand(),
    "admit": lambda meet: meet.admit(),
    "pause_broadcast": lambda meet: meet.pause_broadcast(),
    "kick": lambda meet: meet.kick("p1", revoke_link=True),
}


def jitsi() -> tuple[Service, str]:
    service = Jitsi("meet.example.org", app_id="class", app_secret="0123456789abcdef" * 2)
    return service, service.create_room("Algebra").token


def cloud() -> tuple[Service, str]:
    return NanoStreamCloud("key-0123456789"), token(server="nanomeet.pages.nanocosmos.de")


@pytest.fixture(params=[jitsi, cloud], ids=["jitsi", "cloud"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[tuple[Service, str]]:
    """A service that is not the embedded server, and a moderator's token of it."""
    service, made = request.param()
    with service:
        yield service, made


def joined(elsewhere: tuple[Service, str]) -> tuple[nm.NanoMeet, Page]:
    service, made = elsewhere
    _trust.use("nanomeet.pages.nanocosmos.de")
    meet, page = shown(made, service=service)
    page.joins()
    page.says(type="role", moderator=True)
    return meet, page


def failure(ask: Callable[[], object]) -> BaseException:
    """Return why it fails: raised, or by the command that it returns, at once."""
    try:
        made = ask()
    except nm.NanoMeetError as raised:
        return raised
    assert isinstance(made, nm.Command)
    error = made.exception()
    assert error is not None, "it waits"
    return error


@pytest.mark.parametrize("name", ASKED)
def test_what_the_meeting_cannot_do_there_is_refused_at_once(
    elsewhere: tuple[Service, str], name: str
) -> None:
    meet, page = joined(elsewhere)
    error = failure(lambda: ASKED[name](meet))
    assert isinstance(error, nm.CommandRefusedError)
    assert error.kind == "unsupported"
    assert str(error).startswith(f"{name.split(maxsplit=1)[0]}: ")
    assert "works on the embedded server only" in str(error)
    assert f"this meeting is on {elsewhere[0].name}: " in str(error)
    assert not [sent for sent in page.custom() if sent["type"] == "command"]


def test_before_the_meeting_is_joined_it_is_refused_as_well(elsewhere: tuple[Service, str]) -> None:
    service, made = elsewhere
    _trust.use("nanomeet.pages.nanocosmos.de")
    meet, _ = shown(made, service=service)
    assert isinstance(failure(meet.call_hand), nm.CommandRefusedError)
    with pytest.raises(nm.CommandRefusedError, match="poll: this call works on the embedded"):
        meet.poll("Slope?", ["1", "2"])


def test_what_the_other_engines_have_is_sent_there(elsewhere: tuple[Service, str]) -> None:
    meet, page = joined(elsewhere)
    for asked in (meet.raise_hand(), meet.kick("p1"), meet.set_subject("Rings")):
        assert asked.state == "pending"
    assert len([sent for sent in page.custom() if sent["type"] == "command"]) == 3


def test_records_say_where_they_are_and_what_there_is_instead(
    elsewhere: tuple[Service, str],
) -> None:
    service, made = elsewhere
    meet, _ = joined(elsewhere)
    for ask in (
        lambda: nm.records(made),
        lambda: nm.records(made, service=service),
        meet.records.attendance,
        meet.records.sessions,
        lambda: meet.records.forget("s1"),
    ):
        with pytest.raises(nm.InvalidInputError, match=r"keeps no records.*meet\.attendance\(\)"):
            ask()
    # What the open meeting saw.
    assert isinstance(meet.attendance(), nm.Table)
    assert isinstance(meet.raised_hands(), nm.Table)
    for records in ("attendance", "all", ["hands"]):
        with pytest.raises(nm.InvalidInputError, match="leave records out") as refused:
            nm.create_room("Algebra", records=records, service=service)
        assert service.name in str(refused.value)
    with pytest.raises(nm.InvalidInputError, match="leave records_days out"):
        asyncio.run(nm.acreate_room("Algebra", records_days=7, service=service))


def test_a_roster_says_what_it_cannot_tell(elsewhere: tuple[Service, str]) -> None:
    service, made = elsewhere
    roster = nm.roster(made, service=service)
    for ask in (roster.people, roster.present, roster.absent, lambda: roster.revoke("s1")):
        with pytest.raises(nm.InvalidInputError, match="create the room on the embedded") as told:
            ask()
        assert str(told.value).startswith(service.name)


def test_jitsi_has_personal_links_and_the_cloud_says_that_it_has_none() -> None:
    service, made = jitsi()
    invites = nm.create_invites(made, ROSTER, service=service)
    assert [one.name for one in invites] == ["Ada", "Bo"]
    with pytest.raises(nm.InvalidInputError, match="does not say who of a roster is there"):
        invites.absent()
    service, made = cloud()
    with pytest.raises(nm.InvalidInputError, match="no personal links: call create_invite"):
        nm.create_invites(made, ROSTER, service=service)
    with pytest.raises(nm.InvalidInputError, match="no personal links: call create_invite"):
        asyncio.run(nm.acreate_invites(made, ROSTER, service=service))
