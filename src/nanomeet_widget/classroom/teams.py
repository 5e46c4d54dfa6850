"""Who goes into which group: a number of groups, a dict or a table, checked before anything is sent."""

from __future__ import annotations

import os
import random
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._models import ParticipantInfo
from nanomeet_widget.classroom._tables import Reader, is_missing, listed, whole

#: A number of groups, a dict of names to people, or a table of people: any DataFrame, dicts, or a CSV file.
Teams: TypeAlias = Any

_MOST_ROWS = 10_000
_READER = Reader(
    subject="the table of groups", example='[{"name": "Ada", "team": "A"}]', most=_MOST_ROWS
)
#: How many people or columns an error names.
_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The groups to open."""

    #: The ids of participants, by the groups' names.
    groups: dict[str, list[str]]
    #: Who should be in a group, and is not in the meeting: as they were named.
    missing: list[str]


class Present:
    """The people of a meeting, as a program may name them.

    Parameters
    ----------
    people : iterable of tuple
        The id and the name of each.
    roster : mapping
        The ids of participants, by the roster's own ID of the person.
    """

    def __init__(
        self, people: Iterable[tuple[str, str]], *, roster: Mapping[str, Sequence[str]]
    ) -> None:
        self._names: dict[str, list[str]] = {}
        self._ids = set()
        for one, name in people:
            self._ids.add(one)
            self._names.setdefault(_folded(name), []).append(one)
        self._roster = roster

    def find(self, who: str) -> str | None:
        """Return a participant's id.

        Parameters
        ----------
        who : str
            Their id, their ID in the roster, or their name if no one else has it.

        Returns
        -------
        str or None
            None if they are not in the meeting.

        Raises
        ------
        InvalidInputError
            If several people are called that.
        """
        if who in self._ids:
            return who
        if who in self._roster:
            here = [one for one in self._roster[who] if one in self._ids]
            return here[0] if here else None
        found = self._names.get(_folded(who), [])
        if len(found) > 1:
            raise InvalidInputError(
                f"{len(found)} participants are named {_texts.quoted(who)}: name them by their ids, "
                f"{listed(found, most=_NAMED)}"
            )
        return found[0] if found else None


def read(
    teams: Teams,
    *,
    present: Present,
    participants: Sequence[ParticipantInfo],
    column: str,
    seed: int | None,
) -> Plan:
    """Return the groups that a program wants.

    Parameters
    ----------
    teams, column, seed
        As `Grouping.breakout` has them.
    present : Present
        The people of the meeting.
    participants : sequence of ParticipantInfo
        The same, in order.

    Returns
    -------
    Plan
        The groups.

    Raises
    ------
    InvalidInputError
        If anything about them is wrong.
    MissingPackageError
        If it is a DataFrame that takes narwhals to read, and that is not installed.
    """
    is_file = isinstance(teams, os.PathLike) or (
        isinstance(teams, str) and teams.lower().endswith(".csv")
    )
    if not is_file and (
        isinstance(teams, (bool, str, bytes))
        or not (isinstance(teams, (int, Iterable)) or hasattr(teams, "columns"))
    ):
        raise InvalidInputError(
            f"teams={_texts.quoted(teams)}: give a number of groups, a dict of names to people, or a table "
            f"with a column {column!r}: a DataFrame, a list of dicts, or the path of a .csv file"
        )
    if isinstance(teams, int):
        return _by_chance(teams, participants, seed=seed)
    if seed is not None:
        raise InvalidInputError("seed is for a number of groups: nothing is drawn here")
    wanted = _of_dict(teams) if isinstance(teams, Mapping) else _of_table(teams, column=column)
    return _plan(wanted, present)


def group_name(name: object) -> str:
    """Return a group's name that keeps the rules.

    Parameters
    ----------
    name : object
        What a program gave.

    Raises
    ------
    InvalidInputError
        If it is not text, too long, or empty.
    """
    return " ".join(_texts.check("a group's name", name, _texts.GROUP).split())


def _by_chance(count: int, participants: Sequence[ParticipantInfo], *, seed: int | None) -> Plan:
    if not 1 <= count <= _texts.GROUPS:
        raise InvalidInputError(f"teams={count} must be from 1 to {_texts.GROUPS}")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise InvalidInputError(f"seed must be a whole number, not {_texts.quoted(seed)}")
    people = [person["id"] for person in participants if not person["moderator"]]
    if len(people) < count:
        here = f"{len(people)} {'participant is' if len(people) == 1 else 'participants are'} here"
        remedy = "give a smaller number" if people else "wait until some have joined"
        raise InvalidInputError(
            f"teams={count}, and {here}, moderators not counted: {remedy}, or give a dict with names of "
            "groups that may be empty"
        )
    # The same people in any order are the same draw.
    people.sort()
    random.Random(seed).shuffle(people)  # noqa: S311 - no secret
    return Plan(
        groups={f"Group {number + 1}": people[number::count] for number in range(count)}, missing=[]
    )


def _plan(wanted: dict[str, list[Sequence[str]]], present: Present) -> Plan:
    if not wanted:
        raise InvalidInputError("teams is empty: give at least one group")
    if len(wanted) > _texts.GROUPS:
        raise InvalidInputError(
            f"teams has {len(wanted)} groups, and a meeting has at most {_texts.GROUPS}"
        )
    same: dict[str, str] = {}
    for name in wanted:
        if (other := same.setdefault(_folded(name), name)) != name:
            raise InvalidInputError(
                f"{other!r} and {name!r} are the same name to people: change one"
            )
    groups: dict[str, list[str]] = {name: [] for name in wanted}
    missing: list[str] = []
    where: dict[str, tuple[str, str]] = {}
    for name, people in wanted.items():
        for person in people:
            found = next((one for one in map(present.find, person) if one is not None), None)
            if found is None:
                missing.append(person[0])
                continue
            named, other = where.setdefault(found, (person[0], name))
            if other != name:
                raise InvalidInputError(
                    f"{_texts.quoted(person[0])} is in {other!r} and in {name!r}: a person belongs to one "
                    "group"
                    if named == person[0]
                    else f"{_texts.quoted(named)} in {other!r} and {_texts.quoted(person[0])} in {name!r} "
                    "are one person, who belongs to one group"
                )
            if found not in groups[name]:
                groups[name].append(found)
    return Plan(groups=groups, missing=missing)


def _of_dict(teams: Mapping[Any, Any]) -> dict[str, list[Sequence[str]]]:
    """Return each group's people, each by the texts by which they may be found."""
    wanted: dict[str, list[Sequence[str]]] = {}
    for name, people in teams.items():
        if isinstance(people, (str, bytes)) or not isinstance(people, Iterable):
            raise InvalidInputError(
                f"group {_texts.quoted(name)}: give a list of people, not {_texts.quoted(people)}"
            )
        wanted[_as_name(name)] = [(_as_person(name, person),) for person in people]
    return wanted


