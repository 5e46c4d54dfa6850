"""The user's own folders, and what replaces them where they cannot be written to.

On clusters `XDG_RUNTIME_DIR` is often another machine's, and homes are read-only or missing.
"""

from __future__ import annotations

import functools
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from nanomeet_widget._errors import ServerStartError

_PRIVATE = 0o700
_DATA = "nanomeet-widget"


def private(folder: Path, *, owned: bool = True) -> Path:
    """Return a folder that only its owner can enter; make it, or remove others' rights.

    Parameters
    ----------
    folder
        The folder.
    owned
        Whether it has to be this user's. Root may have been given another user's, to keep data there.

    Raises
    ------
    OSError
        If it cannot be, or is another user's, or cannot be written to.
    """
    if not folder.is_absolute() and folder.parts[:1] == ("~",):
        raise FileNotFoundError(None, "this user has no home folder", str(folder))
    folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    if sys.platform != "win32":
        found = folder.stat()
        if owned and found.st_uid != os.getuid():
            raise PermissionError(None, "it belongs to another user", str(folder))
        if stat.S_IMODE(found.st_mode) & 0o077:
            folder.chmod(_PRIVATE)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(None, "it cannot be written to", str(folder))
    return folder


def read_own(file: Path) -> str:
    """Return the text of a file of this user's.

    Others may be able to put files into a folder that this package did not create.

    Parameters
    ----------
    file
        The file.

    Raises
    ------
    OSError
        If there is none, or it belongs to another user.
    UnicodeError
        If it is not UTF-8.
    """
    with file.open(encoding="utf-8") as opened:
        if sys.platform != "win32" and os.fstat(opened.fileno()).st_uid != os.getuid():
            raise PermissionError(None, "it belongs to another user", str(file))
        return opened.read()


def runtime() -> Path:
    """Return this user's folder for files of this session.

    Raises
    ------
    ServerStartError
        If no folder can be written to.
    """
    return _first(
        [*(functools.partial(private, folder) for folder in _runtimes()), _temporary],
        "set XDG_RUNTIME_DIR to a folder of yours that can be written to",
    )


def default_data() -> Path:
    """Return where this user's servers keep their data by default."""
    import platformdirs  # noqa: PLC0415 - not needed where a folder is given

    return platformdirs.user_data_path(_DATA, appauthor=False)


def data(*, lasting: bool, remedy: str) -> Path:
    """Return the folder in which a server of this user keeps its data.

    Parameters
    ----------
    lasting
        Whether it has to outlive the machine's temporary files.
    remedy
        How to name another one, for the error.

    Raises
    ------
    ServerStartError
        If no folder can be written to.
    """
    places: list[Callable[[], Path]] = [lambda: private(default_data(), owned=False)]
    if jupyter := os.environ.get("JUPYTER_DATA_DIR"):
        places.append(lambda: private(Path(jupyter) / _DATA))
    if not lasting:
        places.append(lambda: private(_temporary() / "data"))
    return _first(places, remedy)


def is_temporary(folder: Path) -> bool:
    """Return whether a folder is among the machine's temporary files, which a restart removes."""
    return folder.is_relative_to(_temporary_path())


def _runtimes() -> Iterable[Path]:
    import platformdirs  # noqa: PLC0415 - only a kernel that starts a server needs it

    if sys.platform != "linux":
        yield platformdirs.user_runtime_path("nanomeet", appauthor=False)
    elif (session := os.environ.get("XDG_RUNTIME_DIR")) and _is_own(Path(session)):
        yield Path(session) / "nanomeet"
    # For example in a container, where there is none. The specification's fallback is a folder in /tmp
    # with a name that is easy to guess; a stale file does no harm in the user's own state folder.
    yield platformdirs.user_state_path("nanomeet", appauthor=False) / "run"
    for variable in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        if folder := os.environ.get(variable):
            yield Path(folder) / "nanomeet"


def _is_own(folder: Path) -> bool:
    """Return whether a session's folder is this user's: an inherited one may not be."""
    try:
        return folder.is_absolute() and folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def _temporary_path() -> Path:
    user = os.environ.get("USERNAME", "user") if sys.platform == "win32" else os.getuid()
    return Path(tempfile.gettempdir()) / f"nanomeet-{user}"


def _temporary() -> Path:
    """Return this user's folder in the one that all users share.

    Raises
    ------
    OSError
        If another user was first: the name is easy to guess.
    """
    folder = _temporary_path()
    try:
        folder.mkdir(mode=_PRIVATE)
    except FileExistsError:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise PermissionError(None, "it is not a folder", str(folder)) from None
    return private(folder)


def _first(places: Iterable[Callable[[], Path]], remedy: str) -> Path:
    reasons = []
    for place in places:
        found = _tried(place)
        if isinstance(found, Path):
            return found
        reasons.append(found)
    raise ServerStartError(
        f"there is no folder that can be written to ({'; '.join(reasons)}): {remedy}"
    )


def _tried(place: Callable[[], Path]) -> Path | str:
    try:
        return place()
    except OSError as error:
        return f"{error.filename}: {error.strerror or error}"
