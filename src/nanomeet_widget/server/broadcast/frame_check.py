"""Checks the frames of a broadcast's sender, which a faulty or modified page may get wrong."""

from __future__ import annotations

from nanomeet_widget.server.broadcast.ingest_bounds import IngestBounds
from nanomeet_widget.server.media.tracks import Setup, read_setup
from nanomeet_widget.server.protocol.common import Codec
from nanomeet_widget.server.protocol.frames import Frame, FrameError, Kind, Track

#: Frames may be out of order by less than this, in microseconds; a larger step back means that the
#: clock was changed.
_MAX_STEP_BACK = 1_000_000
_UNEXPECTED = {
    Track.VIDEO: "a picture in a stream of sound alone",
    Track.AUDIO: "sound in a stream of pictures alone",
}


class FrameCheck:
    """Checks frames, and keeps the set-ups of their tracks.

    Parameters
    ----------
    bounds : IngestBounds
        Which tracks are accepted, and how large a picture may be.
    codec : Codec or None
        The only video codec that is accepted; None accepts all.
    """

    def __init__(self, bounds: IngestBounds, codec: Codec | None) -> None:
        self._bounds = bounds
        self._codec = codec
        self._latest: dict[Track, int] = {}
        self.setups: dict[Track, Setup] = {}

    def restart(self) -> None:
        """Accept any timestamps next: another sender's clock is another one."""
        self._latest.clear()

    def check(self, frame: Frame) -> None:
        """Check a frame; a set-up frame's contents are kept in `setups`.

        Parameters
        ----------
        frame : Frame
            A frame from the sender.

        Raises
        ------
        FrameError
            If a sender may not send it here: its kind, track, codec, size or timestamp is wrong.
        """
        if frame.track not in self._bounds.tracks:
            raise FrameError(_UNEXPECTED[frame.track])
        if frame.kind is Kind.SETUP:
            setup = read_setup(frame)
            if frame.track is Track.VIDEO and self._codec not in {None, setup.picture}:
                raise FrameError(f"{setup.codec} in place of {self._codec}")
            if not self._bounds.fits(setup.width, setup.height):
                raise FrameError(
                    f"pictures of {setup.width}x{setup.height} in a stream of at most "
                    f"{self._bounds.lines} lines"
                )
            self.setups[frame.track] = setup
            return
        if frame.kind is not Kind.MEDIA:
            raise FrameError(f"kind {frame.kind.value} is for viewers")
        if frame.track not in self.setups:
            raise FrameError(f"{frame.track.name.lower()} came before its set-up")
        latest = self._latest.get(frame.track, frame.timestamp)
        if frame.timestamp < latest - _MAX_STEP_BACK:
            raise FrameError("its clock ran backwards")
        self._latest[frame.track] = max(latest, frame.timestamp)
