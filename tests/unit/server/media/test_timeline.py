"""Tests of `media.timeline`: what is captured at one moment plays at one moment."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import av
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from nanomeet_widget.server.media.muxer import Muxer
from nanomeet_widget.server.media.remux import remux
from nanomeet_widget.server.media.timeline import Timeline, lasts
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track
from tests.unit.server.clips import SECOND, clip

PICTURE, SOUND = 100_000, 60_000
#: Microseconds between two pictures, which is the precision of a duration.
ONE_PICTURE = PICTURE
_FILM = clip(0.2, width=64, height=48)
_PAYLOADS = {
    track: next(frame.payload for frame in _FILM.media if frame.track is track) for track in Track
}


@dataclass(frozen=True)
class Sleep:
    """A sender's computer sleeps: meanwhile its clock continues, or stands still."""

    after: int
    length: int
    stood: bool


@dataclass(frozen=True)
class Page:
    """A sender and its network, in microseconds."""

    #: What its clock shows when it begins.
    clock: int
    says: bool
    length: int
    #: The least delay from capture to arrival, and the variation on top of it.
    delays: dict[Track, int]
    jitter: list[int]
    #: When nothing is captured, and for how long.
    pause: tuple[int, int]
    sleep: Sleep | None
    #: Nothing is sent before it begins.
    idle: int


@dataclass
class Sent:
    """A frame, and the true times of its capture and arrival."""

    frame: Frame
    captured: int
    came: int


@dataclass
class OnAir:
    """What arrived from which sender, and its time in the stream."""

    placed: list[tuple[Sent, int]] = field(default_factory=list)
    lost: list[Sent] = field(default_factory=list)
    #: When the first picture was captured.
    zero: int | None = None


def sent_by(page: Page, begin: int) -> list[Sent]:
    """All that a page sends, in the order of arrival."""
    sent: list[Sent] = []
    jitter = itertools.cycle(page.jitter)
    for track, step in ((Track.VIDEO, PICTURE), (Track.AUDIO, SOUND)):
        came = 0
        for number, at in enumerate(range(0, page.length, step)):
            true = begin + at
            shows = page.clock + at
            if page.pause[0] <= at < page.pause[0] + page.pause[1]:
                continue
            if page.sleep is not None and at >= page.sleep.after:
                true += page.sleep.length
                shows += 0 if page.sleep.stood else page.sleep.length
            on_its_way = true + page.delays[track] + next(jitter)
            if page.sleep is not None and true < begin + page.sleep.after <= on_its_way:
                # It has not been sent yet.
                on_its_way += page.sleep.length
            came = max(came + 1, on_its_way)
            frame = Frame(
                kind=Kind.MEDIA,
                track=track,
                timestamp=shows,
                payload=_PAYLOADS[track],
                duration=step,
                keyframe=track is Track.AUDIO or number % 8 == 0,
            )
            sent.append(Sent(frame, true, came))
    return sorted(sent, key=lambda s: s.came)


def put_on_air(pages: list[Page]) -> OnAir:
    """Have pages send, one after the other; frames in transit at a hand-over are lost."""
    timeline, air = Timeline(), OnAir()
    begin = 1_000 * SECOND
    for page in pages:
        begin += page.idle
        timeline.begin(begin / SECOND, page.clock if page.says else None)
        begun = False
        waiting: dict[int, Sent] = {}
        sent = sent_by(page, begin)
        end = max(s.captured for s in sent) + PICTURE
        last = page is pages[-1]
        for one in sent:
            if one.came > end and not last:
                continue
            picture = one.frame.track is Track.VIDEO
            if picture and not begun and not one.frame.keyframe:
                # The server waits for a keyframe.
                continue
            time = timeline.place(one.frame, one.came / SECOND)
            if picture and not begun:
                begun = True
                if air.zero is None:
                    air.zero = one.captured
                for frame, at in timeline.early(one.came / SECOND):
                    air.placed.append((waiting.pop(id(frame)), at))
            if time is not None:
                air.placed.append((one, time))
            elif not begun:
                waiting[id(one.frame)] = one
            else:
                air.lost.append(one)
        begin = end
    return air


