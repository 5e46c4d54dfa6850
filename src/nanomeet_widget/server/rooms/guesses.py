"""Limits of wrong passwords: for each person, each link at an address, each link, and the room."""

from __future__ import annotations

from dataclasses import dataclass

from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBucket, TokenBuckets


@dataclass(frozen=True)
class _Ration:
    """Wrong passwords at once, and how many more a second."""

    burst: float
    rate: float


#: For one person, who may mistype.
_PERSON = _Ration(burst=5, rate=0.1)
#: For a class that shares a link and a router; one browser alone cannot use them up.
_CLASS = _Ration(burst=30, rate=0.3)
#: For one link from all addresses, which one guest may have many of: far less than for the room.
_LINK = _Ration(burst=60, rate=0.2)
#: For everyone together, however many links and addresses they use.
_ROOM = _Ration(burst=150, rate=0.5)


class Guesses:
    """Counts wrong passwords. Right ones are free, and one guesser does not use up everyone's limit.

    Parameters
    ----------
    timers : Timers
        The clock.
    """

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._people = TokenBuckets(burst=_PERSON.burst, rate=_PERSON.rate, timers=timers)
        self._classes = TokenBuckets(burst=_CLASS.burst, rate=_CLASS.rate, timers=timers)
        self._links = TokenBuckets(burst=_LINK.burst, rate=_LINK.rate, timers=timers)
        self._room = TokenBucket(burst=_ROOM.burst, rate=_ROOM.rate, now=timers.time())

    def may(self, token: str, address: str, person: str) -> bool:
        """Return whether another password may be tried.

        Parameters
        ----------
        token : str
            The token's ID, its `jti`.
        address : str
            A hash of the network address.
        person : str
            The person's identity; see `identity_of`.
        """
        return (
            self._people.has(person)
            and self._classes.has(_class(token, address))
            and self._links.has(token)
            and self._room.has(1, now=self._timers.time())
        )

    def was_wrong(self, token: str, address: str, person: str) -> None:
        """Count a wrong password.

        Parameters
        ----------
        token, address, person : str
            As `may` has them.
        """
        self._people.take(person)
        self._classes.take(_class(token, address))
        self._links.take(token)
        self._room.take(1, now=self._timers.time())


def _class(token: str, address: str) -> str:
    return f"{token} {address}"
