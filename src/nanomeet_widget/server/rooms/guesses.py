"""How many wrong passwords a room takes, from each person, from each link, and in all."""

from __future__ import annotations

from dataclasses import dataclass

from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBucket, TokenBuckets


@dataclass(frozen=True)
class _Ration:
    """Wrong answers at once, and how many more a second."""

    burst: float
    rate: float


#: A person who mistypes has these.
_PERSON = _Ration(burst=5, rate=0.1)
#: A class with one link behind one router shares these; one browser alone cannot use them up.
_LINK = _Ration(burst=30, rate=0.3)
#: No more than these from all together, however many links and addresses they have.
_ROOM = _Ration(burst=150, rate=0.5)


class Guesses:
    """Counts wrong passwords. Right ones cost nothing, and one guesser does not spend all of them.

    Parameters
    ----------
    timers
        The clock.
    """

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._people = TokenBuckets(burst=_PERSON.burst, rate=_PERSON.rate, timers=timers)
        self._links = TokenBuckets(burst=_LINK.burst, rate=_LINK.rate, timers=timers)
        self._room = TokenBucket(burst=_ROOM.burst, rate=_ROOM.rate, now=timers.time())

    def may(self, token: str, address: str, person: str) -> bool:
        """Return whether an answer is looked at.

        Parameters
        ----------
        token
            The token's name, its `jti`.
        address
            What stands for the network that it came from.
        person
            The identity of who gave it; see `identity_of`.
        """
        return (
            self._people.has(person)
            and self._links.has(_link(token, address))
            and self._room.has(1, now=self._timers.time())
        )

    def was_wrong(self, token: str, address: str, person: str) -> None:
        """Count an answer; see `may`."""
        self._people.take(person)
        self._links.take(_link(token, address))
        self._room.take(1, now=self._timers.time())


def _link(token: str, address: str) -> str:
    return f"{token} {address}"
