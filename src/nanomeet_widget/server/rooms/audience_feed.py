"""What a room's audience sees: the broadcast while there is one, otherwise a relay of the stage.

The relay is a ticketed stream: each participant has an audience ticket. The server asks the page of a participant on the stage to compose
it, and another one when that page leaves or fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.broadcast.broadcast import Broadcast
from nanomeet_widget.server.broadcast.broadcasts import BroadcastRefusedError, Broadcasts
from nanomeet_widget.server.broadcast.ticketed_stream import TicketedStream
from nanomeet_widget.server.config import Patience
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_broadcast import RoomBroadcast
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds before a page that failed is asked again; doubled each time.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
#: Seconds after which a relay's end no longer counts as a failure.
_PROVEN = 60.0

_NO_FEED = meeting.StageFeed(stream=None)
_IMPOSSIBLE = meeting.StageFeed(stream=None, possible=False)


@dataclass(kw_only=True, eq=False)
class _Relay:
    """A relay of the stage, and the participant whose page composes it."""

    page: Participant
    broadcast: Broadcast
    stream: TicketedStream
    live_at: float | None = None


@dataclass(kw_only=True)
class _Reader:
    """A program that reads the stage: what it was told, and how it is told more."""

    on_moved: Callable[[meeting.StageFeed], None]
    on_viewer: Callable[[bool], None]
    told: meeting.StageFeed = _NO_FEED


@dataclass(kw_only=True)
class _Failures:
    """How often in succession a page has failed, and when it may be asked again."""

    count: int = 0
    not_before: float = 0.0


class AudienceFeed(RoomListener):
    """Provides a room's audience with a picture of the stage.

    Parameters
    ----------
    room : Room
        The room.
    public : RoomBroadcast
        The room's broadcast.
    broadcasts : Broadcasts
        All broadcasts of the server.
    timers : Timers
        The event loop.
    patience : Patience
        How long the relay continues without an audience.
    """

    def __init__(
        self,
        room: Room,
        *,
        public: RoomBroadcast,
        broadcasts: Broadcasts,
        timers: Timers,
        patience: Patience,
    ) -> None:
        self._room = room
        self._public = public
        self._broadcasts = broadcasts
        self._timers = timers
        self._patience = patience
        self._relay: _Relay | None = None
        self._failures: dict[str, _Failures] = {}
        self._told: dict[str, meeting.StageFeed] = {}
        #: Programs that read the stage, by the ID of their reading.
        self._readers: dict[str, _Reader] = {}
        #: Timers: when to ask a page again, and when to end a relay without an audience.
        self._retry = Alarm(timers)
        self._grace = Alarm(timers)

    def retitle(self) -> None:
        """Tell the audience of a new subject."""
        if self._relay is not None:
            self._relay.broadcast.retitle(self._public.title)

    # --- programs that read the stage ----------------------------------------------------------

    def add_reader(
        self,
        reading: str,
        *,
        on_moved: Callable[[meeting.StageFeed], None],
        on_viewer: Callable[[bool], None],
    ) -> None:
        """Let a program watch what the audience watches; it counts as audience.

        Parameters
        ----------
        reading : str
            The reading's ID.
        on_moved : callable
            Called with the stream and its ticket whenever they change, perhaps at once.
        on_viewer : callable
            As `TicketedStream.issue` has it.
        """
        self._readers[reading] = _Reader(on_moved=on_moved, on_viewer=on_viewer)
        self.review()

    def remove_reader(self, reading: str) -> None:
        """Let a program watch no longer.

        Parameters
        ----------
        reading : str
            The reading's ID.
        """
        reader = self._readers.pop(reading, None)
        if reader is not None and reader.told.stream is not None:
            self._broadcasts.revoke(reader.told.stream, reading)
        self.review()

    def _reader_feed(self, reading: str, reader: _Reader) -> meeting.StageFeed:
        stream = self._public.live
        if stream is None:
            relay = self._relay
            if relay is None or relay.broadcast.state is not BroadcastStatus.LIVE:
                return _NO_FEED if self._able else _IMPOSSIBLE
            stream = relay.stream.name
        ticket = self._broadcasts.issue(stream, reading, reader.on_viewer)
        return meeting.StageFeed(stream=stream, ticket=ticket)

    # --- what happens in the room --------------------------------------------------------------

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

    def _changed(self, participant: Participant) -> None:
        if participant.stage and self._relay is not None:
            self._relay.stream.revoke(participant.id)
        self.review()

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._told.pop(participant.id, None)
        self._failures.pop(participant.id, None)
        if self._relay is not None:
            self._relay.stream.revoke(participant.id)
        self.review()

    def review(self) -> None:
        """Start or end the relay as the room needs it now, and tell the audience where to watch."""
        self._retry.cancel()
        people = self._room.participants
        audience = bool(self._readers) or any(p.watches and not p.stage for p in people)
        if audience or not people:
            self._grace.cancel()
        if self._relay is not None and not self._fit(self._relay.page):
            self._end()
        if self._public.live is not None or not people:
            self._tell()
            self._end()
            return
        if audience and self._relay is None:
            self._ask()
        elif not audience and self._relay is not None and not self._grace.is_set:
            self._grace.set(self._patience.audience, self._end)
        self._tell()

    @property
    def _able(self) -> list[Participant]:
        return [p for p in self._room.participants if p.stage and p.composes]

    def _fit(self, page: Participant) -> bool:
        return page.stage and page.composes and self._room.present(page.id) is page

    # --- asking for a relay --------------------------------------------------------------------

    def _ask(self) -> None:
        now = self._timers.time()
        pages = [p for p in self._able if p.presence is Presence.PRESENT]
        if not pages:
            return
        earliest = min(self._failed(page).not_before for page in pages)
        if earliest > now:
            self._retry.set(earliest - now, self.review)
            return
        ready = [page for page in pages if self._failed(page).not_before <= now]
        # Moderators first; among equals, the one who has been present longest.
        self._begin(min(ready, key=lambda page: (self._failed(page).count, not page.moderator)))

    def _begin(self, page: Participant) -> None:
        try:
            broadcast, stream = self._broadcasts.start_ticketed(
                title=self._public.title, on_change=self._relay_changed
            )
        except BroadcastRefusedError:
            # The server is stopping.
            return
        self._relay = _Relay(page=page, broadcast=broadcast, stream=stream)
        self._room.note("relay_asked", page)
        page.send(
            meeting.IngestGranted(
                stream=stream.name, ticket=broadcast.ingest_ticket, purpose="stage"
            )
        )

    def _relay_changed(self, broadcast: Broadcast) -> None:
        relay = self._relay
        if relay is None or broadcast is not relay.broadcast:
            return
        if broadcast.state is BroadcastStatus.LIVE:
            if relay.live_at is None:
                relay.live_at = self._timers.time()
            self._tell()
        elif broadcast.state in {BroadcastStatus.OFF, BroadcastStatus.FAILED}:
            self._relay = None
            self._note_failure(relay)
            self.review()

    def _end(self) -> None:
        relay, self._relay = self._relay, None
        if relay is not None:
            relay.broadcast.stop()

    def _failed(self, page: Participant) -> _Failures:
        return self._failures.get(page.id) or _Failures()

    def _note_failure(self, relay: _Relay) -> None:
        now = self._timers.time()
        proven = relay.live_at is not None and now - relay.live_at >= _PROVEN
        count = 1 if proven else self._failed(relay.page).count + 1
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (count - 1))
        self._failures[relay.page.id] = _Failures(count=count, not_before=now + pause)

    # --- telling the audience ------------------------------------------------------------------

    def _feed(self, participant: Participant) -> meeting.StageFeed:
        if participant.stage or not participant.watches:
            return _NO_FEED
        if self._public.live is not None:
            return meeting.StageFeed(stream=self._public.live, ticket=self._public.watch_ticket)
        relay = self._relay
        if relay is None or relay.broadcast.state is not BroadcastStatus.LIVE:
            return _NO_FEED if self._able else _IMPOSSIBLE
        return meeting.StageFeed(
            stream=relay.stream.name, ticket=relay.stream.issue(participant.id)
        )

    def feed_for(self, participant: Participant) -> meeting.StageFeed:
        """Return where a participant watches the stage, for a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.

        Returns
        -------
        StageFeed
            The stream and its ticket; no stream for participants on the stage.
        """
        feed = self._told[participant.id] = self._feed(participant)
        return feed

    def _tell(self) -> None:
        for participant in self._room.participants:
            feed = self._feed(participant)
            if feed != self._told.get(participant.id, _NO_FEED):
                self._told[participant.id] = feed
                participant.send(feed)
        for reading in tuple(self._readers):
            self._tell_reader(reading)

    def _tell_reader(self, reading: str) -> None:
        reader = self._readers.get(reading)
        if reader is None:
            # What another reader was told has ended this one's reading.
            return
        feed, last = self._reader_feed(reading, reader), reader.told
        if feed == last:
            return
        reader.told = feed
        if last.stream is not None:
            self._broadcasts.revoke(last.stream, reading)
        reader.on_moved(feed)