delays = st.integers(0, 5 * SECOND)
honest = st.builds(
    Page,
    clock=st.integers(-(10**12), 10**15),
    says=st.just(True),
    length=st.integers(2 * SECOND, 9 * SECOND),
    delays=st.fixed_dictionaries({Track.VIDEO: delays, Track.AUDIO: delays}),
    jitter=st.lists(st.integers(0, 300_000), min_size=1, max_size=20),
    pause=st.tuples(st.integers(1, 6 * SECOND), st.integers(0, 3 * SECOND)),
    sleep=st.none()
    | st.builds(
        Sleep,
        after=st.integers(6 * SECOND, 7 * SECOND),
        length=st.integers(2 * SECOND, 3_600 * SECOND),
        stood=st.just(False),
    ),
    idle=st.integers(20_000, 20 * SECOND),
)


def check(air: OnAir) -> None:
    """Check that every frame has its time, in order, and that none is lost."""
    assert air.zero is not None
    zero = air.zero
    assert all(one.captured < zero for one in air.lost)
    for track in Track:
        times = [time for one, time in air.placed if one.frame.track is track]
        assert times == sorted(set(times))
    for one, time in air.placed:
        assert time == pytest.approx(one.captured - zero, abs=1_000)


def ends(air: OnAir) -> tuple[int, int]:
    """When the last frame was captured, and its time in the stream."""
    return (
        max(one.captured for one, _ in air.placed) - (air.zero or 0),
        max(time for _, time in air.placed),
    )


@settings(max_examples=400)
@given(st.lists(honest, min_size=1, max_size=4))
def test_a_stream_is_as_long_as_it_was_on_air(pages: list[Page]) -> None:
    air = put_on_air(pages)
    if air.zero is None:
        return
    check(air)
    on_air, length = ends(air)
    assert length == pytest.approx(on_air, abs=ONE_PICTURE)


#: One of the tracks has little delay, or the server could not know.
one_late = st.builds(
    lambda track, late, little: dict.fromkeys(Track, little) | {track: late},
    st.sampled_from(Track),
    delays,
    st.integers(0, 300_000),
)
silent = st.builds(
    Page,
    clock=st.integers(-(10**12), 10**15),
    says=st.just(False),
    length=st.integers(9 * SECOND, 12 * SECOND),
    delays=one_late,
    jitter=st.lists(st.integers(0, 30_000), min_size=1, max_size=20),
    pause=st.just((0, 0)),
    sleep=st.none()
    | st.builds(
        Sleep,
        after=st.integers(6 * SECOND, 7 * SECOND),
        length=st.integers(2 * SECOND, 3_600 * SECOND),
        stood=st.booleans(),
    ),
    idle=st.just(0),
)


@settings(max_examples=400)
@given(silent)
def test_a_sender_that_does_not_report_its_clock(page: Page) -> None:
    air = put_on_air([page])
    assert not [one for one in air.lost if one.captured >= (air.zero or 0)]
    on_air, length = ends(air)
    assert length == pytest.approx(on_air, abs=ONE_PICTURE)
    # Whatever the clock did, picture and sound of one moment stay together, except while it is being
    # found out that the clock stood still.
    sleep = page.sleep
    if sleep is None or not sleep.stood:
        check(air)
    else:
        settled = [
            (one, time)
            for one, time in air.placed
            if one.captured - (air.zero or 0) > sleep.after + sleep.length + 7 * SECOND
        ]
        for one, time in settled:
            assert time == pytest.approx(one.captured - (air.zero or 0), abs=ONE_PICTURE)


def picture(at: float, *, track: Track = Track.VIDEO) -> Frame:
    return Frame(
        kind=Kind.MEDIA, track=track, timestamp=int(at * SECOND), payload=b"x", keyframe=True
    )


def test_pictures_behind_the_sound_are_no_other_clock() -> None:
    # As from an encoder that is 1.2 s late.
    timeline = Timeline()
    assert timeline.place(picture(0), 1.2) == 0
    for tenth in range(100):
        at = tenth / 10
        heard = timeline.place(picture(at + 1.2, track=Track.AUDIO), at + 1.21)
        seen = timeline.place(picture(at + 0.01), at + 1.22)
        assert heard == pytest.approx((at + 1.2) * SECOND, abs=1)
        assert seen == pytest.approx((at + 0.01) * SECOND, abs=1)
    assert timeline.latest < 12 * SECOND


def test_another_page_goes_on_at_the_moment_at_which_it_does() -> None:
    timeline = Timeline()
    times = [timeline.place(picture(at), at) for at in (50, 51)]
    # Its first picture took two seconds, and its clock differs.
    timeline.begin(53.5, clock=3 * SECOND)
    times += [timeline.place(picture(3.5 + at), 56 + at) for at in (0, 1)]
    # This one does not report its clock.
    timeline.begin(60)
    times += [timeline.place(picture(900 + at), 61 + at) for at in (0, 1)]
    assert times == [t * SECOND for t in (0, 1, 4, 5, 11, 12)]


