"""The token service of nanoStream Cloud, as its public documentation has it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from .https import Answer, Seen, Site, said, serving

API_KEY = "cloud-key-0123456789abcdefghijklmnop"
ORGANISATION = {"id": "4711", "name": "classroom", "email": "it@classroom.example"}
_KEY = RSAKey.generate_key(2048)
#: What its meeting servers check tokens with.
PUBLIC = _KEY.as_pem(private=False).decode()


@contextmanager
def cloud(folder: Path) -> Iterator[Site]:
    """Run it: token service and API in one, each under its own path."""
    with serving(folder, _answer) as site:
        yield site


def token(site: Site, **changes: Any) -> str:
    """A token that it signed."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "room": "R",
        "streamname": "stream-1",
        "server": site.host,
        "moderator": True,
        "sub": ORGANISATION["name"],
        "aud": "nanomeet",
        "iss": "bintu",
        "iat": now,
        "nbf": now - 60,
        "exp": now + 86400,
    }
    header = {"alg": "RS256", "kid": "nanocosmos", "typ": "JWT"}
    return str(jwt.encode(header, {**claims, **changes}, _KEY, algorithms=["RS256"]))


def _answer(site: Site, seen: Seen) -> Answer:
    call = f"{seen.method} {seen.path}"
    if call == "POST /token/nanomeet" and "x-bintu-token" in seen.headers:
        return _invite(site, seen)
    if seen.headers.get("x-bintu-apikey") != API_KEY:
        return said({"message": "API key unknown"}, 401)
    if call == "GET /api/organisation":
        return said(ORGANISATION)
    if call == "POST /api/stream":
        return _stream(site, seen)
    if call == "POST /token/nanomeet":
        return _room(site, seen)
    return said({"message": f"no such call: {call}"}, 404)


def _stream(site: Site, seen: Seen) -> Answer:
    body = seen.json()
    number = site.paths().count("POST /api/stream")
    entries = ["source", *(entry["profile"] for entry in body["transcodes"])]
    return said(
        {
            "id": f"s{number}",
            "ingest": {
                "rtmp": {
                    "url": "rtmp://bintu-vtrans.nanocosmos.de:1935/live",
                    "streamname": f"AbCdE-{number}",
                }
            },
            "playout": {"h5live": [{"id": f"p{n}"} for n in range(len(entries))]},
            "tags": body["tags"],
        }
    )


def _room(site: Site, seen: Seen) -> Answer:
    body = seen.json()
    needed = {"exp", "nbf", "room", "streamname", "moderator", "server"}
    if missing := sorted(needed - set(body)):
        return said({"message": f"missing: {missing[0]}"}, 400)
    claims = {name: body[name] for name in ("room", "streamname", "moderator", "server")}
    times = {name: _seconds(body[name]) for name in ("nbf", "exp")}
    return said({"data": token(site, **claims, **times)})


def _invite(site: Site, seen: Seen) -> Answer:
    try:
        parent = jwt.decode(seen.headers["x-bintu-token"], _KEY, algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        return said({"message": "token not accepted"}, 401)
    if parent["moderator"] is not True:
        return said({"message": "only moderators invite"}, 403)
    body = seen.json()
    if "moderator" not in body or "server" not in body:
        return said({"message": "missing: moderator or server"}, 400)
    times = {name: _seconds(body[name]) for name in ("nbf", "exp") if name in body}
    changes = {"moderator": body["moderator"], "server": body["server"], **times}
    return said({"data": token(site, **{**parent, **changes})})


def _seconds(text: str) -> int:
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp())