def _as_person(group: object, person: object) -> str:
    # Of `participants`, a dict names a person as well.
    found = person.get("id") if isinstance(person, Mapping) else person
    text = _text(found)
    if not text:
        raise InvalidInputError(
            f"group {_texts.quoted(group)}: a person is an id, a name or a roster id, not "
            f"{_texts.quoted(person)}"
        )
    return text


def _of_table(table: object, *, column: str) -> dict[str, list[Sequence[str]]]:
    _texts.check("column", column, _texts.Length(least=1, most=200))
    wanted: dict[str, list[Sequence[str]]] = {}
    rows = _READER.read(table).rows
    if len(rows) > _MOST_ROWS:
        raise InvalidInputError(f"the table of groups has more than {_MOST_ROWS} rows")
    for where, row in rows:
        if column not in row:
            raise InvalidInputError(
                f"{where} has no column {column!r}; it has {listed(map(str, row), most=_NAMED)}: say "
                "which one has the groups with column="
            )
        person = [text for text in (_text(row.get(key)) for key in ("id", "name")) if text]
        if not person:
            raise InvalidInputError(
                f'{where} names no one: it needs a column "id" (of the roster) or "name"'
            )
        team = _text(row[column])
        # Who has no group stays in the main room.
        if team:
            wanted.setdefault(_as_name(team), []).append(person)
    return wanted


def _as_name(name: object) -> str:
    return group_name(_text(name) if isinstance(name, (int, float)) else name)


def _text(value: Any) -> str:  # noqa: ANN401 - a cell
    """Return a cell as text; empty if nothing is in it."""
    if is_missing(value):
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    return whole(value) or (str(value) if isinstance(value, (int, float)) else "")


def _folded(name: str) -> str:
    """Return a name as people compare it."""
    text = unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
    return unicodedata.normalize("NFKC", text)
