"""The meeting service of a JupyterHub, as the notebooks of its users have it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nanomeet_widget import _validation
from nanomeet_widget._errors import InvalidInputError, NanoMeetError, ProtocolError
from nanomeet_widget._http import BEARER, Request, Steps
from nanomeet_widget._models import Room, Secret, SecretText
from nanomeet_widget._recording import Recording, listing
from nanomeet_widget.services import _token_service as contract
from nanomeet_widget.services.local import LocalServer

if TYPE_CHECKING:
    import httpx

    from nanomeet_widget.services._service import RoomRequest
    from nanomeet_widget.services.local import Address

#: Set by the Hub's administrator: where notebooks reach the service.
ADDRESS = "NANOMEET_HUB"
_TOKEN = "JUPYTERHUB_API_TOKEN"  # noqa: S105 - a variable's name
#: Where a notebook's server finds its Hub, and how people reach them.
_HUBS = (
    *("JUPYTERHUB_API_URL", "JUPYTERHUB_PUBLIC_HUB_URL", "JUPYTERHUB_PUBLIC_URL"),
    "JUPYTERHUB_HOST",
)
#: The names of services within a Kubernetes cluster, which no host outside has.
_CLUSTER = (".svc", ".svc.cluster.local")


class HubService(LocalServer):
    """The server of a JupyterHub, which knows its users: rooms are made in their name.

    Made from the environment of a notebook server that the Hub started (`current`).

    Parameters
    ----------
    url : str
        Where notebooks reach the service.
    token : str or Secret
        The notebook server's own token of the Hub.
    transport : httpx.BaseTransport, optional
        Replaces the network, in tests.
    async_transport : httpx.AsyncBaseTransport, optional
        Likewise, for calls that do not block.
    verify : bool or str, default True
        Whether to check the server's certificate, or the path of its authority's.

    Raises
    ------
    InvalidInputError
        If `url` is not a URL, or the token is empty.
    """

    name = "the meeting service of this JupyterHub"

    def __init__(
        self,
        url: str,
        *,
        token: str | Secret,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
        verify: bool | str = True,
    ) -> None:
        super().__init__(
            url,
            api_key=token,
            transport=transport,
            async_transport=async_transport,
            verify=verify,
        )
        #: How people reach it, once it has said so.
        self._people: str | None = None

    def serves(self, server: str) -> bool:
        """Return whether a server is this one.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        bool
            True if it is.
        """
        # What it cannot tell now, it did not make.
        with suppress(NanoMeetError):
            self._ensure()
        return _validation.origin(server) == self._people

    def reached_at(self, server: str) -> str | None:
        """Return where this kernel reaches the service.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        str or None
            A URL; None if the token is another server's.
        """
        return self._ensure().url if self.serves(server) else None

    def check(self) -> str:
        """Check that the service answers and accepts the token.

        Returns
        -------
        str
            The address at which people reach it.

        Raises
        ------
        ServiceError
            If it refuses or cannot be reached.
        """
        self._people = None
        return self._address_of(self._ensure())

    def _create_room(self, asked: RoomRequest) -> Steps[Room]:
        body = contract.room_body(asked)
        # The server fills in the rest: its clock counts, and this one may be wrong.
        body = {name: value for name, value in body.items() if getattr(asked, name) is not None}
        at: Address = yield self._ensure
        return contract.room_of((yield self._keyed("POST", at, "/rooms", body)))

    def _recordings(self, stream: str | None) -> Steps[list[Recording]]:
        at: Address = yield self._ensure
        page = self._address_of(at)
        headers = self._credential(at)
        return (yield from listing(self._http, f"{at.url}/hub", headers, page=page, stream=stream))

    def _keyed(
        self, method: str, at: Address, path: str, body: dict[str, object] | None = None
    ) -> Request:
        return Request(
            method=method,
            origin=at.url,
            path=f"/hub{path}",
            headers=self._credential(at),
            body=body,
            repeatable=True,
        )

    @staticmethod
    def _credential(at: Address) -> dict[str, str]:
        return {"Authorization": SecretText(BEARER + at.api_key.reveal())}

    def _ensure(self) -> Address:
        at = super()._ensure()
        if self._people is None:
            answer = self._http.call(self._keyed("GET", at, "/rooms"))
            try:
                self._people = _validation.check_url("url", str(answer["data"]["url"]))
            except (TypeError, KeyError, InvalidInputError):
                raise ProtocolError(
                    f"{self.name} at {urlsplit(at.url).netloc} does not say how people reach it: is "
                    f"{ADDRESS} right?"
                ) from None
        return at

    def _address_of(self, at: Address) -> str:
        return self._people or at.url

    _page = _address_of


@dataclass(frozen=True, kw_only=True)
class _Given:
    """What the environment says. No frame of an error holds the environment itself, with its token."""

    url: str
    token: SecretText
    #: Where the Hub is, and how people reach it.
    hubs: tuple[str, ...]


def from_environment(environment: Mapping[str, str] | None = None) -> HubService | None:
    """Return the service of the JupyterHub that started this notebook's server.

    Parameters
    ----------
    environment : mapping, optional
        The environment variables; None for the process's own.

    Returns
    -------
    HubService or None
        None if no Hub started it, or it has no such service.

    Raises
    ------
    InvalidInputError
        If the address is not one of the Hub: its token is sent to no other host.
    """
    given = _given(environment)
    if not given.url or not given.token:
        return None
    url = _validation.check_url(ADDRESS, given.url)
    parts = urlsplit(url)
    host, scheme = parts.hostname or "", parts.scheme
    if not _is_inside(host):
        hubs = [urlsplit(hub) for hub in given.hubs]
        own = [hub for hub in hubs if hub.hostname and _is_below(host, hub.hostname)]
        if not own:
            raise InvalidInputError(
                f"{ADDRESS}={url} is not a host of this JupyterHub, and the Hub's token is sent to no other: "
                "its administrator sets the address of the service in c.Spawner.environment"
            )
        if scheme == "http" and all(hub.scheme == "https" for hub in own):
            raise InvalidInputError(
                f"{ADDRESS}={url} would send the Hub's token unencrypted: write https://"
            )
    return HubService(url, token=given.token)


def _given(environment: Mapping[str, str] | None) -> _Given:
    values = os.environ if environment is None else environment
    return _Given(
        url=values.get(ADDRESS, ""),
        token=SecretText(values.get(_TOKEN, "")),
        hubs=tuple(values.get(name, "") for name in _HUBS),
    )


def _is_inside(host: str) -> bool:
    """Return whether a name is one of a cluster's own network, which is no host of the internet."""
    return host.endswith(_CLUSTER) or ("." not in host and ":" not in host and host != "localhost")


def _is_below(host: str, hub: str) -> bool:
    if _validation.is_loopback(host):
        return _validation.is_loopback(hub)
    return host == hub or (host.endswith(f".{hub}") and not hub.replace(".", "").isdigit())
