"""Reads the barcode of `stamps.js` from decoded frames, and draws it into arrays."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

#: As `stamps.js` draws it: bits, the lines of each of the four rows, and the frame's size.
BITS, ROW, WIDTH, HEIGHT = 20, 32, 640, 360
_DARK = 127
#: Stamps count quarters of a millisecond.
_UNITS = 4
#: The size of what moves.
_SIDE = 100


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
        The frame's lines, of any size.
    """
    height, width = grey.shape
    lines = (np.arange(4) * ROW + ROW // 2) * height // HEIGHT
    columns = (np.arange(BITS) * (WIDTH // BITS) + WIDTH // BITS // 2) * width // WIDTH
    light = grey[np.ix_(lines, columns)] > _DARK
    if (light[0::2] == light[1::2]).any():
        return None
    time, number = (int(row @ (1 << np.arange(BITS))) for row in light[0::2])
    return Stamp(time, number)


def draw(number: int, lines: int) -> NDArray[np.uint8]:
    """Return a picture with a number and the time now, as `stamps.js` draws it.

    Parameters
    ----------
    number
        Which one it is.
    lines
        Its height.
    """
    scale = lines / HEIGHT
    width, row, cell = round(WIDTH * scale), round(ROW * scale), round(WIDTH * scale) // BITS
    picture = np.full((lines, width, 3), 90, np.uint8)
    # Something that moves, as pictures do.
    left = (number * 7) % (width - _SIDE)
    picture[lines // 2 :, left : left + _SIDE] = (200, 120, 40)
    stamp = int(time.time() * 1000 * _UNITS)
    for place, value in enumerate((stamp, ~stamp, number, ~number)):
        bits = (value >> np.arange(BITS)) & 1
        line = np.repeat(bits.astype(np.uint8) * 255, cell)
        picture[place * row : (place + 1) * row, : len(line)] = line[None, :, None]
    return picture


def age(stamp: Stamp, now: float) -> float:
    """Return how old a frame is, in milliseconds.

    Parameters
    ----------
    stamp
        The frame's.
    now
        The time, in seconds of the clock that all programs share.
    """
    return ((round(now * 1000 * _UNITS) - stamp.time) % (1 << BITS)) / _UNITS


def missing(numbers: Sequence[int]) -> tuple[int, int]:
    """Return how many numbers are missing, and how many are repeated."""
    steps = [(after - before) % (1 << BITS) for before, after in pairwise(numbers)]
    return sum(step - 1 for step in steps if step > 1), steps.count(0)
