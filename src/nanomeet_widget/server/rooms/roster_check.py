"""The people of a roster, as a moderator gives them to the server."""

from __future__ import annotations

from collections.abc import Sequence

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server.rooms.cleaning import clean_line, cut_name
from nanomeet_widget.server.tokens.issuer import Person


def checked(people: Sequence[Person]) -> list[Person]:
    """Return people with the names that the others see.

    Parameters
    ----------
    people : sequence of Person
        The people, as given.

    Returns
    -------
    list of Person
        The same people, in the same order.

    Raises
    ------
    InvalidInputError
        If there are none or too many, a name or an ID is not readable or too long, or an ID is there twice.
        The person is named by their number in the list.
    """
    if not 0 < len(people) <= _texts.ROSTER:
        raise InvalidInputError(
            f"people: 1 to {_texts.ROSTER} people are required, not {len(people)}"
        )
    rows: dict[str, int] = {}
    found = []
    for row, person in enumerate(people, start=1):
        name = cut_name(person.name)
        if not name:
            raise InvalidInputError(f"people, row {row}: the name has no readable characters")
        if len(name.encode()) > _texts.TOKEN_NAME_BYTES:
            raise InvalidInputError(
                f"people, row {row}: the name has more than {_texts.TOKEN_NAME_BYTES} bytes"
            )
        _check_id(person.roster, row)
        if (other := rows.setdefault(person.roster, row)) != row:
            raise InvalidInputError(f"people, rows {other} and {row} have the same ID")
        found.append(Person(name=name, roster=person.roster, moderator=person.moderator))
    return found


def _check_id(value: str, row: int) -> None:
    why = _texts.flaw(value, _texts.ID)
    if why is None and len(value.encode()) > _texts.TOKEN_ID_BYTES:
        why = f"has more than {_texts.TOKEN_ID_BYTES} bytes"
    if why is None and clean_line(value) != value:
        why = "has characters that are not visible, or spaces around it or in a row"
    if why is not None:
        raise InvalidInputError(f"people, row {row}: the ID {why}")
