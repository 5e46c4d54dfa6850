"""nanoStream Cloud: nanoMeet as nanocosmos hosts it.

Addresses, wire format and links are those of the public nanoMeet Web API (1.0.x).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from nanomeet_widget import _tokens, _validation
from nanomeet_widget._errors import InvalidInputError, ProtocolError
from nanomeet_widget._http import TIMEOUT, Http, Request, Steps
from nanomeet_widget._library import library
from nanomeet_widget._models import Invite, Playout, Room, Secret, SecretText, Stream
from nanomeet_widget.services import _token_service as contract
from nanomeet_widget.services._service import (
    BroadcastTarget,
    InviteRequest,
    InvitesRequest,
    RoomRequest,
    Service,
    as_secret,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx


TOKEN_URL = "https://bintu-cloud-token.k8s-prod.nanocosmos.de"  # noqa: S105 - an address
API_URL = "https://bintu.nanocosmos.de"
SERVER = "nanomeet-eu.nanocosmos.de"
INVITE_PAGE = "https://nanomeet.pages.nanocosmos.de/nanomeet-frontend/nanomeet-sample.html"
INGEST = "rtmp://bintu-vtrans.nanocosmos.de"
PLAYER = "https://demo.nanocosmos.de/nanoplayer/release/nanoplayer.html"
RECORDINGS = "https://bintu-vod.nanocosmos.de/vod"
DASHBOARD = "https://bintu-cloud-frontend.nanocosmos.de"

#: Two renditions of a broadcast: width, height, kbit/s, frames a second.
PROFILES = ("vtrans2-852x480x800x25", "vtrans2-640x360x400x25")
_PROFILE = re.compile(r"vtrans2?-(?:\d+x\d+x)?(\d+)(?:k\d*|x\d+)?")


def in_cloud(server: str) -> bool:
    """Return whether a token's server is one of the cloud's."""
    host = urlsplit(_validation.origin(server)).hostname or ""
    return host.endswith(".nanocosmos.de")


def target(streamname: str, *, is_vod: bool) -> BroadcastTarget:
    """Return the cloud's ingest, and where to watch what is sent there: no key is needed."""
    ingest = f"{INGEST}/{'rec' if is_vod else 'live'}/{_validation.check_streamname(streamname)}"
    playout = NanoStreamCloud.playout(streamname, is_vod=is_vod)
    return BroadcastTarget(ingest=Secret(ingest), playout=playout)


