"""Texts between the programs of participants on the stage."""

from __future__ import annotations

from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBuckets


class EndpointTexts:
    """Passes texts on between programs, unchanged and without keeping them.

    Parameters
    ----------
    room : Room
        The room.
    limits : Limits
        How many texts one participant's programs may send.
    timers : Timers
        The event loop.
    """

    def __init__(self, room: Room, *, limits: Limits, timers: Timers) -> None:
        self._room = room
        self._sent = TokenBuckets(
            burst=limits.endpoint_burst, rate=limits.endpoint_rate, timers=timers
        )

    def send(self, who: Participant, message: meeting.SendEndpointText) -> None:
        """Pass a text on to one participant on the stage, or to all others there.

        Parameters
        ----------
        who : Participant
            The participant whose program sends it.
        message : SendEndpointText
            The text.
        """
        if not who.stage:
            refuse(who, message, "audience", "Only participants on the stage may send this.")
            return
        on_stage = [one for one in self._room.participants if one.stage and one is not who]
        receivers = [one for one in on_stage if message.to in (None, one.id)]
        if message.to is not None and not receivers:
            words = (
                "You cannot send this to yourself."
                if message.to == who.id
                else "This participant is not on the stage."
            )
            refuse(who, message, "invalid" if message.to == who.id else "not_found", words)
            return
        if not self._sent.take(who.id):
            refuse(who, message, "too_many", "Too many messages. Wait a moment, then try again.")
            return
        self._room.tell(receivers, meeting.EndpointText(sender=who.id, text=message.text))
        acknowledge(who, message)
