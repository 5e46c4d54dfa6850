"""The parts of a room: what a welcome contains, and what the parts hear of the room's people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from nanomeet_widget.server.protocol.meeting import Bye, ChatMessage, Reading, StageFeed
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


class Elsewhere(Protocol):
    """The other rooms of a meeting: its groups, as its main room sees them, or the other way round."""

    @property
    def keeps_open(self) -> bool:
        """Whether the room stays open without anyone in it."""

    @property
    def shown_as(self) -> str:
        """The name of the meeting, as its people know it."""

    def away(self) -> Sequence[Participant]:
        """Return the people in other rooms who have places in this one."""

    def belongs(self, newcomer: Participant) -> bool:
        """Return whether a person belongs in another room, to which `lead` leads them.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """

    def lead(self, newcomer: Participant) -> None:
        """Lead a person on to the room in which they belong.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """

    def expects(self, newcomer: Participant) -> bool:
        """Return whether a person comes from another room of the meeting, and was admitted there.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """

    def grants(self, newcomer: Participant) -> bool:
        """Return whether a person was made a moderator in another room of the meeting.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """

    def expel(self, person: Participant, farewell: Bye) -> bool:
        """Remove a person of this room who is in another one; return whether they were.

        Parameters
        ----------
        person : Participant
            The person.
        farewell : Bye
            What they are told.
        """

    def end(self, farewell: Bye) -> None:
        """End with the room.

        Parameters
        ----------
        farewell : Bye
            What all people are told.
        """

    def forget(self) -> None:
        """Delete what was saved, as the room has ended."""


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
    elsewhere : Elsewhere
        The other rooms of the meeting.
    listeners : sequence of RoomListener
        What hears of the room's people, in this order.
    """

    chat: ChatHistory
    feed: FeedSource
    readings: ReadingList
    elsewhere: Elsewhere
    listeners: Sequence[RoomListener]
