"""Who mints rooms and invites, and the choice among them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from nanomeet_widget.services.local import LocalServer

if TYPE_CHECKING:
    from nanomeet_widget._models import Invite, Room, Secret
    from nanomeet_widget._rules import When

__all__ = ["LocalServer", "Service", "default"]


class Service(Protocol):
    """What mints rooms and invites."""

    def create_room(
        self,
        room: str,
        *,
        nbf: When | None = None,
        exp: When | None = None,
        streamname: str | None = None,
        server: str | None = None,
        moderator: bool = True,
    ) -> Room:
        """Make a room."""

    async def acreate_room(
        self,
        room: str,
        *,
        nbf: When | None = None,
        exp: When | None = None,
        streamname: str | None = None,
        server: str | None = None,
        moderator: bool = True,
    ) -> Room:
        """Make a room without blocking."""

    def create_invite(
        self,
        token: str,
        *,
        moderator: bool = False,
        nbf: When | None = None,
        exp: When | None = None,
    ) -> Invite:
        """Make an invite."""

    async def acreate_invite(
        self,
        token: str,
        *,
        moderator: bool = False,
        nbf: When | None = None,
        exp: When | None = None,
    ) -> Invite:
        """Make an invite without blocking."""

    def browser_link(self, token: str) -> Secret:
        """Make a link that opens the meeting in a browser, for a short time."""


_local: LocalServer | None = None


def default() -> Service:
    """Return the service that is used where none is named: the embedded server."""
    global _local  # noqa: PLW0603 - one process has one lease
    if _local is None:
        _local = LocalServer()
    return _local


def _forget_in_child() -> None:
    # A forked child holds a copy of the lease's socket, which would keep the server alive.
    global _local  # noqa: PLW0603
    if _local is not None:
        _local.abandon()
        _local = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
