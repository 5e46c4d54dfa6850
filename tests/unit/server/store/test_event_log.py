"""Tests of `store.event_log`: no one fills the disk with events."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.store import event_log
from nanomeet_widget.server.store.event_log import EventLog
from tests.unit.server.conftest import House

SPARE = 500_000_000


@dataclass
class Disk:
    """A disk whose free space the test sets, and a clock."""

    db: sqlite3.Connection
    free: int = 2 * SPARE
    now: float = 0.0
    log: EventLog = field(init=False)

    def __post_init__(self) -> None:
        self.db.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL,"
            " room TEXT NOT NULL, detail TEXT NOT NULL)"
        )
        self.log = EventLog(self.db, spare=SPARE, free=lambda: self.free, clock=lambda: self.now)


@pytest.fixture
def disk() -> Iterator[Disk]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    yield Disk(db)
    db.close()


def test_a_rooms_events_are_bounded(disk: Disk) -> None:
    disk.log.record("kicked", "R", {"moderator": True})
    disk.log.record("joined", "Other", {"moderator": False})
    for number in range(event_log.MOST + 2000):
        disk.log.record("hand_raised", "R", {"number": number, "moderator": False})
    events = disk.log.of("R")
    assert event_log.MOST - 1000 < len(events) <= event_log.MOST
    # A guest pushes out no event of moderators, and none of other rooms.
    assert events[0][1] == "kicked"
    assert events[-1][2]["number"] == event_log.MOST + 1999
    assert len(disk.log.of("Other")) == 1


def test_the_bound_holds_after_a_restart(disk: Disk) -> None:
    for _ in range(event_log.MOST):
        disk.log.record("joined", "R", {})
    again = EventLog(disk.db, spare=0, free=lambda: 0)
    for _ in range(10):
        again.record("joined", "R", {})
    assert len(again.of("R")) < event_log.MOST


def test_a_short_disk_gets_no_events(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    disk.log.record("joined", "R", {})
    disk.free, disk.now = SPARE - 1, 10.0
    for _ in range(50):
        disk.log.record("joined", "R", {})
    assert len(disk.log.of("R")) == 1
    assert disk.log.skipped == 50
    assert len([r for r in caplog.records if "--spare-mb" in r.message]) == 1
    disk.free, disk.now = 2 * SPARE, 20.0
    disk.log.record("left", "R", {})
    assert [kind for _, kind, _ in disk.log.of("R")] == ["joined", "left"]
    assert any("50 were not" in record.message for record in caplog.records)


def test_a_guest_cannot_fill_the_disk(house: House) -> None:
    ben = house.guest()
    for number in range(6000):
        ben.ask(meeting.RaiseHand(raised=number % 2 == 0))
        ben.ask(meeting.LeaveStage() if number % 2 else meeting.EnterStage())
        ben.ask(meeting.SendChat(text="x"))
        house.clock.advance(0.01)
    # A minute at 300 messages a second.
    assert len(house.store.events("R")) < 200
