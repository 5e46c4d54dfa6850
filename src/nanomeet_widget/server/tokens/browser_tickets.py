"""Browser tickets: a link that works once hands a token over to another browser."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from nanomeet_widget._errors import AuthenticationError

#: Seconds for which a browser ticket is valid: enough to switch to the browser.
LIFETIME = 120.0
#: Tickets at once of all guests, and as many of all moderators: none pushes out one of the other kind.
LIMIT = 1000
#: Tickets of one token at once, which a class may share; its oldest is dropped.
EACH = 100


@dataclass(frozen=True)
class _Entry:
    """Until when a ticket is valid, and for which token."""

    until: float
    token: str = field(repr=False)


class BrowserTickets:
    """Issues a browser ticket for a token, and once the token for the ticket.

    Parameters
    ----------
    clock : callable, optional
        The seconds of a monotonic clock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guests: dict[str, _Entry] = {}
        self._moderators: dict[str, _Entry] = {}

    def issue(self, token: str, *, moderator: bool) -> str:
        """Return a browser ticket for a token.

        Parameters
        ----------
        token : str
            A verified token.
        moderator : bool
            Whether it is a moderator's.

        Returns
        -------
        str
            The ticket.
        """
        self._forget_old()
        kept = self._moderators if moderator else self._guests
        while (surplus := _surplus(kept, token)) is not None:
            del kept[surplus]
        ticket = secrets.token_urlsafe(24)
        kept[_name(ticket)] = _Entry(self._clock() + LIFETIME, token)
        return ticket

    def redeem(self, ticket: str) -> str:
        """Return the token of a browser ticket, which is then no longer valid.

        Parameters
        ----------
        ticket : str
            What `issue` returned.

        Returns
        -------
        str
            The token.

        Raises
        ------
        AuthenticationError
            If the ticket was used, has expired, or never existed.
        """
        self._forget_old()
        name = _name(ticket)
        entry = self._moderators.pop(name, None) or self._guests.pop(name, None)
        if entry is None:
            raise AuthenticationError(
                "this link was already used, or has expired: create a new one in the notebook",
                status=403,
            )
        return entry.token

    def _forget_old(self) -> None:
        now = self._clock()
        for kept in (self._guests, self._moderators):
            for name in [name for name, entry in kept.items() if entry.until <= now]:
                del kept[name]


def _surplus(kept: dict[str, _Entry], token: str) -> str | None:
    """Return the ticket that makes place for one more of a token, if one has to."""
    own = [name for name, entry in kept.items() if entry.token == token]
    if len(own) >= EACH:
        return own[0]
    if len(kept) < LIMIT:
        return None
    # The oldest of the token with the most tickets.
    (busiest, _), *_ = Counter(entry.token for entry in kept.values()).most_common(1)
    return next(name for name, entry in kept.items() if entry.token == busiest)


def _name(ticket: str) -> str:
    # Looked up by its hash, so that the time taken reveals nothing about the ticket.
    return hashlib.sha256(ticket.encode()).hexdigest()
