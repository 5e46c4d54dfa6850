"""Tests of `leases`."""

from __future__ import annotations

from nanomeet_widget.server.leases import Leases
from tests.unit.server.fakes import Clock


class Life:
    def __init__(self, linger: float | None) -> None:
        self.clock, self.ended = Clock(), 0
        self.leases = Leases(timers=self.clock, linger=linger, first=30, on_unneeded=self._end)

    def _end(self) -> None:
        self.ended += 1


def test_it_ends_without_a_first_lease() -> None:
    life = Life(15)
    life.clock.advance(29)
    assert life.ended == 0
    life.clock.advance(2)
    assert life.ended == 1


def test_it_ends_a_while_after_the_last_lease() -> None:
    life = Life(15)
    with life.leases.lease():
        with life.leases.lease():
            life.clock.advance(100)
        life.clock.advance(100)
        assert life.ended == 0
    life.clock.advance(14)
    assert life.ended == 0
    life.clock.advance(2)
    assert life.ended == 1


def test_a_new_lease_in_time_keeps_it() -> None:
    life = Life(15)
    with life.leases.lease():
        pass
    life.clock.advance(10)
    with life.leases.lease():
        life.clock.advance(100)
        assert life.ended == 0


def test_a_server_of_its_own_stays() -> None:
    life = Life(None)
    with life.leases.lease():
        pass
    life.clock.advance(10_000)
    assert life.ended == 0
