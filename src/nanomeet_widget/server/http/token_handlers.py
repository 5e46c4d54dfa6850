"""The token service: rooms, invites, revocations, browser tickets and pages that leave."""

from __future__ import annotations

import dataclasses

import msgspec

from nanomeet_widget import _texts
from nanomeet_widget._errors import (
    AuthenticationError,
    InvalidInputError,
    QuotaExceededError,
)
from nanomeet_widget._validation import check_room
from nanomeet_widget.server.http.handlers import API_KEY_HEADER, TOKEN_HEADER
from nanomeet_widget.server.http.service_handler import ServiceHandler
from nanomeet_widget.server.rooms import roster_check
from nanomeet_widget.server.tokens.issuer import Person


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
            payer = self.core.payer(self.core.issuer.moderator(token))
            # Of a room and not of a token, as a moderator's invites can make further invites.
            if not self.core.invites.take(payer):
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
    """`invites`: list the issued tokens, or issue many.

    `GET`: all for an API key, the room's for a moderator's token. `POST`, with a moderator's token: a
    personal invite for each person of a roster.
    """

    def get(self) -> None:
        """Send the list."""
        room = self.moderated_room()
        if room is None:
            given = self.get_query_argument("room", None)
            room = None if given is None else check_room(given)
        self.answer({"data": [dataclasses.asdict(made) for made in self.core.issuer.tokens(room)]})

    def post(self) -> None:
        """Issue personal invites: all of them, or none."""
        moderator = self.room_moderator()
        request = self.body(_texts.ROSTER_BYTES)
        people = roster_check.checked(_people(request.get("people")))
        if not self.core.rosters.take(self.core.payer(moderator), len(people)):
            raise QuotaExceededError(
                "too many personal links for this room in a short time: wait some minutes, then try "
                "again",
                status=429,
            )
        tokens = self.core.issuer.invite_many(moderator, people, request)
        self.core.counts.tokens += len(tokens)
        self.core.rooms.roster_changed(moderator.room)
        self.answer({"data": tokens})


class RosterHandler(ServiceHandler):
    """`GET roster`: the people with personal links to the room of a moderator's token, and who is there."""

    def get(self) -> None:
        """Send the list."""
        room = self.room_moderator().room
        self.answer({"data": self.core.rooms.roster(room)})


class RevokeHandler(ServiceHandler):
    """`POST revoke`: revoke a token, and all tokens that were made with it.

    A moderator's token may name a person of the roster in its place.
    """

    def post(self) -> None:
        """Revoke them, and end their connections."""
        room = self.moderated_room()
        request = self.body()
        if room is not None and "roster" in request:
            revoked = self.core.issuer.revoke_person(request["roster"], room=room)
        else:
            revoked = self.core.issuer.revoke(request.get("id"), room=room)
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
        claims = self.verified(token)
        self.answer({"data": self.core.browser_tickets.issue(token, moderator=claims.moderator)})


class LeaveHandler(ServiceHandler):
    """`POST leave`: free the place of a page that has left, with its token and its resume secret.

    A page says so over its WebSocket, too. What it sends there last is lost when its frame is removed
    while messages are on their way to it: the browser then resets the connection.
    """

    def post(self) -> None:
        """Free it."""
        token = self.token_of("the page")
        resume = self.body().get("resume")
        if not isinstance(resume, str):
            raise InvalidInputError("this request needs the page's resume secret as text")
        self.answer({"data": self.core.rooms.leave(self.verified(token), resume)})


def _people(given: object) -> list[Person]:
    """Return the people of a request.

    Raises
    ------
    InvalidInputError
        If a row is not a person.
    """
    try:
        return msgspec.convert(given, list[Person])
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"people must be a list of objects of name, roster and moderator: {error}"
        ) from None
