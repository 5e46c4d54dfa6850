"""The token service: rooms and invites, the organisation, streams.

The requests and answers are those of nanoStream Cloud, so that its own browser library and ours
work with this server as they are.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import secrets
from typing import Any

import msgspec
from tornado import iostream

from nanomeet_widget._errors import AuthenticationError, InvalidInputError, TokenError
from nanomeet_widget._tokens import Claims
from nanomeet_widget._validation import check_room, new_streamname
from nanomeet_widget.server.http.handlers import API_KEY_HEADER, TOKEN_HEADER, Handler

_MAX_BODY = 64 * 1024
_MAX_TRANSCODES = 10


class ServiceHandler(Handler):
    """The base of the service's handlers: any web page may call them, with a key of its own."""

    def set_default_headers(self) -> None:
        """Allow every origin: what authorises is the key in the request, never a cookie."""
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        self.set_header(
            "Access-Control-Allow-Headers", "content-type, accept, x-bintu-apikey, x-bintu-token"
        )
        self.set_header("Access-Control-Max-Age", "600")
        # Chromium asks for this before a public page may reach a private address.
        self.set_header("Access-Control-Allow-Private-Network", "true")

    def options(self) -> None:
        """Answer a preflight request."""
        self.set_status(204)

    def check_key(self) -> None:
        """Refuse whoever has no API key."""
        self.core.issuer.check_key(self.request.headers.get(API_KEY_HEADER))

    def moderator(self) -> Claims | None:
        """Return what a moderator's token says; None for an API key, which may do more.

        Raises
        ------
        AuthenticationError, PermissionDeniedError
        """
        token = self.request.headers.get(TOKEN_HEADER)
        if token is None:
            self.check_key()
            return None
        return self.core.issuer.moderator(token)

    def moderated_room(self) -> str | None:
        """Return the room of a moderator's token; None for an API key, which has them all.

        Raises
        ------
        AuthenticationError, PermissionDeniedError
        """
        claims = self.moderator()
        return None if claims is None else claims.room

    def body(self) -> dict[str, Any]:
        """Return the request's JSON object.

        Raises
        ------
        InvalidInputError
        """
        if len(self.request.body) > _MAX_BODY:
            raise InvalidInputError(f"the request is longer than {_MAX_BODY} bytes")
        try:
            return msgspec.json.decode(self.request.body or b"{}", type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise InvalidInputError(f"the request is not a JSON object: {error}") from None

    def answer(self, content: object) -> None:
        """Send JSON."""
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode(content))


class TokenHandler(ServiceHandler):
    """`POST nanomeet`: a room for an API key, an invite for a moderator's token."""

    def post(self) -> None:
        """Make a token."""
        token = self.request.headers.get(TOKEN_HEADER)
        if self.request.headers.get(API_KEY_HEADER) is not None:
            self.check_key()
            self.answer({"data": self.core.issuer.room(self.body())})
            self.core.counts.tokens += 1
        elif token is not None:
            self.answer({"data": self.core.issuer.invite(token, self.body())})
            self.core.counts.tokens += 1
        else:
            raise AuthenticationError(
                f"this request needs the header {API_KEY_HEADER} to make a room, or {TOKEN_HEADER} "
                "with a moderator's token to make an invite",
                status=401,
            )


class InvitesHandler(ServiceHandler):
    """`GET invites`: which tokens were made: all of them for an API key, a moderator's room's else."""

    def get(self) -> None:
        """List them."""
        room = self.moderated_room()
        if room is None:
            given = self.get_query_argument("room", None)
            room = None if given is None else check_room(given)
        self.answer({"data": [dataclasses.asdict(made) for made in self.core.issuer.tokens(room)]})


