"""Writing comma-separated values that spreadsheets read, and run nothing of."""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.classroom import _cells

#: What makes a cell a formula in a spreadsheet: at its beginning, and after a character at which a
#: spreadsheet of another locale begins the next cell (OWASP, CSV injection). Excel takes full-width signs,
#: too.
_FORMULA = re.compile(r"((?:^|[;\t\r\n])\s*'*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
#: What some spreadsheets skip at a cell's beginning.
_SKIPPED = re.compile(r"^'*[\t\r\n]")


def save(path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a file: all of it, or nothing.

    Parameters
    ----------
    path
        The file.
    columns
        Its first line.
    rows
        The others.

    Raises
    ------
    InvalidInputError
        If there can be no such file.
    """
    if not isinstance(path, str | os.PathLike) or not str(path):
        raise InvalidInputError(f"path must be a file's name, not {_texts.quoted(path)}")
    try:
        given = Path(path).expanduser()
        target = given.resolve()
        if target.exists() and not target.is_file():
            what = "is a folder" if target.is_dir() else "is not a plain file"
            raise InvalidInputError(f"{str(given)!r} {what}: name a file, such as 'attendance.csv'")
        # Beside it, so that it can take its place; `mkstemp` lets only its owner read it.
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:32]}.")
    except (OSError, RuntimeError, ValueError) as error:
        raise _unwritable(path, error) from None
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([_cell(value) for value in row] for row in rows)
        unfinished.replace(target)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return given


def _unwritable(path: str | Path, error: Exception) -> InvalidInputError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else error
    return InvalidInputError(
        f"{str(path)!r} cannot be written ({why}): name a file in a folder that exists and is yours"
    )


def _cell(value: object) -> str:
    text = _cells.stored(value)
    return text if _cells.is_number(value) else harmless(text)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: with a ``'`` before what would begin a formula."""
    # Readers of CSV end at NUL, and half a character has no encoding.
    text = _FORMULA.sub(r"\1'", _texts.whole(text).replace("\0", "\ufffd"))
    return f"'{text}" if _SKIPPED.match(text) else text
