"""Encoded frames into a fragmented MP4 file, readable at every moment of its making."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nanomeet_widget.server.codec_header import AvcConfiguration, matroska_header, read_avcc
from nanomeet_widget.server.frames import Frame, FrameError, Track
from nanomeet_widget.server.timeline import USUAL_DURATION, Timeline
from nanomeet_widget.server.tracks import Setup

if TYPE_CHECKING:
    import av

_MICROSECONDS = Fraction(1, 1_000_000)
#: Microseconds of a fragment, which is what a killed process takes with it.
_FRAGMENT = 250_000
#: Microseconds that one track waits for the other, should that one stop: FFmpeg's own ten seconds
#: would be lost, too.
_WAIT = 100_000
#: A fragment goes to disk at once; its offsets do not depend on others.
_OPTIONS = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    "frag_duration": str(_FRAGMENT),
    "max_interleave_delta": str(_WAIT),
    "flush_packets": "1",
}


class Muxer:
    """Writes one file.

    Time begins at the first keyframe; sound before it is left out. The picture's size may change:
    what decoders need for it stands in the stream itself, at each keyframe, so that they follow the
    change in one file, and follow it back when somebody seeks. The header has the first size.

    What a killed process takes with it is the fragment in the making, a quarter of a second, and the
    last frame. What a power failure takes is whatever was written since the last `sync`.

    Parameters
    ----------
    path
        The file; it must not exist.
    setups
        Of its tracks, the picture's first.
    first
        The frame that it begins with, which is still to be written.

    Raises
    ------
    FrameError
        If a set-up is broken.
    OSError
        If the file cannot be written.
    """

    def __init__(self, path: Path, setups: Sequence[Setup], first: Frame) -> None:
        import av  # noqa: PLC0415 - a heavy module that only recordings need

        self._packet = av.Packet
        self._video = next((setup for setup in setups if setup.track is Track.VIDEO), None)
        self._avc = _configuration(self._video)
        self._timeline = Timeline(first.track)
        #: The last packet of each track, until it is known how long it lasts.
        self._held: dict[Track, av.Packet[Any]] = {}
        # "x": another recording is never overwritten.
        self._file = path.open("xb")
        try:
            known = self._avc is not None or first.track is Track.AUDIO
            header = matroska_header(setups, None if known else first)
            self._template = av.open(io.BytesIO(header), format="matroska")
            self._container = av.open(self._file, "w", format="mp4", options=_OPTIONS)
            self._streams: dict[Track, av.stream.Stream] = {}
            for setup, template in zip(setups, self._template.streams, strict=True):
                # opaque: from the decoder's parameters, so no encoder has to be there.
                stream = self._container.add_stream_from_template(template, opaque=True)
                stream.time_base = (
                    _MICROSECONDS if setup.track is Track.VIDEO else Fraction(1, 48000)
                )
                self._streams[setup.track] = stream
        except BaseException:
            self._file.close()
            path.unlink()
            raise

    def setup(self, setup: Setup) -> None:
        """Take note that the picture's set-up has changed.

        Raises
        ------
        FrameError
            If the file cannot carry the new one.
        """
        if setup.track is not Track.VIDEO or self._video is None:
            return
        configuration = _configuration(setup)
        if setup.picture != self._video.picture or (
            configuration is not None
            and self._avc is not None
            and configuration.length_size != self._avc.length_size
        ):
            raise FrameError("the picture's new set-up does not fit into the file")
        self._avc = configuration

    def write(self, frame: Frame) -> None:
        """Add a frame of media."""
        stream = self._streams.get(frame.track)
        if stream is None:
            return
        picture = frame.track is Track.VIDEO
        time = self._timeline.place(frame)
        if time is None:
            return
        prefix = self._avc.units() if self._avc and picture and frame.keyframe else b""
        packet = self._packet(prefix + frame.payload)
        packet.stream = stream
        packet.time_base = _MICROSECONDS
        packet.pts = packet.dts = time
        packet.duration = frame.duration or USUAL_DURATION
        packet.is_keyframe = frame.keyframe or not picture
        # FFmpeg puts the first packet of a fragment where the one before it ends. A frame lasts until
        # the next one, whatever its sender has expected: it is written once that is there.
        before, self._held[frame.track] = self._held.get(frame.track), packet
        if before is not None and before.pts is not None:
            before.duration = time - before.pts
            self._container.mux_one(before)
        # Out of this process: nothing happens where the fragment is not whole.
        self._file.flush()

    @property
    def time(self) -> float:
        """Seconds of the file so far."""
        return self._timeline.latest / 1_000_000

    def sync(self) -> None:
        """Have the disk keep what is written."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write the rest."""
        for packet in self._held.values():
            self._container.mux_one(packet)
        self._container.close()
        self._template.close()
        self._file.close()


def _configuration(setup: Setup | None) -> AvcConfiguration | None:
    return read_avcc(setup.description) if setup is not None and setup.h264 else None
