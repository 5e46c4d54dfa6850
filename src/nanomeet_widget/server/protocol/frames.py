"""The binary frame of a broadcast: 16 bytes of header, then the payload.

=======  ======  =======================================================
offset   type    meaning
=======  ======  =======================================================
0        u8      version, 1
1        u8      kind: 1 set-up (payload: `TrackSetup` as JSON), 2 media,
                 3 header and 4 fragment of a track's MP4
2        u8      flags: bit 0 keyframe
3        u8      track: 0 picture, 1 sound
4        u32     duration in microseconds, 0 where unknown
8        i64     presentation time in microseconds
=======  ======  =======================================================

A viewer that asks for fMP4 (`Watch.format`) gets kinds 3 and 4 instead of 2: after each set-up frame
the header for the track's SourceBuffer, then one fragment a frame. A fragment's time is its time
within the MP4: the stream begins at 0, and continues when the sender reconnects. Pages never send
kinds 3 and 4.

Numbers are big-endian. `js/src/shared/frames.ts` is its twin; both are tested on the same bytes
(`tests/frames.json`).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from nanomeet_widget import _json
from nanomeet_widget._errors import NanoMeetError

VERSION = 1
_HEADER = struct.Struct(">BBBBIq")
HEADER_SIZE = _HEADER.size

#: A 4K keyframe at high quality stays below this; a larger frame is an attack or a bug.
MAX_FRAME = 4 * 1024 * 1024


class Kind(IntEnum):
    """What a frame holds."""

    SETUP = 1
    MEDIA = 2
    HEADER = 3
    FRAGMENT = 4


class Track(IntEnum):
    """Which track a frame belongs to."""

    VIDEO = 0
    AUDIO = 1


KEYFRAME = 1


class TrackSetup(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The payload (JSON) of a set-up frame: all that a decoder needs to begin."""

    #: As WebCodecs writes it: ``avc1.42001f``, ``vp09.00.31.08``, ``opus``.
    codec: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.]{2,32}$")]
    #: Codec-private bytes (avcC, OpusHead) in base64, where the codec has any.
    description: Annotated[str, Meta(max_length=8192)] | None = None
    width: Annotated[int, Meta(ge=16, le=7680)] | None = None
    height: Annotated[int, Meta(ge=16, le=4320)] | None = None
    #: Pictures a second.
    framerate: Annotated[float, Meta(gt=0, le=240)] | None = None
    #: Hertz.
    sample_rate: Annotated[int, Meta(ge=8000, le=192000)] | None = None
    channels: Annotated[int, Meta(ge=1, le=8)] | None = None


decode_setup = _json.guarded(msgspec.json.Decoder(TrackSetup).decode)


class FrameError(NanoMeetError):
    """The bytes are not a frame of this format."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. Times are in microseconds."""

    kind: Kind
    track: Track
    timestamp: int
    payload: bytes
    duration: int = 0
    keyframe: bool = False

    def encode(self) -> bytes:
        """Return the frame's bytes."""
        flags = KEYFRAME if self.keyframe else 0
        header = _HEADER.pack(VERSION, self.kind, flags, self.track, self.duration, self.timestamp)
        return header + self.payload


def decode(data: bytes) -> Frame:
    """Read one frame.

    Parameters
    ----------
    data : bytes
        The bytes of one WebSocket message.

    Returns
    -------
    Frame
        The frame; its payload is not checked.

    Raises
    ------
    FrameError
        If they are too short, too long, or a field has a value that the format does not know.
    """
    if not HEADER_SIZE < len(data) <= MAX_FRAME:
        raise FrameError(f"a frame has {HEADER_SIZE + 1} to {MAX_FRAME} bytes, not {len(data)}")
    version, kind, flags, track, duration, timestamp = _HEADER.unpack_from(data)
    if version != VERSION:
        raise FrameError(f"frame version {version} is unknown; this server speaks {VERSION}")
    if flags & ~KEYFRAME:
        raise FrameError(f"frame flags {flags:#04x} are unknown")
    try:
        return Frame(
            kind=Kind(kind),
            track=Track(track),
            timestamp=timestamp,
            payload=data[HEADER_SIZE:],
            duration=duration,
            keyframe=bool(flags & KEYFRAME),
        )
    except ValueError as error:
        raise FrameError(str(error)) from None
