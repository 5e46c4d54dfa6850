"""Tests of `rooms.sources`: what a program of a participant sends to their own page."""

from __future__ import annotations

import pytest

from nanomeet_widget.server.protocol import meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PERSON, Page, Sender, Viewer, claims
from tests.unit.server.reading import gets_nothing, refusal, watch_with
from tests.unit.server.wire import SOUND, media, setup


class Source:
    """A source that is open: the program that sends, and the page that watches."""

    def __init__(self, house: House, page: Page, use: meeting.SourceUse = "screen") -> None:
        self.house, self.page, self.use = house, page, use
        page.ask(meeting.OpenSource(ref=1, use=use))
        self.told = page.last(meeting.SourceOpened)
        self.viewer = watch_with(house, self.told.stream, self.told.watch_ticket)
        self.sender = Sender()
        self.send(setup(), media(0, key=True))

    def send(self, *data: bytes) -> None:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.told.ingest_ticket)
        assert broadcast is not None
        assert self.sender.sent or broadcast.attach(self.sender)
        for part in data:
            broadcast.receive(self.sender, part)

    def lose(self) -> None:
        broadcast = self.house.broadcasts.by_ingest_ticket(self.told.ingest_ticket)
        assert broadcast is not None
        broadcast.detach(self.sender)

    def hide(self, viewer: Viewer | None = None) -> None:
        self.house.broadcasts._ticketed[self.told.stream].leave(viewer or self.viewer)

    @property
    def goes_on(self) -> bool:
        return self.house.broadcasts.by_ingest_ticket(self.told.ingest_ticket) is not None

    def check_over(self) -> None:
        assert not self.goes_on
        assert self.viewer.state == "ended"
        assert self.sender.farewell is not None
        told = self.told
        assert gets_nothing(self.house, told.stream, told.watch_ticket, told.ingest_ticket)

    @property
    def closed(self) -> meeting.SourceClosed:
        """How the page was told of the end; the stream is gone, and its tickets are void."""
        told = self.page.last(meeting.SourceClosed)
        assert (told.use, told.stream) == (self.use, self.told.stream)
        self.check_over()
        return told


