"""The groups of a meeting: who belongs to which, who is where, and how people move.

Each group is a room of its own. A person has the same identity in all rooms of their meeting and is in one
of them at a time, or on the way to it. Where they belong is saved before they are moved, so that a person
whose message was lost is moved when they join again.
"""

from __future__ import annotations

import secrets
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from nanomeet_widget import _texts, _validation
from nanomeet_widget._errors import TokenError
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.config import Patience
from nanomeet_widget.server.protocol import classroom, meeting
from nanomeet_widget.server.rooms.classroom.group_member import Member
from nanomeet_widget.server.rooms.cleaning import clean_group, clean_text
from nanomeet_widget.server.rooms.identities import ID_LENGTH, identity_of
from nanomeet_widget.server.rooms.participant import Connection, Participant, Presence
from nanomeet_widget.server.rooms.replies import Request, acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.store.group_records import GroupRecord, GroupRecords
from nanomeet_widget.server.store.token_records import TokenRecords
from nanomeet_widget.server.timers import Alarm, Handle, Timers
from nanomeet_widget.server.tokens.issuer import Issuer

#: Seconds for which changes are collected before everyone is told.
_TOGETHER = 0.1
#: Seconds between two looks at the clock: computers sleep, and timers with them.
_CHECK_EVERY = 15.0
#: People who are remembered; those who were away the longest are forgotten first.
_MOST = 1000
_MOVED_ON = meeting.Bye(kind="left", message="You went to another room of this meeting.")
CLOSED = meeting.Bye(
    kind="token_rejected",
    message="This is the token of a group that is closed to you. Join the meeting with your own link.",
)


class GroupRooms(Protocol):
    """Opens and closes the rooms of groups."""

    def free(self) -> int:
        """Return how many more rooms this server may open."""

    def open_group(self, groups: Groups, record: GroupRecord) -> Room:
        """Open a group's room, or restore it after a crash.

        Parameters
        ----------
        groups : Groups
            The groups of the meeting.
        record : GroupRecord
            The group.
        """


