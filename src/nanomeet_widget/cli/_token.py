"""Where commands get a token from."""

from __future__ import annotations

import getpass
import os
import sys

from nanomeet_widget._errors import MalformedTokenError
from nanomeet_widget._models import SecretText

#: The variable.
TOKEN = "NANOMEET_TOKEN"  # noqa: S105 - a variable's name


def read_token() -> str:
    """Return a token, which is never an argument: all users of this machine can read those."""
    text = os.environ.get(TOKEN, "")
    if not text:
        text = getpass.getpass("token: ") if sys.stdin.isatty() else sys.stdin.read(1 << 16)
    text = text.strip()
    if not text:
        raise MalformedTokenError(
            f"there is no token: pipe one in, or set {TOKEN}: nanomeet room NAME --json | jq -r "
            ".token | nanomeet invite"
        )
    return SecretText(text)
