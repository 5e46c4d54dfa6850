"""Codec parameters for a muxer, without an encoder to take them from.

PyAV copies an output stream's codec-private bytes only from an input stream. So the set-up is written
as the header of a Matroska file (RFC 9559), which has those bytes unchanged, and opened from memory.
The H.264 configuration (ISO/IEC 14496-15, 5.3.3) is parsed here, too.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol.frames import FrameError, Track

_EBML, _DOC_TYPE = 0x1A45DFA3, 0x4282
_SEGMENT, _INFO, _TIMESTAMP_SCALE = 0x18538067, 0x1549A966, 0x2AD7B1
_TRACKS, _TRACK, _NUMBER, _UID, _TYPE = 0x1654AE6B, 0xAE, 0xD7, 0x73C5, 0x83
_CODEC_ID, _CODEC_PRIVATE = 0x86, 0x63A2
_VIDEO, _WIDTH, _HEIGHT = 0xE0, 0xB0, 0xBA
_AUDIO, _RATE, _CHANNELS = 0xE1, 0xB5, 0x9F
_CLUSTER, _TIMESTAMP = 0x1F43B675, 0xE7
_NAMES = {"h264": b"V_MPEG4/ISO/AVC", "vp9": b"V_VP9", "av1": b"V_AV1"}

#: Samples at 48 kHz by which libopus, which browsers use, delays audio (RFC 7845, 4.2).
_PRE_SKIP = 312


def matroska_header(setups: Sequence[Setup]) -> bytes:
    """Return an empty Matroska file with these tracks, in this order.

    Parameters
    ----------
    setups : sequence of Setup
        The tracks' set-ups.

    Returns
    -------
    bytes
        The file.
    """
    tracks = b"".join(_track(number, setup) for number, setup in enumerate(setups, start=1))
    return _element(_EBML, _element(_DOC_TYPE, b"matroska")) + _element(
        _SEGMENT,
        _element(_INFO, _number(_TIMESTAMP_SCALE, 1_000_000))
        + _element(_TRACKS, tracks)
        # Readers accept the header only if a cluster follows.
        + _element(_CLUSTER, _number(_TIMESTAMP, 0)),
    )


def opus_head(setup: Setup) -> bytes:
    """Return the identification header (RFC 7845, 5.1), which browsers may leave out.

    Parameters
    ----------
    setup : Setup
        The audio track's set-up.

    Returns
    -------
    bytes
        The set-up's own header, or a default one.
    """
    if setup.description.startswith(b"OpusHead"):
        return setup.description
    return b"OpusHead" + struct.pack("<BBHIhB", 1, setup.channels, _PRE_SKIP, 48000, 0, 0)


@dataclass(frozen=True, kw_only=True)
class AvcConfiguration:
    """The contents of an avcC."""

    #: Bytes of the length field before each unit: 1, 2 or 4.
    length_size: int
    #: Sequence and picture parameter sets.
    parameter_sets: tuple[bytes, ...]

    def units(self) -> bytes:
        """Return the parameter sets as units of a picture."""
        return b"".join(
            len(unit).to_bytes(self.length_size, "big") + unit for unit in self.parameter_sets
        )


def read_avcc(data: bytes) -> AvcConfiguration:
    """Parse an avcC.

    Parameters
    ----------
    data : bytes
        The avcC.

    Returns
    -------
    AvcConfiguration
        Its contents.

    Raises
    ------
    FrameError
        If it is truncated.
    """
    units: list[bytes] = []
    at = 5
    try:
        for mask in (0x1F, 0xFF):
            count = data[at] & mask
            at += 1
            for _ in range(count):
                (size,) = struct.unpack_from(">H", data, at)
                units.append(data[at + 2 : at + 2 + size])
                at += 2 + size
    except (IndexError, struct.error):
        at = len(data) + 1
    if at > len(data) or not all(units):
        raise FrameError("the avcC is truncated")
    return AvcConfiguration(length_size=(data[4] & 3) + 1, parameter_sets=tuple(units))


def _track(number: int, setup: Setup) -> bytes:
    if setup.track is Track.VIDEO:
        kind, codec, private = 1, _NAMES[setup.picture], setup.description
        details = _element(_VIDEO, _number(_WIDTH, setup.width) + _number(_HEIGHT, setup.height))
    else:
        kind, codec, private = 2, b"A_OPUS", opus_head(setup)
        rate = _element(_RATE, struct.pack(">d", 48000.0))
        details = _element(_AUDIO, rate + _number(_CHANNELS, setup.channels))
    return _element(
        _TRACK,
        _number(_NUMBER, number)
        + _number(_UID, number)
        + _number(_TYPE, kind)
        + _element(_CODEC_ID, codec)
        + (_element(_CODEC_PRIVATE, private) if private else b"")
        + details,
    )


def _element(identity: int, body: bytes) -> bytes:
    size = (0x01 << 56) | len(body)
    return (
        identity.to_bytes((identity.bit_length() + 7) // 8, "big") + size.to_bytes(8, "big") + body
    )


def _number(identity: int, value: int) -> bytes:
    return _element(identity, value.to_bytes(8, "big"))
