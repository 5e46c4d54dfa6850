"""Invites that moderators create in the room."""

from __future__ import annotations

from nanomeet_widget._errors import InvalidInputError, TokenError
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import refuse
from nanomeet_widget.server.tokens.issuer import Issuer


class Invites:
    """Creates invite links for moderators, by token or granted for this meeting.

    Parameters
    ----------
    issuer : Issuer
        Makes the tokens.
    """

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer

    def create_invite(self, who: Participant, message: meeting.CreateInvite) -> None:
        """Answer with an invite's token; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : CreateInvite
            The request.
        """
        if message.moderator and not who.claims.moderator:
            refuse(
                who,
                message,
                "forbidden",
                "You are a moderator for this meeting only and can invite participants. For a "
                "moderator's link, ask a moderator who joined with one.",
            )
            return
        wanted = {"moderator": message.moderator, "server": message.server}
        try:
            token = self._issuer.issue(who.claims, wanted, maker=who.identity)
        except InvalidInputError as error:
            refuse(who, message, "invalid", str(error))
            return
        except TokenError as error:
            refuse(who, message, "forbidden", str(error))
            return
        who.send(meeting.InviteCreated(ref=message.ref, token=token))
