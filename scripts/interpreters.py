"""The Pythons of this machine: on PATH, of pyenv, and of uv."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.project import minor

#: Seconds for an interpreter to say what it is.
_PATIENCE = 60
_ASK = """
import json, sys, sysconfig
print(json.dumps({
    "path": sys.executable,
    "version": sys.version_info[:3],
    "usable": sys.implementation.name == "cpython" and sys.version_info[3] == "final"
    and not sysconfig.get_config_var("Py_GIL_DISABLED"),
}))
"""


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python that can make environments."""

    #: Such as "3.12".
    minor: str
    #: Such as (3, 12, 1).
    version: tuple[int, ...]
    path: Path

    def __str__(self) -> str:
        return ".".join(str(part) for part in self.version)


def find(wanted: Iterable[str]) -> dict[str, Interpreter]:
    """Return the newest release of each Python that is wanted and there.

    Other implementations, pre-releases and free-threaded builds are passed over.

    Parameters
    ----------
    wanted : iterable of str
        Such as "3.12".
    """
    names = set(wanted)
    found: dict[str, Interpreter] = {}
    for path in dict.fromkeys(_candidates(names)):
        one = _asked(path)
        if one is None or one.minor not in names:
            continue
        known = found.get(one.minor)
        if known is None or known.version < one.version:
            found[one.minor] = one
    return dict(sorted(found.items(), key=lambda item: minor(item[0])))


def _candidates(names: set[str]) -> Iterator[Path]:
    files = [f"python{name}" for name in sorted(names)]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield from (Path(folder) / file for file in (*files, "python3") if folder)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for kept in (pyenv / "versions", _uv_folder()):
        if kept is not None:
            yield from sorted(kept.glob("*/bin/python3"))


def _uv_folder() -> Path | None:
    """Return where uv keeps the Pythons that it installed; None without uv."""
    try:
        done = subprocess.run(
            ["uv", "python", "dir"],  # noqa: S607 - as it is found
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(done.stdout.strip())


def _asked(path: Path) -> Interpreter | None:
    if not os.access(path, os.X_OK):
        return None
    try:
        done = subprocess.run(  # noqa: S603 - an interpreter of this machine
            [path, "-I", "-c", _ASK],
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        # pyenv has a shim for each Python, which fails unless that one is chosen.
        return None
    if not told["usable"]:
        return None
    version = tuple(told["version"])
    # A shim is called elsewhere than what it starts.
    return Interpreter(minor=f"{version[0]}.{version[1]}", version=version, path=Path(told["path"]))
