"""What this service asks its JupyterHub: whose a token is, and what its user may do."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import quote

from tornado import httpclient, web

from nanomeet_widget import _json
from nanomeet_widget._errors import (
    MissingPackageError,
    PermissionDeniedError,
    ServerStartError,
    ServiceUnavailableError,
)
from nanomeet_widget.server.hub.people import HubUser, Visitor, rooms_of, user_of
from nanomeet_widget.server.hub_settings import HubSettings

T = TypeVar("T")
logger = logging.getLogger("nanomeet")

#: Seconds for an answer of the Hub: fewer than proxies and kernels wait for one of this service.
TIMEOUT = 8.0
#: Groups of one answer, and answers at most.
_PAGE, _PAGES = 200, 100
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,512}")
_NOT_FOUND, _FORBIDDEN = 404, 403
AWAY = "the JupyterHub does not answer: people in meetings stay there. Try again in a moment"


class OAuth(Protocol):
    """The parts of `jupyterhub.services.auth.HubOAuth` that are used here."""

    api_url: str
    api_token: str
    access_scopes: set[str]

    async def get_user(self, handler: web.RequestHandler, *, sync: bool) -> dict[str, Any] | None:
        """Return the model of the owner of a request's token or cookie."""

    def _get_token_cookie(self, handler: web.RequestHandler) -> str:
        """Return the token in a request's cookie."""

    async def user_for_token(self, token: str, *, sync: bool) -> dict[str, Any] | None:
        """Return the model of a token's owner, as the Hub said at most `cache_max_age` seconds ago."""

    def check_scopes(self, required_scopes: set[str], user: dict[str, Any]) -> set[str]:
        """Return which of some scopes a user's model has."""


