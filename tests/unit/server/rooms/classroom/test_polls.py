"""Tests of `rooms.classroom.polls`."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nanomeet_widget._errors import IllegalStepError
from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import classroom, common, meeting, watch
from nanomeet_widget.server.rooms.classroom import polls as module
from nanomeet_widget.server.rooms.classroom.poll import POLL_STEPS, CountedPoll, PollStatus
from nanomeet_widget.server.store.poll_records import Ballot, PollRecord
from nanomeet_widget.server.store.store import Store
from tests.unit.server.broadcasting import Stage
from tests.unit.server.conftest import House, build
from tests.unit.server.fakes import FAMILY, Clock, claims
from tests.unit.server.rooms.classroom.polling import (
    OPTIONS,
    QUESTION,
    Watching,
    counted,
    opened,
    shown,
    vote,
)
from tests.unit.server.store.test_room_records import killed

FAREWELL = meeting.Bye(kind="server_stopping", message="bye", retry=True)
BROWSERS = [f"the-browser-of-person-{number}" for number in range(40)]


# --- asking ------------------------------------------------------------------------------------


def test_everyone_in_the_room_is_asked(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    carl = house.guest(audience=True)
    anna.ask(meeting.SetLobby(active=True))
    waiting = house.guest()
    poll = opened(anna, correct=[1], seconds=60)
    for page in (anna, ben, carl):
        told = shown(page, poll)
        assert (told.question, told.options, told.open) == (QUESTION, OPTIONS, True)
        assert told.ends == house.clock.wall() + 60
        assert (told.voters, told.own) == (0, [])
    assert not waiting.all(classroom.PollChanged)
    assert shown(anna, poll).correct == [1]
    assert shown(ben, poll).correct == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"options": ["one", "two", "one"]}, "'one' is there twice"),
        ({"options": ["one", " one\u200b "]}, "'one' is there twice"),
        ({"options": ["one", "\u202e"]}, "readable text"),
        ({"question": "\u200b"}, "readable text"),
        ({"correct": [3]}, "no option 3"),
        ({"correct": [0, 1]}, "Only one option"),
        ({"correct": [0, 0], "multiple": True}, "chosen twice"),
        ({"options": [FAMILY * 200 + str(n) for n in range(20)]}, "bytes together"),
    ],
)
def test_a_poll_that_breaks_a_rule_is_refused(
    house: House, wrong: dict[str, Any], said: str
) -> None:
    anna = house.moderator()
    fields = {"question": QUESTION, "options": OPTIONS, **wrong}
    assert anna.try_all([classroom.OpenPoll(ref=4, **fields)]) == [("invalid", 4)]
    assert said in anna.last(common.Error).message
    assert not anna.all(classroom.PollChanged)


def test_only_moderators_ask_close_and_read_votes(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    poll = opened(anna)
    assert ben.try_all(
        [
            classroom.OpenPoll(ref=1, question=QUESTION, options=OPTIONS),
            classroom.ClosePoll(ref=2, poll=poll),
            classroom.ReadVotes(ref=3, poll=poll),
        ]
    ) == [("forbidden", 1), ("forbidden", 2), ("forbidden", 3)]
    assert len(anna.all(classroom.PollChanged)) == 1


def test_the_server_holds_a_bounded_number_of_polls(house: House) -> None:
    anna = house.moderator()
    polls = [opened(anna) for _ in range(module.MOST_OPEN)]
    asked = classroom.OpenPoll(ref=99, question=QUESTION, options=OPTIONS)
    assert anna.try_all([asked]) == [("too_many", 99)]
    assert "Close one first" in anna.last(common.Error).message
    for number in itertools.count():
        house.clock.advance(2)
        anna.ask(classroom.ClosePoll(poll=polls.pop(0)))
        asked = classroom.OpenPoll(
            ref=1000 + number, question=QUESTION, options=[f"{n}" * 190 for n in range(10, 20)]
        )
        if anna.try_all([asked]):
            break
        polls.append(anna.last(classroom.PollOpened).id)
        assert number < module.MOST_POLLS
    assert "takes no more" in anna.last(common.Error).message


def test_a_poll_that_cannot_be_written_is_not_opened(house: House) -> None:
    anna = house.moderator()
    house.store._db.execute("PRAGMA query_only = ON")
    asked = classroom.OpenPoll(ref=9, question=QUESTION, options=OPTIONS)
    assert anna.try_all([asked]) == [("failed", 9)]
    assert not anna.all(classroom.PollChanged)


# --- votes -------------------------------------------------------------------------------------


def test_a_vote_counts_once_and_can_be_changed_or_taken_back(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    poll = opened(anna, show="live")
    assert vote(ben, poll, 1) == []
    assert ben.last(meeting.Ack).ref == 500
    assert counted(ben, poll) == ([0, 1, 0], 1)
    assert vote(ben, poll, 1) == vote(ben, poll, 2) == vote(anna, poll, 2) == []
    house.clock.advance(module.PAUSE)
    assert counted(anna, poll) == counted(ben, poll) == ([0, 0, 2], 2)
    assert vote(ben, poll) == vote(ben, poll) == []
    house.clock.advance(module.PAUSE)
    assert counted(anna, poll) == ([0, 0, 1], 1)


def test_several_options_are_one_person(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    poll = opened(anna, multiple=True)
    assert vote(ben, poll, 2, 0) == []
    assert counted(anna, poll) == ([1, 0, 1], 1)


@pytest.mark.parametrize(
    ("multiple", "choices", "said"),
    [
        (False, [3], "no option 3"),
        (False, [0, 1], "Only one"),
        (True, [0, 0], "chosen twice"),
        (True, [0, 1, 19], "no option 19"),
    ],
)
def test_a_vote_that_breaks_a_rule_is_refused(
    house: House, *, multiple: bool, choices: list[int], said: str
) -> None:
    anna, ben = house.moderator(), house.guest()
    poll = opened(anna, multiple=multiple)
    assert vote(ben, poll, *choices) == [("invalid", 500)]
    assert said in ben.last(common.Error).message
    assert counted(anna, poll) == ([0, 0, 0], 0)


def test_a_vote_after_the_close_is_refused(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    poll = opened(anna)
    vote(ben, poll, 0)
    anna.ask(classroom.ClosePoll(ref=7, poll=poll))
    assert anna.last(meeting.Ack).ref == 7
    assert vote(ben, poll, 1) == [("conflict", 500)]
    assert vote(ben, poll) == [("conflict", 500)]
    assert vote(ben, "no such poll", 1) == [("not_found", 500)]
    assert (shown(ben, poll).open, shown(ben, poll).counts) == (False, [1, 0, 0])
    anna.ask(classroom.ClosePoll(ref=8, poll=poll))
    assert anna.last(meeting.Ack).ref == 8
    assert anna.try_all([classroom.ClosePoll(ref=9, poll="no such poll")]) == [("not_found", 9)]


def test_a_vote_is_acknowledged_only_when_it_is_written(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    poll = opened(anna)
    house.store._db.execute("PRAGMA query_only = ON")
    assert vote(ben, poll, 0) == [("failed", 500)]
    assert counted(anna, poll) == ([0, 0, 0], 0)
    house.store._db.execute("PRAGMA query_only = OFF")
    assert vote(ben, poll, 0) == []
    assert counted(anna, poll) == ([1, 0, 0], 1)


def test_votes_are_rationed(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    poll = opened(anna)
    asked: list[meeting.ClientMessage] = [
        classroom.Vote(ref=number, poll=poll, choices=[number % 2]) for number in range(40)
    ]
    refused = ben.try_all(asked)
    assert {kind for kind, _ in refused} == {"too_many"}
    assert len(refused) == 20
    assert vote(anna, poll, 0) == []


def test_one_person_with_two_pages_votes_once(house: House) -> None:
    anna, link = house.moderator(), claims()
    ben = house.page().join(link, person=BROWSERS[0])
    poll = opened(anna)
    vote(ben, poll, 0)
    again = house.page().join(link, person=BROWSERS[0])
    assert shown(again, poll).own == [0]
    vote(again, poll, 1)
    house.clock.advance(module.PAUSE)
    assert counted(anna, poll) == ([0, 1, 0], 1)


def test_coming_again_and_again_with_other_browsers_stuffs_no_ballot(house: House) -> None:
    anna, link = house.moderator(), claims()
    poll = opened(anna, show="live")
    refusals = []
    for person in BROWSERS:
        guest = house.page().join(link, person=person)
        refusals += vote(guest, poll, 0)
        guest.leave()
        house.clock.advance(1)
    assert set(refusals) == {("too_many", 500)}
    counts, voters = counted(anna, poll)
    assert counts == [voters, 0, 0]
    assert voters <= 4


def test_a_class_behind_one_link_and_network_votes(house: House) -> None:
    anna, link = house.moderator(), claims()
    poll = opened(anna)
    pages = [house.page().join(link, person=person) for person in BROWSERS]
    assert [vote(page, poll, 0) for page in pages] == [[]] * len(BROWSERS)
    house.clock.advance(module.PAUSE)
    assert counted(anna, poll) == ([len(BROWSERS), 0, 0], len(BROWSERS))


# --- who learns what ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "open_counts", "closed_counts"),
    [
        ("live", [1, 0, 0], [1, 0, 0]),
        ("after", None, [1, 0, 0]),
        ("never", None, None),
    ],
)
def test_who_knows_the_results(
    house: House,
    show: classroom.PollShow,
    open_counts: list[int] | None,
    closed_counts: list[int] | None,
) -> None:
    anna, ben = house.moderator(), house.guest()
    poll = opened(anna, show=show, correct=[2])
    vote(ben, poll, 0)
    assert counted(anna, poll) == ([1, 0, 0], 1)
    assert counted(ben, poll) == (open_counts, 1)
    assert counted(house.guest(), poll) == (open_counts, 1)
    anna.ask(classroom.ClosePoll(poll=poll))
    assert counted(anna, poll) == ([1, 0, 0], 1)
    assert counted(ben, poll) == (closed_counts, 1)
    assert shown(ben, poll).correct == [2]
    assert counted(house.guest(), poll) == (closed_counts, 1)


def test_a_new_moderator_learns_what_moderators_know(house: House) -> None:
    anna, ben = house.moderator(), house.guest(person=BROWSERS[0])
    poll = opened(anna, show="never", correct=[1])
    vote(ben, poll, 2)
    assert counted(ben, poll) == (None, 1)
    anna.ask(meeting.GrantModerator(id=ben.id))
    told = shown(ben, poll)
    assert (told.counts, told.correct, told.own) == ([0, 0, 1], [1], [2])
    before = len(ben.all(classroom.PollChanged))
    ben.ask(meeting.Rename(name="Ben"))
    assert len(ben.all(classroom.PollChanged)) == before


def test_counts_are_told_ten_times_a_second_and_encoded_once(house: House) -> None:
    anna = house.moderator()
    pages = [house.guest() for _ in range(30)]
    poll = opened(anna, show="live")
    encoded: list[Any] = []
    before = {page: len(page.sent) for page in pages}
    timers = house.clock.pending
    for number, page in enumerate(pages):
        vote(page, poll, number % 3)
        house.clock.advance(0.01)
    house.clock.advance(1)
    for page in pages:
        told = [m for m in page.sent[before[page] :] if isinstance(m, classroom.PollCounts)]
        assert 2 <= len(told) <= 5
        assert told[-1].counts == [10, 10, 10]
        encoded.append(told[-1])
    assert len({id(message) for message in encoded}) == 1
    assert house.clock.pending == timers


def test_moderators_read_who_voted_for_what(house: House) -> None:
    anna, ben, carl = house.moderator(), house.guest(name="Ben"), house.guest(name="Carl")
    poll = opened(anna, multiple=True)
    vote(carl, poll, 0, 2)
    vote(ben, poll, 1)
    anna.ask(classroom.ClosePoll(poll=poll))
    anna.ask(classroom.ReadVotes(ref=44, poll=poll))
    answer = anna.last(classroom.PollVotes)
    assert answer.ref == 44
    assert [(v.id, v.name, v.choices) for v in answer.votes] == [
        (ben.id, "Ben", [1]),
        (carl.id, "Carl", [0, 2]),
    ]
    secret = opened(anna, anonymous=True)
    assert anna.try_all(
        [classroom.ReadVotes(ref=1, poll=secret), classroom.ReadVotes(ref=2, poll="none")]
    ) == [("forbidden", 1), ("not_found", 2)]


# --- time --------------------------------------------------------------------------------------


def test_a_poll_closes_by_itself(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    timers = house.clock.pending
    poll = opened(anna, seconds=30)
    vote(ben, poll, 0)
    house.clock.advance(29)
    assert shown(ben, poll).open
    house.clock.advance(1)
    assert not shown(ben, poll).open
    assert shown(ben, poll).counts == [1, 0, 0]
    assert house.clock.pending == timers


def test_closing_early_leaves_no_timer(house: House) -> None:
    anna = house.moderator()
    timers = house.clock.pending
    anna.ask(classroom.ClosePoll(poll=opened(anna, seconds=30)))
    assert house.clock.pending == timers
    opened(anna, seconds=30)
    anna.ask(meeting.EndMeeting())
    assert house.clock.pending == 0


def rebuilt(folder: Path, clock: Clock) -> House:
    return build(folder, Store(folder), clock)


@pytest.mark.parametrize("kill", [True, False])
@pytest.mark.parametrize("anonymous", [True, False])
def test_a_poll_outlives_its_server(tmp_path: Path, *, kill: bool, anonymous: bool) -> None:
    clock, token, link = Clock(), claims(moderator=True), claims()
    house = rebuilt(tmp_path, clock)
    anna = house.page().join(token, person=BROWSERS[0])
    ben = house.page().join(link, person=BROWSERS[1])
    closed = opened(anna, anonymous=anonymous)
    vote(ben, closed, 2)
    anna.ask(classroom.ClosePoll(poll=closed))
    poll = opened(anna, seconds=60, anonymous=anonymous)
    vote(ben, poll, 1)
    if not kill:
        house.rooms.close(FAREWELL)
    killed(house.store)
    clock.forget()
    clock.advance(20)

    house = rebuilt(tmp_path, clock)
    ben = house.page().join(link, person=BROWSERS[1])
    assert [m.poll.id for m in ben.all(classroom.PollChanged)] == [closed, poll]
    assert shown(ben, poll).own == [1]
    assert shown(ben, closed).own == ([] if anonymous else [2])
    assert counted(ben, closed) == ([0, 0, 1], 1)
    anna = house.page().join(token, person=BROWSERS[0])
    assert counted(anna, poll) == ([0, 1, 0], 1)
    vote(ben, poll, 0)
    assert counted(anna, poll) == ([1, 0, 0], 1)
    clock.advance(39.9)
    assert shown(ben, poll).open
    clock.advance(0.2)
    assert not shown(ben, poll).open
    house.store.close()


def test_a_poll_whose_time_ran_out_without_a_server_is_closed(tmp_path: Path) -> None:
    clock, token = Clock(), claims(moderator=True)
    house = rebuilt(tmp_path, clock)
    anna = house.page().join(token, person=BROWSERS[0])
    poll = opened(anna, seconds=10)
    vote(anna, poll, 1)
    killed(house.store)
    clock.forget()
    clock.advance(11)
    house = rebuilt(tmp_path, clock)
    clock.advance(0)
    anna = house.page().join(token, person=BROWSERS[0])
    assert (shown(anna, poll).open, shown(anna, poll).counts) == (False, [0, 1, 0])
    house.store.close()


def rows(folder: Path) -> list[Any]:
    with contextlib.closing(sqlite3.connect(folder / "nanomeet.sqlite3")) as db:
        return [
            row
            for table in ("room_polls", "room_ballots")
            for row in db.execute(f"SELECT * FROM {table}")  # noqa: S608 - constant names
        ]


def test_nothing_is_kept_when_the_room_ends(house: House, tmp_path: Path) -> None:
    anna, ben = house.moderator(), house.guest(person=BROWSERS[0])
    vote(ben, opened(anna), 0)
    vote(ben, opened(anna, anonymous=True, seconds=60), 0)
    anna.ask(classroom.ClosePoll(poll=opened(anna)))
    assert rows(tmp_path)
    anna.leave()
    assert rows(tmp_path)
    ben.leave()
    assert rows(tmp_path) == []
    assert house.clock.pending == 0


# --- anonymous polls ---------------------------------------------------------------------------


def pages_of(folder: Path) -> list[bytes]:
    """Return the pages of the database's files as they are on the disk."""
    (folder / "nanomeet.sqlite3").stat()
    whole = [(folder / "nanomeet.sqlite3").read_bytes()]
    log = (folder / "nanomeet.sqlite3-wal").read_bytes()
    # Frames of the log: a header of 24 bytes before each page.
    frames = [log[at + 24 : at + 24 + 4096] for at in range(32, len(log), 24 + 4096)]
    pages = [data[at : at + 4096] for data in whole for at in range(0, len(data), 4096)]
    return pages + frames


