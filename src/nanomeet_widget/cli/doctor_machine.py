"""What `nanomeet doctor` sees of the machine: folders, disk, limits, loopback, proxies, where it is."""

from __future__ import annotations

import functools
import ipaddress
import os
import platform
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nanomeet_widget import _environment, _folders, _json, _jupyter, _locks, _machine
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._version import __version__
from nanomeet_widget.cli._finding import Finding, Fix

_MB = 1 << 20
#: Free space: less than the first is not enough to start, less than the second not for a recording.
_LEAST_DISK, _LITTLE_DISK = 50 * _MB, 1024 * _MB
_LEAST_MEMORY, _LITTLE_MEMORY = 200 * _MB, 700 * _MB
#: Of a class of 30: sockets, files and databases of the server, with some to spare.
_FILES = 512
_PROCESSES = 256
_PATIENCE = 3.0
#: File systems of other machines, on which locks are slow or missing.
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "lustre", "beegfs", "ceph", "9p"})
_READY = "server-*.json"


def look(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Check the machine.

    Parameters
    ----------
    environment
        The variables.
    """
    yield from _state()
    yield _loopback()
    yield _proxies(environment)
    yield from _limits()
    yield from _memory()
    yield _clock()
    yield _place(environment)


def _state() -> Iterator[Finding]:
    """Look at the folders of this user's servers, and at what ended servers have left there."""
    try:
        runtime = _folders.runtime()
        data = _folders.data(lasting=False, remedy="set XDG_DATA_HOME to a folder of yours")
    except NanoMeetError as error:
        yield Finding(
            name="folders",
            state="wrong",
            found=str(error),
            remedy="name folders of yours that can be written to: XDG_RUNTIME_DIR, XDG_DATA_HOME",
        )
        return
    for name, folder in (("runtime folder", runtime), ("data folder", data)):
        yield _folder(name, folder)
        yield _space(f"disk of the {name}", folder)
    yield from _others(runtime)


def _folder(name: str, folder: Path) -> Finding:
    found = str(folder)
    try:
        locks = _locks.has_locks(folder)
    except OSError as error:
        found = f"{folder} cannot be written to: {error.strerror or error}"
        remedy = "free some space there, or set XDG_RUNTIME_DIR and XDG_DATA_HOME to other folders"
        return Finding(name=name, state="wrong", found=found, remedy=remedy)
    kind = file_system(folder)
    if not locks or kind in _REMOTE:
        lacks = (
            "" if locks else ", which has no locks: files replace them, and a crash may leave one"
        )
        return Finding(
            name=name,
            state="warning",
            found=f"{folder} is on a file system of another machine ({kind or 'unknown'}){lacks}",
            remedy="set XDG_RUNTIME_DIR and XDG_DATA_HOME to folders on this machine if servers start slowly",
        )
    if _folders.is_temporary(folder) and name == "data folder":
        remedy = "set XDG_DATA_HOME to a folder that stays: a restart removes this one, and tokens with it"
        return Finding(name=name, state="warning", found=f"{folder} is temporary", remedy=remedy)
    return Finding(name=name, state="ok", found=found)


def file_system(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the kind of the file system of a folder; empty where the system does not say."""
    best, kind = -1, ""
    with suppress(OSError):
        for line in mounts.read_text("utf-8", errors="replace").splitlines():
            parts = line.split()
            at = Path(parts[1].replace("\\040", " "))
            if folder.is_relative_to(at) and len(at.parts) > best:
                best, kind = len(at.parts), parts[2]
    return kind


def _space(name: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    found = f"{free // _MB:,} MB free"
    if free >= _LITTLE_DISK:
        return Finding(name=name, state="ok", found=found)
    return Finding(
        name=name,
        state="wrong" if free < _LEAST_DISK else "warning",
        found=f"{found}: {'no server starts' if free < _LEAST_DISK else 'not enough for a recording'}",
        remedy=f"free some space on the disk of {folder}",
    )


def _others(runtime: Path) -> Iterator[Finding]:
    """Look at the embedded servers that run, or have left their files."""
    here = f"-{_machine.name()}"
    for file in sorted(runtime.glob(_READY)):
        if not file.stem.endswith(here):
            continue  # another machine's
        version = file.stem.removeprefix("server-").removesuffix(here)
        try:
            said: dict[str, Any] = _json.read(_folders.read_own(file))
            pid, alive = said["pid"], _machine.runs(said["pid"], said["started"])
        except (OSError, ValueError, KeyError, TypeError):
            pid, alive = None, False
        if not alive:
            yield Finding(
                name="left file",
                state="warning",
                found=f"{file} is of a server that has ended",
                remedy="remove it; the next server replaces it, too",
                fix=Fix(
                    shown=f"remove {file}",
                    act=functools.partial(file.unlink, missing_ok=True),
                ),
            )
        elif version != __version__:
            yield Finding(
                name="older server",
                state="warning",
                found=f"an embedded server of version {version} runs (process {pid}): kernels that have "
                "loaded that version go on using it",
                remedy=f"restart those kernels, then end it: kill {pid}",
                fix=Fix(
                    shown=f"end the server of version {version} (kill {pid}); its meetings end",
                    act=functools.partial(os.kill, int(pid), signal.SIGTERM),
                    afterwards="restart the kernels that used it",
                ),
            )
        else:
            yield Finding(name="embedded server", state="ok", found=f"runs already (process {pid})")


def _loopback() -> Finding:
    """Check that a server on this machine can be reached from it, and that `localhost` is this machine."""
    name = "loopback"
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname(), timeout=_PATIENCE),
        ):
            pass
    except OSError as error:
        return Finding(
            name=name,
            state="wrong",
            found=f"127.0.0.1 does not take connections: {error.strerror or error}",
            remedy="allow connections to 127.0.0.1 in the firewall or sandbox of this machine",
        )
    try:
        found = {info[4][0] for info in socket.getaddrinfo("localhost", None)}
    except OSError:
        found = set()
    if not found or not all(ipaddress.ip_address(str(one)).is_loopback for one in found):
        where = ", ".join(sorted(map(str, found))) or "nothing"
        return Finding(
            name=name,
            state="warning",
            found=f"localhost leads to {where}",
            remedy="add the line `127.0.0.1 localhost` to the file of hosts",
        )
    return Finding(name=name, state="ok", found="servers on this machine can be reached from it")


def _proxies(environment: Mapping[str, str]) -> Finding:
    """Check whether a proxy of the environment catches what is meant for this machine."""
    name = "proxy"
    used = sorted(
        variable
        for variable, value in environment.items()
        if value and variable.lower() in {"http_proxy", "https_proxy", "all_proxy"}
    )
    if not used:
        return Finding(name=name, state="ok", found="none in the environment")
    exceptions = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if all(_environment.is_excepted(host, 80, exceptions) for host in ("localhost", "127.0.0.1")):
        return Finding(name=name, state="ok", found=f"{', '.join(used)}, not for this machine")
    return Finding(
        name=name,
        state="warning",
        found=f"{', '.join(used)} also apply to localhost: nanomeet-widget ignores that, but Jupyter, "
        "pip and other programs may send it to the proxy",
        remedy="export NO_PROXY=localhost,127.0.0.1,::1",
    )


def _limits() -> Iterator[Finding]:
    """Check how many files and processes this user may have: a class of 30 needs some."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    for name, which, least, option in (
        ("open files", resource.RLIMIT_NOFILE, _FILES, "-n"),
        ("processes", resource.RLIMIT_NPROC, _PROCESSES, "-u"),
    ):
        soft, hard = resource.getrlimit(which)
        # The server raises its own limit of files as far as it may.
        most = hard if which == resource.RLIMIT_NOFILE else soft
        found = "no limit" if most == resource.RLIM_INFINITY else f"{most:,} at most"
        if most == resource.RLIM_INFINITY or most >= least:
            yield Finding(name=name, state="ok", found=found)
            continue
        yield Finding(
            name=name,
            state="warning",
            found=f"{found}: a class of 30 needs {least}",
            remedy=f"ask the administrator to raise the limit (`ulimit {option} {least * 4}` where Jupyter "
            "or `nanomeet serve` is started; LimitNOFILE= and TasksMax= of a systemd service)",
        )


def _memory() -> Iterator[Finding]:
    free = available_memory()
    if free is None:
        return
    found = f"{free // _MB:,} MB available"
    if free >= _LITTLE_MEMORY:
        yield Finding(name="memory", state="ok", found=found)
    else:
        yield Finding(
            name="memory",
            state="wrong" if free < _LEAST_MEMORY else "warning",
            found=f"{found}: the server needs about 100 MB, and a notebook with its browser more",
            remedy="close other programs and kernels, or raise the limit of the container",
        )


def available_memory(
    meminfo: Path = Path("/proc/meminfo"), group: Path = Path("/sys/fs/cgroup")
) -> int | None:
    """Return how many bytes of memory are left, for the machine or its container; None if unknown."""
    found: list[int] = []
    with suppress(OSError, ValueError):
        lines = meminfo.read_text("utf-8").splitlines()
        found += [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    with suppress(OSError, ValueError):
        most = int((group / "memory.max").read_text("utf-8"))
        found.append(most - int((group / "memory.current").read_text("utf-8")))
    return min(found, default=None)


def _clock() -> Finding:
    """Check the clock against the one thing here that has a date: this package's files."""
    written = Path(__file__).stat().st_mtime
    if time.time() < written - 86_400:
        return Finding(
            name="clock",
            state="wrong",
            found=f"it says {time.strftime('%Y-%m-%d %H:%M')}, before this package was installed",
            remedy="set it with NTP: `timedatectl set-ntp true`",
        )
    return Finding(name="clock", state="ok", found=time.strftime("%Y-%m-%d %H:%M %Z"))


def _place(environment: Mapping[str, str]) -> Finding:
    """Say whether the browser runs on another machine, which decides what it can reach."""
    name = "where this runs"
    insecure = [url for url in _jupyter.running().values() if _is_insecure(url)]
    tunnel = "ssh -L 8888:localhost:8888 this-machine, then open http://localhost:8888"
    if insecure:
        return Finding(
            name=name,
            state="warning",
            found=f"Jupyter at {insecure[0]} is reached over http by other machines, whose browsers block "
            "the camera there",
            remedy=f"start Jupyter with --certfile and --keyfile, or use a tunnel: {tunnel}",
        )
    if far := where(environment):
        return Finding(
            name=name,
            state="ok",
            found=far,
            remedy=f"your browser is on another machine: it reaches meetings through Jupyter (its server "
            f"extension), or by a tunnel: {tunnel}",
        )
    return Finding(name=name, state="ok", found="on this machine")


def where(environment: Mapping[str, str], root: Path = Path("/")) -> str:
    """Return which kind of remote machine this is, in words; empty if none is known."""
    named = (
        ("CODESPACES", "a GitHub Codespace"),
        ("BINDER_LAUNCH_HOST", "Binder"),
        ("KAGGLE_KERNEL_RUN_TYPE", "Kaggle"),
        ("COLAB_RELEASE_TAG", "Colab"),
        ("JUPYTERHUB_USER", "a JupyterHub"),
        ("SSH_CONNECTION", "a machine that you use over SSH"),
        ("WSL_DISTRO_NAME", "Windows Subsystem for Linux"),
    )
    for variable, words in named:
        if environment.get(variable):
            return words
    if "microsoft" in platform.release().lower():
        return "Windows Subsystem for Linux"
    if (root / ".dockerenv").exists() or (root / "run/.containerenv").exists():
        return "a container"
    return ""


def _is_insecure(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
