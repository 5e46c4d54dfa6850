"""Tickets: one browser gets a token by a link that is worth nothing afterwards."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from nanomeet_widget._errors import AuthenticationError

#: Seconds that a ticket is good for: time to switch to the browser.
LIFETIME = 120.0
#: Tickets at once; the oldest makes room.
LIMIT = 1000


class BrowserTickets:
    """Gives a ticket for a token, and the token for the ticket, once.

    Parameters
    ----------
    clock
        Seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tokens: dict[str, tuple[float, str]] = {}

    def issue(self, token: str) -> str:
        """Return a ticket for a token that was verified."""
        self._forget_old()
        while len(self._tokens) >= LIMIT:
            del self._tokens[next(iter(self._tokens))]
        ticket = secrets.token_urlsafe(24)
        self._tokens[_name(ticket)] = self._clock() + LIFETIME, token
        return ticket

    def redeem(self, ticket: str) -> str:
        """Return the token of a ticket, which is worth nothing from now on.

        Raises
        ------
        AuthenticationError
            If it was used, is too old, or was never one.
        """
        self._forget_old()
        try:
            return self._tokens.pop(_name(ticket))[1]
        except KeyError:
            raise AuthenticationError(
                "this link was used already, or is too old: make a new one in the notebook",
                status=403,
            ) from None

    def _forget_old(self) -> None:
        now = self._clock()
        self._tokens = {name: entry for name, entry in self._tokens.items() if entry[0] > now}


def _name(ticket: str) -> str:
    # Looked up by its hash, so that the time which that takes says nothing about the ticket.
    return hashlib.sha256(ticket.encode()).hexdigest()
