"""Writes a stream for RTMP: H.264 unchanged, and audio as AAC."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nanomeet_widget.server.media.codec_header import matroska_header, opus_head
from nanomeet_widget.server.media.timeline import starts
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol.frames import Frame, Track

if TYPE_CHECKING:
    import av

_OPTIONS = {
    "flvflags": "no_duration_filesize",
    # Tracks hardly wait for each other, and nothing is buffered.
    "max_interleave_delta": "100000",
    "flush_packets": "1",
}
_MICROSECONDS = Fraction(1, 1_000_000)
_RATE, _BIT_RATE = 48_000, 128_000
#: Samples of an AAC frame.
_AAC_FRAME = 1024
#: Microseconds by which audio may drift before it is corrected.
_DRIFT = 80_000


class FlvWriter:
    """Sends a stream to an RTMP address. It blocks, and needs a process of its own.

    Parameters
    ----------
    url : str
        The address.
    video, audio : Setup or None
        The set-ups; one of them may be None.

    Raises
    ------
    OSError
        If no server accepts it there; FFmpeg's errors are OSErrors.
    """

    def __init__(self, url: str, video: Setup | None, audio: Setup | None) -> None:
        import av  # noqa: PLC0415 - a heavy module that only pushes and recordings need

        self._packet = av.Packet
        self._start: int | None = None
        self._lead = Track.AUDIO if video is None else Track.VIDEO
        self._container = av.open(url, "w", format="flv", options=_OPTIONS)
        if video is not None:
            with av.open(io.BytesIO(matroska_header([video])), format="matroska") as template:
                self._video = self._container.add_stream_from_template(
                    template.streams[0], opaque=True
                )
        self._sound = _Aac(self._container, audio) if audio is not None else None
        self._container.start_encoding()

    def write(self, frame: Frame, time: int) -> None:
        """Send a frame.

        Parameters
        ----------
        frame : Frame
            The frame.
        time : int
            Its time in the stream, in microseconds.
        """
        if self._start is None:
            if frame.track is not self._lead or not starts(frame):
                return
            self._start = time
        at = time - self._start
        if at < 0:
            return
        if frame.track is Track.VIDEO:
            packet = self._packet(frame.payload)
            packet.stream = self._video
            packet.time_base = _MICROSECONDS
            packet.pts = packet.dts = at
            packet.is_keyframe = frame.keyframe
            self._container.mux_one(packet)
        elif self._sound is not None:
            for packet in self._sound.encode(self._packet(frame.payload), at):
                self._container.mux_one(packet)

    def close(self) -> None:
        """Close the connection."""
        self._container.close()


class _Aac:
    """Converts Opus to AAC."""

    def __init__(self, container: av.container.OutputContainer, setup: Setup) -> None:
        import av  # noqa: PLC0415 - as above

        self._decoder = av.AudioCodecContext.create("opus", "r")
        self._decoder.extradata = opus_head(setup)
        self._stream = container.add_stream("aac", rate=_RATE)
        self._stream.layout = "stereo"
        self._stream.bit_rate = _BIT_RATE
        self._stream.time_base = Fraction(1, _RATE)
        self._resampler = av.AudioResampler(
            format="fltp", layout="stereo", rate=_RATE, frame_size=_AAC_FRAME
        )
        #: The first sample's time, and how many samples went in and came out since, at 48 kHz.
        self._begin: int | None = None
        self._given = self._taken = 0

    def encode(self, packet: Any, at: int) -> Iterator[Any]:  # noqa: ANN401 - PyAV's, of any codec
        sample = at * _RATE // 1_000_000
        if self._begin is None:
            self._begin = sample
        off = sample - self._begin - self._given
        if off > _DRIFT * _RATE // 1_000_000:
            # Some audio is missing: the rest keeps its time.
            self._begin += off
        for decoded in self._decoder.decode(packet):
            self._given += decoded.samples
            decoded.pts = None
            for frame in self._resampler.resample(decoded):
                frame.pts = self._begin + self._taken
                frame.time_base = Fraction(1, _RATE)
                self._taken += frame.samples
                yield from self._stream.encode(frame)
