"""A table: a list of plain dicts that shows itself, and that pandas, polars and spreadsheets take."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, TypeAlias, overload

from nanomeet_widget._errors import MissingPackageError
from nanomeet_widget.classroom import _csv, _html, _plain_text

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

#: What a column has: its values are of this type or None.
Kind: TypeAlias = Literal["text", "time", "seconds", "count", "flag", "texts", "counts"]

_PANDAS: Mapping[Kind, str] = {
    "text": "string",
    "time": "datetime64[ns, UTC]",
    "seconds": "float64",
    "count": "Int64",
    "flag": "boolean",
    "texts": "object",
    "counts": "object",
}


class Table(list[dict[str, Any]]):
    """Rows of a table, as plain dicts; a notebook shows it as one.

    It is a list: ``table[0]["name"]`` is a value, a slice is a table again, and ``pandas.DataFrame``
    takes it as it is.

    Parameters
    ----------
    rows : iterable of dict
        The rows; each has all columns.
    kinds : mapping of str to str
        The columns in their order, and what each has: ``text``, ``time`` (aware, UTC), ``seconds``,
        ``count``, ``flag``, ``texts`` or ``counts``; any value may be None.
    title : str
        What the table is called where it is shown.
    note : str, default ""
        What a reader has to know: why it is empty, or what it lacks. Shown below the table.
    """

    def __init__(
        self,
        rows: Iterable[dict[str, Any]],
        *,
        kinds: Mapping[str, Kind],
        title: str,
        note: str = "",
    ) -> None:
        super().__init__(rows)
        self._kinds = dict(kinds)
        self.title = title
        self.note = note

    @property
    def columns(self) -> list[str]:
        """The names of the columns, also of an empty table."""
        return list(self._kinds)

    @overload
    def __getitem__(self, index: SupportsIndex) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Table: ...
    def __getitem__(self, index: SupportsIndex | slice) -> dict[str, Any] | Table:
        if isinstance(index, slice):
            return self._with(super().__getitem__(index))
        return super().__getitem__(index)

    def copy(self) -> Table:
        """Return a table with the same rows.

        Returns
        -------
        Table
            The copy.
        """
        return self._with(self)

    def _with(self, rows: Iterable[dict[str, Any]]) -> Table:
        return Table(rows, kinds=self._kinds, title=self.title, note=self.note)

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a data frame of pandas.

        Returns
        -------
        pandas.DataFrame
            Its columns have the same types whatever is in them: times are aware (UTC), counts and flags
            may be missing.

        Raises
        ------
        MissingPackageError
            If pandas is not installed.
        """
        pandas = _need("pandas")
        series = {
            name: pandas.Series(self._values(name), dtype=_PANDAS[kind])
            for name, kind in self._kinds.items()
        }
        frame: pd.DataFrame = pandas.DataFrame(series, columns=self.columns)
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Return the table as a data frame of polars.

        Returns
        -------
        polars.DataFrame
            Its columns have the same types whatever is in them; times are aware (UTC).

        Raises
        ------
        MissingPackageError
            If polars is not installed.
        """
        polars = _need("polars")
        types: dict[Kind, object] = {
            "text": polars.String,
            "time": polars.Datetime("us", "UTC"),
            "seconds": polars.Float64,
            "count": polars.Int64,
            "flag": polars.Boolean,
            "texts": polars.List(polars.String),
            "counts": polars.List(polars.Int64),
        }
        columns = {name: self._values(name) for name in self._kinds}
        schema = {name: types[kind] for name, kind in self._kinds.items()}
        frame: pl.DataFrame = polars.DataFrame(columns, schema=schema)
        return frame

    def to_csv(self, path: str | Path) -> Path:
        """Save the table as a file of comma-separated values (RFC 4180, UTF-8).

        Times are ISO 8601 in UTC, lists are JSON, and what is None is empty. A text that a spreadsheet
        would run as a formula gets a ``'`` in front of it.

        Parameters
        ----------
        path : str or pathlib.Path
            The file, which is replaced if it exists. Only its owner can read it (mode 0600).

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InvalidInputError
            If there can be no such file; an existing one is unchanged then.
        """
        rows = ([row.get(name) for name in self._kinds] for row in self)
        return _csv.save(path, self.columns, rows)

    def __repr__(self) -> str:
        return _plain_text.table(self, self.columns, self.title, self.note)

    def _repr_html_(self) -> str:
        return _html.table(self, self.columns, self.title, self.note)

    def _values(self, name: str) -> list[Any]:
        return [row.get(name) for row in self]


def _need(package: str) -> Any:  # noqa: ANN401 - a module, which is not installed everywhere
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingPackageError(
            f"this needs {package}, which cannot be imported here ({error}): pip install {package}; "
            "to_csv() needs nothing"
        ) from None
