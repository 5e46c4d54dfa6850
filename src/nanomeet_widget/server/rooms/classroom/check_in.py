"""Check-ins: a moderator asks who is done, and everyone says so by one key."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from nanomeet_widget.server.protocol import classroom
from nanomeet_widget.server.rooms.cleaning import clean_text
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.store.room_settings import CheckInState
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds for which answers are collected before moderators are told.
_SOON = 0.2
#: The most answers that are kept: people who left may come back.
_MOST = 2000


class CheckIn(RoomListener):
    """The check-in of a meeting. It is kept with the room's settings, and so outlives the server.

    People in groups take part: this part hears of those in the groups' rooms, too.

    Parameters
    ----------
    room : Room
        The main room.
    timers : Timers
        The event loop.
    """

    def __init__(self, room: Room, *, timers: Timers) -> None:
        self._room = room
        self._timers = timers
        self._soon = Alarm(timers)
        #: The moderators who know all answers.
        self._told: set[str] = set()

    def start(self, who: Participant, message: classroom.StartCheckIn) -> None:
        """Ask everyone whether they are done; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : StartCheckIn
            The request.
        """
        question = clean_text(message.question)
        if not question:
            refuse(who, message, "invalid", "The question has no readable characters.")
            return
        self._room.settings.check_in = CheckInState(
            id=secrets.token_hex(8), question=question, since=self._room.time()
        )
        self._changed()
        self._room.note("check_in_started", who)
        acknowledge(who, message)

    def answer(self, who: Participant, message: classroom.AnswerCheckIn) -> None:
        """Note that a participant is done, or is not after all.

        Parameters
        ----------
        who : Participant
            The participant.
        message : AnswerCheckIn
            The request.
        """
        now = self._room.settings.check_in
        if now is None or now.id != message.id:
            refuse(who, message, "not_found", "This check-in has ended.")
            return
        if message.done != (who.id in now.done):
            if message.done:
                now.done.append(who.id)
                self._forget_some(now)
            else:
                now.done.remove(who.id)
            self._room.save()
            self._tell([who])
            if not self._soon.is_set:
                self._soon.set(_SOON, self._tell_moderators)
        acknowledge(who, message)

    def end(self, who: Participant, message: classroom.EndCheckIn) -> None:
        """End the check-in; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : EndCheckIn
            The request.
        """
        if self._room.settings.check_in is not None:
            self._room.settings.check_in = None
            self._changed()
            self._room.note("check_in_ended", who)
        acknowledge(who, message)

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._told.discard(participant.id)
        if self._room.settings.check_in is not None:
            self._tell([participant])

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        # Of all changes to participants, only a new moderator matters.
        new = participant.moderator and participant.id not in self._told
        if new and self._room.settings.check_in is not None:
            self._tell([participant])

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone. Their answer stays: they may come back.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._told.discard(participant.id)

    def _changed(self) -> None:
        self._room.save()
        self._tell(self._room.reached)

    def _tell_moderators(self) -> None:
        self._tell(one for one in self._room.reached if one.moderator)

    def _tell(self, people: Iterable[Participant]) -> None:
        now = self._room.settings.check_in
        for person in people:
            if now is None:
                person.send(classroom.CheckInChanged(id=None))
                continue
            if person.moderator:
                self._told.add(person.id)
            person.send(
                classroom.CheckInChanged(
                    id=now.id,
                    question=now.question,
                    since=now.since,
                    done=[one for one in now.done if person.moderator or one == person.id],
                )
            )

    def _forget_some(self, now: CheckInState) -> None:
        if len(now.done) > _MOST:
            now.done = [one for one in now.done if self._room.member(one) is not None]
