"""A clock that the test controls, and connections that remember what was sent."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.broadcast.outgoing import Batch, Outgoing
from nanomeet_widget.server.broadcast.push_target import PushTarget
from nanomeet_widget.server.broadcast.stream import Stream
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol import common, ingest, meeting, watch
from nanomeet_widget.server.protocol.frames import Frame
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.room_dispatcher import RoomDispatcher
from nanomeet_widget.server.rooms.rooms import Rooms

#: One character of seven code points.
FAMILY = "👨‍👩‍👧‍👦"
#: Where a broadcast is pushed; its end is a secret.
PUSH_URL = "rtmp://live.example.org/app/SECRETKEY"
#: A browser's ID.
PERSON = "person-of-a-browser"
Sent = TypeVar("Sent")
_numbers = itertools.count(1)


@dataclass(eq=False)
class Call:
    at: float
    callback: Callable[[], object]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """An event loop's timers, advanced by the test."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._calls: list[Call] = []
        self._began = time.time() - self._now

    def time(self) -> float:
        return self._now

    def wall(self) -> float:
        """Seconds since the epoch, on the same clock."""
        return self._began + self._now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Call:
        call = Call(self._now + delay, callback)
        self._calls.append(call)
        return call

    def advance(self, seconds: float) -> None:
        until = self._now + seconds
        while True:
            due = [c for c in self._calls if c.at <= until and not c.cancelled]
            if not due:
                break
            call = min(due, key=lambda c: c.at)
            self._calls.remove(call)
            self._now = max(self._now, call.at)
            call.callback()
        self._now = until
        self._calls = [call for call in self._calls if not call.cancelled]

    def forget(self) -> None:
        """Drop all scheduled calls, as when the process is killed."""
        self._calls.clear()

    @property
    def pending(self) -> int:
        return sum(not call.cancelled for call in self._calls)


class Box:
    """Remembers messages, and finds those of a type."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def all(self, kind: type[Sent]) -> list[Sent]:
        return [m for m in self.sent if isinstance(m, kind)]

    def last(self, kind: type[Sent]) -> Sent:
        found = self.all(kind)
        assert found, f"no {kind.__name__} among {self.sent}"
        return found[-1]


class Page(Box):
    """A page's connection, and what the page does."""

    def __init__(self, rooms: Rooms) -> None:
        super().__init__()
        self._rooms = rooms
        self.farewell: meeting.Bye | None = None
        self.dispatcher: RoomDispatcher | None = None
        self.who: Participant | None = None

    def send(self, message: meeting.ServerMessage) -> None:
        assert self.farewell is None, f"{message} after {self.farewell}"
        self.sent.append(message)

    def close(self, farewell: meeting.Bye) -> None:
        if self.farewell is None:
            self.farewell = farewell

    def join(self, claims: Claims, **fields: Any) -> Page:
        entered = self._rooms.enter(claims, self, meeting.Join(v=1, token="t", **fields))
        if entered is not None:
            self.dispatcher, self.who = entered
        return self

    def ask(self, message: meeting.ClientMessage) -> None:
        assert self.dispatcher is not None
        assert self.who is not None
        self.dispatcher.handle(self.who, message)

    def try_all(self, asked: list[meeting.ClientMessage]) -> list[tuple[str, int | None]]:
        """Send each request; return the kinds and references of the errors."""
        before = len(self.all(common.Error))
        for message in asked:
            self.ask(message)
        return [(e.kind, e.ref) for e in self.all(common.Error)[before:]]

    def lose(self) -> None:
        assert self.dispatcher is not None
        assert self.who is not None
        self.dispatcher.room.disconnected(self.who, self)

    def unload(self) -> None:
        """Unload, as a page that is closed or reloaded."""
        assert self.dispatcher is not None
        assert self.who is not None
        self.dispatcher.room.disconnected(self.who, self, unloaded=True)

    def leave(self) -> None:
        assert self.dispatcher is not None
        assert self.who is not None
        self.dispatcher.room.leave(self.who)

    @property
    def id(self) -> str:
        assert self.who is not None
        return self.who.id

    @property
    def welcome(self) -> meeting.Welcome:
        return self.last(meeting.Welcome)


class Sender(Box):
    """The page that sends the stage."""

    farewell: ingest.IngestEnded | None = None

    def send(self, message: ingest.IngestServerMessage) -> None:
        self.sent.append(message)

    def close(self, farewell: ingest.IngestEnded) -> None:
        self.farewell = farewell


class Viewer(Box):
    """A viewer's connection."""

    dismissed: str | None = None

    def send_state(self, state: watch.StreamState) -> None:
        self.sent.append(state)

    def send_frames(self, batch: Batch) -> None:
        self.sent += batch.frames

    def dismiss(self, reason: str) -> None:
        self.dismissed = reason

    @property
    def frames(self) -> list[Outgoing]:
        return self.all(Outgoing)

    @property
    def state(self) -> str:
        return self.last(watch.StreamState).state


@dataclass
class Tape:
    """A recording that the test finishes."""

    stream: str
    entries: list[Frame | Setup] = field(default_factory=list)
    #: The frames' times, in microseconds.
    times: list[int] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)
    opened: Sequence[Setup] | None = None
    on_open: Callable[[common.Trouble | None], None] | None = None
    on_error: Callable[[common.Trouble], None] | None = None
    on_done: Callable[[common.Trouble | None], None] | None = None

    @property
    def vod(self) -> str:
        return f"vod/{self.stream}.mp4"

    def open(
        self,
        setups: Sequence[Setup],
        *,
        on_open: Callable[[common.Trouble | None], None],
        on_error: Callable[[common.Trouble], None],
    ) -> None:
        self.opened, self.on_open, self.on_error = setups, on_open, on_error

    def setup(self, setup: Setup) -> None:
        self.entries.append(setup)

    def write(self, frame: Frame, time: int) -> None:
        self.entries.append(frame)
        self.times.append(time)

    def mark(self, title: str, time: int) -> None:
        self.marks.append(title)
        self.marked.append(time)

    def finish(self, on_done: Callable[[common.Trouble | None], None]) -> None:
        self.on_done = on_done


@dataclass
class Pushed:
    """A push whose state the test sets."""

    target: PushTarget
    state: meeting.PushPhase = "connecting"
    on_change: Callable[[], None] | None = None
    closed: bool = False

    def describe(self) -> meeting.PushState:
        return meeting.PushState(host=self.target.host, state=self.state)

    def open(self, stream: Stream, on_change: Callable[[], None]) -> None:
        assert stream.live
        self.on_change = on_change

    def close(self) -> None:
        self.closed = True


def claims(*, moderator: bool = False, valid: float = 3600.0, **fields: Any) -> Claims:
    """A token's claims; each call is another token."""
    now = datetime.now(timezone.utc)
    said: dict[str, Any] = {
        "room": "R",
        "streamname": "stream",
        "server": "here",
        "sub": "local",
        "notbefore": now,
        "expiration": now + timedelta(seconds=valid),
        "jti": f"jti{next(_numbers)}",
    }
    return Claims(moderator=moderator, **{**said, **fields})
