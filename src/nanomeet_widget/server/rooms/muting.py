"""Muting others: a request to their pages, answered when all of them have confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.timers import Alarm, Timers


@dataclass(kw_only=True, eq=False)
class _Request:
    """A request to mute that some pages have not confirmed yet."""

    by: Participant
    message: meeting.Mute | meeting.MuteEveryone
    awaited: set[str]
    timeout: Alarm


class Muting(RoomListener):
    """Carries out moderators' requests to mute; the caller has checked the role.

    Parameters
    ----------
    room : Room
        The room.
    timers : Timers
        The event loop.
    patience : float
        Seconds that the pages have to confirm.
    """

    def __init__(self, room: Room, *, timers: Timers, patience: float) -> None:
        self._room = room
        self._timers = timers
        self._patience = patience
        self._requests: list[_Request] = []

    def mute(self, who: Participant, message: meeting.Mute) -> None:
        """Mute a participant; acknowledged when their page confirms.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : Mute
            The request.
        """
        target = self._room.present(message.id)
        if target is None:
            refuse(who, message, "not_found", "This participant is no longer in the room.")
        else:
            self._ask([target], who, message)

    def mute_everyone(self, who: Participant, message: meeting.MuteEveryone) -> None:
        """Mute everyone else; acknowledged when the last page confirms.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : MuteEveryone
            The request.
        """
        self._ask([p for p in self._room.participants if p is not who], who, message)

    def _ask(
        self,
        targets: Iterable[Participant],
        by: Participant,
        message: meeting.Mute | meeting.MuteEveryone,
    ) -> None:
        on_stage = [p for p in targets if p.stage]
        request = _Request(
            by=by,
            message=message,
            awaited={p.id for p in on_stage if p.sends(message.media)},
            timeout=Alarm(self._timers),
        )
        self._requests.append(request)
        request.timeout.set(self._patience, lambda: self._give_up(request))
        self._room.tell(on_stage, meeting.MuteRequested(media=message.media, by=by.id))
        self._settle(request)

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._confirm(participant)

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._confirm(participant)

    def _confirm(self, participant: Participant) -> None:
        still_here = self._room.present(participant.id) is not None
        for request in tuple(self._requests):
            if not (still_here and participant.sends(request.message.media)):
                request.awaited.discard(participant.id)
                self._settle(request)

    def _settle(self, request: _Request) -> None:
        if request.awaited or request not in self._requests:
            return
        self._drop(request)
        acknowledge(request.by, request.message)

    def _give_up(self, request: _Request) -> None:
        self._drop(request)
        names = ", ".join(p.name for p in self._room.participants if p.id in request.awaited)
        refuse(
            request.by,
            request.message,
            "timeout",
            f"These participants' pages did not confirm that they are muted: {names}.",
        )

    def _drop(self, request: _Request) -> None:
        self._requests.remove(request)
        request.timeout.cancel()
