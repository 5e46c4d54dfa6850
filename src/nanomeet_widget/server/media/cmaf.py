"""Fragmented MP4: a header, then fragments of any number of frames of one track.

This implements what a live stream and its recording need of ISO/IEC 14496-12 (boxes), 14496-15 (H.264),
23000-19 (CMAF) and the mappings of VP9, AV1 and Opus. PyAV does not fit: it writes a fragment only when
the next frame arrives, moves a late track's first frame to the file's beginning, and loading it would
block a server with live viewers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from nanomeet_widget.server.media.codec_header import opus_head
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol.frames import Track

#: Ticks of a second; the mapping of Opus prescribes its value.
TIMESCALE = {Track.VIDEO: 90_000, Track.AUDIO: 48_000}
_ID = {Track.VIDEO: 1, Track.AUDIO: 2}
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
#: Sample flags (14496-12, 8.8.3.1): whether decoding needs other samples.
_KEYFRAME, _DEPENDENT = 0x02000000, 0x01010000
_BASE_IS_MOOF = 0x020000
#: What a run has for each sample: duration, size and flags; and the offset of the first one.
_RUN = 0x000701
#: Ticks that a sample lasts at most, in a field of 32 bits.
_LONGEST = 2**32 - 1


@dataclass(frozen=True)
class Sample:
    """A frame of a fragment; its duration is in microseconds."""

    payload: bytes
    duration: int
    keyframe: bool


def init_segment(*setups: Setup) -> bytes:
    """Return the header of a file with these tracks.

    Parameters
    ----------
    *setups : Setup
        The tracks' set-ups, at most one of each kind.

    Returns
    -------
    bytes
        The boxes ``ftyp`` and ``moov``.
    """
    return _box(b"ftyp", b"iso6", bytes(4), b"iso6cmfcmp41") + _box(
        b"moov",
        _full(
            b"mvhd",
            struct.pack(">IIIIIH10x", 0, 0, 1000, 0, 0x10000, 0x100),
            _MATRIX,
            bytes(24),
            struct.pack(">I", max(_ID.values()) + 1),
        ),
        *(_box(b"trak", _track_header(setup), _media(setup)) for setup in setups),
        _box(
            b"mvex",
            *(_full(b"trex", struct.pack(">5I", _ID[s.track], 1, 0, 0, 0)) for s in setups),
        ),
    )


def fragment(track: Track, time: int, samples: Sequence[Sample]) -> bytes:
    """Return frames as one fragment.

    Parameters
    ----------
    track : Track
        The frames' track.
    time : int
        The first frame's time, in microseconds since the stream began.
    samples : sequence of Sample
        The frames, in order.

    Returns
    -------
    bytes
        The boxes ``moof`` and ``mdat``.
    """
    scale = TIMESCALE[track]
    run = []
    at = time
    for sample in samples:
        # Round each end, not each duration, so that errors do not add up.
        end = at + sample.duration
        # After a longer gap, the next fragment has its own start time.
        ticks = min(_ticks(end, scale) - _ticks(at, scale), _LONGEST)
        flags = _KEYFRAME if sample.keyframe else _DEPENDENT
        run.append(struct.pack(">III", ticks, len(sample.payload), flags))
        at = end

    def moof(offset: int) -> bytes:
        return _box(
            b"moof",
            # In milliseconds, as it only has to increase.
            _full(b"mfhd", struct.pack(">I", (time // 1000 + 1) & 0xFFFFFFFF)),
            _box(
                b"traf",
                _full(b"tfhd", struct.pack(">I", _ID[track]), flags=_BASE_IS_MOOF),
                _full(b"tfdt", struct.pack(">Q", _ticks(time, scale)), version=1),
                _full(b"trun", struct.pack(">Ii", len(run), offset), *run, flags=_RUN),
            ),
        )

    header = moof(len(moof(0)) + 8)
    return header + _box(b"mdat", *(sample.payload for sample in samples))


def _ticks(microseconds: int, scale: int) -> int:
    return (microseconds * scale + 500_000) // 1_000_000


def _track_header(setup: Setup) -> bytes:
    volume = 0x100 if setup.track is Track.AUDIO else 0
    # Enabled, in the movie, in its preview.
    return _full(
        b"tkhd",
        struct.pack(">IIIII8xHHHH", 0, 0, _ID[setup.track], 0, 0, 0, 0, volume, 0),
        _MATRIX,
        struct.pack(">II", setup.width << 16, setup.height << 16),
        flags=7,
    )


def _media(setup: Setup) -> bytes:
    picture = setup.track is Track.VIDEO
    undetermined = 0x55C4
    empty = _full(b"stts", bytes(4)) + _full(b"stsc", bytes(4))
    empty += _full(b"stsz", bytes(8)) + _full(b"stco", bytes(4))
    return _box(
        b"mdia",
        _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, TIMESCALE[setup.track], 0, undetermined, 0)),
        _full(b"hdlr", bytes(4), b"vide" if picture else b"soun", bytes(13)),
        _box(
            b"minf",
            _full(b"vmhd", bytes(8), flags=1) if picture else _full(b"smhd", bytes(4)),
            # In this file.
            _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1))),
            _box(
                b"stbl",
                _full(b"stsd", struct.pack(">I", 1), _picture(setup) if picture else _opus(setup)),
                empty,
            ),
        ),
    )


def _picture(setup: Setup) -> bytes:
    dots_per_inch = 72 << 16
    return _box(
        setup.codec[:4].encode(),
        struct.pack(">6xH16xHH", 1, setup.width, setup.height),
        struct.pack(">II4xH32xHh", dots_per_inch, dots_per_inch, 1, 24, -1),
        _CONFIGURATIONS[setup.picture](setup),
    )


def _avc(setup: Setup) -> bytes:
    return _box(b"avcC", setup.description)


def _vp9(setup: Setup) -> bytes:
    """VP Codec ISO Media File Format Binding, 2.2: 4:2:0, and the colours of HD television."""
    profile, level, depth = map(int, setup.codec.split(".")[1:])
    colours = (1, 1, 1)
    return _full(
        b"vpcC", struct.pack(">6BH", profile, level, depth << 4 | 1 << 1, *colours, 0), version=1
    )


def _av1(setup: Setup) -> bytes:
    """AV1 Codec ISO Media File Format Binding, 2.3: 4:2:0; the sequence header is at each keyframe."""
    _, profile, level, depth = setup.codec.split(".")
    high = level.endswith("H") << 7 | (depth == "10") << 6
    sampling = 0b11 << 2
    return _box(b"av1C", bytes((0x81, int(profile) << 5 | int(level[:2]), high | sampling, 0)))


_CONFIGURATIONS = {"h264": _avc, "vp9": _vp9, "av1": _av1}


def _opus(setup: Setup) -> bytes:
    head = opus_head(setup)
    channels, pre_skip, rate, gain, family = struct.unpack_from("<BHIhB", head, 9)
    return _box(
        b"Opus",
        struct.pack(">6xH8xHH4xI", 1, channels, 16, 48_000 << 16),
        # The same fields as in Ogg, in the other byte order; a channel table follows unchanged.
        _box(b"dOps", struct.pack(">BBHIhB", 0, channels, pre_skip, rate, gain, family), head[19:]),
    )


def _box(kind: bytes, *content: bytes) -> bytes:
    return b"".join((struct.pack(">I", 8 + sum(map(len, content))), kind, *content))


def _full(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *content)
