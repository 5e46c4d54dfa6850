"""Encoded frames into a fragmented MP4 file, readable at every moment of its making."""

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

#: Microseconds of a fragment, which is what a killed process takes with it.
_FRAGMENT = 250_000


@dataclass
class _Waiting:
    """A track's fragment in the making, and the last frame, until it is known how long it lasts."""

    start: int = 0
    samples: list[Sample] = field(default_factory=list)
    last: tuple[Frame, int] | None = None


class Muxer:
    """Writes one file.

    Each track has fragments of its own, and each fragment says when it begins: tracks may come apart by
    any time, and neither waits for the other. The picture's size may change: what decoders need for it
    stands in the stream itself, at each keyframe, so that they follow the change in one file, and follow
    it back when a viewer seeks. The header has the first size.

    What a killed process takes with it is the fragment in the making, a quarter of a second, and the
    last frame. What a power failure takes is whatever was written since the last `sync`.

    Parameters
    ----------
    path
        The file; it must not exist.
    setups
        Of its tracks, the picture's first.

    Raises
    ------
    FrameError
        If a set-up is broken.
    OSError
        If the file cannot be written.
    """

    def __init__(self, path: Path, setups: Sequence[Setup]) -> None:
        self._video = next((setup for setup in setups if setup.track is Track.VIDEO), None)
        self._avc = _configuration(self._video)
        self._tracks = {setup.track: _Waiting() for setup in setups}
        # "x": another recording is never overwritten. Without a buffer: each write is whole at once.
        self._file = path.open("xb", buffering=0)
        try:
            self._put(init_segment(*setups))
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

    def write(self, frame: Frame, time: int) -> None:
        """Add a frame of media at its time, in microseconds; the times of a track only go up.

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
        """Have the disk keep what is written."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write the rest."""
        with self._file:
            for track, waiting in self._tracks.items():
                if waiting.last is not None:
                    frame, time = waiting.last
                    self._close_last(waiting, time + lasts(frame))
                    self._flush(track, waiting)

    def _close_last(self, waiting: _Waiting, until: int) -> None:
        """Let the last frame last until the next one, whatever its sender has expected."""
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
