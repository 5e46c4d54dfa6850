"""The links with which people join a room, and which of them are shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.identities import link_of
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.store.room_records import RoomRecords
from nanomeet_widget.server.store.token_records import TokenRecords

#: How many people of one link are counted; more make no difference.
_MOST = 1000


class Links:
    """Counts the people of each link.

    A person who is not recognised again (`Participant.known`) counts only while present: otherwise
    their next page would count as a second person.

    Parameters
    ----------
    room : str
        The room's name.
    key : str
        The room's key, with which links get their IDs.
    records : RoomRecords
        The people who joined this meeting.
    tokens : TokenRecords
        How many people joined earlier meetings.
    present : callable
        Returns the people in the room and its lobby.
    """

    def __init__(
        self,
        room: str,
        *,
        key: str,
        records: RoomRecords,
        tokens: TokenRecords,
        present: Callable[[], Iterable[Participant]],
    ) -> None:
        self._room = room
        self._key = key
        self._records = records
        self._tokens = tokens
        self._present = present
        self._came: dict[str, set[str]] = {}
        for token, identity in records.arrivals(room):
            self._came.setdefault(token, set()).add(identity)

    def arrived(self, person: Participant) -> None:
        """Count a person who was admitted, or waits in the lobby.

        Parameters
        ----------
        person : Participant
            The person.
        """
        token = person.claims.jti
        came = self._came.setdefault(token, set())
        if person.known and person.identity not in came and len(came) < _MOST:
            came.add(person.identity)
            self._records.add_arrival(self._room, token, person.identity)
        self._tokens.note_people(token, self._here(token))

    def people(self, token: str) -> int:
        """Return how many people joined with a token, in this meeting or an earlier one.

        Parameters
        ----------
        token : str
            The token's ID, its `jti`.
        """
        return max(self._here(token), self._tokens.people(token))

    def shared(self, token: str) -> bool:
        """Return whether several people joined with a token.

        Parameters
        ----------
        token : str
            The token's ID, its `jti`.
        """
        return self.people(token) > 1

    def describe(self, people: Iterable[Participant]) -> list[meeting.Link]:
        """Return the shared links of people, as moderators are told.

        Parameters
        ----------
        people : iterable of Participant
            The people.

        Returns
        -------
        list of Link
            One for each link with which several people joined.
        """
        links: dict[str, meeting.Link] = {}
        for person in people:
            token = person.claims.jti
            if token not in links:
                links[token] = meeting.Link(
                    id=link_of(person.claims, key=self._key), people=self.people(token), here=[]
                )
            links[token].here.append(person.id)
        return [link for link in links.values() if link.people > 1]

    def _here(self, token: str) -> int:
        strangers = (
            person
            for person in self._present()
            if person.claims.jti == token
            and not person.known
            and person.presence in {Presence.PRESENT, Presence.WAITING}
        )
        return len(self._came.get(token, ())) + sum(1 for _ in strangers)