def test_no_file_says_who_voted_in_an_anonymous_poll(house: House, tmp_path: Path) -> None:
    anna = house.moderator(name="Anna")
    link = claims()
    ben = house.page().join(link, person=BROWSERS[0], name="Benedetta")
    assert ben.who is not None
    secret = opened(anna, anonymous=True)
    for choice in (0, 2, 1):
        vote(ben, secret, choice)
    traces = [
        text.encode() for text in ("Benedetta", ben.id, ben.who.identity, link.jti, BROWSERS[0])
    ]
    (ballot,) = house.store.polls.ballots("R", secret)
    assert (ballot.person, ballot.name) == ("", "")

    def ballots() -> list[bytes]:
        """Return the pages with the poll or its ballots."""
        marks = (ballot.voter.encode(), QUESTION.encode())
        return [page for page in pages_of(tmp_path) if any(mark in page for mark in marks)]

    # While it is open: pages with its ballots are there, and none of them names the voter.
    assert any(ballot.voter.encode() in page for page in ballots())
    for page in ballots():
        assert not any(trace in page for trace in traces)

    anna.ask(classroom.ClosePoll(poll=secret))
    # Closed: the keyed hashes are gone, from the log of changes, too.
    for page in pages_of(tmp_path):
        assert ballot.voter.encode() not in page
        assert ballot.crowd.encode() not in page
    for page in ballots():
        assert not any(trace in page for trace in traces)
    # A named poll is found by the same search: it is one that can fail.
    named = opened(anna)
    vote(ben, named, 0)
    voter = house.store.polls.ballots("R", named)[0].voter
    assert any(voter.encode() in page and b"Benedetta" in page for page in pages_of(tmp_path))


