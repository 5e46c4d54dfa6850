"""Encoded frames into a fragmented MP4 file, readable at every moment of its making."""

from __future__ import annotations

import io
import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from nanomeet_widget.server.codec_header import matroska_header, read_avcc
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
    the parameter sets stand in the stream itself, before each keyframe, so that decoders follow the
    change in one file, and follow it back when somebody seeks. The header has the first size.

    What a killed process takes with it is the fragment in the making, a quarter of a second. What a
    power failure takes is whatever was written since the last `sync`.

    Parameters
    ----------
    path
        The file; it must not exist.
    video, audio
        The set-up of each track; `audio` is None for a file without sound.

    Raises
    ------
    FrameError
        If the picture is not H.264.
    OSError
        If the file cannot be written.
    """

    def __init__(self, path: Path, video: Setup, audio: Setup | None) -> None:
        import av  # noqa: PLC0415 - a heavy module that only recordings need

        if not video.h264:
            raise FrameError(f"only H.264 can be recorded, not {video.codec}")
        self._packet = av.Packet
        configuration = read_avcc(video.description)
        self._length_size = configuration.length_size
        self._parameter_sets = configuration.units()
        self._video = video
        self._timeline = Timeline()
        # "x": another recording is never overwritten.
        self._file = path.open("xb")
        try:
            setups = [video] if audio is None else [video, audio]
            self._template = av.open(io.BytesIO(matroska_header(*setups)), format="matroska")
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
        if setup.track is not Track.VIDEO or setup.description == self._video.description:
            return
        configuration = read_avcc(setup.description)
        if not setup.h264 or configuration.length_size != self._length_size:
            raise FrameError("the picture's new set-up does not fit into the file")
        self._video = setup
        self._parameter_sets = configuration.units()

    def write(self, frame: Frame) -> None:
        """Add a frame of media."""
        stream = self._streams.get(frame.track)
        if stream is None:
            return
        picture = frame.track is Track.VIDEO
        time = self._timeline.place(frame)
        if time is None:
            return
        prefix = self._parameter_sets if picture and frame.keyframe else b""
        packet = self._packet(prefix + frame.payload)
        packet.stream = stream
        packet.time_base = _MICROSECONDS
        packet.pts = packet.dts = time
        packet.duration = frame.duration or USUAL_DURATION
        packet.is_keyframe = frame.keyframe or not picture
        self._container.mux_one(packet)
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
        self._container.close()
        self._template.close()
        self._file.close()
