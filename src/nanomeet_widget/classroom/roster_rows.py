"""Reads a roster from a table, and checks all of it before anything is sent."""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.classroom._frames import frame_of, is_nothing

#: A table: any DataFrame, dicts, or the path of a CSV file.
Table: TypeAlias = Any

#: Bytes of a CSV file.
_MOST_FILE = 10_000_000
_SEPARATORS = ",;\t"
#: As the embedded server's `rooms.cleaning` has them: characters that people do not see.
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
_JOINERS = "\u200c\u200d"
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_YES = frozenset({"1", "true", "yes", "y", "x", "ja", "wahr"})
_NO = frozenset({"", "0", "false", "no", "n", "nein", "falsch"})
_FEW = 10


@dataclass(frozen=True, kw_only=True)
class Row:
    """A person of a roster."""

    name: str
    id: str
    email: str | None
    moderator: bool


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The rows of a table, each with the words by which its owner finds it."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Mapping[str, Any]]]


def read(
    table: Table,
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
    found = _table(table)
    if not found.rows:
        raise InvalidInputError("the roster has no rows: give at least one person")
    if len(found.rows) > _texts.ROSTER:
        raise InvalidInputError(
            f"the roster has {len(found.rows)} rows, and a room may have {_texts.ROSTER} people with "
            "personal links"
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
    table: _Table,
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
            known = ", ".join(map(repr, table.columns[:_FEW])) or "none"
            more = len(table.columns) - _FEW
            raise InvalidInputError(
                f"the roster has no column {column!r}; it has {known}"
                f"{f' and {more} more' if more > 0 else ''}: say which one it is with {argument}="
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


# --- cells ------------------------------------------------------------------------------------


def _name(where: str, column: str, value: Any) -> str:  # noqa: ANN401 - a cell
    if _is_missing(value):
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
    if _is_missing(value):
        raise InvalidInputError(
            f"{where}, column {column!r}: the id is missing: give every person one, or use id=None"
        )
    text = value.strip() if isinstance(value, str) else _whole(value)
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
    if _is_missing(value):
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
    if _is_missing(value):
        return False
    # Numbers and booleans of any package: each is equal to Python's own.
    word = value.strip().lower() if isinstance(value, str) else _whole(value)
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


def _is_missing(value: Any) -> bool:  # noqa: ANN401 - a cell
    if is_nothing(value):
        return True
    # A NaN, of any package, is the only number that is not equal to itself.
    return isinstance(value, float) and value != value  # noqa: PLR0124 - as said


def _whole(value: Any) -> str | None:  # noqa: ANN401 - a cell
    """Return a whole number as text: pandas makes floats of integers beside empty cells."""
    try:
        number = int(value)
        return str(number) if number == value else None
    except (TypeError, ValueError, OverflowError):
        return None


def _is_seen(character: str) -> bool:
    return not character.isspace() and (
        character in _JOINERS or unicodedata.category(character) not in _HIDDEN
    )


# --- tables -----------------------------------------------------------------------------------


def _table(table: Table) -> _Table:
    if isinstance(table, (str, os.PathLike)):
        return _csv(Path(table))
    if type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "to_dict"):
        return _pandas(table)
    if isinstance(table, Mapping):
        raise InvalidInputError("the roster is one dict: give a list of dicts, one for each person")
    if isinstance(table, Iterable) and not hasattr(table, "columns"):
        return _dicts(table)
    return _narwhals(table)


def _dicts(table: Iterable[Any]) -> _Table:
    columns: dict[str, None] = {}
    rows = []
    for number, row in enumerate(table, start=1):
        if not isinstance(row, Mapping):
            raise InvalidInputError(
                f"row {number} of the roster is a {type(row).__name__}: give a list of dicts, such as "
                '[{"name": "Ada"}], a DataFrame, or the path of a CSV file'
            )
        columns |= dict.fromkeys(map(str, row))
        rows.append((f"row {number}", row))
        # An iterable may have no end.
        if number > 10 * _texts.ROSTER:
            break
    return _Table(columns=tuple(columns), rows=rows)


def _numbered(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> _Table:
    _check_once(columns)
    found = [(f"row {number}", row) for number, row in enumerate(rows, start=1)]
    return _Table(columns=columns, rows=found)


def _pandas(table: Any) -> _Table:  # noqa: ANN401 - a DataFrame
    if not hasattr(table, "columns"):
        raise InvalidInputError(
            "the roster is a pandas Series: give a DataFrame, with a column of names"
        )
    columns = [str(column) for column in table.columns]
    _check_once(columns)
    return _numbered(columns, table.to_dict("records"))


def _narwhals(table: Any) -> _Table:  # noqa: ANN401 - a DataFrame
    frame = frame_of(
        table,
        reading="a roster",
        install='pip install "nanomeet-widget[tables]"',
        otherwise="the roster is a {kind}: give a DataFrame, a list of dicts, or the path of a CSV file",
    )
    return _numbered(tuple(frame.columns), frame.iter_rows(named=True))


def _csv(path: Path) -> _Table:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_FILE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidInputError(
            f"the roster {str(path)!r} cannot be read: {why}: check the path"
        ) from None
    if len(content) > _MOST_FILE:
        raise InvalidInputError(f"the roster {str(path)!r} has more than {_MOST_FILE} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInputError(
            f"the roster {str(path)!r} is not UTF-8: save it as CSV in UTF-8 (in Excel: CSV UTF-8)"
        ) from None
    return _lines(path, text)


def _lines(path: Path, text: str) -> _Table:
    head = text.partition("\n")[0]
    # A comma may be a part of a name, in quotes, and no header has quotes around its separators.
    separator = max(_SEPARATORS, key=lambda one: len(next(csv.reader([head], delimiter=one), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
        _check_once(columns)
        rows = []
        for cells in reader:
            where = f"line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                raise InvalidInputError(
                    f"{where} of {str(path)!r} has {len(cells)} cells, and the header has "
                    f"{len(columns)}: put a text with {separator!r} in it into quotes"
                )
            rows.append((where, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        raise InvalidInputError(
            f"line {reader.line_num} of {str(path)!r} is not CSV: {error}"
        ) from None
    return _Table(columns=columns, rows=rows)


def _check_once(columns: Sequence[str]) -> None:
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise InvalidInputError(
            f"the roster has several columns named {twice[0]!r}: give each a name of its own"
        )
