"""Runs a module in a process that may do little, as far as the system can confine it.

Such processes decode what others sent. If a decoder has a flaw, what it can reach is the folder of the
recording: no secret of the data folder, no other file, no network, no other program.

`python -m nanomeet_widget.server.confined BOUNDS MODULE ARGUMENT…`; see `workers`, which starts them.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import runpy
import signal
import struct
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

#: Open files.
_FILES = 64
#: Seconds from SIGXCPU to SIGKILL.
_GRACE = 5

#: Options of `prctl`.
_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
#: Landlock's system calls, which have the same numbers everywhere; flags; and rights.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_BENEATH, _PORT = 1, 2
_EXECUTE, _WRITE, _READ, _LIST, _REMOVE, _MAKE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8
_TRUNCATE = 1 << 14
_CONNECT = 1 << 1
#: Rights that each version of Landlock can take away: bits of files, of TCP, and of other processes.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP_BITS, _SCOPE_BITS = 2, 2
_TCP_SINCE, _SCOPE_SINCE, _TRUNCATE_SINCE = 4, 6, 3
_DEVICES = ("/dev/null", "/dev/urandom", "/etc/localtime")


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a process may use.

    Parameters
    ----------
    processor : int
        Seconds of processor time.
    memory : int, optional
        Bytes of address space.
    file_size : int, optional
        Bytes of a file that it writes.
    folders : tuple of str, optional
        Folders whose files it may read and write.
    ports : tuple of int, optional
        TCP ports to which it may connect.
    """

    processor: int
    memory: int = 2 << 30
    file_size: int = 0
    folders: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()

    def encode(self) -> str:
        """Return them as an argument of the command line."""
        return json.dumps(asdict(self))


def confine(bounds: Bounds) -> None:
    """Give up, for the rest of this process, all that is not needed.

    What the system does not offer is left out: Windows has none of it, and only Linux confines files
    and connections (from 5.13 and 6.7 on).

    Parameters
    ----------
    bounds : Bounds
        What remains.
    """
    _limit(bounds)
    # Libraries may lie anywhere, so they are loaded before files are out of reach.
    importlib.import_module("av")
    if sys.platform == "linux":
        system = ctypes.CDLL(None, use_errno=True)
        # It ends with its server: what it makes is of no use then, and its connections lead nowhere.
        system.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        with contextlib.suppress(OSError):
            _lock(system, bounds)


def _limit(bounds: Bounds) -> None:
    try:
        import resource  # noqa: PLC0415 - Windows lacks it
    except ImportError:
        return
    limits = {
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_AS": (bounds.memory, bounds.memory),
        "RLIMIT_CPU": (bounds.processor, bounds.processor + _GRACE),
        "RLIMIT_FSIZE": (bounds.file_size, bounds.file_size),
        "RLIMIT_NOFILE": (_FILES, _FILES),
        # No other process, and no thread, which Linux counts, too.
        "RLIMIT_NPROC": (0, 0),
    }
    for name, (soft, hard) in limits.items():
        # A system may have fewer, or have lower limits already.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            kind = getattr(resource, name)
            most = resource.getrlimit(kind)[1]
            if most != resource.RLIM_INFINITY:
                soft, hard = min(soft, most), min(hard, most)  # noqa: PLW2901 - what the system allows
            resource.setrlimit(kind, (soft, hard))


def _lock(system: ctypes.CDLL, bounds: Bounds) -> None:
    """Leave this process its folders and ports alone, by Landlock.

    Raises
    ------
    OSError
        If the system has no Landlock.
    """
    version = _call(system, _CREATE_RULESET, None, 0, _VERSION)
    files = (1 << _FILE_BITS.get(version, max(_FILE_BITS.values()))) - 1
    parts = [files]
    if version >= _TCP_SINCE:
        parts.append((1 << _TCP_BITS) - 1)
    if version >= _SCOPE_SINCE:
        parts.append((1 << _SCOPE_BITS) - 1)
    attributes = struct.pack(f"{len(parts)}Q", *parts)
    rules = _call(system, _CREATE_RULESET, attributes, len(attributes), 0)
    try:
        change = _READ | _LIST | _WRITE | _MAKE | _REMOVE
        if version >= _TRUNCATE_SINCE:
            change |= _TRUNCATE
        for paths, rights in ((_code(), _READ | _LIST | _EXECUTE), (bounds.folders, change)):
            for path in paths:
                _allow(system, rules, path, rights)
        for port in bounds.ports if version >= _TCP_SINCE else ():
            _call(system, _ADD_RULE, rules, _PORT, struct.pack("QQ", _CONNECT, port), 0)
        _call(system, _RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _code() -> Iterable[str]:
    """Return where Python and its modules are: some are only loaded when they are needed."""
    # The first one is the working folder, where Python (before 3.11) cannot be told to leave it out.
    places = sys.path if getattr(sys.flags, "safe_path", False) else sys.path[1:]
    return {sys.prefix, sys.base_prefix, *(place for place in places if place), *_DEVICES}


def _allow(system: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there, or out of reach already, needs no rule
    try:
        # What is not a folder has no list.
        rights = rights if Path(path).is_dir() else rights & ~_LIST
        _call(system, _ADD_RULE, rules, _BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _call(system: ctypes.CDLL, number: int, *arguments: bytes | int | None) -> int:
    # The kernel reads whole registers.
    whole = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(system.syscall(ctypes.c_long(number), *whole))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def main(arguments: list[str]) -> None:
    """Confine this process, then run a module in it.

    Parameters
    ----------
    arguments : list of str
        The bounds, the module's name, and its arguments.
    """
    bounds, module, *rest = arguments
    given = json.loads(bounds)
    confine(Bounds(**{**given, "folders": tuple(given["folders"]), "ports": tuple(given["ports"])}))
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
