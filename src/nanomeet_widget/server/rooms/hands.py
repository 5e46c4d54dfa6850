"""Raised hands, in the order in which they were raised, and reactions."""

from __future__ import annotations

import time
from collections.abc import Callable

from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import classroom, meeting
from nanomeet_widget.server.rooms.classroom.recorder import Recorder
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBuckets


class Hands:
    """Raises and lowers hands, and shows reactions.

    Parameters
    ----------
    room : Room
        The room.
    limits : Limits
        How many reactions one participant may send.
    timers : Timers
        The event loop.
    recorder : Recorder
        Keeps what was done, if the room keeps it.
    now : callable, optional
        Wall-clock seconds since the epoch.
    """

    def __init__(
        self,
        room: Room,
        *,
        limits: Limits,
        timers: Timers,
        recorder: Recorder,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._room = room
        self._recorder = recorder
        self._now = now
        self._latest = 0.0
        self._reactions = TokenBuckets(
            burst=limits.reaction_burst, rate=limits.reaction_rate, timers=timers
        )

    def raise_hand(self, who: Participant, message: meeting.RaiseHand) -> None:
        """Raise or lower the own hand; raising it again does not move it in the queue.

        Parameters
        ----------
        who : Participant
            The participant who asks.
        message : RaiseHand
            The request.
        """
        if not message.raised:
            self._lower(who, by=who)
        elif who.hand is None:
            with self._room.changing(who):
                who.hand = self._next()
            self._room.note("hand_raised", who)
        acknowledge(who, message)

    def lower_hand(self, who: Participant, message: meeting.LowerHand) -> None:
        """Lower a participant's hand; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : LowerHand
            The request.
        """
        target = self._room.present(message.id)
        if target is None:
            refuse(who, message, "not_found", "This participant is no longer in the room.")
            return
        self._lower(target, by=who)
        acknowledge(who, message)

    def call(self, who: Participant, message: classroom.CallHand) -> None:
        """Call on a participant with a raised hand; the caller has checked the role.

        Their hand goes down, so that two moderators who call the next one call two participants.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : CallHand
            The request.
        """
        target = self._first() if message.id is None else self._room.present(message.id)
        if message.id is not None and target is None:
            refuse(who, message, "not_found", "This participant is no longer in the room.")
        elif target is None:
            who.send(classroom.HandCalled(ref=message.ref, id=None))
        elif target.hand is None:
            refuse(
                who,
                message,
                "hand_down",
                f"{target.name}'s hand is not raised now: another moderator may have called on them.",
            )
        elif not target.stage and not self._room.stage_has_room:
            refuse(
                who,
                message,
                "stage_full",
                f"The stage is full: send a participant to the audience, then call on {target.name}.",
            )
        else:
            self._call(target, by=who)
            who.send(classroom.HandCalled(ref=message.ref, id=target.id))

    def _call(self, target: Participant, *, by: Participant) -> None:
        self._lower(target, by=by)
        self._room.note("hand_called", target, by=by.id)
        if not target.stage:
            target.invited_by = by.id
            self._room.keep(target)
            target.send(meeting.StageInvited(by=by.id))
        elif not target.audio and target is not by:
            target.send(meeting.UnmuteAsked(media="audio", by=by.id))

    def _first(self) -> Participant | None:
        """Return who raised their hand first; those with a lost connection come after the others."""
        raised = [
            (p.presence is Presence.DROPPED, p.hand, p)
            for p in self._room.participants
            if p.hand is not None
        ]
        return min(raised, key=lambda one: one[:2])[2] if raised else None

    def react(self, who: Participant, message: meeting.React) -> None:
        """Show a reaction to everyone.

        Parameters
        ----------
        who : Participant
            The participant who asks.
        message : React
            The request.
        """
        if not self._reactions.take(who.id):
            refuse(who, message, "too_many", "Too many reactions. Wait a moment, then try again.")
            return
        self._room.tell(
            self._room.participants,
            meeting.Reaction(sender=who.id, reaction=message.reaction),
        )
        self._recorder.reacted(who, message.reaction)
        acknowledge(who, message)

    def _lower(self, participant: Participant, *, by: Participant) -> None:
        raised = participant.hand
        if raised is not None:
            with self._room.changing(participant):
                participant.hand = None
            self._recorder.lowered(participant, raised, by=by)
            self._room.note("hand_lowered", participant)

    def _next(self) -> float:
        """Return milliseconds since the epoch, later than any earlier hand even if the clock went back."""
        up = [p.hand for p in self._room.participants if p.hand is not None]
        self._latest = max(self._now() * 1000, *(hand + 1 for hand in (*up, self._latest)))
        return self._latest
