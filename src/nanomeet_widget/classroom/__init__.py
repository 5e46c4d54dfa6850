"""A class in a meeting: its records as tables, polls and quizzes, groups."""

from __future__ import annotations

from nanomeet_widget.classroom.groups import Groups
from nanomeet_widget.classroom.poll import Poll
from nanomeet_widget.classroom.quiz import Quiz
from nanomeet_widget.classroom.records import Records
from nanomeet_widget.classroom.table import Table

__all__ = ["Groups", "Poll", "Quiz", "Records", "Table"]
