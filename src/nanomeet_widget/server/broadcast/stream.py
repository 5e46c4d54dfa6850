"""One stream as its viewers see it: fan-out, and the cache that lets latecomers start at once."""

from __future__ import annotations

import dataclasses
import functools
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from nanomeet_widget.server.media.cmaf import Sample, fragment, init_segment
from nanomeet_widget.server.media.timeline import lasts, starts
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol import messages
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track, decode
from nanomeet_widget.server.timers import Handle, Timers

#: A latecomer whose cached picture is older than this is worth a keyframe, at most once in it.
_FRESH = 1.0
#: Seconds of sending one batch to all, beyond which what comes next is gathered.
_LONG = 0.002
#: Lengths of WebSocket messages (RFC 6455, 5.2).
_SHORT, _MEDIUM = 126, 65536


@dataclass(frozen=True)
class Outgoing:
    """A frame ready for every viewer: the bytes of its WebSocket message, built once."""

    wire: bytes
    track: Track
    setup: bool
    keyframe: bool
    #: Where the frame itself begins in `wire`.
    header: int
    #: Microseconds since the stream began; None where it does not go into an MP4.
    time: int | None = None

    @functools.cached_property
    def fragment(self) -> bytes:
        """What viewers who play MP4 get in place of `wire`; empty where they get nothing."""
        frame = self.frame()
        if self.setup:
            header = dataclasses.replace(
                frame, kind=Kind.HEADER, payload=init_segment(read_setup(frame))
            )
            # Two messages.
            return self.wire + _message(header.encode())
        if self.time is None:
            return b""
        duration = lasts(frame)
        keyframe = starts(frame)
        sample = Sample(frame.payload, duration, keyframe)
        made = Frame(
            kind=Kind.FRAGMENT,
            track=frame.track,
            timestamp=self.time,
            payload=fragment(frame.track, self.time, [sample]),
            duration=duration,
            keyframe=keyframe,
        )
        return _message(made.encode())

    def frame(self) -> Frame:
        """Return the frame."""
        return decode(self.wire[self.header :])


def outgoing(frame: Frame, data: bytes, *, time: int | None = None) -> Outgoing:
    """Return a frame, whose bytes are `data`, as it goes to the viewers.

    Parameters
    ----------
    frame, data
        The frame, and its bytes.
    time
        Microseconds since the stream began; None if it does not go into an MP4.
    """
    wire = _message(data)
    return Outgoing(
        wire=wire,
        track=frame.track,
        setup=frame.kind is Kind.SETUP,
        keyframe=frame.keyframe and frame.track is Track.VIDEO,
        header=len(wire) - len(data),
        time=time,
    )


def _message(data: bytes) -> bytes:
    size = len(data)
    if size < _SHORT:
        header = struct.pack("!BB", 0x82, size)
    elif size < _MEDIUM:
        header = struct.pack("!BBH", 0x82, 126, size)
    else:
        header = struct.pack("!BBQ", 0x82, 127, size)
    return header + data


@dataclass(frozen=True)
class Batch:
    """Frames that go out together: what is written to every viewer is joined once."""

    frames: tuple[Outgoing, ...]

    @functools.cached_property
    def wire(self) -> bytes:
        """The bytes of all of them."""
        return b"".join([frame.wire for frame in self.frames])

    @functools.cached_property
    def fragments(self) -> bytes:
        """What viewers who play MP4 get in place of `wire`; may be empty."""
        return b"".join([frame.fragment for frame in self.frames])


class Viewer(Protocol):
    """Somebody who watches. No call raises, whatever has become of him."""

    def send_state(self, state: messages.StreamState) -> None:
        """Say where the stream stands."""

    def send_frames(self, batch: Batch) -> None:
        """Send frames, or drop what he cannot keep up with."""

    def dismiss(self, reason: str) -> None:
        """Send him away, and say why."""


