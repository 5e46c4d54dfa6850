"""The worker's connection to an RTMP server, in place of `IngestLine`: as the embedded server pushes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from nanomeet_widget.media.ingest_line import Ending
from nanomeet_widget.server.broadcast.outgoing import Batch, outgoing
from nanomeet_widget.server.broadcast.push import RtmpPush
from nanomeet_widget.server.broadcast.push_target import read_target
from nanomeet_widget.server.broadcast.stream import Viewer
from nanomeet_widget.server.protocol import ingest
from nanomeet_widget.server.protocol.frames import Frame, Kind

#: Seconds of trouble after which it gives up.
_PATIENCE = 30.0
_CHECK = 0.1
#: Seconds for what waits to be sent at the end.
_FAREWELL = 1.5


class RtmpLine:
    """A connection by RTMP, which comes back after a loss.

    Parameters
    ----------
    url : str
        The address, which ends with a secret key.
    on_ready : callable
        It takes frames now: set-ups, and then a keyframe.
    on_keyframe : callable
        It needs a keyframe.
    on_live : callable
        The other server takes the stream, for the first time or again.

    Raises
    ------
    PushRefusedError
        If it is no address of RTMP.
    """

    def __init__(
        self,
        url: str,
        *,
        on_ready: Callable[[], None],
        on_keyframe: Callable[[], None],
        on_live: Callable[[], None],
    ) -> None:
        target = read_target(url)
        # The user's own program may reach what the user may reach.
        allowed = frozenset({target.host})
        self._push = RtmpPush(target, allowed=allowed, loop=asyncio.get_running_loop())
        self._on_ready, self._on_keyframe, self._on_live = on_ready, on_keyframe, on_live
        self._viewer: Viewer | None = None
        self._begin: int | None = None
        self._live = False
        self._finished = asyncio.Event()

    # --- as `RtmpPush` sees a stream -----------------------------------------------------------

    def attach(self, viewer: Viewer) -> None:
        """Begin to give frames to the push.

        Parameters
        ----------
        viewer : Viewer
            The push.
        """
        self._viewer = viewer

    def detach(self, viewer: Viewer) -> None:
        """Give it none any longer.

        Parameters
        ----------
        viewer : Viewer
            The push.
        """
        if self._viewer is viewer:
            self._viewer = None

    def request_keyframe(self) -> None:
        """Ask for a keyframe."""
        self._on_keyframe()

    # --- as the worker sees a line -------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether it takes frames now."""
        return self._viewer is not None

    @property
    def waiting(self) -> bool:
        """Whether anything has not been taken yet."""
        return self._push.waiting > 0

    def send(self, frame: Frame) -> int:
        """Send a frame.

        Parameters
        ----------
        frame : Frame
            The frame.

        Returns
        -------
        int
            Its size in bytes; 0 if it is dropped.
        """
        if self._viewer is None:
            return 0
        time_in_stream = None
        if frame.kind is Kind.MEDIA:
            if self._begin is None:
                self._begin = frame.timestamp
            time_in_stream = max(0, frame.timestamp - self._begin)
        data = frame.encode()
        self._viewer.send_frames(Batch((outgoing(frame, data, time=time_in_stream),)))
        return len(data)

    def tell_behind(self, behind: ingest.Behind | None) -> None:
        """Do nothing: the other server does not ask.

        Parameters
        ----------
        behind : Behind or None
            What it is.
        """

    async def run(self) -> Ending:
        """Connect, and stay connected, until it ends for good.

        Returns
        -------
        Ending
            Why it ended.
        """
        self._push.open(self, self._changed)
        self._on_ready()
        well_at = time.monotonic()
        while not self._finished.is_set():
            state = self._push.describe()
            if state.state == "live":
                well_at = time.monotonic()
            late = time.monotonic() - well_at > _PATIENCE
            if state.state == "failed" or late:
                self._push.close()
                words = state.error or "no answer"
                return Ending(f"{state.host} does not take the stream: {words}.", failed=True)
            try:
                await asyncio.wait_for(self._finished.wait(), _CHECK)
            except asyncio.TimeoutError:
                continue
        return Ending("It was finished.", failed=False)

    async def finish(self) -> None:
        """Send what waits, and close; in bounded time."""
        deadline = time.monotonic() + _FAREWELL
        while self.waiting and time.monotonic() < deadline:  # noqa: ASYNC110 - a push tells no one
            await asyncio.sleep(_CHECK)
        self._push.close()
        await asyncio.sleep(_CHECK)
        self._finished.set()

    def _changed(self) -> None:
        live = self._push.describe().state == "live"
        if live and not self._live:
            self._on_live()
        self._live = live
