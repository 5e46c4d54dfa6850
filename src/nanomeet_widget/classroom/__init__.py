"""A class in a meeting: personal links, polls and quizzes, groups, records as tables."""

from __future__ import annotations

from nanomeet_widget.classroom.groups import Groups
from nanomeet_widget.classroom.invites import (
    Invites,
    PersonalInvite,
    Roster,
    acreate_invites,
    create_invites,
    roster,
)
from nanomeet_widget.classroom.poll import Poll
from nanomeet_widget.classroom.quiz import Quiz
from nanomeet_widget.classroom.records import Records
from nanomeet_widget.classroom.table import Table

__all__ = [
    "Groups",
    "Invites",
    "PersonalInvite",
    "Poll",
    "Quiz",
    "Records",
    "Roster",
    "Table",
    "acreate_invites",
    "create_invites",
    "roster",
]
