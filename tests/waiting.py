"""Waiting for what comes by itself, on a machine of whatever speed."""

from __future__ import annotations

import time
from collections.abc import Callable

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
