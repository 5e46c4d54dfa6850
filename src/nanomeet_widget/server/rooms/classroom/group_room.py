"""The room of a group: it belongs to its meeting, whose rules of admission count."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms.classroom.groups import Groups
from nanomeet_widget.server.rooms.moderation import Moderation
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener

_NOT_HERE = "This belongs to the main room. Go back to it first."


class GroupRoom(RoomListener):
    """What is different in a group's room. It is `Elsewhere` for it.

    Parameters
    ----------
    group : str
        The group's ID.
    room : Room
        Its room.
    groups : Groups
        The groups of the meeting.
    moderation : Moderation
        The moderation of the main room.
    """

    def __init__(
        self,
        group: str,
        *,
        room: Room,
        groups: Groups,
        moderation: Moderation,
    ) -> None:
        self._group = group
        self._room = room
        self._groups = groups
        self._moderation = moderation

    def handlers(self) -> dict[type, Callable[..., None]]:
        """Return what handles the requests that concern the meeting, and not the group alone."""
        elsewhere: dict[type, Callable[..., None]] = dict.fromkeys(
            (
                meeting.SetLobby,
                meeting.SetPassword,
                meeting.SetClosed,
                meeting.CreateInvite,
                meeting.StartBroadcast,
                meeting.StopBroadcast,
                meeting.PauseBroadcast,
            ),
            self._refuse,
        )
        return elsewhere | {
            meeting.PlanRemoval: self._moderation.plan_removal,
            meeting.Kick: self._kick,
            meeting.EndMeeting: self._moderation.end_meeting,
        }

    @staticmethod
    def _refuse(who: Participant, message: common.Request) -> None:
        refuse(who, message, "invalid", _NOT_HERE)

    def _kick(self, who: Participant, message: meeting.Kick) -> None:
        """Remove a person from the group; together with their link or address, from the meeting."""
        target = self._room.present(message.id)
        if message.revoke or message.address or target is None or target is who:
            self._moderation.kick(who, message)
            return
        self._room.note("kicked", target)
        self._groups.bar(self._group, target)
        acknowledge(who, message)

    # --- Elsewhere -----------------------------------------------------------------------------

    @property
    def keeps_open(self) -> bool:
        """Whether the group is open."""
        return self._groups.is_open(self._group)

    @property
    def shown_as(self) -> str:
        """The name of the meeting."""
        return self._groups.shown_as

    def away(self) -> Sequence[Participant]:
        """Return no one: a place in a group is for those who are there."""
        return ()

    def inside(self) -> Sequence[Participant]:
        """Return no one: a group has no groups."""
        return ()

    def belongs(self, newcomer: Participant) -> bool:  # noqa: ARG002 - as `Elsewhere` has it
        """Return False: `Groups.enter` has decided that they belong here."""
        return False

    def lead(self, newcomer: Participant) -> None:
        """Do nothing: everyone who comes belongs here."""

    def expects(self, newcomer: Participant) -> bool:  # noqa: ARG002 - as `Elsewhere` has it
        """Return True: they were admitted to the meeting."""
        return True

    def grants(self, newcomer: Participant) -> bool:
        """Return whether someone was made a moderator in the meeting.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        return self._groups.grants(newcomer)

    def expel(self, person: Participant, farewell: meeting.Bye) -> bool:  # noqa: ARG002 - as `Elsewhere` has it
        """Return False: people are removed from the meeting by its main room."""
        return False

    def end(self, farewell: meeting.Bye) -> None:
        """Do nothing: the groups end with the main room."""

    def forget(self) -> None:
        """Do nothing: the groups are saved with the main room."""

    # --- RoomListener --------------------------------------------------------------------------

    def welcomed(self, participant: Participant) -> None:
        """Hear that someone has arrived, or reconnected.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._groups.arrived(participant)
        self._groups.tell_of(participant, here=self._group)

    def updated(self, participant: Participant) -> None:
        """Hear that someone has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._groups.renamed(participant)

    def gone(self, participant: Participant) -> None:
        """Hear that someone has left.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._groups.departed(participant)
