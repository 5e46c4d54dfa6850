"""One stream as its viewers see it: fan-out, and the cache that lets new viewers start at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from nanomeet_widget.server.broadcast.outgoing import Batch, Outgoing
from nanomeet_widget.server.protocol import common, watch
from nanomeet_widget.server.protocol.frames import Track
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds: a new viewer whose cached keyframe is older than this is worth another one, and one
#: keyframe is requested in this time.
_FRESH = 1.0
#: Seconds that sending a batch to all viewers may take; beyond that, the next frames are gathered.
_LONG = 0.002


class Viewer(Protocol):
    """A viewer's connection. No call raises, even if the connection is gone."""

    def send_state(self, state: watch.StreamState) -> None:
        """Tell the viewer the stream's state.

        Parameters
        ----------
        state : StreamState
            The state.
        """

    def send_frames(self, batch: Batch) -> None:
        """Send frames, or drop those that the viewer cannot keep up with.

        Parameters
        ----------
        batch : Batch
            The frames.
        """

    def dismiss(self, reason: str) -> None:
        """End the viewer's connection.

        Parameters
        ----------
        reason : str
            What the viewer is told.
        """


class Stream:
    """A stream's viewers, its state for them, and its cache.

    Who may watch is up to its subclasses `TicketedStream` and `BroadcastStream`.

    Parameters
    ----------
    name : str
        The stream's name.
    timers : Timers
        The event loop.
    cache : int
        How many bytes of the current group of pictures are kept at most.
    vod : str, optional
        The address of the last broadcast's recording, if there is one.
    """

    def __init__(self, name: str, *, timers: Timers, cache: int, vod: str | None = None) -> None:
        self.name = name
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
        self._gathering = Alarm(timers)
        self._crowded = False
        self._want_keyframe: Callable[[], None] | None = None
        self._wanted_at: float | None = None
        self._on_viewers: Callable[[int], None] | None = None
        self._picture = True
        self._shows: common.Shows = "stage"

    @property
    def viewers(self) -> int:
        """How many viewers there are."""
        return len(self._viewers)

    @property
    def live(self) -> bool:
        """Whether frames are being sent."""
        return self._state == "live"

    def describe(self) -> watch.StreamState:
        """Return the state that viewers are told."""
        return watch.StreamState(
            state=self._state,
            title=self._title,
            since=self._since,
            vod=self._vod,
            picture=self._picture,
            shows=self._shows,
        )

    # --- viewers -------------------------------------------------------------------------------

    def join(self, viewer: Viewer) -> None:
        """Add a viewer. They get the state and, if it is live, the set-ups and the last frames.

        Parameters
        ----------
        viewer : Viewer
            The viewer.
        """
        # Gathered frames are also among the last ones: the viewer would get them twice.
        self._send()
        self._viewers.add(viewer)
        self._count()
        viewer.send_state(self.describe())
        if self.live:
            self._catch_up(viewer)
            if self._timers.time() - self._group_began > _FRESH:
                self.request_keyframe()

    def leave(self, viewer: Viewer) -> None:
        """Remove a viewer; one that has left already stays so.

        Parameters
        ----------
        viewer : Viewer
            The viewer.
        """
        if viewer in self._viewers:
            self._viewers.remove(viewer)
            self._count()

    def dismiss_all(self, reason: str) -> None:
        """Remove all viewers, and end their connections.

        Parameters
        ----------
        reason : str
            What they are told.
        """
        for viewer in tuple(self._viewers):
            self.leave(viewer)
            viewer.dismiss(reason)

    def attach(self, feed: Viewer) -> None:
        """Add a part of the server that passes the stream on. It is not counted as a viewer.

        Parameters
        ----------
        feed : Viewer
            What gets all that a viewer gets.
        """
        self._send()
        self._feeds.add(feed)
        feed.send_state(self.describe())
        if self.live:
            self._catch_up(feed)

    def detach(self, feed: Viewer) -> None:
        """Remove a part of the server that was attached.

        Parameters
        ----------
        feed : Viewer
            As in `attach`.
        """
        self._feeds.discard(feed)

    def request_keyframe(self) -> None:
        """Ask the sender for a keyframe, unless one was requested a moment ago."""
        now = self._timers.time()
        if self._want_keyframe is None or not self._picture:
            return
        if self._wanted_at is None or now - self._wanted_at >= _FRESH:
            self._wanted_at = now
            self._want_keyframe()

    def _count(self) -> None:
        if self._on_viewers is not None:
            self._on_viewers(self.viewers)

    def _catch_up(self, viewer: Viewer) -> None:
        viewer.send_frames(Batch((*self._setups.values(), *self._group)))

    # --- the broadcast -------------------------------------------------------------------------

    def begin(
        self,
        title: str,
        want_keyframe: Callable[[], None],
        on_viewers: Callable[[int], None] | None,
        *,
        picture: bool = True,
        shows: common.Shows = "stage",
    ) -> None:
        """Prepare for a new broadcast.

        Parameters
        ----------
        title : str
            What viewers read above the picture.
        want_keyframe : callable
            Asks the sender for a keyframe.
        on_viewers : callable or None
            Called with the number of viewers when it changes, until the broadcast ends.
        picture : bool, default True
            Whether there is a picture, and not sound alone.
        shows : Shows, default "stage"
            What viewers see at first.
        """
        self._reset()
        self._picture, self._shows = picture, shows
        self._state = "waiting"
        self._title = title
        self._vod = self._since = None
        self._want_keyframe = want_keyframe
        self._on_viewers = on_viewers
        self._tell()
        self._count()

    def publish(self, frame: Outgoing) -> None:
        """Cache a frame, and send it to every viewer while the stream is live.

        With many viewers, the next frames arrive while one is being sent. Those are sent together
        once all of them are read, as a write costs about the same whatever its size.

        Parameters
        ----------
        frame : Outgoing
            The frame.
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
        elif not self._gathering.is_set:
            # The loop reads what has arrived before it gets to this.
            self._gathering.set(0, self._send)

    def go_live(self, *, since: float) -> None:
        """Tell the viewers that the stream is live, and send them the cached frames.

        Parameters
        ----------
        since : float
            When the broadcast went live, in seconds since the epoch.
        """
        self._state = "live"
        self._since = since
        self._tell()
        for viewer in (*self._viewers, *self._feeds):
            self._catch_up(viewer)

    def pause(self) -> None:
        """Tell the viewers to wait until another page sends, from its first keyframe."""
        self._setups.clear()
        self._drop_group()
        self._state = "waiting"
        self._tell()

    def show(self, shows: common.Shows) -> None:
        """Tell the viewers what they see.

        Parameters
        ----------
        shows : Shows
            The stage, or a card.
        """
        self._shows = shows
        self._tell()

    def retitle(self, title: str) -> None:
        """Change the title.

        Parameters
        ----------
        title : str
            What viewers read above the picture.
        """
        self._title = title
        self._tell()

    def end(self, *, vod: str | None) -> None:
        """Tell the viewers that the broadcast has ended.

        Parameters
        ----------
        vod : str or None
            The recording's address, if there is one.
        """
        self._reset()
        self._state = "ended"
        self._vod = vod
        self._since = None
        self._tell()

    def _send(self) -> None:
        self._gathering.cancel()
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
