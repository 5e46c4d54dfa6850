"""One broadcast from the request to the whole recording, and all broadcasts of the server."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._states import BROADCAST_STEPS, BroadcastStatus, Machine
from nanomeet_widget.server.broadcast.audience_stream import AudienceStream
from nanomeet_widget.server.broadcast.lateness import Lateness
from nanomeet_widget.server.broadcast.push_target import PushRefusedError, PushTarget, read_target
from nanomeet_widget.server.broadcast.stream import Stream, Viewer, outgoing
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.media.timeline import Timeline, starts
from nanomeet_widget.server.media.tracks import Setup, read_setup
from nanomeet_widget.server.protocol import messages
from nanomeet_widget.server.protocol.frames import Frame, FrameError, Kind, Track, decode
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.timers import Handle, Timers
from nanomeet_widget.server.token_bucket import TokenBucket

#: Pictures may come out of order by less than this; a larger step back is another clock.
_MAX_STEP_BACK = 1_000_000
#: A sender that was silent for longer may be replaced by one with the same ticket.
_SILENCE = 1.0
_NO_ENTRY = (
    "This stream takes a ticket, and this one is wrong, or it is over: ask for the link again."
)
LOST = messages.Trouble(
    "broadcast_lost", "The connection to the page that sent the broadcast was lost."
)
_BEHIND: dict[messages.Behind, messages.Trouble] = {
    "encoder": messages.Trouble(
        "broadcast_slow_encoder",
        "The machine that sends the broadcast does not keep up with its encoder.",
    ),
    "line": messages.Trouble(
        "broadcast_slow_line",
        "The line of the page that sends the broadcast is too slow for it.",
    ),
}
#: How many streams that have ended are remembered for newcomers.
_REMEMBERED = 256


class BroadcastRefusedError(NanoMeetError):
    """The broadcast cannot begin."""


class WatchRefusedError(NanoMeetError):
    """The stream cannot be watched.

    Parameters
    ----------
    kind
        As a page is told it.
    message
        Why, in plain words.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Sender(Protocol):
    """The page that sends the stage. Neither call raises."""

    def send(self, message: messages.IngestServerMessage) -> None:
        """Send a message."""

    def close(self, farewell: messages.IngestEnded) -> None:
        """Say why, and close."""


class Recording(Protocol):
    """A file in the making. Every call returns at once; callbacks come on the event loop."""

    @property
    def vod(self) -> str:
        """The path, below the server's address, where it can be seen afterwards."""

    def open(
        self,
        setups: Sequence[Setup],
        *,
        on_open: Callable[[messages.Trouble | None], None],
        on_error: Callable[[messages.Trouble], None],
    ) -> None:
        """Begin the file; `on_open` gets None, or what went wrong.

        Parameters
        ----------
        setups
            Of its tracks, the picture's first.
        """

    def setup(self, setup: Setup) -> None:
        """Take note that a track's set-up has changed."""

    def write(self, frame: Frame, time: int) -> None:
        """Add a frame at its time, in microseconds since the first one's."""

    def mark(self, title: str, time: int) -> None:
        """Begin a chapter at a time, as above."""

    def finish(self, on_done: Callable[[messages.Trouble | None], None]) -> None:
        """Close the file and make it ready to play; `on_done` gets None, or what went wrong."""


class Push(Protocol):
    """The broadcast's way to another server. Every call returns at once."""

    def describe(self) -> messages.PushState:
        """Return where it stands."""

    def open(self, channel: Stream, on_change: Callable[[], None]) -> None:
        """Begin."""

    def close(self) -> None:
        """End it."""


