"""The one module that knows httpx: time-outs, error mapping, sync and async."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from nanomeet_widget._errors import (
    AuthenticationError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ServiceError,
    ServiceUnavailableError,
)
from nanomeet_widget._models import SecretText

if TYPE_CHECKING:
    import httpx

#: Seconds for a whole exchange; a service that takes longer is not coming back.
TIMEOUT = 10.0

_HTTP_OK = 200
_BY_STATUS: dict[int, tuple[type[ServiceError], str]] = {
    401: (AuthenticationError, "check the API key or token"),
    403: (PermissionDeniedError, "ask somebody with the right to do it"),
    408: (ServiceUnavailableError, "try again in a moment"),
    429: (QuotaExceededError, "wait a little, then try again"),
}
_SERVER_ERRORS = 500
_SHOWN = 300


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call, ready to be sent. Its headers carry the credential, so they are never shown."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: dict[str, Any] | None = None


class Http:
    """Calls that carry JSON to one service, and its answers or errors back.

    Parameters
    ----------
    name
        What errors call the service.
    transport, async_transport
        Take the place of the network, in tests.
    verify
        Whether TLS certificates are checked, or the path of an authority's certificate.
    """

    def __init__(
        self,
        name: str,
        *,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
        verify: bool | str = True,
    ) -> None:
        self._name = name
        self._transport = transport
        self._async_transport = async_transport
        self._verify = verify

    def call(self, origin: str, request: Request) -> Any:  # noqa: ANN401 - JSON, which the caller checks
        """Send a request to a service and return the JSON of its answer.

        Parameters
        ----------
        origin
            The service's address, without a slash at its end.
        request
            What to send.

        Raises
        ------
        ServiceError
            One of its kinds, by what went wrong. No header is ever part of its words.
        """
        import httpx  # noqa: PLC0415 - 40 ms that only a call has to pay

        try:
            with httpx.Client(**self._options(), transport=self._transport) as client:
                return self._answer(client.request(**_arguments(origin, request)))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(origin, error) from None

    async def acall(self, origin: str, request: Request) -> Any:  # noqa: ANN401 - JSON, which the caller checks
        """Do what `call` does, without blocking."""
        import httpx  # noqa: PLC0415 - 40 ms that only a call has to pay

        try:
            async with httpx.AsyncClient(
                **self._options(), transport=self._async_transport
            ) as client:
                return self._answer(await client.request(**_arguments(origin, request)))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable(origin, error) from None

    def _options(self) -> dict[str, Any]:
        # Redirects are not followed: they would hand the key to a host that nobody chose.
        # The environment's proxies are for the world outside, never for this machine.
        return {
            "timeout": TIMEOUT,
            "verify": self._verify,
            "follow_redirects": False,
            "trust_env": True,
        }

    def _unreachable(self, origin: str, error: Exception) -> ServiceUnavailableError:
        host = urlsplit(origin).netloc
        reason = "took too long" if "Timeout" in type(error).__name__ else "cannot be reached"
        return ServiceUnavailableError(
            f"{self._name} at {host} {reason}: check that it runs and that this machine may reach it"
        )

    def _answer(self, response: httpx.Response) -> Any:  # noqa: ANN401 - JSON
        try:
            answer = response.json()
        except (json.JSONDecodeError, UnicodeDecodeError):
            answer = None
        status = response.status_code
        if status == _HTTP_OK:
            if answer is None:
                raise ProtocolError(
                    f"{self._name} answered with something that is not JSON: is its address right?",
                    status=status,
                )
            return _hidden(answer)
        said = answer.get("message") if isinstance(answer, dict) else None
        words = str(said)[:_SHOWN] if said else "it gave no reason"
        if status in _BY_STATUS:
            kind, remedy = _BY_STATUS[status]
        elif status >= _SERVER_ERRORS:
            kind, remedy = ServiceUnavailableError, "try again in a moment"
        else:
            kind, remedy = ServiceError, "correct the request"
        raise kind(f"{self._name} refused ({status}): {words}; {remedy}", status=status)


def _hidden(answer: Any) -> Any:  # noqa: ANN401 - JSON
    """Keep what a service says, tokens among it, out of tracebacks that list variables."""
    if isinstance(answer, dict):
        return {key: _hidden(value) for key, value in answer.items()}
    return SecretText(answer) if isinstance(answer, str) else answer


def _arguments(origin: str, request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": origin + request.path,
        "headers": request.headers,
        "json": request.body,
    }
