"""Tells moderators, and no one else, which links are shared and who joined with them."""

from __future__ import annotations

from collections.abc import Iterable

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener


class LinkNews(RoomListener):
    """Tells a room's moderators when anything about its shared links changes.

    Parameters
    ----------
    room : Room
        The room.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        #: The last news to each moderator's page.
        self._told: dict[str, list[meeting.Link]] = {}
        # The others get the news before they hear of the newcomer, who is then drawn with it.

    def seated(self, newcomer: Participant) -> None:
        """Hear of a newcomer before the others do.

        Parameters
        ----------
        newcomer : Participant
            The newcomer.
        """
        self._tell(moderator for moderator in self._room.moderators if moderator is not newcomer)

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        # Another page of the same person has no news yet.
        self._told.pop(participant.id, None)
        self._tell(self._room.moderators)

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        # Of all changes to participants, only a new moderator matters.
        if participant.moderator and participant.id not in self._told:
            self._tell([participant])

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._told.pop(participant.id, None)
        self._tell(self._room.moderators)

    def _tell(self, moderators: Iterable[Participant]) -> None:
        links = self._room.links.describe(self._room.participants)
        for moderator in moderators:
            known = self._told.get(moderator.id, [])
            self._told[moderator.id] = links
            if known != links:
                moderator.send(meeting.LinksChanged(links=links))
