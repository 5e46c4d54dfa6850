"""The organisation of an API key, and new stream names."""

from __future__ import annotations

import secrets

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._validation import new_streamname
from nanomeet_widget.server.http.service_handler import ServiceHandler

_MAX_TRANSCODES = 10


class OrganisationHandler(ServiceHandler):
    """`GET organisation`: the API key's organisation."""

    def get(self) -> None:
        """Describe the organisation."""
        self.check_key()
        name = self.core.config.organisation
        self.answer({"id": name, "name": name, "hash": name})


class StreamHandler(ServiceHandler):
    """`POST stream`: a new stream name."""

    def post(self) -> None:
        """Create a stream.

        This server does not transcode: every viewer gets what the broadcaster sends. Requested
        transcodes have entries because clients read their IDs.
        """
        self.check_key()
        body = self.body()
        tags = _texts(body.get("tags", []), "tags")
        transcodes = body.get("transcodes", [])
        if not isinstance(transcodes, list) or len(transcodes) > _MAX_TRANSCODES:
            raise InvalidInputError(f"transcodes must be a list of at most {_MAX_TRANSCODES}")
        streamname = new_streamname()
        live = f"{self.core.origin}/live/{streamname}"
        source = {"id": secrets.token_hex(8), "rtmp": {"streamname": streamname}, "url": live}
        entries = [{**source, "id": secrets.token_hex(8), "transcoded": False} for _ in transcodes]
        websocket = self.core.origin.replace("http", "ws", 1)
        self.answer(
            {
                "id": source["id"],
                "state": "created",
                "tags": tags,
                "ingest": {"rtmp": {"url": f"{websocket}/ws/ingest", "streamname": streamname}},
                "playout": {"h5live": [source, *entries], "web": [live]},
            }
        )


def _texts(value: object, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidInputError(f"{name} must be a list of texts")
    return value
