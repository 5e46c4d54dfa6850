"""A table as a notebook shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from html import escape
from typing import Any

from nanomeet_widget import _texts
from nanomeet_widget.classroom import _cells

# The notebook's own colours, in light and dark; lines in the text's colour. In a narrow cell the table scrolls:
# words stay whole.
_FRAME = "max-width:100%;overflow-x:auto;color:inherit"
_TABLE = "border-collapse:collapse;color:inherit;background:transparent;font-variant-numeric:tabular-nums"
_CAPTION = "caption-side:top;text-align:start;color:inherit;font-weight:bold;padding:4px 0"
_CELL = "color:inherit;padding:4px 8px;border-bottom:1px solid;vertical-align:top;max-width:40ch;overflow-wrap:break-word;white-space:pre-line"
_TEXT, _NUMBER = f"text-align:start;{_CELL}", f"text-align:end;{_CELL}"


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str], title: str, note: str) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    rows
        Its rows.
    columns
        The columns.
    title
        Its caption.
    note
        What is said below it.
    """
    seen, half, missing = _cells.ends(rows)
    lines = [_row(row, columns) for row in seen]
    if missing:
        words = escape(_cells.left_out(missing, len(rows)))
        lines.insert(half, f'<tr><td colspan="{len(columns)}" style="{_TEXT}">{words}</td></tr>')
    heads = "".join(
        f'<th scope="col" style="{_NUMBER if _has_numbers(rows, name) else _TEXT}">'
        f"{escape(name.replace('_', ' '))}</th>"
        for name in columns
    )
    caption = escape(f"{title} ({len(rows)} {'row' if len(rows) == 1 else 'rows'})")
    below = f'<p style="color:inherit">{escape(note)}</p>' if note else ""
    # What scrolls can be reached by keyboard, and says what it is.
    return (
        f'<div role="region" aria-label="{caption}" tabindex="0" style="{_FRAME}">'
        f'<table style="{_TABLE}"><caption style="{_CAPTION}">{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>{below}"
    )


def _row(row: dict[str, Any], columns: Sequence[str]) -> str:
    return f"<tr>{''.join(_cell(row.get(name)) for name in columns)}</tr>"


def _cell(value: object) -> str:
    words = escape(_texts.whole(_cells.shown(value)))
    if _cells.is_number(value):
        return f'<td style="{_NUMBER}">{words}</td>'
    if isinstance(value, datetime):
        exact = value.astimezone(timezone.utc).isoformat()
        return (
            f'<td style="{_TEXT};white-space:nowrap"><time datetime="{exact}">{words}</time></td>'
        )
    # A name in another direction of writing stays within its cell.
    return f'<td dir="auto" style="{_TEXT}">{words}</td>'


def _has_numbers(rows: Sequence[dict[str, Any]], name: str) -> bool:
    return any(_cells.is_number(row.get(name)) for row in rows)
