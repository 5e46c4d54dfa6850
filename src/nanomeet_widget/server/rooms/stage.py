"""The stage of a room, and the way from the audience onto it.

Whoever is not on the stage is connected to nobody: what pages send each other passes only between
two who are on it.
"""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room


class Stage:
    """Brings people up and down, and passes on what the pages on the stage send each other.

    Parameters
    ----------
    room
        The room.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        #: By who looks and at whom: a page that is loaded again has to know of it.
        self._wants: dict[tuple[str, str], meeting.Want] = {}
        room.on_welcomed.append(self._retell)
        room.on_updated.append(self._forget)
        room.on_gone.append(self._forget)

    # --- between pages on the stage ------------------------------------------------------------

    def signal(self, who: Participant, message: meeting.Signal) -> None:
        """Pass on what two pages need to connect."""
        target = self._opposite(who, message.to)
        if target is not None:
            target.send(
                meeting.Signalled(
                    sender=who.id,
                    description=message.description,
                    candidate=message.candidate,
                    restart=message.restart,
                )
            )

    def want(self, who: Participant, message: meeting.Want) -> None:
        """Pass on how large somebody's pictures are shown."""
        target = self._opposite(who, message.to)
        if target is not None:
            self._wants[who.id, target.id] = message
            target.send(_wanted(who.id, message))

    def media(self, who: Participant, message: meeting.Media) -> None:
        """Tell everybody what somebody on the stage sends."""
        if who.stage:
            with self._room.changing(who):
                who.audio, who.video, who.screen = message.audio, message.video, message.screen

    def _opposite(self, who: Participant, other: str) -> Participant | None:
        target = self._room.present(other)
        # Whoever has just left or stepped down is no error: the sender will hear of it in a moment.
        if target is None or target is who or not (who.stage and target.stage):
            return None
        return target

    # --- up and down ---------------------------------------------------------------------------

    def invite(self, who: Participant, message: meeting.InviteToStage) -> None:
        """Invite somebody of the audience up; the caller has checked the role."""
        target = self._room.present(message.id)
        if target is None:
            refuse(who, message, "not_found", "Nobody of this id is in the room any more.")
        elif target.stage:
            refuse(who, message, "invalid", f"{target.name} is on the stage already.")
        else:
            target.invited_by = who.id
            self._room.keep(target)
            target.send(meeting.StageInvited(by=who.id))
            acknowledge(who, message)

    def enter(self, who: Participant, message: meeting.EnterStage) -> None:
        """Come up, if invited or a moderator, and if there is a place."""
        if not who.stage:
            if not (who.moderator or who.invited_by):
                refuse(
                    who,
                    message,
                    "forbidden",
                    "You have not been invited up: raise your hand, and a moderator can do that.",
                )
                return
            if not self._room.stage_has_place:
                refuse(who, message, "stage_full", "The stage is full: wait for a place on it.")
                return
            with self._room.changing(who):
                who.stage = True
                who.hand = who.invited_by = None
            self._room.note("stage_entered", who)
        acknowledge(who, message)

    def leave(self, who: Participant, message: meeting.LeaveStage) -> None:
        """Step down into the audience."""
        self._down(who)
        acknowledge(who, message)

    def send_to_audience(self, who: Participant, message: meeting.SendToAudience) -> None:
        """Send somebody down; the caller has checked the role."""
        target = self._room.present(message.id)
        if target is None:
            refuse(who, message, "not_found", "Nobody of this id is in the room any more.")
            return
        target.invited_by = None
        self._room.keep(target)
        self._down(target)
        acknowledge(who, message)

    def _down(self, participant: Participant) -> None:
        if participant.stage:
            with self._room.changing(participant):
                participant.step_down()
            self._room.note("stage_left", participant)

    # --- for a page that is new or back --------------------------------------------------------

    def _retell(self, participant: Participant) -> None:
        if participant.invited_by is not None and not participant.stage:
            participant.send(meeting.StageInvited(by=participant.invited_by))
        for (sender, target), message in self._wants.items():
            if target == participant.id:
                participant.send(_wanted(sender, message))

    def _forget(self, participant: Participant) -> None:
        if self._room.present(participant.id) is None or not participant.stage:
            for pair in [pair for pair in self._wants if participant.id in pair]:
                del self._wants[pair]


def _wanted(sender: str, message: meeting.Want) -> meeting.Wanted:
    return meeting.Wanted(sender=sender, camera=message.camera, screen=message.screen)
