"""A Jitsi deployment: a meeting page, Prosody's check of tokens, and a Jibri that notes its orders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nanomeet_widget._static import STATIC

from .https import Answer, Seen, Site, said, serving
from .prosody import Prosody, Refused, affiliation, moderation

PAGE = (Path(__file__).parent / "jitsi.html").read_bytes()
#: The vendor's library, as far as its weaknesses matter, and an engine's script for it.
LIBRARY = (Path(__file__).parent / "library.js").read_bytes()
ENGINE = (STATIC / "external_api.js").read_bytes()

SCRIPTS = {"/external_api.js": ENGINE, "/js/nanomeet.js": LIBRARY, "/js/other.js": b"var other;"}


#: Rooms that refuse everyone, and what the page says of that, in its order.
REFUSALS = {
    "lobby_no": [
        "conference.connectionError.membersOnly",
        "conference.connectionError.accessDenied",
    ],
    "not_this_one": ["conference.connectionError.notAllowed"],
    "no_place": ["conference.max_users"],
    "login_first": ["conference.authenticationRequired"],
}


@contextmanager
def jitsi(folder: Path, prosody: Prosody) -> Iterator[Site]:
    """Run it. Rooms may have a tenant before them; some refuse everyone."""

    def answer(site: Site, seen: Seen) -> Answer:
        del site
        if seen.path == "/admit":
            return _admit(prosody, seen)
        if seen.path == "/jibri":
            target = seen.json()["rtmpStreamKey"]
            return said({"error": "unexpected-request"} if "refuse" in target else {})
        if seen.path in SCRIPTS:
            return Answer(body=SCRIPTS[seen.path], kind="text/javascript")
        if seen.path == "/missing.js":
            return Answer(status=404)
        return Answer(body=PAGE, kind="text/html; charset=utf-8")

    with serving(folder, answer) as site:
        yield site


def _admit(prosody: Prosody, seen: Seen) -> Answer:
    asked = seen.json()
    *tenants, room = asked["path"].strip("/").split("/")
    try:
        claims = prosody.admit(asked["token"], room=room, tenant="/".join(tenants))
    except Refused as error:
        return said({"error": str(error)})
    if room in REFUSALS:
        return said({"error": "not let in", "refusals": REFUSALS[room]})
    leads = affiliation(claims) == "owner" or moderation(claims)
    role = "moderator" if leads else "participant"
    return said({"room": room, "role": role})
