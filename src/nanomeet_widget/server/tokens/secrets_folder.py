"""The data folder and its secrets, which only their owner can read."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from nanomeet_widget import _folders, _tokens
from nanomeet_widget._errors import ServerStartError
from nanomeet_widget.server import strength

_Maker: TypeAlias = Callable[[], bytes]
_SECRET, _KEY = "token-secret", "api-key"


def open_folder(path: Path) -> Path:
    """Create a folder that only its owner can enter, or restrict an existing one.

    Parameters
    ----------
    path : Path
        The folder.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ServerStartError
        If it is not writable.
    """
    try:
        return _folders.private(path, owned=False)
    except OSError as error:
        raise _unwritable(path, error) from None


def server_secrets(data: Path) -> tuple[bytes, ...]:
    """Return the secret that signs tokens, then the previous one, if that is still valid.

    The first call creates the secret.

    Parameters
    ----------
    data : Path
        The data folder.

    Returns
    -------
    tuple of bytes
        One secret, or two.

    Raises
    ------
    ServerStartError
        If a file is truncated: a shorter secret could be guessed.
    """
    path = data / _SECRET
    found = [(path, _read_or_create(path, _tokens.new_secret)), *_previous(path)]
    for file, secret in found:
        if len(secret) != _tokens.SECRET_SIZE:
            raise ServerStartError(
                f"{file} does not hold {_tokens.SECRET_SIZE} bytes. Delete it, which invalidates the "
                "tokens that it signed"
            )
    return tuple(secret for _, secret in found)


def api_keys(data: Path) -> tuple[str, ...]:
    """Return the data folder's API key, then the previous one, if that is still valid.

    The first call creates the key.

    Parameters
    ----------
    data : Path
        The data folder.

    Returns
    -------
    tuple of str
        One key, or two.

    Raises
    ------
    ServerStartError
        If a file holds no key, or a weak one.
    """
    path = data / _KEY
    found = [(path, _read_or_create(path, _new_key)), *_previous(path)]
    keys = [(file, key.decode(errors="replace").strip()) for file, key in found]
    for file, key in keys:
        if wrong := "is empty" if not key else strength.weakness(key):
            raise ServerStartError(f"{file} {wrong}. Delete it, and a new key is created")
    return tuple(key for _, key in keys)


def rotate(data: Path) -> None:
    """Create a new secret and a new API key; the current ones stay valid until the next call, or `retire`.

    Parameters
    ----------
    data : Path
        The data folder.

    Raises
    ------
    ServerStartError
        If a file cannot be written.
    """
    for name, make in ((_SECRET, _tokens.new_secret), (_KEY, _new_key)):
        path = data / name
        # The old one is written first: after a crash in between, both files have it.
        write_private(_old(path), _read_or_create(path, make))
        write_private(path, make())


def retire(data: Path) -> None:
    """Retire the previous secret and API key.

    Parameters
    ----------
    data : Path
        The data folder.
    """
    for name in (_SECRET, _KEY):
        _old(data / name).unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; an existing one is replaced atomically.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        What it contains then.

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
        f"{path} cannot be written ({error.strerror or error}): free some space there, or choose another "
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
        # Linking fails if another process was first, so that both use the same secret.
        os.link(temporary, path)
    except FileExistsError:
        pass
    except OSError:
        # On file systems without hard links the last one wins, before either is used.
        temporary.replace(path)
    temporary.unlink(missing_ok=True)
    return path.read_bytes()


def _private_file(path: Path, content: bytes) -> Path:
    # mkstemp creates files with mode 0600.
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
