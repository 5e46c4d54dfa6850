"""The only module that knows httpx: timeouts, retries, error mapping, sync and async."""

from __future__ import annotations

import asyncio
import email.utils
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from nanomeet_widget import _environment, _json, _proof, _texts
from nanomeet_widget._errors import (
    AuthenticationError,
    InvalidInputError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ServiceError,
    ServiceUnavailableError,
)
from nanomeet_widget._models import SecretText
from nanomeet_widget._progress import progress

if TYPE_CHECKING:
    import httpx
    import tenacity

T = TypeVar("T")

#: Seconds for one exchange; a service that takes longer is not coming back.
TIMEOUT = 10.0
#: How often a call is sent, at most.
ATTEMPTS = 4
#: The longest pause, in seconds, that a service may ask for (`Retry-After`).
PATIENCE = 5.0
#: Bytes of an answer: a token or an account is a few thousand.
MAX_ANSWER = 1 << 20

#: What stands before a token in the header `Authorization`.
BEARER = "Bearer "

_HTTP_OK = 200
_HTTP_TOO_MANY, _HTTP_UNAVAILABLE = 429, 503
#: Statuses by which a gateway says that the service behind it is not reachable.
_GATEWAY = frozenset({502, 503, 504})
_BY_STATUS: dict[int, tuple[type[ServiceError], str]] = {
    401: (AuthenticationError, "check the API key or token"),
    402: (QuotaExceededError, "check the account's limits"),
    403: (PermissionDeniedError, "ask a user who has the right to do it"),
    408: (ServiceUnavailableError, "try again in a moment"),
    429: (QuotaExceededError, "wait a moment, then try again"),
}
_SERVER_ERRORS = 500
_SHOWN = 300
#: How httpx names two steps of a request (its `trace` extension): a new connection, and the headers.
_CONNECTED, _SENDING = "connect_tcp.complete", "send_request_headers.started"
_CHUNK = 4096


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call, ready to be sent. Its headers carry the credential, so they are never shown."""

    method: str
    #: The service's address, without a slash at its end, and the path there.
    origin: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: dict[str, Any] | None = None
    #: Whether doing it twice leaves nothing behind that doing it once would not.
    repeatable: bool = False
    #: Bytes of the answer.
    limit: int = MAX_ANSWER


#: What a service does, step by step: calls to send, and blocking work; it gets back what each gave.
Steps: TypeAlias = Generator[Request | Callable[[], Any], Any, T]


class _Failed(Exception):  # noqa: N818 - never leaves this module
    """One attempt failed; whether and when to make another."""

    def __init__(self, error: ServiceError, *, again: bool, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.again = again
        self.after = after


class Http:
    """Sends JSON to one service, and returns its answers or raises its errors.

    A connection lives as long as a call. A call is retried where that is safe: after a connection that
    was not made, after 429 and 503 with `Retry-After` (RFC 9110, 10.2.3), and after any failure on the
    way if the request is repeatable.

    Parameters
    ----------
    name
        What errors call the service.
    transport, async_transport
        Replace the network, in tests.
    verify
        Whether TLS certificates are checked, or the path of an authority's certificate.
    timeout
        Seconds that one exchange may take.
    sleep, async_sleep
        Replace the clock, in tests.

    Raises
    ------
    InvalidInputError
        If `verify` is not a certificate.
    """

    def __init__(
        self,
        name: str,
        *,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
        verify: bool | str = True,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        async_sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._transport = transport
        self._async_transport = async_transport
        self._verify = _verification(verify)
        self._timeout = timeout
        self._proofs: dict[str, _proof.Expected] = {}
        self._sleep = sleep
        self._async_sleep = async_sleep

    def require_proof(self, origin: str, expected: _proof.Expected) -> None:
        """Send nothing to a server of this machine before it proves what it is.

        Parameters
        ----------
        origin
            The server's address.
        expected
            What it has to know.
        """
        self._proofs[origin] = expected

    def run(self, steps: Steps[T]) -> T:
        """Carry out the steps of a service."""
        result: Any = None
        with progress(self._waiting, modest=True):
            try:
                while True:
                    step = steps.send(result)
                    result = self.call(step) if isinstance(step, Request) else step()
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]

    async def arun(self, steps: Steps[T]) -> T:
        """Carry out the steps of a service, without blocking."""
        result: Any = None
        with progress(self._waiting, modest=True):
            try:
                while True:
                    step = steps.send(result)
                    if isinstance(step, Request):
                        result = await self.acall(step)
                    else:
                        result = await asyncio.to_thread(step)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]

    @property
    def _waiting(self) -> str:
        return f"Waiting for {self._name}…"

    def call(self, request: Request) -> Any:  # noqa: ANN401 - JSON, which the caller checks
        """Send a request and return the JSON of its answer.

        Raises
        ------
        ServiceError
            One of its kinds, by what went wrong. Its text never contains a credential.
        """
        import httpx  # noqa: PLC0415 - 40 ms that only a call has to pay
        import tenacity  # noqa: PLC0415 - likewise

        def attempt() -> Any:  # noqa: ANN401 - JSON
            deadline = time.monotonic() + self._timeout
            try:
                with (
                    httpx.Client(**self._options(request), transport=self._transport) as client,
                    client.stream(**self._arguments(request)) as response,
                ):
                    content = bytearray()
                    for chunk in response.iter_bytes():
                        self._take(content, chunk, request, deadline)
                    return self._answer(request, response, bytes(content))
            except _failures(httpx) as error:
                raise self._unreachable(request, error) from None

        try:
            with progress(self._waiting, modest=True):
                return tenacity.Retrying(**_policy(tenacity), sleep=self._sleep)(attempt)
        except _Failed as failed:
            raise failed.error from None

    async def acall(self, request: Request) -> Any:  # noqa: ANN401 - JSON, which the caller checks
        """Send a request and return the JSON of its answer, without blocking."""
        import httpx  # noqa: PLC0415 - 40 ms that only a call has to pay
        import tenacity  # noqa: PLC0415 - likewise

        async def attempt() -> Any:  # noqa: ANN401 - JSON
            deadline = time.monotonic() + self._timeout
            try:
                options = self._options(request)
                async with (
                    httpx.AsyncClient(**options, transport=self._async_transport) as client,
                    client.stream(**self._async_arguments(request)) as response,
                ):
                    content = bytearray()
                    async for chunk in response.aiter_bytes():
                        self._take(content, chunk, request, deadline)
                    return self._answer(request, response, bytes(content))
            except _failures(httpx) as error:
                raise self._unreachable(request, error) from None

        try:
            retrying = tenacity.AsyncRetrying(**_policy(tenacity), sleep=self._async_sleep)
            return await retrying(attempt)
        except _Failed as failed:
            raise failed.error from None

    def download(self, origin: str, path: str, target: Path) -> None:
        """Save what is at an address as a file: all of it, or nothing.

        Parameters
        ----------
        origin, path
            The address; it needs no credential.
        target
            The file.

        Raises
        ------
        ServiceError
            One of its kinds, by what went wrong.
        OSError
            If it cannot be written.
        """
        import httpx  # noqa: PLC0415 - 40 ms that only a call has to pay

        request = Request(method="GET", origin=origin, path=path, headers={})
        unfinished = target.with_name(f"{target.name}.download")
        try:
            with (
                httpx.Client(**self._options(request), transport=self._transport) as client,
                client.stream(**self._arguments(request)) as response,
                unfinished.open("wb") as file,
            ):
                if response.status_code != _HTTP_OK:
                    response.read()
                    self._answer(request, response, response.content)
                whole = int(response.headers.get("content-length") or 0)
                with progress(f"Downloading {target.name}…") as told:
                    for chunk in response.iter_bytes():
                        file.write(chunk)
                        told.say(f"Downloading {target.name}: {_size(file.tell(), whole)}")
            unfinished.replace(target)
        except _failures(httpx) as error:
            raise self._unreachable(request, error).error from None
        except _Failed as failed:
            raise failed.error from None
        finally:
            unfinished.unlink(missing_ok=True)

    def date(self, origin: str) -> datetime | None:
        """Return the time that a server's answer has; None if it has none.

        Parameters
        ----------
        origin
            Its address.

        Raises
        ------
        ServiceUnavailableError
            If it cannot be reached.
        """
        import httpx  # noqa: PLC0415 - 40 ms that only a call has to pay

        request = Request(method="HEAD", origin=origin, path="", headers={})
        try:
            with (
                httpx.Client(**self._options(request), transport=self._transport) as client,
                client.stream(**self._arguments(request)) as response,
            ):
                said = response.headers.get("date", "")
        except _failures(httpx) as error:
            raise self._unreachable(request, error).error from None
        except _Failed as failed:
            raise failed.error from None
        try:
            told = email.utils.parsedate_to_datetime(said)
        except (TypeError, ValueError):
            return None
        return told if told.tzinfo is not None else told.replace(tzinfo=timezone.utc)

    def _arguments(self, request: Request) -> dict[str, Any]:
        arguments = _arguments(request)
        if (expected := self._proofs.get(request.origin)) is not None:
            arguments["extensions"] = {"trace": self._proving(request, expected)}
        return arguments

    def _async_arguments(self, request: Request) -> dict[str, Any]:
        arguments = _arguments(request)
        if (expected := self._proofs.get(request.origin)) is not None:
            arguments["extensions"] = {"trace": self._async_proving(request, expected)}
        return arguments

    def _proving(
        self, request: Request, expected: _proof.Expected
    ) -> Callable[[str, dict[str, Any]], None]:
        """Return what httpx calls after each step: it challenges the server once it is connected."""
        proven = False

        def trace(event: str, info: dict[str, Any]) -> None:
            nonlocal proven
            if event.endswith(_CONNECTED):
                stream = info["return_value"]
                try:
                    _proof.Challenge(expected, request.origin).pose(
                        lambda data: stream.write(data, _proof.TIMEOUT),
                        lambda left: bytes(stream.read(_CHUNK, left)),
                    )
                except _proof.UnprovenError as error:
                    stream.close()
                    raise self._unproven(request, error) from None
                except BaseException:
                    stream.close()
                    raise
                proven = True
            elif event.endswith(_SENDING) and not proven:
                raise self._unproven(request, _proof.UnprovenError("it was not asked"))

        return trace

    def _async_proving(
        self, request: Request, expected: _proof.Expected
    ) -> Callable[[str, dict[str, Any]], Awaitable[None]]:
        """Return what `_proving` returns, for calls that do not block."""
        proven = False

        async def trace(event: str, info: dict[str, Any]) -> None:
            nonlocal proven
            if event.endswith(_CONNECTED):
                stream = info["return_value"]
                try:
                    await _proof.Challenge(expected, request.origin).apose(
                        lambda data: stream.write(data, _proof.TIMEOUT),
                        lambda left: stream.read(_CHUNK, left),
                    )
                except _proof.UnprovenError as error:
                    await stream.aclose()
                    raise self._unproven(request, error) from None
                except BaseException:
                    await stream.aclose()
                    raise
                proven = True
            elif event.endswith(_SENDING) and not proven:
                raise self._unproven(request, _proof.UnprovenError("it was not asked"))

        return trace

    def _unproven(self, request: Request, error: _proof.UnprovenError) -> _Failed:
        gone = ServiceUnavailableError(
            f"{self._name} is no longer at {_host(request)} ({error}), so nothing was sent: try again"
        )
        return _Failed(gone, again=False)

    def _options(self, request: Request) -> dict[str, Any]:
        # Redirects are not followed: they would send the key to a host that the user did not choose.
        options: dict[str, Any] = {
            "timeout": self._timeout,
            "verify": self._verification_for(request),
            "follow_redirects": False,
            # `_environment` decides what of it counts.
            "trust_env": False,
        }
        if proxy := self._proxy(request):
            options["proxy"] = _proxied(proxy, request)
        return options

    def _proxy(self, request: Request) -> _environment.Proxy | None:
        if self._transport is not None or self._async_transport is not None:
            return None
        try:
            return _environment.proxy_for(request.origin)
        except ServiceUnavailableError as error:
            raise self._misled(request, error) from None

    def _verification_for(self, request: Request) -> bool | ssl.SSLContext:
        if self._verify is not True:
            return self._verify
        parts = urlsplit(request.origin)
        if parts.scheme == "http":
            return False  # there is nothing to verify
        try:
            return _environment.authorities(parts.hostname or "")
        except ServiceUnavailableError as error:
            raise self._misled(request, error) from None

    def _misled(self, request: Request, error: ServiceUnavailableError) -> _Failed:
        wrong = ServiceUnavailableError(f"{self._name} at {_host(request)} was not asked: {error}")
        return _Failed(wrong, again=False)

    def _take(self, content: bytearray, chunk: bytes, request: Request, deadline: float) -> None:
        content += chunk
        if len(content) > request.limit:
            error: ServiceError = ProtocolError(
                f"{self._name} answered with more than {request.limit} bytes: is its address right?"
            )
            raise _Failed(error, again=False)
        if time.monotonic() > deadline:
            raise _Failed(self._away(request, "took too long"), again=request.repeatable)

    def _unreachable(self, request: Request, error: Exception) -> _Failed:
        import httpx  # noqa: PLC0415 - it is loaded by now

        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            said = _environment.why_untrusted() if self._verify is True else ""
            wrong = ServiceUnavailableError(
                f"{self._name} at {_host(request)} shows a certificate that this machine does not "
                f"trust{said and f' ({said})'}: give verify='/path/of/the/authority.pem' if it is "
                "your own"
            )
            return _Failed(wrong, again=False)
        late = isinstance(error, httpx.TimeoutException)
        unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        again = unsent or (request.repeatable and isinstance(error, httpx.TransportError))
        return _Failed(
            self._away(request, "took too long" if late else "cannot be reached"), again=again
        )

    def _away(self, request: Request, what: str) -> ServiceUnavailableError:
        through = self._proxy(request)
        by = f" through the proxy that {through.variable} names" if through else ""
        return ServiceUnavailableError(
            f"{self._name} at {_host(request)} {what}{by}: check that it runs and that this machine "
            "may reach it"
        )

    def _answer(self, request: Request, response: httpx.Response, content: bytes) -> Any:  # noqa: ANN401 - JSON
        try:
            answer = _json.read(content)
        except ValueError:
            answer = None
        status = response.status_code
        if status == _HTTP_OK:
            if answer is None:
                error = ProtocolError(
                    f"{self._name} answered with something that is not JSON: is its address right?",
                    status=status,
                )
                raise _Failed(error, again=False)
            return _hidden(answer)
        pause = _retry_after(response.headers.get("retry-after"))
        raise self._refusal(request, status, answer, pause)

    def _refusal(
        self,
        request: Request,
        status: int,
        answer: Any,  # noqa: ANN401 - JSON
        pause: float | None,
    ) -> _Failed:
        said = answer.get("message") if isinstance(answer, dict) else None
        words = _texts.cut(_redacted(str(said), request), _SHOWN) if said else "it gave no reason"
        if status in _BY_STATUS:
            kind, remedy = _BY_STATUS[status]
        elif status >= _SERVER_ERRORS:
            kind, remedy = ServiceUnavailableError, "try again in a moment"
        else:
            # A service of this protocol gives a reason.
            kind, remedy = ServiceError, "correct the request" if said else "is its address right?"
        busy = status in {_HTTP_TOO_MANY, _HTTP_UNAVAILABLE} and pause is not None
        if busy and pause is not None and pause > PATIENCE:
            remedy = f"try again in {pause:.0f} s"
        error = kind(f"{self._name} refused ({status}): {words}; {remedy}", status=status)
        if busy and pause is not None:
            return _Failed(error, again=pause <= PATIENCE, after=pause)
        return _Failed(error, again=request.repeatable and status in _GATEWAY)


def _verification(verify: bool | str) -> bool | ssl.SSLContext:  # noqa: FBT001 - as httpx has it
    if isinstance(verify, bool):
        return verify
    try:
        return _environment.trusting(cafile=verify)
    except OSError:
        raise InvalidInputError(
            f"verify={verify!r}: there is no certificate in PEM that can be read"
        ) from None


def _proxied(proxy: _environment.Proxy, request: Request) -> httpx.Proxy:
    import httpx  # noqa: PLC0415 - it is loaded by now

    parts = urlsplit(proxy.url)
    try:
        if parts.scheme.lower() == "https":
            return httpx.Proxy(
                proxy.url, ssl_context=_environment.authorities(parts.hostname or "")
            )
        return httpx.Proxy(proxy.url)
    except (ValueError, httpx.InvalidURL):
        why = f"{proxy.variable} is not the address of a proxy: correct or unset it"
    except ServiceUnavailableError as error:
        why = str(error)
    wrong = ServiceUnavailableError(f"{_host(request)} was not asked: {why}")
    raise _Failed(wrong, again=False) from None


def _failures(httpx: Any) -> tuple[type[Exception], ...]:  # noqa: ANN401 - the module, loaded late
    """Return what httpx raises when a call fails; a SOCKS proxy's own errors come as they are."""
    socks = sys.modules.get("socksio")
    odd = (socks.SOCKSError,) if socks is not None else ()
    return (httpx.HTTPError, httpx.InvalidURL, *odd)