class Broadcast:
    """A broadcast and its state machine.

    Parameters
    ----------
    channel
        The stream's viewers.
    origin
        The server's address, for the playout URLs.
    config
        Limits and patience.
    timers
        The event loop.
    recording
        Where it is recorded, if it is.
    pushes
        Its ways to other servers.
    private
        Whether it takes the link of `describe` to watch, whose fragment has a ticket.
    quality
        What its picture is like; "audio" for none.
    codec
        What the picture has to be encoded as; None for whatever comes.
    shows
        What viewers are shown at first.
    on_change
        Called after every change of state.
    on_viewers
        Called with how many watch, when that changes.
    on_lost
        Called when the page that sends it is away, to find another one; returns whether there is
        any. Called again, with True, when it has been away for too long; without this the broadcast
        ends then.
    """

    def __init__(
        self,
        channel: Stream,
        *,
        title: str,
        origin: str,
        config: ServerConfig,
        timers: Timers,
        recording: Recording | None,
        on_change: Callable[[Broadcast], None],
        on_viewers: Callable[[int], None] | None = None,
        on_lost: Callable[[bool], bool] | None = None,
        pushes: Sequence[Push] = (),
        private: bool = False,
        quality: messages.Quality = "360p",
        codec: messages.Codec | None = None,
        shows: messages.Shows = "stage",
        now: Callable[[], float] = time.time,
    ) -> None:
        self.stream = channel.stream
        #: Whoever has it may send; it is told to the broadcaster alone.
        self.ticket = secrets.token_urlsafe(32)
        self._channel = channel
        self._title = title
        self._origin = origin
        self._config = config
        self._timers = timers
        self._recording = recording
        self._on_change = on_change
        self._on_lost = on_lost
        self._pushes = pushes
        #: What viewers of a private broadcast have.
        self.viewer_ticket = secrets.token_urlsafe(32) if private else None
        self._now = now
        self._machine: Machine[BroadcastStatus] = Machine(BroadcastStatus.OFF, BROADCAST_STEPS)
        self._machine.step(BroadcastStatus.STARTING)
        self._trouble: messages.Trouble | None = None
        #: What its sender does not keep up with: what is told, and what it says.
        self._behind: messages.Trouble | None = None
        self._said_behind: messages.Behind | None = None
        self._lateness = Lateness()
        self._since: float | None = None
        self._vod: str | None = None
        self._sender: Sender | None = None
        self._heard_at = 0.0
        self._setups: dict[Track, Setup] = {}
        self._latest: dict[Track, int] = {}
        self.quality: messages.Quality = quality
        self._codec = codec
        #: What viewers are shown, and what they shall be shown.
        self.shows: messages.Shows = shows
        self.wanted: messages.Shows = shows
        #: Without a picture, sound is what it begins with.
        self._lead = Track.AUDIO if quality == "audio" else Track.VIDEO
        self._timeline = Timeline(self._lead)
        self._begun = False
        #: Runs while no page sends; None while one does, or may come back.
        self._grace: Handle | None = None
        #: Whether viewers wait for another sender's first picture.
        self._halted = False
        self._need_keyframe = True
        rate = config.limits.ingest_rate
        self._allowance = TokenBucket(burst=rate * 4, rate=rate, now=timers.time())
        self._timeout: Handle | None = timers.call_later(
            config.patience.first_picture,
            lambda: self._fail(
                messages.Trouble(
                    "broadcast_silent",
                    f"Nothing came from the broadcaster's page within "
                    f"{config.patience.first_picture:.0f} seconds.",
                )
            ),
        )
        channel.begin(
            title,
            self._want_keyframe,
            on_viewers,
            ticket=self.viewer_ticket,
            picture=self._lead is Track.VIDEO,
            shows=shows,
        )

    @property
    def state(self) -> BroadcastStatus:
        """Where it stands."""
        return self._machine.state

    def describe(self) -> messages.BroadcastState:
        """Return what the room is told of it."""
        playout = None
        if self.state in {BroadcastStatus.LIVE, BroadcastStatus.STOPPING} or self._vod is not None:
            live = f"{self._origin}/live/{self.stream}"
            if self.viewer_ticket is not None:
                # In the fragment, which no server, proxy or Referer ever sees.
                live += f"#ticket={self.viewer_ticket}"
            playout = messages.Playout(live=live, vod=self._vod)
        return messages.BroadcastState(
            state=self.state,
            playout=playout,
            since=self._since,
            trouble=self._trouble or self._behind,
            targets=[push.describe() for push in self._pushes]
            if self.state is BroadcastStatus.LIVE
            else [],
            quality=self.quality,
            shows=self.shows,
        )

    def grant(self) -> messages.IngestGranted:
        """Return what the page that is to send it has to know."""
        picture = self._setups.get(Track.VIDEO)
        return messages.IngestGranted(
            stream=self.stream,
            ticket=self.ticket,
            quality=self.quality,
            # A recording goes on in what it began with.
            codec=self._codec or (None if picture is None else picture.picture),
            shows=self.wanted,
        )

    def show(self, shows: messages.Shows) -> None:
        """Take note of what the viewers are shown from now on."""
        if shows != self.shows and self.state in {BroadcastStatus.STARTING, BroadcastStatus.LIVE}:
            self.shows = shows
            self._channel.show(shows)
            self._on_change(self)

    def retitle(self, title: str) -> None:
        """Tell the viewers a new title."""
        self._title = title
        self._channel.retitle(title)
        self.mark(title)

    def mark(self, title: str) -> None:
        """Begin a chapter of the recording, if there is one."""
        if self._recording is not None and self._begun:
            self._recording.mark(title, self._timeline.at(self._timers.time()))

    # --- the sender ----------------------------------------------------------------------------

    def attach(self, sender: Sender, clock: int | None = None) -> bool:
        """Take frames from this sender; return False if another one is sending.

        Parameters
        ----------
        sender
            The page's connection.
        clock
            What the page's clock shows at this moment, in microseconds; None if it does not say.
        """
        if self.state not in {BroadcastStatus.STARTING, BroadcastStatus.LIVE}:
            return False
        if self._sender is not None:
            if self._timers.time() - self._heard_at < _SILENCE:
                return False
            self._sender.close(
                messages.IngestEnded(reason="Another connection took over.", failed=True)
            )
        self._sender = sender
        self._heard_at = self._timers.time()
        if self.state is BroadcastStatus.LIVE:
            self._set_timeout(None)
        # After a gap the decoders need a fresh start, and so does the order of times.
        self._need_keyframe = True
        self._latest.clear()
        self._keeps_up()
        if self._timeline.begin(self._heard_at, clock) and self.state is BroadcastStatus.LIVE:
            # Viewers go by the sender's clock, too: for them it begins again.
            self._halt()
        sender.send(messages.IngestReady())
        return True

    def detach(self, sender: Sender) -> None:
        """Take note that the sender's connection is gone; it may come back within moments."""
        if self._sender is not sender:
            return
        self._sender = None
        self._keeps_up()
        if self.state is BroadcastStatus.LIVE:
            self._await_sender()

    def fall_behind(self, sender: Sender, what: messages.Behind | None) -> None:
        """Take note of what the sender does not keep up with, as it says; None when it does again."""
        if self._sender is sender:
            self._said_behind = what
            self._tell_behind()

    def _keeps_up(self) -> None:
        self._lateness = Lateness()
        self._said_behind = None
        self._tell_behind()

    def _tell_behind(self) -> None:
        what: messages.Behind | None = "line" if self._lateness.behind else self._said_behind
        trouble = None if what is None else _BEHIND[what]
        if trouble != self._behind:
            self._behind = trouble
            if self.state is BroadcastStatus.LIVE:
                self._on_change(self)

    def _await_sender(self) -> None:
        patience = self._config.patience
        self._set_timeout(self._timers.call_later(patience.hand_over, self._away))

    def _away(self) -> None:
        if self._on_lost is None or not self._on_lost(False):
            patience = self._config.patience
            self._set_timeout(
                self._timers.call_later(patience.ingest - patience.hand_over, self._lost)
            )

    def _lost(self) -> None:
        if self._on_lost is None or not self._on_lost(True):
            self.stop(LOST)

    # --- another page --------------------------------------------------------------------------

    def release(self, reason: messages.Trouble) -> None:
        """Take nothing more from the page that sent it, and have the viewers wait for another one.

        Without any it ends after a while.

        Parameters
        ----------
        reason
            Why.
        """
        if self.state is not BroadcastStatus.LIVE:
            return
        self.ticket = secrets.token_urlsafe(32)
        self._dismiss(messages.IngestEnded(reason="Another page takes over.", failed=False))
        if self._grace is None:
            self._grace = self._timers.call_later(
                self._config.patience.successor, lambda: self.stop(reason)
            )
            self._trouble = messages.Trouble(
                "broadcast_interrupted",
                f"{reason.message} It goes on when another moderator's page sends it.",
            )
            self._halt()
        self._on_change(self)

    @property
    def interrupted(self) -> bool:
        """Whether it is live, and no page sends it at this moment."""
        return self.state is BroadcastStatus.LIVE and self._sender is None

    def expect(self) -> None:
        """Wait for the page that was given the ticket."""
        self._set_timeout(self._timers.call_later(self._config.patience.ingest, self._lost))

    def _halt(self) -> None:
        if not self._halted:
            self._halted = True
            self._channel.pause()

    def _resume(self) -> None:
        if self._halted and self._since is not None:
            self._halted = False
            self._channel.go_live(since=self._since)
        if self._grace is None:
            return
        self._grace.cancel()
        self._grace = self._trouble = None
        self._on_change(self)

    def receive(self, sender: Sender, data: bytes) -> None:
        """Take one binary message of the sender; a wrong one ends the broadcast."""
        if self._sender is not sender:
            return
        self._heard_at = self._timers.time()
        if not self._allowance.take(len(data), now=self._heard_at):
            self._fail(
                messages.Trouble(
                    "broadcast_overflow",
                    "The broadcaster's page sends more than this server carries.",
                )
            )
            return
        try:
            frame = decode(data)
            self._check(frame)
        except FrameError as error:
            self._fail(
                messages.Trouble(
                    "broadcast_data", f"The broadcaster's page sent something wrong: {error}."
                )
            )
            return
        if frame.kind is Kind.SETUP:
            self._set_up(frame, data)
        else:
            self._take(frame, data)

    def _set_up(self, frame: Frame, data: bytes) -> None:
        self._channel.publish(outgoing(frame, data))
        if self._recording is not None:
            self._recording.setup(self._setups[frame.track])

    def _take(self, frame: Frame, data: bytes) -> None:
        leads = frame.track is self._lead
        if leads and self._need_keyframe and not starts(frame):
            return
        time = self._timeline.place(frame, self._heard_at)
        self._channel.publish(outgoing(frame, data, time=time))
        if leads:
            self._need_keyframe = False
            self._begin()
            self._resume()
            self._record(self._timeline.early(self._heard_at))
        if time is not None:
            self._record([(frame, time)])
            self._tell_late(self._timeline.late(time, self._heard_at))

    def _tell_late(self, late: int) -> None:
        beyond = self._lateness.add(late, self._heard_at)
        self._tell_behind()
        if beyond is not None and self._sender is not None:
            self._sender.send(messages.IngestLate(seconds=beyond))

    def _check(self, frame: Frame) -> None:
        if frame.track is Track.VIDEO and self._lead is Track.AUDIO:
            raise FrameError("a picture in a broadcast of sound alone")
        if frame.kind is Kind.SETUP:
            setup = read_setup(frame)
            if frame.track is Track.VIDEO and self._codec not in {None, setup.picture}:
                raise FrameError(f"{setup.codec} in place of {self._codec}")
            self._setups[frame.track] = setup
            return
        if frame.kind is not Kind.MEDIA:
            raise FrameError(f"kind {frame.kind.value} is for viewers")
        if frame.track not in self._setups:
            raise FrameError(f"{frame.track.name.lower()} came before its set-up")
        latest = self._latest.get(frame.track, frame.timestamp)
        if frame.timestamp < latest - _MAX_STEP_BACK:
            raise FrameError("its clock ran backwards")
        self._latest[frame.track] = max(latest, frame.timestamp)

    def _want_keyframe(self) -> None:
        if self._sender is not None:
            self._sender.send(messages.KeyframeWanted())

    # --- from starting to live -----------------------------------------------------------------

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        if self._recording is None:
            self._go_live(None)
            return
        self._recording.open(
            [self._setups[track] for track in sorted(self._setups)],
            on_open=self._go_live,
            on_error=self._recording_failed,
        )
        self._recording.mark(self._title, 0)

    def _go_live(self, trouble: messages.Trouble | None) -> None:
        if self.state is not BroadcastStatus.STARTING:
            return
        if trouble is not None:
            self._fail(_because("The recording could not begin", trouble))
            return
        self._set_timeout(None)
        self._since = self._now()
        if self._recording is not None:
            self._vod = f"{self._origin}/{self._recording.vod}"
        self._machine.step(BroadcastStatus.LIVE)
        self._channel.go_live(since=self._since)
        for push in self._pushes:
            push.open(self._channel, self._push_changed)
        self._on_change(self)
        if self._sender is None:
            self._await_sender()

    def _push_changed(self) -> None:
        if self.state is BroadcastStatus.LIVE:
            self._on_change(self)

    def _record(self, placed: Sequence[tuple[Frame, int]]) -> None:
        if self._recording is not None:
            for frame, time in placed:
                self._recording.write(frame, time)

    def _recording_failed(self, trouble: messages.Trouble) -> None:
        if self.state is not BroadcastStatus.LIVE:
            return
        self._trouble = _because("The recording has stopped, the broadcast goes on", trouble)
        self._on_change(self)

    # --- the end -------------------------------------------------------------------------------

    def stop(self, trouble: messages.Trouble | None = None) -> None:
        """End it: the sender is told, the recording made whole, then it is off.

        Parameters
        ----------
        trouble
            Why, if nobody asked for it.
        """
        if self.state not in {BroadcastStatus.STARTING, BroadcastStatus.LIVE}:
            return
        self._close_sender(trouble)
        self._trouble = trouble or self._trouble
        self._machine.step(BroadcastStatus.STOPPING)
        for push in self._pushes:
            push.close()
        self._on_change(self)
        if self._recording is None:
            self._finished(None)
        else:
            self._recording.finish(self._finished)

    def _fail(self, trouble: messages.Trouble) -> None:
        if self.state is BroadcastStatus.LIVE:
            self.stop(trouble)
            return
        if self.state is not BroadcastStatus.STARTING:
            return
        self._close_sender(trouble)
        self._trouble = trouble
        self._machine.step(BroadcastStatus.FAILED)
        self._channel.end(vod=None)
        if self._recording is not None:
            self._recording.finish(_ignore)
        self._on_change(self)

    def _finished(self, trouble: messages.Trouble | None) -> None:
        if trouble is not None:
            self._trouble = _because("The recording is not whole", trouble)
            self._vod = None
        self._since = None
        self._machine.step(BroadcastStatus.OFF)
        self._channel.end(vod=self._vod)
        self._on_change(self)

    def _close_sender(self, trouble: messages.Trouble | None) -> None:
        if self._grace is not None:
            self._grace.cancel()
        self._dismiss(
            messages.IngestEnded(
                reason=trouble.message if trouble else "The broadcast was stopped.",
                failed=trouble is not None,
            )
        )

    def _dismiss(self, farewell: messages.IngestEnded) -> None:
        self._set_timeout(None)
        self._behind = None
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.close(farewell)

    def _set_timeout(self, handle: Handle | None) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
        self._timeout = handle


