"""Reads the barcode of `stamps.js` from decoded frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

#: As `stamps.js` draws it: bits, the lines of each of the four rows, and the frame's width.
BITS, ROW, WIDTH = 20, 32, 640
_DARK = 127


@dataclass(frozen=True)
class Stamp:
    """A frame's stamp."""

    #: The drawing time in quarters of a millisecond, and the frame's number; both wrap around.
    time: int
    number: int


def read(grey: NDArray[np.uint8]) -> Stamp | None:
    """Read a frame's stamp; None if it has none, or is torn.

    Parameters
    ----------
    grey
        The frame's lines, 640 values each.
    """
    lines = np.arange(4) * ROW + ROW // 2
    columns = np.arange(BITS) * (WIDTH // BITS) + WIDTH // BITS // 2
    light = grey[np.ix_(lines, columns)] > _DARK
    if (light[0::2] == light[1::2]).any():
        return None
    time, number = (int(row @ (1 << np.arange(BITS))) for row in light[0::2])
    return Stamp(time, number)


def missing(numbers: Sequence[int]) -> tuple[int, int]:
    """Return how many numbers are missing, and how many are repeated."""
    steps = [(after - before) % (1 << BITS) for before, after in pairwise(numbers)]
    return sum(step - 1 for step in steps if step > 1), steps.count(0)
