"""The data folder and the secrets in it, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from nanomeet_widget import _tokens
from nanomeet_widget._errors import ServerStartError

_Maker: TypeAlias = Callable[[], bytes]
_PRIVATE_FOLDER = 0o700


def open_folder(path: Path) -> Path:
    """Create a folder that only its owner enters, or tighten the one that is there."""
    path.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
    if path.stat().st_mode & 0o077:
        path.chmod(_PRIVATE_FOLDER)
    return path


def server_secret(data: Path) -> bytes:
    """Return the secret that signs this folder's tokens; the first call makes it.

    Raises
    ------
    ServerStartError
        If the file was cut short: signing with less would be guessable.
    """
    path = data / "token-secret"
    secret = _read_or_create(path, _tokens.new_secret)
    if len(secret) != _tokens.SECRET_SIZE:
        raise ServerStartError(
            f"{path} does not hold {_tokens.SECRET_SIZE} bytes: delete it, and tokens made with it end"
        )
    return secret


def api_key(data: Path) -> str:
    """Return this folder's own API key; the first call makes it."""
    path = data / "api-key"
    key = _read_or_create(path, lambda: secrets.token_urlsafe(32).encode()).decode().strip()
    if not key:
        raise ServerStartError(f"{path} is empty: delete it, and a new key is made")
    return key


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all; an old one is replaced."""
    temporary = _private_file(path, content)
    temporary.replace(path)


def _read_or_create(path: Path, make: _Maker) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    temporary = _private_file(path, make())
    try:
        # A link fails where another process was first, so both end up with one secret.
        os.link(temporary, path)
    except FileExistsError:
        pass
    except OSError:
        # File systems without hard links: the last one wins, before anybody has used either.
        temporary.replace(path)
    temporary.unlink(missing_ok=True)
    return path.read_bytes()


def _private_file(path: Path, content: bytes) -> Path:
    # mkstemp creates with mode 0600.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
