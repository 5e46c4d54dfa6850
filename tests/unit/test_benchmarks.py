"""The arithmetic of the benchmarks: what they say has to be right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from benchmarks.barcode import BITS, ROW, WIDTH, Stamp, missing, read
from benchmarks.figures import carried, differences, percentile, stalls
from benchmarks.report import table, with_section
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
