"""Reads the tables that people have: DataFrames of any package, dicts and CSV files."""

from __future__ import annotations

import csv
import importlib
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError, MissingPackageError

#: A DataFrame, dicts, or the path of a CSV file.
AnyTable: TypeAlias = Any

#: Bytes of a CSV file.
_MOST_FILE = 10_000_000
_SEPARATORS = ",;\t"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of a table, each with the words by which its owner finds it."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Mapping[Any, Any]]]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads the tables of one purpose.

    Attributes
    ----------
    subject : str
        What the table is, for errors, such as ``"the roster"``.
    example : str
        A list of dicts, for errors.
    most : int
        Rows. Of more, one is read, so that the caller can refuse them: an iterable may have no end.
    """

    subject: str
    example: str
    most: int

    def read(self, table: AnyTable) -> Rows:
        """Return the rows of a table.

        Parameters
        ----------
        table : DataFrame, iterable of dict, or path
            A DataFrame of pandas, or of any package that narwhals reads; dicts; or the path of a CSV file in
            UTF-8, with a header, separated by ``,``, ``;`` or tabs.

        Returns
        -------
        Rows
            Its columns and rows, in its order; empty lines of a file are left out.

        Raises
        ------
        InvalidInputError
            If it is no table, or one that cannot be read.
        MissingPackageError
            If it is a DataFrame that takes narwhals to read, and that is not installed.
        """
        if isinstance(table, (str, os.PathLike)):
            return self._file(Path(table))
        if _package(table) == "pandas" and hasattr(table, "to_dict"):
            return self._pandas(table)
        if isinstance(table, Mapping):
            raise InvalidInputError(
                f"{self.subject} is one dict: give a list of dicts, such as {self.example}"
            )
        if isinstance(table, Iterable) and not hasattr(table, "columns"):
            return self._dicts(table)
        return self._frame(table)

    def _dicts(self, table: Iterable[Any]) -> Rows:
        columns: dict[str, None] = {}
        rows = []
        for number, row in enumerate(islice(table, self.most + 1), start=1):
            if not isinstance(row, Mapping):
                raise InvalidInputError(
                    f"row {number} of {self.subject} is a {type(row).__name__}: give a list of dicts, such as "
                    f"{self.example}, a DataFrame, or the path of a CSV file"
                )
            columns |= dict.fromkeys(map(str, row))
            rows.append((f"row {number}", row))
        return Rows(columns=tuple(columns), rows=rows)

    def _pandas(self, table: Any) -> Rows:  # noqa: ANN401 - a DataFrame
        if not hasattr(table, "columns"):
            raise InvalidInputError(
                f"{self.subject} is a pandas Series: give a DataFrame, with named columns"
            )
        columns = [str(column) for column in table.columns]
        # pandas warns of equal ones while it converts.
        self._check_once(columns)
        return self._numbered(columns, table.head(self.most + 1).to_dict("records"))

    def _frame(self, table: Any) -> Rows:  # noqa: ANN401 - a DataFrame
        kind = type(table).__name__
        try:
            narwhals = importlib.import_module("narwhals")
        except ImportError:
            raise MissingPackageError(
                f"reading {self.subject} from a {kind} takes narwhals: pip install "
                '"nanomeet-widget[tables]", or give a list of dicts or a pandas DataFrame'
            ) from None
        try:
            frame = narwhals.from_native(table)
        except TypeError:
            raise InvalidInputError(
                f"{self.subject} is a {kind}: give a DataFrame, a list of dicts, or the path of a CSV file"
            ) from None
        frame = frame.head(self.most + 1)
        frame = frame.collect() if hasattr(frame, "collect") else frame
        self._check_once(frame.columns)
        return self._numbered(tuple(frame.columns), frame.iter_rows(named=True))

    def _numbered(self, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Rows:
        found = [(f"row {number}", row) for number, row in enumerate(rows, start=1)]
        return Rows(columns=columns, rows=found)

    def _file(self, path: Path) -> Rows:
        name = f"{self.subject} {str(path)!r}"
        try:
            with path.open("rb") as file:
                content = file.read(_MOST_FILE + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise InvalidInputError(f"{name} cannot be read: {why}: check the path") from None
        if len(content) > _MOST_FILE:
            raise InvalidInputError(f"{name} has more than {_MOST_FILE} bytes")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InvalidInputError(
                f"{name} is not UTF-8: save it as CSV in UTF-8 (in Excel: CSV UTF-8)"
            ) from None
        return self._lines(path, text)

    def _lines(self, path: Path, text: str) -> Rows:
        head = text.partition("\n")[0]
        # A comma may be a part of a name, in quotes, and no header has quotes around its separators.
        separator = max(
            _SEPARATORS, key=lambda one: len(next(csv.reader([head], delimiter=one), []))
        )
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        try:
            columns = [column.strip() for column in next(reader, [])]
            self._check_once(columns)
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
        return Rows(columns=columns, rows=rows)

    def _check_once(self, columns: Sequence[str]) -> None:
        if twice := sorted({column for column in columns if columns.count(column) > 1}):
            raise InvalidInputError(
                f"{self.subject} has several columns named {twice[0]!r}: give each a name of its own"
            )


def is_missing(value: object) -> bool:
    """Return whether nothing is in a cell: None, a NaN, or what pandas has for it.

    Parameters
    ----------
    value : object
        What is in the cell.
    """
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    # A NaN, of any package, is the only number that is not equal to itself.
    return isinstance(value, float) and value != value  # noqa: PLR0124 - as said


def whole(value: Any) -> str | None:  # noqa: ANN401 - a cell
    """Return a whole number as text, or None: pandas makes floats of integers beside empty cells.

    Parameters
    ----------
    value : object
        What is in the cell.
    """
    try:
        number = int(value)
        return str(number) if number == value else None
    except (TypeError, ValueError, OverflowError):
        return None


def listed(values: Iterable[object], *, most: int = 10) -> str:
    """Return texts in quotes, for an error.

    Parameters
    ----------
    values : iterable of object
        What is named.
    most : int
        How many of them; of the others, only the number is said.
    """
    found = [_texts.quoted(value) for value in values]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return (", ".join(found[:most]) or "none") + more


def _package(value: object) -> str:
    return type(value).__module__.partition(".")[0]
