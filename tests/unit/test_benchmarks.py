"""The arithmetic of the benchmarks: what they say has to be right."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from benchmarks.barcode import BITS, ROW, WIDTH, Stamp, age, draw, missing, read
from benchmarks.figures import carried, differences, growth, percentile, stalls
from benchmarks.processes import Load
from benchmarks.python_meeting import PLAIN, PROCESSED, Way, verdicts
from benchmarks.report import table, with_section
from benchmarks.studio import Seen
from numpy.typing import NDArray


def test_percentiles_are_values_that_were_measured() -> None:
    values = list(range(100, 0, -1))
    assert [percentile(values, part) for part in (0, 50, 95, 100)] == [1, 50, 95, 100]
    assert percentile([7.0], 95) == 7.0
    assert math.isnan(percentile([], 50))


def test_halts_are_counted_and_summed() -> None:
    assert stalls([33.0, 250.0, 400.0, 1600.0]) == (2, 2.0)


@pytest.mark.parametrize(
    ("points", "most"),
    [
        ([(50, 2.0), (200, 10.0)], 200),
        ([(100, 25.0), (200, 75.0)], 150),
        ([(100, 25.0), (200, 50.0), (300, math.inf)], 200),
        ([(100, 100.0)], 50),
        ([], 0),
    ],
)
def test_viewers_within_a_bound(points: list[tuple[int, float]], most: float) -> None:
    assert carried(points, 50.0) == most


def test_growth_is_the_slope_of_an_hour() -> None:
    assert growth([(0, 100.0), (1, 101.0), (2, 102.0)]) == pytest.approx(60)
    assert growth([(10, 50.0), (70, 50.0)]) == 0
    # One that is off counts as little as it should.
    assert growth([(0, 10.0), (10, 13.0), (20, 10.0)]) == pytest.approx(0)
    assert math.isnan(growth([(3, 10.0)]))
    assert math.isnan(growth([]))


def test_processor_time_is_a_part_of_one_core_over_all_turns() -> None:
    load = Load()
    load.add("kernel", 1.0, 10.0)
    load.add("kernel", 2.0, 10.0)
    load.add("worker", 0.0, 10.0)
    assert [load.part(name) for name in ("kernel", "worker", "server")] == ["15 %", "0 %", ""]


def test_ways_of_pictures_are_compared_by_their_medians() -> None:
    medians = {PLAIN: 30.0, PROCESSED: 75.0}
    for lines in (360, 720):
        medians[f"present, {lines} lines"] = 40.0
        medians[f"present, {lines} lines, own page"] = 10.0
        medians[f"jupyter_rfb, {lines} lines"] = 80.0
        medians[f"ipywebrtc ImageStream, {lines} lines"] = 20.0
    ways = {
        name: Way(name, Seen(ages=[median - 5, median, 500.0], seconds=1))
        for name, median in medians.items()
    }
    ways["jupyter_rfb, 720 lines"] = Way("jupyter_rfb, 720 lines", trouble="no pictures")
    assert list(verdicts(ways)) == [
        "`process_video` adds 45 ms to the camera's own way, median.",
        "360 lines, median age of ours / jupyter_rfb: 0.50; in the notebook's own page 0.12.",
        "360 lines, median age of ours / ipywebrtc ImageStream: 2.00; in the notebook's own page 0.50.",
        "720 lines, median age of ours / ipywebrtc ImageStream: 2.00; in the notebook's own page 0.50.",
        "jupyter_rfb, 720 lines: no pictures.",
    ]
    assert ways["jupyter_rfb, 720 lines"].row() == ["jupyter_rfb, 720 lines", *[""] * 7]
    assert ways[PLAIN].row() == [PLAIN, "30", "500", "3.0", "0", "", "", ""]


def test_a_recording_is_compared_with_what_was_sent() -> None:
    sent = [5000.0 + number * 33.3 + number % 7 for number in range(200)]
    recorded = [time - 4900.0 for time in sent]
    earlier = [0.0, 33.3, 66.6]
    assert differences(sent, [*earlier, *recorded]) == (0, 0)
    assert differences(sent, [*earlier, *recorded[:50], *recorded[52:]]) == (2, 0)
    assert differences(sent[:50] + sent[51:], [*earlier, *recorded]) == (0, 1)


def drawn(time: int, number: int) -> NDArray[np.uint8]:
    """A picture as `stamps.js` draws it, with what codecs do to black and white."""
    picture = np.full((360, WIDTH), 90, dtype=np.uint8)
    for row, value in enumerate((time, ~time, number, ~number)):
        for bit in range(BITS):
            cell = slice(bit * WIDTH // BITS, (bit + 1) * WIDTH // BITS)
            picture[row * ROW : (row + 1) * ROW, cell] = 230 if value >> bit & 1 else 20
    return picture


@pytest.mark.parametrize(
    ("time", "number"), [(0, 0), (1, 2), (2**BITS - 1, 2**BITS - 2), (12345, 77)]
)
def test_a_barcode_is_read(time: int, number: int) -> None:
    assert read(drawn(time, number)) == Stamp(time, number)


def test_a_torn_barcode_is_not_read() -> None:
    picture = drawn(12345, 77)
    picture[ROW : 2 * ROW] = drawn(54321, 77)[ROW : 2 * ROW]
    assert read(picture) is None
    assert read(np.full((360, WIDTH), 200, dtype=np.uint8)) is None


@pytest.mark.parametrize("lines", [180, 360, 540, 720, 1080])
def test_what_a_program_draws_is_read_at_any_size(lines: int) -> None:
    picture = draw(2**BITS + 77, lines)
    assert picture.shape == (lines, lines * 16 // 9, 3)
    stamp = read(picture[..., 1])
    assert stamp is not None
    assert stamp.number == 77
    assert 0 <= age(stamp, time.time()) < 60_000


def test_the_age_of_a_picture_survives_a_stamp_that_comes_round() -> None:
    # Quarters of a millisecond: 40 of them before the clock of 20 bits begins again, and 60 after.
    begins = 5000 * 2**BITS / 4000
    assert age(Stamp(2**BITS - 40, 0), begins + 0.015) == 25.0
    assert age(Stamp(60, 0), begins + 0.015) == 0.0


def test_lost_and_repeated_pictures_are_counted() -> None:
    assert missing([5, 6, 7]) == (0, 0)
    assert missing([5, 8, 8, 9]) == (2, 1)
    assert missing([2**BITS - 1, 0, 1]) == (0, 0)


def test_a_section_replaces_only_itself() -> None:
    document = (
        "# Results\n\nWhat this is.\n\n## One\n\nold\n\n### More\n\nof it\n\n## Two\n\nkept\n"
    )
    assert with_section(document, "One", "new") == (
        "# Results\n\nWhat this is.\n\n## One\n\nnew\n\n## Two\n\nkept\n"
    )


def test_a_new_section_comes_last() -> None:
    once = with_section("# Results\n", "One", "first")
    assert with_section(once, "Two", "second") == (
        "# Results\n\n## One\n\nfirst\n\n## Two\n\nsecond\n"
    )


def test_tables() -> None:
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
