"""Writes encoded frames into a fragmented MP4 file, which is readable at any moment."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nanomeet_widget.server.media.cmaf import Sample, fragment, init_segment
from nanomeet_widget.server.media.codec_header import AvcConfiguration, read_avcc
from nanomeet_widget.server.media.timeline import lasts, starts
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol.frames import Frame, FrameError, Track

#: Microseconds of a fragment, which is what a killed process loses.
_FRAGMENT = 250_000


@dataclass
class _Waiting:
    """A track's unfinished fragment, and its last frame, whose duration is not known yet."""

    start: int = 0
    samples: list[Sample] = field(default_factory=list)
    last: tuple[Frame, int] | None = None


class Muxer:
    """Writes one file.

    Each track has its own fragments, and each fragment has its start time: tracks may be any time apart,
    and do not wait for each other. The video's size may change: each keyframe carries what decoders need
    for it, so that they follow the change, also when a viewer seeks back. The header has the first size.

    A killed process loses the unfinished fragment, a quarter of a second, and the last frame. A power
    failure loses what was written since the last `sync`.

    Parameters
    ----------
    path : Path
        The file, which must not exist.
    setups : sequence of Setup
        The set-ups of its tracks, video first.

    Raises
    ------
    FrameError
        If a set-up is invalid.
    OSError
        If the file cannot be written.
    """

    def __init__(self, path: Path, setups: Sequence[Setup]) -> None:
        self._video = next((setup for setup in setups if setup.track is Track.VIDEO), None)
        self._avc = _configuration(self._video)
        self._tracks = {setup.track: _Waiting() for setup in setups}
        # "x" never overwrites another recording. Unbuffered, so that each write is complete at once.
        self._file = path.open("xb", buffering=0)
        try:
            self._put(init_segment(*setups))
        except BaseException:
            self._file.close()
            path.unlink()
            raise

    def setup(self, setup: Setup) -> None:
        """Change the video's set-up.

        Parameters
        ----------
        setup : Setup
            The new set-up; one of audio is ignored.

        Raises
        ------
        FrameError
            If the file cannot hold the new one.
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

    def write(self, frame: Frame, time: int) -> None:
        """Add a media frame.

        Parameters
        ----------
        frame : Frame
            The frame.
        time : int
            Its time, in microseconds; it increases within a track.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        waiting = self._tracks.get(frame.track)
        if waiting is None:
            return
        self._close_last(waiting, time)
        full = time - waiting.start >= _FRAGMENT
        if waiting.samples and (full or (frame.track is Track.VIDEO and frame.keyframe)):
            self._flush(frame.track, waiting)
        if not waiting.samples:
            waiting.start = time
        if self._avc and frame.track is Track.VIDEO and frame.keyframe:
            frame = dataclasses.replace(frame, payload=self._avc.units() + frame.payload)
        waiting.last = frame, time

    def sync(self) -> None:
        """Flush what is written to the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write the rest, and close the file."""
        with self._file:
            for track, waiting in self._tracks.items():
                if waiting.last is not None:
                    frame, time = waiting.last
                    self._close_last(waiting, time + lasts(frame))
                    self._flush(track, waiting)

    def _close_last(self, waiting: _Waiting, until: int) -> None:
        """Set the last frame's duration by the next frame's time, whatever its sender said."""
        if waiting.last is not None:
            frame, time = waiting.last
            waiting.samples.append(Sample(frame.payload, until - time, starts(frame)))
            waiting.last = None

    def _flush(self, track: Track, waiting: _Waiting) -> None:
        samples, waiting.samples = waiting.samples, []
        self._put(fragment(track, waiting.start, samples))

    def _put(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]


def _configuration(setup: Setup | None) -> AvcConfiguration | None:
    return read_avcc(setup.description) if setup is not None and setup.h264 else None
