"""How many people watch a room's broadcast: its moderators are told, at most once a second."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds between two messages.
_PAUSE = 1.0


class ViewerCount(RoomListener):
    """Tells moderators how many viewers the broadcast has.

    Parameters
    ----------
    room : Room
        The room.
    timers : Timers
        The event loop.
    """

    def __init__(self, room: Room, timers: Timers) -> None:
        self._room = room
        self._told = 0
        self._pause = Alarm(timers)

    def changed(self, viewers: int) -> None:
        """Record how many viewers there are now.

        Parameters
        ----------
        viewers : int
            How many there are.
        """
        self._room.viewers = viewers
        if not self._pause.is_set:
            self._tell()

    def _tell(self) -> None:
        if self._room.viewers == self._told:
            return
        self._told = self._room.viewers
        self._room.tell(self._room.moderators, meeting.ViewersChanged(viewers=self._told))
        self._pause.set(_PAUSE, self._tell)

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        del participant
        if not self._room.participants:
            self._pause.cancel()
