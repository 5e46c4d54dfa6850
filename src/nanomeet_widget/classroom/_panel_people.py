"""Who is in a class: its roster and those who are there, each person once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nanomeet_widget.classroom.lesson import Lesson


@dataclass(frozen=True)
class Person:
    """Someone of the class.

    Attributes
    ----------
    name : str
        Their name.
    here : tuple of str
        As which participants they are there: none if they are absent, several if their personal link is
        used in several browsers.
    moderator : bool
        Whether they are a moderator.
    rostered : bool
        Whether they have a personal link.
    """

    name: str
    here: tuple[str, ...]
    moderator: bool
    rostered: bool

    def among(self, ids: Collection[str]) -> bool:
        """Return whether they are one of these participants."""
        return any(one in ids for one in self.here)


def everyone(meet: Lesson) -> list[Person]:
    """Return the people of the roster, then all others who are there, in the room or in its groups."""
    rostered = [
        Person(one["name"], tuple(one["here"]), moderator=one["moderator"], rostered=True)
        for one in meet.roster
    ]
    known = {one for person in rostered for one in person.here}
    others = {
        one["id"]: Person(
            one["display_name"] or "",
            (one["id"],),
            moderator=bool(one["moderator"]),
            rostered=False,
        )
        for one in meet.participants
    }
    for group in meet.groups:
        for member in group["people"]:
            away = Person(member["display_name"], (member["id"],), moderator=False, rostered=False)
            others.setdefault(member["id"], away)
    # They keep their order on the way into a group.
    rest = sorted(
        (one for key, one in others.items() if key not in known),
        key=lambda one: one.name.casefold(),
    )
    return [*rostered, *rest]
