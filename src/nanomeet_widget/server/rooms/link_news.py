"""Tells moderators, and no one else, which links are shared and who joined with them."""

from __future__ import annotations

from collections.abc import Iterable

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room import Room


class LinkNews:
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
        room.on_seated.append(self._seated)
        room.on_welcomed.append(self._came)
        room.on_updated.append(self._changed)
        room.on_gone.append(self._gone)

    def _seated(self, newcomer: Participant) -> None:
        self._tell(moderator for moderator in self._room.moderators if moderator is not newcomer)

    def _came(self, participant: Participant) -> None:
        # Another page of the same person has no news yet.
        self._told.pop(participant.id, None)
        self._tell(self._room.moderators)

    def _changed(self, participant: Participant) -> None:
        # Of all changes to participants, only a new moderator matters.
        if participant.moderator and participant.id not in self._told:
            self._tell([participant])

    def _gone(self, participant: Participant) -> None:
        self._told.pop(participant.id, None)
        self._tell(self._room.moderators)

    def _tell(self, moderators: Iterable[Participant]) -> None:
        links = self._room.links.describe(self._room.participants)
        for moderator in moderators:
            known = self._told.get(moderator.id, [])
            self._told[moderator.id] = links
            if known != links:
                moderator.send(meeting.LinksChanged(links=links))