class RevokeHandler(ServiceHandler):
    """`POST revoke`: a token, and all that were made with it, open nothing any more."""

    def post(self) -> None:
        """Revoke it."""
        room = self.moderated_room()
        revoked = self.core.issuer.revoke(self.body().get("id"), room=room)
        # Other servers of the data folder look for themselves.
        self.core.rooms.send_out(frozenset(revoked))
        self.answer({"data": revoked})


class OrganisationHandler(ServiceHandler):
    """`GET organisation`: whom the key belongs to."""

    def get(self) -> None:
        """Describe the organisation."""
        self.check_key()
        name = self.core.config.organisation
        self.answer({"id": name, "name": name, "hash": name})


class StreamHandler(ServiceHandler):
    """`POST stream`: a name to broadcast under."""

    def post(self) -> None:
        """Make a stream.

        This server does not transcode: every viewer gets the picture that the stage sends. The
        entries of requested transcodes are there because clients read their ids.
        """
        self.check_key()
        body = self.body()
        tags = _texts(body.get("tags", []), "tags")
        transcodes = body.get("transcodes", [])
        if not isinstance(transcodes, list) or len(transcodes) > _MAX_TRANSCODES:
            raise InvalidInputError(f"transcodes must be a list of at most {_MAX_TRANSCODES}")
        streamname = new_streamname()
        live = f"{self.core.origin}/live/{streamname}"
        source = {"id": secrets.token_hex(8), "rtmp": {"streamname": streamname}, "url": live}
        entries = [{**source, "id": secrets.token_hex(8), "transcoded": False} for _ in transcodes]
        websocket = self.core.origin.replace("http", "ws", 1)
        self.answer(
            {
                "id": source["id"],
                "state": "created",
                "tags": tags,
                "ingest": {"rtmp": {"url": f"{websocket}/ws/ingest", "streamname": streamname}},
                "playout": {"h5live": [source, *entries], "web": [live]},
            }
        )


class TicketHandler(ServiceHandler):
    """`POST ticket`: a ticket for a token, or the token for a ticket."""

    def post(self) -> None:
        """Take the one for the other."""
        token = self.request.headers.get(TOKEN_HEADER)
        if token is None:
            ticket = self.body().get("ticket")
            if not isinstance(ticket, str):
                raise InvalidInputError("the request needs a ticket, or the header of a token")
            self.answer({"data": self.core.browser_tickets.redeem(ticket)})
            return
        try:
            self.core.issuer.verify(token)
        except TokenError as error:
            raise AuthenticationError(str(error), status=401) from None
        self.answer({"data": self.core.browser_tickets.issue(token)})


class HealthHandler(Handler):
    """`GET healthz`: whether the server answers, and takes new meetings; and what time it is."""

    def set_default_headers(self) -> None:
        """Let any page read the answer, and its `Date`: by this clock tokens begin and end."""
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Access-Control-Expose-Headers", "Date")

    def get(self) -> None:
        """Say so."""
        draining = self.core.rooms.draining
        # A balancer sends nobody new to a server that says 503.
        self.set_status(503 if draining else 200)
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode({"status": "draining" if draining else "ok"}))


class LeaseHandler(Handler):
    """`GET lease`: an answer that never ends; while one is open, the server is needed."""

    def prepare(self) -> None:
        """Check the key."""
        super().prepare()
        self._gone = asyncio.Event()
        self.core.issuer.check_key(self.request.headers.get(API_KEY_HEADER))

    async def get(self) -> None:
        """Hold the lease until the client goes away."""
        self.set_header("Content-Type", "text/plain")
        with self.core.leases.lease(), contextlib.suppress(iostream.StreamClosedError):
            # A sign of life, so that the client knows that the lease is held. There is only one: it
            # comes from this machine, whose system closes the connection of a process that dies.
            self.write("\n")
            await self.flush()
            await self._gone.wait()

    def on_connection_close(self) -> None:
        """Give up the lease."""
        super().on_connection_close()
        self._gone.set()


def _texts(value: object, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidInputError(f"{name} must be a list of texts")
    return value
