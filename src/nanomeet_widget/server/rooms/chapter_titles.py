"""What happens on the stage, as titles for the recording's chapters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room import Room


@dataclass(frozen=True)
class _Seen:
    stage: bool
    screen: bool


_AWAY = _Seen(stage=False, screen=False)


class ChapterTitles:
    """Makes a title when a participant enters or leaves the stage, or shares their screen.

    Parameters
    ----------
    room : Room
        The room.
    mark : callable
        Begins a chapter with a title.
    """

    def __init__(self, room: Room, mark: Callable[[str], None]) -> None:
        self._mark = mark
        self._seen: dict[str, _Seen] = {}
        room.on_welcomed.append(self._changed)
        room.on_updated.append(self._changed)
        room.on_gone.append(self._gone)

    def _changed(self, who: Participant) -> None:
        self._note(who, _Seen(stage=who.stage, screen=who.stage and who.screen))

    def _gone(self, who: Participant) -> None:
        self._note(who, _AWAY)
        del self._seen[who.id]

    def _note(self, who: Participant, now: _Seen) -> None:
        before = self._seen.get(who.id, _AWAY)
        self._seen[who.id] = now
        name = who.name or "A participant"
        if now.stage != before.stage:
            self._mark(f"{name} {'is on' if now.stage else 'left'} the stage")
        if now.screen != before.screen and now.stage:
            self._mark(f"{name} {'shares' if now.screen else 'stopped sharing'} their screen")
