"""Programs that read and send, and the pages that they need, without sockets."""

from __future__ import annotations

from typing import Any

from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.protocol import common, meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, Sender, Viewer
from tests.unit.server.wire import SOUND, media, setup

_NUMBERS = iter(range(1000, 10**9))


def read(page: Page, of: Page | None, kind: meeting.MediaKind = "video", **fields: Any) -> int:
    """Ask to read; return the request's number."""
    ref = next(_NUMBERS)
    of_id = None if of is None else of.id
    page.ask(meeting.ReadMedia(ref=ref, media=kind, of=of_id, **fields))
    return ref


def refusal(page: Page, ref: int) -> str:
    """Return with which kind of error a request was refused."""
    (error,) = [error for error in page.all(common.Error) if error.ref == ref]
    return error.kind


def asked(page: Page) -> meeting.ReadingAsked:
    return page.last(meeting.ReadingAsked)


def agree(page: Page, *, allowed: bool = True, **fields: Any) -> None:
    page.ask(meeting.AnswerReading(id=asked(page).reading.id, allowed=allowed, **fields))


def send(house: House, page: Page, *data: bytes) -> Sender:
    """Do what a page does that is granted: send, by default a first picture or sound."""
    granted = page.last(meeting.ReadingGranted)
    broadcast = house.broadcasts.by_ingest_ticket(granted.ticket)
    assert broadcast is not None
    sender = Sender()
    assert broadcast.attach(sender)
    first = (
        (setup(height=granted.lines), media(0, key=True))
        if granted.media == "video"
        else (setup(SOUND), media(0, track=SOUND))
    )
    for part in data or first:
        broadcast.receive(sender, part)
    return sender


def opened(page: Page, ref: int) -> meeting.ReadingOpened:
    (found,) = [one for one in page.all(meeting.ReadingOpened) if one.ref == ref]
    return found


def watch(house: House, told: meeting.ReadingOpened | meeting.ReadingMoved) -> Viewer:
    """Do what the reader's program does: watch."""
    assert told.stream is not None
    return watch_with(house, told.stream, told.ticket)


def watch_with(house: House, stream: str, ticket: str | None) -> Viewer:
    """Watch a stream with a ticket, which has to be good."""
    viewer = Viewer()
    house.broadcasts.watch(stream, viewer, ticket=ticket)
    return viewer


def gets_nothing(house: House, stream: str, *tickets: str | None) -> bool:
    """Return whether none of the tickets opens the stream."""
    for ticket in tickets:
        viewer = Viewer()
        try:
            house.broadcasts.watch(stream, viewer, ticket=ticket)
        except WatchRefusedError:
            continue
        if viewer.sent:
            return False
    return True


class Reading:
    """A reading that goes on: who reads, who is read, and what watches."""

    def __init__(
        self, house: House, reader: Page, of: Page, kind: meeting.MediaKind = "video", **fields: Any
    ) -> None:
        self.house, self.reader, self.of = house, reader, of
        ref = read(reader, of, kind, **fields)
        if of is not reader:
            agree(of)
        self.granted = of.last(meeting.ReadingGranted)
        self.sender = send(house, of)
        self.told = opened(reader, ref)
        self.viewer = watch(house, self.told)

    @property
    def ended(self) -> meeting.ReadingEnded:
        """How the reader was told of the end; the stream is gone, and its tickets are void."""
        told = self.reader.last(meeting.ReadingEnded)
        assert told.id == self.told.id
        self.check_over()
        return told

    def check_over(self) -> None:
        assert self.viewer.state == "ended"
        assert self.viewer.dismissed
        assert self.sender.farewell is not None
        assert self.house.broadcasts.by_ingest_ticket(self.granted.ticket) is None
        assert gets_nothing(self.house, self.told.stream, self.told.ticket, self.granted.ticket)
        assert not self.house.broadcasts.count("reading")

    @property
    def goes_on(self) -> bool:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.granted.ticket)
        return broadcast is not None and not self.viewer.dismissed


def announced(page: Page) -> list[tuple[str, str | None, str]]:
    """Return the readings as this page knows them: reader, participant, media."""
    sent = [m for m in page.sent if isinstance(m, meeting.Welcome | meeting.ReadingsChanged)]
    return [(one.reader, one.of, one.media) for one in sent[-1].readings]
