"""Small clips as browsers send them: video by codec, Opus in packets of 20 ms."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import av
import numpy as np

from nanomeet_widget.server.protocol.frames import Frame, Kind, Track

SECOND = 1_000_000
_PICTURES = 30


@dataclass(frozen=True)
class Clip:
    """Set-ups and the media frames that follow, in order of time."""

    setups: tuple[Frame, ...]
    media: tuple[Frame, ...]

    def encoded(self) -> list[bytes]:
        return [frame.encode() for frame in (*self.setups, *self.media)]


def clip(
    seconds: float = 1.0,
    *,
    start: int = 0,
    width: int = 160,
    height: int = 96,
    sound: bool = True,
    group: int = 15,
    codec: Literal["h264", "vp9", "av1"] | None = "h264",
) -> Clip:
    """A clip whose brightness grows, with a tone; `start` in microseconds, `group` in pictures.

    Without a codec it is sound alone.
    """
    setups: list[Frame] = []
    media: list[Frame] = []
    if codec is not None:
        shape = _Shape(seconds, start, width, height, group)
        setup, media = _h264(shape) if codec == "h264" else _others(codec, shape)
        setups.append(setup)
    if sound:
        head, tone = _tone(seconds, start)
        setups.append(head)
        media += tone
    return Clip(tuple(setups), tuple(sorted(media, key=lambda f: f.timestamp)))


def _setup(track: Track, **fields: object) -> Frame:
    content = json.dumps(fields).encode()
    return Frame(kind=Kind.SETUP, track=track, timestamp=0, payload=content)


class _Shape(NamedTuple):
    seconds: float
    start: int
    width: int
    height: int
    group: int


def _h264(shape: _Shape) -> tuple[Frame, list[Frame]]:
    frames, sps, pps = [], b"", b""
    for packet in _encoded("libx264", shape):
        payload = b""
        for unit in re.split(rb"\x00\x00\x00?\x01", bytes(packet)):
            kind = unit[0] & 31 if unit else 0
            if kind == 7:
                sps = unit
            elif kind == 8:
                pps = unit
            elif kind in {1, 5}:
                payload += len(unit).to_bytes(4, "big") + unit
        frames.append(_frame(packet, payload))
    avcc = b"\x01" + sps[1:4] + b"\xff\xe1" + len(sps).to_bytes(2, "big") + sps
    avcc += b"\x01" + len(pps).to_bytes(2, "big") + pps
    setup = _setup(
        Track.VIDEO,
        codec=f"avc1.{sps[1:4].hex()}",
        description=base64.b64encode(avcc).decode(),
        width=shape.width,
        height=shape.height,
        framerate=_PICTURES,
    )
    return setup, frames


_OPTIONS = {
    "libx264": {"tune": "zerolatency", "preset": "ultrafast", "profile": "baseline"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "libsvtav1": {"preset": "12", "svtav1-params": "pred-struct=1:lp=1"},
}


def _encoded(encoder_name: str, shape: _Shape) -> list[av.Packet[Any]]:
    seconds, start, width, height, group = shape
    encoder = av.VideoCodecContext.create(encoder_name, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, SECOND), Fraction(_PICTURES)
    encoder.gop_size = group
    encoder.options = _OPTIONS[encoder_name]
    packets: list[av.Packet[Any]] = []
    count = int(seconds * _PICTURES)
    for number in range(count):
        grey = np.full((height, width, 3), 40 + number * 180 // count, np.uint8)
        picture = av.VideoFrame.from_ndarray(grey, format="rgb24")
        picture.pts = start + number * SECOND // _PICTURES
        picture.time_base = encoder.time_base
        packets += encoder.encode(picture)
    return [*packets, *encoder.encode(None)]


def _frame(packet: av.Packet[Any], payload: bytes) -> Frame:
    assert packet.pts is not None
    return Frame(
        kind=Kind.MEDIA,
        track=Track.VIDEO,
        timestamp=packet.pts,
        payload=payload,
        duration=SECOND // _PICTURES,
        keyframe=packet.is_keyframe,
    )


def _others(codec: Literal["vp9", "av1"], shape: _Shape) -> tuple[Frame, list[Frame]]:
    """VP9 or AV1, which browsers send without a description."""
    name, written = {
        "vp9": ("libvpx-vp9", "vp09.00.31.08"),
        "av1": ("libsvtav1", "av01.0.05M.08"),
    }[codec]
    packets = _encoded(name, shape)
    setup = _setup(
        Track.VIDEO,
        codec=written,
        width=shape.width,
        height=shape.height,
        framerate=_PICTURES,
    )
    return setup, [_frame(packet, bytes(packet)) for packet in packets]


def _tone(seconds: float, start: int) -> tuple[Frame, list[Frame]]:
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "stereo", "s16"
    encoder.time_base = Fraction(1, 48000)
    frames = []
    for number in range(int(seconds * 50)):
        times = (np.arange(960) + number * 960) / 48000
        wave = (np.sin(times * 440 * 2 * np.pi) * 9000).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(wave.repeat(2)[None], format="s16", layout="stereo")
        sound.sample_rate, sound.pts, sound.time_base = 48000, number * 960, encoder.time_base
        for packet in encoder.encode(sound):
            assert packet.pts is not None
            # The encoder's delay appears as a time before zero.
            time = start + max(0, packet.pts) * SECOND // 48000
            frames.append(
                Frame(
                    kind=Kind.MEDIA,
                    track=Track.AUDIO,
                    timestamp=time,
                    payload=bytes(packet),
                    duration=20_000,
                    keyframe=True,
                )
            )
    return _setup(Track.AUDIO, codec="opus", sample_rate=48000, channels=2), frames
