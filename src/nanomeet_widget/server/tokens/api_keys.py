"""The API keys of a server, and a limit on guessing them."""

from __future__ import annotations

import hmac

from nanomeet_widget._errors import AuthenticationError, QuotaExceededError
from nanomeet_widget.server import networks
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBucket, TokenBuckets

#: Wrong keys at once, and how many more a second: from one address, and from everywhere.
_ADDRESS = {"burst": 30.0, "rate": 1.0}
_ALL = {"burst": 500.0, "rate": 10.0}


class ApiKeys:
    """Checks API keys.

    A right key is always accepted, and costs nothing: no key is so short that guessing could find it
    (`strength`), and a lock would keep out the owner whose requests come from the same router or proxy. What
    the limit bounds is how many wrong keys are answered as such.

    Parameters
    ----------
    keys : tuple of str
        The keys.
    timers : Timers
        The clock.
    """

    def __init__(self, keys: tuple[str, ...], *, timers: Timers) -> None:
        self._keys = tuple(key.encode() for key in keys)
        self._timers = timers
        self._addresses = TokenBuckets(**_ADDRESS, timers=timers)
        self._all = TokenBucket(**_ALL, now=timers.time())

    def check(self, key: str | None, address: str) -> None:
        """Check an API key.

        Parameters
        ----------
        key : str or None
            What the request has; None or empty for nothing.
        address : str
            The network address that it came from.

        Raises
        ------
        AuthenticationError
            If it is missing, or not one of the server's keys.
        QuotaExceededError
            If it is not, and too many others from this address, or from everywhere, were not either.
        """
        given = (key or "").encode()
        # Compare with all keys, so that the time taken reveals nothing.
        if sum(hmac.compare_digest(given, known) for known in self._keys):
            return
        # The total comes first: it bounds the number of addresses that are remembered.
        counted = given and not (
            self._all.take(1, now=self._timers.time())
            and self._addresses.take(networks.network_of(address))
        )
        if counted:
            raise QuotaExceededError(
                "too many wrong API keys: wait a moment, then use the one that the server was started "
                "with",
                status=429,
            )
        raise AuthenticationError(
            "the API key is not one of this server's: use the one that it was started with",
            status=401,
        )