class NanoStreamCloud(Service):
    """nanoStream Cloud, by an account's API key.

    Parameters
    ----------
    api_key : str or Secret
        The organisation's key: text, or `Secret.ask`. It is sent to `token_url` and `api_url` only.
    token_url : str
        Where tokens are made; by default the vendor's address.
    api_url : str
        Where streams are made; by default the vendor's address.
    server : str, default "nanomeet-eu.nanocosmos.de"
        The host that carries the meetings; ``nanomeet-us.nanocosmos.de`` is another. A room may name
        its own.
    invite_page : str
        The page that an invite leads to. The cloud's own page, the default, reads the token from the
        query of its address only; any other gets it in the fragment, which no server sees.
    script_url : str, optional
        The vendor's library, for widgets to join with instead of this package's own client; see
        `nanomeet_widget.NanoMeet`.
    script_integrity : str, optional
        The library's hash, as a ``<script>`` tag has it.
    transport : httpx.BaseTransport, optional
        Replaces the network, in tests.
    async_transport : httpx.AsyncBaseTransport, optional
        Likewise, for calls that do not block.
    verify : bool or str, default True
        Whether to check certificates, or the path of an authority's.
    timeout : float
        Seconds that one exchange may take.

    Raises
    ------
    InvalidInputError
        If the key is empty, or an address is not a URL.
    """

    name = "nanoStream Cloud"

    def __init__(
        self,
        api_key: str | Secret,
        *,
        token_url: str = TOKEN_URL,
        api_url: str = API_URL,
        server: str = SERVER,
        invite_page: str = INVITE_PAGE,
        script_url: str | None = None,
        script_integrity: str | None = None,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
        verify: bool | str = True,
        timeout: float = TIMEOUT,
    ) -> None:
        self._api_key = as_secret("api_key", api_key)
        self._token_url = _validation.check_url("token_url", token_url)
        self._api_url = _validation.check_url("api_url", api_url)
        self._server = _validation.check_server(server)
        self._invite_page = _validation.check_url("invite_page", invite_page)
        self.library = library(script_url, script_integrity)
        self._http = Http(
            self.name,
            transport=transport,
            async_transport=async_transport,
            verify=verify,
            timeout=timeout,
        )

    def organisation(self) -> dict[str, Any]:
        """Return the account's record: what the key belongs to.

        Returns
        -------
        dict
            The cloud's JSON.

        Raises
        ------
        AuthenticationError
            If the cloud does not accept the key.
        ServiceError
            If it refuses otherwise, or cannot be reached.
        """
        return self._http.run(self._organisation())

    async def aorganisation(self) -> dict[str, Any]:
        """Return the account's record, without blocking.

        Returns
        -------
        dict
            The cloud's JSON.

        Raises
        ------
        AuthenticationError
            If the cloud does not accept the key.
        ServiceError
            If it refuses otherwise, or cannot be reached.
        """
        return await self._http.arun(self._organisation())

    def create_streams(self, *, profiles: Sequence[str] = PROFILES) -> Stream:
        """Make a stream, with two renditions for viewers on slower connections.

        Parameters
        ----------
        profiles : sequence of str
            Two transcoding profiles, such as ``vtrans2-852x480x800x25``: width, height, kbit/s and frames
            a second. The one of the lower bitrate becomes the second, in whichever order they are given.

        Returns
        -------
        Stream
            The stream.

        Raises
        ------
        InvalidInputError
            If they are not two profiles; nothing was sent then.
        ServiceError
            If the cloud refuses or cannot be reached.
        """
        return self._http.run(self._create_streams(profiles))

    async def acreate_streams(self, *, profiles: Sequence[str] = PROFILES) -> Stream:
        """Make a stream, with two renditions, without blocking.

        Parameters
        ----------
        profiles : sequence of str
            Two transcoding profiles, as in `create_streams`.

        Returns
        -------
        Stream
            The stream.

        Raises
        ------
        InvalidInputError
            If they are not two profiles; nothing was sent then.
        ServiceError
            If the cloud refuses or cannot be reached.
        """
        return await self._http.arun(self._create_streams(profiles))

    @staticmethod
    def playout(streamname: str, *, is_vod: bool = False) -> Playout:
        """Return where a broadcast can be watched.

        Parameters
        ----------
        streamname : str
            The `streamname` of the room's token.
        is_vod : bool, default False
            Whether it is recorded.

        Returns
        -------
        Playout
            Its live page, and its recording if there is one.

        Raises
        ------
        InvalidInputError
            If `streamname` is not a stream's name.
        """
        name = quote(_validation.check_streamname(streamname), safe="")
        return Playout(
            live=f"{PLAYER}?bintu.streamname={name}",
            vod=f"{RECORDINGS}/{name}.mp4" if is_vod else None,
        )

    def broadcast_target(self, streamname: str, *, is_vod: bool) -> BroadcastTarget:
        """Return the cloud's ingest, and where its broadcast can be watched.

        Parameters
        ----------
        streamname : str
            The `streamname` of the room's token.
        is_vod : bool
            Whether it is recorded, too.

        Returns
        -------
        BroadcastTarget
            The ingest and the playout.

        Raises
        ------
        InvalidInputError
            If `streamname` is not a stream's name.
        """
        return target(streamname, is_vod=is_vod)

    def browser_link(self, token: str) -> Secret:
        """Return the invite page's link for this very token.

        Parameters
        ----------
        token : str
            A token of the cloud.

        Returns
        -------
        Secret
            The link.

        Raises
        ------
        TokenError
            If `token` is not a token.
        """
        _tokens.read(token)
        return Secret(f"{self._invite_page}{self._mark}token={SecretText(token)}")

    def check(self) -> str:
        """Check that the cloud answers and accepts the key.

        Returns
        -------
        str
            The address of the meeting server.

        Raises
        ------
        ServiceError
            If the cloud refuses or cannot be reached.
        """
        self.organisation()
        return self._server

    def serves(self, server: str) -> bool:
        """Return whether a server is the cloud's.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        bool
            True if it is.
        """
        return server == self._server or in_cloud(server)

    @property
    def _mark(self) -> str:
        return "?" if self._invite_page == INVITE_PAGE else "#"

    def _where(self) -> str:
        return self._server

    @property
    def _headers(self) -> dict[str, str]:
        return {"x-bintu-apikey": self._api_key.reveal()}

    def _organisation(self) -> Steps[dict[str, Any]]:
        answer = yield Request(
            method="GET",
            origin=self._api_url,
            path="/organisation",
            headers=self._headers,
            repeatable=True,
        )
        if not isinstance(answer, dict):
            raise ProtocolError(f"{self.name} answered without a record of the organisation")
        return answer

    def _create_streams(self, profiles: Sequence[str]) -> Steps[Stream]:
        first, second = _ordered(profiles)
        # Not repeatable: each call makes another stream, and streams count.
        answer = yield Request(
            method="POST",
            origin=self._api_url,
            path="/stream",
            headers=self._headers,
            body={
                "tags": ["nanoMeet"],
                "transcodes": [
                    {"profile": first, "tags": ["1st transcode", "nanoMeet"]},
                    {"profile": second, "tags": ["2nd transcode", "nanoMeet"]},
                ],
            },
        )
        return _stream_of(answer, first, second)

    def _create_room(self, asked: RoomRequest) -> Steps[Room]:
        body = {"server": self._server, **contract.room_body(asked)}
        if "streamname" not in body:
            stream: Stream = yield from self._create_streams(PROFILES)
            body["streamname"] = stream.streamname
        answer = yield contract.room_request(self._token_url, self._api_key, body)
        return contract.room_of(answer)

    def _create_invite(self, asked: InviteRequest) -> Steps[Invite]:
        body = contract.invite_body(asked)
        answer = yield contract.invite_request(self._token_url, asked.token, body)
        return contract.invite_of(answer, page=self._invite_page, mark=self._mark)

    def _create_invites(self, asked: InvitesRequest) -> Steps[list[Invite]]:
        del asked
        raise InvalidInputError(
            "nanoStream Cloud's tokens carry no names, so it has no personal links: call create_invite "
            "for each person, or use the embedded server or Jitsi"
        )


