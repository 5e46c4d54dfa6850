"""The pages of a JupyterHub's users: login by the Hub, their rooms, and *Join*.

Authentication is jupyterhub's own (`HubOAuth`): a cookie of this service's path holds the user's token, and
requests other than opening a page need an XSRF token with it.
"""

from __future__ import annotations

from typing import Any

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado import web

from nanomeet_widget._errors import (
    InvalidInputError,
    PermissionDeniedError,
    QuotaExceededError,
    ServiceUnavailableError,
)
from nanomeet_widget.server.core import Core, Hub
from nanomeet_widget.server.http import hub_html
from nanomeet_widget.server.http.handlers import Handler
from nanomeet_widget.server.http.html_pages import send
from nanomeet_widget.server.http.page_policy import PagePolicy
from nanomeet_widget.server.hub import desk
from nanomeet_widget.server.hub.people import Visitor

_SEE_OTHER, _SERVER_ERROR = 303, 500


class HubPage(HubOAuthenticated, Handler):
    """The base of these pages: knows who is logged in, and shows errors as pages."""

    visitor: Visitor | None = None
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
        Handler.initialize(self, core)
        self.hub = hub
        self.hub_auth = hub.client.auth

    async def prepare(self) -> None:
        """Ask the Hub who is logged in, without keeping others waiting.

        Raises
        ------
        PermissionDeniedError
            If they have no access to this service.
        ServiceUnavailableError
            If the Hub does not answer.
        """
        Handler.prepare(self)
        # Errors are shown before anyone is known.
        self.current_user = None
        found = await self.hub.client.logged_in(self)
        if found is not None:
            self.current_user, self.visitor = found
            self.groups = await self.hub.client.groups()

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Answer with a page in plain words.

        Parameters
        ----------
        status_code : int
            The HTTP status code.
        **kwargs : Any
            As tornado has them.
        """
        del status_code
        t = hub_html.speaks(self.request.headers.get("Accept-Language", ""))
        title, words = self.words_for(t, kwargs.get("exc_info", (None, None, None))[1])
        base = self.core.config.base_url
        self.send_page(hub_html.failure_page(t, title, words, base=base))

    def words_for(self, t: hub_html.Texts, error: BaseException | None) -> tuple[str, str]:
        """Return how an error is shown.

        Parameters
        ----------
        t : Texts
            The texts.
        error : BaseException or None
            The error.

        Returns
        -------
        tuple
            Its title, and what to do.
        """
        if isinstance(error, ServiceUnavailableError):
            return t.away
        if isinstance(error, PermissionDeniedError):
            return t.denied
        return t.other

    def send_page(self, content: str) -> None:
        """Answer with a page that no other frames.

        Parameters
        ----------
        content : str
            The page.
        """
        send(self, content, PagePolicy("hub.html", self.core.config, self.request, "", False))


class HubLoginHandler(HubOAuthCallbackHandler, HubPage):
    """`GET oauth_callback`: the Hub sends a browser here that has logged in."""

    def words_for(self, t: hub_html.Texts, error: BaseException | None) -> tuple[str, str]:
        """Return how an error is shown; see `HubPage.words_for`.

        Parameters
        ----------
        t : Texts
            The texts.
        error : BaseException or None
            The error.

        Returns
        -------
        tuple
            Its title, and what to do.
        """
        if isinstance(error, web.HTTPError):
            return t.away if error.status_code >= _SERVER_ERROR else t.failed
        return super().words_for(t, error)


class HubHomeHandler(HubPage):
    """`GET .`: the rooms of the user who is logged in; others log in first."""

    def get(self) -> None:
        """Send the page, or the browser to the Hub."""
        if self.visitor is None:
            self.redirect(self.get_login_url())
            return
        config = self.core.config
        assert config.hub is not None  # noqa: S101 - these routes exist for it
        t = hub_html.speaks(self.request.headers.get("Accept-Language", ""))
        self.send_page(
            hub_html.rooms_page(
                t,
                base=config.base_url,
                hub=f"{config.hub.hub_url}/home",
                name=self.visitor.user.name,
                rooms=self.hub.desk.rooms_of(self.visitor, self.groups),
                xsrf=self.xsrf_token.decode(),
            )
        )


class HubJoinHandler(HubPage):
    """`POST join`: leads the user into a room."""

    def post(self) -> None:
        """Make a token, and send the browser to the meeting.

        Raises
        ------
        HTTPError
            403 if no one is logged in, or the request is not of this service's own page.
        """
        if self.visitor is None:
            raise web.HTTPError(403)
        room = self.get_body_argument("room", "")
        token = self.hub.desk.join(self.visitor, self.groups, room)
        moderator = self.core.issuer.verify(token).moderator
        # An address is kept by proxies and histories: it has a ticket, which works once.
        ticket = self.core.browser_tickets.issue(token, moderator=moderator)
        self.core.counts.tokens += 1
        self.redirect(f"{self.core.config.base_url}invite#ticket={ticket}", status=_SEE_OTHER)

    def words_for(self, t: hub_html.Texts, error: BaseException | None) -> tuple[str, str]:
        """Return how an error is shown; see `HubPage.words_for`.

        Parameters
        ----------
        t : Texts
            The texts.
        error : BaseException or None
            The error.

        Returns
        -------
        tuple
            Its title, and what to do.
        """
        title = t.other[0]
        if isinstance(error, QuotaExceededError):
            return title, t.often
        if isinstance(error, desk.KeptOutError):
            return title, t.revoked if error.revoked else t.removed
        if isinstance(error, InvalidInputError | desk.UnlistedError):
            return title, t.unlisted
        return super().words_for(t, error)
