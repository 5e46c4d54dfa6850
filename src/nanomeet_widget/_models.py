"""What the services return. Frozen; a token is never part of a repr, a dict or a pickle."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn


class Secret:
    """A text that shows itself only to who asks for it by name.

    Parameters
    ----------
    value
        The text.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the text."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a secret is not pickled, so that it does not end up in a file by accident: "
            "store the text of .token yourself, in a safe place, if you have to"
        )


@dataclass(frozen=True, kw_only=True)
class Room:
    """A room, and the token that opens it."""

    room: str
    server: str
    streamname: str
    moderator: bool
    #: From when and until when the token is valid; aware, UTC.
    notbefore: datetime
    expiration: datetime
    secret: Secret = field(repr=False)

    @property
    def token(self) -> str:
        """The token: whoever has it can enter the room."""
        return self.secret.reveal()


@dataclass(frozen=True, kw_only=True)
class Invite:
    """An invitation into a room."""

    moderator: bool
    secret: Secret = field(repr=False)
    link: Secret = field(repr=False)

    @property
    def token(self) -> str:
        """The guest's token."""
        return self.secret.reveal()

    @property
    def invite_link(self) -> str:
        """The link to send; the token is in its fragment, which no server sees."""
        return self.link.reveal()


@dataclass(frozen=True, kw_only=True)
class Playout:
    """Where a broadcast can be watched: `live` now, `vod` afterwards if it is recorded."""

    live: str
    vod: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A stream of the service: what `POST /stream` makes."""

    id: str
    streamname: str
    ingest: str
