"""A class: its roster and personal links."""

from __future__ import annotations

from nanomeet_widget.classroom.invites import (
    Invites,
    PersonalInvite,
    Roster,
    acreate_invites,
    create_invites,
    roster,
)

__all__ = [
    "Invites",
    "PersonalInvite",
    "Roster",
    "acreate_invites",
    "create_invites",
    "roster",
]