class Stream:
    """A stream's viewers, its state for them, and its cache.

    Parameters
    ----------
    stream
        The stream's name.
    timers
        The event loop.
    cache
        The most bytes of a group of pictures that are kept.
    vod
        Where the last recording is, if the stream has ended before.
    """

    def __init__(self, stream: str, *, timers: Timers, cache: int, vod: str | None = None) -> None:
        self.stream = stream
        self._timers = timers
        self._cache = cache
        self._viewers: set[Viewer] = set()
        self._feeds: set[Viewer] = set()
        self._state: Literal["waiting", "live", "ended"] = "waiting" if vod is None else "ended"
        self._title = ""
        self._since: float | None = None
        self._vod = vod
        self._setups: dict[Track, Outgoing] = {}
        self._group: list[Outgoing] = []
        self._group_size = 0
        self._group_began = 0.0
        self._gathered: list[Outgoing] = []
        self._gathering: Handle | None = None
        self._crowded = False
        self._want_keyframe: Callable[[], None] | None = None
        self._wanted_at: float | None = None
        self._on_viewers: Callable[[int], None] | None = None
        self._ticket: str | None = None
        self._picture = True
        self._shows: messages.Shows = "stage"

    @property
    def viewers(self) -> int:
        """How many watch."""
        return len(self._viewers)

    @property
    def live(self) -> bool:
        """Whether pictures are coming."""
        return self._state == "live"

    @property
    def private(self) -> bool:
        """Whether it takes a ticket to watch."""
        return self._ticket is not None

    def opens(self, ticket: str | None) -> bool:
        """Return whether somebody with this ticket, or without any, may watch."""
        if self._ticket is None:
            return ticket is None
        return secrets.compare_digest(self._ticket.encode(), (ticket or "").encode())

    def describe(self) -> messages.StreamState:
        """Return where the stream stands."""
        return messages.StreamState(
            state=self._state,
            title=self._title,
            since=self._since,
            vod=self._vod,
            picture=self._picture,
            shows=self._shows,
        )

    # --- viewers -------------------------------------------------------------------------------

    def join(self, viewer: Viewer) -> None:
        """Add a viewer: he gets the state, and if live, the set-up and the last pictures."""
        # What is gathered is among the last pictures: he would get it twice.
        self._send()
        self._viewers.add(viewer)
        self._count()
        viewer.send_state(self.describe())
        if self.live:
            self._catch_up(viewer)
            if self._timers.time() - self._group_began > _FRESH:
                self.request_keyframe()

    def leave(self, viewer: Viewer) -> None:
        """Remove a viewer."""
        if viewer in self._viewers:
            self._viewers.remove(viewer)
            self._count()

    def attach(self, feed: Viewer) -> None:
        """Add something that passes the stream on: it gets all that a viewer gets, and is none."""
        self._send()
        self._feeds.add(feed)
        feed.send_state(self.describe())
        if self.live:
            self._catch_up(feed)

    def detach(self, feed: Viewer) -> None:
        """Remove what was attached."""
        self._feeds.discard(feed)

    def request_keyframe(self) -> None:
        """Ask the sender for a keyframe, unless that was done a moment ago."""
        now = self._timers.time()
        if self._want_keyframe is None or not self._picture:
            return
        if self._wanted_at is None or now - self._wanted_at >= _FRESH:
            self._wanted_at = now
            self._want_keyframe()

    def _count(self) -> None:
        if self._on_viewers is not None:
            self._on_viewers(len(self._viewers))

    def _catch_up(self, viewer: Viewer) -> None:
        viewer.send_frames(Batch((*self._setups.values(), *self._group)))

    # --- the broadcast -------------------------------------------------------------------------

    def begin(
        self,
        title: str,
        want_keyframe: Callable[[], None],
        on_viewers: Callable[[int], None] | None,
        *,
        ticket: str | None = None,
        picture: bool = True,
        shows: messages.Shows = "stage",
    ) -> None:
        """Get ready for a new broadcast, which hears until its end how many watch it.

        With a ticket nobody watches without that one, until the next broadcast begins; who does
        already is sent away.
        """
        self._reset()
        self._picture, self._shows = picture, shows
        if ticket != self._ticket:
            self._ticket = ticket
            for viewer in tuple(self._viewers if ticket is not None else ()):
                self.leave(viewer)
                viewer.dismiss("This broadcast is private: it takes its link to watch.")
        self._state = "waiting"
        self._title = title
        self._vod = self._since = None
        self._want_keyframe = want_keyframe
        self._on_viewers = on_viewers
        self._tell()
        self._count()

    def publish(self, frame: Outgoing) -> None:
        """Cache a frame, and while live send it to every viewer.

        With many viewers, sending takes long enough for the next frames to come meanwhile. Those
        go out together once they all are read: a write costs about the same whatever its size.
        """
        if frame.setup:
            self._setups[frame.track] = frame
            if frame.track is Track.VIDEO:
                self._drop_group()
        elif frame.keyframe:
            self._drop_group()
            self._group_began = self._timers.time()
            self._keep(frame)
        elif self._group:
            self._keep(frame)
        if not self.live:
            return
        self._gathered.append(frame)
        if not self._crowded:
            self._send()
        elif self._gathering is None:
            # What has come already is read before the loop gets to this.
            self._gathering = self._timers.call_later(0, self._send)

    def go_live(self, *, since: float) -> None:
        """Tell the viewers that pictures are coming, and send those that are there."""
        self._state = "live"
        self._since = since
        self._tell()
        for viewer in (*self._viewers, *self._feeds):
            self._catch_up(viewer)

    def pause(self) -> None:
        """Tell the viewers to wait: it goes on from another page, and from a keyframe."""
        self._setups.clear()
        self._drop_group()
        self._state = "waiting"
        self._tell()

    def show(self, shows: messages.Shows) -> None:
        """Tell the viewers what they are shown."""
        self._shows = shows
        self._tell()

    def retitle(self, title: str) -> None:
        """Change the title."""
        self._title = title
        self._tell()

    def end(self, *, vod: str | None) -> None:
        """Tell the viewers that it is over, and where it can be seen again."""
        self._reset()
        self._state = "ended"
        self._vod = vod
        self._since = None
        self._tell()

    def _send(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        if not self._gathered:
            return
        batch, self._gathered = Batch(tuple(self._gathered)), []
        began = self._timers.time()
        for viewer in (*self._viewers, *self._feeds):
            viewer.send_frames(batch)
        self._crowded = self._timers.time() - began > _LONG

    def _tell(self) -> None:
        self._send()
        state = self.describe()
        for viewer in (*self._viewers, *self._feeds):
            viewer.send_state(state)

    def _keep(self, frame: Outgoing) -> None:
        self._group_size += len(frame.wire)
        if self._group_size > self._cache:
            self._drop_group()
            self.request_keyframe()
        else:
            self._group.append(frame)

    def _drop_group(self) -> None:
        self._group.clear()
        self._group_size = 0

    def _reset(self) -> None:
        self._setups.clear()
        self._drop_group()
        self._want_keyframe = self._wanted_at = self._on_viewers = None
