"""A moderator's page that broadcasts, and another one that takes over."""

from __future__ import annotations

from typing import Any

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, Sender, Viewer
from tests.unit.server.wire import SOUND, media, setup


class Stage:
    """A moderator whose page broadcasts."""

    def __init__(self, house: House, **options: Any) -> None:
        self.house = house
        self.page = house.moderator()
        self.sender = Sender()
        self.start(**options)

    def start(
        self,
        ref: int = 1,
        language: common.Language = "en",
        *,
        program: bool = False,
        **options: Any,
    ) -> None:
        wanted = common.BroadcastOptions(**options)
        self.page.ask(
            meeting.StartBroadcast(options=wanted, language=language, program=program, ref=ref)
        )
        granted = self.page.all(meeting.IngestGranted)
        if granted:
            self.granted = granted[-1]

    @property
    def told(self) -> meeting.BroadcastState:
        return self.page.last(meeting.BroadcastChanged).broadcast

    def connect(self, sender: Sender | None = None) -> bool:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.granted.ticket)
        return broadcast is not None and broadcast.attach(sender or self.sender)

    def send(self, *data: bytes, sender: Sender | None = None) -> None:
        for part in data:
            broadcast = self.house.broadcasts.by_ingest_ticket(self.granted.ticket)
            assert broadcast is not None
            broadcast.receive(sender or self.sender, part)

    def lose(self) -> None:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.granted.ticket)
        assert broadcast is not None
        broadcast.detach(self.sender)

    def live(self) -> Stage:
        assert self.connect()
        self.send(setup(), setup(SOUND), media(0, key=True))
        return self

    def watch(self) -> Viewer:
        viewer = Viewer()
        assert self.house.broadcasts.watch("stream", viewer) is not None
        return viewer


def states(page: Page) -> list[BroadcastStatus]:
    return [m.broadcast.state for m in page.all(meeting.BroadcastChanged)]


def payloads(viewer: Viewer) -> list[bytes]:
    return [frame.wire[-1:] for frame in viewer.frames if not frame.setup]


def sounding(house: House, **options: Any) -> Stage:
    stage = Stage(house, quality="audio", **options)
    assert stage.connect()
    stage.send(setup(SOUND), media(0, track=SOUND))
    return stage


def state(page: Page) -> meeting.BroadcastState:
    return page.last(meeting.BroadcastChanged).broadcast


class Successor:
    """Another moderator, whose page does as it is asked."""

    def __init__(self, house: House, page: Page) -> None:
        self.house = house
        self.page = page
        self.sender = Sender()

    @property
    def ticket(self) -> str:
        return self.page.last(meeting.IngestGranted).ticket

    def send(self, *data: bytes) -> None:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.ticket)
        assert broadcast is not None
        assert self.sender.sent or broadcast.attach(self.sender)
        for part in data:
            broadcast.receive(self.sender, part)


def composed(house: House, granted: meeting.IngestGranted) -> Sender:
    """Do what a page does that is asked to compose: send a first picture."""
    broadcast = house.broadcasts.by_ingest_ticket(granted.ticket)
    assert broadcast is not None
    sender = Sender()
    assert broadcast.attach(sender)
    for data in (setup(), media(0, key=True)):
        broadcast.receive(sender, data)
    return sender


def watched(house: House, told: meeting.StageFeed) -> Viewer:
    assert told.stream is not None
    viewer = Viewer()
    house.broadcasts.watch(told.stream, viewer, ticket=told.ticket)
    return viewer


def watch_ticket(page: Page) -> str:
    playout = page.last(meeting.BroadcastChanged).broadcast.playout
    assert playout is not None
    address, _, fragment = playout.live.partition("#")
    assert address == "http://here/live/stream"
    return fragment.removeprefix("ticket=")
