"""The token service: rooms, invites, revocations and browser tickets."""

from __future__ import annotations

import dataclasses

from nanomeet_widget._errors import (
    AuthenticationError,
    InvalidInputError,
    QuotaExceededError,
    TokenError,
)
from nanomeet_widget._validation import check_room
from nanomeet_widget.server.http.handlers import API_KEY_HEADER, TOKEN_HEADER
from nanomeet_widget.server.http.service_handler import ServiceHandler


class TokenHandler(ServiceHandler):
    """`POST nanomeet`: a token for a room with an API key, or for an invite with a moderator's token."""

    def post(self) -> None:
        """Issue a token."""
        token = self.request.headers.get(TOKEN_HEADER)
        if self.request.headers.get(API_KEY_HEADER) is not None:
            self.check_key()
            self.answer({"data": self.core.issuer.room(self.body())})
            self.core.counts.tokens += 1
        elif token is not None:
            room = self.core.issuer.moderator(token).room
            # Of a room and not of a token, as a moderator's invites can make further invites.
            if not self.core.invites.take(room):
                raise QuotaExceededError(
                    "too many invites for this room in a short time: wait a moment, then try again",
                    status=429,
                )
            self.answer({"data": self.core.issuer.invite(token, self.body())})
            self.core.counts.tokens += 1
        else:
            raise AuthenticationError(
                f"this request needs the header {API_KEY_HEADER} to create a room, or {TOKEN_HEADER} "
                "with a moderator's token to create an invite",
                status=401,
            )


class InvitesHandler(ServiceHandler):
    """`GET invites`: the issued tokens: all for an API key, the room's for a moderator's token."""

    def get(self) -> None:
        """Send the list."""
        room = self.moderated_room()
        if room is None:
            given = self.get_query_argument("room", None)
            room = None if given is None else check_room(given)
        self.answer({"data": [dataclasses.asdict(made) for made in self.core.issuer.tokens(room)]})


class RevokeHandler(ServiceHandler):
    """`POST revoke`: revoke a token, and all tokens that were made with it."""

    def post(self) -> None:
        """Revoke them, and end their connections."""
        room = self.moderated_room()
        revoked = self.core.issuer.revoke(self.body().get("id"), room=room)
        # Other servers of the data folder check for themselves.
        self.core.rooms.send_out(frozenset(revoked))
        self.answer({"data": revoked})


class BrowserTicketHandler(ServiceHandler):
    """`POST ticket`: a browser ticket for a token, or the token for a browser ticket."""

    def post(self) -> None:
        """Exchange the one for the other."""
        token = self.request.headers.get(TOKEN_HEADER)
        if token is None:
            ticket = self.body().get("ticket")
            if not isinstance(ticket, str):
                raise InvalidInputError(
                    f"this request needs a ticket, or a token in the header {TOKEN_HEADER}"
                )
            self.answer({"data": self.core.browser_tickets.redeem(ticket)})
            return
        try:
            claims = self.core.issuer.verify(token)
        except TokenError as error:
            raise AuthenticationError(str(error), status=401) from None
        self.answer({"data": self.core.browser_tickets.issue(token, moderator=claims.moderator)})
