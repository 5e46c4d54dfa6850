"""A room's settings, as its moderators made them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Removal:
    """A token that was removed from the room, with all that were made with it; see `removals`."""

    #: Its `jti`; empty if only the browser is kept out.
    token: str = ""
    #: Whether it is a moderator's.
    moderator: bool = False
    #: When, in seconds since the epoch.
    at: float
    #: A hash of a removed moderator's browser ID, which is kept out with older tokens, too.
    browser: str = ""
    #: If the removing moderator's own token was made with this one: the tokens in between.
    spare: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class CheckInState:
    """A check-in that goes on."""

    id: str
    question: str
    #: When it began, in seconds since the epoch.
    since: float
    #: The IDs of the participants who are done, in the order in which they said so.
    done: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Settings:
    """A room's settings, from its first participant to its end."""

    subject: str = ""
    lobby: bool = False
    #: As `passwords.hash_password` returns it; empty if no password is required.
    password: str = ""
    #: Whether newcomers are refused.
    closed: bool = False
    #: The ID of the participant who is spotlighted.
    main: str | None = None
    #: The `jti` of tokens whose owner was removed; only in databases from before `removals`.
    kicked: set[str] = field(default_factory=set)
    #: The tokens and browsers that are kept out, oldest first.
    removals: list[Removal] = field(default_factory=list)
    #: The identities of people with shared links who were removed, oldest first.
    removed_people: list[str] = field(default_factory=list)
    #: Hashes of the network addresses that are blocked, oldest first.
    removed_addresses: list[str] = field(default_factory=list)
    #: The identities of participants who were made moderators.
    granted: set[str] = field(default_factory=set)
    #: The check-in that goes on, if one does.
    check_in: CheckInState | None = None
    #: The people of the roster who have been here; see `_tokens.Claims.roster`.
    came: list[str] = field(default_factory=list)
    #: The key of the hashes in this room: without it, identities cannot be traced or forged.
    key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    #: When its server stopped properly, in seconds since the epoch; None if it has not.
    stopped_at: float | None = None
