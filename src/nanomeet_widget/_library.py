"""Another vendor's nanoMeet library, in a page with an opaque origin that the cell frames."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from nanomeet_widget import _texts, _validation
from nanomeet_widget._errors import InvalidInputError

_SCRIPT = Path(__file__).parent / "static" / "library.js"
#: W3C Subresource Integrity, 3.5: one hash or several, of which the strongest counts.
_INTEGRITY = re.compile(
    r"sha(256|384|512)-[A-Za-z0-9+/]+={0,2}( sha(256|384|512)-[A-Za-z0-9+/]+={0,2})*"
)
_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Video meeting</title>
<style>html, body, #meeting {{ height: 100%; margin: 0; overflow: hidden }}</style>
<body data-script="{script}" data-integrity="{integrity}">
<div id="meeting"></div>
<script>{code}</script>
"""


@dataclass(frozen=True, kw_only=True)
class Library:
    """A library's address and hash.

    Parameters
    ----------
    url
        The script's address.
    integrity
        Hashes as a `<script>` tag has them; empty to accept any script from there.
    """

    url: str
    integrity: str = ""

    def page(self) -> str:
        """Return the page that runs it, as a data: URL."""
        text = _PAGE.format(
            script=html.escape(self.url),
            integrity=html.escape(self.integrity),
            code=_SCRIPT.read_text("utf-8"),
        )
        return f"data:text/html;base64,{base64.b64encode(text.encode()).decode()}"


def library(script_url: str | None, script_integrity: str | None) -> Library | None:
    """Return the library that the arguments name; None for our own client.

    Raises
    ------
    InvalidInputError
        If the address or the hash is malformed, or the address is neither https nor this machine's.
    """
    if script_url is None:
        if script_integrity is not None:
            raise InvalidInputError("script_integrity is for a library: give its script_url, too")
        return None
    url = _validation.check_url("script_url", script_url, query=True)
    parts = urlsplit(url)
    if parts.scheme != "https" and not _validation.is_loopback(parts.hostname or ""):
        raise InvalidInputError(
            f"script_url={_texts.quoted(url)}: write https://: over http the script can be changed on its way"
        )
    if script_integrity is not None and not _INTEGRITY.fullmatch(script_integrity):
        raise InvalidInputError(
            f"script_integrity={_texts.quoted(script_integrity)}: write a hash as a script tag has it, "
            "sha384-…, of `openssl dgst -sha384 -binary nanomeet.js | base64`"
        )
    return Library(url=url, integrity=script_integrity or "")
