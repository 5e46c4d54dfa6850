"""Track set-ups, checked: the codec, the size, and the bytes that decoders need."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from nanomeet_widget.server.protocol import common, frames
from nanomeet_widget.server.protocol.frames import Frame, FrameError, Track

_MAX_SETUP = 16 * 1024
_CODECS = {
    Track.VIDEO: re.compile(
        r"avc1\.[0-9A-Fa-f]{6}|vp09(\.[0-9]{2}){3}|av01\.[0-9]\.[0-9]{2}[MH]\.[0-9]{2}"
    ),
    Track.AUDIO: re.compile(r"opus"),
}
_PICTURES: dict[str, common.Codec] = {"avc1": "h264", "vp09": "vp9", "av01": "av1"}
#: Version, profile, compatibility, level, length size, one parameter set (ISO/IEC 14496-15, 5.3.3).
_MIN_AVCC = 7


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A checked set-up."""

    track: Track
    codec: str
    #: avcC or OpusHead; empty if there is none.
    description: bytes
    width: int = 0
    height: int = 0
    #: In hertz.
    sample_rate: int = 48000
    channels: int = 1

    @property
    def picture(self) -> common.Codec:
        """The video codec, as options name it."""
        return _PICTURES[self.codec[:4]]

    @property
    def h264(self) -> bool:
        """Whether it is H.264, whose parameter sets are in the description."""
        return self.codec.startswith("avc1.")


def read_setup(frame: Frame) -> Setup:
    """Return the set-up in a set-up frame.

    Parameters
    ----------
    frame : Frame
        The frame.

    Returns
    -------
    Setup
        The checked set-up.

    Raises
    ------
    FrameError
        If it is not readable, incomplete, or of a codec that viewers cannot play.
    """
    if len(frame.payload) > _MAX_SETUP:
        raise FrameError("the set-up is too long")
    try:
        setup = frames.decode_setup(frame.payload)
        description = _decoded(setup.description or "")
    except ValueError as error:
        raise FrameError(f"the set-up is not readable: {error}") from None
    if not _CODECS[frame.track].fullmatch(setup.codec):
        raise FrameError(f"{setup.codec} is not a supported {frame.track.name.lower()} codec")
    if setup.codec.startswith("avc1.") and len(description) < _MIN_AVCC:
        raise FrameError("H.264 needs its avcC as description")
    if frame.track is Track.VIDEO and not (setup.width and setup.height):
        raise FrameError("the picture's set-up has no width and height")
    return Setup(
        track=frame.track,
        codec=setup.codec,
        description=description,
        width=setup.width or 0,
        height=setup.height or 0,
        sample_rate=setup.sample_rate or 48000,
        channels=setup.channels or 1,
    )


def _decoded(text: str) -> bytes:
    # Python 3.10 also takes padding alone.
    if len(text) % 4:
        raise ValueError("its description is not base64")
    return base64.b64decode(text, validate=True)