def test_a_program_sends_to_its_own_page_and_to_no_other(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    source = Source(house, anna)
    assert source.told.ref == 1
    assert source.viewer.frames
    assert not ben.all(meeting.SourceOpened)
    told = source.told
    assert gets_nothing(house, told.stream, None, "", told.ingest_ticket, told.watch_ticket[:-1])
    assert house.broadcasts.by_ingest_ticket(told.watch_ticket) is None
    other = Source(house, ben)
    assert gets_nothing(house, told.stream, other.told.watch_ticket)
    assert house.broadcasts.count("source") == 2
    assert house.broadcasts.count() == house.broadcasts.viewers == 0


def test_only_the_stage_has_sources(small: House) -> None:
    _, _, eve = small.moderator(), small.guest(), small.guest()
    eve.ask(meeting.OpenSource(ref=1, use="screen"))
    assert refusal(eve, 1) == "audience"
    assert not small.broadcasts.count("source")


def test_it_is_closed_by_request(house: House) -> None:
    anna = house.moderator()
    source = Source(house, anna)
    anna.ask(meeting.CloseSource(use="screen", ref=2))
    assert anna.last(meeting.Ack).ref == 2
    assert source.closed.failed is False
    assert source.sender.farewell is not None
    assert source.sender.farewell.failed is False
    # Again does nothing.
    anna.ask(meeting.CloseSource(use="screen", ref=3))
    assert anna.last(meeting.Ack).ref == 3
    assert len(anna.all(meeting.SourceClosed)) == 1


def test_another_one_replaces_it(house: House) -> None:
    anna = house.moderator()
    first, other = Source(house, anna), Source(house, anna, "camera")
    second = Source(house, anna)
    kinds = [
        (type(m).__name__, m.stream)
        for m in anna.sent
        if isinstance(m, meeting.SourceOpened | meeting.SourceClosed)
    ]
    # The page hears of the new one first, and shows no gap.
    assert kinds[-2:] == [
        ("SourceOpened", second.told.stream),
        ("SourceClosed", first.told.stream),
    ]
    assert first.closed.failed is False
    assert second.goes_on
    assert other.goes_on


def test_a_hundred_sources_are_two_at_most(house: House) -> None:
    anna = house.moderator()
    for number in range(100):
        anna.ask(meeting.OpenSource(ref=number, use="screen" if number % 2 else "camera"))
    assert house.broadcasts.count("source") == 2
    assert refusal(anna, 99) == "too_many"


@pytest.mark.parametrize("how", ["left", "kicked", "lost", "audience", "stage"])
def test_it_ends_with_its_participant(house: House, how: str) -> None:
    eve, anna = house.moderator(), house.guest()
    sources = [Source(house, anna), Source(house, anna, "camera")]
    if how == "left":
        anna.leave()
    elif how == "kicked":
        eve.ask(meeting.Kick(id=anna.id))
    elif how == "lost":
        anna.lose()
        house.clock.advance(house.config.patience.resume)
    elif how == "audience":
        eve.ask(meeting.SendToAudience(id=anna.id))
    else:
        anna.ask(meeting.LeaveStage())
    for source in sources:
        source.check_over()
    told = anna.all(meeting.SourceClosed)
    assert len(told) == (2 if how in {"audience", "stage"} else 0)
    assert not any(one.failed for one in told)


def test_a_program_that_sends_nothing_ends_it(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.OpenSource(ref=1, use="screen"))
    told = anna.last(meeting.SourceOpened)
    watch_with(house, told.stream, told.watch_ticket)
    house.clock.advance(house.config.patience.first_picture)
    closed = anna.last(meeting.SourceClosed)
    assert (closed.failed, closed.message) == (True, "The program sent nothing within 20 seconds.")


def test_a_program_that_is_away_for_too_long_ends_it(house: House) -> None:
    anna = house.moderator()
    source = Source(house, anna)
    source.lose()
    house.clock.advance(house.config.patience.ingest - 0.1)
    assert source.goes_on
    house.clock.advance(0.1)
    closed = anna.last(meeting.SourceClosed)
    assert closed.failed
    assert closed.message == "The connection to the program that sent the pictures was lost."


@pytest.mark.parametrize(
    ("use", "data"),
    [
        ("camera", (setup(SOUND),)),
        ("screen", (setup(width=7680, height=4320),)),
        ("screen", (b"nonsense",)),
        ("screen", tuple(media(n / 5000) for n in range(1200))),
        ("screen", tuple(media(n / 100, payload=bytes(3_000_000)) for n in range(3))),
    ],
)
def test_a_program_that_sends_something_else_ends_it(
    house: House, use: meeting.SourceUse, data: tuple[bytes, ...]
) -> None:
    anna = house.moderator()
    source = Source(house, anna, use)
    for part in data:
        if source.goes_on:
            source.send(part)
    assert source.closed.failed
    assert source.closed.message.startswith("The program ")
    assert "broadcast" not in source.closed.message


def test_a_screen_has_sound(house: House) -> None:
    source = Source(house, house.moderator())
    source.send(setup(SOUND), media(0.1, track=SOUND))
    assert source.viewer.frames[-1].track is SOUND
    assert source.goes_on


def test_a_page_that_does_not_show_it_ends_it(house: House) -> None:
    anna = house.moderator()
    source = Source(house, anna)
    source.hide()
    house.clock.advance(house.config.patience.reader - 1)
    again = watch_with(house, source.told.stream, source.told.watch_ticket)
    house.clock.advance(house.config.patience.reader)
    assert source.goes_on
    source.hide(again)
    house.clock.advance(house.config.patience.reader)
    assert anna.last(meeting.SourceClosed).failed
    assert not source.goes_on


def test_a_page_that_reloads_is_told_of_it(house: House) -> None:
    token = claims()
    house.moderator()
    anna = house.page().join(token, person=PERSON)
    source = Source(house, anna)
    source.hide()
    anna.lose()
    house.clock.advance(house.config.patience.resume - 1)
    back = house.page().join(token, person=PERSON)
    again = back.last(meeting.SourceOpened)
    assert again.ref is None
    assert again.stream == source.told.stream
    house.clock.advance(house.config.patience.reader - 1)
    viewer = watch_with(house, again.stream, again.watch_ticket)
    assert viewer.frames
    house.clock.advance(house.config.patience.reader)
    assert source.goes_on
    source.hide(viewer)
    house.clock.advance(house.config.patience.reader)
    assert back.last(meeting.SourceClosed).failed


def test_a_program_at_work_keeps_the_place_of_its_notebook(house: House) -> None:
    token = claims()
    boss = house.moderator()
    anna = house.page().join(token, person=PERSON)
    source = Source(house, anna)
    source.hide()
    anna.unload()
    house.clock.advance(house.config.patience.reload_notebook - 1)
    assert not boss.all(meeting.Left)
    back = house.page().join(token, person=PERSON)
    assert back.last(meeting.SourceOpened).stream == source.told.stream
    # But not forever.
    back.unload()
    house.clock.advance(house.config.patience.reload_notebook)
    assert [gone.id for gone in boss.all(meeting.Left)] == [anna.id]
    assert not source.goes_on


def test_without_its_program_a_page_is_not_waited_for(house: House) -> None:
    boss = house.moderator()
    anna = house.guest(person=PERSON)
    Source(house, anna).lose()
    anna.unload()
    house.clock.advance(house.config.patience.reload)
    assert [gone.id for gone in boss.all(meeting.Left)] == [anna.id]


def test_a_program_learns_of_an_end_while_the_page_was_away(house: House) -> None:
    token = claims()
    house.moderator()
    anna = house.page().join(token, person=PERSON)
    source = Source(house, anna)
    anna.lose()
    source.lose()
    house.clock.advance(house.config.patience.ingest)
    back = house.page().join(token, person=PERSON)
    assert back.last(meeting.SourceClosed).stream == source.told.stream
    assert not back.all(meeting.SourceOpened)


def test_the_end_of_the_meeting_and_of_the_server_end_it(house: House) -> None:
    anna = house.moderator()
    source = Source(house, anna)
    anna.ask(meeting.EndMeeting())
    source.check_over()
    assert not house.clock.pending

    anna = house.moderator()
    source = Source(house, anna)
    house.broadcasts.close(lambda: None)
    assert source.closed.failed
    assert source.closed.message == "The server is stopping."
    anna.ask(meeting.OpenSource(ref=9, use="screen"))
    assert refusal(anna, 9) == "conflict"


def test_a_page_that_reloads_learns_the_title_again(house: House) -> None:
    token = claims()
    anna = house.page().join(token, person=PERSON)
    anna.ask(meeting.OpenSource(ref=1, use="screen", title="Loss\u202e of\nrun 7 " + "x" * 200))
    title = anna.last(meeting.SourceOpened).title
    assert title == "Loss of run 7 " + "x" * 186
    anna.lose()
    told = house.page().join(token, person=PERSON).last(meeting.SourceOpened)
    assert (told.ref, told.title) == (None, title)


def test_others_know_the_title_of_a_screen_while_it_is_shared(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(meeting.Media(audio=True, video=True, screen=True, screen_title=" Loss "))
    assert ben.last(meeting.Updated).participant.screen_title == "Loss"
    anna.ask(meeting.Media(audio=True, video=True, screen=False, screen_title="Loss"))
    assert ben.last(meeting.Updated).participant.screen_title == ""
