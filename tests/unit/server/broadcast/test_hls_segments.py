"""Tests of `broadcast.hls_segments`: the rules that players and caches rely on."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import av
import pytest

from nanomeet_widget.server.broadcast.hls_segments import PART_TARGET, TARGET_DURATION, Segments
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track
from tests.unit.server.clips import SECOND, Clip, clip

_ATTRIBUTE = re.compile(r'([A-Z-]+)=("[^"]*"|[^,]*)')


@dataclass
class Listed:
    """A segment as a playlist lists it."""

    header: str
    discontinuity: bool
    date: str
    parts: list[dict[str, str]] = field(default_factory=list)
    duration: float | None = None
    name: str | None = None


@dataclass
class Playlist:
    """What a player reads from a playlist."""

    tags: dict[str, str]
    segments: list[Listed]


def attributes(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}


def read(text: str) -> Playlist:
    first, *lines = text.splitlines()
    assert first == "#EXTM3U"
    playlist = Playlist({}, [])
    header, broken = "", False
    for line in lines:
        tag, _, value = line.partition(":")
        current = playlist.segments[-1] if playlist.segments else None
        if tag == "#EXT-X-MAP":
            header = attributes(value)["URI"]
        elif tag == "#EXT-X-DISCONTINUITY":
            broken = True
        elif tag == "#EXT-X-PROGRAM-DATE-TIME":
            playlist.segments.append(Listed(header, broken, value))
            broken = False
        elif tag == "#EXT-X-PART":
            assert current is not None
            current.parts.append(attributes(value))
        elif tag == "#EXTINF":
            assert current is not None
            current.duration = float(value.rstrip(","))
        elif line.startswith("#"):
            playlist.tags[tag] = value
        else:
            assert current is not None
            current.name = line
    return playlist


def check(playlist: Playlist, segments: Segments) -> None:
    """Check a playlist by RFC 8216bis and Apple's authoring specification."""
    tags = playlist.tags
    target = int(tags["#EXT-X-TARGETDURATION"])
    part_target = float(attributes(tags["#EXT-X-PART-INF"])["PART-TARGET"])
    control = attributes(tags["#EXT-X-SERVER-CONTROL"])
    assert int(tags["#EXT-X-VERSION"]) >= 9
    assert control["CAN-BLOCK-RELOAD"] == "YES"
    assert float(control["PART-HOLD-BACK"]) >= 3 * part_target
    assert float(control["CAN-SKIP-UNTIL"]) >= 6 * target
    assert "#EXT-X-INDEPENDENT-SEGMENTS" in tags
    assert ("#EXT-X-PRELOAD-HINT" in tags) != ("#EXT-X-ENDLIST" in tags)
    # Each has its date, which advances with it.
    for before, after in itertools.pairwise(playlist.segments):
        assert before.duration is not None
        assert before.name is not None
        if not after.discontinuity:
            assert after.header == before.header
            passed = datetime.fromisoformat(after.date[:-1]) - datetime.fromisoformat(
                before.date[:-1]
            )
            assert passed.total_seconds() == pytest.approx(before.duration, abs=0.002)
    assert all(segment.date.endswith("Z") for segment in playlist.segments)
    names = [part["URI"] for segment in playlist.segments for part in segment.parts]
    assert len(set(names)) == len(names)
    for segment in playlist.segments:
        assert segments.file(segment.header)
        whole = segment.duration is not None
        if whole:
            assert segment.duration is not None
            assert segment.name is not None
            assert round(segment.duration) <= target
            data = segments.file(segment.name)
            assert data is not None
            assert independent(segments, segment.header, data)
            if segment.parts:
                assert data == b"".join(segments.file(p["URI"]) or b"" for p in segment.parts)
                total = sum(float(part["DURATION"]) for part in segment.parts)
                assert total == pytest.approx(segment.duration, abs=1e-4)
        for number, part in enumerate(segment.parts):
            duration = float(part["DURATION"])
            assert duration <= part_target
            last = whole and number == len(segment.parts) - 1
            assert last or duration >= 0.85 * part_target
            data = segments.file(part["URI"])
            assert data is not None
            assert ("INDEPENDENT" in part) == independent(segments, segment.header, data)
    # "Server SHOULD" list the parts of the last three target durations, no more.
    assert not any(segment.parts for segment in playlist.segments[:-4])


