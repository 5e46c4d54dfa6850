"""Reads a roster from a table, and checks all of it before anything is sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.classroom._tables import AnyTable, Reader, Rows, is_missing, listed, whole

_READER = Reader(subject="the roster", example='[{"name": "Ada"}]', most=_texts.ROSTER)
#: As the embedded server's `rooms.cleaning` has them: characters that people do not see.
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
_JOINERS = "\u200c\u200d"
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_YES = frozenset({"1", "true", "yes", "y", "x", "ja", "wahr"})
_NO = frozenset({"", "0", "false", "no", "n", "nein", "falsch"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """A person of a roster."""

    name: str
    id: str
    email: str | None
    moderator: bool


def read(
    table: AnyTable,
    *,
    name: str,
    email: str | None,
    id: str | None,  # noqa: A002 - the column's usual name
    moderator: str | bool | None,
) -> list[Row]:
    """Return the people of a roster.

    Parameters
    ----------
    table, name, email, id, moderator
        As `create_invites` has them.

    Returns
    -------
    list of Row
        In the table's order.

    Raises
    ------
    InvalidInputError
        If anything about it is wrong: the message names row and column, and what to do.
    MissingPackageError
        If it is a DataFrame that takes narwhals to read, and that is not installed.
    """
    found = _READER.read(table)
    if not found.rows:
        raise InvalidInputError("the roster has no rows: give at least one person")
    if len(found.rows) > _texts.ROSTER:
        raise InvalidInputError(
            f"the roster has more than {_texts.ROSTER} rows, and a room may have {_texts.ROSTER} people "
            "with personal links"
        )
    _check_columns(found, name=name, email=email, id=id, moderator=moderator)
    keyed = id is not None and id in found.columns
    people = [
        Row(
            name=_name(where, name, row.get(name)),
            id=_id(where, str(id), row.get(str(id)))
            if keyed
            else _name(where, name, row.get(name)),
            email=None if email is None else _email(where, email, row.get(email)),
            moderator=_moderator(where, moderator, row),
        )
        for where, row in found.rows
    ]
    _check_different(people, [where for where, _ in found.rows], id if keyed else None, name)
    return people


def _check_columns(
    table: Rows,
    *,
    name: str,
    email: str | None,
    id: str | None,  # noqa: A002 - as above
    moderator: str | bool | None,
) -> None:
    for argument, column in (("name", name), ("email", email), ("id", id)):
        if column is not None and not isinstance(column, str):
            raise InvalidInputError(
                f"{argument} must be the name of a column, not {_texts.quoted(column)}"
            )
    if moderator is not None and not isinstance(moderator, (str, bool)):
        raise InvalidInputError(
            f"moderator must be the name of a column, True or False, not {_texts.quoted(moderator)}"
        )
    if id is not None and id == email:
        raise InvalidInputError(
            f"id={id!r} is the column of e-mail addresses, which are never sent to the server, and ids "
            "are: name another column, or leave id out"
        )
    wanted = {"name": name}
    # These two may be missing unless they were asked for by another name.
    wanted |= {"email": email} if email not in {None, "email"} else {}
    wanted |= {"id": id} if id not in {None, "id"} else {}
    wanted |= {"moderator": moderator} if isinstance(moderator, str) else {}
    for argument, column in wanted.items():
        if column not in table.columns:
            raise InvalidInputError(
                f"the roster has no column {column!r}; it has {listed(table.columns)}: say which one it "
                f"is with {argument}="
            )


def _check_different(people: list[Row], places: list[str], id: str | None, name: str) -> None:  # noqa: A002 - as above
    seen: dict[str, str] = {}
    for person, where in zip(people, places, strict=True):
        if (other := seen.setdefault(person.id, where)) == where:
            continue
        twice = f"{other} and {where}, column {id or name!r}: both have {person.id!r}"
        if id is not None:
            raise InvalidInputError(f"{twice}: an id belongs to one person")
        raise InvalidInputError(
            f"{twice}. Without a column of ids, records know people by their names: name a column that "
            "is different for each person with id="
        )


def _name(where: str, column: str, value: Any) -> str:  # noqa: ANN401 - a cell
    if is_missing(value):
        raise InvalidInputError(f"{where}, column {column!r}: the name is missing")
    if not isinstance(value, str):
        raise InvalidInputError(
            f"{where}, column {column!r}: a name is text, not {_texts.quoted(value)}"
        )
    name = unicodedata.normalize("NFC", " ".join(value.split()))
    if not _texts.is_whole(name):
        raise InvalidInputError(
            f"{where}, column {column!r}: the name has half of a character in it (a lone surrogate)"
        )
    if not any(map(_is_seen, name)):
        raise InvalidInputError(f"{where}, column {column!r}: the name is empty")
    # The others see a longer one cut, as any name.
    name = _texts.cut(name, _texts.NAME.most).rstrip()
    _check_bytes(where, column, name, _texts.TOKEN_NAME_BYTES)
    return name


def _id(where: str, column: str, value: Any) -> str:  # noqa: ANN401 - a cell
    if is_missing(value):
        raise InvalidInputError(
            f"{where}, column {column!r}: the id is missing: give every person one, or use id=None"
        )
    text = value.strip() if isinstance(value, str) else whole(value)
    if text is None:
        raise InvalidInputError(
            f"{where}, column {column!r}: an id is text or a whole number, not {_texts.quoted(value)}"
        )
    if why := _texts.flaw(text, _texts.ID):
        raise InvalidInputError(f"{where}, column {column!r}: the id {why}")
    if text != " ".join(text.split()) or any(not _is_seen(c) and c != " " for c in text):
        raise InvalidInputError(
            f"{where}, column {column!r}: the id {_texts.quoted(text)} has characters that are not "
            "visible, or several spaces in a row"
        )
    if _EMAIL.fullmatch(text):
        raise InvalidInputError(
            f"{where}, column {column!r}: {_texts.quoted(text)} is an e-mail address, which is never "
            "sent to the server, and ids are: name another column, or use id=None"
        )
    _check_bytes(where, column, text, _texts.TOKEN_ID_BYTES)
    return text


def _email(where: str, column: str, value: Any) -> str | None:  # noqa: ANN401 - a cell
    if is_missing(value):
        return None
    if not isinstance(value, str):
        raise InvalidInputError(
            f"{where}, column {column!r}: an e-mail address is text, not {_texts.quoted(value)}"
        )
    return value.strip() or None


def _moderator(where: str, column: str | bool | None, row: Mapping[str, Any]) -> bool:  # noqa: FBT001 - see `read`
    if not isinstance(column, str):
        return bool(column)
    value = row.get(column)
    if is_missing(value):
        return False
    # Numbers and booleans of any package: each is equal to Python's own.
    word = value.strip().lower() if isinstance(value, str) else whole(value)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise InvalidInputError(
        f"{where}, column {column!r}: {_texts.quoted(value)} does not say whether they are a moderator: "
        "write True or False, 1 or 0, yes or no"
    )


def _check_bytes(where: str, column: str, text: str, most: int) -> None:
    if (size := len(text.encode())) > most:
        raise InvalidInputError(
            f"{where}, column {column!r}: the text has {size} bytes, and may have {most}"
        )


def _is_seen(character: str) -> bool:
    return not character.isspace() and (
        character in _JOINERS or unicodedata.category(character) not in _HIDDEN
    )
