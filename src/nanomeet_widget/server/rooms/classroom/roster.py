"""Tells moderators who has a personal link to the room, and who of them is there."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from nanomeet_widget.server.protocol import classroom
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.store.token_records import TokenRecords
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds for which changes are collected: a class arrives within a minute.
_SOON = 0.1
#: The longest time that is waited for a link to expire, in seconds.
_DAY = 24 * 3600.0


class Roster(RoomListener):
    """Tells a meeting's moderators of its roster, and of its people who come and go.

    People in groups are here, and moderators in groups are told: this part hears of those in the groups'
    rooms, too.

    Parameters
    ----------
    room : Room
        The main room.
    tokens : TokenRecords
        The personal links.
    timers : Timers
        The event loop.
    """

    def __init__(self, room: Room, *, tokens: TokenRecords, timers: Timers) -> None:
        self._room = room
        self._tokens = tokens
        self._timers = timers
        #: The roster as moderators know it; None before the first one came.
        self._people: list[classroom.Rostered] | None = None
        #: The moderators who know it.
        self._told: set[str] = set()
        #: The people who came or went since.
        self._changed: set[str] = set()
        self._soon = Alarm(timers)
        self._expiry = Alarm(timers)

    def reload(self) -> None:
        """Hear that links were made, were revoked or have expired."""
        if self._people is None:
            return
        # Who came and went is told person by person: moderators get another roster only if there is one.
        self._flush()
        known, self._people = self._people, self._read()
        if known != self._people:
            self._tell(self._moderators())

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._note(participant)
        # Another page of the same person knows nothing yet.
        self._told.discard(participant.id)
        self._tell_new(participant)

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._tell_new(participant)

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._told.discard(participant.id)
        self._note(participant)
        if not self._room.everyone:
            self._stop()

    def ended(self, *, kept: bool) -> None:
        """Hear that the room has ended.

        Parameters
        ----------
        kept : bool
            Whether the next server restores the room: it reads the roster by itself.
        """
        del kept
        self._stop()

    def _moderators(self) -> list[Participant]:
        return [one for one in self._room.reached if one.moderator]

    def _tell_new(self, participant: Participant) -> None:
        if not participant.moderator or participant.id in self._told:
            return
        if self._people is None:
            self._people = self._read()
        elif self._changed:
            self._flush()
        self._tell([participant])

    def _tell(self, moderators: Iterable[Participant]) -> None:
        people = self._people or []
        for moderator in moderators:
            # Most rooms have no roster.
            if people or moderator.id in self._told:
                moderator.send(classroom.RosterChanged(people=list(people)))
            self._told.add(moderator.id)

    def _read(self) -> list[classroom.Rostered]:
        here = self._here()
        found = self._tokens.roster(self._room.name)
        self._await_expiry(min((person.expiration for person in found), default=None))
        return [
            classroom.Rostered(
                id=person.id,
                name=person.name,
                moderator=person.moderator,
                here=here.get(person.id, []),
            )
            for person in found
        ]

    def _here(self) -> dict[str, list[str]]:
        here: dict[str, list[str]] = {}
        for participant in self._room.everyone:
            if participant.claims.roster:
                here.setdefault(participant.claims.roster, []).append(participant.id)
        return here

    def _await_expiry(self, at: float | None) -> None:
        self._expiry.cancel()
        if at is not None:
            left = max(at - self._room.time(), 0) + 1
            self._expiry.set(min(left, _DAY), self.reload)

    def _note(self, participant: Participant) -> None:
        person = participant.claims.roster
        if not person:
            return
        self._room.came(person)
        self._changed.add(person)
        if not self._soon.is_set:
            self._soon.set(_SOON, self._flush)

    def _flush(self) -> None:
        self._soon.cancel()
        changed, self._changed = self._changed, set()
        here = self._here()
        for place, person in enumerate(self._people or ()):
            now = here.get(person.id, [])
            if self._people is not None and person.id in changed and person.here != now:
                self._people[place] = msgspec.structs.replace(person, here=now)
                self._room.tell(
                    [one for one in self._moderators() if one.id in self._told],
                    classroom.RosterHere(id=person.id, here=now),
                )

    def _stop(self) -> None:
        self._soon.cancel()
        self._expiry.cancel()
        self._people = None
