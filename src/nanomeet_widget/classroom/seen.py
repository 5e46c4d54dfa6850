"""What a meeting's own page saw, where no server keeps records, as tables."""

from __future__ import annotations

from typing import Any

from nanomeet_widget.classroom.table import Kind, Table

_PERSON: dict[str, Kind] = {"person": "text", "name": "text", "moderator": "flag"}


def attendance(rows: list[dict[str, Any]]) -> Table:
    """Return a table of stays in the room."""
    kinds: dict[str, Kind] = {**_PERSON, "joined": "time", "left": "time", "seconds": "seconds"}
    return Table(rows, kinds=kinds, title="Attendance")


def hands(rows: list[dict[str, Any]]) -> Table:
    """Return a table of raised hands."""
    kinds: dict[str, Kind] = {**_PERSON, "raised": "time", "lowered": "time", "seconds": "seconds"}
    return Table(rows, kinds=kinds, title="Raised hands")
