"""All broadcasts of the server, and the streams that are watched."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

import msgspec

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.broadcast.broadcast import Broadcast
from nanomeet_widget.server.broadcast.broadcast_stream import BroadcastStream
from nanomeet_widget.server.broadcast.ingest_bounds import IngestBounds
from nanomeet_widget.server.broadcast.ports import MakePush, MakeRecording, Push, Recording
from nanomeet_widget.server.broadcast.push_target import PushRefusedError, read_target
from nanomeet_widget.server.broadcast.stream import Stream, Viewer
from nanomeet_widget.server.broadcast.ticketed_stream import TicketedStream
from nanomeet_widget.server.broadcast.wording import BROADCAST, Purpose, Wording
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import common
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.timers import Timers

#: How many idle streams are kept, so that viewers who come after the end learn of it.
_REMEMBERED = 256
#: Seconds at its full rate for which the group of pictures of a bounded stream is cached.
_CACHED = 4


class BroadcastRefusedError(NanoMeetError):
    """The broadcast cannot begin."""


class WatchRefusedError(NanoMeetError):
    """The stream cannot be watched.

    Parameters
    ----------
    kind : str
        The error's kind, as pages know it.
    message : str
        Why, in plain words.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Broadcasts:
    """The broadcasts and the watched streams of the server.

    Parameters
    ----------
    config : ServerConfig
        Limits and patience.
    origin : str
        The server's address, for the playout URLs.
    store : Store
        The index of recordings.
    timers : Timers
        The event loop.
    record : MakeRecording
        Makes a stream's recording.
    push : MakePush
        Makes a push to another server.
    """

    def __init__(
        self,
        *,
        config: ServerConfig,
        origin: str,
        store: Store,
        timers: Timers,
        record: MakeRecording,
        push: MakePush,
    ) -> None:
        self._config = config
        self._origin = origin
        self._store = store
        self._timers = timers
        self._record = record
        self._push = push
        self._broadcasts: dict[str, Broadcast] = {}
        self._streams: dict[str, BroadcastStream] = {}
        #: Those with a random name, whose viewers need personal tickets.
        self._ticketed: dict[str, TicketedStream] = {}
        #: Called with the name of each public stream that goes live.
        self.on_live: list[Callable[[str], object]] = []
        self._closing = False
        self._on_over: Callable[[], None] | None = None

    def start(
        self,
        name: str,
        *,
        title: str,
        options: common.BroadcastOptions,
        on_change: Callable[[Broadcast], None],
        on_viewers: Callable[[int], None] | None = None,
        on_lost: Callable[[bool], bool] | None = None,
        wording: Wording = BROADCAST,
    ) -> Broadcast:
        """Begin a broadcast.

        Parameters
        ----------
        name : str
            The stream's name.
        title : str
            What viewers read above the picture.
        options : BroadcastOptions
            What the moderator chose.
        on_change, on_viewers, on_lost, wording
            As `Broadcast` has them.

        Returns
        -------
        Broadcast
            The broadcast, which waits for its sender.

        Raises
        ------
        BroadcastRefusedError
            If the stream is in use by another broadcast, or the server is stopping.
        PushRefusedError
            If it cannot be pushed to one of the addresses, or not with that codec.
        """
        targets = [read_target(url) for url in options.to]
        if targets and options.codec not in {None, "h264"}:
            raise PushRefusedError(
                f"RTMP carries H.264 only: {options.codec} cannot be pushed. Choose h264"
            )
        if name in self._broadcasts:
            raise BroadcastRefusedError(
                f"Stream {name} is in use by another broadcast. Stop that one first."
            )
        self._check_open()
        recording = self._record(name, private=options.private) if options.record else None
        pushes = [self._push(target) for target in targets]
        watch_ticket = secrets.token_urlsafe(32) if options.private else None
        stream = self._stream(name)
        stream.known = True
        stream.protect(watch_ticket)
        return self._start(
            stream,
            title=title,
            options=msgspec.structs.replace(options, codec="h264") if targets else options,
            recording=recording,
            pushes=pushes,
            watch_ticket=watch_ticket,
            on_change=on_change,
            on_viewers=on_viewers,
            on_lost=on_lost,
            wording=wording,
        )

    def start_ticketed(
        self,
        *,
        title: str,
        on_change: Callable[[Broadcast], None],
        on_lost: Callable[[bool], bool] | None = None,
        options: common.BroadcastOptions | None = None,
        bounds: IngestBounds | None = None,
        wording: Wording = BROADCAST,
    ) -> tuple[Broadcast, TicketedStream]:
        """Begin a stream that only the holders of personal tickets can watch.

        Parameters
        ----------
        title : str
            What viewers read above the picture.
        on_change, on_lost
            As `Broadcast` has them.
        options : BroadcastOptions, optional
            Its quality; the default one otherwise.
        bounds, wording
            As `Broadcast` has them.

        Returns
        -------
        tuple
            The broadcast, and the stream that issues the tickets.

        Raises
        ------
        BroadcastRefusedError
            If the server is stopping.
        """
        self._check_open()
        cache = self._config.limits.cache
        if bounds is not None:
            cache = min(cache, int(_CACHED * bounds.rate))
        stream = TicketedStream(timers=self._timers, cache=cache)
        self._ticketed[stream.name] = stream
        broadcast = self._start(
            stream,
            title=title,
            options=options or common.BroadcastOptions(),
            on_change=on_change,
            on_lost=on_lost,
            bounds=bounds,
            wording=wording,
        )
        return broadcast, stream

    def _check_open(self) -> None:
        if self._closing:
            raise BroadcastRefusedError("The server is stopping.")

    def _start(
        self,
        stream: Stream,
        *,
        title: str,
        options: common.BroadcastOptions,
        recording: Recording | None = None,
        pushes: Sequence[Push] = (),
        watch_ticket: str | None = None,
        on_change: Callable[[Broadcast], None],
        on_viewers: Callable[[int], None] | None = None,
        on_lost: Callable[[bool], bool] | None = None,
        bounds: IngestBounds | None = None,
        wording: Wording = BROADCAST,
    ) -> Broadcast:
        broadcast = Broadcast(
            stream,
            title=title,
            origin=self._origin,
            config=self._config,
            timers=self._timers,
            options=options,
            recording=recording,
            pushes=pushes,
            watch_ticket=watch_ticket,
            on_change=lambda changed: self._changed(changed, on_change),
            on_viewers=on_viewers,
            on_lost=on_lost,
            bounds=bounds,
            wording=wording,
        )
        self._broadcasts[stream.name] = broadcast
        return broadcast

    def count(self, purpose: Purpose = "broadcast") -> int:
        """Return how many streams have a sender, or wait for one.

        Parameters
        ----------
        purpose : Purpose, default "broadcast"
            What they are for: "broadcast" counts the relays for audiences, too.
        """
        return sum(broadcast.purpose == purpose for broadcast in self._broadcasts.values())

    @property
    def viewers(self) -> int:
        """How many viewers all broadcasts have; those who wait for one that does not exist are none."""
        known = (stream for stream in self._streams.values() if stream.known)
        relays = (
            stream
            for name, stream in self._ticketed.items()
            if self._broadcasts[name].purpose == "broadcast"
        )
        return sum(stream.viewers for stream in (*known, *relays))

    def knows(self, name: str) -> bool:
        """Return whether a stream exists: it is or was broadcast, or a valid token is for it.

        Parameters
        ----------
        name : str
            The stream's name.
        """
        stream = self._streams.get(name)
        if name in self._ticketed or (stream is not None and stream.known):
            return True
        known = self._store.tokens.has_stream(name) or bool(self._store.recordings.last(name))
        if stream is not None:
            stream.known = known
        return known

    def check(self, name: str, ticket: str | None) -> None:
        """Check that a viewer may watch a stream, and that there is a place for them.

        Parameters
        ----------
        name, ticket
            As `watch` has them.

        Raises
        ------
        WatchRefusedError
            As `watch` raises it.
        """
        stream: TicketedStream | None = self._ticketed.get(name) or self._streams.get(name)
        # A wrong ticket for an unknown name makes no stream.
        admitted = stream.opens(ticket) if stream is not None else ticket is None
        if not admitted:
            raise WatchRefusedError(
                "forbidden",
                "This stream needs a ticket, and this one is wrong or expired. Ask for the link again.",
            )
        # Each holder of a personal ticket has a place. What a ticket opens, no one else can fill.
        if (
            not self.reserves(name, ticket)
            and self.knows(name)
            and self._full(public=ticket is None)
        ):
            raise WatchRefusedError("full", "This server has reached its viewer limit.")

    def reserves(self, name: str, ticket: str | None) -> bool:
        """Return whether a ticket is a personal one: of a participant's page, or of a program that reads.

        Parameters
        ----------
        name, ticket
            As `watch` has them.
        """
        stream: TicketedStream | None = self._ticketed.get(name) or self._streams.get(name)
        return stream is not None and stream.reserved(ticket)

    def _full(self, *, public: bool) -> bool:
        streams = (s for s in self._streams.values() if s.known and s.public == public)
        return sum(stream.viewers for stream in streams) >= self._config.limits.viewers

    def by_ingest_ticket(self, ticket: str) -> Broadcast | None:
        """Return the broadcast that an ingest ticket allows to send.

        Parameters
        ----------
        ticket : str
            What a page presents.

        Returns
        -------
        Broadcast or None
            None if the ticket is wrong or no longer valid.
        """
        given = ticket.encode()
        for broadcast in self._broadcasts.values():
            if secrets.compare_digest(broadcast.ingest_ticket.encode(), given):
                return broadcast
        return None

    def watch(self, name: str, viewer: Viewer, *, ticket: str | None = None) -> Stream:
        """Add a viewer to a stream.

        Parameters
        ----------
        name : str
            The stream's name; viewers may wait for one that has never been broadcast.
        viewer : Viewer
            The viewer.
        ticket : str, optional
            The watch ticket or a personal one; None for a public stream.

        Returns
        -------
        Stream
            The stream that the viewer has joined.

        Raises
        ------
        WatchRefusedError
            If the server has reached its viewer limit, or the ticket is not valid for the stream.
        """
        self.check(name, ticket)
        return self.admit(name, viewer, ticket=ticket)

    def admit(self, name: str, viewer: Viewer, *, ticket: str | None) -> Stream:
        """Add a viewer that `check` has accepted in the same turn of the event loop.

        Parameters
        ----------
        name, viewer, ticket
            As `watch` has them.

        Returns
        -------
        Stream
            The stream that the viewer has joined.
        """
        stream = self._ticketed.get(name) or self._stream(name)
        stream.admit(ticket, viewer)
        return stream

    def issue(self, name: str, holder: str, on_viewer: Callable[[bool], None]) -> str:
        """Return a personal ticket for a stream that is live.

        Parameters
        ----------
        name : str
            The stream's name.
        holder, on_viewer
            As `TicketedStream.issue` has them.

        Returns
        -------
        str
            The ticket, which is valid until it is revoked or the broadcast ends.
        """
        return (self._ticketed.get(name) or self._stream(name)).issue(holder, on_viewer)

    def revoke(self, name: str, holder: str) -> None:
        """Revoke a personal ticket, and dismiss its viewer.

        Parameters
        ----------
        name : str
            The stream's name; nothing happens if it has ended.
        holder : str
            As `issue` has it.
        """
        stream: TicketedStream | None = self._ticketed.get(name) or self._streams.get(name)
        if stream is not None:
            stream.revoke(holder)

    def public(self, name: str) -> BroadcastStream | None:
        """Return a public stream.

        Parameters
        ----------
        name : str
            The stream's name.

        Returns
        -------
        BroadcastStream or None
            None if the stream is private, or was neither broadcast nor watched before.
        """
        stream = self._streams.get(name)
        return stream if stream is not None and stream.public else None

    @property
    def active(self) -> bool:
        """Whether any broadcast has not ended."""
        return bool(self._broadcasts)

    def close(self, on_over: Callable[[], None]) -> None:
        """Stop every broadcast, as the server stops.

        Parameters
        ----------
        on_over : callable
            Called once the last recording is finished.
        """
        self._closing = True
        self._on_over = on_over
        for broadcast in tuple(self._broadcasts.values()):
            broadcast.stop(common.Trouble("broadcast_server", "The server is stopping."))
        self._check_over()

    def _changed(self, broadcast: Broadcast, on_change: Callable[[Broadcast], None]) -> None:
        name = broadcast.streamname
        if broadcast.state is BroadcastStatus.LIVE and self.public(name) is not None:
            for listener in self.on_live:
                listener(name)
        if broadcast.state in {BroadcastStatus.OFF, BroadcastStatus.FAILED}:
            del self._broadcasts[name]
            self._ticketed.pop(name, None)
        on_change(broadcast)
        self._check_over()

    def _check_over(self) -> None:
        if self._on_over is not None and not self._broadcasts:
            on_over, self._on_over = self._on_over, None
            on_over()

    def _stream(self, name: str) -> BroadcastStream:
        stream = self._streams.get(name)
        if stream is None:
            self._forget_idle()
            recording = self._store.recordings.last(name)
            stream = BroadcastStream(
                name,
                timers=self._timers,
                cache=self._config.limits.cache,
                vod=f"{self._origin}/vod/{recording.name}.mp4" if recording else None,
            )
            self._streams[name] = stream
            self.knows(name)
        return stream

    def _forget_idle(self) -> None:
        idle = [
            name
            for name, stream in self._streams.items()
            if not stream.viewers and name not in self._broadcasts
        ]
        for name in idle[: max(0, len(idle) - _REMEMBERED)]:
            del self._streams[name]
