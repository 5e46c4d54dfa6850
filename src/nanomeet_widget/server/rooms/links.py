"""By which links people came to a room, and which links are shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant, Presence, link_of
from nanomeet_widget.server.store.room_records import RoomRecords
from nanomeet_widget.server.store.token_records import TokenRecords

#: People of one link who are told apart; more make no difference.
_MOST = 1000


class Links:
    """Counts the people of each link.

    A person who is never known again (`Participant.known`) counts while present: their next page
    would else make two people of them.

    Parameters
    ----------
    room
        Its name.
    key
        What links are named with.
    records
        Where it is kept who came.
    tokens
        Where it is kept how many came to earlier meetings.
    present
        Returns who is in the room and at its door.
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
        """Take note of a person who was let in, or waits to be."""
        token = person.claims.jti
        came = self._came.setdefault(token, set())
        if person.known and person.identity not in came and len(came) < _MOST:
            came.add(person.identity)
            self._records.add_arrival(self._room, token, person.identity)
        self._tokens.note_people(token, self._here(token))

    def people(self, token: str) -> int:
        """Return how many people came by a token, to this meeting or an earlier one."""
        return max(self._here(token), self._tokens.people(token))

    def shared(self, token: str) -> bool:
        """Return whether several people came by a token."""
        return self.people(token) > 1

    def describe(self, people: Iterable[Participant]) -> list[meeting.Link]:
        """Return which shared links people came by, as moderators are told."""
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
