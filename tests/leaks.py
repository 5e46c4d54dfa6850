"""Looking for secrets where they must not be: as they are, and in every disguise that a file gives them."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote


def found(haystack: str | bytes, *secrets: str) -> list[str]:
    """Return which secrets are in a text, by the first letters of what was found."""
    text = haystack if isinstance(haystack, str) else haystack.decode("utf-8", "replace")
    return [form[:12] for secret in secrets for form in sorted(_forms(secret)) if form in text]


def _forms(secret: str) -> set[str]:
    assert len(secret) >= 16, "too short to tell from chance"
    # What makes a token one is its signature; the rest says nothing that is secret.
    pieces = {secret, secret.rsplit(".", 1)[-1]}
    forms = set(pieces)
    for piece in pieces:
        forms |= {quote(piece, safe=""), json.dumps(piece)[1:-1]}
        # Base64 of something in the midst of something else: at any of three offsets.
        for offset in range(3):
            coded = base64.b64encode(b"\0" * offset + piece.encode()).decode()
            forms.add(coded[4:-4])
    return forms
