"""The arithmetic of the benchmarks."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: Milliseconds without a new frame that a viewer notices as a halt.
STALL = 250.0
#: The most frames of a recording before the first that viewers got.
_EARLY = 60


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that this percentage of the values does not exceed.

    Parameters
    ----------
    values
        In any order; without values it is NaN.
    part
        Percent.
    """
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * part / 100) - 1)]


def stalls(gaps: Sequence[float]) -> tuple[int, float]:
    """Return the number of halts, and their total in seconds.

    Parameters
    ----------
    gaps
        Milliseconds between frames.
    """
    long = [gap for gap in gaps if gap > STALL]
    return len(long), sum(long) / 1000


def carried(points: Sequence[tuple[int, float]], bound: float) -> float:
    """Return how many viewers can be served within a bound on the delay.

    Interpolates linearly between the last number within the bound and the first beyond it. If all are within
    the bound, the greatest number is a lower limit.

    Parameters
    ----------
    points
        Numbers of viewers, rising, and the delay with each.
    bound
        The greatest delay.
    """
    before, low = 0, 0.0
    for viewers, delay in points:
        if not delay <= bound:
            if math.isinf(delay) or math.isnan(delay):
                return before
            return before + (viewers - before) * (bound - low) / (delay - low)
        before, low = viewers, delay
    return before


def growth(points: Sequence[tuple[float, float]]) -> float:
    """Return by how much a value grows in an hour: the slope of the straight line that fits best.

    Parameters
    ----------
    points
        Minutes and values; with fewer than two different minutes it is NaN.
    """
    count = len(points)
    middle = sum(minute for minute, _ in points) / count if count else 0.0
    spread = sum((minute - middle) ** 2 for minute, _ in points)
    if not spread:
        return math.nan
    return 60 * sum((minute - middle) * value for minute, value in points) / spread


def differences(sent: Sequence[float], recorded: Sequence[float]) -> tuple[int, int]:
    """Return how many of the sent frames a recording lacks, and how many others it has.

    Parameters
    ----------
    sent
        The times of the frames, in milliseconds of any clock.
    recorded
        The times of the recording's frames, in milliseconds. It may start a keyframe before `sent` does: the
        best-fitting position counts as the start.
    """
    expected = {round(time - sent[0], 1) for time in sent}

    def after(begin: float) -> set[float]:
        return {round(time - begin, 1) for time in recorded if time >= begin}

    found = max(map(after, recorded[:_EARLY]), key=lambda times: len(times & expected))
    return len(expected - found), len(found - expected)
