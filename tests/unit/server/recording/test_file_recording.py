"""What is recorded can be seen and heard again, whatever happened while it was made."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
import pytest

from nanomeet_widget.server.config import RecordingSound, Retention
from nanomeet_widget.server.media.codec_header import read_avcc
from nanomeet_widget.server.media.muxer import Muxer
from nanomeet_widget.server.media.remux import remux
from nanomeet_widget.server.media.timeline import Timeline
from nanomeet_widget.server.media.tracks import Setup, read_setup
from nanomeet_widget.server.protocol.common import Trouble
from nanomeet_widget.server.protocol.frames import Frame, FrameError, Kind, Track
from nanomeet_widget.server.recording import file_recording
from nanomeet_widget.server.recording.file_recording import FileRecording
from nanomeet_widget.server.recording.recording_files import folder_of
from nanomeet_widget.server.recording.recordings import Recordings
from nanomeet_widget.server.store.store import Store
from tests.unit.server.clips import SECOND, Clip, clip


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
    """Frames as they come, each at its moment, with their times in the stream."""
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


def test_picture_and_sound_come_back(tmp_path: Path) -> None:
    seen = play(recorded(tmp_path / "a.mp4", clip()))
    assert seen.sizes == [(160, 96)] * 30
    assert seen.brightness == sorted(seen.brightness)
    assert seen.picture_times == pytest.approx([n / 30 for n in range(30)], abs=0.002)
    assert len(seen.sound_times) == pytest.approx(50, abs=2)
    assert seen.loudness > 0.1


def test_a_recording_without_sound_is_a_recording(tmp_path: Path) -> None:
    seen = play(recorded(tmp_path / "a.mp4", clip(sound=False)))
    assert len(seen.sizes) == 30
    assert seen.sound_times == []


def test_time_begins_with_the_first_picture(tmp_path: Path) -> None:
    late = clip(start=3_600 * SECOND)
    early_sound = [
        Frame(kind=Kind.MEDIA, track=Track.AUDIO, timestamp=3_599 * SECOND, payload=b"\xfc")
    ]
    seen = play(recorded(tmp_path / "a.mp4", late, [*early_sound, *late.media]))
    assert seen.picture_times[0] == pytest.approx(0, abs=0.001)
    assert seen.sound_times[0] == pytest.approx(0, abs=0.03)


def test_it_begins_with_a_keyframe(tmp_path: Path) -> None:
    whole = clip(sound=False)
    seen = play(recorded(tmp_path / "a.mp4", whole, whole.media[1:]))
    assert len(seen.sizes) == 15


def test_a_picture_after_a_halt_stands_where_it_was_taken(tmp_path: Path) -> None:
    whole = clip(4)
    # The sound goes on, and begins fragments of its own.
    media = [
        frame
        for frame in whole.media
        if frame.track is Track.AUDIO or frame.timestamp % SECOND < SECOND * 0.55
    ]
    recorded(tmp_path / "a.mp4", whole, media)
    remux(tmp_path / "a.mp4", tmp_path / "b.mp4")
    taken = [frame.timestamp / SECOND for frame in media if frame.track is Track.VIDEO]
    for name in ("a.mp4", "b.mp4"):
        with av.open(str(tmp_path / name)) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
        at = [float(p.pts * p.time_base) for p in packets if p.pts is not None]
        assert at == pytest.approx(taken, abs=0.001)


def test_a_new_size_in_the_middle_stays_in_the_file(tmp_path: Path) -> None:
    first = clip()
    second = clip(start=SECOND, width=96, height=64)
    muxer = muxer_of(tmp_path / "a.mp4", first)
    write(muxer, first.media)
    muxer.setup(setups(second)[0])
    for frame in second.media:
        muxer.write(frame, frame.timestamp)
    muxer.close()
    remux(tmp_path / "a.mp4", tmp_path / "b.mp4")
    for name in ("a.mp4", "b.mp4"):
        seen = play(tmp_path / name)
        assert seen.sizes == [(160, 96)] * 30 + [(96, 64)] * 30
        assert seen.brightness[30:] == sorted(seen.brightness[30:])


def test_times_that_repeat_do_no_harm(tmp_path: Path) -> None:
    whole = clip(sound=False)
    twice = [frame for frame in whole.media for _ in range(2)]
    assert len(play(recorded(tmp_path / "a.mp4", whole, twice)).picture_times) == 60


def test_what_is_written_can_be_read_before_the_end(tmp_path: Path) -> None:
    whole = clip(2)
    muxer = muxer_of(tmp_path / "a.mp4", whole)
    write(muxer, whole.media)
    # As after a killed process: no trailer, no closed file.
    (tmp_path / "copy.mp4").write_bytes((tmp_path / "a.mp4").read_bytes())
    remux(tmp_path / "copy.mp4", tmp_path / "whole.mp4")
    assert play(tmp_path / "whole.mp4").picture_times[-1] > 2 - 0.5
    muxer.close()


def test_a_track_that_stops_does_not_hold_back_the_other(tmp_path: Path) -> None:
    whole = clip(4)
    muxer = muxer_of(tmp_path / "a.mp4", whole)
    write(muxer, [f for f in whole.media if f.track is Track.VIDEO or f.timestamp < SECOND])
    assert play(tmp_path / "a.mp4").picture_times[-1] > 4 - 0.5
    muxer.close()


def test_a_file_cut_inside_a_fragment_plays_up_to_there(tmp_path: Path) -> None:
    content = recorded(tmp_path / "a.mp4", clip(2)).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(
        content[: content.rindex(b"mdat", 0, len(content) * 9 // 10) + 40]
    )
    remux(tmp_path / "cut.mp4", tmp_path / "whole.mp4")
    seen = play(tmp_path / "whole.mp4")
    assert 40 < len(seen.sizes) < 60
    assert seen.brightness == sorted(seen.brightness)


def test_a_finished_recording_has_its_index_in_front(tmp_path: Path) -> None:
    remux(recorded(tmp_path / "a.mp4", clip()), tmp_path / "b.mp4")
    content = (tmp_path / "b.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"moof" not in content
    seen = play(tmp_path / "b.mp4")
    assert len(seen.sizes) == 30
    assert len(seen.sound_times) == pytest.approx(50, abs=2)


@pytest.mark.parametrize("codec", ["vp9", "av1"])
def test_other_codecs_are_recorded(tmp_path: Path, codec: Literal["vp9", "av1"]) -> None:
    remux(recorded(tmp_path / "a.mp4", clip(codec=codec)), tmp_path / "b.mp4")
    for name in ("a.mp4", "b.mp4"):
        with av.open(str(tmp_path / name)) as container:
            assert container.streams.video[0].codec_context.codec.canonical_name == codec
        seen = play(tmp_path / name)
        assert seen.sizes == [(160, 96)] * 30
        assert seen.brightness == sorted(seen.brightness)
        assert len(seen.sound_times) == pytest.approx(50, abs=2)


def test_sound_alone_is_recorded(tmp_path: Path) -> None:
    remux(recorded(tmp_path / "a.mp4", clip(codec=None)), tmp_path / "b.mp4")
    for name in ("a.mp4", "b.mp4"):
        with av.open(str(tmp_path / name)) as container:
            assert [stream.type for stream in container.streams] == ["audio"]
            sound = list(container.decode(audio=0))
        assert sum(frame.samples for frame in sound) == pytest.approx(48_000, abs=2_000)


def test_another_codec_in_the_middle_does_not_fit(tmp_path: Path) -> None:
    muxer = muxer_of(tmp_path / "a.mp4", clip())
    with pytest.raises(FrameError, match="does not fit"):
        muxer.setup(setups(clip(codec="vp9"))[0])
    muxer.close()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        muxer_of(tmp_path / "a.mp4", clip())
    assert (tmp_path / "a.mp4").read_bytes() == b"mine"


@pytest.mark.parametrize("data", [b"\x01\x42\x00\x1f", b"\x01\x42\x00\x1f\xff\xe1\x00\x09ab"])
def test_an_avcc_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError, match="cut short"):
        read_avcc(data)


# --- in the server -----------------------------------------------------------------------------


class Recorder:
    """A server's recordings, and what one of them reports."""

    def __init__(
        self,
        data: Path,
        store: Store,
        retention: Retention = Retention(),  # noqa: B008 - frozen
        sound: RecordingSound = "opus",
        free: Callable[[Path], int] | None = None,
    ) -> None:
        self.free = 10**12
        self.recordings = Recordings(
            data,
            records=store.recordings,
            loop=asyncio.get_running_loop(),
            patience=30,
            retention=retention,
            sound=sound,
            free=free or (lambda _: self.free),
        )

    async def make(self, of: Clip, stream: str = "talk") -> Trouble | None:
        recording = self.recordings.new(stream)
        assert await self.begin(recording, of) is None
        for frame, time in placed(of.media):
            recording.write(frame, time)
        return await self.end(recording)

    async def begin(
        self,
        recording: FileRecording,
        of: Clip,
        on_error: Callable[[Trouble], None] | None = None,
    ) -> Trouble | None:
        opened: asyncio.Future[Trouble | None] = asyncio.get_running_loop().create_future()
        recording.open(setups(of), on_open=opened.set_result, on_error=on_error or _unexpected)
        return await opened

    async def end(self, recording: FileRecording) -> Trouble | None:
        done: asyncio.Future[Trouble | None] = asyncio.get_running_loop().create_future()
        recording.finish(done.set_result)
        return await done


