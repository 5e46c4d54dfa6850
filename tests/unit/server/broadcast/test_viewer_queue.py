"""Tests of `broadcast.viewer_queue`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nanomeet_widget.server.broadcast.outgoing import Batch, Outgoing
from nanomeet_widget.server.broadcast.viewer_queue import MAX_AGE, MAX_BYTES, STUCK, ViewerQueue
from nanomeet_widget.server.protocol.frames import Track
from tests.unit.server.fakes import Clock


class Pipe:
    """A connection that the test blocks and unblocks."""

    def __init__(self) -> None:
        self.blocked = False
        self.written: list[bytes] = []
        self._drained: Callable[[], None] | None = None

    def write(self, data: bytes, on_drained: Callable[[], None]) -> bool:
        assert self._drained is None, "two writes at once"
        self.written.append(data)
        if self.blocked:
            self._drained = on_drained
        return not self.blocked

    def read_one(self) -> None:
        """Read what was written, and block the next write."""
        drained, self._drained = self._drained, None
        assert drained is not None
        drained()

    def drain(self) -> None:
        self.blocked = False
        drained, self._drained = self._drained, None
        assert drained is not None
        drained()


class Line:
    def __init__(self) -> None:
        self.clock, self.pipe, self.skips, self.stuck = Clock(), Pipe(), 0, False
        self.queue = ViewerQueue(
            self.pipe, timers=self.clock, on_skip=self._skipped, on_stuck=self._stuck
        )

    def _stuck(self) -> None:
        self.stuck = True

    def _skipped(self) -> None:
        self.skips += 1

    def push(self, *names: str) -> None:
        """Push frames: k is a keyframe, p a picture, a sound, s a set-up; the rest is a name."""
        for name in names:
            self.push_together(name)

    def push_together(self, *names: str) -> None:
        """Push frames in one batch."""
        frames = tuple(
            Outgoing(
                wire=name.encode(),
                track=Track.AUDIO if name[0] == "a" else Track.VIDEO,
                setup=name[0] == "s",
                keyframe=name[0] == "k",
                header=0,
            )
            for name in names
        )
        self.queue.push(Batch(frames))

    @property
    def written(self) -> list[str]:
        return [data.decode() for data in self.pipe.written]


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_quick_viewer_gets_everything_at_once(line: Line) -> None:
    line.push("s", "k1", "p1", "a1")
    assert line.written == ["s", "k1", "p1", "a1"]


def test_what_comes_together_is_written_together(line: Line) -> None:
    line.push_together("s", "k1", "a1")
    assert line.written == ["sk1a1"]


def test_what_comes_together_is_no_less_left_out(line: Line) -> None:
    line.pipe.blocked = True
    line.push_together("k1")
    line.push_together("p1", "a1")
    line.clock.advance(MAX_AGE + 0.1)
    line.push_together("p2", "a2")
    assert line.skips == 1
    line.pipe.drain()
    line.push_together("p3", "a3", "k4", "p5")
    line.push_together("p6", "a6")
    assert line.written == ["k1", "a2", "a3", "k4", "p5", "p6a6"]


def test_a_moment_of_trouble_loses_nothing(line: Line) -> None:
    line.pipe.blocked = True
    line.push("k1", "p1", "a1")
    assert line.written == ["k1"]
    line.clock.advance(MAX_AGE / 2)
    line.pipe.drain()
    line.push("p2")
    assert line.written == ["k1", "p1", "a1", "p2"]
    assert line.skips == 0


def test_a_late_viewer_skips_to_the_next_keyframe(line: Line) -> None:
    line.pipe.blocked = True
    line.push("k1", "p1", "s2", "p2")
    line.clock.advance(MAX_AGE + 0.1)
    line.push("p3")
    assert line.skips == 1
    line.push("p4", "a4")
    line.pipe.drain()
    line.push("p5", "k6", "p7")
    # The set-up is kept, as decoding needs it.
    assert line.written == ["k1", "s2", "a4", "k6", "p7"]


def test_the_queue_has_a_bound_in_bytes(line: Line) -> None:
    line.pipe.blocked = True
    line.push("k1")
    for _ in range(10):
        line.push("p" + "x" * (MAX_BYTES // 4))
    assert line.skips == 1
    line.pipe.drain()
    assert line.written == ["k1"]


def test_a_viewer_who_reads_nothing_is_given_up(line: Line) -> None:
    line.pipe.blocked = True
    line.push("k1", "p1")
    line.clock.advance(STUCK - 1)
    line.push("k2")
    assert not line.stuck
    # Reading a frame begins the time again.
    line.pipe.read_one()
    line.push("k3")
    line.clock.advance(STUCK - 1)
    line.push("k4")
    assert not line.stuck
    line.clock.advance(2)
    line.push("k5")
    assert line.stuck


def test_only_the_newest_set_up_of_a_track_is_kept(line: Line) -> None:
    line.pipe.blocked = True
    line.push("k1")
    for number in range(10):
        line.push(f"s{number}")
        line.clock.advance(MAX_AGE + 0.1)
        line.push("p", "k")
    line.pipe.drain()
    assert [name for name in line.written if name[0] == "s"] == ["s9"]
