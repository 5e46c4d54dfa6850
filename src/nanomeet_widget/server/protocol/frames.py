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

A viewer that asks for fMP4 (`Watch.format`) gets 3 and 4 in place of 2: after each set-up the header
that begins a track's SourceBuffer, or its new part, and then a fragment a frame. The time of a
fragment is the one within the MP4, where the stream begins at 0 and a sender that came back goes on.
Kinds 3 and 4 are never sent to the server.

Numbers are big-endian. `js/src/shared/frames.ts` is its twin; both are tested on the same bytes
(`tests/frames.json`).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

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


class FrameError(NanoMeetError):
    """The bytes are no frame of this format."""


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
    data
        The bytes of one WebSocket message.

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
