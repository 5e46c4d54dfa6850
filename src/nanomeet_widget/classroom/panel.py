"""The class panel: what a teacher follows and does during a lesson, in a cell."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import ipywidgets

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._fallback import with_words
from nanomeet_widget._states import MeetingStatus
from nanomeet_widget.classroom._gathering import Gathering
from nanomeet_widget.classroom._panel_part import paragraph
from nanomeet_widget.classroom._panel_parts import PARTS
from nanomeet_widget.classroom._panel_people import everyone
from nanomeet_widget.classroom.lesson import Lesson

#: What the panel shows.
_FOLLOWED = [
    *("status", "moderator", "participants", "hands", "lobby", "check_in", "roster", "talk_times"),
    *("polls", "groups", "groups_end", "group"),
]
#: Seconds between two looks at the clock: in the last minute of the groups, and before.
_SOON, _LATER = 1, 10
_LAST_MINUTE = 60


class ClassPanel(ipywidgets.VBox):  # type: ignore[misc] # an untyped package
    """A panel for the moderators of a lesson: show it in a cell, beside the meeting or below it.

    It has raised hands in their order, the lobby, a check-in, the roster, talk time, open polls and the
    groups, each with its buttons. It follows the meeting until it is closed. What a button cannot do, the
    panel says below it.

    Parameters
    ----------
    meet : NanoMeet or Bot
        The meeting. The panel is for moderators, and for meetings on the embedded server: otherwise it says
        so, and goes on following the meeting.
    **options : dict
        Traits of every widget, such as ``layout``.

    Raises
    ------
    InvalidInputError
        If `meet` is no meeting.

    Examples
    --------
    >>> meet = nm.NanoMeet(token=room.token)
    >>> nm.ClassPanel(meet)
    """

    def __init__(self, meet: Lesson, **options: Any) -> None:  # noqa: ANN401 - traits of every widget
        if not isinstance(meet, Lesson):
            raise InvalidInputError(
                f"meet must be a meeting, a NanoMeet or a Bot, not {type(meet).__name__}"
            )
        self._meet = meet
        self._sentence = ipywidgets.HTML()
        self._parts = [part(meet) for part in PARTS]
        self._body = ipywidgets.VBox([part.box for part in self._parts])
        super().__init__([self._sentence, self._body], **options)
        # One that was given may be another widget's, too.
        self._own_layout = (
            None if isinstance(options.get("layout"), ipywidgets.Layout) else self.layout
        )
        self._gathering = Gathering(self._show)
        meet.observe(self._hear, _FOLLOWED)
        self._gathering.now()

    def close(self) -> None:
        """Stop following the meeting, and remove the panel. The meeting goes on."""
        if self.comm is not None:
            self._gathering.end()
            self._meet.unobserve(self._hear, _FOLLOWED)
            for part in (self._body, self._sentence):
                _close(part)
            if self._own_layout is not None:
                self._own_layout.close()
        super().close()

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 - as ipywidgets has it
        return with_words(super()._repr_mimebundle_(**options), "A class panel")

    def __repr__(self) -> str:
        return f"<ClassPanel of {self._meet.room!r}>"

    def _hear(self, _change: object) -> None:
        self._gathering.ask()

    def _show(self) -> float | None:
        """Show the meeting as it is; return after how many seconds it has to be shown again, if at all."""
        meet = self._meet
        why_not = _why_not(meet)
        words, role = (_where(meet), "") if why_not is None else (why_not, "status")
        self._sentence.value = paragraph(words, role)
        self._body.layout.display = "none" if why_not else None
        if why_not:
            return None
        people = everyone(meet)
        for part in self._parts:
            part.show(people)
        if meet.groups_end is None:
            return None
        left = (meet.groups_end - datetime.now(timezone.utc)).total_seconds()
        return _LATER if left > _LAST_MINUTE else _SOON


def _why_not(meet: Lesson) -> str | None:
    """Return why there is nothing to show or do; None if there is."""
    other = meet._other_engine()  # noqa: SLF001 - our own
    if other is not None:
        return (
            f"The class panel is for meetings on the embedded server, and this one is on {other}."
        )
    if meet.status is MeetingStatus.IDLE:
        return "The meeting has not begun: show it in a cell, or join it."
    if meet.status in {MeetingStatus.LEFT, MeetingStatus.FAILED}:
        return "The meeting is over here: join again."
    # One that comes back after a lost connection is known still.
    if not meet.participants:
        return "The meeting is about to begin."
    if not meet.moderator:
        return "The class panel is for moderators, and you are a participant here."
    return None


def _where(meet: Lesson) -> str:
    if meet.group is None:
        return f"Class of {meet.room}"
    return f"Class of {meet.room}. You are in the group {meet.group}: hands and lobby are those of its room."


def _close(widget: ipywidgets.Widget) -> None:
    """Close a widget with all that only it has."""
    for child in getattr(widget, "children", ()):
        _close(child)
    for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
        if part is not None:
            part.close()
    widget.close()