def independent(segments: Segments, header: str, data: bytes) -> bool:
    """Whether a demuxer finds a keyframe at the beginning."""
    file = (segments.file(header) or b"") + data
    with av.open(io.BytesIO(file), "r", format="mp4") as container:
        leading = container.streams.video or container.streams.audio
        return next(container.demux(leading[0])).is_keyframe


def fill(segments: Segments, of: Clip, *, every: bool = True) -> None:
    """Add a clip, and check the playlist at each change."""
    for setup in of.setups:
        segments.setup(read_setup(setup))
    for frame in of.media:
        if segments.add(frame, frame.timestamp) and every:
            check(read(segments.playlist()), segments)


def played(segments: Segments, playlist: Playlist) -> list[float]:
    """The times of all pictures, when a player plays all segments."""
    times: list[float] = []
    for segment in playlist.segments:
        if segment.name is None:
            continue
        file = (segments.file(segment.header) or b"") + (segments.file(segment.name) or b"")
        with av.open(io.BytesIO(file), "r", format="mp4") as container:
            times += [p.time for p in container.decode(video=0) if p.time is not None]
    return times


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(13, width=64, height=48, group=45)


def test_every_playlist_keeps_the_rules(film: Clip) -> None:
    segments = Segments("1", 1_700_000_000)
    fill(segments, film)
    segments.end()
    playlist = read(segments.playlist())
    check(playlist, segments)
    assert [segment.duration for segment in playlist.segments[:-1]] == [
        pytest.approx(3, abs=0.01)
    ] * 4
    assert "#EXT-X-ENDLIST" in playlist.tags
    assert playlist.segments[1].date == "2023-11-14T22:13:23.000Z"
    times = played(segments, playlist)
    assert times == pytest.approx([n / 30 for n in range(len(times))], abs=0.001)
    assert len(times) == 390


@pytest.mark.parametrize("codec", ["vp9", "av1"])
def test_other_codecs_keep_the_rules(codec: Literal["vp9", "av1"]) -> None:
    segments = Segments("1", 1_700_000_000)
    fill(segments, clip(7, codec=codec, width=64, height=48, group=45))
    segments.end()
    assert segments.codecs.startswith({"vp9": "vp09.00.31.08,", "av1": "av01.0.05M.08,"}[codec])
    assert len(played(segments, read(segments.playlist()))) == 210


def test_sound_alone_keeps_the_rules() -> None:
    segments = Segments("1", 1_700_000_000, Track.AUDIO)
    fill(segments, clip(7, codec=None))
    segments.end()
    assert (segments.codecs, segments.picture) == ("opus", None)
    playlist = read(segments.playlist())
    assert [segment.duration for segment in playlist.segments[:-1]] == [
        pytest.approx(2, abs=0.03)
    ] * 3
    assert all(part["INDEPENDENT"] == "YES" for part in playlist.segments[0].parts)
    file = b"".join(segments.file(s.name or "") or b"" for s in playlist.segments)
    header = segments.file(playlist.segments[0].header) or b""
    with av.open(io.BytesIO(header + file), "r", format="mp4") as container:
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert heard == pytest.approx(7 * 48_000, abs=2_000)


