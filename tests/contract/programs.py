"""Pictures with a barcode as a program sends them, and a viewer who reads it."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from benchmarks import barcode
from numpy.typing import NDArray

from nanomeet_widget.server.protocol.frames import Kind, Track
from tests.contract.sockets import Client

WIDTH, HEIGHT = 640, 360
RATE, TONE = 48_000, 440
Picture = NDArray[np.uint8]


def stamped(number: int) -> Picture:
    """Return a picture that says its number."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    bits = (number >> np.arange(barcode.BITS)) & 1
    for row, values in enumerate((bits * 0, bits * 0 + 1, bits, 1 - bits)):
        line = np.repeat(values.astype(np.uint8) * 255, WIDTH // barcode.BITS)
        picture[row * barcode.ROW : (row + 1) * barcode.ROW] = line[None, :, None]
    return picture


def film(count: int, fps: int = 30) -> Iterator[tuple[Picture, NDArray[np.float32]]]:
    """Yield so many pictures, and a tone."""
    size = RATE // fps
    for number in range(count):
        time = (np.arange(size) + number * size) / RATE
        yield stamped(number), (0.5 * np.sin(2 * np.pi * TONE * time)).astype(np.float32)


def number_of(frame: av.VideoFrame) -> int | None:
    """Return the number that a decoded picture says."""
    stamp = barcode.read(np.asarray(frame.to_ndarray(format="gray")[:, :WIDTH], np.uint8))
    return None if stamp is None else stamp.number


class Eye:
    """Decodes what a viewer gets."""

    def __init__(self, viewer: Client) -> None:
        self._viewer = viewer
        self._decoder: Any = None
        #: Tracks of which something came.
        self.tracks: list[Track] = []

    async def picture(self) -> av.VideoFrame:
        """Return the next picture."""
        while True:
            (frame,) = await self._viewer.frames(1)
            self.tracks.append(frame.track)
            if frame.track is Track.AUDIO:
                continue
            if frame.kind is Kind.SETUP:
                self._set_up(json.loads(frame.payload))
            else:
                for picture in self._decoder.decode(av.Packet(frame.payload)):
                    return picture  # type: ignore[no-any-return]

    async def number(self) -> int | None:
        """Return the number that the next picture says."""
        return number_of(await self.picture())

    async def until(self, number: int) -> list[int | None]:
        """Watch until a picture, or one after it; return the numbers of all before."""
        seen: list[int | None] = []
        while not seen or (seen[-1] or 0) < number:
            seen.append(await self.number())
        return seen

    def _set_up(self, setup: dict[str, Any]) -> None:
        name = "h264" if setup["codec"].startswith("avc1") else "vp9"
        self._decoder = av.CodecContext.create(name, "r")
        self._decoder.thread_count = 1
        self._decoder.flags |= 1 << 19  # low delay
        if setup.get("description"):
            self._decoder.extradata = base64.b64decode(setup["description"])


def numbers_in(recording: bytes) -> list[int | None]:
    """Return the numbers of a recording's pictures."""
    with av.open(io.BytesIO(recording), "r") as container:
        return [number_of(frame) for frame in container.decode(video=0)]


def pitch_of(recording: bytes) -> float:
    """Return the loudest frequency of a recording's sound, in hertz."""
    with av.open(io.BytesIO(recording), "r") as container:
        sound = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
        rate = container.streams.audio[0].rate
    loudness = np.abs(np.fft.rfft(sound.astype(float)))
    return float(np.argmax(loudness) * rate / len(sound))
