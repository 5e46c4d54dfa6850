"""Broadcasts as HLS and LL-HLS, for players and caches.

A stream is packaged from the first request, or from its beginning (`nanomeet serve --hls`), and as long
as there are requests.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from nanomeet_widget.server.broadcast.broadcasts import Broadcasts
from nanomeet_widget.server.broadcast.hls_segments import TARGET_DURATION, Segments
from nanomeet_widget.server.broadcast.outgoing import Batch, Outgoing
from nanomeet_widget.server.broadcast.stream import Stream
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol import watch
from nanomeet_widget.server.protocol.frames import Track
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds after the last request until packaging ends.
_IDLE = 30.0
#: Seconds that a request may wait, as the specification says.
_WAIT = 3.0 * TARGET_DURATION


class HlsStream:
    """One broadcast as HLS; a `Viewer` of its stream.

    Parameters
    ----------
    stream : Stream
        The stream.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._waiting: set[asyncio.Event] = set()
        self.segments: Segments | None = None
        stream.attach(self)

    async def until(self, condition: Callable[[Segments], bool]) -> Segments | None:
        """Wait until the segments meet a condition.

        Parameters
        ----------
        condition : callable
            The condition.

        Returns
        -------
        Segments or None
            None if it takes too long.
        """
        news = asyncio.Event()
        self._waiting.add(news)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._until(condition, news), _WAIT)
        self._waiting.discard(news)
        segments = self.segments
        return segments if segments is not None and condition(segments) else None

    async def _until(self, condition: Callable[[Segments], bool], news: asyncio.Event) -> None:
        while self.segments is None or not condition(self.segments):
            news.clear()
            await news.wait()

    @property
    def live(self) -> bool:
        """Whether the stream is live."""
        return self._stream.live

    def close(self) -> None:
        """Stop packaging."""
        self._stream.detach(self)

    # --- `Viewer`, as the stream sees it ------------------------------------------------------

    def send_state(self, state: watch.StreamState) -> None:
        """Begin and end with the broadcast.

        Parameters
        ----------
        state : StreamState
            The state.
        """
        if state.state == "live" and state.since is not None:
            if self.segments is None:
                lead = Track.VIDEO if state.picture else Track.AUDIO
                self.segments = Segments(f"{state.since * 1000:.0f}", state.since, lead)
        elif self.segments is not None and state.since is None:
            # With `since`, the broadcast is only interrupted.
            self.segments.end()
            self._tell()

    def send_frames(self, batch: Batch) -> None:
        """Package frames.

        Parameters
        ----------
        batch : Batch
            The frames.
        """
        for frame in batch.frames:
            self._pack(frame)

    def _pack(self, frame: Outgoing) -> None:
        if self.segments is None or self.segments.over:
            return
        if frame.setup:
            self.segments.setup(read_setup(frame.frame()))
        elif frame.time is not None and self.segments.add(frame.frame(), frame.time):
            self._tell()
        if self.segments.wants_keyframe:
            self._stream.request_keyframe()

    def dismiss(self, reason: str) -> None:
        """Do nothing: only viewers are dismissed, and this is none.

        Parameters
        ----------
        reason : str
            What the viewer is told.
        """

    def _tell(self) -> None:
        for news in self._waiting:
            news.set()


class Hls:
    """The streams that are being packaged.

    Parameters
    ----------
    broadcasts : Broadcasts
        The server's broadcasts.
    timers : Timers
        The event loop.
    always : bool
        Whether every public broadcast is packaged from its beginning to its end.
    """

    def __init__(self, broadcasts: Broadcasts, timers: Timers, *, always: bool) -> None:
        self._broadcasts = broadcasts
        self._timers = timers
        self._always = always
        if always:
            broadcasts.on_live.append(self.stream)
        self._streams: dict[str, HlsStream] = {}
        self._asked: dict[str, float] = {}
        self._tidying = Alarm(timers)

    def stream(self, name: str) -> HlsStream | None:
        """Return a stream as HLS.

        Parameters
        ----------
        name : str
            The stream's name.

        Returns
        -------
        HlsStream or None
            None if it is not live, and was not until a moment ago.
        """
        source = self._broadcasts.public(name)
        stream = self._streams.get(name)
        over = stream is not None and stream.segments is not None and stream.segments.over
        if source is not None and source.live and (stream is None or over):
            if stream is not None:
                stream.close()
            stream = self._streams[name] = HlsStream(source)
        if stream is not None:
            self._asked[name] = self._timers.time()
            if not self._tidying.is_set:
                self._tidy()
        return stream

    def _tidy(self) -> None:
        now = self._timers.time()
        idle = [name for name, at in self._asked.items() if now - at > _IDLE]
        for name in idle:
            if self._always and self._streams[name].live:
                continue
            del self._asked[name]
            self._streams.pop(name).close()
        if self._streams:
            self._tidying.set(_IDLE, self._tidy)

    def close(self) -> None:
        """Stop the timer."""
        self._tidying.cancel()
