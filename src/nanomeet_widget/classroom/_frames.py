"""DataFrames of any package, and the cells that are empty in them."""

from __future__ import annotations

import importlib
from typing import Any

from nanomeet_widget._errors import InvalidInputError, MissingPackageError


def frame_of(table: Any, *, reading: str, install: str, otherwise: str) -> Any:  # noqa: ANN401 - any table
    """Return a table as a DataFrame of narwhals.

    Parameters
    ----------
    table : object
        A DataFrame, which may be lazy, of any package that narwhals reads.
    reading : str
        What is read from it, for an error.
    install : str
        How narwhals is installed, for an error.
    otherwise : str
        What to do about a table that is no DataFrame, for an error; it follows the table's type.

    Returns
    -------
    narwhals.DataFrame
        The table.

    Raises
    ------
    MissingPackageError
        If narwhals is not installed.
    InvalidInputError
        If narwhals does not read it.
    """
    kind = type(table).__name__
    try:
        narwhals = importlib.import_module("narwhals")
    except ImportError:
        raise MissingPackageError(
            f"reading {reading} from a {kind} takes narwhals: {install}, or give a list of dicts or a "
            "pandas DataFrame"
        ) from None
    try:
        frame = narwhals.from_native(table)
    except TypeError:
        raise InvalidInputError(otherwise.format(kind=kind)) from None
    return frame.collect() if hasattr(frame, "collect") else frame


def is_nothing(value: object) -> bool:
    """Return whether nothing is in a cell: None, or what pandas has for it.

    Parameters
    ----------
    value : object
        What is in the cell.
    """
    return value is None or type(value).__name__ in {"NAType", "NaTType"}
