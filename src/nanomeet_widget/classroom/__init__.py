"""A class in a meeting: its records as tables."""

from __future__ import annotations

from nanomeet_widget.classroom.records import Records
from nanomeet_widget.classroom.table import Table

__all__ = ["Records", "Table"]