class HubClient:
    """The Hub's API, as this service may use it.

    Parameters
    ----------
    settings : HubSettings
        The service's place in the Hub.

    Raises
    ------
    MissingPackageError
        If jupyterhub is not installed.
    """

    def __init__(self, settings: HubSettings) -> None:
        self._settings = settings
        self.auth = _oauth(settings)
        self._http = httpclient.AsyncHTTPClient(force_instance=True)
        self._users: dict[str, tuple[float, HubUser | None]] = {}
        self._rooms: tuple[float, dict[str, str]] | None = None
        #: The token with which each user came last: it says what they may do now.
        self._came_with: dict[str, str] = {}

    def close(self) -> None:
        """Close the connections to the Hub."""
        self._http.close()

    async def visitor(self, token: str) -> Visitor | None:
        """Return who asks with a token of the Hub.

        Parameters
        ----------
        token : str
            The token.

        Returns
        -------
        Visitor or None
            None if it is no user's.

        Raises
        ------
        PermissionDeniedError
            If the token gives no access to this service.
        ServiceUnavailableError
            If the Hub does not answer.
        """
        if not _TOKEN.fullmatch(token):
            return None
        model = await _in_time(self.auth.user_for_token(token, sync=False))
        if model is None or model.get("kind", "user") != "user":
            return None
        return await self._accepted(model, token)

    async def logged_in(self, handler: web.RequestHandler) -> tuple[dict[str, Any], Visitor] | None:
        """Return who opens a page: what the Hub says of them, and the visitor.

        Parameters
        ----------
        handler : web.RequestHandler
            The page's handler, with jupyterhub's own classes.

        Returns
        -------
        tuple or None
            None if no one is logged in.

        Raises
        ------
        PermissionDeniedError
            If their account has no access to this service.
        ServiceUnavailableError
            If the Hub does not answer.
        """
        model = await _in_time(self.auth.get_user(handler, sync=False))
        # A token in the header is for programs.
        if model is None or getattr(handler, "_token_authenticated", False):
            return None
        visitor = await self._accepted(model, self.auth._get_token_cookie(handler))  # noqa: SLF001 - no other says it
        return None if visitor is None else (model, visitor)

    async def _accepted(self, model: dict[str, Any], token: str) -> Visitor | None:
        """Return the visitor that the model of a token's owner describes; None for one who was just deleted."""
        if not self.auth.check_scopes(self.auth.access_scopes, model):
            raise PermissionDeniedError(
                f"this token of {model['name']} gives no access to the service {self._settings.name}: the "
                f"Hub's administrator adds the scope access:services!service={self._settings.name} to the "
                "roles user and server",
                status=403,
            )
        user = await self.user(str(model["name"]))
        if user is None:
            return None
        self._came_with[user.name] = token
        return Visitor(user=user, scopes=frozenset(map(str, model.get("scopes", ()))))

    async def returning(self, user: str) -> Visitor | None:
        """Return a user who came before, as the Hub describes them now; None if it gives them no access.

        Parameters
        ----------
        user : str
            The user's name.

        Raises
        ------
        ServiceUnavailableError
            If the Hub does not answer.
        """
        token = self._came_with.get(user)
        if token is None:
            return None
        try:
            return await self.visitor(token)
        except PermissionDeniedError:
            return None

    async def user(self, name: str, *, fresh: bool = False) -> HubUser | None:
        """Return a user of the Hub.

        Parameters
        ----------
        name : str
            The user's name.
        fresh : bool, default False
            Whether to ask the Hub even if it said so recently.

        Returns
        -------
        HubUser or None
            None if there is no such user.

        Raises
        ------
        ServiceUnavailableError
            If the Hub does not answer.
        """
        now = time.monotonic()
        self._users = {
            user: (at, found)
            for user, (at, found) in self._users.items()
            if at > now - self._settings.recheck
        }
        if name in self._users and not fresh:
            return self._users[name][1]
        model = await self._ask(f"users/{quote(name, safe='')}")
        found = None if model is None else user_of(model)
        self._users[name] = now, found
        if found is None:
            self._came_with.pop(name, None)
        return found

    async def groups(self) -> dict[str, str]:
        """Return the groups of the Hub by the names of their rooms.

        Raises
        ------
        ServiceUnavailableError
            If the Hub does not answer.
        """
        now = time.monotonic()
        if self._rooms is None or self._rooms[0] <= now - self._settings.recheck:
            names: list[str] = []
            for page in range(_PAGES):
                found = await self._ask(f"groups?limit={_PAGE}&offset={page * _PAGE}") or []
                names += [str(group["name"]) for group in found]
                if len(found) < _PAGE:
                    break
            self._rooms = now, rooms_of(names)
        return self._rooms[1]

    async def _ask(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return the Hub's answer; None if there is no such thing."""
        request = httpclient.HTTPRequest(
            f"{self.auth.api_url.rstrip('/')}/{path}",
            headers={"Authorization": f"token {self.auth.api_token}"},
            connect_timeout=TIMEOUT,
            request_timeout=TIMEOUT,
            follow_redirects=False,
        )
        try:
            answer = await self._http.fetch(request)
            return _json.read(answer.body)
        except httpclient.HTTPClientError as error:
            if error.code == _NOT_FOUND:
                return None
            if error.code == _FORBIDDEN:
                logger.error(  # noqa: TRY400 - its trace says nothing
                    "the Hub refuses %s: give this service the scopes list:groups, read:users:name, "
                    "read:users:groups and read:roles:users (c.JupyterHub.load_roles)",
                    path.partition("?")[0].partition("/")[0],
                )
            raise ServiceUnavailableError(AWAY, status=503) from None
        except (OSError, ValueError, asyncio.TimeoutError):
            raise ServiceUnavailableError(AWAY, status=503) from None


async def _in_time(answer: Awaitable[T]) -> T:
    """Return what jupyterhub's library answers.

    Raises
    ------
    ServiceUnavailableError
        If the Hub does not answer, or not in time.
    """
    try:
        return await asyncio.wait_for(answer, TIMEOUT)
    except (web.HTTPError, asyncio.TimeoutError):
        raise ServiceUnavailableError(AWAY, status=503) from None


def _oauth(settings: HubSettings) -> OAuth:
    try:
        from jupyterhub.services.auth import HubOAuth  # noqa: PLC0415 - only a Hub's service needs it
    except ImportError:
        raise MissingPackageError(
            "--hub needs jupyterhub in the environment that runs this server: "
            "pip install 'nanomeet-widget[hub]'"
        ) from None
    # At its level INFO, this library logs the IDs of sessions.
    logging.getLogger("tornado.application").setLevel(logging.WARNING)
    secure = {"secure": True} if settings.secure else {}
    auth = HubOAuth(base_url=settings.prefix, cache_max_age=max(1, int(settings.recheck)))
    if not auth.oauth_client_id:
        auth.oauth_client_id = f"service-{settings.name}"
    auth.cookie_options = {**auth.cookie_options, **secure, "samesite": "Lax"}
    if not auth.access_scopes:
        raise ServerStartError("the Hub names no scope that gives access to this service")
    return cast("OAuth", auth)
