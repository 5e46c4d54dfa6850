"""Pictures and sound of a test's own, as a page encodes them for the server."""

from __future__ import annotations

import base64
import time
from fractions import Fraction
from typing import Any

import av
import msgspec
import numpy as np
from numpy.typing import NDArray

from nanomeet_widget.server.protocol.frames import Frame, Kind, Track, TrackSetup

Array = NDArray[np.uint8]
WIDTH, HEIGHT = 64, 48
RATE = 48_000
#: Samples of an Opus packet.
PACKET = 960
_MICROSECONDS = Fraction(1, 1_000_000)
_GLOBAL_HEADER = 1 << 22
_BT601, _LIMITED = 6, 1


def now() -> int:
    """Return the clock of a sender, in microseconds."""
    return time.monotonic_ns() // 1000


def grey(value: int, *, width: int = WIDTH, height: int = HEIGHT) -> Array:
    """Return a picture of one grey."""
    return np.full((height, width, 3), value, np.uint8)


class Camera:
    """Encodes pictures to H.264."""

    def __init__(self, *, width: int = WIDTH, height: int = HEIGHT) -> None:
        context: Any = av.CodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = _MICROSECONDS
        context.colorspace, context.color_range = _BT601, _LIMITED
        context.flags |= _GLOBAL_HEADER
        context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": "5",
            "forced-idr": "1",
            "x264-params": "annexb=0",
        }
        context.open()
        self._context = context
        self._size = width, height

    def setup(self) -> bytes:
        """Return the set-up frame."""
        extradata = bytes(self._context.extradata)
        width, height = self._size
        return _setup(
            Track.VIDEO,
            TrackSetup(
                codec=f"avc1.{extradata[1:4].hex()}",
                description=base64.b64encode(extradata).decode(),
                width=width,
                height=height,
                framerate=30.0,
            ),
        )

    def take(self, picture: Array, at: int, *, keyframe: bool = True) -> bytes:
        """Return the frame of a picture that was captured at a time in microseconds."""
        frame: Any = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG")
        frame.pts, frame.time_base = at, _MICROSECONDS
        frame.pict_type = av.video.frame.PictureType.I if keyframe else 0
        (packet,) = self._context.encode(frame)
        made = Frame(Kind.MEDIA, Track.VIDEO, at, bytes(packet), duration=33_333, keyframe=keyframe)
        return made.encode()


class Microphone:
    """Encodes sound to Opus."""

    def __init__(self) -> None:
        context: Any = av.CodecContext.create("libopus", "w")
        context.sample_rate, context.layout, context.format = RATE, "stereo", "flt"
        context.time_base = Fraction(1, RATE)
        context.open()
        self._context = context
        self._count = 0

    def setup(self) -> bytes:
        """Return the set-up frame."""
        return _setup(Track.AUDIO, TrackSetup(codec="opus", sample_rate=RATE, channels=2))

    def take(self, samples: NDArray[np.float32], at: int) -> bytes:
        """Return the frame of `PACKET` samples of both channels."""
        frame: Any = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1)), format="flt", layout="stereo"
        )
        frame.sample_rate, frame.pts = RATE, self._count
        self._count += PACKET
        (packet,) = self._context.encode(frame)
        duration = PACKET * 1_000_000 // RATE
        return Frame(Kind.MEDIA, Track.AUDIO, at, bytes(packet), duration=duration).encode()


def _setup(track: Track, setup: TrackSetup) -> bytes:
    return Frame(Kind.SETUP, track, 0, msgspec.json.encode(setup)).encode()
