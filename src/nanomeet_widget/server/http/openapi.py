"""The server's HTTP API as an OpenAPI 3.1 document."""

from __future__ import annotations

from typing import Any, get_args

from nanomeet_widget import _texts
from nanomeet_widget._version import __version__
from nanomeet_widget.server.http.handlers import Handler
from nanomeet_widget.server.protocol.classroom import RecordKind
from nanomeet_widget.server.store.session_rows import ROW_KINDS

_MOMENT = {"type": "string", "description": "ISO 8601 with an offset; empty for the default"}
_ERROR = {
    "description": "What is wrong, in plain words",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["message"],
                "properties": {"message": {"type": "string"}},
            }
        }
    },
}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _answer(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _data(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return _answer(words, _object({"data": schema}, "data"))


def _body(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    schema = _object(properties, *required)
    return {"required": bool(required), "content": {"application/json": {"schema": schema}}}


def _operation(
    name: str,
    words: str,
    answer: dict[str, Any],
    *,
    security: tuple[str, ...] = (),
    errors: tuple[int, ...] = (),
    **more: Any,  # noqa: ANN401 - an operation's other fields
) -> dict[str, Any]:
    # Too many wrong keys.
    codes = (*errors, 429) if "key" in security else errors
    responses = {"200": answer, **{str(code): _ERROR for code in codes}}
    return {
        "operationId": name,
        "summary": words,
        "security": [{scheme: []} for scheme in security],
        "responses": responses,
        **more,
    }


_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_KINDS = {"type": "array", "items": {"enum": list(get_args(RecordKind))}}
_DAYS = {"type": "integer", "minimum": 1}
_TOKEN_BODY = {
    "room": {"type": "string", "description": "Letters a-z and A-Z, digits and _; 64 at most"},
    "moderator": {"type": "boolean"},
    "streamname": {"type": "string"},
    "server": {"type": "string"},
    "nbf": _MOMENT,
    "exp": _MOMENT,
    "records": {
        "description": "What is kept of the room's meetings, with an API key; without it, an earlier choice "
        "stays",
        "anyOf": [_KINDS, {"enum": ["none", "attendance", "all", ""]}],
    },
    "records_days": {"description": "Days after which that is deleted", **_DAYS},
    "bots": {
        "type": "boolean",
        "description": "Whether the page that joins with the token lets two demo bots come, too",
    },
}
_ISSUED = _object(
    {
        "id": _TEXT,
        "room": _TEXT,
        "moderator": {"type": "boolean"},
        "parent": _TEXT,
        "made": {"type": "number"},
        "notbefore": {"type": "number"},
        "expiration": {"type": "number"},
        "revoked": {"type": ["number", "null"]},
        "people": {"type": "integer"},
    },
    *("id", "room", "moderator", "parent", "made", "notbefore", "expiration", "revoked", "people"),
)
_ROWS = _object(
    {
        "session": {"type": ["string", "null"]},
        "kept": _KINDS,
        "rows": {"type": "array", "items": {"type": "object"}},
        "left_out": _COUNT,
    },
    *("session", "kept", "rows", "left_out"),
)
#: As a bearer, or as the other requests have it.
_TOKEN = ("bearer", "token")
_PERSON = _object(
    {
        "name": _TEXT,
        "roster": {"type": "string", "description": "The person's ID in the roster"},
        "moderator": {"type": "boolean"},
    },
    *("name", "roster"),
)
_ROSTERED = _object(
    {
        "id": _TEXT,
        "name": _TEXT,
        "moderator": {"type": "boolean"},
        "here": {"type": "array", "items": _TEXT},
        "came": {"type": "boolean"},
    },
    *("id", "name", "moderator", "here", "came"),
)
_KEY_OR_TOKEN = ("key", "token")


def document(base_url: str) -> dict[str, Any]:
    """Return the document.

    Parameters
    ----------
    base_url : str
        The path under which the server is.

    Returns
    -------
    dict
        The OpenAPI document, which is JSON.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "nanomeet",
            "version": __version__,
            "description": "Rooms, invites and streams of a nanomeet server.",
        },
        "servers": [{"url": base_url.rstrip("/") or "/"}],
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-BINTU-APIKEY"},
                "token": {"type": "apiKey", "in": "header", "name": "X-BINTU-TOKEN"},
                "bearer": {"type": "http", "scheme": "bearer"},
            }
        },
        "paths": {
            "/nanomeet": {
                "post": _operation(
                    "createToken",
                    "Create a room with an API key, or an invite with a moderator's token",
                    _data("The token", _TEXT),
                    security=_KEY_OR_TOKEN,
                    errors=(400, 401, 403, 429),
                    requestBody=_body(_TOKEN_BODY),
                )
            },
            "/invites": {
                "get": _operation(
                    "listTokens",
                    "List the issued tokens: IDs, roles and times",
                    _data("The list", {"type": "array", "items": _ISSUED}),
                    security=_KEY_OR_TOKEN,
                    errors=(400, 401, 403),
                    parameters=[{"name": "room", "in": "query", "schema": _TEXT}],
                ),
                "post": _operation(
                    "createPersonalTokens",
                    "Create a personal invite for each person of a roster: all of them, or none",
                    _data("The tokens, in the roster's order", {"type": "array", "items": _TEXT}),
                    security=("token",),
                    errors=(400, 401, 403, 429),
                    requestBody=_body(
                        {
                            "people": {
                                "type": "array",
                                "minItems": 1,
                                "maxItems": _texts.ROSTER,
                                "items": _PERSON,
                            },
                            "server": {"type": "string"},
                            "nbf": _MOMENT,
                            "exp": _MOMENT,
                        },
                        "people",
                    ),
                ),
            },
            "/roster": {
                "get": _operation(
                    "getRoster",
                    "List the people with personal invites to the token's room, and who of them is there",
                    _data(
                        "The roster",
                        _object(
                            {
                                "open": {"type": "boolean"},
                                "people": {"type": "array", "items": _ROSTERED},
                            },
                            *("open", "people"),
                        ),
                    ),
                    security=("token",),
                    errors=(401, 403),
                )
            },
            "/revoke": {
                "post": _operation(
                    "revokeToken",
                    "Revoke a token, and all that were made with it",
                    _data("The IDs that were valid until now", {"type": "array", "items": _TEXT}),
                    security=_KEY_OR_TOKEN,
                    errors=(400, 401, 403),
                    requestBody=_body({"id": _TEXT, "roster": _TEXT}),
                )
            },
            "/ticket": {
                "post": _operation(
                    "exchangeTicket",
                    "Get a browser ticket for a token, or once the token for the ticket",
                    _data("The ticket or the token", _TEXT),
                    security=("token",),
                    errors=(400, 401, 403),
                    requestBody=_body({"ticket": _TEXT}),
                )
            },
            "/leave": {
                "post": _operation(
                    "leave",
                    "Free the place of a page that has left its meeting",
                    _data("Whether it still had a place", {"type": "boolean"}),
                    security=("token",),
                    errors=(400, 401),
                    requestBody=_body(
                        {"resume": {"type": "string", "description": "The secret of the welcome"}},
                        "resume",
                    ),
                )
            },
            "/stream": {
                "post": _operation(
                    "createStream",
                    "Create a stream name",
                    _answer(
                        "The stream",
                        _object(
                            {
                                "id": _TEXT,
                                "state": _TEXT,
                                "tags": {"type": "array", "items": _TEXT},
                                "ingest": {"type": "object"},
                                "playout": {"type": "object"},
                            },
                            *("id", "state", "tags", "ingest", "playout"),
                        ),
                    ),
                    security=("key",),
                    errors=(400, 401),
                    requestBody=_body(
                        {
                            "tags": {"type": "array", "items": _TEXT},
                            "transcodes": {"type": "array", "maxItems": 10},
                        }
                    ),
                )
            },
            "/recordings": {
                "get": _operation(
                    "listRecordings",
                    "List recordings, newest first: all with an API key, those of the stream with a token",
                    _data("The list", {"type": "array", "items": {"type": "object"}}),
                    security=_KEY_OR_TOKEN,
                    errors=(400, 401, 403),
                    parameters=[
                        {"name": "stream", "in": "query", "schema": _TEXT},
                        {"name": "limit", "in": "query", "schema": _COUNT},
                        {"name": "offset", "in": "query", "schema": _COUNT},
                    ],
                )
            },
            "/records": {
                "get": _operation(
                    "listRecords",
                    "Return what is kept of a room's meetings, with a moderator's token",
                    _answer("The rows of one session, or its sessions", _ROWS),
                    security=_TOKEN,
                    errors=(400, 401, 403, 429),
                    parameters=[
                        {"name": "kind", "in": "query", "schema": {"enum": list(ROW_KINDS)}},
                        {"name": "session", "in": "query", "schema": _TEXT},
                        {
                            "name": "pseudonyms",
                            "in": "query",
                            "schema": {"enum": ["true", "false"]},
                        },
                    ],
                )
            },
            "/records/forget": {
                "post": _operation(
                    "forgetPerson",
                    "Delete what is kept of a person in all meetings of a room, with a moderator's token",
                    _answer(
                        "How many rows were deleted", _object({"forgotten": _COUNT}, "forgotten")
                    ),
                    security=_TOKEN,
                    errors=(400, 401, 403),
                    requestBody=_body({"person": _TEXT}, "person"),
                )
            },
            "/records/policy": {
                "get": _operation(
                    "getRecordPolicy",
                    "Return what is kept of a room's meeting, with any token of the room",
                    _answer(
                        "Of the meeting that goes on, or of one that would begin",
                        _object({"kinds": _KINDS, "days": _DAYS}, "kinds", "days"),
                    ),
                    security=_TOKEN,
                    errors=(401,),
                )
            },
            "/organisation": {
                "get": _operation(
                    "getOrganisation",
                    "Return the API key's organisation",
                    _answer(
                        "The organisation",
                        _object({"id": _TEXT, "name": _TEXT, "hash": _TEXT}, "id", "name", "hash"),
                    ),
                    security=("key",),
                    errors=(401,),
                )
            },
            "/healthz": {
                "get": _operation(
                    "getHealth",
                    "Check that the server answers, and accepts new meetings",
                    _answer(
                        "The server answers",
                        _object({"status": {"enum": ["ok", "draining"]}}, "status"),
                    ),
                )
            },
        },
    }


class OpenApiHandler(Handler):
    """`GET openapi.json`: the document."""

    def set_default_headers(self) -> None:
        """Allow any page to read it, as it has no secrets."""
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")

    def get(self) -> None:
        """Send the document."""
        self.finish(document(self.core.config.base_url))
