"""What all HTTP handlers share: JSON errors, safe headers, and logs without secrets."""

from __future__ import annotations

import http
import logging
from collections.abc import Awaitable
from types import TracebackType
from typing import Any

import msgspec
from tornado import web

from nanomeet_widget._errors import (
    InvalidInputError,
    NanoMeetError,
    ServiceError,
)
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.html_pages import show
from nanomeet_widget.server.http.page_policy import NOTHING

logger = logging.getLogger("nanomeet")

#: Header names of the nanoMeet token service.
API_KEY_HEADER = "X-BINTU-APIKEY"
TOKEN_HEADER = "X-BINTU-TOKEN"  # noqa: S105 - a header's name
_SERVER_ERROR = 500
#: Status codes of requests for something that is not a page.
_NO_PAGE = frozenset({401, 404, 405})


class Handler(web.RequestHandler):
    """The base of every handler of the embedded server."""

    core: Core

    def initialize(self, core: Core) -> None:
        """Store the server's parts.

        Parameters
        ----------
        core : Core
            The server's parts.
        """
        self.core = core

    def prepare(self) -> Awaitable[None] | None:
        """Refuse requests for a host name that is not this server's."""
        if not self.core.access.is_own_name(self.request.host):
            names, _ = self.core.config.naming
            raise web.HTTPError(
                403, reason=f"This server does not answer to this host name: see {names}"
            )
        return None

    def authorise(self, key: str | None) -> None:
        """Check an API key.

        Parameters
        ----------
        key : str or None
            What the request has.

        Raises
        ------
        AuthenticationError
            If it is missing or unknown.
        QuotaExceededError
            If it is unknown, and so were too many before.
        """
        self.core.keys.check(key, self.core.access.address(self.request))

    def set_default_headers(self) -> None:
        """Send no Referer, let browsers guess no types, and let nothing run but what `show` gives a page."""
        self.clear_header("Server")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", NOTHING)

    def check_xsrf_cookie(self) -> None:
        """Accept requests without an XSRF cookie, as no cookie authorises anything here."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Answer with JSON in plain words, or with the meeting's page, which shows the error itself.

        Parameters
        ----------
        status_code : int
            The HTTP status code.
        **kwargs : Any
            As tornado has them.
        """
        if status_code in _NO_PAGE and self.looks_for_meeting():
            show(self, "meeting.html", self.core.config, framed=True)
            return
        error = kwargs.get("exc_info", (None, None, None))[1]
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode({"message": _words(status_code, error)}))

    def looks_for_meeting(self) -> bool:
        """Return whether a frame asks for a room that is named like a part of this server.

        A page that embeds meetings cannot see the status code: it waits for the meeting's page.
        """
        room = self.request.path.removeprefix(self.core.config.base_url)
        return "/" not in room and self.request.headers.get("Sec-Fetch-Dest") == "iframe"

    def send_error(self, status_code: int = _SERVER_ERROR, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Set the status code of the project's own errors.

        Parameters
        ----------
        status_code : int, optional
            The HTTP status code.
        **kwargs : Any
            As tornado has them.
        """
        error = kwargs.get("exc_info", (None, None, None))[1]
        super().send_error(_status(error, status_code), **kwargs)

    def log_exception(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Log faults of the server, without the query, which may contain a token.

        Parameters
        ----------
        kind : type or None
            The exception's type.
        error : BaseException or None
            The exception.
        trace : TracebackType or None
            Its traceback.
        """
        if isinstance(error, (NanoMeetError, web.HTTPError)):
            return
        self.core.counts.faults += 1
        where = f"{self.request.method} {self.request.path}"
        logger.error("%s failed", where, exc_info=(kind, error, trace) if kind and error else None)

    def _log(self) -> None:
        logger.info(
            "%d %s %s %.0f ms",
            self.get_status(),
            self.request.method,
            self.request.path,
            1000.0 * self.request.request_time(),
        )


class NotFoundHandler(Handler):
    """Answers requests for unknown paths; browsers get a page that says so."""

    def looks_for_meeting(self) -> bool:
        """Return whether a browser asks for a page."""
        return "text/html" in self.request.headers.get("Accept", "")

    def prepare(self) -> None:
        """Refuse every method."""
        super().prepare()
        raise web.HTTPError(404)


def _status(error: BaseException | None, status: int) -> int:
    if isinstance(error, InvalidInputError):
        return 400
    if isinstance(error, ServiceError) and error.status is not None:
        return error.status
    return status


def _words(status: int, error: BaseException | None) -> str:
    if isinstance(error, NanoMeetError):
        return str(error)
    if isinstance(error, web.HTTPError) and error.reason:
        return str(error.reason)
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Error"
