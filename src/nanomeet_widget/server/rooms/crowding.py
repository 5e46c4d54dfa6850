"""Crowds: many people of one link at one address, who must not keep everyone else out.

A class that shares a link behind one router is such a crowd, and so is one guest who opens many
connections. Nothing tells them apart, so a crowd may fill a room or a lobby. It makes place for people
of other links, and of other addresses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBuckets

#: Moderators who may enter a room that is full.
MODERATORS = 10


def gives_way(people: Sequence[Participant], newcomer: Participant) -> Participant | None:
    """Return who gives up a place for a newcomer.

    Parameters
    ----------
    people : sequence of Participant
        Those who have the places, in the order in which they came.
    newcomer : Participant
        The newcomer.

    Returns
    -------
    Participant or None
        The last of the largest crowd; None if the newcomer would belong to a crowd as large.
    """
    links = Counter(person.claims.jti for person in people)
    (link, most), *_ = links.most_common(1)
    other = links[newcomer.claims.jti] + 1 < most
    if not other:
        link = newcomer.claims.jti
    crowd = [person for person in people if person.claims.jti == link]
    addresses = Counter(person.address for person in crowd)
    (address, together), *_ = addresses.most_common(1) or [("", 0)]
    if not other and addresses[newcomer.address] + 1 >= together:
        return None
    return [person for person in crowd if person.address == address][-1]


def places(limit: int, people: Sequence[Participant], newcomer: Participant) -> int:
    """Return how many places a room has for a newcomer.

    Parameters
    ----------
    limit : int
        The places for everyone.
    people : sequence of Participant
        The people in the room.
    newcomer : Participant
        The newcomer.

    Returns
    -------
    int
        A few more than the limit for moderators, who can remove a crowd; and a tenth more for people who
        are not of the crowd that has more than half of the places.
    """
    if newcomer.claims.moderator or newcomer.granted:
        return limit + MODERATORS
    crowds = Counter((person.claims.jti, person.address) for person in people)
    for crowd, size in crowds.most_common(1):
        if size > limit // 2 and crowd != (newcomer.claims.jti, newcomer.address):
            return limit + limit // 10
    return limit


class Arrivals:
    """Limits how often people come: each gets the whole room sent, and everyone else is told.

    Parameters
    ----------
    timers : Timers
        The clock.
    """

    def __init__(self, timers: Timers) -> None:
        # A page whose network comes and goes tries every three seconds.
        self._people = TokenBuckets(burst=30, rate=0.5, timers=timers)
        # A class that comes at once, a few times in a row.
        self._links = TokenBuckets(burst=200, rate=5, timers=timers)

    def take(self, newcomer: Participant, *, back: bool) -> bool:
        """Count that a person comes.

        Parameters
        ----------
        newcomer : Participant
            The person.
        back : bool
            Whether they come back to their place: then others with their link do not hold them up.

        Returns
        -------
        bool
            False if they, or the people of their link at their address, came too often.
        """
        if newcomer.claims.moderator or back:
            return self._people.take(newcomer.identity)
        link = f"{newcomer.claims.jti} {newcomer.address}"
        return (
            self._links.has(link)
            and self._people.take(newcomer.identity)
            and self._links.take(link)
        )
