"""Old public names, which work with a warning until version 1.0."""

from __future__ import annotations

import warnings

#: The old name of each, and the new one.
RENAMED = {
    "Broadcast": "BroadcastStatus",
    "PermissionDenied": "PermissionDeniedError",
    "QuotaExceeded": "QuotaExceededError",
    "ServiceUnavailable": "ServiceUnavailableError",
    "Status": "MeetingStatus",
}


def new_name(old: str) -> str | None:
    """Return the new name of a renamed public object, and warn that the old one is deprecated.

    Parameters
    ----------
    old
        A name that the package does not have.

    Returns
    -------
    str or None
        The name to use instead, or None if there never was such a name.
    """
    new = RENAMED.get(old)
    if new is not None:
        warnings.warn(
            f"nanomeet_widget.{old} is now nanomeet_widget.{new}; "
            "the old name will be removed in version 1.0",
            DeprecationWarning,
            stacklevel=3,
        )
    return new
