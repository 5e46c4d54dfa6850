"""One broadcast, from the request to the finished recording."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence

from nanomeet_widget._states import BROADCAST_STEPS, BroadcastStatus, Machine
from nanomeet_widget.server.broadcast.frame_check import FrameCheck
from nanomeet_widget.server.broadcast.ingest_bounds import IngestBounds
from nanomeet_widget.server.broadcast.lateness import Lateness
from nanomeet_widget.server.broadcast.outgoing import outgoing
from nanomeet_widget.server.broadcast.ports import Push, Recording, Sender
from nanomeet_widget.server.broadcast.stream import Stream
from nanomeet_widget.server.broadcast.wording import BROADCAST, Purpose, Wording
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.media.timeline import Timeline, starts
from nanomeet_widget.server.protocol import common, ingest, meeting
from nanomeet_widget.server.protocol.frames import Frame, FrameError, Kind, Track, decode
from nanomeet_widget.server.timers import Alarm, Timers
from nanomeet_widget.server.token_bucket import TokenBucket

#: Seconds: a sender that was silent for longer may be replaced by one with the same ingest ticket.
_SILENCE = 1.0
_BEHIND: dict[ingest.Behind, common.Trouble] = {
    "encoder": common.Trouble(
        "broadcast_slow_encoder",
        "The computer that sends the broadcast is too slow to encode it.",
    ),
    "line": common.Trouble(
        "broadcast_slow_line",
        "The connection that the broadcast is sent over is too slow.",
    ),
}


class Broadcast:
    """A broadcast and its state machine.

    Parameters
    ----------
    stream : Stream
        The stream that its viewers watch.
    title : str
        What viewers read above the picture.
    origin : str
        The server's address, for the playout URLs.
    config : ServerConfig
        Limits and patience.
    timers : Timers
        The event loop.
    options : BroadcastOptions
        What the moderator chose.
    recording : Recording or None
        Its recording; None if it is not recorded.
    pushes : sequence of Push, optional
        Its pushes to other servers.
    watch_ticket : str, optional
        What the viewers of a private broadcast need; part of its link. None if it is public.
    on_change : callable
        Called after every change of `describe`.
    on_viewers : callable, optional
        Called with the number of viewers when it changes.
    on_lost : callable, optional
        Called with False when the connection of the page that sends is lost, to have another page take
        over; returns whether one does. Called with True when that page has been away for too long.
        Without `on_lost` the broadcast then ends.
    bounds : IngestBounds, optional
        What the sender may send; by default what a broadcast of this quality may have.
    wording : Wording, optional
        What the sender is called.
    now : callable, optional
        Seconds since the epoch.
    """

    def __init__(
        self,
        stream: Stream,
        *,
        title: str,
        origin: str,
        config: ServerConfig,
        timers: Timers,
        options: common.BroadcastOptions,
        recording: Recording | None,
        pushes: Sequence[Push] = (),
        watch_ticket: str | None = None,
        on_change: Callable[[Broadcast], None],
        on_viewers: Callable[[int], None] | None = None,
        on_lost: Callable[[bool], bool] | None = None,
        bounds: IngestBounds | None = None,
        wording: Wording = BROADCAST,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.streamname = stream.name
        #: What a page needs to send it; told to the broadcaster only.
        self.ingest_ticket = secrets.token_urlsafe(32)
        self.watch_ticket = watch_ticket
        self._options = options
        self._stream = stream
        self._title = title
        self._origin = origin
        self._config = config
        self._timers = timers
        self._recording = recording
        self._on_change = on_change
        self._on_lost = on_lost
        self._pushes = pushes
        self._wording = wording
        self._now = now
        self._machine: Machine[BroadcastStatus] = Machine(BroadcastStatus.OFF, BROADCAST_STEPS)
        self._machine.step(BroadcastStatus.STARTING)
        self._trouble: common.Trouble | None = None
        #: What its sender does not keep up with: as moderators are told, and as the sender says.
        self._behind: common.Trouble | None = None
        self._said_behind: ingest.Behind | None = None
        self._lateness = Lateness()
        self._since: float | None = None
        self._vod: str | None = None
        self._sender: Sender | None = None
        self._heard_at = 0.0
        #: What viewers see, and what they are to see.
        self.shows: common.Shows = "soon" if options.paused else "stage"
        self.wanted: common.Shows = self.shows
        self._lead = Track.AUDIO if options.quality == "audio" else Track.VIDEO
        bounds = bounds or IngestBounds(
            rate=config.limits.ingest_rate,
            tracks=frozenset({self._lead, Track.AUDIO}),
        )
        self._check = FrameCheck(bounds, options.codec)
        self._timeline = Timeline(self._lead)
        self._begun = False
        #: Runs while no page sends, and none may reconnect.
        self._grace = Alarm(timers)
        #: Whether viewers wait for another sender's first keyframe.
        self._halted = False
        self._need_keyframe = True
        self._allowance = _allowance(bounds.rate, timers.time())
        self._pace = None if bounds.frames is None else _allowance(bounds.frames, timers.time())
        self._timeout = Alarm(timers)
        self._timeout.set(
            config.patience.first_picture,
            lambda: self._fail(
                common.Trouble(
                    "broadcast_silent",
                    f"{wording.sender} sent nothing within "
                    f"{config.patience.first_picture:.0f} seconds.",
                )
            ),
        )
        stream.begin(
            title,
            self._want_keyframe,
            on_viewers,
            picture=self._lead is Track.VIDEO,
            shows=self.shows,
        )

    @property
    def state(self) -> BroadcastStatus:
        """Its state."""
        return self._machine.state

    @property
    def purpose(self) -> Purpose:
        """What its stream is for."""
        return self._wording.purpose

    def describe(self) -> meeting.BroadcastState:
        """Return the state that the room is told."""
        playout = None
        if self.state in {BroadcastStatus.LIVE, BroadcastStatus.STOPPING} or self._vod is not None:
            live = f"{self._origin}/live/{self.streamname}"
            if self.watch_ticket is not None:
                # In the fragment, which is never sent to servers or proxies, nor in Referer.
                live += f"#ticket={self.watch_ticket}"
            playout = meeting.Playout(live=live, vod=self._vod)
        return meeting.BroadcastState(
            state=self.state,
            playout=playout,
            since=self._since,
            trouble=self._trouble or self._behind,
            targets=[push.describe() for push in self._pushes]
            if self.state is BroadcastStatus.LIVE
            else [],
            quality=self._options.quality,
            shows=self.shows,
        )

    def grant(self) -> meeting.IngestGranted:
        """Return what the page that will send it needs to know."""
        picture = self._check.setups.get(Track.VIDEO)
        return meeting.IngestGranted(
            stream=self.streamname,
            ticket=self.ingest_ticket,
            quality=self._options.quality,
            # A recording cannot change its codec.
            codec=self._options.codec or (None if picture is None else picture.picture),
            shows=self.wanted,
        )

    def show(self, shows: common.Shows) -> None:
        """Record what the viewers see from now on.

        Parameters
        ----------
        shows : Shows
            The stage or a card, as the page that sends it reports.
        """
        if shows != self.shows and self.state in {BroadcastStatus.STARTING, BroadcastStatus.LIVE}:
            self.shows = shows
            self._stream.show(shows)
            self._on_change(self)

    def retitle(self, title: str) -> None:
        """Tell the viewers a new title, and begin a chapter with it.

        Parameters
        ----------
        title : str
            What viewers read above the picture.
        """
        self._title = title
        self._stream.retitle(title)
        self.mark(title)

    def mark(self, title: str) -> None:
        """Begin a chapter of the recording, if there is one.

        Parameters
        ----------
        title : str
            The chapter's title.
        """
        if self._recording is not None and self._begun:
            self._recording.mark(title, self._timeline.at(self._timers.time()))

    # --- the sender ----------------------------------------------------------------------------

    def attach(self, sender: Sender, clock: int | None = None) -> bool:
        """Accept frames from this sender.

        Parameters
        ----------
        sender : Sender
            The page's connection.
        clock : int, optional
            The page's clock now, in microseconds; None if the page does not tell.

        Returns
        -------
        bool
            Whether it is accepted: not while another one is sending, nor after the end.
        """
        if self.state not in {BroadcastStatus.STARTING, BroadcastStatus.LIVE}:
            return False
        if self._sender is not None:
            if self._timers.time() - self._heard_at < _SILENCE:
                return False
            self._sender.close(
                ingest.IngestEnded(reason="Another connection took over.", failed=True)
            )
        self._sender = sender
        self._heard_at = self._timers.time()
        if self.state is BroadcastStatus.LIVE:
            self._timeout.cancel()
        # After a gap decoders need a keyframe, and timestamps may begin anywhere.
        self._need_keyframe = True
        self._check.restart()
        self._keeps_up()
        if self._timeline.begin(self._heard_at, clock) and self.state is BroadcastStatus.LIVE:
            # Viewers go by the sender's clock, too, and have to restart with it.
            self._halt()
        sender.send(ingest.IngestReady())
        return True

    def detach(self, sender: Sender) -> None:
        """Record that the sender's connection is lost; it may reconnect in a moment.

        Parameters
        ----------
        sender : Sender
            The page's connection.
        """
        if self._sender is not sender:
            return
        self._sender = None
        self._keeps_up()
        if self.state is BroadcastStatus.LIVE:
            self._await_sender()

    def fall_behind(self, sender: Sender, what: ingest.Behind | None) -> None:
        """Record what the sender cannot keep up with.

        Parameters
        ----------
        sender : Sender
            The page's connection.
        what : Behind or None
            As the page reports; None once it has caught up.
        """
        if self._sender is sender:
            self._said_behind = what
            self._tell_behind()

    def _keeps_up(self) -> None:
        self._lateness = Lateness()
        self._said_behind = None
        self._tell_behind()

    def _tell_behind(self) -> None:
        what: ingest.Behind | None = "line" if self._lateness.behind else self._said_behind
        trouble = None if what is None else _BEHIND[what]
        if trouble != self._behind:
            self._behind = trouble
            if self.state is BroadcastStatus.LIVE:
                self._on_change(self)

    def _await_sender(self) -> None:
        patience = self._config.patience
        self._timeout.set(patience.hand_over, self._away)

    def _away(self) -> None:
        if self._on_lost is None or not self._on_lost(False):
            patience = self._config.patience
            self._timeout.set(patience.ingest - patience.hand_over, self._lost)

    def _lost(self) -> None:
        if self._on_lost is None or not self._on_lost(True):
            self.stop(self._wording.lost)

    # --- another page --------------------------------------------------------------------------

    def release(self, reason: common.Trouble) -> None:
        """Stop accepting frames from the page that sends it; viewers wait for another one.

        If no other page takes over in time, the broadcast ends.

        Parameters
        ----------
        reason : Trouble
            Why.
        """
        if self.state is not BroadcastStatus.LIVE:
            return
        self.ingest_ticket = secrets.token_urlsafe(32)
        self._dismiss(ingest.IngestEnded(reason="Another page takes over.", failed=False))
        if not self._grace.is_set:
            self._grace.set(self._config.patience.successor, lambda: self.stop(reason))
            self._trouble = common.Trouble(
                "broadcast_interrupted",
                f"{reason.message} It resumes when another moderator's page takes over.",
            )
            self._halt()
        self._on_change(self)

    @property
    def interrupted(self) -> bool:
        """Whether it is live, and no page sends it now."""
        return self.state is BroadcastStatus.LIVE and self._sender is None

    def expect(self) -> None:
        """Wait for the page that was given the ingest ticket."""
        self._timeout.set(self._config.patience.ingest, self._lost)

    def _halt(self) -> None:
        if not self._halted:
            self._halted = True
            self._stream.pause()

    def _resume(self) -> None:
        if self._halted and self._since is not None:
            self._halted = False
            self._stream.go_live(since=self._since)
        if not self._grace.is_set:
            return
        self._grace.cancel()
        self._trouble = None
        self._on_change(self)

    def receive(self, sender: Sender, data: bytes) -> None:
        """Handle one binary message of the sender; an invalid one ends the broadcast.

        Parameters
        ----------
        sender : Sender
            The page's connection.
        data : bytes
            The bytes of a frame.
        """
        if self._sender is not sender:
            return
        self._heard_at = self._timers.time()
        if not self._within_bounds(len(data)):
            wording = self._wording
            self._fail(
                common.Trouble(
                    "broadcast_overflow",
                    f"{wording.sender} sends more data than this server accepts. {wording.overflow}",
                )
            )
            return
        try:
            frame = decode(data)
            self._check.check(frame)
        except FrameError as error:
            self._fail(
                common.Trouble(
                    "broadcast_data", f"{self._wording.sender} sent invalid data: {error}."
                )
            )
            return
        if frame.kind is Kind.SETUP:
            self._set_up(frame, data)
        else:
            self._take(frame, data)

    def _within_bounds(self, size: int) -> bool:
        in_time = self._pace is None or self._pace.take(1, now=self._heard_at)
        return in_time and self._allowance.take(size, now=self._heard_at)

    def _set_up(self, frame: Frame, data: bytes) -> None:
        self._stream.publish(outgoing(frame, data))
        if self._recording is not None:
            self._recording.setup(self._check.setups[frame.track])

    def _take(self, frame: Frame, data: bytes) -> None:
        leads = frame.track is self._lead
        if leads and self._need_keyframe and not starts(frame):
            return
        time = self._timeline.place(frame, self._heard_at)
        self._stream.publish(outgoing(frame, data, time=time))
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
            self._sender.send(ingest.IngestLate(seconds=beyond))

    def _want_keyframe(self) -> None:
        if self._sender is not None:
            self._sender.send(ingest.KeyframeWanted())

    # --- from starting to live -----------------------------------------------------------------

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        if self._recording is None:
            self._go_live(None)
            return
        self._recording.open(
            [setup for _, setup in sorted(self._check.setups.items())],
            on_open=self._go_live,
            on_error=self._recording_failed,
        )
        self._recording.mark(self._title, 0)

    def _go_live(self, trouble: common.Trouble | None) -> None:
        if self.state is not BroadcastStatus.STARTING:
            return
        if trouble is not None:
            self._fail(_because("The recording could not begin", trouble))
            return
        self._timeout.cancel()
        self._since = self._now()
        if self._recording is not None:
            self._vod = f"{self._origin}/{self._recording.vod}"
        self._machine.step(BroadcastStatus.LIVE)
        self._stream.go_live(since=self._since)
        for push in self._pushes:
            push.open(self._stream, self._push_changed)
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

    def _recording_failed(self, trouble: common.Trouble) -> None:
        if self.state is not BroadcastStatus.LIVE:
            return
        self._trouble = _because("The recording has stopped, the broadcast goes on", trouble)
        self._on_change(self)

    # --- the end -------------------------------------------------------------------------------

    def stop(self, trouble: common.Trouble | None = None, *, reason: str | None = None) -> None:
        """End it: the sender is told, the recording is finished, and then it is off.

        Parameters
        ----------
        trouble : Trouble, optional
            What went wrong; None if it was to stop.
        reason : str, optional
            What the sender is told if nothing went wrong.
        """
        if self.state not in {BroadcastStatus.STARTING, BroadcastStatus.LIVE}:
            return
        self._close_sender(trouble, reason)
        self._trouble = trouble or self._trouble
        self._machine.step(BroadcastStatus.STOPPING)
        for push in self._pushes:
            push.close()
        self._on_change(self)
        if self._recording is None:
            self._finished(None)
        else:
            self._recording.finish(self._finished)

    def _fail(self, trouble: common.Trouble) -> None:
        if self.state is BroadcastStatus.LIVE:
            self.stop(trouble)
            return
        if self.state is not BroadcastStatus.STARTING:
            return
        self._close_sender(trouble)
        self._trouble = trouble
        self._machine.step(BroadcastStatus.FAILED)
        self._stream.end(vod=None)
        if self._recording is not None:
            self._recording.finish(_ignore)
        self._on_change(self)

    def _finished(self, trouble: common.Trouble | None) -> None:
        if trouble is not None:
            self._trouble = _because("The recording is not whole", trouble)
            self._vod = None
        self._since = None
        self._machine.step(BroadcastStatus.OFF)
        self._stream.end(vod=self._vod)
        self._on_change(self)

    def _close_sender(self, trouble: common.Trouble | None, reason: str | None = None) -> None:
        self._grace.cancel()
        self._dismiss(
            ingest.IngestEnded(
                reason=trouble.message if trouble else reason or self._wording.stopped,
                failed=trouble is not None,
            )
        )

    def _dismiss(self, farewell: ingest.IngestEnded) -> None:
        self._timeout.cancel()
        self._behind = None
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.close(farewell)


def _allowance(rate: float, now: float) -> TokenBucket:
    return TokenBucket(burst=rate * 4, rate=rate, now=now)


def _because(what: str, trouble: common.Trouble) -> common.Trouble:
    return common.Trouble(trouble.kind, f"{what}: {trouble.message}")


def _ignore(trouble: common.Trouble | None) -> None:
    """Do nothing: no request waits for a recording that never began."""
