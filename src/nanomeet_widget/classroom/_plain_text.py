"""A table as a terminal shows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from nanomeet_widget import _texts
from nanomeet_widget.classroom import _cells

#: Characters of a cell; a longer one is cut.
_WIDEST = 40
_MOVING = frozenset({"Cc", "Cf", "Zl", "Zp"})


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str], title: str, note: str) -> str:
    """Return a table in aligned columns.

    Parameters
    ----------
    rows
        Its rows.
    columns
        The columns.
    title
        Its first line.
    note
        Its last line.
    """
    seen, half, missing = _cells.ends(rows)
    cells = [[_cell(row.get(name)) for name in columns] for row in seen]
    right = [any(_cells.is_number(row.get(name)) for row in seen) for name in columns]
    widths = [
        max([_width(name), *(_width(row[place]) for row in cells)])
        for place, name in enumerate(columns)
    ]

    def line(texts: Sequence[str]) -> str:
        parts = zip(texts, widths, right, strict=True)
        return "  ".join(_aligned(*part) for part in parts).rstrip()

    lines = [f"{title} ({len(rows)} {'row' if len(rows) == 1 else 'rows'})", line(columns)]
    lines += [line(row) for row in cells]
    if missing:
        lines.insert(2 + half, _cells.left_out(missing, len(rows)))
    return "\n".join([*lines, note] if note else lines)


def _cell(value: object) -> str:
    text = _texts.whole(_cells.shown(value))
    # What moves the cursor, colours or turns the line round is not for the terminal.
    plain = "".join(" " if _moves(one) else one for one in text)
    return plain if len(plain) <= _WIDEST else f"{_texts.cut(plain, _WIDEST - 1)}…"


def _moves(character: str) -> bool:
    # Joiners hold emoji and letters together.
    return character not in "\u200c\u200d" and unicodedata.category(character) in _MOVING


def _aligned(text: str, width: int, right: bool) -> str:  # noqa: FBT001 - of a row's parts
    space = " " * (width - _width(text))
    return f"{space}{text}" if right else f"{text}{space}"


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )
