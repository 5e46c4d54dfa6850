"""How a kernel finds the meeting server in its Jupyter server, or why there is none.

The extension leaves a file in Jupyter's runtime folder, named after its process and its machine, which
only its user reads. A kernel knows its Jupyter server's process by `JPY_PARENT_PID`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from nanomeet_widget import _folders, _json, _machine
from nanomeet_widget._models import Secret
from nanomeet_widget._version import __version__

_PARENT = "JPY_PARENT_PID"
_INFO = re.compile(r"(?:jpserver|nbserver)-(\d+)\.json")
_PACKAGE = "nanomeet-widget"
_ENABLE = "jupyter server extension enable nanomeet_widget.server.jupyter"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A meeting server that is part of a Jupyter server."""

    #: Its address for this machine's kernels: loopback, without TLS.
    api: str
    #: Its address as its tokens name it.
    url: str
    #: What links begin with until a page has shown a better address; None if only a page can know it.
    links: str | None
    #: The key that makes rooms there, while the process lives.
    api_key: Secret
    #: What proves that a server is this one; see `_proof`.
    proof: Secret

    @property
    def path(self) -> str:
        """Its path below any address of its Jupyter server, without slashes at the ends."""
        return self.api.split("/", 3)[3]


@dataclass(frozen=True, kw_only=True)
class Absent:
    """A Jupyter server without a meeting server for this version of the package, and why."""

    pid: int = 0
    #: The version that it runs, if it is another one.
    version: str = ""
    #: Why its own did not start, in its words.
    error: str = ""

    @property
    def what(self) -> str:
        """What is wrong, with the Jupyter server as the subject."""
        if self.error:
            return f"could not start {_PACKAGE}: {self.error}"
        if self.version:
            return f"runs {_PACKAGE} {self.version}, where {__version__} is needed"
        return f"does not run {_PACKAGE} {__version__}"

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if self.error:
            return "correct that (Jupyter's log has more), then restart Jupyter"
        python = python_of(self.pid)
        if python == sys.executable:
            return f"restart Jupyter; if that is not enough: {python} -m {_ENABLE}, and restart it"
        if python is None:
            return (
                f"install it in the environment that runs Jupyter: pip install "
                f"{_PACKAGE}=={__version__}, then restart Jupyter"
            )
        return f"{python} -m pip install {_PACKAGE}=={__version__}, then restart Jupyter"


def file_of(folder: Path, pid: int) -> Path:
    """Return where the Jupyter server with this process id says that it has meetings."""
    return folder / f"nanomeet-{pid}-{_machine.name()}.json"


def content(said: Extension | Absent, pid: int) -> bytes:
    """Return what the file says."""
    body = {
        "version": __version__,
        "pid": pid,
        "started": _machine.started(pid),
    }
    if isinstance(said, Absent):
        return json.dumps({**body, "error": said.error}).encode()
    secret = {"api_key": said.api_key.reveal(), "proof": said.proof.reveal()}
    return json.dumps({**asdict(said), **secret, **body}).encode()


def find(folder: Path | None = None) -> Extension | None:
    """Return the meeting server of this kernel's Jupyter server; None if it has none.

    Parameters
    ----------
    folder
        Jupyter's runtime folder, by default this user's.
    """
    pid = _parent()
    found = None if pid is None else at(pid, folder)
    return found if isinstance(found, Extension) else None


def why_absent(folder: Path | None = None) -> Absent | None:
    """Return why this kernel's Jupyter server has no meetings; None if it has, or there is no server.

    Parameters
    ----------
    folder
        Jupyter's runtime folder, by default this user's.
    """
    pid = _parent()
    if pid is None or pid not in running(folder):
        return None
    found = at(pid, folder)
    return found if isinstance(found, Absent) else None


def at(pid: int, folder: Path | None = None) -> Extension | Absent:
    """Return the meeting server of the Jupyter server with this process id, or why it has none.

    Parameters
    ----------
    pid
        The process.
    folder
        Jupyter's runtime folder, by default this user's.
    """
    with suppress(ImportError, OSError):
        # A machine's name may change while its processes live.
        for file in (folder or _runtime_folder()).glob(f"nanomeet-{pid}-*.json"):
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                if found := _read(file, pid):
                    return found
    return Absent(pid=pid)


def _read(file: Path, pid: int) -> Extension | Absent | None:
    said = _json.read(_folders.read_own(file))
    # Process ids are used again: in a container, after every restart; and on every machine.
    if said["pid"] != pid or not _machine.runs(pid, said["started"]):
        return None
    # Another version of this package may have another protocol.
    if said["version"] != __version__:
        return Absent(pid=pid, version=str(said["version"]))
    if "error" in said:
        return Absent(pid=pid, error=str(said["error"]))
    return Extension(
        api=str(said["api"]),
        url=str(said["url"]),
        links=None if said["links"] is None else str(said["links"]),
        api_key=Secret(str(said["api_key"])),
        proof=Secret(str(said["proof"])),
    )


def running(folder: Path | None = None) -> dict[int, str]:
    """Return this user's Jupyter servers on this machine: their addresses, by their process ids.

    Parameters
    ----------
    folder
        Jupyter's runtime folder, by default this user's.
    """
    found: dict[int, str] = {}
    with suppress(ImportError, OSError):
        for file in sorted((folder or _runtime_folder()).iterdir()):
            match = _INFO.fullmatch(file.name)
            if match is None:
                continue
            with suppress(OSError, ValueError, KeyError, TypeError):
                pid = int(match[1])
                said = _json.read(_folders.read_own(file))
                # It may be another machine's file, or an ended process's.
                if said["pid"] == pid and _is_jupyter(pid):
                    found[pid] = str(said["url"])
    return found


def servers(folder: Path | None = None) -> Iterator[tuple[str, Extension | Absent]]:
    """Yield this user's Jupyter servers on this machine: their addresses, and what each has.

    Parameters
    ----------
    folder
        Jupyter's runtime folder, by default this user's.
    """
    for _, url, known in found(folder):
        yield url, known


def found(folder: Path | None = None) -> Iterator[tuple[int, str, Extension | Absent]]:
    """Yield the same with their process ids.

    Parameters
    ----------
    folder
        Jupyter's runtime folder, by default this user's.
    """
    for pid, url in running(folder).items():
        yield pid, url, at(pid, folder)


def python_of(pid: int) -> str | None:
    """Return the interpreter of a process, if it is known."""
    for part in _command(pid)[:1]:
        if Path(part).is_absolute() and "python" in Path(part).name:
            return part
    return None


def in_colab() -> bool:
    """Return whether this is a kernel of Colab, whose Jupyter server brings no pages to browsers."""
    return "COLAB_RELEASE_TAG" in os.environ


def _parent() -> int | None:
    if in_colab():
        return None
    parent = os.environ.get(_PARENT, "")
    # A kernel that outlived its Jupyter server has another parent, and so no server.
    if not parent.isascii() or not parent.isdigit() or int(parent) <= 1:
        return None
    return int(parent)


def _is_jupyter(pid: int) -> bool:
    _machine.started(pid)
    command = _command(pid)
    return not command or any("jupyter" in part or "notebook" in part for part in command)


def _command(pid: int) -> list[str]:
    """Return a process's command line; empty where the system does not say."""
    with suppress(OSError):
        said = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        return said.rstrip("\0").split("\0")
    return []


def _runtime_folder() -> Path:
    from jupyter_core.paths import jupyter_runtime_dir  # noqa: PLC0415 - kernels have it

    return Path(jupyter_runtime_dir())
