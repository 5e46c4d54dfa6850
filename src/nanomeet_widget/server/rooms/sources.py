"""Sources: private streams by which participants' programs send pictures to their own pages."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.broadcast.broadcast import Broadcast
from nanomeet_widget.server.broadcast.broadcasts import BroadcastRefusedError, Broadcasts
from nanomeet_widget.server.broadcast.ingest_bounds import IngestBounds
from nanomeet_widget.server.broadcast.ticketed_stream import TicketedStream
from nanomeet_widget.server.broadcast.wording import SOURCE
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.protocol.frames import Track
from nanomeet_widget.server.rooms.cleaning import clean_title
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.timers import Alarm, Timers

#: A screen may have sound; nothing hears that of a camera.
_TRACKS: dict[meeting.SourceUse, frozenset[Track]] = {
    "screen": frozenset(Track),
    "camera": frozenset({Track.VIDEO}),
}
_MOST_LINES = 2160
#: Frames a second: 60 pictures, packets of 10 ms, and half as much again.
_MOST_FRAMES = 240.0


@dataclass(kw_only=True, eq=False)
class _Source:
    """A source that is open."""

    owner: Participant
    use: meeting.SourceUse
    title: str
    broadcast: Broadcast
    stream: TicketedStream
    #: Runs while the owner's page does not watch.
    unshown: Alarm


class Sources(RoomListener):
    """Opens and closes the sources of a room.

    Parameters
    ----------
    room : Room
        The room.
    broadcasts : Broadcasts
        All streams of the server.
    config : ServerConfig
        Limits and patience.
    timers : Timers
        The event loop.
    """

    def __init__(
        self, room: Room, *, broadcasts: Broadcasts, config: ServerConfig, timers: Timers
    ) -> None:
        self._room = room
        self._broadcasts = broadcasts
        self._config = config
        self._timers = timers
        self._sources: dict[tuple[str, meeting.SourceUse], _Source] = {}

    def open(self, who: Participant, message: meeting.OpenSource) -> None:
        """Open a source, and close another one for the same use.

        Parameters
        ----------
        who : Participant
            The participant who asks.
        message : OpenSource
            The request.
        """
        if not who.stage:
            refuse(
                who,
                message,
                "audience",
                "Your page can show a program's pictures to others on the stage only. Enter it first.",
            )
            return
        key = who.id, message.use
        title = clean_title(message.title)
        try:
            broadcast, stream = self._broadcasts.start_ticketed(
                title=title,
                on_change=functools.partial(self._changed, key),
                bounds=IngestBounds(
                    rate=self._config.limits.source_rate,
                    tracks=_TRACKS[message.use],
                    lines=_MOST_LINES,
                    frames=_MOST_FRAMES,
                ),
                wording=SOURCE,
            )
        except BroadcastRefusedError as error:
            refuse(who, message, "conflict", str(error))
            return
        last = self._sources.get(key)
        source = _Source(
            owner=who,
            use=message.use,
            title=title,
            broadcast=broadcast,
            stream=stream,
            unshown=Alarm(self._timers),
        )
        self._sources[key] = source
        # The page is told of the new one first, so that it goes on showing pictures.
        self._tell(source, message.ref)
        self._expect_page(source)
        if last is not None:
            self._end(last, "Another source for the same use has replaced it.")

    def close(self, who: Participant, message: meeting.CloseSource) -> None:
        """Close a source; one that is closed stays so.

        Parameters
        ----------
        who : Participant
            The participant who asks.
        message : CloseSource
            The request.
        """
        self._close(who, message.use, "The source was closed.")
        acknowledge(who, message)

    # --- what happens in the room --------------------------------------------------------------

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        for source in self._of(participant):
            self._tell(source, None)
            if source.unshown.is_set:
                self._expect_page(source)

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        if not participant.stage:
            for source in self._of(participant):
                self._close(participant, source.use, "You have left the stage.")

    def awaits(self, participant: Participant) -> bool:
        """Return whether a program sends to this participant's page.

        Parameters
        ----------
        participant : Participant
            The participant, whose page was unloaded.
        """
        return any(
            source.broadcast.state is BroadcastStatus.LIVE and not source.broadcast.interrupted
            for source in self._of(participant)
        )

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        for source in self._of(participant):
            self._close(participant, source.use, "You have left the meeting.")

    def _of(self, participant: Participant) -> list[_Source]:
        return [source for source in self._sources.values() if source.owner is participant]

    # --- the stream ----------------------------------------------------------------------------

    def _tell(self, source: _Source, ref: int | None) -> None:
        ticket = source.stream.issue(source.owner.id, functools.partial(self._page_watches, source))
        source.owner.send(
            meeting.SourceOpened(
                ref=ref,
                use=source.use,
                stream=source.stream.name,
                ingest_ticket=source.broadcast.ingest_ticket,
                watch_ticket=ticket,
                title=source.title,
            )
        )

    def _page_watches(self, source: _Source, watches: bool) -> None:  # noqa: FBT001 - as the stream calls it
        if watches:
            source.unshown.cancel()
        else:
            self._expect_page(source)

    def _expect_page(self, source: _Source) -> None:
        patience = self._config.patience.reader
        source.unshown.set(patience, functools.partial(self._unshown, source))

    def _unshown(self, source: _Source) -> None:
        if source.owner.presence is Presence.DROPPED:
            # The room waits for their page to come back, and then tells of it.
            self._expect_page(source)
            return
        patience = self._config.patience.reader
        self._close(
            source.owner,
            source.use,
            f"Your page has not shown it for {patience:.0f} seconds. Is the meeting's page still open?",
            failed=True,
        )

    def _changed(self, key: tuple[str, meeting.SourceUse], broadcast: Broadcast) -> None:
        source = self._sources.get(key)
        if source is None or source.broadcast is not broadcast:
            return
        if broadcast.state in {BroadcastStatus.OFF, BroadcastStatus.FAILED}:
            trouble = broadcast.describe().trouble
            message = SOURCE.stopped if trouble is None else trouble.message
            self._close(source.owner, source.use, message, failed=True)

    def _close(
        self, owner: Participant, use: meeting.SourceUse, message: str, *, failed: bool = False
    ) -> None:
        source = self._sources.pop((owner.id, use), None)
        if source is not None:
            self._end(source, message, failed=failed)

    def _end(self, source: _Source, message: str, *, failed: bool = False) -> None:
        source.unshown.cancel()
        source.broadcast.stop(reason=message)
        source.owner.send(
            meeting.SourceClosed(
                use=source.use, stream=source.stream.name, message=message, failed=failed
            )
        )
