"""The arithmetic of the benchmarks."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: Milliseconds without a new picture that a viewer notices as a halt.
STALL = 250.0
#: Pictures of a recording that may be before the first that viewers got.
_EARLY = 60


def percentile(values: Sequence[float], part: float) -> float:
    """Return the least value that so many percent of the values do not exceed.

    Parameters
    ----------
    values
        In any order; none of them makes it NaN.
    part
        Percent.
    """
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * part / 100) - 1)]


def stalls(gaps: Sequence[float]) -> tuple[int, float]:
    """Return how often there was no new picture for too long, and the seconds of it together.

    Parameters
    ----------
    gaps
        Milliseconds between pictures.
    """
    long = [gap for gap in gaps if gap > STALL]
    return len(long), sum(long) / 1000


def carried(points: Sequence[tuple[int, float]], bound: float) -> float:
    """Return how many viewers are carried within a bound on the delay.

    Between the last number that is within the bound and the first that is not, it is a straight
    line. If all are within the bound, the greatest number is a lower limit.

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


def differences(sent: Sequence[float], recorded: Sequence[float]) -> tuple[int, int]:
    """Return how many of the pictures that were sent a recording lacks, and has besides.

    Parameters
    ----------
    sent
        The times of the pictures, in milliseconds of any clock.
    recorded
        The times of the recording's pictures, in milliseconds. It may begin a keyframe before what was
        sent: where its times fit best, the first of the others is.
    """
    expected = {round(time - sent[0], 1) for time in sent}

    def after(begin: float) -> set[float]:
        return {round(time - begin, 1) for time in recorded if time >= begin}

    found = max(map(after, recorded[:_EARLY]), key=lambda times: len(times & expected))
    return len(expected - found), len(found - expected)
