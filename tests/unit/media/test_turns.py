"""How often threads take turns while a source is sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from nanomeet_widget.media import turns


def about(seconds: float) -> Any:
    """The interpreter cuts it to microseconds."""
    return pytest.approx(seconds, abs=1.5e-6)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


def test_threads_take_turns_more_often_until_the_last_sender_ends() -> None:
    sys.setswitchinterval(0.005)
    first, second = turns.shorten(), turns.shorten()
    assert sys.getswitchinterval() == about(0.0005)
    first()
    first()
    assert sys.getswitchinterval() == about(0.0005)
    second()
    assert sys.getswitchinterval() == about(0.005)


def test_what_the_user_chose_stays() -> None:
    sys.setswitchinterval(0.0001)
    undo = turns.shorten()
    assert sys.getswitchinterval() == about(0.0001)
    undo()
    undo = turns.shorten()
    sys.setswitchinterval(0.02)
    undo()
    assert sys.getswitchinterval() == about(0.02)