def test_sound_that_came_before_the_first_picture_is_not_lost() -> None:
    timeline = Timeline()
    sounds = [picture(at / 10, track=Track.AUDIO) for at in range(30)]
    assert [timeline.place(sound, sound.timestamp / SECOND) for sound in sounds] == [None] * 30
    assert timeline.place(picture(1), 3) == 0
    assert timeline.early(3) == [(s, s.timestamp - SECOND) for s in sounds[10:]]
    assert timeline.early(3) == []


hostile = st.lists(
    st.tuples(
        st.sampled_from(Track),
        st.integers(-(2**63), 2**63 - 1) | st.integers(-(10**10), 10**10),
        st.integers(0, 2_000_000),
        st.booleans(),
        st.sampled_from(["", "", "", "says", "begins"]),
    ),
    max_size=80,
)


@settings(max_examples=400)
@given(hostile)
def test_no_sender_makes_a_stream_much_longer_than_it_lasted(
    told: list[tuple[Track, int, int, bool, str]],
) -> None:
    timeline, now, first = Timeline(), 1_000 * SECOND, None
    times: dict[Track, list[int]] = {track: [] for track in Track}
    for track, shows, passed, keyframe, begins in told:
        now += passed
        if begins:
            timeline.begin(now / SECOND, shows % 2**53 if begins == "says" else None)
        frame = Frame(
            kind=Kind.MEDIA, track=track, timestamp=shows, payload=b"x", keyframe=keyframe
        )
        time = timeline.place(frame, now / SECOND)
        if time is None:
            continue
        first = now if first is None else first
        times[track].append(time)
        for early, at in timeline.early(now / SECOND):
            times[early.track].append(at)
    for placed in times.values():
        assert all(time >= 0 for time in placed)
        assert placed == sorted(set(placed))
    if first is not None:
        assert timeline.latest <= now - first + 91 * SECOND


@pytest.mark.parametrize("leap", [3_600, 90_000, 10**9])
def test_a_leaping_clock_keeps_the_tracks_together(leap: int) -> None:
    timeline = Timeline()
    heard: list[int | None] = []
    seen: list[int | None] = []
    for tenth in range(100):
        at = tenth / 10
        shows = at + (leap if tenth >= 50 else 0)
        seen.append(timeline.place(picture(shows), at + 0.3))
        heard.append(timeline.place(picture(shows, track=Track.AUDIO), at + 0.31))
    wanted = [pytest.approx(tenth * SECOND / 10, abs=PICTURE) for tenth in range(100)]
    assert seen == wanted
    assert heard == wanted
    apart = {abs((s or 0) - (h or 0)) for s, h in zip(seen, heard, strict=True)}
    assert max(apart) <= 1


def test_no_frame_lasts_for_an_hour_by_its_senders_word() -> None:
    assert lasts(picture(0)) == 10_000
    whole = Frame(kind=Kind.MEDIA, track=Track.VIDEO, timestamp=0, payload=b"x", duration=2**32 - 1)
    assert lasts(whole) == SECOND


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(honest, min_size=1, max_size=3))
def test_a_file_is_as_long_as_it_was_on_air(pages: list[Page]) -> None:
    air = put_on_air(pages)
    if air.zero is None:
        return
    with tempfile.TemporaryDirectory() as name:
        part, whole = Path(name, "a.mp4"), Path(name, "b.mp4")
        muxer = Muxer(part, [read_setup(setup) for setup in _FILM.setups])
        for one, time in air.placed:
            muxer.write(one.frame, time)
        muxer.close()
        remux(part, whole)
        for file in (part, whole):
            read: dict[str, list[float]] = {"video": [], "audio": []}
            with av.open(str(file)) as container:
                for packet in container.demux():
                    if packet.pts is not None:
                        read[packet.stream.type].append(float(packet.pts * packet.time_base))
                duration = (container.duration or 0) / av.time_base
            for track, kind in ((Track.VIDEO, "video"), (Track.AUDIO, "audio")):
                times = sorted(t / SECOND for one, t in air.placed if one.frame.track is track)
                assert sorted(read[kind]) == pytest.approx(times, abs=0.001)
        on_air, _ = ends(air)
        assert duration == pytest.approx((on_air + SOUND) / SECOND, abs=0.11)
