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

    def awaits(self, participant: Participant) -> bool:
        """Return whether a program of this participant is at work, which needs their page.

        Parameters
        ----------
        participant : Participant
            The participant, whose page was unloaded.
        """
        del participant
        return False

    def dropped(self, participant: Participant, at: float) -> None:
        """Hear of a participant whose connection was lost, and who keeps their place for a while.

        Parameters
        ----------
        participant : Participant
            The participant.
        at : float
            When it was lost, in seconds since the epoch.
        """

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """

    def restored(self) -> None:
        """Hear that the room has its people back whose server was killed, without connections."""

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


class Logged(Protocol):
    """What the log of events may say of participants."""

    def logs(self, event: str) -> bool:
        """Return whether an event of a participant may be in the log of events.

        Parameters
        ----------
        event : str
            The event.
        """


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

    def inside(self) -> Sequence[Participant]:
        """Return the people in the rooms of this one's groups, as those rooms have them."""

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
    logged : Logged
        What the log of events may say of participants.
    elsewhere : Elsewhere
        The other rooms of the meeting.
    listeners : sequence of RoomListener
        What hears of the room's people, in this order.
    """

    chat: ChatHistory
    feed: FeedSource
    readings: ReadingList
    logged: Logged
    elsewhere: Elsewhere
    listeners: Sequence[RoomListener]
