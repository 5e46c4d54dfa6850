"""What happens on the stage, as titles for the recording's chapters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room_parts import RoomListener


@dataclass(frozen=True)
class _Seen:
    stage: bool
    screen: bool


_AWAY = _Seen(stage=False, screen=False)


class ChapterTitles(RoomListener):
    """Makes a title when a participant enters or leaves the stage, or shares their screen.

    Parameters
    ----------
    mark : callable
        Begins a chapter with a title.
    """

    def __init__(self, mark: Callable[[str], None]) -> None:
        self._mark = mark
        self._seen: dict[str, _Seen] = {}

    def _changed(self, who: Participant) -> None:
        self._note(who, _Seen(stage=who.stage, screen=who.stage and who.screen))

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._changed(participant)

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._changed(participant)

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._note(participant, _AWAY)
        del self._seen[participant.id]

    def _note(self, who: Participant, now: _Seen) -> None:
        before = self._seen.get(who.id, _AWAY)
        self._seen[who.id] = now
        name = who.name or "A participant"
        if now.stage != before.stage:
            self._mark(f"{name} {'is on' if now.stage else 'left'} the stage")
        if now.screen != before.screen and now.stage:
            self._mark(f"{name} {'shares' if now.screen else 'stopped sharing'} their screen")
