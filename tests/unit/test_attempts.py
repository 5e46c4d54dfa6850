"""Attempts to connect again: soon at first, and counted from when the connection last stood."""

from __future__ import annotations

import asyncio

from nanomeet_widget._attempts import Attempts


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_delays_follow_each_other_and_the_last_repeats() -> None:
    attempts = Attempts((0.0, 1.0, 3.0), jitter=0.5)
    delays = [attempts.delay() for _ in range(5)]
    for delay, least in zip(delays, (0, 1, 3, 3, 3), strict=True):
        assert least <= delay <= least * 1.5
    # Programs that lost their connections together do not come back together.
    assert delays[3] != delays[4]


def test_a_connection_that_stood_starts_over() -> None:
    clock = Clock()
    attempts = Attempts((1.0, 2.0), jitter=0, now=clock)
    assert [attempts.delay(), attempts.delay()] == [1, 2]
    clock.now += 7
    assert attempts.trouble == 7
    attempts.stood()
    assert attempts.trouble == 0
    assert [attempts.delay(), attempts.delay()] == [1, 2]


def test_a_pause_counts_an_attempt() -> None:
    attempts = Attempts((0.0, 2.0), jitter=0)
    asyncio.run(attempts.pause())
    assert attempts.delay() == 2
