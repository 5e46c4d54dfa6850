"""A class in a meeting: its groups."""

from __future__ import annotations

from nanomeet_widget.classroom.groups import Groups

__all__ = ["Groups"]