def _policy(tenacity: Any) -> dict[str, Any]:  # noqa: ANN401 - the module, which is loaded late
    backoff = tenacity.wait_random_exponential(multiplier=0.25, max=2)

    def wait(state: tenacity.RetryCallState) -> float:
        failed = state.outcome.exception() if state.outcome is not None else None
        if isinstance(failed, _Failed) and failed.after is not None:
            return failed.after
        return float(backoff(state))

    return {
        "retry": tenacity.retry_if_exception(lambda e: isinstance(e, _Failed) and e.again),
        "stop": tenacity.stop_after_attempt(ATTEMPTS),
        "wait": wait,
        "reraise": True,
    }


def _retry_after(value: str | None) -> float | None:
    """Return the seconds of a `Retry-After`: a number of them, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _redacted(words: str, request: Request) -> str:
    """Remove credentials that a service repeats in its text."""
    for value in request.headers.values():
        words = words.replace(value.removeprefix(BEARER), "…")
    return words


def _host(request: Request) -> str:
    return urlsplit(request.origin).netloc


def _hidden(answer: Any) -> Any:  # noqa: ANN401 - JSON
    """Keep an answer, tokens among it, out of tracebacks that list variables."""
    if isinstance(answer, dict):
        return {key: _hidden(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_hidden(value) for value in answer]
    return SecretText(answer) if isinstance(answer, str) else answer


def _arguments(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.origin + request.path,
        "headers": request.headers,
        "json": request.body,
    }


def _size(done: int, whole: int) -> str:
    """Return how much of a file is there, in words."""
    megabyte = 1 << 20
    if whole:
        return f"{done / megabyte:.1f} of {whole / megabyte:.1f} MB"
    return f"{done / megabyte:.1f} MB"
