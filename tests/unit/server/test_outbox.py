"""Tests of `http.outbox`: what waits for a page is bounded by bytes and by age."""

from __future__ import annotations

from collections.abc import Callable

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.http.outbox import MAX_AGE, Outbox
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.protocol.messages import TextMessages
from tests.unit.server.fakes import Clock

MOST = 1000


class Pipe:
    """A connection whose page reads when the test says so."""

    def __init__(self) -> None:
        self.blocked = False
        self.written: list[bytes] = []
        self._drained: Callable[[], None] | None = None

    def write(self, data: bytes, on_drained: Callable[[], None]) -> bool:
        self.written.append(data)
        if self.blocked:
            self._drained = on_drained
        return not self.blocked

    def read_one(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None:
            drained()

    def read_all(self) -> None:
        self.blocked = False
        self.read_one()


class Line:
    def __init__(self) -> None:
        self.clock, self.pipe, self.overdue = Clock(), Pipe(), 0
        self.outbox = Outbox(self.pipe, most=MOST, timers=self.clock, on_overdue=self._overdue)

    def _overdue(self) -> None:
        self.overdue += 1


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_page_that_reads_gets_everything_at_once(line: Line) -> None:
    for data in (b"1", b"2", b"x" * 5 * MOST):
        line.outbox.push(data)
    assert line.pipe.written == [b"1", b"2", b"x" * 5 * MOST]
    assert (line.outbox.size, line.clock.pending) == (0, 0)


def test_a_slow_page_gets_everything_in_order(line: Line) -> None:
    line.pipe.blocked = True
    for data in (b"1", b"2", b"3"):
        line.outbox.push(data)
    assert line.pipe.written == [b"1"]
    line.clock.advance(MAX_AGE - 1)
    line.pipe.read_all()
    line.outbox.push(b"4")
    assert line.pipe.written == [b"1", b"2", b"3", b"4"]
    line.clock.advance(2 * MAX_AGE)
    assert (line.overdue, line.outbox.size, line.clock.pending) == (0, 0, 0)


def test_more_bytes_than_allowed_are_never_kept(line: Line) -> None:
    line.pipe.blocked = True
    for _ in range(5):
        line.outbox.push(b"x" * (MOST // 4))
    assert (line.overdue, line.outbox.size) == (1, 0)
    line.outbox.push(b"late")
    line.pipe.read_all()
    assert line.pipe.written == [b"x" * (MOST // 4)]
    assert line.clock.pending == 0


def test_a_message_waits_only_so_long(line: Line) -> None:
    line.pipe.blocked = True
    line.outbox.push(b"1")
    line.clock.advance(MAX_AGE / 2)
    line.outbox.push(b"2")
    # The page reads one of two: the other is then the oldest.
    line.pipe.read_one()
    line.clock.advance(MAX_AGE / 2)
    assert line.overdue == 0
    line.clock.advance(MAX_AGE / 2)
    assert line.overdue == 1
    assert line.clock.pending == 0


def test_a_farewell_comes_last(line: Line) -> None:
    line.pipe.blocked = True
    for data in (b"1", b"2", b"bye"):
        line.outbox.push(data)
    line.outbox.flush()
    line.outbox.push(b"late")
    line.pipe.read_all()
    assert b"".join(line.pipe.written) == b"12bye"
    assert line.clock.pending == 0


class OutboxMachine(RuleBasedStateMachine):
    """Messages that come, and a page that reads, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line()
        self.pushed = b""

    @rule(size=st.integers(0, MOST // 2))
    def push(self, size: int) -> None:
        """Send a message."""
        data = f"{len(self.pushed)}:".encode() + b"x" * size
        self.line.outbox.push(data)
        if not self.line.overdue:
            self.pushed += data

    @rule()
    def block(self) -> None:
        """Stop reading."""
        self.line.pipe.blocked = True

    @rule()
    def read_one(self) -> None:
        """Read one message."""
        self.line.pipe.read_one()

    @rule()
    def read_all(self) -> None:
        """Read everything."""
        self.line.pipe.read_all()

    @rule(seconds=st.sampled_from([1.0, MAX_AGE / 2, MAX_AGE]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.line.clock.advance(seconds)

    @invariant()
    def it_is_bounded(self) -> None:
        """Never too much waits, and the page is given up once."""
        assert self.line.outbox.size <= MOST
        assert self.line.overdue <= 1

    @invariant()
    def nothing_is_lost_or_out_of_order(self) -> None:
        """Whatever was written is the beginning of what was sent."""
        assert self.pushed.startswith(b"".join(self.line.pipe.written)) or self.line.overdue

    @invariant()
    def what_waits_is_reviewed(self) -> None:
        """While something waits, a timer runs; otherwise none does."""
        assert (self.line.clock.pending > 0) == (self.line.outbox.size > 0) or self.line.overdue


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, derandomize=True, database=None
)


def test_a_message_to_everyone_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[object] = []
    encode = common.encode

    def counting(message: object) -> bytes:
        encoded.append(message)
        return encode(message)

    monkeypatch.setattr(common, "encode", counting)
    messages = TextMessages()
    left = meeting.Left(id="0" * 16, reason="left")
    # An equal message is another one, and one that comes again is not confused with it.
    other = meeting.Left(id="0" * 16, reason="left")
    assert len({id(messages.encode(left)) for _ in range(100)}) == 1
    assert messages.encode(other) == messages.encode(left)
    assert len(encoded) == 3


@pytest.mark.parametrize("size", [0, 1, 80, 81, 200, 65_400, 65_600, 200_000])
def test_a_message_is_a_whole_websocket_frame(size: int) -> None:
    message = common.Error(kind="k", message="x" * size)
    content = common.encode(message)
    data = TextMessages().encode(message)
    length, header = data[1], 2
    if length == 126:
        length, header = int.from_bytes(data[2:4], "big"), 4
    elif length == 127:
        length, header = int.from_bytes(data[2:10], "big"), 10
    assert data[0] == 0x81
    assert (length, data[header:]) == (len(content), content)


def test_what_a_page_gets_when_it_joins_may_wait() -> None:
    limits = Limits()
    chat, pictures = 2 * limits.chat_size, 16 * 1024 * limits.participants
    assert chat + pictures < limits.unsent < 8_000_000
