"""The parts of a room: what a welcome contains, and what the parts hear of the room's people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from nanomeet_widget.server.protocol.meeting import ChatMessage, Reading, StageFeed
from nanomeet_widget.server.rooms.participant import Participant


class RoomListener:
    """A part that hears of a room's people. It overrides the methods that it needs."""

    def seated(self, newcomer: Participant) -> None:
        """Hear of a newcomer before the others do.

        Parameters
        ----------
        newcomer : Participant
            The newcomer.
        """

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant, new or reconnected.
        """

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed, after all pages were told.

        Parameters
        ----------
        participant : Participant
            The participant.
        """

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """

    def ended(self, *, kept: bool) -> None:
        """Hear that the room has ended.

        Parameters
        ----------
        kept : bool
            Whether the next server restores the room.
        """


class ChatHistory(Protocol):
    """The chat, as a welcome contains it."""

    def readable(self, who: Participant) -> list[ChatMessage]:
        """Return the messages that a participant may read, oldest first.

        Parameters
        ----------
        who : Participant
            The participant.
        """


class FeedSource(Protocol):
    """The stream for the audience, as a welcome contains it."""

    def feed_for(self, participant: Participant) -> StageFeed:
        """Return where a participant watches the stage.

        Parameters
        ----------
        participant : Participant
            The participant.
        """


class ReadingList(Protocol):
    """The readings that go on, as a welcome contains them."""

    def announced(self) -> list[Reading]:
        """Return the readings that everyone is told of."""


@dataclass(frozen=True, kw_only=True)
class RoomParts:
    """The parts of a room.

    Parameters
    ----------
    chat : ChatHistory
        The chat.
    feed : FeedSource
        The stream for the audience.
    readings : ReadingList
        The readings that go on.
    listeners : sequence of RoomListener
        What hears of the room's people, in this order.
    """

    chat: ChatHistory
    feed: FeedSource
    readings: ReadingList
    listeners: Sequence[RoomListener]
