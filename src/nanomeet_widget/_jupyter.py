"""How a kernel finds the meeting server in the Jupyter server that started it.

The extension leaves a file in Jupyter's runtime folder, named after its process, which only its user
reads. A kernel knows its Jupyter server's process by `JPY_PARENT_PID`.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nanomeet_widget._models import Secret
from nanomeet_widget._version import __version__

_PARENT = "JPY_PARENT_PID"


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A meeting server that is part of a Jupyter server."""

    #: Its address for this machine's kernels; loopback, without TLS.
    api: str
    #: Its address as its tokens name it.
    url: str
    #: What makes rooms there, for as long as the process lives.
    api_key: Secret

    @property
    def path(self) -> str:
        """Where it is below any address of its Jupyter server, with a slash at neither end."""
        return self.api.split("/", 3)[3]


def file_of(folder: Path, pid: int) -> Path:
    """Return where the Jupyter server with this process id says that it has meetings."""
    return folder / f"nanomeet-{pid}.json"


def content(extension: Extension, pid: int) -> bytes:
    """Return what the file says."""
    said = {
        "version": __version__,
        "pid": pid,
        "started": _started(pid),
        "api": extension.api,
        "url": extension.url,
        "api_key": extension.api_key.reveal(),
    }
    return json.dumps(said).encode()


def find(folder: Path | None = None) -> Extension | None:
    """Return the meeting server of this kernel's Jupyter server; None if it has none.

    Parameters
    ----------
    folder
        Jupyter's runtime folder, by default this user's.
    """
    parent = os.environ.get(_PARENT, "")
    # A kernel that has outlived its Jupyter server belongs to another process, and so to none.
    if not parent.isascii() or not parent.isdigit() or int(parent) <= 1:
        return None
    pid = int(parent)
    with suppress(ImportError, OSError, ValueError, KeyError, TypeError, AttributeError):
        said = json.loads(file_of(folder or _runtime_folder(), pid).read_text("utf-8"))
        # Process ids are used again: in a container, after every restart. Another version of this
        # package may speak otherwise, and its kernels start a server of their own.
        stale = (said["version"], said["pid"], said["started"]) != (
            __version__,
            pid,
            _started(pid),
        )
        if not stale:
            return Extension(
                api=str(said["api"]), url=str(said["url"]), api_key=Secret(str(said["api_key"]))
            )
    return None


def _runtime_folder() -> Path:
    from jupyter_core.paths import jupyter_runtime_dir  # noqa: PLC0415 - kernels have it

    return Path(jupyter_runtime_dir())


def _started(pid: int) -> str | None:
    """Return what tells a process from others with its id; None where the system does not say.

    Raises
    ------
    OSError
        If there is no such process.
    """
    if not Path("/proc/self/stat").exists():
        os.kill(pid, 0)
        return None
    # Field 22 of proc(5), counted after the name, which may hold spaces and brackets.
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2]
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
    return f"{boot} {fields.split()[19]}"
