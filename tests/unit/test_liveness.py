"""A page that cannot be asked for a sign of life gives none."""

from __future__ import annotations

import threading

import pytest

from nanomeet_widget import _liveness


def test_where_a_page_cannot_be_asked_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_liveness, "PROBE", 0.01)
    gone = threading.Event()

    def ask() -> None:
        raise RuntimeError("the host sends nothing from a thread")

    watch = _liveness.Watch(ask, lambda _at: gone.set())
    watch.start()
    assert gone.wait(30)
