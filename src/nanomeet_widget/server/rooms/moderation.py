"""What moderators do: settings, the lobby, removals, moderators, and the spotlight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.cleaning import clean_line
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.tokens.issuer import Issuer


class _Targeted(Protocol):
    """A request about a person."""

    id: str

    @property
    def ref(self) -> int | None:
        """The number that comes back with the answer."""


class Moderation:
    """Carries out moderators' requests; the caller has checked the role.

    Parameters
    ----------
    room : Room
        The room.
    issuer : Issuer
        Revokes links.
    on_end : callable
        Called before a moderator ends the meeting for everyone.
    """

    def __init__(self, room: Room, *, issuer: Issuer, on_end: Callable[[], None]) -> None:
        self._room = room
        self._issuer = issuer
        self._on_end = on_end

    # --- the room ------------------------------------------------------------------------------

    def set_subject(self, who: Participant, message: meeting.SetSubject) -> None:
        """Change the room's subject.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : SetSubject
            The request.
        """
        self._room.settings.subject = clean_line(message.subject)
        self._room.settings_changed()
        acknowledge(who, message)

    def set_password(self, who: Participant, message: meeting.SetPassword) -> None:
        """Set or remove the room's password.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : SetPassword
            The request.
        """
        self._room.set_password(message.password)
        acknowledge(who, message)

    def set_closed(self, who: Participant, message: meeting.SetClosed) -> None:
        """Lock the room to newcomers, or unlock it.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : SetClosed
            The request.
        """
        self._room.settings.closed = message.closed
        self._room.settings_changed()
        self._room.note("closed" if message.closed else "opened", who)
        acknowledge(who, message)

    def set_main(self, who: Participant, message: meeting.SetMain) -> None:
        """Spotlight a participant for everyone, or end that.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : SetMain
            The request.
        """
        target = self._room.present(message.id) if message.id is not None else None
        if message.id is not None and (target is None or not target.stage):
            refuse(who, message, "not_found", "This participant is no longer on the stage.")
            return
        self._room.set_main(target)
        acknowledge(who, message)

    def end_meeting(self, who: Participant, message: meeting.EndMeeting) -> None:
        """End the meeting for everyone.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : EndMeeting
            The request.
        """
        self._room.note("ended", who)
        acknowledge(who, message)
        self._on_end()
        self._room.end(
            meeting.Bye(kind="ended", message=f"{who.name} has ended the meeting for everyone.")
        )

    # --- the lobby -----------------------------------------------------------------------------

    def set_lobby(self, who: Participant, message: meeting.SetLobby) -> None:
        """Turn the lobby on, or off, which admits everyone who waits in it.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : SetLobby
            The request.
        """
        self._room.settings.lobby = message.active
        self._room.settings_changed()
        if not message.active:
            for newcomer in self._room.everybody_waiting():
                if not self._room.admit(newcomer):
                    self._room.turn_away(newcomer)
        acknowledge(who, message)

    def admit(self, who: Participant, message: meeting.Admit) -> None:
        """Admit or refuse a person in the lobby.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : Admit
            The request.
        """
        newcomer = self._room.waiting(message.id)
        if newcomer is None:
            refuse(who, message, "not_found", "This person is no longer in the lobby.")
        elif not message.admitted:
            self._room.refuse(newcomer)
            acknowledge(who, message)
        elif self._room.admit(newcomer):
            acknowledge(who, message)
        else:
            _refuse_full(who, message)

    def admit_all(self, who: Participant, message: meeting.AdmitAll) -> None:
        """Admit everyone in the lobby, until the room is full.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : AdmitAll
            The request.
        """
        if all(self._room.admit(newcomer) for newcomer in self._room.everybody_waiting()):
            acknowledge(who, message)
        else:
            _refuse_full(who, message)

    # --- a participant -------------------------------------------------------------------------

    def plan_removal(self, who: Participant, message: meeting.PlanRemoval) -> None:
        """Answer with what removing a person would do.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : PlanRemoval
            The request.
        """
        target = self._member(who, message)
        if target is None:
            return
        by = self._by(who)
        room, token = self._room, target.claims.jti
        others = [person for person in room.everyone if person not in {target, by}]
        family = room.family(token)
        revocable = by.claims.moderator and by.claims.jti not in family
        who.send(
            meeting.RemovalPlanned(
                ref=message.ref,
                people=room.links.people(token),
                moderator=target.claims.moderator,
                own_link=token == by.claims.jti,
                goes=room.going(target, by=by, shared=False),
                revocable=revocable,
                goes_revoked=sum(person.claims.jti in family for person in others),
                same_address=sum(person.address == target.address for person in others)
                if target.address
                else None,
            )
        )

    def kick(self, who: Participant, message: meeting.Kick) -> None:
        """Remove a person from the room, and keep them out.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : Kick
            The request.
        """
        target = self._member(who, message)
        if target is None:
            return
        by = self._by(who)
        if target is by:
            refuse(
                who, message, "invalid", "You cannot remove yourself. Leave the meeting instead."
            )
            return
        if message.address and not target.address:
            refuse(who, message, "invalid", "The server does not know their network address.")
            return
        revoked: list[str] = []
        if message.revoke:
            try:
                revoked = self._revoke(by, target)
            except InvalidInputError as error:
                refuse(who, message, "invalid", str(error))
                return
        self._room.kick(target, by=by, shared=message.shared, address=message.address)
        self._room.send_out(frozenset(revoked))
        acknowledge(who, message)

    def _revoke(self, who: Participant, target: Participant) -> list[str]:
        if not who.claims.moderator:
            raise InvalidInputError(
                "You are a moderator for this meeting only and cannot revoke links. Remove the person "
                "without that, or ask a moderator who joined with a moderator's link."
            )
        token = target.claims.jti
        if who.claims.jti in self._room.family(token):
            raise InvalidInputError(
                "You joined with this link, or with one that was made with it: revoking it would remove "
                "you, too. Remove the person without that."
            )
        return self._issuer.revoke(token, room=self._room.name)

    def ask_to_unmute(self, who: Participant, message: meeting.AskToUnmute) -> None:
        """Ask a participant to unmute; the choice is theirs.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : AskToUnmute
            The request.
        """
        target = self._target(who, message)
        if target is None:
            return
        if not target.stage:
            refuse(
                who,
                message,
                "invalid",
                "This participant is in the audience. Invite them to the stage first.",
            )
            return
        target.send(meeting.UnmuteAsked(media=message.media, by=who.id))
        acknowledge(who, message)

    def grant_moderator(self, who: Participant, message: meeting.GrantModerator) -> None:
        """Make a participant a moderator until the meeting ends.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : GrantModerator
            The request.
        """
        target = self._target(who, message)
        if target is None:
            return
        if not target.moderator:
            self._room.grant(target)
            self._room.note("granted", target)
        acknowledge(who, message)

    def _by(self, who: Participant) -> Participant:
        """Return a moderator, who may be in a group, as this room knows them."""
        return self._room.member(who.id) or who

    def _member(self, who: Participant, message: _Targeted) -> Participant | None:
        """Return a person who is in the room, or in a group of its meeting."""
        target = self._room.member(message.id)
        if target is None:
            refuse(who, message, "not_found", "This participant is no longer in the meeting.")
        return target

    def _target(self, who: Participant, message: _Targeted) -> Participant | None:
        target = self._room.present(message.id)
        if target is None:
            refuse(who, message, "not_found", "This participant is no longer in the room.")
        return target


def _refuse_full(who: Participant, message: meeting.Admit | meeting.AdmitAll) -> None:
    refuse(who, message, "room_full", "The room is full. No one else can be admitted.")
