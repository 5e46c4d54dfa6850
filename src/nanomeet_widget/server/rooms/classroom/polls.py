"""The polls of a room: asked by moderators, answered by everyone in it and by viewers with a ticket.

A vote is acknowledged once it is in the database, under a keyed hash of the person. It can be changed
until the poll closes.
"""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from nanomeet_widget.server.protocol import classroom, watch
from nanomeet_widget.server.rooms.classroom.poll import (
    CountedPoll,
    flaw_of_choices,
    flaw_of_poll,
    new_record,
)
from nanomeet_widget.server.rooms.identities import browser_of, network_of
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.store.poll_records import Ballot, PollRecord, PollRecords
from nanomeet_widget.server.timers import Alarm, Handle, Timers
from nanomeet_widget.server.token_bucket import TokenBuckets
from nanomeet_widget.server.tokens.issuer import Issuer

#: Polls of a meeting, bytes of them all together, and polls that are open at once.
MOST_POLLS, MOST_BYTES, MOST_OPEN = 256, 1_000_000, 5
#: Seconds between two messages with the votes of a poll.
PAUSE = 0.1
#: Viewers of one network who may vote in a poll; their votes at once, and a second.
MOST_VIEWERS, _VIEWERS_BURST, _VIEWERS_RATE = 30, 60, 10
#: Seconds until what could not be written is tried again.
_AGAIN = 5.0

#: Refuses a vote: the error's kind, and why.
_Refuse: TypeAlias = Callable[[str, str], None]


class PollViewer(Protocol):
    """A viewer's connection. No call raises, even if the connection is gone."""

    def tell_poll(self, message: classroom.PollChanged | classroom.PollCounts) -> None:
        """Tell the viewer of a poll.

        Parameters
        ----------
        message : PollChanged or PollCounts
            The message.
        """


@dataclass(frozen=True, kw_only=True)
class _Watching:
    """Hashes of a viewer's browser ID and network; empty if unknown."""

    browser: str
    network: str


@dataclass(frozen=True, kw_only=True)
class _Voter:
    """A person who votes."""

    #: What they are recognised by.
    who: str
    #: What they share with others: their link and network.
    crowd: str
    #: How many of their crowd are here, and may vote at most.
    here: int
    most: int | None = None
    #: The participant's ID and name.
    person: str = ""
    name: str = ""


