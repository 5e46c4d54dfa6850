"""Who was there and whose hand was up, as a meeting's own page saw it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from nanomeet_widget._models import ParticipantInfo

#: Rows that are kept of each table; the oldest go first.
_KEPT = 10_000


@dataclass(kw_only=True)
class _Stay:
    """A participant's stretch of time, which goes on while `until` is None."""

    person: ParticipantInfo
    since: datetime
    until: datetime | None = None

    def row(self, start: str, end: str) -> dict[str, Any]:
        ended = self.until or datetime.now(timezone.utc)
        return {
            "person": self.person["id"],
            "name": self.person["display_name"],
            "moderator": self.person["moderator"],
            start: self.since,
            end: self.until,
            "seconds": (ended - self.since).total_seconds(),
        }


class _Stays:
    def __init__(self) -> None:
        self._all: deque[_Stay] = deque(maxlen=_KEPT)
        self._open: dict[str, _Stay] = {}

    def update(self, people: Iterable[ParticipantInfo], at: datetime) -> None:
        """Begin the stays of participants who are new, and end those of participants who left."""
        here = {person["id"]: person for person in people}
        for gone in self._open.keys() - here.keys():
            self._open.pop(gone).until = at
        for key, person in here.items():
            if key in self._open:
                self._open[key].person = person
            else:
                self._open[key] = _Stay(person=person, since=at)
                self._all.append(self._open[key])

    def rows(self, start: str, end: str) -> list[dict[str, Any]]:
        return [stay.row(start, end) for stay in self._all]


class Seen:
    """Keeps the stays, from who is in the room at each change."""

    def __init__(self) -> None:
        self._present = _Stays()
        self._hands = _Stays()

    def update(self, people: list[ParticipantInfo], at: datetime | None = None) -> None:
        """Note who is in the room, now or since an earlier time that was learnt later."""
        now = at or datetime.now(timezone.utc)
        self._present.update(people, now)
        self._hands.update((one for one in people if one["hand"] is not None), now)

    def attendance(self) -> list[dict[str, Any]]:
        """Return a row for each stay in the room."""
        return self._present.rows("joined", "left")

    def raised_hands(self) -> list[dict[str, Any]]:
        """Return a row for each time that a hand was up."""
        return self._hands.rows("raised", "lowered")
