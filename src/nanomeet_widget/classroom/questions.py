"""The prepared questions of a quiz, read from a table."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.classroom._tables import AnyTable, Reader, is_missing

#: Questions of a quiz: as many as a meeting has polls.
_MOST = 256
_READER = Reader(
    subject="the quiz", example='[{"question": "2 + 2?", "options": ["3", "4"]}]', most=_MOST
)

#: Between several values of one cell.
_BETWEEN = "|"
_OPTION = re.compile(r"option[ _]?(\d+)", re.IGNORECASE)
_COLUMNS = ("question", "options", "correct", "multiple", "seconds")
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


def read(table: AnyTable) -> list[tuple[str, dict[str, Any]]]:
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
    MissingPackageError
        If it is a DataFrame that takes narwhals to read, and that is not installed.
    """
    rows = _READER.read(table).rows
    if not rows:
        raise InvalidInputError("the quiz has no questions: give at least one")
    if len(rows) > _MOST:
        raise InvalidInputError(f"the quiz has more than {_MOST} questions")
    return [
        (where, _question(where, row))
        for where, row in ((f"question {number}", row) for number, (_, row) in enumerate(rows, 1))
    ]


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
    return is_missing(value) or (isinstance(value, str) and not value.strip())
