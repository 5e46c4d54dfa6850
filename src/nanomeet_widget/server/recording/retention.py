"""Decides which recordings are deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nanomeet_widget.server.config import Retention


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A finished recording."""

    name: str
    #: When it ended, in seconds since the epoch.
    ended: float
    #: In bytes.
    size: int


def expired(kept: Sequence[Kept], retention: Retention, *, now: float) -> list[str]:
    """Return the recordings to delete now.

    The newest is never deleted for its size, as it was only just recorded.

    Parameters
    ----------
    kept : sequence of Kept
        All finished recordings, oldest first.
    retention : Retention
        How long recordings are kept, and how many bytes of them.
    now : float
        Seconds since the epoch.

    Returns
    -------
    list of str
        Their names.
    """
    gone: list[str] = []
    total = sum(recording.size for recording in kept)
    for number, recording in enumerate(kept):
        old = retention.age is not None and now - recording.ended > retention.age
        newest = number == len(kept) - 1
        over = retention.size is not None and total > retention.size and not newest
        if old or over:
            gone.append(recording.name)
            total -= recording.size
    return gone
