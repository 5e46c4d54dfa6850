"""The people and groups of a JupyterHub, and what follows from them. No HTTP here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nanomeet_widget import _json, _validation

#: The custom scope that makes a moderator of all groups' rooms; with `!group=NAME`, of that group's.
MODERATE = "custom:nanomeet:moderate"
_DIGEST = 6
_ODD = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(frozen=True, kw_only=True)
class HubUser:
    """A user of the Hub, as the Hub describes them to this service."""

    name: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    admin: bool = False

    @property
    def basis(self) -> str:
        """What the Hub says of them, as JSON; `keeps` compares with it."""
        return json.dumps(
            {"groups": sorted(self.groups), "roles": sorted(self.roles), "admin": self.admin}
        )

    def keeps(self, basis: str) -> bool:
        """Return whether they still have all groups and roles that they had.

        Parameters
        ----------
        basis : str
            `basis` of that time.
        """
        before: dict[str, Any] = _json.read(basis)
        return (
            self.groups.issuperset(before["groups"])
            and self.roles.issuperset(before["roles"])
            and self.admin >= before["admin"]
        )


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A user of the Hub who asks for something, with the scopes of the token that they ask with."""

    user: HubUser
    scopes: frozenset[str] = field(default=frozenset(), repr=False)

    def moderates(self, group: str) -> bool:
        """Return whether they are a moderator of a group's room.

        Parameters
        ----------
        group : str
            The group's name in the Hub.
        """
        return self.moderates_all or f"{MODERATE}!group={group}" in self.scopes

    @property
    def moderates_all(self) -> bool:
        """Whether they are a moderator of all groups' rooms."""
        return self.user.admin or MODERATE in self.scopes


def user_of(model: Mapping[str, Any]) -> HubUser:
    """Return the user that a model of the Hub's API describes.

    Parameters
    ----------
    model : mapping
        The model.
    """
    return HubUser(
        name=str(model["name"]),
        groups=frozenset(map(str, model.get("groups", ()))),
        roles=frozenset(map(str, model.get("roles", ()))),
        admin=model.get("admin") is True,
    )


def room_of(group: str) -> str:
    """Return the name of a group's room: the group's own, if a room may have it.

    Any other name gets a mark of its own, so that no two groups share a room.

    Parameters
    ----------
    group : str
        The group's name in the Hub.
    """
    plain = _ODD.sub("_", group)
    if plain == group and 0 < len(group) <= _validation.MAX_ROOM_NAME:
        return group
    digest = hashlib.sha256(group.encode()).hexdigest()[:_DIGEST]
    return f"{plain[: _validation.MAX_ROOM_NAME - _DIGEST - 1]}_{digest}"


def rooms_of(groups: Iterable[str]) -> dict[str, str]:
    """Return the groups by the names of their rooms.

    A group whose name is that of another one's room has no room: it would be the other one's.

    Parameters
    ----------
    groups : iterable of str
        The names of all groups of the Hub.
    """
    found: dict[str, str] = {}
    # Names that had to be changed come first.
    for group in sorted(groups, key=lambda name: (room_of(name) == name, name)):
        found.setdefault(room_of(group), group)
    return found
