from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from nanomeet_widget import (
    AuthenticationError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ServiceError,
    ServiceUnavailableError,
)
from nanomeet_widget._http import Http, Request
from tests.unit.server.spoiling import deep

ORIGIN = "https://service.example/base"
REQUEST = Request(
    method="POST",
    origin=ORIGIN,
    path="/nanomeet",
    headers={"x-bintu-apikey": "the-key"},
    body={"room": "a"},
)


def client(answer: Any) -> Http:
    transport = httpx.MockTransport(answer)
    return Http("the service", transport=transport, async_transport=transport, sleep=lambda _: None)


def answering(status: int, **content: Any) -> Http:
    return client(lambda _: httpx.Response(status, **content))


def test_a_request_carries_its_headers_and_body_and_returns_the_json() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == ORIGIN + "/nanomeet"
        assert request.headers["x-bintu-apikey"] == "the-key"
        return httpx.Response(200, json={"data": json.loads(request.read())})

    assert client(answer).call(REQUEST) == {"data": {"room": "a"}}


def test_the_async_twin_does_the_same() -> None:
    http = answering(200, json={"data": "x"})
    assert asyncio.run(http.acall(REQUEST)) == {"data": "x"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ServiceError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (429, QuotaExceededError),
        (500, ServiceUnavailableError),
        (503, ServiceUnavailableError),
        (302, ServiceError),
    ],
)
def test_a_refusal_is_the_error_of_its_status_with_the_services_words(
    status: int, kind: type[ServiceError]
) -> None:
    with pytest.raises(kind, match="because") as caught:
        answering(status, json={"message": "because"}).call(REQUEST)
    assert type(caught.value) is kind
    assert caught.value.status == status


@pytest.mark.parametrize("content", [{"html": "<h1>no</h1>"}, {"content": b""}, {"json": [1]}])
def test_a_refusal_that_is_not_a_json_object_is_still_an_error(content: dict[str, Any]) -> None:
    with pytest.raises(ServiceUnavailableError, match="gave no reason"):
        answering(502, **content).call(REQUEST)


@pytest.mark.parametrize(
    "content",
    ["<h1>captive portal</h1>", "NaN", "9" * 5000, '"\\ud800"', *deep(1000), *deep(10**5)],
)
def test_a_success_that_is_not_json_is_a_protocol_error(content: str) -> None:
    with pytest.raises(ProtocolError, match="not JSON"):
        answering(200, html=content).call(REQUEST)


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
def test_an_unreachable_service_is_named_with_its_host(error: Exception) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(ServiceUnavailableError, match=r"service\.example"):
        client(answer).call(REQUEST)


def test_a_redirect_is_not_followed_with_the_key() -> None:
    hosts = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"location": "https://evil.example/"})

    with pytest.raises(ServiceError):
        client(answer).call(REQUEST)
    assert hosts == ["service.example"]


def test_neither_the_request_nor_an_error_shows_the_key() -> None:
    with pytest.raises(ServiceError) as caught:
        answering(401, json={"message": "wrong key"}).call(REQUEST)
    assert "the-key" not in repr(REQUEST)
    assert "the-key" not in str(caught.value)
