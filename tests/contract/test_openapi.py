"""The server keeps to the document that it serves, whatever is asked of it."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from nanomeet_widget.server.http.openapi import document
from tests.asking import get, request
from tests.conftest import RunningServer
from tests.waiting import PATIENCE

DESCRIBED = {
    *("nanomeet", "invites", "roster", "revoke", "ticket", "stream", "organisation", "recordings"),
    *("records", "records/forget", "records/policy", "healthz", "leave"),
}
OPERATIONS = [
    found.ok()
    for found in schemathesis.openapi.from_dict(document("/")).get_all_operations()
    if isinstance(found, Ok)
]
#: Each with what it allows, and with what it does not, if there is any.
CASES = [
    (operation, mode)
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.body or operation.query
]
CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_every_request_of_the_service_is_described(server: RunningServer) -> None:
    served = get(f"{server.url}/openapi.json").json()
    assert served == document("/")
    assert {path.lstrip("/") for path in served["paths"]} == DESCRIBED
    for path in DESCRIBED:
        answer = request("PATCH", f"{server.url}/{path}")
        assert answer.status_code == 405, path


@pytest.mark.parametrize(
    ("operation", "mode"), CASES, ids=lambda part: getattr(part, "label", part)
)
def test_it_answers_as_it_says(
    operation: schemathesis.APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    server: RunningServer,
) -> None:
    token = server.room("Described")
    credentials: list[dict[str, str]] = [
        {"X-BINTU-APIKEY": server.api_key},
        {"X-BINTU-TOKEN": token},
        {"X-BINTU-TOKEN": server.invite(token)},
        {"Authorization": f"Bearer {token}"},
        {},
    ]

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def ask(case: schemathesis.Case[Any]) -> None:
        for headers in credentials:
            for name in ("X-BINTU-APIKEY", "X-BINTU-TOKEN", "Authorization"):
                case.headers.pop(name, None)
            answer = case.call(base_url=server.url, headers=headers, timeout=PATIENCE)
            case.validate_response(answer, checks=CHECKS)

    ask()
