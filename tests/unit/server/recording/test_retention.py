"""Tests of `recording.retention`."""

from __future__ import annotations

import pytest

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server.config import Retention
from nanomeet_widget.server.recording.retention import Kept, expired

_KEPT = [
    Kept(name=name, ended=ended, size=10) for name, ended in (("a", 100), ("b", 200), ("c", 300))
]


@pytest.mark.parametrize(
    ("retention", "gone"),
    [
        (Retention(), []),
        (Retention(age=150), ["a"]),
        (Retention(age=0.5), ["a", "b", "c"]),
        (Retention(size=30), []),
        (Retention(size=20), ["a"]),
        (Retention(size=1), ["a", "b"]),
        (Retention(age=150, size=10), ["a", "b"]),
    ],
)
def test_the_oldest_go(retention: Retention, gone: list[str]) -> None:
    assert expired(_KEPT, retention, now=301) == gone


@pytest.mark.parametrize("wrong", [{"age": 0}, {"size": -1}, {"spare": -1}, {"age": float("nan")}])
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        Retention(**wrong)  # type: ignore[arg-type]
