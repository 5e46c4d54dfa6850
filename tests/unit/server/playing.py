"""Writing clips into files, and reading them back as a player does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from nanomeet_widget.server.media.muxer import Muxer
from nanomeet_widget.server.media.timeline import Timeline
from nanomeet_widget.server.media.tracks import Setup, read_setup
from nanomeet_widget.server.protocol.frames import Frame, Track
from tests.unit.server.clips import SECOND, Clip


@dataclass
class Seen:
    """What a player gets from a file."""

    sizes: list[tuple[int, int]]
    brightness: list[float]
    picture_times: list[float]
    sound_times: list[float]
    loudness: float


def play(path: Path) -> Seen:
    seen = Seen([], [], [], [], 0.0)
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            seen.sizes.append((frame.width, frame.height))
            seen.brightness.append(float(frame.to_ndarray(format="gray").mean()))
            assert frame.time is not None
            seen.picture_times.append(frame.time)
    with av.open(str(path)) as container:
        if container.streams.audio:
            for sound in container.decode(audio=0):
                assert sound.time is not None
                seen.sound_times.append(sound.time)
                seen.loudness = max(seen.loudness, float(np.abs(sound.to_ndarray()).max()))
    return seen


def setups(of: Clip) -> list[Setup]:
    return [read_setup(frame) for frame in of.setups]


def muxer_of(path: Path, of: Clip) -> Muxer:
    return Muxer(path, setups(of))


def placed(media: Iterable[Frame]) -> Iterator[tuple[Frame, int]]:
    """Frames as they arrive, with their times in the stream."""
    timeline = Timeline(Track.VIDEO if any(f.track is Track.VIDEO for f in media) else Track.AUDIO)
    for frame in media:
        time = timeline.place(frame, frame.timestamp / SECOND)
        if time is not None:
            yield frame, time


def write(muxer: Muxer, media: Iterable[Frame]) -> None:
    for frame, time in placed(list(media)):
        muxer.write(frame, time)


def recorded(path: Path, of: Clip, media: Iterable[Frame] | None = None) -> Path:
    muxer = muxer_of(path, of)
    write(muxer, of.media if media is None else media)
    muxer.close()
    return path