def length_so_far(path: Path) -> float:
    """Seconds of the pictures that a file in the making has."""
    with contextlib.suppress(av.FFmpegError), av.open(str(path)) as container:
        times = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.pts is not None]
        return max(times, default=0.0)
    return 0.0


async def come_true(fits: Callable[[], object]) -> None:
    for _ in range(6_000):
        if fits():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come true")


def _unexpected(trouble: Trouble) -> None:
    pytest.fail(trouble.message)


def test_each_recording_has_a_file_of_its_own(tmp_path: Path, store: Store) -> None:
    async def scenario() -> None:
        recorder = Recorder(tmp_path, store)
        assert await recorder.make(clip(0.5)) is None
        assert await recorder.make(clip(1)) is None
        await recorder.recordings.close()

    asyncio.run(scenario())
    files = sorted(path.name for path in folder_of(tmp_path).iterdir())
    assert files == ["talk-2.jpg", "talk-2.mp4", "talk.jpg", "talk.mp4"]
    assert len(play(folder_of(tmp_path) / "talk.mp4").sizes) == 15
    assert len(play(folder_of(tmp_path) / "talk-2.mp4").sizes) == 30
    last = store.recordings.last("talk")
    assert last is not None
    assert last.name == "talk-2"


def test_a_recording_that_never_began_leaves_nothing(tmp_path: Path, store: Store) -> None:
    async def scenario() -> None:
        recorder = Recorder(tmp_path, store)
        assert await recorder.end(recorder.recordings.new("talk")) is None

    asyncio.run(scenario())
    assert list(folder_of(tmp_path).iterdir()) == []
    assert store.recordings.begin("talk", taken=lambda _: False) == "talk"


