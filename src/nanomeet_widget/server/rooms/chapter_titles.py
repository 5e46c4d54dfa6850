"""What happens on the stage, as titles for the recording's chapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nanomeet_widget.server.protocol.common import Language
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room_parts import RoomListener


@dataclass(frozen=True)
class _Seen:
    stage: bool
    screen: bool


_AWAY = _Seen(stage=False, screen=False)


@dataclass(frozen=True)
class _Titles:
    """Titles in one language; `{}` stands for a participant's name."""

    unnamed: str
    enters: str
    leaves: str
    shares: str
    stops_sharing: str


_TITLES: Mapping[Language, _Titles] = {
    "en": _Titles(
        unnamed="A participant",
        enters="{} is on the stage",
        leaves="{} left the stage",
        shares="{} shares their screen",
        stops_sharing="{} stopped sharing their screen",
    ),
    "de": _Titles(
        unnamed="Eine Person",
        enters="{} ist auf der Bühne",
        leaves="{} hat die Bühne verlassen",
        shares="{} teilt den Bildschirm",
        stops_sharing="{} teilt den Bildschirm nicht mehr",
    ),
}


class ChapterTitles(RoomListener):
    """Makes a title when a participant enters or leaves the stage, or shares their screen.

    Parameters
    ----------
    mark : callable
        Begins a chapter with a title.
    language : callable
        Returns the language of the titles.
    """

    def __init__(self, mark: Callable[[str], None], language: Callable[[], Language]) -> None:
        self._mark = mark
        self._language = language
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
        titles = _TITLES[self._language()]
        changes = []
        if now.stage != before.stage:
            changes.append(titles.enters if now.stage else titles.leaves)
        if now.screen != before.screen and now.stage:
            changes.append(titles.shares if now.screen else titles.stops_sharing)
        for title in changes:
            # A name may have braces of its own.
            self._mark(title.replace("{}", who.name or titles.unnamed))
