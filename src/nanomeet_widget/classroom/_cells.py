"""What a table leaves out where it is shown, and its values in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

#: Rows that are shown; of longer tables, the first and the last ones.
_SHOWN = 60


def ends(rows: Sequence[dict[str, Any]]) -> tuple[Sequence[dict[str, Any]], int, int]:
    """Return the rows to show, after how many of them others are left out, and how many those are."""
    left_out = len(rows) - _SHOWN
    if left_out <= 1:
        return rows, 0, 0
    half = _SHOWN // 2
    return [*rows[:half], *rows[-half:]], half, left_out


def left_out(count: int, total: int) -> str:
    """Return the sentence in place of the rows that are left out."""
    return f"… {count} of {total} rows are not shown; to_csv() and to_pandas() have all of them …"


def shown(value: object) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, datetime):
        return f"{value.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return str(value)


def stored(value: object) -> str:
    """Return a value as programs read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def is_number(value: object) -> bool:
    """Whether a value is shown as a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)
