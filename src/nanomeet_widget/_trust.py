"""Which servers a token may be sent to: those that this user uses or trusts.

The `server` claim of another person's token may name any host; joining would send that host the token
and show the user its page.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from nanomeet_widget import _json

_used: set[str] = set()


def use(server: str) -> None:
    """Note a server that the user's own service has named, for this process."""
    _used.add(server)


def is_known(server: str) -> bool:
    """Return whether the user uses this server, or has trusted it."""
    return server in _used or server in _trusted()


def trust(server: str) -> None:
    """Remember a server that the user trusts."""
    _used.add(server)
    file = _file()
    # Without a writable home the answer is forgotten; the meeting still works.
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(json.dumps(sorted(_trusted() | {server}), indent=1), "utf-8")


def _trusted() -> set[str]:
    try:
        found = _json.read(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return set()
    return {s for s in found if isinstance(s, str)} if isinstance(found, list) else set()


def _file() -> Path:
    import platformdirs  # noqa: PLC0415 - only a token of another server needs it

    return platformdirs.user_config_path("nanomeet", appauthor=False) / "trusted-servers.json"
