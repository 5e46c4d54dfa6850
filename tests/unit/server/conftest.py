from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nanomeet_widget.server.broadcast.broadcasts import Broadcasts
from nanomeet_widget.server.broadcast.push_target import PushTarget
from nanomeet_widget.server.config import Limits, ServerConfig
from nanomeet_widget.server.rooms.rooms import Rooms
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.tokens.issuer import Issuer
from tests.unit.server.fakes import Clock, Page, Pushed, Tape, claims

SECRET = b"s" * 32


@dataclass
class House:
    """The state machines of a server, without sockets, on a clock that the test controls."""

    clock: Clock
    store: Store
    config: ServerConfig
    rooms: Rooms
    broadcasts: Broadcasts
    tapes: list[Tape]
    pushes: list[Pushed]

    def page(self) -> Page:
        return Page(self.rooms)

    def moderator(self, **fields: Any) -> Page:
        return self.page().join(claims(moderator=True), **fields)

    def guest(self, **fields: Any) -> Page:
        return self.page().join(claims(), **fields)


def build(folder: Path, store: Store, clock: Clock, *, limits: Limits | None = None) -> House:
    config = ServerConfig(data=folder, limits=limits or Limits())
    tapes: list[Tape] = []
    pushes: list[Pushed] = []

    def record(stream: str, *, private: bool) -> Tape:
        del private
        tapes.append(Tape(stream))
        return tapes[-1]

    def pushed(target: PushTarget) -> Pushed:
        pushes.append(Pushed(target))
        return pushes[-1]

    broadcasts = Broadcasts(
        config=config, origin="http://here", store=store, timers=clock, record=record, push=pushed
    )
    issuer = Issuer(
        signing=(SECRET,),
        server="example.org",
        organisation="local",
        store=store,
        movable=True,
    )
    rooms = Rooms(
        config=config,
        store=store,
        timers=clock,
        broadcasts=broadcasts,
        issuer=issuer,
        now=clock.wall,
    )
    return House(clock, store, config, rooms, broadcasts, tapes, pushes)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path, store: Store) -> House:
    return build(tmp_path, store, Clock())


@pytest.fixture
def small(tmp_path: Path, store: Store) -> House:
    """A house whose stage holds two people."""
    return build(tmp_path, store, Clock(), limits=Limits(stage=2))
