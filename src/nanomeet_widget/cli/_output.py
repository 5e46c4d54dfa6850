"""What a command says: lines for people, or one JSON value for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from nanomeet_widget._errors import NanoMeetError

DONE, FAILED = 0, 1


class Output:
    """Standard output for results, and standard error for notes.

    Parameters
    ----------
    as_json
        Whether programs read it.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def facts(self, shown: Mapping[str, object], facts: Mapping[str, Any]) -> None:
        """Write a result.

        Parameters
        ----------
        shown
            For people: names and texts, in their order.
        facts
            For programs.
        """
        if self.as_json:
            print(json.dumps(facts, indent=2, default=_plain), flush=True)
            return
        width = max(map(len, shown), default=0)
        for name, value in shown.items():
            print(f"{name:<{width}}  {value}")

    def line(self, text: str) -> None:
        """Write a line for people; programs do not get it."""
        if not self.as_json:
            print(text, flush=True)

    def note(self, text: str) -> None:
        """Write a note besides the result."""
        if not self.as_json:
            print(f"nanomeet: {text}", file=sys.stderr)

    def error(self, error: NanoMeetError) -> None:
        """Write why a command failed, and where that is explained."""
        if self.as_json:
            said = {"kind": type(error).__name__, "message": str(error), "help": error.help}
            print(json.dumps({"error": said}, indent=2))
        else:
            print(f"nanomeet: {error}\nSee {error.help}", file=sys.stderr)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def moment(when: datetime, *, now: datetime | None = None) -> str:
    """Return a moment in words: on which day, and how far from now."""
    now = now or datetime.now(timezone.utc)
    local = when.astimezone()
    return f"{local:%a %d %b %Y, %H:%M:%S} {local.tzname()} ({distance(when - now)})"


def distance(span: timedelta) -> str:
    """Return how far a moment is, in words: ``in 3 hours``, ``2 days ago``."""
    seconds = abs(span.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        count = round(seconds / size)
        if count >= 1 and (seconds >= size or unit == "second"):
            words = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"in {words}" if span.total_seconds() > 0 else f"{words} ago"
    return "now"
