"""The data folder and the secrets in it, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from nanomeet_widget import _folders, _tokens
from nanomeet_widget._errors import ServerStartError

_Maker: TypeAlias = Callable[[], bytes]
_SECRET, _KEY = "token-secret", "api-key"


def open_folder(path: Path) -> Path:
    """Create a folder that only its owner enters, or tighten the one that is there.

    Raises
    ------
    ServerStartError
        If it cannot be written to.
    """
    try:
        return _folders.private(path, owned=False)
    except OSError as error:
        raise _unwritable(path, error) from None


def server_secrets(data: Path) -> tuple[bytes, ...]:
    """Return the secret that signs this folder's tokens, then the one before it, if that still counts.

    The first call makes it.

    Raises
    ------
    ServerStartError
        If a file was cut short: signing with less would be guessable.
    """
    path = data / _SECRET
    found = [(path, _read_or_create(path, _tokens.new_secret)), *_previous(path)]
    for file, secret in found:
        if len(secret) != _tokens.SECRET_SIZE:
            raise ServerStartError(
                f"{file} does not hold {_tokens.SECRET_SIZE} bytes: delete it, and tokens made with "
                "it end"
            )
    return tuple(secret for _, secret in found)


def api_keys(data: Path) -> tuple[str, ...]:
    """Return this folder's own API key, then the one before it, if that still counts.

    The first call makes it.

    Raises
    ------
    ServerStartError
        If a file is empty.
    """
    path = data / _KEY
    found = [(path, _read_or_create(path, _new_key)), *_previous(path)]
    for file, key in found:
        if not key.strip():
            raise ServerStartError(f"{file} is empty: delete it, and a new key is made")
    return tuple(key.decode().strip() for _, key in found)


def rotate(data: Path) -> None:
    """Make a new secret and a new API key; the ones until now count until the next time, or `retire`."""
    for name, make in ((_SECRET, _tokens.new_secret), (_KEY, _new_key)):
        path = data / name
        # The old one is written first: a crash in between leaves both files with it.
        write_private(_old(path), _read_or_create(path, make))
        write_private(path, make())


def retire(data: Path) -> None:
    """Let the secret and the key before the last rotation count no more."""
    for name in (_SECRET, _KEY):
        _old(data / name).unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all; an old one is replaced.

    Raises
    ------
    ServerStartError
        If it cannot be written.
    """
    try:
        _private_file(path, content).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> ServerStartError:
    return ServerStartError(
        f"{path} cannot be written ({error.strerror or error}): make room there, or name another "
        "folder with --data (c.NanoMeetServer.data in Jupyter, XDG_DATA_HOME for kernels)"
    )


def _new_key() -> bytes:
    return secrets.token_urlsafe(32).encode()


def _old(path: Path) -> Path:
    return path.with_name(f"{path.name}.previous")


def _previous(path: Path) -> list[tuple[Path, bytes]]:
    old = _old(path)
    return [(old, old.read_bytes())] if old.exists() else []


def _read_or_create(path: Path, make: _Maker) -> bytes:
    try:
        return _kept(path, make)
    except OSError as error:
        raise _unwritable(path, error) from None


def _kept(path: Path, make: _Maker) -> bytes:
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
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)
