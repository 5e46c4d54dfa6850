"""A person of a meeting who is, or was, in one of its groups."""

from __future__ import annotations

from dataclasses import dataclass, field

from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.store.group_records import MemberRecord
from nanomeet_widget.server.timers import Alarm, Timers


@dataclass(kw_only=True, eq=False)
class Member:
    """A person, by their identity in the main room."""

    #: As the main room had them last.
    person: Participant
    #: Runs while they are on their way from one room to another.
    travel: Alarm
    #: The ID of the group to which they belong; None for no group.
    own: str | None = None
    #: The ID of the group where they are, or where they go when they join again; None for the main room.
    place: str | None = None
    #: The IDs of their tokens, their `jti`, by the ID of the group.
    tickets: dict[str, str] = field(default_factory=dict)
    #: The IDs of the groups from which a moderator removed them.
    barred: set[str] = field(default_factory=set)

    @classmethod
    def restored(cls, record: MemberRecord, timers: Timers) -> Member:
        """Return a person whose server was killed.

        Parameters
        ----------
        record : MemberRecord
            What the killed server saved.
        timers : Timers
            The event loop.
        """
        return cls(
            person=Participant.restored(record.person, timers),
            travel=Alarm(timers),
            own=record.own,
            place=record.place,
            tickets=dict(record.tickets),
            barred=set(record.barred),
        )

    def record(self) -> MemberRecord:
        """Return what is saved of them."""
        return MemberRecord(
            person=self.person.record(),
            own=self.own,
            place=self.place,
            travelling=self.travel.is_set,
            tickets=self.tickets,
            barred=sorted(self.barred),
        )