def test_what_cannot_be_opened_is_said(tmp_path: Path, store: Store) -> None:
    async def scenario() -> Trouble | None:
        recorder = Recorder(tmp_path, store)
        folder_of(tmp_path).rmdir()
        return await recorder.begin(recorder.recordings.new("talk"), clip(0.5))

    assert asyncio.run(scenario()) == Trouble("recording_failed", "No such file or directory")


def test_a_killed_servers_recording_is_finished_by_the_next(tmp_path: Path, store: Store) -> None:
    name = store.recordings.begin("talk", taken=lambda _: False)
    folder_of(tmp_path).mkdir()
    recorded(folder_of(tmp_path) / f"{name}.part.mp4", clip())
    store.recordings.begin("lost", taken=lambda _: False)

    async def scenario() -> None:
        await Recorder(tmp_path, store).recordings.close()

    asyncio.run(scenario())
    assert len(play(folder_of(tmp_path) / "talk.mp4").sizes) == 30
    assert not (folder_of(tmp_path) / "talk.part.mp4").exists()
    assert store.recordings.last("talk") is not None
    assert store.recordings.orphaned() == []


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
    # A tenth of the way from 40 to 220; the keyframe before that.
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


def test_recording_stops_while_the_disk_still_has_room(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_recording, "_CHECK_EVERY", 0.0)
    whole = clip(3)
    half = len(whole.media) // 2
    said: list[Trouble] = []

    async def scenario() -> None:
        recorder = Recorder(tmp_path, store, Retention(spare=10**9))
        recording = recorder.recordings.new("talk")
        assert await recorder.begin(recording, whole, on_error=said.append) is None
        media = list(placed(whole.media))
        for frame, time in media[:half]:
            recording.write(frame, time)
        part = recorder.recordings.files.part("talk")
        await come_true(lambda: length_so_far(part) > 1.2)
        recorder.free = 10**9 - 1
        for frame, time in media[half:]:
            recording.write(frame, time)
        await come_true(lambda: said)
        assert await recorder.end(recording) is None
        assert await recorder.begin(recorder.recordings.new("talk"), whole) == said[0]
        await recorder.recordings.close()

    asyncio.run(scenario())
    assert said == [Trouble("recording_disk", "only 1000 MB are left on the disk")]
    seen = play(folder_of(tmp_path) / "talk.mp4")
    assert 30 < len(seen.sizes) < 90
    assert not list(folder_of(tmp_path).glob("*.part.mp4"))


