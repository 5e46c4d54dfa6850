"""The records of a group: its people are in the meeting, and nothing else of it is kept."""

from __future__ import annotations

from nanomeet_widget.server.rooms.classroom.recorder import Recorder
from nanomeet_widget.server.rooms.classroom.records import RoomRecorder
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room import Room


class GroupRecorder(Recorder):
    """Lets the stays of a group's people go on in the session of the meeting.

    Parameters
    ----------
    room : Room
        The group's room.
    meeting : RoomRecorder
        Keeps the records of the meeting.
    """

    def __init__(self, room: Room, meeting: RoomRecorder) -> None:
        self._room = room
        self._meeting = meeting

    def seated(self, newcomer: Participant) -> None:
        """Begin or continue the stay of a person who comes.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        self._meeting.arrived(newcomer)

    def welcomed(self, participant: Participant) -> None:
        """Tell a person what is kept of the meeting; one who is back never left.

        Parameters
        ----------
        participant : Participant
            The person.
        """
        self._meeting.returned(participant)

    def updated(self, participant: Participant) -> None:
        """Note a new name or role.

        Parameters
        ----------
        participant : Participant
            The person.
        """
        self._meeting.renamed(participant)

    def dropped(self, participant: Participant, at: float) -> None:
        """Note when a connection was lost.

        Parameters
        ----------
        participant, at
            As `RoomRecorder.dropped` has them.
        """
        self._meeting.dropped(participant, at)

    def gone(self, participant: Participant) -> None:
        """End the stay of a person who leaves the meeting from here.

        Parameters
        ----------
        participant : Participant
            The person.
        """
        if not self._room.continues:
            self._meeting.gone(participant)
