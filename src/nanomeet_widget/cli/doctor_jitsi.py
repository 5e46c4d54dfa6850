"""What `nanomeet doctor` sees of a Jitsi from outside: what its web server tells everyone.

Prosody and Jicofo decide who becomes a moderator, and only participants see it: `docs/jitsi.md` says
how to check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from http import HTTPStatus

from nanomeet_widget.cli._finding import Finding, State, fetch
from nanomeet_widget.services.jitsi import BACKDATED

#: The first release whose page takes a token from the fragment of its address.
LEAST = "stable-9584"
_BUILD = re.compile(rb"(?:lib-jitsi-meet|app\.bundle)\.min\.js\?v=([\w.-]+)")


def forgiving(finding: Finding, difference: timedelta | None) -> Finding:
    """Return what clock skew means for a Jitsi: Prosody allows none, but tokens begin early."""
    if difference is None or finding.state != "wrong" or abs(difference) > BACKDATED:
        return finding
    clock, _, _ = finding.found.partition(":")
    ahead = difference > timedelta()
    means = "tokens begin a minute early, which covers it" if ahead else "tokens end early by that"
    return replace(finding, state="warning", found=f"{clock}: {means}")


def look(server: str, meetings: str) -> Iterator[Finding]:
    """Check a Jitsi's web server.

    Parameters
    ----------
    server, meetings
        The URLs of the server and of what its meetings are under, without a slash at the end.
    """
    yield _script(server, meetings)
    page = fetch(f"{meetings}/")
    if isinstance(page, str) or page.status != HTTPStatus.OK:
        return
    yield framing(page.headers)
    if told := _BUILD.search(page.body):
        yield Finding(
            name="release",
            state="ok",
            found=f"its page says build {told[1].decode()}",
            remedy=f"tokens need the release {LEAST} of May 2024 or newer: ask the administrator",
        )


def _script(server: str, meetings: str) -> Finding:
    name = "engine script"
    for address in dict.fromkeys((meetings, server)):
        url = f"{address}/external_api.js"
        reply = fetch(url)
        # A page is what Jitsi shows for any other path: it takes that for a room.
        if (
            not isinstance(reply, str)
            and reply.status == HTTPStatus.OK
            and "html" not in reply.headers.get_content_type()
        ):
            return Finding(name=name, state="ok", found=f"{url} is there")
    return Finding(
        name=name,
        state="warning",
        found=f"{server} has no external_api.js, which each Jitsi has",
        remedy="check the host, its path and the tenant",
    )


def framing(headers: Message) -> Finding:
    """Judge whether a notebook's page can show pages with these headers in a frame."""
    name = "framing"
    remedy = "let the notebook's host frame it, in the web server: docs/jitsi.md, Framing"
    directives = [
        part.split()
        for policy in headers.get_all("Content-Security-Policy", [])
        for part in re.split("[;,]", policy)
    ]
    lists = [
        words[1:] for words in directives if words[:1] and words[0].lower() == "frame-ancestors"
    ]
    if any("*" not in sources for sources in lists):
        allowed = " and ".join(" ".join(sources) or "'none'" for sources in lists)
        state: State = "wrong" if "'none'" in allowed else "warning"
        found = f"frame-ancestors of its pages: {allowed}"
        return Finding(name=name, state=state, found=found, remedy=remedy)
    # Browsers use the older header if the newer is absent (CSP 3, 6.4.2).
    old = headers.get("X-Frame-Options", "").strip().upper()
    if not lists and old in {"DENY", "SAMEORIGIN"}:
        state = "wrong" if old == "DENY" else "warning"
        found = f"X-Frame-Options of its pages: {old}"
        return Finding(name=name, state=state, found=found, remedy=remedy)
    return Finding(name=name, state="ok", found="its pages may be shown in a notebook")
