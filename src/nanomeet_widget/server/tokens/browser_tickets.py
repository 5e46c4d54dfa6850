"""Browser tickets: a link that works once hands a token over to another browser."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from nanomeet_widget._errors import AuthenticationError

#: Seconds for which a browser ticket is valid: enough to switch to the browser.
LIFETIME = 120.0
#: Tickets at once; the oldest is dropped.
LIMIT = 1000


class BrowserTickets:
    """Issues a browser ticket for a token, and once the token for the ticket.

    Parameters
    ----------
    clock : callable, optional
        The seconds of a monotonic clock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tokens: dict[str, tuple[float, str]] = {}

    def issue(self, token: str) -> str:
        """Return a browser ticket for a token.

        Parameters
        ----------
        token : str
            A verified token.

        Returns
        -------
        str
            The ticket.
        """
        self._forget_old()
        while len(self._tokens) >= LIMIT:
            del self._tokens[next(iter(self._tokens))]
        ticket = secrets.token_urlsafe(24)
        self._tokens[_name(ticket)] = self._clock() + LIFETIME, token
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
        try:
            return self._tokens.pop(_name(ticket))[1]
        except KeyError:
            raise AuthenticationError(
                "this link was already used, or has expired: create a new one in the notebook",
                status=403,
            ) from None

    def _forget_old(self) -> None:
        now = self._clock()
        self._tokens = {name: entry for name, entry in self._tokens.items() if entry[0] > now}


def _name(ticket: str) -> str:
    # Looked up by its hash, so that the time taken reveals nothing about the ticket.
    return hashlib.sha256(ticket.encode()).hexdigest()
