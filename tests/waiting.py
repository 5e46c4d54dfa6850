"""Waiting for what comes by itself, on a machine of whatever speed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Seconds that whatever a busy machine has to do may take; what is broken never comes.
PATIENCE = 60.0


def until(
    told: Callable[[], object],
    *,
    to_be: object = True,
    patience: float = PATIENCE,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Wait until something is as it is to be.

    Parameters
    ----------
    told
        Says how it is.
    to_be
        How it has to become.
    patience
        Seconds after which it is not waited for any more.
    pause
        Lets some seconds go by between two looks.
    """
    deadline = time.monotonic() + patience
    while (found := told()) != to_be:
        assert time.monotonic() < deadline, f"it is {found!r} still, and not {to_be!r}"
        pause(0.1)


def until_up(
    process: subprocess.Popen[Any], up: Callable[[], object], *, log: Path, patience: float
) -> None:
    """Wait until a program is there; if it ends, or does not come, its log says why.

    Parameters
    ----------
    process
        What runs.
    up
        Whether it is there.
    log
        What it writes.
    patience
        Seconds that it has.
    """
    deadline = time.monotonic() + patience
    while not up():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