class Groups(RoomListener):
    """The groups of one meeting. It is `Elsewhere` for the main room.

    Parameters
    ----------
    room : Room
        The main room.
    rooms : GroupRooms
        Opens the groups' rooms.
    records : GroupRecords
        Where they are saved.
    tokens : TokenRecords
        Where the groups' tokens are revoked.
    issuer : Issuer
        Makes the groups' tokens.
    timers : Timers
        The event loop.
    patience : Patience
        How long a move may take.
    on_strayed : callable
        Called with the ID of a person who is no longer in the meeting: they did not arrive, or were removed
        on the way.
    now : callable, optional
        Wall-clock seconds since the epoch.
    """

    def __init__(
        self,
        room: Room,
        *,
        rooms: GroupRooms,
        records: GroupRecords,
        tokens: TokenRecords,
        issuer: Issuer,
        timers: Timers,
        patience: Patience,
        on_strayed: Callable[[str], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._main = room
        self._rooms = rooms
        self._records = records
        self._tokens = tokens
        self._issuer = issuer
        self._timers = timers
        self._patience = patience
        self._on_strayed = on_strayed
        self._now = now
        self._saved = records.find(room.name)
        self._open: dict[str, Room] = {}
        self._members: dict[str, Member] = {}
        #: The connections from which people were moved on.
        self._leaving: dict[Connection, Handle] = {}
        self._news = Alarm(timers)
        self._clock = Alarm(timers)
        #: Whether pages may show groups.
        self._had = bool(self._saved.groups)
        #: Whether the main room has ended.
        self._over = False

    # --- where everyone is -----------------------------------------------------------------------

    @property
    def shown_as(self) -> str:
        """The name of the meeting."""
        return self._main.name

    @property
    def keeps_open(self) -> bool:
        """Whether the main room stays open without anyone in it."""
        return not self._over and any(True for _ in self._away())

    @property
    def over(self) -> bool:
        """Whether the meeting has ended, or its server stops."""
        return self._over

    def away(self) -> Sequence[Participant]:
        """Return the people in groups, and on their way from one room to another."""
        return [member.person for member in self._away()]

    def inside(self) -> Sequence[Participant]:
        """Return the people in groups, as the groups' rooms have them."""
        return [person for room in self._open.values() for person in room.participants]

    def _away(self) -> Iterator[Member]:
        return (
            member
            for member in self._members.values()
            if member.travel.is_set or self._in_group(member) is not None
        )

    def _in_group(self, member: Member) -> Participant | None:
        """Return a member as the room of their place has them; None if they are not there."""
        room = self._open.get(member.place) if member.place is not None else None
        return None if room is None else room.present(member.person.id)

    def belongs(self, newcomer: Participant) -> bool:
        """Return whether someone who joins the main room belongs in a group.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        member = self._members.get(newcomer.id)
        return member is not None and member.place is not None

    def expects(self, newcomer: Participant) -> bool:
        """Return whether someone who joins the main room is on their way back to it.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        member = self._members.get(newcomer.id)
        return member is not None and member.place is None and member.travel.is_set

    def grants(self, newcomer: Participant) -> bool:
        """Return whether someone was made a moderator before they went into a group.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        member = self._members.get(newcomer.id)
        return member is not None and member.person.granted

    def lead(self, newcomer: Participant) -> None:
        """Lead someone who joined the main room on to their group.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        member = self._members[newcomer.id]
        member.person.claims = newcomer.claims
        message = self._direction(member)
        if message is None:
            newcomer.connection.close(CLOSED)
            return
        if self._in_group(member) is None:
            self._set_out(member)
        self._keep(member)
        newcomer.connection.send(message)
        self._close_later(newcomer.id, newcomer.connection)

    def enter(
        self, claims: Claims, connection: Connection, join: meeting.Join, *, revoked: bool
    ) -> tuple[str, str] | None:
        """Return where a person with a group's token goes.

        Parameters
        ----------
        claims : Claims
            The claims of the group's token.
        connection : Connection
            The connection to their page.
        join : Join
            How the page introduced itself.
        revoked : bool
            Whether the token was revoked, as when the group was closed: then it only leads its person back.

        Returns
        -------
        tuple or None
            The name of the group's room, and their identity; None if they were refused, or led on to
            another room.
        """
        member = self._holder(claims, join)
        if member is None:
            connection.close(CLOSED)
            return None
        person = member.person
        newcomer = Participant(
            person.claims,
            connection,
            timers=self._timers,
            identity=person.identity,
            known=person.known,
            name=person.name,
            audio=False,
            video=False,
            browser=person.browser,
            address=person.address,
        )
        newcomer.granted = person.granted
        if not self._main.admits(newcomer):
            return None
        room = None if member.place is None else self._open.get(member.place)
        if room is not None and room.name == claims.room and not revoked:
            if self._in_group(member) is None:
                self._set_out(member)
            return room.name, person.identity
        message = None if room is not None and room.name == claims.room else self._direction(member)
        if message is None:
            connection.close(CLOSED)
        else:
            self._keep(member)
            connection.send(message)
            self._close_later(person.id, connection)
        return None

    def _holder(self, claims: Claims, join: meeting.Join) -> Member | None:
        """Return the member that a group's token was made for, if they come with it themselves."""
        for member in self._members.values():
            if claims.jti in member.tickets.values():
                person = member.person
                if self._tokens.is_revoked(person.claims.jti):
                    return None
                if not person.known:
                    return member
                own = identity_of(person.claims, join.person or "", key=self._main.settings.key)
                return member if secrets.compare_digest(own, person.identity) else None
        return None

    # --- what moderators ask -------------------------------------------------------------------

    def open_groups(self, who: Participant, message: classroom.OpenGroups) -> None:
        """Open groups, and send people into them; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : OpenGroups
            The request. People who have left meanwhile are passed over.
        """
        if self._saved.groups:
            refuse(who, message, "invalid", "Groups are open. Close them first, or add one.")
            return
        people = [person for plan in message.groups for person in plan.people]
        if len(people) != len(set(people)):
            refuse(who, message, "invalid", "A person belongs to one group at most.")
            return
        names = self._new_names(who, message, [plan.name for plan in message.groups])
        if names is None:
            return
        self._saved.ends = self._end(message.minutes)
        made = [self._make(name) for name in names]
        self._save()
        moves: list[tuple[Member, str | None]] = []
        for record, plan in zip(made, message.groups, strict=True):
            for person in plan.people:
                member = self._member(person)
                if member is not None:
                    member.own = record.id
                    moves.append((member, record.id))
        self._move(moves)
        self._main.note("groups_opened", who)
        self._watch_clock()
        self._changed()
        self._answer(who, message)

    def add(self, who: Participant, message: classroom.AddGroup) -> None:
        """Open one more group.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : AddGroup
            The request.
        """
        names = self._new_names(who, message, [message.name])
        if names is None:
            return
        self._make(names[0])
        self._save()
        self._changed()
        self._answer(who, message)

    def rename(self, who: Participant, message: classroom.RenameGroup) -> None:
        """Give a group another name.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : RenameGroup
            The request.
        """
        record = self._group(who, message, message.group)
        if record is None:
            return
        name = clean_group(message.name)
        others = [one for one in self._saved.groups if one is not record]
        if self._refused_name(who, message, name, others):
            return
        record.name = name
        room = self._open[record.id]
        room.settings.subject = name
        room.settings_changed()
        self._save()
        self._changed()
        self._answer(who, message)

    def remove(self, who: Participant, message: classroom.RemoveGroup) -> None:
        """Close one group.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : RemoveGroup
            The request.
        """
        record = self._group(who, message, message.group)
        if record is None:
            return
        self._close([record], who, message)

    def assign(self, who: Participant, message: classroom.AssignGroup) -> None:
        """Move a person into a group, or back to the main room.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : AssignGroup
            The request.
        """
        if message.group is not None and self._group(who, message, message.group) is None:
            return
        member = self._member(message.id)
        if member is None:
            refuse(who, message, "not_found", "This participant is no longer in the meeting.")
            return
        if message.group is not None:
            member.barred.discard(message.group)
        member.own = message.group
        if member.person.id == who.id:
            # Moved away, they would not hear of it.
            acknowledge(who, message)
        self._move([(member, message.group)])
        self._changed()
        if member.person.id != who.id:
            self._answer(who, message)

    def go(self, who: Participant, message: classroom.EnterGroup) -> None:
        """Go into a group, or back to the main room.

        Parameters
        ----------
        who : Participant
            The person.
        message : EnterGroup
            The request.
        """
        if message.group is not None and self._group(who, message, message.group) is None:
            return
        member = self._member(who.id)
        if member is None:
            refuse(who, message, "not_found", "You are no longer in the meeting.")
            return
        if message.group is not None and message.group in member.barred:
            refuse(who, message, "forbidden", "A moderator removed you from this group.")
            return
        if message.group not in {None, member.own} and not who.moderator:
            refuse(who, message, "forbidden", "You do not belong to this group. Ask a moderator.")
            return
        acknowledge(who, message)
        self._move([(member, message.group)])
        self._changed()

    def set_end(self, who: Participant, message: classroom.SetGroupsEnd) -> None:
        """Change when everyone comes back.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : SetGroupsEnd
            The request.
        """
        if not self._refused_closed(who, message):
            self._saved.ends = self._end(message.minutes)
            self._save()
            self._watch_clock()
            self._changed()
            self._answer(who, message)

    def announce(self, who: Participant, message: classroom.AnnounceToGroups) -> None:
        """Tell all groups something.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : AnnounceToGroups
            The request.
        """
        if self._refused_closed(who, message):
            return
        text = clean_text(message.text)
        if not text:
            refuse(who, message, "invalid", "This announcement has no readable text.")
            return
        note = classroom.GroupNote(name=who.name, text=text)
        for room in self._open.values():
            room.tell(room.participants, note)
        acknowledge(who, message)

    def close(self, who: Participant, message: classroom.CloseGroups) -> None:
        """Close all groups.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : CloseGroups
            The request.
        """
        if not self._refused_closed(who, message):
            self._main.note("groups_closed", who)
            self._close(self._saved.groups, who, message)

    def bar(self, group: str, target: Participant) -> None:
        """Remove a person from a group, and keep them out of it: they come back to the main room.

        Parameters
        ----------
        group : str
            The group's ID.
        target : Participant
            The person.
        """
        member = self._members.get(target.id)
        if member is None:
            return
        member.barred.add(group)
        if member.own == group:
            member.own = None
        ticket = member.tickets.get(group)
        self._move([(member, None)])
        if ticket is not None:
            self._tokens.revoke(ticket)
        self._changed()

    def granted(self, person: Participant) -> None:
        """Hear that a person was made a moderator in a group.

        Parameters
        ----------
        person : Participant
            The person, in the group's room.
        """
        member = self._members.get(person.id)
        if member is not None and person.granted and not member.person.granted:
            member.person.granted = True
            if person.known:
                self._main.remember_moderator(person.identity)

    def renamed(self, person: Participant) -> None:
        """Hear that a person in a group has changed.

        Parameters
        ----------
        person : Participant
            The person, in the group's room.
        """
        self.granted(person)
        member = self._members.get(person.id)
        if member is not None and member.person.name != person.name:
            member.person.name = person.name
            self._keep(member)
            self._changed()

    def in_main(self, person: Participant) -> Participant:
        """Return a person in a group as the main room knows them.

        Parameters
        ----------
        person : Participant
            The person, in the group's room.
        """
        member = self._members.get(person.id)
        return person if member is None else member.person

    # --- as people come and go -----------------------------------------------------------------

    def seated(self, newcomer: Participant) -> None:
        """Hear that someone has arrived in the main room.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        member = self._members.get(newcomer.id)
        if member is None:
            return
        member.travel.cancel()
        member.person = newcomer
        if member.place is not None:
            # They were assigned while they waited in the lobby, and go on once everyone knows them.
            place, member.place = member.place, None
            self._timers.call_later(0, lambda: self._send_on(member, place))
        self._keep(member)
        self._changed()

    def _send_on(self, member: Member, place: str) -> None:
        if self.is_open(place) and member.place is None and member.own == place:
            self._move([(member, place)])
            self._changed()

    def welcomed(self, participant: Participant) -> None:
        """Tell someone in the main room of the groups.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self.tell_of(participant, here=None)

    def updated(self, participant: Participant) -> None:
        """Hear that someone in the main room has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        member = self._members.get(participant.id)
        if member is not None:
            self._keep(member)
            if member.own is not None:
                self._changed()

    def arrived(self, participant: Participant) -> None:
        """Hear that someone has arrived in a group's room.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        member = self._members.get(participant.id)
        if member is not None:
            member.travel.cancel()
            self._keep(member)
            self._changed()

    def departed(self, participant: Participant) -> None:
        """Hear that someone has left a group's room.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        if not self._over:
            self._changed()
            if self._main.member(participant.id) is None:
                self._main.note("left", participant)
            self._main.end_if_empty()

    def expel(self, person: Participant, farewell: meeting.Bye) -> bool:
        """Remove a person from the meeting who is not in the main room.

        Parameters
        ----------
        person : Participant
            The person.
        farewell : Bye
            What they are told.

        Returns
        -------
        bool
            Whether they were in a group, or on their way from one room to another.
        """
        member = self._members.get(person.id)
        if member is None or not (member.travel.is_set or self._in_group(member) is not None):
            return False
        there, room = self._in_group(member), self._open.get(member.place or "")
        member.travel.cancel()
        del self._members[person.id]
        self._records.forget_member(self._main.name, person.identity)
        if there is not None and room is not None:
            room.expel(there, farewell, by=None)
        for ticket in member.tickets.values():
            self._tokens.revoke(ticket)
        self._on_strayed(person.id)
        self._changed()
        return True

    # --- ending and restoring ------------------------------------------------------------------

    def end(self, farewell: meeting.Bye) -> None:
        """End all groups with their meeting, unless the server stops.

        Parameters
        ----------
        farewell : Bye
            What everyone is told.
        """
        if self._over:
            return
        self.stop()
        rooms, self._open = tuple(self._open.values()), {}
        for room in rooms:
            room.end(farewell)
        for member in self._members.values():
            for ticket in member.tickets.values():
                self._tokens.revoke(ticket)

    def stop(self) -> None:
        """Let everything be as it is: the server stops, and the next one restores it."""
        self._over = True
        travels = (member.travel for member in self._members.values())
        for timer in (*travels, *self._leaving.values(), self._news, self._clock):
            timer.cancel()

    def forget(self) -> None:
        """End all groups, and delete what was saved: no one is in the meeting any more."""
        self.end(CLOSED)
        self._records.forget(self._main.name)

    def is_open(self, group: str) -> bool:
        """Return whether a group is open.

        Parameters
        ----------
        group : str
            The group's ID.
        """
        return not self._over and group in self._open

    def load(self) -> None:
        """Restore who belongs where, after a crash and before the rooms are restored."""
        for record in self._records.members(self._main.name):
            member = Member.restored(record, self._timers)
            member.person.granted = record.person.identity in self._main.settings.granted
            self._members[member.person.id] = member
            if record.travelling:
                self._set_out(member)

    def settled(self, identity: str, group: str | None) -> bool:
        """Return whether a restored person is in the room in which the killed server saved them.

        Parameters
        ----------
        identity : str
            Their identity.
        group : str or None
            The ID of the room's group; None for the main room.
        """
        member = self._members.get(identity[:ID_LENGTH])
        return group is None if member is None else member.place == group

    def restore(self) -> None:
        """Restore the groups' rooms, after a crash."""
        for record in self._saved.groups:
            self._open[record.id] = self._rooms.open_group(self, record)
        self._had = self._had or bool(self._members)
        for member in self._members.values():
            if member.place is not None and member.place not in self._open:
                member.place = member.own = None
        self._watch_clock()

    # --- moving --------------------------------------------------------------------------------

    def _member(self, participant_id: str) -> Member | None:
        """Return the member with an ID; someone in the main room becomes one."""
        found = self._members.get(participant_id)
        if found is not None:
            return found
        person = self._main.present(participant_id)
        if person is None:
            return None
        if len(self._members) >= _MOST:
            self._forget_one()
        member = self._members[person.id] = Member(person=person, travel=Alarm(self._timers))
        return member

    def _forget_one(self) -> None:
        for participant_id, member in self._members.items():
            if not member.travel.is_set and member.place is None and member.own is None:
                del self._members[participant_id]
                self._records.forget_member(self._main.name, member.person.identity)
                return

    def _move(self, moves: Sequence[tuple[Member, str | None]]) -> None:
        """Send people where they belong from now on; all who leave a room leave it at once."""
        leaving: dict[Room, list[tuple[Participant, classroom.Moved]]] = {}
        for member, place in moves:
            room = self._main if member.place is None else self._open.get(member.place)
            there = None if room is None else room.present(member.person.id)
            stays = member.place == place
            if not stays and there is None and member.travel.is_set:
                # They were told the way to the place before this one, and find the new one from there.
                self._set_out(member)
            member.place = place
            message = None if stays or there is None else self._direction(member)
            if message is not None and there is not None and room is not None:
                self._set_out(member)
                leaving.setdefault(room, []).append((there, message))
            # First of all: a server that is killed now moves them when they join again.
            self._keep(member)
        for room, people in leaving.items():
            for there, message in people:
                if there.presence is Presence.PRESENT:
                    there.send(message)
                    self._close_later(there.id, there.connection)
            room.release([there for there, _ in people])

    def _direction(self, member: Member) -> classroom.Moved | None:
        """Return the way to a member's place; None if their own token is no longer valid."""
        claims, record = member.person.claims, self._find(member.place)
        if record is None:
            return classroom.Moved(group=None, name="", token=self._issuer.sign(claims))
        ticket = member.tickets.get(record.id)
        if ticket is None or self._tokens.is_revoked(ticket):
            try:
                made = self._issuer.group_token(
                    claims, room=record.room, streamname=record.streamname
                )
            except TokenError:
                return None
            ticket = member.tickets[record.id] = made.jti
        token = self._issuer.sign(
            replace(claims, room=record.room, streamname=record.streamname, jti=ticket)
        )
        return classroom.Moved(group=record.id, name=record.name, token=token)

    def _set_out(self, member: Member) -> None:
        """Keep a member's place in the meeting until they arrive, or for a while."""
        # Their connection may be lost just now, or their server was killed.
        member.travel.set(self._patience.restored_person, lambda: self._strayed(member))

    def _strayed(self, member: Member) -> None:
        self._keep(member)
        self._main.end_if_empty()
        self._on_strayed(member.person.id)

    def _close_later(self, participant_id: str, connection: Connection) -> None:
        """Close a connection from which a person was moved on, unless they joined again over it."""

        def close() -> None:
            del self._leaving[connection]
            rooms = (self._main, *self._open.values())
            people = (room.present(participant_id) for room in rooms)
            if all(person is None or person.connection is not connection for person in people):
                connection.close(_MOVED_ON)

        if connection not in self._leaving:
            self._leaving[connection] = self._timers.call_later(self._patience.first_message, close)

    def _close(self, records: Sequence[GroupRecord], who: Participant, message: Request) -> None:
        """Close groups as a moderator asks, who may be in one of them."""
        if self._place_of(who) in {record.id for record in records}:
            acknowledge(who, message)
            self._shut(records)
        else:
            self._shut(records)
            self._answer(who, message)

    def _shut(self, records: Sequence[GroupRecord]) -> None:
        """Close groups: their people come back, and their tokens are void."""
        closing = {record.id for record in records}
        self._saved.groups = [one for one in self._saved.groups if one.id not in closing]
        if not self._saved.groups:
            self._saved.ends = None
        self._save()
        for member in self._members.values():
            if member.own in closing:
                member.own = None
        back = [member for member in self._members.values() if member.place in closing]
        self._move([(member, None) for member in back])
        for member in self._members.values():
            for group in closing & member.tickets.keys():
                self._tokens.revoke(member.tickets[group])
            member.barred -= closing
        for group in closing:
            room = self._open.pop(group)
            room.end(CLOSED)
        self._watch_clock()
        self._changed()

    # --- the clock -----------------------------------------------------------------------------

    def _end(self, minutes: float | None) -> float | None:
        return None if minutes is None else self._now() + minutes * 60

    def _watch_clock(self) -> None:
        self._clock.cancel()
        if self._saved.ends is not None:
            left = max(0.0, min(self._saved.ends - self._now(), _CHECK_EVERY))
            self._clock.set(left, self._look)

    def _look(self) -> None:
        if self._saved.ends is not None and self._saved.ends <= self._now():
            self._shut(self._saved.groups)
        else:
            self._watch_clock()

    # --- telling -------------------------------------------------------------------------------

    def _changed(self) -> None:
        """Tell everyone soon: many people move at once."""
        if not (self._news.is_set or self._over):
            self._news.set(_TOGETHER, self._tell)

    def _tell(self) -> None:
        groups = self._describe()
        for here, room in ((None, self._main), *self._open.items()):
            by_own: dict[str | None, list[Participant]] = {}
            for participant in room.participants:
                by_own.setdefault(self._own(participant), []).append(participant)
            for own, people in by_own.items():
                room.tell(people, self._state(groups, here=here, own=own))

    def _answer(self, who: Participant, message: Request) -> None:
        """Acknowledge a request; the participant who asked knows by then what has changed."""
        self.tell_of(who, here=self._place_of(who))
        acknowledge(who, message)

    def _place_of(self, participant: Participant) -> str | None:
        """Return the ID of the group in whose room a participant is; None for the main room."""
        return next(
            (
                one
                for one, room in self._open.items()
                if room.present(participant.id) is participant
            ),
            None,
        )

    def tell_of(self, participant: Participant, *, here: str | None) -> None:
        """Tell a person of the groups, if there are or were any.

        Parameters
        ----------
        participant : Participant
            The person.
        here : str or None
            The ID of the group in whose room they are; None for the main room.
        """
        if self._had:
            state = self._state(self._describe(), here=here, own=self._own(participant))
            participant.send(state)

    def _state(
        self, groups: list[classroom.Group], *, here: str | None, own: str | None
    ) -> classroom.GroupsChanged:
        return classroom.GroupsChanged(groups=groups, ends=self._saved.ends, here=here, own=own)

    def _own(self, participant: Participant) -> str | None:
        member = self._members.get(participant.id)
        return None if member is None else member.own

    def _describe(self) -> list[classroom.Group]:
        people: dict[str | None, list[classroom.GroupMember]] = {}
        for member in self._members.values():
            there = self._in_group(member) if member.place == member.own else None
            people.setdefault(member.own, []).append(
                classroom.GroupMember(
                    id=member.person.id, name=member.person.name, here=there is not None
                )
            )
        return [
            classroom.Group(id=one.id, name=one.name, people=people.get(one.id, []))
            for one in self._saved.groups
        ]

    # --- what is refused -----------------------------------------------------------------------

    def _find(self, group: str | None) -> GroupRecord | None:
        return next((one for one in self._saved.groups if one.id == group), None)

    def _group(self, who: Participant, message: Request, group: str) -> GroupRecord | None:
        record = self._find(group)
        if record is None:
            refuse(who, message, "not_found", "This group is closed.")
        return record

    def _refused_closed(self, who: Participant, message: Request) -> bool:
        if not self._saved.groups:
            refuse(who, message, "invalid", "No groups are open.")
        return not self._saved.groups

    def _new_names(
        self, who: Participant, message: Request, wanted: Iterable[str]
    ) -> list[str] | None:
        """Return the names of new groups; None if one was refused, or there is no room for them."""
        names = [clean_group(name) for name in wanted]
        records = list(self._saved.groups)
        for name in names:
            if self._refused_name(who, message, name, records):
                return None
            records.append(GroupRecord(id="", name=name, room="", streamname=""))
        if len(records) > _texts.GROUPS:
            refuse(who, message, "too_many", f"A meeting has at most {_texts.GROUPS} groups.")
            return None
        free = self._rooms.free()
        if len(names) > free:
            refuse(
                who,
                message,
                "room_full",
                f"Each group is a room, and this server may open only {free} more. Open fewer groups.",
            )
            return None
        return names

    def _refused_name(
        self, who: Participant, message: Request, name: str, others: Iterable[GroupRecord]
    ) -> bool:
        if not name:
            refuse(who, message, "invalid", "A group needs a name of readable characters.")
        elif any(_same(name, one.name) for one in others):
            refuse(who, message, "invalid", f"There is a group named {_texts.quoted(name)}.")
        else:
            return False
        return True

    # --- saving --------------------------------------------------------------------------------

    def _make(self, name: str) -> GroupRecord:
        record = GroupRecord(
            id=secrets.token_hex(ID_LENGTH // 2),
            name=name,
            room=_validation.new_group_room(),
            streamname=_validation.new_streamname(),
        )
        self._saved.groups.append(record)
        self._open[record.id] = self._rooms.open_group(self, record)
        return record

    def _save(self) -> None:
        self._had = True
        self._records.save(self._main.name, self._saved)

    def _keep(self, member: Member) -> None:
        if member.person.known:
            self._records.save_member(self._main.name, member.record())


def _same(one: str, other: str) -> bool:
    """Whether people would take two names for the same."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
