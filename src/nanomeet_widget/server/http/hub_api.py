"""What programs of a JupyterHub's users ask: they authorise requests by their own token of the Hub."""

from __future__ import annotations

import dataclasses
import re

from nanomeet_widget._errors import AuthenticationError, PermissionDeniedError
from nanomeet_widget.server.core import Core, Hub
from nanomeet_widget.server.http.recording_handlers import RecordingListHandler
from nanomeet_widget.server.http.service_handler import ServiceHandler
from nanomeet_widget.server.hub.people import Visitor

_CREDENTIAL = re.compile(r"(?:token|bearer) +(\S+)", re.IGNORECASE)


class HubApiHandler(ServiceHandler):
    """The base of these handlers: knows who asks. No cookie authorises anything here."""

    visitor: Visitor
    groups: dict[str, str]

    def initialize(self, core: Core, hub: Hub) -> None:  # type: ignore[override]
        """Store the server's parts.

        Parameters
        ----------
        core : Core
            The server's parts.
        hub : Hub
            What it has as a service of a JupyterHub.
        """
        super().initialize(core)
        self.hub = hub

    async def prepare(self) -> None:
        """Ask the Hub whose token the request has.

        Raises
        ------
        AuthenticationError
            If it has none, or one that is no user's.
        PermissionDeniedError
            If the token gives no access to this service.
        ServiceUnavailableError
            If the Hub does not answer.
        """
        super().prepare()
        if self.request.method == "OPTIONS":
            return
        match = _CREDENTIAL.fullmatch(self.request.headers.get("Authorization", "").strip())
        if match is None:
            raise AuthenticationError(
                "this request needs a token of the JupyterHub in the header Authorization",
                status=401,
            )
        self.visitor = await self._identify(match[1])
        self.groups = await self.hub.client.groups()

    async def _identify(self, token: str) -> Visitor:
        visitor = await self.hub.client.visitor(token)
        if visitor is None:
            raise AuthenticationError(
                "the token is none of a user of this JupyterHub: restart your server in the Hub to get a "
                "new one",
                status=401,
            )
        return visitor


class HubRoomsHandler(HubApiHandler):
    """`hub/rooms`: `GET` lists the user's rooms; `POST` returns their token for a room."""

    def get(self) -> None:
        """Send who the user is, and the list."""
        rooms = self.hub.desk.rooms_of(self.visitor, self.groups)
        self.answer(
            {
                "data": {
                    "name": self.visitor.user.name,
                    "url": self.core.origin,
                    "rooms": [dataclasses.asdict(room) for room in rooms],
                }
            }
        )

    def post(self) -> None:
        """Issue a token."""
        self.answer({"data": self.hub.desk.create(self.visitor, self.groups, self.body())})
        self.core.counts.tokens += 1


class HubInvitesHandler(HubApiHandler):
    """`GET hub/invites`: the tokens of the rooms that the user moderates."""

    def get(self) -> None:
        """Send the list."""
        room = self.get_query_argument("room", None)
        found = self.hub.desk.tokens(self.visitor, self.groups, room)
        self.answer({"data": [dataclasses.asdict(made) for made in found]})


class HubRevokeHandler(HubApiHandler):
    """`POST hub/revoke`: revoke a token of a room that the user moderates."""

    def post(self) -> None:
        """Revoke it and all that were made with it, and end their connections."""
        revoked = self.hub.desk.revoke(self.visitor, self.groups, self.body().get("id"))
        self.core.rooms.send_out(frozenset(revoked))
        self.answer({"data": revoked})


class HubRecordingsHandler(HubApiHandler, RecordingListHandler):
    """`GET hub/recordings`: the recordings of the rooms that the user moderates."""

    def get(self) -> None:
        """Send the list, newest first."""
        streams = self.hub.desk.streams(self.visitor, self.groups)
        asked = self.asked_stream()
        if asked is not None and asked not in streams:
            raise PermissionDeniedError(
                "this is not the stream of a room that you moderate", status=403
            )
        limit, offset = self.page()
        first = offset + limit
        records = [
            record
            for name in (streams if asked is None else [asked])
            for record in self.core.recordings.all(stream=name, limit=first, offset=0)
        ]
        records.sort(key=lambda record: record.began, reverse=True)
        self.answer({"data": [self.describe(r, by_key=False) for r in records[offset:first]]})