def test_nothing_in_memory_says_who_voted_in_an_anonymous_poll(house: House) -> None:
    anna, ben = house.moderator(), house.guest(person=BROWSERS[0])
    poll = opened(anna, anonymous=True)
    vote(ben, poll, 1)
    assert ben.who is not None
    assert ben.dispatcher is not None
    held = ben.dispatcher.polls._polls[poll]
    remembered = repr({**vars(held), "record": repr(held.record)})
    (ballot,) = house.store.polls.ballots("R", poll)
    for trace in (ben.id, ben.who.identity, ben.who.claims.jti, ballot.voter, BROWSERS[0]):
        assert trace not in remembered


def test_traces_are_erased_once_no_other_server_reads_the_log(house: House, tmp_path: Path) -> None:
    anna, ben = house.moderator(), house.guest(person=BROWSERS[0])
    timers = house.clock.pending
    poll = opened(anna, anonymous=True)
    vote(ben, poll, 1)
    (ballot,) = house.store.polls.ballots("R", poll)

    def traced() -> bool:
        return any(ballot.voter.encode() in page for page in pages_of(tmp_path))

    reader = sqlite3.connect(tmp_path / "nanomeet.sqlite3", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM room_ballots").fetchall()
    anna.ask(classroom.ClosePoll(poll=poll))
    assert traced()
    reader.execute("COMMIT")
    reader.close()
    house.clock.advance(5)
    assert not traced()
    assert house.clock.pending == timers


# --- viewers -----------------------------------------------------------------------------------


class Viewers:
    """A private broadcast of a moderator, and its viewers."""

    def __init__(self, house: House) -> None:
        self.stage = Stage(house, private=True).live()
        self.page = self.stage.page
        assert self.page.dispatcher is not None
        ticket = self.page.dispatcher._broadcast.watch_ticket
        assert ticket is not None
        polls = house.rooms.polls_for_viewers("stream", ticket)
        assert polls is not None
        self.polls = polls

    def come(self, person: str | None = BROWSERS[0], address: str = "10.0.0.1") -> Watching:
        viewer = Watching()
        self.polls.add_viewer(viewer, person=person, address=address)
        return viewer

    def vote(self, viewer: Watching, poll: str, *choices: int) -> list[str]:
        refused: list[str] = []
        message = watch.WatchVote(poll=poll, choices=list(choices))
        counts = self.polls.vote_of_viewer(viewer, message, lambda kind, _: refused.append(kind))
        assert counts is not bool(refused)
        return refused


def test_viewers_of_a_private_broadcast_vote_once_each(house: House) -> None:
    viewers = Viewers(house)
    early = viewers.come()
    poll = opened(viewers.page, show="live", correct=[1])
    assert shown(early, poll).open
    assert shown(early, poll).correct == []
    assert viewers.vote(early, poll, 0) == viewers.vote(early, poll, 1) == []
    house.clock.advance(module.PAUSE)
    assert counted(early, poll) == ([0, 1, 0], 1)
    viewers.polls.remove_viewer(early)
    again = viewers.come()
    assert shown(again, poll).own == [1]
    assert viewers.vote(again, poll, 2) == []
    assert viewers.vote(viewers.come(BROWSERS[1]), poll, 2) == []
    house.clock.advance(module.PAUSE)
    assert counted(viewers.page, poll) == ([0, 0, 2], 2)
    viewers.page.ask(classroom.ClosePoll(poll=poll))
    assert not shown(again, poll).open
    assert shown(again, poll).correct == [1]
    assert viewers.vote(again, poll, 1) == ["conflict"]
    assert early.sent[-1] != again.sent[-1]
    viewers.page.ask(classroom.ReadVotes(ref=3, poll=poll))
    votes = viewers.page.last(classroom.PollVotes).votes
    assert [(v.id, v.name, v.choices) for v in votes] == [(None, "", [2])] * 2


def test_viewers_who_cannot_be_counted_once_do_not_vote(house: House) -> None:
    viewers = Viewers(house)
    poll = opened(viewers.page)
    assert viewers.vote(viewers.come(None), poll, 0) == ["forbidden"]
    assert viewers.vote(Watching(), poll, 0) == ["forbidden"]
    house.guest(person=BROWSERS[2])
    assert viewers.vote(viewers.come(BROWSERS[2]), poll, 0) == ["forbidden"]
    assert counted(viewers.page, poll) == ([0, 0, 0], 0)


def test_one_network_of_viewers_cannot_stuff_the_ballot(house: House) -> None:
    viewers = Viewers(house)
    poll = opened(viewers.page)
    # One after the other.
    refused = []
    for person in BROWSERS[:20]:
        viewer = viewers.come(person)
        refused += viewers.vote(viewer, poll, 0)
        viewers.polls.remove_viewer(viewer)
        house.clock.advance(1)
    assert refused == ["too_many"] * 16
    # All at once, from another one.
    crowd = [viewers.come(f"{person}-too", "10.9.0.1") for person in BROWSERS]
    house.clock.advance(10)
    refused = [kind for viewer in crowd for kind in viewers.vote(viewer, poll, 1)]
    assert len(crowd) - len(refused) == module.MOST_VIEWERS
    assert viewers.vote(viewers.come("f" * 20, "10.8.0.1"), poll, 2) == []
    house.clock.advance(1)
    assert counted(viewers.page, poll) == ([4, 30, 1], 35)


def test_viewers_of_a_public_broadcast_and_wrong_tickets_see_no_polls(house: House) -> None:
    stage = Stage(house).live()
    opened(stage.page)
    for ticket in ("", "wrong", "\u00e4"):
        assert house.rooms.polls_for_viewers("stream", ticket) is None
    stage.page.ask(meeting.StopBroadcast(ref=2))
    private = Viewers(house)
    assert house.rooms.polls_for_viewers("another", "wrong") is None
    assert house.rooms.polls_for_viewers("stream", "wrong") is None
    assert private.polls is not None


# --- keeping -----------------------------------------------------------------------------------


def test_what_keeps_closed_polls_gets_no_ballot_of_an_anonymous_one(house: House) -> None:
    anna, ben = house.moderator(), house.guest(person=BROWSERS[0], name="Ben")
    kept: list[tuple[PollRecord, Sequence[Ballot]]] = []
    assert anna.dispatcher is not None
    anna.dispatcher.polls._on_closed = lambda *told: kept.append(told)
    for anonymous in (False, True):
        poll = opened(anna, anonymous=anonymous)
        vote(ben, poll, 1)
        anna.ask(classroom.ClosePoll(poll=poll))
    (named, ballots), (secret, none) = kept
    assert (named.counts, named.voters, secret.counts) == ([0, 1, 0], 1, [0, 1, 0])
    assert [(b.person, b.name, b.choices) for b in ballots] == [(ben.id, "Ben", (1,))]
    assert not none


# --- steps -------------------------------------------------------------------------------------


def test_a_poll_closes_once() -> None:
    assert set(POLL_STEPS) == set(PollStatus)
    assert POLL_STEPS[PollStatus.CLOSED] == frozenset()
    record = PollRecord(
        id="p",
        question=QUESTION,
        options=OPTIONS,
        multiple=False,
        anonymous=False,
        correct=[],
        show="after",
        opened=0.0,
        ends=None,
    )
    poll = CountedPoll(record)
    poll.close(1.0)
    with pytest.raises(IllegalStepError):
        poll.close(2.0)
    assert poll.status is PollStatus.CLOSED
    assert record.closed == 1.0


def test_a_full_poll_takes_no_more_voters(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nanomeet_widget.server.rooms.classroom.poll.MOST_VOTERS", 2)
    anna, ben, carl = house.moderator(), house.guest(), house.guest()
    poll = opened(anna)
    assert vote(anna, poll, 0) == vote(ben, poll, 0) == []
    assert vote(carl, poll, 0) == [("too_many", 500)]
    assert vote(ben, poll) == vote(carl, poll, 0) == []


def test_two_hundred_people_vote_in_one_second(tmp_path: Path, store: Store) -> None:
    house = build(tmp_path, store, Clock(), limits=Limits(participants=210))
    anna, link = house.moderator(), claims()
    pages = [house.page().join(link, person=f"the-browser-of-{n:06}") for n in range(200)]
    poll = opened(anna, multiple=True)
    for number, page in enumerate(pages):
        assert vote(page, poll, *{number % 3, number % 2}) == []
        house.clock.advance(1 / 200)
    house.clock.advance(module.PAUSE)
    counts, voters = counted(anna, poll)
    assert voters == 200
    assert counts is not None
    assert sum(counts) == sum(len({n % 3, n % 2}) for n in range(200))
    assert len(anna.all(classroom.PollCounts)) <= 12
