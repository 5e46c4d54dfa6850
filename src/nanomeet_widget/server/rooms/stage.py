"""The stage of a room, and moving between it and the audience.

Pages of the audience have no connections to other pages: the server passes signals on only between
two participants on the stage.
"""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.cleaning import clean_title
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener


class Stage(RoomListener):
    """Moves participants to and from the stage, and passes on what pages on the stage send each other.

    Parameters
    ----------
    room : Room
        The room.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        #: By viewing and viewed participant; a page that reloads needs them again.
        self._wants: dict[tuple[str, str], meeting.Want] = {}

    # --- between pages on the stage ------------------------------------------------------------

    def signal(self, who: Participant, message: meeting.Signal) -> None:
        """Pass on what two pages need to connect to each other.

        Parameters
        ----------
        who : Participant
            The participant.
        message : Signal
            The signal.
        """
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
        """Pass on how large a participant's video is shown.

        Parameters
        ----------
        who : Participant
            The participant.
        message : Want
            The size.
        """
        target = self._opposite(who, message.to)
        if target is not None:
            self._wants[who.id, target.id] = message
            target.send(_wanted(who.id, message))

    def media(self, who: Participant, message: meeting.Media) -> None:
        """Tell everyone what a participant on the stage sends.

        Parameters
        ----------
        who : Participant
            The participant.
        message : Media
            What they send.
        """
        if who.stage:
            with self._room.changing(who):
                who.audio, who.video, who.screen = message.audio, message.video, message.screen
                who.screen_title = clean_title(message.screen_title)

    def _opposite(self, who: Participant, other: str) -> Participant | None:
        target = self._room.present(other)
        # Not an error if they have just left the stage: the sender will hear of it in a moment.
        if target is None or target is who or not (who.stage and target.stage):
            return None
        return target

    # --- to the stage and back -----------------------------------------------------------------

    def invite(self, who: Participant, message: meeting.InviteToStage) -> None:
        """Invite a participant from the audience to the stage; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : InviteToStage
            The request.
        """
        target = self._room.present(message.id)
        if target is None:
            refuse(who, message, "not_found", "This participant is no longer in the room.")
        elif target.stage:
            refuse(who, message, "invalid", f"{target.name} is already on the stage.")
        else:
            target.invited_by = who.id
            self._room.keep(target)
            target.send(meeting.StageInvited(by=who.id))
            acknowledge(who, message)

    def enter(self, who: Participant, message: meeting.EnterStage) -> None:
        """Enter the stage, if invited or a moderator, and if there is room.

        Parameters
        ----------
        who : Participant
            The participant who asks.
        message : EnterStage
            The request.
        """
        if not who.stage:
            if not (who.moderator or who.invited_by):
                refuse(
                    who,
                    message,
                    "forbidden",
                    "You have not been invited to the stage. Raise your hand to ask a moderator.",
                )
                return
            if not self._room.stage_has_room:
                refuse(
                    who,
                    message,
                    "stage_full",
                    "The stage is full. Wait until a participant leaves it.",
                )
                return
            with self._room.changing(who):
                who.stage = True
                who.hand = who.invited_by = None
            self._room.note("stage_entered", who)
        acknowledge(who, message)

    def leave(self, who: Participant, message: meeting.LeaveStage) -> None:
        """Leave the stage for the audience.

        Parameters
        ----------
        who : Participant
            The participant who asks.
        message : LeaveStage
            The request.
        """
        self._down(who)
        acknowledge(who, message)

    def send_to_audience(self, who: Participant, message: meeting.SendToAudience) -> None:
        """Move a participant to the audience; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : SendToAudience
            The request.
        """
        target = self._room.present(message.id)
        if target is None:
            refuse(who, message, "not_found", "This participant is no longer in the room.")
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

    # --- for a new or resumed page -------------------------------------------------------------

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        if participant.invited_by is not None and not participant.stage:
            participant.send(meeting.StageInvited(by=participant.invited_by))
        for (sender, target), message in self._wants.items():
            if target == participant.id:
                participant.send(_wanted(sender, message))

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._forget(participant)

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._forget(participant)

    def _forget(self, participant: Participant) -> None:
        if self._room.present(participant.id) is None or not participant.stage:
            for pair in [pair for pair in self._wants if participant.id in pair]:
                del self._wants[pair]


def _wanted(sender: str, message: meeting.Want) -> meeting.Wanted:
    return meeting.Wanted(sender=sender, camera=message.camera, screen=message.screen)