def _ordered(profiles: Sequence[str]) -> tuple[str, str]:
    """Return two profiles, the one of the lower bit rate second."""
    found = [_PROFILE.fullmatch(profile) for profile in profiles if isinstance(profile, str)]
    rates = [int(match[1]) for match in found if match is not None]
    if isinstance(profiles, str) or len(profiles) != 2 or len(rates) != 2:  # noqa: PLR2004
        raise InvalidInputError(
            f"profiles={profiles!r}: two transcoding profiles are required, such as "
            + " and ".join(PROFILES)
        )
    first, second = profiles
    return (second, first) if rates[0] < rates[1] else (first, second)


def _stream_of(answer: Any, first: str, second: str) -> Stream:  # noqa: ANN401 - JSON
    try:
        identity = str(answer["id"])
        rtmp = answer["ingest"]["rtmp"]
        renditions = [str(entry["id"]) for entry in answer["playout"]["h5live"]]
        streamname = _validation.check_streamname(rtmp["streamname"])
        ingest = str(rtmp["url"])
    except (KeyError, TypeError, InvalidInputError):
        raise ProtocolError(
            "nanoStream Cloud made a stream, but did not say how to reach it: check api_url"
        ) from None
    query = urlencode(
        {
            "vtrans1.id": next(iter(renditions[1:2]), ""),
            "vtrans1.bitrate": first,
            "vtrans2.id": next(iter(renditions[2:3]), ""),
            "vtrans2.bitrate": second,
            "startIndex": "0",
        }
    )
    return Stream(
        id=identity,
        streamname=streamname,
        ingest=ingest,
        dashboard=f"{DASHBOARD}/stream/new/{quote(identity, safe='')}?{query}",
    )
