"""Tests of `recording.finisher`: duration, thumbnail and AAC."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
import pytest

from nanomeet_widget.server.config import RecordingSound
from nanomeet_widget.server.protocol.frames import Track
from nanomeet_widget.server.recording.recording_files import folder_of
from nanomeet_widget.server.store.store import Store
from tests.unit.server.clips import SECOND, clip
from tests.unit.server.recorder import Recorder


def test_a_finished_recording_has_a_length_and_a_picture(tmp_path: Path, store: Store) -> None:
    async def scenario() -> None:
        recorder = Recorder(tmp_path, store)
        await recorder.make(clip(3, width=640, height=360))
        await recorder.recordings.close()

    asyncio.run(scenario())
    record = store.recordings.last("talk")
    assert record is not None
    assert record.duration == pytest.approx(3, abs=0.05)
    with av.open(str(folder_of(tmp_path) / "talk.jpg")) as picture:
        frame = next(picture.decode(video=0))
    assert (frame.width, frame.height) == (480, 270)
    # A tenth of the way from 40 to 220: the keyframe before that.
    assert float(frame.to_ndarray(format="gray").mean()) == pytest.approx(40, abs=15)


def test_a_recording_of_sound_has_a_length_and_no_picture(tmp_path: Path, store: Store) -> None:
    async def scenario() -> None:
        recorder = Recorder(tmp_path, store)
        assert await recorder.make(clip(2, codec=None)) is None
        await recorder.recordings.close()

    asyncio.run(scenario())
    record = store.recordings.last("talk")
    assert record is not None
    assert record.duration == pytest.approx(2, abs=0.05)
    assert [path.name for path in folder_of(tmp_path).iterdir()] == ["talk.mp4"]


def heard(path: Path) -> tuple[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """A recording's audio codec, and its loudness in each tenth of a second."""
    samples = np.zeros(48_000 * 60, np.float32)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        for frame in container.decode(stream):
            assert frame.time is not None
            at = round(frame.time * 48_000)
            sound = frame.to_ndarray()
            samples[at : at + frame.samples] = sound[0][: frame.samples]
        name = stream.codec_context.codec.canonical_name
        length = (container.duration or 0) / av.time_base
    whole = samples[: int(length * 10) * 4_800].reshape(-1, 4_800)
    return name, np.sqrt((whole**2).mean(axis=1))


def edge(path: Path) -> float:
    """The second at which a recording is first loud."""
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            loud = np.abs(frame.to_ndarray()[0]) > 0.1
            if loud.any():
                assert frame.time is not None
                return frame.time + float(np.argmax(loud)) / 48_000
    pytest.fail("it is silent")


@pytest.mark.parametrize("codec", ["h264", None])
def test_the_sound_of_a_recording_can_be_aac(
    tmp_path: Path, store: Store, codec: Literal["h264"] | None
) -> None:
    whole = clip(4, codec=codec)
    # Silent in the first second, and in a gap from 2.5 s to 3.1 s.
    media = [
        frame
        for frame in whole.media
        if frame.track is Track.VIDEO
        or SECOND <= frame.timestamp < 2.5 * SECOND
        or frame.timestamp >= 3.1 * SECOND
    ]
    if codec is None:
        media = [frame for frame in whole.media if not 2.5 <= frame.timestamp / SECOND < 3.1]
    cut = dataclasses.replace(whole, media=tuple(media))

    async def scenario(folder: Path, stream: str, sound: RecordingSound) -> None:
        recorder = Recorder(folder, store, sound=sound)
        assert await recorder.make(cut, stream) is None
        await recorder.recordings.close()

    (tmp_path / "opus").mkdir()
    (tmp_path / "aac").mkdir()
    asyncio.run(scenario(tmp_path / "opus", "a", "opus"))
    asyncio.run(scenario(tmp_path / "aac", "b", "aac"))
    opus, aac = folder_of(tmp_path / "opus") / "a.mp4", folder_of(tmp_path / "aac") / "b.mp4"
    assert not list(aac.parent.glob("*.tmp"))
    before, after = heard(opus), heard(aac)
    assert (before[0], after[0]) == ("opus", "aac")
    assert after[1][:38] == pytest.approx(before[1][:38], abs=0.05)
    assert after[1][26:30] == pytest.approx([0] * 4, abs=0.01)
    # To the millisecond, to keep lips and voice together.
    assert edge(aac) == pytest.approx(edge(opus), abs=0.002)
    with av.open(str(opus)) as old, av.open(str(aac)) as new:
        assert (new.duration or 0) == pytest.approx(old.duration or 0, abs=50_000)
        pictures = [
            [(packet.pts, bytes(packet)) for packet in film.demux(video=0) if packet.size]
            for film in (old, new)
            if film.streams.video
        ]
    assert pictures[:1] == pictures[1:]
    content = aac.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    record = store.recordings.last("b")
    assert record is not None
    assert record.duration == pytest.approx(4, abs=0.05)
    assert (aac.with_suffix(".jpg")).exists() == (codec is not None)


def test_where_aac_fails_the_recording_stays_as_it_is(
    tmp_path: Path, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def free(folder: Path) -> int:
        # The disk is full once the recording is finished: there is no room for a copy with AAC.
        return 0 if (folder / "talk.mp4").exists() else 10**12

    async def scenario() -> None:
        recorder = Recorder(tmp_path, store, sound="aac", free=free)
        assert await recorder.make(clip(1)) is None
        await recorder.recordings.close()

    asyncio.run(scenario())
    assert "stays Opus" in caplog.text
    assert heard(folder_of(tmp_path) / "talk.mp4")[0] == "opus"
    assert sorted(p.name for p in folder_of(tmp_path).iterdir()) == ["talk.jpg", "talk.mp4"]
