"""Converts a recording's audio to AAC, for players without support for Opus in MP4.

Run as a process of its own (`python -m nanomeet_widget.server.media.aac SOURCE TARGET`), as it keeps a
core busy for about a minute for each hour of audio.
"""

from __future__ import annotations

import contextlib
import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av

_RATE, _BIT_RATE = 48_000, 128_000
#: Samples of an AAC frame.
_FRAME = 1024
#: Samples: a smaller gap is only a rounded time.
_ROUNDING = 240
#: Samples of silence that are created at once.
_SILENCE = _RATE


def to_aac(source: Path, target: Path) -> None:
    """Copy a finished recording, with its audio as AAC.

    Each sample keeps its time: the encoder's delay lies before the file's beginning, and gaps are filled
    with silence, as AAC has no gaps.

    Parameters
    ----------
    source : Path
        An MP4 file with Opus audio.
    target : Path
        The file to write.

    Raises
    ------
    OSError
        If a file cannot be read or written; FFmpeg's errors are OSErrors.
    ValueError
        If FFmpeg cannot parse the source.
    """
    import av  # noqa: PLC0415 - a heavy module that only recordings need

    with (
        av.open(str(source)) as reader,
        target.open("wb") as file,
        av.open(file, "w", format="mp4", options={"movflags": "faststart"}) as writer,
    ):
        copies = {
            stream.index: writer.add_stream_from_template(stream, opaque=True)
            for stream in reader.streams.video
        }
        sound = _Sound(writer)
        for packet in reader.demux():
            copy = copies.get(packet.stream.index)
            if copy is None:
                # Audio that cannot be decoded becomes a gap.
                with contextlib.suppress(av.error.InvalidDataError):
                    for frame in packet.decode():
                        sound.add(frame)
            elif packet.dts is not None:
                packet.stream = copy
                writer.mux_one(packet)
        sound.close()
    with target.open("rb+") as written:
        os.fsync(written.fileno())


class _Sound:
    """Writes decoded audio as AAC."""

    def __init__(self, writer: av.container.OutputContainer) -> None:
        import av  # noqa: PLC0415 - as above

        self._writer = writer
        self._stream = writer.add_stream("aac", rate=_RATE)
        self._stream.layout = "stereo"
        self._stream.bit_rate = _BIT_RATE
        self._stream.time_base = Fraction(1, _RATE)
        self._resampler = av.AudioResampler(
            format="fltp", layout="stereo", rate=_RATE, frame_size=_FRAME
        )
        #: Samples that went in and came out.
        self._given = self._taken = 0

    def add(self, frame: Any) -> None:  # noqa: ANN401 - PyAV's, of any kind
        """Add audio at its time."""
        begins = round(frame.pts * frame.time_base * _RATE)
        if begins - self._given > _ROUNDING:
            self._fill(begins - self._given)
        self._give(frame)

    def close(self) -> None:
        """Write the rest."""
        for frame in self._resampler.resample(None):
            self._encode(frame)
        self._encode(None)

    def _fill(self, samples: int) -> None:
        import av  # noqa: PLC0415 - as above
        import numpy as np  # noqa: PLC0415 - as above

        while samples > 0:
            now = min(samples, _SILENCE)
            silence = av.AudioFrame.from_ndarray(
                np.zeros((2, now), np.float32), format="fltp", layout="stereo"
            )
            silence.sample_rate = _RATE
            self._give(silence)
            samples -= now

    def _give(self, frame: Any) -> None:  # noqa: ANN401 - as above
        self._given += round(frame.samples * _RATE / frame.sample_rate)
        frame.pts = None
        for part in self._resampler.resample(frame):
            self._encode(part)

    def _encode(self, frame: Any) -> None:  # noqa: ANN401 - as above
        if frame is not None:
            frame.pts, frame.time_base = self._taken, Fraction(1, _RATE)
            self._taken += frame.samples
        for packet in self._stream.encode(frame):
            self._writer.mux_one(packet)


if __name__ == "__main__":
    to_aac(*map(Path, sys.argv[1:3]))