def test_recordings_go_when_they_are_too_many(tmp_path: Path, store: Store) -> None:
    async def scenario() -> None:
        recorder = Recorder(tmp_path, store, Retention(size=1))
        for _ in range(3):
            await recorder.make(clip(0.5))
        await recorder.recordings.close()

    asyncio.run(scenario())
    files = sorted(path.name for path in folder_of(tmp_path).iterdir())
    assert len(store.recordings.all(stream=None, limit=9, offset=0)) == 1
    assert len([name for name in files if name.endswith(".mp4")]) == 1


def test_chapters_stand_where_things_happened(tmp_path: Path, store: Store) -> None:
    whole = clip(4)

    async def scenario() -> None:
        recorder = Recorder(tmp_path, store)
        recording = recorder.recordings.new("talk")
        await recorder.begin(recording, whole)
        recording.mark("Lesson", 0)
        for frame, time in placed(whole.media):
            recording.write(frame, time)
        recording.mark("Anna is on the stage", 3 * SECOND)
        await recorder.end(recording)
        await recorder.recordings.close()

    asyncio.run(scenario())
    (first, *others) = store.recordings.marks("talk")
    assert first == (0, "Lesson")
    assert others == [(3, "Anna is on the stage")]


# --- sound that every player knows -------------------------------------------------------------


def heard(path: Path) -> tuple[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """What a recording sounds like: its codec, and how loud it is in each tenth of a second."""
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
    # Silent until the second second, and in a hole from 2.5 s to 3.1 s.
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
    # To the millisecond: lips are not to leave the voice.
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
        # The disk is full once the recording is whole: there is no room for a copy with AAC.
        return 0 if (folder / "talk.mp4").exists() else 10**12

    async def scenario() -> None:
        recorder = Recorder(tmp_path, store, sound="aac", free=free)
        assert await recorder.make(clip(1)) is None
        await recorder.recordings.close()

    asyncio.run(scenario())
    assert "stays Opus" in caplog.text
    assert heard(folder_of(tmp_path) / "talk.mp4")[0] == "opus"
    assert sorted(p.name for p in folder_of(tmp_path).iterdir()) == ["talk.jpg", "talk.mp4"]
