"""Tests of `media`: what arrays are pictures, how they reach the worker, and when they are taken."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from nanomeet_widget._errors import InvalidInputError, MissingPackageError
from nanomeet_widget.media import arrays, sources
from nanomeet_widget.media.memory import Places, Reader
from nanomeet_widget.media.pace import Pace, SoundPace
from tests.waiting import PATIENCE

Picture = NDArray[np.uint8]


@pytest.fixture
def places() -> Iterator[Places]:
    made = Places()
    yield made
    made.close()


@pytest.mark.parametrize("shape", [(18, 20), (18, 20, 3), (18, 20, 4)])
def test_a_picture_reaches_the_worker_as_it_is(places: Places, shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(1).integers(0, 255, shape, np.uint8)
    told = places.write(arrays.picture(picture), at=7)
    assert (told.width, told.height, told.at, told.number) == (20, 18, 7, 1)
    reader = Reader()
    view = reader.view(told)
    assert view is not None
    assert (view == picture).all()
    del view
    reader.close()


def test_rows_may_lie_anywhere(places: Places) -> None:
    whole = np.random.default_rng(1).integers(0, 255, (80, 120, 3), np.uint8)
    reader = Reader()
    for picture in (
        whole[::2, 10:90],
        whole[::-1],
        whole.transpose(1, 0, 2),
        np.asfortranarray(whole),
    ):
        view = reader.view(places.write(arrays.picture(picture), at=0))
        assert view is not None
        assert (view == picture).all()
        del view
    reader.close()


def test_odd_sizes_repeat_the_last_row_and_column(places: Places) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (17, 19, 3), np.uint8)
    told = places.write(arrays.picture(picture), at=0)
    assert (told.width, told.height) == (20, 18)
    reader = Reader()
    view = reader.view(told)
    assert view is not None
    assert (view[:17, :19] == picture).all()
    assert (view[17, :19] == picture[16]).all()
    assert (view[:17, 19] == picture[:, 18]).all()
    del view
    reader.close()


def test_the_newest_two_stay_whole_and_a_larger_one_gets_more_room(places: Places) -> None:
    reader = Reader()
    made = [np.full((16, 16), number, np.uint8) for number in range(7)]
    told = [places.write(arrays.picture(picture), at=0) for picture in made]
    for number in (5, 6):
        view = reader.view(told[number])
        assert view is not None
        assert (view == number).all()
        del view
    large = places.write(arrays.picture(np.full((600, 800, 3), 9, np.uint8)), at=0)
    assert large.memory != told[-1].memory
    view = reader.view(large)
    assert view is not None
    assert (view == 9).all()
    del view
    # What it was in before is given back: a worker that comes too late finds nothing there.
    assert Reader().view(told[-1]) is None
    reader.close()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros((20, 20), np.float32), r"float32: .* \* 255"),
        (np.zeros((20, 20), bool), r"bool: .* \* 255"),
        (np.zeros((20, 20), np.int64), "int64"),
        (np.zeros((20,), np.uint8), r"\(20,\)"),
        (np.zeros((3, 20, 20), np.uint8), "moveaxis"),
        (np.zeros((20, 20, 2), np.uint8), r"\(20, 20, 2\)"),
        (np.zeros((20, 8000), np.uint8), "8000x20"),
        (np.zeros((0, 20), np.uint8), "20x0"),
        ([[1, 2]], "this is a list"),
        (b"", "this is a bytes"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(given: object, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        arrays.picture(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.array([0.0, 1.0, -1.0, 2.0, np.nan]), [[0], [32767], [-32767], [32767], [0]]),
        (np.array([[1, 2], [3, 4]], np.int16), [[1, 2], [3, 4]]),
        (np.zeros((3, 1), np.float32), [[0], [0], [0]]),
    ],
)
def test_samples_are_of_one_kind_afterwards(given: Any, expected: list[list[int]]) -> None:
    found = arrays.samples(given)
    assert found.dtype == np.int16
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros(4, np.int32), "int32"),
        (np.zeros((2, 400), np.float32), r"samples\.T"),
        (np.zeros((4, 3), np.float32), r"\(4, 3\)"),
        ("loud", "this is a str"),
    ],
)
def test_what_is_no_sound_is_refused_in_words(given: object, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        arrays.samples(given)


def test_without_numpy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(MissingPackageError, match=r'pip install "nanomeet-widget\[media\]"'):
        sources.make("film.mp4", sound=None, fps=30, rate=48_000)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("time.perf_counter", made)
    return made


def test_a_quick_source_keeps_the_rate_exactly(clock: Clock) -> None:
    pace = Pace(25)
    times = []
    for _ in range(100):
        times.append(clock.now)
        pace.taken()
        clock.now += max(0.0, pace.wait) + 0.003
        # What making a picture takes does not add up.
    gaps = np.diff(times[2:])
    assert gaps.mean() == pytest.approx(0.04, rel=0.02)


def test_a_source_with_its_own_pace_does_not_wait(clock: Clock) -> None:
    pace = Pace(30)
    for jitter in (0.0, 0.006, -0.006, 0.004, -0.008, 0.004) * 5:
        pace.taken()
        clock.now += 1 / 30 + jitter
        assert pace.wait <= 0


def test_what_a_busy_machine_delays_is_made_up_for(clock: Clock) -> None:
    pace, taken, begun = Pace(30), 0, clock.now
    while clock.now < begun + 10:
        pace.taken()
        taken += 1
        clock.now += max(0.0, pace.wait) + (0.1 if taken % 30 == 0 else 0.0)
    assert taken == pytest.approx(300, abs=2)


def test_a_slow_source_is_not_hurried_afterwards(clock: Clock) -> None:
    pace = Pace(10)
    pace.taken()
    clock.now += 5
    pace.taken()
    assert pace.wait > 0.02


def test_sound_continues_unless_it_is_far_off() -> None:
    pace = SoundPace()
    assert pace.place(20_000, now=1_000_000) == 980_000
    assert pace.wait(1_000_000) == pytest.approx(0.02)
    assert pace.place(20_000, now=1_030_000) == 1_000_000
    assert pace.place(20_000, now=2_000_000) == 1_980_000


class Taken:
    """Notes what a source gives."""

    def __init__(self) -> None:
        self.opened: Future[bool] = Future()
        self.has_sound: bool | None = None
        self.pictures: list[int] = []
        self.samples_: list[int] = []
        self.ended: Future[BaseException | None] = Future()

    def tracks(self, *, sound: bool) -> None:
        assert self.has_sound is None
        self.has_sound = sound

    def picture(self, picture: Picture, at: int, samples: NDArray[np.int16] | None = None) -> None:
        self.pictures.append(int(picture[0, 0, 0]))
        if samples is not None:
            self.samples(samples, at)

    def samples(self, samples: NDArray[np.int16], at: int) -> None:
        del at
        self.samples_.append(len(samples))

    def end(self, error: BaseException | None) -> None:
        self.ended.set_result(error)


def grey(value: int) -> Picture:
    return np.full((16, 16), value, np.uint8)


def drive(source: Any) -> Taken:
    made, taken = sources.make(source, sound=None, fps=60, rate=48_000), Taken()
    taken.opened.set_result(True)
    made.start(taken)
    assert taken.ended.result(PATIENCE) is None
    return taken


def test_iterators_callables_and_generators_give_pictures_and_sound() -> None:
    assert drive([grey(1), grey(2)]).pictures == [1, 2]
    assert drive(grey(n) for n in (3, 4)).pictures == [3, 4]
    assert drive(iter([None, grey(7), None, grey(8)])).pictures == [7, 8]
    calls = iter((5, 6))
    taken = drive(lambda: grey(next(calls)))
    assert (taken.pictures, taken.has_sound) == ([5, 6], False)
    taken = drive([(grey(1), np.zeros(800)), (None, np.zeros(4)), (grey(2), None)])
    assert (taken.pictures, taken.has_sound, taken.samples_) == ([1, 2], True, [800, 4])


def test_async_iterators_and_coroutine_functions_work_without_a_loop_too() -> None:
    async def numbers() -> Any:
        for number in (1, 2):
            await asyncio.sleep(0)
            yield grey(number)

    assert drive(numbers()).pictures == [1, 2]
    left = [2, 1]

    async def number() -> Picture:
        if not left:
            raise StopAsyncIteration
        return grey(left.pop())

    assert drive(number).pictures == [1, 2]
    assert left == []


def drive_to_error(source: Any) -> BaseException:
    made, taken = sources.make(source, sound=None, fps=60, rate=48_000), Taken()
    taken.opened.set_result(True)
    made.start(taken)
    error = taken.ended.result(PATIENCE)
    assert error is not None
    return error


def test_a_function_that_returns_a_coroutine_is_an_error_in_words() -> None:
    async def later() -> Picture:
        return grey(1)

    assert "async def" in str(drive_to_error(lambda: later()))  # noqa: PLW0108 - that is the mistake


def test_a_generator_is_closed_when_it_is_stopped() -> None:
    closed = threading.Event()

    def numbers() -> Iterator[Picture]:
        try:
            while True:
                yield grey(1)
        finally:
            closed.set()

    made, taken = sources.make(numbers(), sound=None, fps=60, rate=48_000), Taken()
    made.start(taken)
    made.close()
    taken.opened.set_result(True)
    assert closed.wait(PATIENCE)


def test_what_is_no_source_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="source=int"):
        sources.make(3, sound=None, fps=30, rate=48_000)
    with pytest.raises(InvalidInputError, match="sound=float"):
        sources.make(grey(1), sound=0.5, fps=30, rate=48_000)
    with pytest.raises(InvalidInputError, match="an array of uint8"):
        sources.make(np.zeros((90, 160)), sound=None, fps=30, rate=48_000)
    with pytest.raises(InvalidInputError, match=r"missing\.mp4': there is no such file"):
        sources.make("missing.mp4", sound=None, fps=30, rate=48_000)


def test_the_encoder_keeps_colours_and_keyframes() -> None:
    from nanomeet_widget.media.encoding import PictureEncoder  # noqa: PLC0415 - loads PyAV

    rng = np.random.default_rng(2)
    blocks = rng.integers(0, 255, (6, 8, 3), np.uint8)
    picture = np.repeat(np.repeat(blocks, 40, 0), 40, 1)
    for codec in ("h264", "vp9"):
        encoder = PictureEncoder(codec, 320, 240, 30)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        keyframes, payloads = [], []
        for number in range(95):
            at = 5_000_000 + number * 33_333
            for made in encoder.encode(encoder.convert(frame), at, keyframe=number == 20):
                assert made.timestamp == at
                payloads.append(made.payload)
                if made.keyframe:
                    keyframes.append(number)
        # At the beginning, when one is asked for, and two seconds after the last.
        assert keyframes == [0, 20, 81]
        decoder: Any = av.CodecContext.create(codec, "r")
        if codec == "h264":
            decoder.extradata = encoder._context.extradata
        decoder.thread_count = 1
        decoded = [shown for data in payloads for shown in decoder.decode(av.Packet(data))]
        colours = decoded[-1].to_ndarray(format="rgb24")[20::40, 20::40].astype(int)
        assert np.abs(colours - blocks).max() <= 8
        assert (decoded[-1].colorspace, decoded[-1].color_range) == (6, 1)
