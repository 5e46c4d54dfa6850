"""Which recordings are kept no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nanomeet_widget.server.config import Retention


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A finished recording, as far as this decides about it."""

    name: str
    #: Seconds since the epoch.
    ended: float
    #: Bytes.
    size: int


def expired(kept: Sequence[Kept], retention: Retention, *, now: float) -> list[str]:
    """Return the names of those that go now.

    The newest stays whatever its size: somebody has just made it.

    Parameters
    ----------
    kept
        All of them, the oldest first.
    retention
        How long, and how much.
    now
        Seconds since the epoch.
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
