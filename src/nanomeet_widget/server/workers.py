"""Starts the server's own child processes: confined, and without its environment."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from nanomeet_widget import _child_environment
from nanomeet_widget.server.confined import Bounds

_PACKAGE = "nanomeet_widget.server"
#: Where this package is installed.
_HOME = Path(__file__).parents[2]


async def start(
    module: str,
    *arguments: str,
    bounds: Bounds,
    stdin: int = subprocess.DEVNULL,
    stderr: int | None = None,
) -> asyncio.subprocess.Process:
    """Start a module of the server in a process of its own.

    Parameters
    ----------
    module : str
        Its name below `nanomeet_widget.server`.
    *arguments : str
        Its arguments, which all users of the machine can read.
    bounds : Bounds
        What it may use.
    stdin : int, optional
        As `subprocess` has it; nothing by default.
    stderr : int, optional
        Likewise; the server's own by default.

    Returns
    -------
    asyncio.subprocess.Process
        The process, whose standard output is a pipe.

    Raises
    ------
    OSError
        If it cannot be started.
    """
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"{_PACKAGE}.confined", bounds.encode()),
        *(f"{_PACKAGE}.{module}", *arguments),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=_child_environment.for_worker(),
        # Modules of the folder in which a notebook lies are none of ours.
        cwd=_HOME,
    )