class Polls(RoomListener):
    """Opens and closes a room's polls, and counts the votes.

    Parameters
    ----------
    room : Room
        The room.
    records : PollRecords
        Where polls and ballots are kept; those that a killed server left behind go on.
    issuer : Issuer
        Hashes what voters are recognised by.
    timers : Timers
        The event loop.
    on_closed : callable
        Called with each poll that closes, and its ballots; none of an anonymous one. It may keep them longer
        than the room exists.
    now : callable, optional
        Wall-clock seconds since the epoch.
    """

    def __init__(
        self,
        room: Room,
        *,
        records: PollRecords,
        issuer: Issuer,
        timers: Timers,
        on_closed: Callable[[PollRecord, Sequence[Ballot]], object],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._room = room
        self._records = records
        self._issuer = issuer
        self._timers = timers
        self._on_closed = on_closed
        self._now = now
        self._polls: dict[str, CountedPoll] = {}
        self._closing: dict[str, Handle] = {}
        self._viewers: dict[PollViewer, _Watching] = {}
        self._viewers_votes = TokenBuckets(burst=_VIEWERS_BURST, rate=_VIEWERS_RATE, timers=timers)
        #: Moderators who know what moderators may know.
        self._informed: set[str] = set()
        #: Polls whose votes have changed since they were told.
        self._changed: dict[str, CountedPoll] = {}
        self._pause = Alarm(timers)
        #: Closed polls that are not written yet, and whether deleted votes may have left traces.
        self._unwritten: list[CountedPoll] = []
        self._traces = False
        self._again = Alarm(timers)
        for record in records.polls(room.name):
            ballots = records.ballots(room.name, record.id) if record.closed is None else ()
            self._add(CountedPoll(record, ballots))

    # --- what moderators ask -------------------------------------------------------------------

    def open(self, who: Participant, message: classroom.OpenPoll) -> None:
        """Open a poll; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : OpenPoll
            The request.
        """
        flaw = flaw_of_poll(message)
        if flaw is not None:
            refuse(who, message, "invalid", flaw)
            return
        full = self._full()
        if full is not None:
            refuse(who, message, "too_many", full)
            return
        record = new_record(message, poll_id=secrets.token_hex(8), now=self._now())
        if not self._records.add(self._room.name, len(self._polls), record):
            refuse(who, message, "failed", _NOT_SAVED.format("poll"))
            return
        poll = CountedPoll(record)
        self._add(poll)
        self._room.note("poll_opened", who, poll=record.id)
        who.send(classroom.PollOpened(ref=message.ref, id=record.id))
        self._tell_changed(poll)

    def _full(self) -> str | None:
        if len(self._open) >= MOST_OPEN:
            return f"{MOST_OPEN} polls are open already. Close one first."
        size = sum(
            len(text.encode())
            for poll in self._polls.values()
            for text in (poll.record.question, *poll.record.options)
        )
        if len(self._polls) >= MOST_POLLS or size >= MOST_BYTES:
            return f"This meeting has had {len(self._polls)} polls, and takes no more."
        return None

    def close(self, who: Participant, message: classroom.ClosePoll) -> None:
        """Close a poll; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : ClosePoll
            The request; a poll that is closed stays so.
        """
        poll = self._polls.get(message.poll)
        if poll is None:
            refuse(who, message, "not_found", _NO_POLL)
            return
        if poll.is_open:
            self._room.note("poll_closed", who, poll=poll.record.id)
            self._close(poll)
        acknowledge(who, message)

    def read_votes(self, who: Participant, message: classroom.ReadVotes) -> None:
        """Answer who voted for what; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : ReadVotes
            The request.
        """
        poll = self._polls.get(message.poll)
        if poll is None:
            refuse(who, message, "not_found", _NO_POLL)
        elif poll.record.anonymous:
            refuse(
                who, message, "forbidden", "This poll is anonymous: the server says only counts."
            )
        else:
            ballots = self._named(poll)
            votes = [
                classroom.NamedVote(
                    id=ballot.person or None, name=ballot.name, choices=list(ballot.choices)
                )
                for ballot in sorted(ballots, key=lambda ballot: (ballot.name, ballot.person))
            ]
            who.send(classroom.PollVotes(ref=message.ref, votes=votes))

    def forget(self, people: Collection[str]) -> None:
        """Take the names of people from their votes, which still count.

        Parameters
        ----------
        people : collection of str
            The participants' IDs.
        """
        self._records.forget_people(self._room.name, people)

    # --- votes ---------------------------------------------------------------------------------

    def vote(self, who: Participant, message: classroom.Vote) -> None:
        """Count a participant's vote.

        Parameters
        ----------
        who : Participant
            The participant.
        message : Vote
            The request.
        """
        # Those who vote, and go back into a group, are here, too.
        here = sum(_crowd(p) == _crowd(who) for p in self._room.everyone)
        voter = _Voter(who=_who(who), crowd=_crowd(who), here=here, person=who.id, name=who.name)
        if self._vote(voter, message, functools.partial(refuse, who, message)):
            acknowledge(who, message)

    def vote_of_viewer(self, viewer: PollViewer, message: watch.WatchVote, refuse: _Refuse) -> bool:
        """Count a viewer's vote.

        Parameters
        ----------
        viewer : PollViewer
            The viewer.
        message : WatchVote
            The request.
        refuse : callable
            Called with the error's kind and the reason if it is refused.

        Returns
        -------
        bool
            Whether it counts.
        """
        watching = self._viewers.get(viewer)
        if watching is None or not watching.browser:
            refuse("forbidden", "Your browser has no ID here by which your vote could count once.")
            return False
        if any(p.browser == watching.browser for p in self._room.everyone):
            refuse("forbidden", "You are in the meeting in this browser: vote there.")
            return False
        if not self._viewers_votes.take(watching.network):
            refuse("too_many", "Too many votes from your network. Wait a moment, then try again.")
            return False
        voter = _Voter(
            who=f"viewer\n{watching.browser}",
            crowd=f"viewers\n{watching.network}",
            here=sum(other.network == watching.network for other in self._viewers.values()),
            most=MOST_VIEWERS,
        )
        return self._vote(voter, message, refuse)

    def _vote(
        self, voter: _Voter, message: classroom.Vote | watch.WatchVote, refuse: _Refuse
    ) -> bool:
        poll = self._votable(message, refuse)
        if poll is None:
            return False
        record = poll.record
        key, before = self._ballot(record.id, voter.who)
        after = tuple(sorted(message.choices))
        if after == before:
            return True
        crowd = self._hashes(record.id, voter.crowd)[0]
        if not before and not poll.has_place(crowd, voter.here, voter.most):
            refuse("too_many", _STUFFED)
            return False
        ballot = Ballot(
            voter=key,
            crowd=crowd,
            choices=after,
            person="" if record.anonymous else voter.person,
            name="" if record.anonymous else voter.name,
        )
        if not self._records.put(self._room.name, record.id, ballot):
            refuse("failed", _NOT_SAVED.format("vote"))
            return False
        poll.count(crowd, before, after)
        self._changed[record.id] = poll
        if not self._pause.is_set:
            self._tell_counts()
        return True

    def _votable(
        self, message: classroom.Vote | watch.WatchVote, refuse: _Refuse
    ) -> CountedPoll | None:
        """Return the poll that a vote is for, if it takes the vote."""
        poll = self._polls.get(message.poll)
        if poll is None:
            refuse("not_found", _NO_POLL)
            return None
        if not poll.is_open:
            refuse("conflict", "This poll is closed: the votes are final.")
            return None
        record = poll.record
        flaw = flaw_of_choices(message.choices, len(record.options), multiple=record.multiple)
        if flaw is not None:
            refuse("invalid", flaw)
            return None
        return poll

    def _ballot(self, poll: str, who: str) -> tuple[str, tuple[int, ...]]:
        """Return what a person's ballot is kept under, and what it says; empty for none."""
        keys = self._hashes(poll, who)
        for key in keys:
            choices = self._records.ballot(self._room.name, poll, key)
            if choices:
                return key, choices
        return keys[0], ()

    def _hashes(self, poll: str, text: str) -> tuple[str, ...]:
        return self._issuer.hashes(f"poll\n{poll}\n{text}")

    # --- opening and closing -------------------------------------------------------------------

    @property
    def _open(self) -> list[CountedPoll]:
        return [poll for poll in self._polls.values() if poll.is_open]

    def _add(self, poll: CountedPoll) -> None:
        record = poll.record
        self._polls[record.id] = poll
        if poll.is_open and record.ends is not None:
            left = max(0.0, record.ends - self._now())
            self._closing[record.id] = self._timers.call_later(
                left, functools.partial(self._close, poll)
            )

    def _close(self, poll: CountedPoll) -> None:
        timer = self._closing.pop(poll.record.id, None)
        if timer is not None:
            timer.cancel()
        self._changed.pop(poll.record.id, None)
        poll.close(self._now())
        self._unwritten.append(poll)
        self._traces = self._traces or poll.record.anonymous
        self._write()
        self._on_closed(poll.record, self._named(poll))
        self._tell_changed(poll)

    def _named(self, poll: CountedPoll) -> Sequence[Ballot]:
        """Return the ballots of a poll that say who voted for what."""
        if poll.record.anonymous:
            return ()
        return self._records.ballots(self._room.name, poll.record.id)

    def _write(self) -> None:
        """Write what is not written yet, and erase the traces of deleted votes, now or a little later."""
        self._again.cancel()
        name = self._room.name
        self._unwritten = [p for p in self._unwritten if not self._records.close(name, p.record)]
        self._traces = self._traces and not self._records.erase_traces()
        if self._unwritten or self._traces:
            self._again.set(_AGAIN, self._write)

    # --- telling -------------------------------------------------------------------------------

    def _others(self) -> list[Participant]:
        return [p for p in self._room.participants if not p.moderator]

    def _tell_changed(self, poll: CountedPoll) -> None:
        for moderator in self._room.moderators:
            self._informed.add(moderator.id)
        self._room.tell(
            self._room.moderators,
            classroom.PollChanged(poll=poll.describe(moderator=True)),
        )
        self._tell_others(classroom.PollChanged(poll=poll.describe(moderator=False)))

    def _tell_counts(self) -> None:
        changed, self._changed = self._changed, {}
        if changed:
            self._pause.set(PAUSE, self._tell_counts)
        for poll in changed.values():
            counts, known = poll.shown(moderator=True), poll.shown(moderator=False)
            told = classroom.PollCounts(id=poll.record.id, counts=counts, voters=poll.voters)
            self._room.tell(self._room.moderators, told)
            if known is None:
                told = classroom.PollCounts(id=poll.record.id, counts=None, voters=poll.voters)
            # The same message to all who may know the same: it is encoded once.
            self._tell_others(told)

    def _tell_others(self, message: classroom.PollChanged | classroom.PollCounts) -> None:
        self._room.tell(self._others(), message)
        for viewer in tuple(self._viewers):
            viewer.tell_poll(message)

    def _tell_all(self, who: Participant) -> None:
        for poll in self._polls.values():
            own = self._own(poll, _who(who))
            who.send(classroom.PollChanged(poll=poll.describe(moderator=who.moderator, own=own)))
        if who.moderator:
            self._informed.add(who.id)
        else:
            self._informed.discard(who.id)

    def _own(self, poll: CountedPoll, who: str) -> Sequence[int]:
        if poll.record.anonymous and not poll.is_open:
            return ()
        return self._ballot(poll.record.id, who)[1]

    # --- viewers -------------------------------------------------------------------------------

    def add_viewer(self, viewer: PollViewer, *, person: str | None, address: str) -> None:
        """Let a viewer with a ticket take part, and tell them of the open polls.

        Parameters
        ----------
        viewer : PollViewer
            The viewer.
        person : str or None
            Their browser's ID; without it they may not vote.
        address : str
            Their network address; empty if unknown.
        """
        key = self._room.settings.key
        self._viewers[viewer] = watching = _Watching(
            browser=browser_of(person, key=key), network=network_of(address, key=key)
        )
        for poll in self._open:
            own = self._own(poll, f"viewer\n{watching.browser}") if watching.browser else ()
            viewer.tell_poll(classroom.PollChanged(poll=poll.describe(moderator=False, own=own)))

    def remove_viewer(self, viewer: PollViewer) -> None:
        """Forget a viewer who is gone; their vote counts.

        Parameters
        ----------
        viewer : PollViewer
            The viewer.
        """
        self._viewers.pop(viewer, None)

    # --- what happens in the room --------------------------------------------------------------

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._tell_all(participant)

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        if participant.moderator and participant.id not in self._informed:
            self._tell_all(participant)

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone; their vote counts.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._informed.discard(participant.id)
        if not self._room.everyone and not self._room.continues:
            # Before the session ends, which keeps them.
            for poll in self._open:
                self._close(poll)

    def ended(self, *, kept: bool) -> None:
        """Hear that the room has ended.

        Parameters
        ----------
        kept : bool
            Whether the next server restores the room: its polls then go on.
        """
        if not kept:
            for poll in self._open:
                self._close(poll)
        for timer in (*self._closing.values(), self._pause, self._again):
            timer.cancel()
        self._closing.clear()
        self._viewers.clear()


_NO_POLL = "There is no such poll in this meeting."
_NOT_SAVED = "Your {} could not be saved: the server's disk may be full. Try again."
_STUFFED = "More people of your link and network have voted than are here. Ask a moderator for a link of your own."


def _who(participant: Participant) -> str:
    roster = participant.claims.roster
    # With a personal link, two browsers are one voter.
    return f"roster\n{roster}" if roster else f"person\n{participant.identity}"


def _crowd(participant: Participant) -> str:
    return f"{participant.claims.jti} {participant.address}"
