"""A meeting with a class: polls, groups, the roster, check-ins and hands."""

from __future__ import annotations

from nanomeet_widget.classroom.attending import Attending
from nanomeet_widget.classroom.grouping import Grouping
from nanomeet_widget.classroom.polls import Polls


class Lesson(Polls, Grouping, Attending):
    """What a class needs of a meeting."""
