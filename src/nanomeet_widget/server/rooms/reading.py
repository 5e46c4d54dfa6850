"""One reading: a program of one participant gets the picture or sound of another one, or the stage."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from nanomeet_widget.server.broadcast.broadcast import Broadcast
from nanomeet_widget.server.broadcast.ingest_bounds import IngestBounds
from nanomeet_widget.server.broadcast.ticketed_stream import TicketedStream
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.protocol.frames import Track
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.timers import Alarm

#: Packets of sound a second: of 10 ms, and twice as many.
_PACKETS = 200.0


@dataclass(kw_only=True, eq=False)
class Reading:
    """A reading, from the request to its end.

    Parameters
    ----------
    reader : Participant
        The participant whose program it is.
    of : Participant or None
        The participant who is read; None for the stage.
    request : ReadMedia
        What the reader asked for.
    patience : Alarm
        Bounds what it waits for.
    """

    reader: Participant
    of: Participant | None
    request: meeting.ReadMedia
    patience: Alarm
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    #: Whether it may go on: the participant has agreed, or need not be asked.
    granted: bool = False
    #: Whether the reader knows where to watch.
    opened: bool = False
    #: What the page of the participant who is read sends, and its stream.
    broadcast: Broadcast | None = None
    stream: TicketedStream | None = None
    #: For a reading of the stage: where it is watched now.
    feed: meeting.StageFeed | None = None

    @property
    def own(self) -> bool:
        """Whether the participant reads their own picture or sound."""
        return self.of is self.reader

    @property
    def pending(self) -> bool:
        """Whether it waits for the participant's answer."""
        return not self.granted

    def repeats(self, other: Reading) -> bool:
        """Return whether it is for the same reader and media as another reading.

        Parameters
        ----------
        other : Reading
            The other reading.
        """
        return (self.reader, self.of, self.request.media) == (
            other.reader,
            other.of,
            other.request.media,
        )

    def describe(self) -> meeting.Reading:
        """Return the reading as everyone sees it."""
        return meeting.Reading(
            id=self.id,
            reader=self.reader.id,
            of=None if self.of is None else self.of.id,
            media=self.request.media,
        )

    def bounds(self, rate: float) -> IngestBounds:
        """Return what the page of the participant who is read may send.

        Parameters
        ----------
        rate : float
            Bytes a second.
        """
        if self.request.media == "audio":
            return IngestBounds(rate=rate, tracks=frozenset({Track.AUDIO}), frames=_PACKETS)
        return IngestBounds(
            rate=rate,
            tracks=frozenset({Track.VIDEO}),
            lines=self.request.lines,
            # A page that was held up sends what it has, and set-ups.
            frames=1.5 * self.request.fps + 2,
        )