def _because(what: str, trouble: messages.Trouble) -> messages.Trouble:
    return messages.Trouble(trouble.kind, f"{what}: {trouble.message}")


def _ignore(trouble: messages.Trouble | None) -> None:
    """Nobody waits for a recording that never began."""


class Broadcasts:
    """The broadcasts and the watched streams of the server.

    Parameters
    ----------
    config
        Limits and patience.
    origin
        The server's address, for the playout URLs.
    store
        The index of recordings.
    timers
        The event loop.
    record
        Makes the recording of a stream, under a name that nobody guesses if it is private.
    push
        Makes a way to another server.
    """

    def __init__(
        self,
        *,
        config: ServerConfig,
        origin: str,
        store: Store,
        timers: Timers,
        record: Callable[[str, bool], Recording],
        push: Callable[[PushTarget], Push],
    ) -> None:
        self._config = config
        self._origin = origin
        self._store = store
        self._timers = timers
        self._record = record
        self._push = push
        self._broadcasts: dict[str, Broadcast] = {}
        self._channels: dict[str, Stream] = {}
        #: Called with the name of each public stream that goes live.
        self.on_live: list[Callable[[str], object]] = []
        self._closing = False
        self._on_over: Callable[[], None] | None = None

    def start(
        self,
        *,
        stream: str,
        title: str,
        record: bool,
        private: bool = False,
        to: Sequence[str] = (),
        quality: messages.Quality = "360p",
        codec: messages.Codec | None = None,
        shows: messages.Shows = "stage",
        on_change: Callable[[Broadcast], None],
        on_viewers: Callable[[int], None] | None = None,
        on_lost: Callable[[bool], bool] | None = None,
    ) -> Broadcast:
        """Begin a broadcast that anybody may watch, or with `private` those with its link.

        Raises
        ------
        BroadcastRefusedError
            If the stream is being broadcast already, from another room.
        PushRefusedError
            If it cannot be pushed to one of the addresses in `to`, or not as `codec`.
        """
        targets = [read_target(url) for url in to]
        if targets and codec not in {None, "h264"}:
            raise PushRefusedError(f"RTMP takes H.264 alone: {codec} cannot be pushed")
        if stream in self._broadcasts:
            raise BroadcastRefusedError(
                f"Stream {stream} is in use by another broadcast that is not over: stop that one first."
            )
        return self._start(
            self._channel(stream),
            title=title,
            recording=self._record(stream, private) if record else None,
            private=private,
            quality=quality,
            codec="h264" if targets else codec,
            shows=shows,
            pushes=[self._push(target) for target in targets],
            on_change=on_change,
            on_viewers=on_viewers,
            on_lost=on_lost,
        )

    def start_private(
        self, *, title: str, on_change: Callable[[Broadcast], None]
    ) -> tuple[Broadcast, AudienceStream]:
        """Begin a broadcast that only those with a ticket of its channel may watch.

        Raises
        ------
        BroadcastRefusedError
            If the server is stopping.
        """
        channel = AudienceStream(timers=self._timers, cache=self._config.limits.cache)
        broadcast = self._start(channel, title=title, recording=None, on_change=on_change)
        self._channels[channel.stream] = channel
        return broadcast, channel

    def _start(
        self,
        channel: Stream,
        *,
        title: str,
        recording: Recording | None,
        on_change: Callable[[Broadcast], None],
        on_viewers: Callable[[int], None] | None = None,
        on_lost: Callable[[bool], bool] | None = None,
        pushes: Sequence[Push] = (),
        private: bool = False,
        quality: messages.Quality = "360p",
        codec: messages.Codec | None = None,
        shows: messages.Shows = "stage",
    ) -> Broadcast:
        if self._closing:
            raise BroadcastRefusedError("The server is stopping.")
        broadcast = Broadcast(
            channel,
            title=title,
            origin=self._origin,
            config=self._config,
            timers=self._timers,
            recording=recording,
            on_change=lambda changed: self._changed(changed, on_change),
            on_viewers=on_viewers,
            on_lost=on_lost,
            pushes=pushes,
            private=private,
            quality=quality,
            codec=codec,
            shows=shows,
        )
        self._broadcasts[channel.stream] = broadcast
        return broadcast

    @property
    def count(self) -> int:
        """How many are not over."""
        return len(self._broadcasts)

    @property
    def viewers(self) -> int:
        """How many watch, whatever it is."""
        return sum(channel.viewers for channel in self._channels.values())

    def by_ticket(self, ticket: str) -> Broadcast | None:
        """Return the broadcast that this ticket may send."""
        given = ticket.encode()
        for broadcast in self._broadcasts.values():
            if secrets.compare_digest(broadcast.ticket.encode(), given):
                return broadcast
        return None

    def watch(self, stream: str, viewer: Viewer, *, ticket: str | None = None) -> Stream:
        """Add a viewer to a stream.

        Parameters
        ----------
        stream
            Its name; one that was never broadcast may begin later.
        viewer
            Who watches.
        ticket
            What opens a stream that is not public.

        Raises
        ------
        WatchRefusedError
            If the server has as many viewers as it carries, or the ticket does not open the stream.
        """
        if self.viewers >= self._config.limits.viewers:
            raise WatchRefusedError("full", "This server has as many viewers as it carries.")
        channel = self._channels.get(stream)
        if isinstance(channel, AudienceStream):
            if not channel.admit(ticket or "", viewer):
                raise WatchRefusedError("forbidden", _NO_ENTRY)
            return channel
        if channel is None and ticket is None:
            channel = self._channel(stream)
        if channel is None or not channel.opens(ticket):
            raise WatchRefusedError("forbidden", _NO_ENTRY)
        channel.join(viewer)
        return channel

    def public(self, stream: str) -> Stream | None:
        """Return a channel that anybody may watch, if it was ever broadcast to or watched."""
        channel = self._channels.get(stream)
        private = channel is None or channel.private or isinstance(channel, AudienceStream)
        return None if private else channel

    @property
    def active(self) -> bool:
        """Whether any broadcast is not over."""
        return bool(self._broadcasts)

    def close(self, on_over: Callable[[], None]) -> None:
        """Stop every broadcast, as the server stops.

        Parameters
        ----------
        on_over
            Called once the last recording is whole.
        """
        self._closing = True
        self._on_over = on_over
        for broadcast in tuple(self._broadcasts.values()):
            broadcast.stop(messages.Trouble("broadcast_server", "The server is stopping."))
        self._check_over()

    def _changed(self, broadcast: Broadcast, on_change: Callable[[Broadcast], None]) -> None:
        if broadcast.state is BroadcastStatus.LIVE and self.public(broadcast.stream) is not None:
            for listener in self.on_live:
                listener(broadcast.stream)
        if broadcast.state in {BroadcastStatus.OFF, BroadcastStatus.FAILED}:
            del self._broadcasts[broadcast.stream]
            if isinstance(self._channels.get(broadcast.stream), AudienceStream):
                del self._channels[broadcast.stream]
        on_change(broadcast)
        self._check_over()

    def _check_over(self) -> None:
        if self._on_over is not None and not self._broadcasts:
            on_over, self._on_over = self._on_over, None
            on_over()

    def _channel(self, stream: str) -> Stream:
        channel = self._channels.get(stream)
        if channel is None:
            self._forget_idle()
            recording = self._store.recordings.last(stream)
            channel = Stream(
                stream,
                timers=self._timers,
                cache=self._config.limits.cache,
                vod=f"{self._origin}/vod/{recording.name}.mp4" if recording else None,
            )
            self._channels[stream] = channel
        return channel

    def _forget_idle(self) -> None:
        idle = [
            stream
            for stream, channel in self._channels.items()
            if not channel.viewers and stream not in self._broadcasts
        ]
        for stream in idle[: max(0, len(idle) - _REMEMBERED)]:
            del self._channels[stream]
