"""What a room is set to, as its moderators left it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Removal:
    """A token that was removed from the room, with the tokens made with it; see `removals`."""

    #: Its `jti`; empty where the browser alone is kept out.
    token: str = ""
    #: Whether it is a moderator's.
    moderator: bool = False
    #: Seconds since the epoch.
    at: float
    #: The browser of a removed moderator, hashed: older tokens open nothing there either.
    browser: str = ""
    #: The tokens between this one and the remover's own, where that was made with this one.
    spare: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Settings:
    """What outlives the people in a room, and ends with it."""

    subject: str = ""
    lobby: bool = False
    #: As `passwords.hash_password` keeps it; empty where none is asked for.
    password: str = ""
    #: Whether no newcomer is let in.
    closed: bool = False
    #: The id of whoever is shown large to everybody.
    main: str | None = None
    #: The `jti` of every token whose owner was sent out, as databases before `removals` have it.
    kicked: set[str] = field(default_factory=set)
    #: Which tokens and browsers are kept out, oldest first.
    removals: list[Removal] = field(default_factory=list)
    #: The identity of everyone who was removed from a shared link, oldest first.
    removed_people: list[str] = field(default_factory=list)
    #: The network addresses that are kept out, hashed, oldest first.
    removed_addresses: list[str] = field(default_factory=list)
    #: The identity of everybody who was made a moderator.
    granted: set[str] = field(default_factory=set)
    #: What identities are made with: nobody can tell from one who it is, nor make another's.
    key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    #: Seconds since the epoch at which its server stopped in good order, if one did.
    stopped_at: float | None = None