def test_sound_is_in_every_part(film: Clip) -> None:
    segments = Segments("1", 0)
    fill(segments, film, every=False)
    (header,) = {segment.header for segment in read(segments.playlist()).segments}
    count = 0
    for segment in read(segments.playlist()).segments:
        data = b"".join(segments.file(part["URI"]) or b"" for part in segment.parts)
        data = (segments.file(segment.name) or b"") if segment.name else data
        file = (segments.file(header) or b"") + data
        with av.open(io.BytesIO(file), "r", format="mp4") as container:
            count += sum(1 for packet in container.demux(audio=0) if packet.size)
    assert count >= 12.5 * 50 - 30


def test_another_set_up_is_another_part_of_the_stream() -> None:
    segments = Segments("1", 0)
    fill(segments, clip(3, width=64, height=48))
    fill(segments, clip(3, start=3 * SECOND, width=96, height=64))
    segments.end()
    playlist = read(segments.playlist())
    check(playlist, segments)
    broken = [segment.discontinuity for segment in playlist.segments]
    assert broken.count(True) == 1
    at = broken.index(True)
    assert playlist.segments[at].header != playlist.segments[at - 1].header
    assert len(played(segments, playlist)) == 180


def test_what_is_out_of_the_playlist_is_soon_forgotten(film: Clip) -> None:
    segments = Segments("1", 0)
    first = film.setups
    for setup in first:
        segments.setup(read_setup(setup))
    for second in range(120):
        for picture in range(10):
            frame = Frame(
                kind=Kind.MEDIA,
                track=Track.VIDEO,
                timestamp=second * SECOND + picture * SECOND // 10,
                payload=bytes(1000),
                keyframe=picture == 0,
            )
            segments.add(frame, frame.timestamp)
    playlist = read(segments.playlist())
    # Two seconds each: a minute, which is more than the six target durations of Apple's rules.
    assert len(playlist.segments) == 31
    number = int(playlist.tags["#EXT-X-MEDIA-SEQUENCE"])
    assert playlist.segments[0].name == f"1-{number}.m4s"
    kept = [n for n in range(70) if segments.file(f"1-{n}.m4s") is not None]
    assert kept[0] == kept[-1] - 33


def test_a_delta_update_has_only_new_segments(film: Clip) -> None:
    segments = Segments("1", 0)
    fill(segments, film, every=False)
    # There is nothing to leave out yet.
    assert segments.playlist(delta=True) == segments.playlist()
    for number in range(1, 5):
        fill(segments, clip(13, start=number * 13 * SECOND, width=64, height=48), every=False)
    whole, delta = read(segments.playlist()), read(segments.playlist(delta=True))
    skipped = int(attributes(delta.tags.pop("#EXT-X-SKIP"))["SKIPPED-SEGMENTS"])
    assert delta.tags == whole.tags
    left = whole.segments[skipped:]
    # A player keeps the header that it has.
    assert delta.segments == [replace(segment, header="") for segment in left]

    def behind(rest: list[Listed]) -> float:
        parts = sum(float(part["DURATION"]) for s in rest[-1:] for part in s.parts)
        return sum(s.duration or 0 for s in rest) + (0 if rest[-1].name else parts)

    # No segment of the last six target durations is left out, and no older one listed.
    assert behind(left) >= 6 * TARGET_DURATION
    assert behind(left[1:]) < 6 * TARGET_DURATION


def test_breaks_that_are_out_of_the_playlist_are_counted() -> None:
    segments = Segments("1", 0)
    for number in range(16):
        size = 64 + 16 * (number % 2)
        fill(
            segments,
            clip(2.2, start=number * 3 * SECOND, width=size, height=48, sound=False),
            every=False,
        )
    playlist = read(segments.playlist())
    number = int(playlist.tags["#EXT-X-MEDIA-SEQUENCE"])
    before = int(playlist.tags["#EXT-X-DISCONTINUITY-SEQUENCE"])
    breaks = sum(segment.discontinuity for segment in playlist.segments)
    assert number > 0
    assert before + breaks == 15


