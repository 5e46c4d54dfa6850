"""The order of what a page says: its messages may overtake each other on the way to the kernel."""

from __future__ import annotations

import time

from nanomeet_widget._page_protocol import (
    Broadcast,
    Event,
    Message,
    Participants,
    Role,
    Status,
)

#: Messages and events of which only the newest counts: each has the whole of what it is about.
_WHOLE = (Status, Broadcast, Participants, Role)
WHOLE_EVENTS = frozenset(
    {
        "subjectChange",
        "nanomeetLobby",
        "nanomeetBroadcastStats",
        "nanomeetBroadcastChanged",
        "nanomeetTalkTimes",
        "nanomeetReadingsChanged",
        "nanomeetRosterChanged",
        "nanomeetCheckInChanged",
        "nanomeetGroupsChanged",
    }
)
#: Seconds between two reports of one page.
_PAUSE = 5.0


class PageOrder:
    """Which messages of one page have arrived.

    JupyterLab sends a page's first messages to the kernel's main thread, where they wait for cells that run,
    and the later ones to a subshell.
    """

    def __init__(self) -> None:
        self._highest = -1
        self._count = 0
        self._newest: dict[type[Message] | str, int] = {}
        self._reported = -_PAUSE

    def note(self, number: int | None) -> None:
        """Note that a message has arrived; some pages do not number them."""
        if number is not None:
            self._highest = max(self._highest, number)
            self._count += 1

    def outdated(self, number: int | None, message: Message) -> bool:
        """Return whether a newer message about the same has arrived."""
        about = message.name if isinstance(message, Event) else type(message)
        if number is None or not (about in _WHOLE or about in WHOLE_EVENTS):
            return False
        newest = self._newest.get(about, -1)
        self._newest[about] = max(newest, number)
        return number < newest

    def wants_report(self) -> bool:
        """Return whether what does not fit may fit once the page says all of it again."""
        now = time.monotonic()
        if self._count > self._highest or now - self._reported < _PAUSE:
            return False
        self._reported = now
        return True
