"""A class in a meeting: polls and quizzes, and tables of what they say."""

from __future__ import annotations

from nanomeet_widget.classroom.poll import Poll
from nanomeet_widget.classroom.quiz import Quiz
from nanomeet_widget.classroom.table import Table

__all__ = ["Poll", "Quiz", "Table"]