def test_without_keyframes_there_is_a_gap() -> None:
    segments = Segments("1", 0)
    whole = clip(10, width=64, height=48, group=10_000)
    for setup in whole.setups:
        segments.setup(read_setup(setup))
    wanted = []
    for frame in whole.media:
        segments.add(frame, frame.timestamp)
        wanted.append(segments.wants_keyframe)
    assert True in wanted
    playlist = read(segments.playlist())
    check(playlist, segments)
    assert [segment.duration for segment in playlist.segments] == [
        pytest.approx(TARGET_DURATION, abs=0.05)
    ]


def test_large_segments_do_not_pile_up() -> None:
    segments = Segments("1", 0)
    segments.setup(read_setup(clip(0.1).setups[0]))
    for number in range(40):
        frame = Frame(
            kind=Kind.MEDIA,
            track=Track.VIDEO,
            timestamp=number * 2 * SECOND,
            payload=bytes(4_000_000),
            keyframe=True,
        )
        segments.add(frame, frame.timestamp)
    kept = [segments.file(f"1-{n}.m4s") for n in range(40)]
    assert sum(len(data) for data in kept if data) <= 48 * 1024 * 1024
    assert PART_TARGET < TARGET_DURATION


def test_a_part_can_be_waited_for() -> None:
    segments = Segments("1", 0)
    assert not segments.begun
    assert segments.is_next("1-0-0.m4s")
    fill(segments, clip(1.2, width=64, height=48))
    assert segments.has(0, 1)
    assert not segments.has(0, 2)
    assert not segments.has(0, None)
    assert segments.is_next("1-0-2.m4s")
    assert segments.near(2)
    assert not segments.near(3)
    fill(segments, clip(1.5, start=1_200_000, width=64, height=48))
    # A part beyond a segment's last is the next one's first.
    assert segments.has(0, None)
    assert segments.has(0, 99)
    segments.end()
    assert segments.has(99, 99)
    assert not segments.is_next("1-2-0.m4s")


@pytest.mark.parametrize("late", [-4.0, -1.2, 0.0, 1.2, 4.0])
def test_each_segment_has_its_sound_though_the_tracks_come_apart(late: float) -> None:
    # The audio arrives later than the pictures of the same time.
    whole = clip(16, width=64, height=48, group=45)
    segments = Segments("1", 0)
    for setup in whole.setups:
        segments.setup(read_setup(setup))

    def comes(frame: Frame) -> float:
        return frame.timestamp / SECOND + (late if frame.track is Track.AUDIO else 0)

    for frame in sorted(whole.media, key=comes):
        if segments.add(frame, frame.timestamp):
            check(read(segments.playlist()), segments)
    segments.end()
    playlist = read(segments.playlist())
    assert len(played(segments, playlist)) == 480
    heard = 0
    for segment in playlist.segments:
        file = (segments.file(segment.header) or b"") + (segments.file(segment.name or "") or b"")
        times: dict[str, list[float]] = {"video": [], "audio": []}
        with av.open(io.BytesIO(file), "r", format="mp4") as container:
            for packet in container.demux():
                if packet.pts is not None:
                    times[packet.stream.type].append(float(packet.pts * packet.time_base))
        heard += len(times["audio"])
        # Until the audio's lateness is known, pictures do not wait for it.
        if times["video"][0] > max(0, late) + 2:
            assert min(times["audio"]) == pytest.approx(times["video"][0], abs=0.05)
            assert max(times["audio"]) == pytest.approx(times["video"][-1], abs=0.05)
    assert heard == pytest.approx(800, abs=3)


def test_sound_that_goes_on_without_pictures_does_not_pile_up() -> None:
    whole = clip(1, width=64, height=48)
    segments = Segments("1", 0)
    fill(segments, whole)
    sound = next(frame for frame in whole.media if frame.track is Track.AUDIO)
    for packet in range(50 * 3_600):
        segments.add(sound, SECOND + packet * 20_000)
    kept = sum(1 for waiting in segments._sound if waiting.frame.payload)
    assert kept <= 601
