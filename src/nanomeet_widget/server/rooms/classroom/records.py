"""Writes the records of a room's meetings: what its policy says, and nothing else."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import classroom, meeting
from nanomeet_widget.server.protocol.classroom import RecordKind
from nanomeet_widget.server.rooms.classroom.recorder import Recorder
from nanomeet_widget.server.rooms.classroom.talk import Talk
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.store.poll_records import Ballot, PollRecord
from nanomeet_widget.server.store.session_records import (
    USUAL,
    Person,
    Policy,
    PollResult,
    Session,
    SessionRecords,
)
from nanomeet_widget.server.timers import Alarm, Timers

#: Rows that one session keeps of each kind. A crowd, people of one link at one address, has half of them.
MOST: dict[RecordKind, int] = {
    "attendance": 20_000,
    "hands": 10_000,
    "reactions": 20_000,
    "chat": 5_000,
    "viewers": 20_000,
    "polls": 1_000,
}
#: Events of the log, and the kind of record that tells the same. The others of participants are needed
#: while the meeting goes on, and are attendance afterwards.
_LOGGED: dict[str, RecordKind] = {"hand_raised": "hands", "hand_lowered": "hands", "chat": "chat"}


def roster_of(participant: Participant) -> str | None:
    """Return a participant's ID in the roster.

    Parameters
    ----------
    participant : Participant
        The participant.

    Returns
    -------
    str or None
        None without a personal link.
    """
    return participant.claims.roster or None


@dataclass
class _Stay:
    joined: float
    #: Whether it is written: the session keeps attendance, and has room for it.
    kept: bool
    #: When the connection was lost; None while it is not.
    lost: float | None = None
    #: How it is written; None if that is not known.
    written: Person | None = None


@dataclass
class _Live:
    """A session that goes on, and what of it has not ended."""

    session: Session
    stays: dict[str, _Stay] = field(default_factory=dict)
    #: Stays that ended with a lost connection, by the participants' IDs: they may still be continued.
    ended: dict[str, _Stay] = field(default_factory=dict)
    hands: dict[str, float] = field(default_factory=dict)
    views: set[View] = field(default_factory=set)
    #: How many rows of each kind there are, and how many of them are of each crowd.
    rows: Counter[RecordKind] = field(default_factory=Counter)
    crowds: Counter[tuple[RecordKind, str, str]] = field(default_factory=Counter)
    #: When the last participant who left did so.
    left: float = 0.0
    talk: Talk | None = None
    #: The moderators who know how long everyone has spoken.
    told: set[str] = field(default_factory=set)


class View:
    """One viewer's view of a broadcast, without anything that says who they are.

    Parameters
    ----------
    recorder : RoomRecorder
        What writes it.
    days : int
        After how many days it is deleted.
    """

    def __init__(self, recorder: RoomRecorder, *, days: int) -> None:
        self.id = secrets.token_hex(8)
        self.days = days
        self._recorder = recorder

    def report(self, startup: float | None, halts: int, halted: float) -> None:
        """Save how the playback goes.

        Parameters
        ----------
        startup : float or None
            Seconds until the first picture or sound.
        halts : int
            How often it stopped.
        halted : float
            For how many seconds in all.
        """
        self._recorder.report_view(self, startup=startup, halts=halts, halted=halted)

    def end(self) -> None:
        """End it; a second call does nothing."""
        self._recorder.end_view(self)


class RoomRecorder(Recorder):
    """Writes the records of one meeting: of its main room, and of who is in its groups.

    A person who is in a group is in the meeting. One who is on the way counts as one whose connection is
    lost, until they arrive.

    Parameters
    ----------
    room : Room
        The main room.
    records : SessionRecords
        Where they are written, including what a killed server left behind.
    config : ServerConfig
        For how long records are kept, and people wait for.
    timers : Timers
        The event loop.
    now : callable, optional
        Wall-clock seconds since the epoch.
    """

    def __init__(
        self,
        room: Room,
        *,
        records: SessionRecords,
        config: ServerConfig,
        timers: Timers,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._room = room
        self._records = records
        self._config = config
        self._timers = timers
        self._now = now
        self._live: _Live | None = None
        #: Runs while the session of a restored room without people waits for them to come back.
        self._unclaimed = Alarm(timers)
        #: What the last session kept.
        self._kinds: tuple[RecordKind, ...] = ()
        left = records.left_behind(room.name)
        if left is not None:
            self._continue(left)

    @property
    def session(self) -> Session | None:
        """The session that goes on."""
        return None if self._live is None else self._live.session

    @property
    def policy(self) -> Policy:
        """What is kept: of the session that goes on, or of one that would begin now."""
        session = self.session
        if session is not None:
            return Policy(kinds=session.kinds, days=session.days)
        return next_policy(self._records, self._room.name, self._config)

    def keeps(self, kind: RecordKind) -> bool:
        """Return whether a session goes on that keeps a kind of record.

        Parameters
        ----------
        kind : RecordKind
            The kind.
        """
        return self._live is not None and kind in self._live.session.kinds

    def logs(self, event: str) -> bool:
        """Return whether an event of a participant may be in the log of events.

        Parameters
        ----------
        event : str
            The event.
        """
        kind = _LOGGED.get(event)
        if kind is not None:
            return self.keeps(kind)
        # The end of a session deletes those that it does not keep.
        return self._live is not None or "attendance" in self._kinds

    # --- what happens in the room --------------------------------------------------------------

    def seated(self, newcomer: Participant) -> None:
        """Begin or continue the stay of a newcomer, and with the first one the session.

        Parameters
        ----------
        newcomer : Participant
            The newcomer.
        """
        self._hand(self.arrived(newcomer), newcomer)

    def arrived(self, newcomer: Participant) -> _Live:
        """Begin or continue the stay of a newcomer to any room of the meeting.

        Parameters
        ----------
        newcomer : Participant
            The newcomer.
        """
        now = self._now()
        live = self._begin(now)
        self._arrive(live, newcomer, now)
        return live

    def welcomed(self, participant: Participant) -> None:
        """Tell a participant what is kept; one who is back never left.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        live = self.returned(participant)
        self._hand(live, participant)
        live.told.discard(participant.id)
        self._tell_talk(live)

    def returned(self, participant: Participant) -> _Live:
        """Continue the stay of a person who is back in any room of the meeting; tell them what is kept.

        Parameters
        ----------
        participant : Participant
            The person.
        """
        now = self._now()
        live = self._begin(now)
        stay = live.stays.get(participant.id)
        if stay is None:
            # Their place was restored, and the session of that time was over.
            self._arrive(live, participant, now)
        elif stay.lost is not None:
            self._lose(live, participant, stay, None)
        policy = self.policy
        participant.send(classroom.RecordsKept(kinds=list(policy.kinds), days=policy.days))
        return live

    def dropped(self, participant: Participant, at: float) -> None:
        """Note when a connection was lost.

        Parameters
        ----------
        participant : Participant
            The participant, who keeps their place for a while.
        at : float
            When, in seconds since the epoch.
        """
        live = self._live
        if live is None:
            return
        stay = live.stays.get(participant.id)
        if stay is not None:
            self._lose(live, participant, stay, max(stay.joined, at))
        if live.talk is not None:
            live.talk.changed(participant)

    def updated(self, participant: Participant) -> None:
        """Note a new name, a new role, a raised or lowered hand, and a microphone that is off.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        live = self._live
        if live is None:
            return
        self.renamed(participant)
        self._hand(live, participant)
        if live.talk is not None:
            live.talk.changed(participant)
        self._tell_talk(live)

    def renamed(self, participant: Participant) -> None:
        """Note a new name or role of a person in any room of the meeting.

        Parameters
        ----------
        participant : Participant
            The person.
        """
        live = self._live
        stay = None if live is None else live.stays.get(participant.id)
        person = person_of(participant)
        if live is not None and stay is not None and stay.kept and stay.written != person:
            stay.written = person
            self._records.rename(live.session.id, person, stay.joined)

    def gone(self, participant: Participant) -> None:
        """End a stay, and with the last one the session, unless the person goes on to another room.

        Parameters
        ----------
        participant : Participant
            The participant, who was in any room of the meeting.
        """
        live = self._live
        if live is None:
            return
        if self._room.continues:
            # The next server continues the session, as after a crash.
            if live.talk is not None:
                live.talk.close()
            self._records.beat(self._now())
            return
        if live.talk is not None:
            live.talk.changed(participant)
        stay = live.stays.get(participant.id)
        if stay is not None and self._room.member(participant.id) is not None:
            if stay.lost is None:
                self._lose(live, participant, stay, max(stay.joined, self._now()))
            self._hand_down(live, participant.id, self._now())
            return
        self._leave(participant.id)

    def strayed(self, name: str) -> None:
        """Hear that a person did not arrive in the room to which they went.

        Parameters
        ----------
        name : str
            The participant's ID.
        """
        if self._room.member(name) is None:
            self._leave(name)

    def _leave(self, name: str) -> None:
        live = self._live
        if live is not None:
            self._end_stay(live, name)
            if not self._room.everyone and not self._unclaimed.is_set:
                self._end(live)

    def ended(self, *, kept: bool) -> None:
        """End the session with the room: its last people were on the way to a group.

        Parameters
        ----------
        kept : bool
            Whether the next server restores the room: its session then goes on.
        """
        self._unclaimed.cancel()
        if self._live is not None and not kept:
            self._end(self._live)

    def resumed(self) -> None:
        """End the stays of those whose places were not restored, once all rooms of the meeting are."""
        live = self._live
        if live is None:
            return
        for name in tuple(live.stays):
            if self._room.member(name) is None:
                self._end_stay(live, name)
        self._unclaimed.set(self._config.patience.restored_room, self._unclaim)

    # --- what the other parts say --------------------------------------------------------------

    def speaking(self, who: Participant, message: classroom.Speaking) -> None:
        """Hear whether a participant speaks.

        Parameters
        ----------
        who : Participant
            The participant.
        message : Speaking
            What their page says.
        """
        if self._live is not None and self._live.talk is not None:
            self._live.talk.says(who, speaking=message.speaking)

    def lowered(self, participant: Participant, raised: float, *, by: Participant) -> None:
        """Note who lowered a hand.

        Parameters
        ----------
        participant : Participant
            Whose hand it was.
        raised : float
            When it was raised, in milliseconds since the epoch.
        by : Participant
            Who lowered it.
        """
        if self._live is not None and self.keeps("hands"):
            self._records.lower_hand(
                self._live.session.id,
                participant.id,
                raised / 1000,
                lowered=self._now(),
                by=by.id,
            )

    def reacted(self, who: Participant, reaction: str) -> None:
        """Note a reaction.

        Parameters
        ----------
        who : Participant
            The participant.
        reaction : str
            The reaction.
        """
        live = self._live
        if live is not None and self._has_room(live, "reactions", who):
            self._records.react(live.session.id, person_of(who), self._now(), reaction)

    def chatted(self, who: Participant, message: meeting.ChatMessage) -> None:
        """Note a chat message, if it is to everyone.

        Parameters
        ----------
        who : Participant
            Who wrote it.
        message : ChatMessage
            The message.
        """
        live = self._live
        if live is not None and message.to is None and self._has_room(live, "chat", who):
            self._records.chat(live.session.id, person_of(who), message.at, message.text)

    def record_poll(
        self, poll: PollResult, votes: Sequence[tuple[Person, Sequence[int]]] = ()
    ) -> None:
        """Keep a poll that is closed, if the session keeps polls.

        Parameters
        ----------
        poll : PollResult
            The poll.
        votes : sequence of tuple, optional
            Who voted (see `person_of`), and the places of the options that they chose; never kept of an
            anonymous poll.
        """
        live = self._live
        if live is None or not self._has_room(live, "polls", None):
            return
        self._records.poll(live.session.id, poll)
        if not poll.anonymous:
            for person, choices in votes:
                self._records.vote(live.session.id, poll, person, choices)

    def poll_closed(self, poll: PollRecord, ballots: Sequence[Ballot]) -> None:
        """Keep a poll that is closed, if the session keeps polls.

        Parameters
        ----------
        poll : PollRecord
            The poll.
        ballots : sequence of Ballot
            Its votes.
        """
        live = self._live
        if live is None:
            return
        # Those of viewers say of no one.
        votes = [(self._voter(live, b), b.choices) for b in ballots if b.person]
        self.record_poll(
            PollResult(
                id=poll.id,
                question=poll.question,
                options=poll.options,
                multiple=poll.multiple,
                anonymous=poll.anonymous,
                correct=poll.correct,
                counts=poll.counts,
                voters=poll.voters,
                opened=poll.opened,
                closed=self._now() if poll.closed is None else poll.closed,
            ),
            votes,
        )

    def _voter(self, live: _Live, ballot: Ballot) -> Person:
        """Return who voted, who may have left since."""
        here = self._room.present(ballot.person)
        if here is not None:
            return person_of(here)
        roster = self._records.roster_of(live.session.id, ballot.person)
        return Person(id=ballot.person, name=ballot.name, roster=roster, moderator=False)

    # --- viewers -------------------------------------------------------------------------------

    def begin_view(self) -> View | None:
        """Note that a viewer begins to watch the broadcast.

        Returns
        -------
        View or None
            Their view; None if views are not kept.
        """
        live = self._live
        if live is None or not self._has_room(live, "viewers", None):
            return None
        view = View(self, days=live.session.days)
        live.views.add(view)
        self._records.begin_view(live.session.id, view.id, self._now())
        return view

    def report_view(self, view: View, *, startup: float | None, halts: int, halted: float) -> None:
        """Save how a viewer's playback goes.

        Parameters
        ----------
        view : View
            The view; nothing is saved once it has ended.
        startup, halts, halted
            As `View.report` has them.
        """
        if self._live is not None and view in self._live.views:
            self._records.view(
                self._live.session.id, view.id, startup=startup, halts=halts, halted=halted
            )

    def end_view(self, view: View) -> None:
        """Note that a viewer no longer watches.

        Parameters
        ----------
        view : View
            The view; one that has ended stays so.
        """
        if self._live is not None and view in self._live.views:
            self._live.views.remove(view)
            self._records.end_view(self._live.session.id, view.id, self._now())

    # --- sessions ------------------------------------------------------------------------------

    def _begin(self, now: float) -> _Live:
        self._unclaimed.cancel()
        if self._live is None:
            session = self._records.begin(self._room.name, self.policy, now)
            self._live = self._start(session)
        return self._live

    def _start(self, session: Session) -> _Live:
        live = _Live(session=session)
        self._kinds = session.kinds
        if "talk" in session.kinds:
            live.talk = Talk(
                self._timers,
                self._records.talked(session.id),
                on_counted=self._talked,
                on_news=self._talk_changed,
            )
        return live

    def _continue(self, session: Session) -> None:
        """Go on with the session of a server that was killed, or stopped, a moment ago."""
        if self._now() - session.alive > self._config.patience.restored_room:
            self._records.close_rows(session.id, session.alive)
            self._records.end(session, session.alive)
            return
        live = self._live = self._start(session)
        live.left = session.began
        for stay in self._records.open_stays(session.id):
            lost = session.alive if stay.lost is None else stay.lost
            live.stays[stay.person] = _Stay(
                joined=stay.joined, kept=True, lost=max(stay.joined, lost)
            )
        if not live.stays:
            live.left = session.alive
        live.hands.update(self._records.open_hands(session.id))
        for kind in session.kinds:
            live.rows[kind] = self._records.count(session.id, kind)
        self._records.close_views(session.id, session.alive)

    def _unclaim(self) -> None:
        if self._live is not None and not self._room.everyone:
            self._end(self._live)

    def _end(self, live: _Live) -> None:
        for name in tuple(live.stays):
            self._end_stay(live, name)
        for view in tuple(live.views):
            self.end_view(view)
        if live.talk is not None:
            live.talk.close()
        self._live = None
        self._records.end(live.session, live.left)

    # --- stays and hands -----------------------------------------------------------------------

    def _arrive(self, live: _Live, participant: Participant, now: float) -> None:
        stay = live.stays.get(participant.id)
        if stay is None:
            stay = live.ended.pop(participant.id, None)
            if stay is None or not self._resumable(stay, now):
                kept = self._has_room(live, "attendance", participant)
                stay = _Stay(joined=now, kept=kept)
        stay.lost = None
        live.stays[participant.id] = stay
        if stay.kept:
            stay.written = person_of(participant)
            self._records.stay(live.session.id, stay.written, stay.joined)

    def _resumable(self, stay: _Stay, now: float) -> bool:
        """Return whether the room still knows the owner of a stay that ended with a lost connection."""
        return stay.lost is not None and now - stay.lost < self._config.patience.resume

    def _lose(self, live: _Live, participant: Participant, stay: _Stay, lost: float | None) -> None:
        stay.lost = lost
        if stay.kept:
            self._records.lose(live.session.id, participant.id, stay.joined, lost)

    def _end_stay(self, live: _Live, name: str) -> None:
        now = self._now()
        stay = live.stays.pop(name, None)
        if stay is None:
            return
        left = max(stay.joined, now if stay.lost is None else stay.lost)
        live.left = max(live.left, left)
        if stay.kept:
            self._records.leave(live.session.id, name, stay.joined, left)
        self._hand_down(live, name, left)
        live.ended = {one: s for one, s in live.ended.items() if self._resumable(s, now)}
        if self._resumable(stay, now):
            live.ended[name] = stay

    def _hand_down(self, live: _Live, name: str, at: float) -> None:
        """End a raised hand whose owner is no longer in the room."""
        raised = live.hands.pop(name, None)
        if raised is not None:
            self._records.lower_hand(
                live.session.id, name, raised, lowered=max(raised, at), by=None
            )

    def _hand(self, live: _Live, participant: Participant) -> None:
        raised = None if participant.hand is None else participant.hand / 1000
        before = live.hands.get(participant.id)
        if raised == before:
            return
        if before is not None:
            del live.hands[participant.id]
            self._records.lower_hand(
                *(live.session.id, participant.id, before), lowered=self._now(), by=participant.id
            )
        if raised is not None and self._has_room(live, "hands", participant):
            live.hands[participant.id] = raised
            self._records.raise_hand(live.session.id, person_of(participant), raised)

    def _has_room(self, live: _Live, kind: RecordKind, who: Participant | None) -> bool:
        """Return whether a row is kept, and count it; one for which there is no room is noted."""
        if kind not in live.session.kinds:
            return False
        crowd = None
        if who is not None and not who.moderator:
            crowd = (kind, who.claims.jti, who.address)
        full = live.rows[kind] >= MOST[kind]
        if full or (crowd is not None and live.crowds[crowd] >= MOST[kind] // 2):
            self._records.leave_out(self._room.name, live.session.id, kind)
            return False
        live.rows[kind] += 1
        if crowd is not None:
            live.crowds[crowd] += 1
        return True

    # --- talk ----------------------------------------------------------------------------------

    def _talked(self, who: Participant, seconds: float) -> None:
        if self._live is not None:
            self._records.talk(self._live.session.id, person_of(who), seconds)

    def _talk_changed(self) -> None:
        if self._live is not None:
            self._live.told.clear()
            self._tell_talk(self._live)

    def _tell_talk(self, live: _Live) -> None:
        """Tell the moderators who do not know yet how long everyone has spoken."""
        if live.talk is None:
            return
        new = [one for one in self._room.moderators if one.id not in live.told]
        if new:
            self._room.tell(new, live.talk.describe())
            live.told.update(one.id for one in new)


def person_of(participant: Participant) -> Person:
    """Return a participant as records name them.

    Parameters
    ----------
    participant : Participant
        The participant.

    Returns
    -------
    Person
        Who they are now.
    """
    return Person(
        id=participant.id,
        name=participant.name,
        roster=roster_of(participant),
        moderator=participant.moderator,
    )


def next_policy(records: SessionRecords, room: str, config: ServerConfig) -> Policy:
    """Return what is kept of a room's next session.

    Parameters
    ----------
    records : SessionRecords
        The policies.
    room : str
        The room's name.
    config : ServerConfig
        For how long the server keeps records.

    Returns
    -------
    Policy
        What the room's creator said, or attendance; for no more days than the server allows.
    """
    policy = records.policy(room) or Policy(kinds=USUAL, days=config.records_days)
    return Policy(kinds=policy.kinds, days=min(policy.days, config.records_days))
