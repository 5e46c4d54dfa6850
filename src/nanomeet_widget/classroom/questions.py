"""The prepared questions of a quiz, read from a table."""

from __future__ import annotations

import csv
import io
import numbers
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError

#: A DataFrame of pandas or polars, dicts, or the path of a CSV file.
Questions: TypeAlias = Any

#: Between several values of one cell.
_BETWEEN = "|"
_OPTION = re.compile(r"option[ _]?(\d+)", re.IGNORECASE)
_COLUMNS = ("question", "options", "correct", "multiple", "seconds")
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
#: Bytes of a file, and questions of a quiz: as many as a meeting has polls.
_MOST_BYTES, _MOST = 2_000_000, 256


def read(table: Questions) -> list[tuple[str, dict[str, Any]]]:
    """Return the questions of a table.

    Parameters
    ----------
    table : DataFrame, iterable of dict, or path
        As `Polls.quiz` has it.

    Returns
    -------
    list of tuple
        Where each question stands, for errors, and the arguments of `check_poll` that its row has.

    Raises
    ------
    InvalidInputError
        If the table cannot be read, or a row lacks something.
    """
    rows = list(_rows(table))
    if not rows:
        raise InvalidInputError("the quiz has no questions: give at least one")
    if len(rows) > _MOST:
        raise InvalidInputError(f"the quiz has {len(rows)} questions, and at most {_MOST}")
    return [
        (where, _question(where, row))
        for where, row in ((f"question {number}", row) for number, row in enumerate(rows, 1))
    ]


def _rows(table: Questions) -> Iterable[Mapping[Any, Any]]:
    if isinstance(table, (str, os.PathLike)):
        return _csv(Path(table))
    if hasattr(table, "to_dicts"):  # polars
        return list(table.to_dicts())
    if hasattr(table, "to_dict") and hasattr(table, "columns"):  # pandas
        return list(table.to_dict(orient="records"))
    if isinstance(table, Mapping) or not isinstance(table, Iterable):
        raise InvalidInputError(
            "a quiz is made of a DataFrame, a list of dicts, or the path of a CSV file, "
            f"not {type(table).__name__}"
        )
    rows = list(table)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise InvalidInputError(
                f"question {number}: it must be a dict, not {type(row).__name__}"
            )
    return rows


def _csv(path: Path) -> Iterator[Mapping[Any, Any]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInputError(f"{path} is larger than {_MOST_BYTES} bytes")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidInputError(f"{path} cannot be read: {why}: check the path") from None
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InvalidInputError(f"{path} is no CSV file: {error}") from None
    for line, row in enumerate(rows, 2):
        if None in row:
            raise InvalidInputError(
                f"{path}, row {line}: it has more cells than the first row has columns"
            )
    return iter(rows)


def _question(where: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    given = {
        str(name).strip().lower(): value for name, value in row.items() if not _is_missing(value)
    }
    numbered = {int(found[1]): n for n in given if (found := _OPTION.fullmatch(n))}
    named = {str(name).strip().lower() for name in row}
    unknown = sorted(n for n in named if n not in _COLUMNS and not _OPTION.fullmatch(n))
    if unknown:
        raise InvalidInputError(
            f"{where}: there is no column {_texts.quoted(unknown[0])}: a quiz has "
            f"{', '.join(_COLUMNS)}, and option 1, option 2, …"
        )
    if "question" not in given:
        raise InvalidInputError(f"{where}: it has no question")
    if "options" in given and numbered:
        raise InvalidInputError(f"{where}: it has both options and {min(numbered.values())}")
    options = (
        [_text(given[numbered[number]]) for number in sorted(numbered)]
        if numbered
        else _several(given.get("options"))
    )
    if not options:
        raise InvalidInputError(
            f"{where}: it has no options: give a list, or a text with | between them"
        )
    return {
        "question": _text(given["question"]),
        "options": options,
        "correct": _whole_numbers(where, given.get("correct", ())),
        "multiple": _flag(where, given.get("multiple")),
        "seconds": _whole(where, "seconds", given["seconds"]) if "seconds" in given else None,
    }


def _several(value: Any) -> list[Any]:  # noqa: ANN401 - a cell
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(_BETWEEN)]
    # A list, a tuple, or an array of NumPy.
    return list(value) if isinstance(value, Iterable) else [value]


def _whole_numbers(where: str, value: Any) -> list[int]:  # noqa: ANN401 - a cell
    return [_whole(where, "correct", one) for one in _several(value)]


def _whole(where: str, column: str, value: Any) -> int:  # noqa: ANN401 - a cell
    """Return a whole number; a column of pandas with empty cells has it as 1.0."""
    try:
        number = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        number = None
    if number is None or not number.is_integer():
        hint = ": the numbers of options, from 0" if column == "correct" else ""
        raise InvalidInputError(
            f"{where}: {column} must be a whole number, not {_texts.quoted(value)}{hint}"
        )
    return int(number)


def _flag(where: str, value: Any) -> bool | None:  # noqa: ANN401 - a cell
    if value is None:
        return None
    # As a bool of Python or NumPy, and as a file has it, is written.
    word = str(value).strip().lower().removesuffix(".0")
    if word in _YES or word in _NO:
        return word in _YES
    raise InvalidInputError(f"{where}: multiple must be true or false, not {_texts.quoted(value)}")


def _text(value: Any) -> Any:  # noqa: ANN401 - a cell; what is no text is refused by the next check
    # Options that are numbers are common in quizzes.
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return value
    # A column of pandas with empty cells has 1 as 1.0.
    return f"{float(value):.0f}" if float(value).is_integer() else str(value)


def _is_missing(value: Any) -> bool:  # noqa: ANN401 - a cell
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if isinstance(value, (Sequence, Mapping)):
        return False
    # NaN, NaT and pandas.NA: none of them equals itself.
    try:
        return not bool(value == value)  # noqa: PLR0124 - see above
    except (TypeError, ValueError):
        return "NA" in type(value).__name__
