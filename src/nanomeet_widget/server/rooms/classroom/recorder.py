"""What the parts of a room tell of which records may be kept."""

from __future__ import annotations

from collections.abc import Sequence

from nanomeet_widget.server.protocol import classroom, meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.store.poll_records import Ballot, PollRecord


class Recorder(RoomListener):
    """Hears what people of a room do. It keeps nothing of it, unless a method is overridden."""

    def logs(self, event: str) -> bool:
        """Return whether an event of a participant may be in the log of events.

        Parameters
        ----------
        event : str
            The event.
        """
        del event
        return False

    def speaking(self, who: Participant, message: classroom.Speaking) -> None:
        """Hear whether a participant speaks.

        Parameters
        ----------
        who : Participant
            The participant.
        message : Speaking
            What their page says.
        """

    def lowered(self, participant: Participant, raised: float, *, by: Participant) -> None:
        """Hear who lowered a hand.

        Parameters
        ----------
        participant : Participant
            Whose hand it was.
        raised : float
            When it was raised, in milliseconds since the epoch.
        by : Participant
            Who lowered it.
        """

    def reacted(self, who: Participant, reaction: str) -> None:
        """Hear of a reaction.

        Parameters
        ----------
        who : Participant
            The participant.
        reaction : str
            The reaction.
        """

    def chatted(self, who: Participant, message: meeting.ChatMessage) -> None:
        """Hear of a chat message.

        Parameters
        ----------
        who : Participant
            Who wrote it.
        message : ChatMessage
            The message.
        """

    def poll_closed(self, poll: PollRecord, ballots: Sequence[Ballot]) -> None:
        """Hear of a poll that is closed.

        Parameters
        ----------
        poll : PollRecord
            The poll.
        ballots : sequence of Ballot
            Its votes.
        """
