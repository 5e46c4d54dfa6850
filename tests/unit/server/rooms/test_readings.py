"""Tests of `rooms.readings`: what may be read, by which programs, and every way in which it ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nanomeet_widget.server.protocol import common, ingest, meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import PERSON, Page, Sender, Viewer, claims
from tests.unit.server.reading import (
    Reading,
    agree,
    announced,
    asked,
    gets_nothing,
    opened,
    read,
    refusal,
    send,
    watch,
)
from tests.unit.server.wire import SOUND, media, setup


def ticket_holders(*pages: Page) -> list[Page]:
    """Return the pages that were told of a reading's stream."""
    return [page for page in pages if page.all(meeting.ReadingOpened)]


# --- consent --------------------------------------------------------------------------------------


def test_a_participant_who_agrees_is_read_by_the_one_who_asked(house: House) -> None:
    anna, ben, eve = house.moderator(), house.guest(name="Ben"), house.guest()
    ref = read(ben, anna, lines=180, fps=5)
    question = asked(anna)
    assert (question.name, question.reading.reader) == ("Ben", ben.id)
    assert (question.reading.of, question.reading.media) == (anna.id, "video")
    assert not eve.all(meeting.ReadingAsked)
    assert announced(eve) == []
    agree(anna, ref=1)
    assert anna.last(meeting.Ack).ref == 1
    granted = anna.last(meeting.ReadingGranted)
    assert (granted.media, granted.lines, granted.fps) == ("video", 180, 5)
    assert not granted.own
    for page in (anna, ben, eve):
        assert announced(page) == [(ben.id, anna.id, "video")]
    # Nothing is there to watch until the page sends.
    assert not ticket_holders(anna, ben, eve)
    send(house, anna)
    told = opened(ben, ref)
    assert ticket_holders(anna, ben, eve) == [ben]
    assert watch(house, told).frames
    assert announced(house.guest()) == [(ben.id, anna.id, "video")]


def test_sound_is_read_in_the_same_way(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    assert Reading(house, ben, anna, "audio").viewer.frames
    assert announced(anna) == [(ben.id, anna.id, "audio")]


def test_a_moderator_has_to_ask_too(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    read(anna, ben)
    assert asked(ben)
    assert not house.broadcasts.active


def test_ones_own_media_are_read_at_once_and_no_one_is_told(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, ben)
    assert reading.viewer.frames
    assert reading.granted.own
    for page in (anna, ben):
        assert announced(page) == []
        assert not page.all(meeting.ReadingsChanged)
    assert announced(house.guest()) == []


def test_only_the_one_who_is_asked_can_answer(house: House) -> None:
    anna, ben, eve = house.guest(), house.guest(), house.moderator()
    read(ben, anna)
    question = asked(anna).reading.id
    for page in (ben, eve):
        answer = meeting.AnswerReading(id=question, allowed=True, ref=3)
        assert page.try_all([answer]) == [("not_found", 3)]
    assert not house.broadcasts.active
    assert not anna.all(meeting.ReadingGranted)


@pytest.mark.parametrize("unable", [False, True])
def test_a_no_is_a_no(house: House, unable: bool) -> None:  # noqa: FBT001 - a parameter
    anna, ben = house.moderator(), house.guest()
    ref = read(ben, anna)
    agree(anna, allowed=False, unable=unable)
    assert refusal(ben, ref) == ("reading_failed" if unable else "reading_taken_back")
    assert anna.last(meeting.ReadingQuestionEnded).id == asked(anna).reading.id
    # A later yes has nothing to begin.
    question = asked(anna).reading.id
    answer = meeting.AnswerReading(id=question, allowed=True, ref=3)
    assert anna.try_all([answer]) == [("not_found", 3)]
    assert not house.broadcasts.active
    assert announced(anna) == []


def test_a_yes_is_for_one_reader_and_one_kind_of_media(house: House) -> None:
    anna, ben, eve = house.moderator(), house.guest(), house.guest()
    Reading(house, ben, anna)
    before = len(anna.all(meeting.ReadingAsked))
    read(ben, anna, "audio")
    read(eve, anna)
    assert len(anna.all(meeting.ReadingAsked)) == before + 2
    assert announced(anna) == [(ben.id, anna.id, "video")]


def test_a_question_lapses(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ref = read(ben, anna)
    house.clock.advance(house.config.patience.question - 1)
    assert not anna.all(meeting.ReadingQuestionEnded)
    house.clock.advance(1)
    assert refusal(ben, ref) == "reading_failed"
    assert anna.last(meeting.ReadingQuestionEnded).id == asked(anna).reading.id
    answer = meeting.AnswerReading(id=asked(anna).reading.id, allowed=True, ref=3)
    assert anna.try_all([answer]) == [("not_found", 3)]
    assert not house.broadcasts.active


def lapsed(house: House, anna: Page, ben: Page) -> None:
    read(ben, anna)
    house.clock.advance(house.config.patience.question)


def refused(_house: House, anna: Page, ben: Page) -> None:
    read(ben, anna)
    agree(anna, allowed=False)


def taken_back(house: House, anna: Page, ben: Page) -> None:
    reading = Reading(house, ben, anna)
    anna.ask(meeting.StopReading(id=reading.told.id))


@pytest.mark.parametrize("no", [lapsed, refused, taken_back])
def test_after_a_no_the_same_reader_cannot_ask_again_for_a_while(
    house: House, no: Callable[[House, Page, Page], None]
) -> None:
    anna, ben, eve = house.moderator(), house.guest(), house.guest()
    no(house, anna, ben)
    questions = len(anna.all(meeting.ReadingAsked))
    for kind in ("video", "audio"):
        assert refusal(ben, read(ben, anna, kind)) == "too_many"
    assert len(anna.all(meeting.ReadingAsked)) == questions
    # Others are not meant, nor are other people.
    read(eve, anna)
    read(ben, eve)
    assert len(anna.all(meeting.ReadingAsked)) == questions + 1
    assert asked(eve)
    house.clock.advance(house.config.patience.ask_again)
    read(ben, anna)
    assert len(anna.all(meeting.ReadingAsked)) == questions + 2


def test_coming_back_is_no_way_to_ask_at_once_again(house: House) -> None:
    anna, token = house.moderator(), claims()
    ben = house.page().join(token, person=PERSON)
    read(ben, anna)
    ben.leave()
    assert anna.last(meeting.ReadingQuestionEnded).id == asked(anna).reading.id
    back = house.page().join(token, person=PERSON)
    assert refusal(back, read(back, anna)) == "too_many"


def test_asking_again_while_the_question_waits_asks_no_one(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    first = read(ben, anna)
    second = read(ben, anna, lines=180)
    assert refusal(ben, first) == "conflict"
    assert len(anna.all(meeting.ReadingAsked)) == 1
    agree(anna)
    assert anna.last(meeting.ReadingGranted).lines == 180
    assert not anna.last(meeting.ReadingGranted).own
    send(house, anna)
    assert opened(ben, second)


def test_a_second_reading_of_the_same_replaces_the_first_without_a_question(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    first = Reading(house, ben, anna)
    ref = read(ben, anna, fps=20)
    assert len(anna.all(meeting.ReadingAsked)) == 1
    assert ben.last(meeting.ReadingEnded).kind == "stopped"
    assert first.viewer.dismissed
    assert not first.goes_on
    send(house, anna)
    assert watch(house, opened(ben, ref)).frames
    assert announced(anna) == [(ben.id, anna.id, "video")]


def test_many_readers_together_do_not_nag(house: House) -> None:
    anna = house.moderator()
    for _ in range(40):
        guest = house.guest()
        read(guest, anna)
        agree(anna, allowed=False)
        guest.leave()
    assert len(anna.all(meeting.ReadingAsked)) < 15


# --- who can be read ------------------------------------------------------------------------------


def test_only_people_on_the_stage_are_read(small: House) -> None:
    anna, ben, eve = small.moderator(), small.guest(), small.guest()
    assert refusal(anna, read(anna, eve)) == "audience"
    assert refusal(eve, read(eve, eve)) == "audience"
    assert not eve.all(meeting.ReadingAsked)
    # The audience may read those on the stage, if they agree.
    read(eve, ben)
    assert asked(ben)
    assert refusal(ben, _read_id(ben, "0" * 16)) == "not_found"


def _read_id(page: Page, of: str) -> int:
    page.ask(meeting.ReadMedia(ref=77, media="video", of=of))
    return 77


def test_there_is_a_limit_for_a_participant(house: House) -> None:
    anna, limit = house.moderator(), house.config.limits.readings_of
    readers = [house.guest() for _ in range(limit + 1)]
    for reader in readers[:-1]:
        read(reader, anna)
    assert refusal(readers[-1], read(readers[-1], anna)) == "too_many"
    # What she reads of herself does not count.
    Reading(house, anna, anna)


def test_there_is_a_limit_for_a_reader_and_for_a_room(house: House) -> None:
    limits = house.config.limits
    people = [house.moderator(), *(house.guest() for _ in range(limits.stage - 1))]
    counts = []
    for reader in people:
        refs = [read(reader, of, kind) for of in people for kind in ("video", "audio")]
        errors = [error for error in reader.all(common.Error) if error.ref in refs]
        counts.append(len(refs) - len(errors))
        for _ in range(4):
            house.clock.advance(10)
    assert max(counts) <= limits.readings_by
    assert house.broadcasts.count("reading") <= limits.readings


# --- what the page of the participant may send ----------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("video", (setup(), media(0, key=True), setup(SOUND))),
        ("video", (setup(width=1280, height=720), media(0, key=True))),
        ("video", (setup(width=1600, height=300), media(0, key=True))),
        ("audio", (setup(SOUND), media(0, track=SOUND), setup())),
        ("video", (setup(), media(0, key=True), b"nonsense")),
        ("video", (setup(), *[media(n / 1000, key=True) for n in range(200)])),
        ("video", (setup(), *[media(n, key=True, payload=bytes(999_000)) for n in range(3)])),
    ],
)
def test_a_page_that_sends_something_else_ends_it(
    house: House, kind: meeting.MediaKind, data: tuple[bytes, ...]
) -> None:
    anna, ben = house.moderator(), house.guest()
    ref = read(ben, anna, kind)
    agree(anna)
    sender = send(house, anna, *data)
    assert sender.farewell is not None
    assert sender.farewell.failed
    assert "participant's page" in sender.farewell.reason
    assert "broadcast" not in sender.farewell.reason
    if ben.all(meeting.ReadingOpened):
        assert ben.last(meeting.ReadingEnded).kind == "failed"
    else:
        assert refusal(ben, ref) == "reading_failed"
    assert announced(anna) == []


def test_a_page_that_sends_nothing_ends_it(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ref = read(ben, anna)
    agree(anna)
    house.clock.advance(house.config.patience.first_picture)
    assert refusal(ben, ref) == "reading_failed"
    assert announced(anna) == []


def test_a_page_that_is_granted_and_unable_says_so(house: House) -> None:
    anna = house.moderator()
    ref = read(anna, anna)
    granted = anna.last(meeting.ReadingGranted)
    anna.ask(meeting.AnswerReading(id=granted.id, allowed=False, unable=True))
    assert refusal(anna, ref) == "reading_failed"
    assert not house.broadcasts.active


def test_the_ingest_ticket_does_not_watch(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, anna)
    told = reading.told
    assert gets_nothing(house, told.stream, reading.granted.ticket, None, "", told.ticket[:-1])
    assert house.broadcasts.by_ingest_ticket(told.ticket) is None
    other = Reading(house, ben, ben)
    assert gets_nothing(house, told.stream, other.told.ticket)


# --- every end ------------------------------------------------------------------------------------


def test_the_reader_stops_it(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, anna)
    ben.ask(meeting.StopReading(id=reading.told.id, ref=5))
    assert ben.last(meeting.Ack).ref == 5
    assert reading.ended.kind == "stopped"
    assert reading.sender.farewell == ingest.IngestEnded(
        reason="The reading has ended.", failed=False
    )
    assert announced(anna) == announced(ben) == []


def test_the_participant_takes_it_back(house: House) -> None:
    anna, ben = house.moderator(name="Anna"), house.guest()
    reading = Reading(house, ben, anna)
    anna.ask(meeting.StopReading(id=reading.told.id, ref=5))
    assert reading.ended.kind == "taken_back"
    assert reading.ended.message == "Anna has taken it back."


def test_a_no_after_a_yes_takes_it_back(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, anna)
    again = meeting.AnswerReading(id=reading.told.id, allowed=True, ref=4)
    assert anna.try_all([again]) == [("conflict", 4)]
    agree(anna, allowed=False)
    assert reading.ended.kind == "taken_back"


def test_no_one_else_can_stop_it(house: House) -> None:
    anna, ben, eve = house.guest(), house.guest(), house.moderator()
    reading = Reading(house, ben, anna)
    assert eve.try_all([meeting.StopReading(id=reading.told.id, ref=1)]) == [("not_found", 1)]
    assert reading.goes_on


@pytest.mark.parametrize("how", ["left", "kicked", "lost", "audience", "revoked"])
def test_a_participant_who_goes_is_no_longer_read(house: House, how: str) -> None:
    eve, anna, ben = house.moderator(), house.guest(name="Anna"), house.guest()
    reading = Reading(house, ben, anna)
    _go(house, eve, anna, how)
    assert reading.ended.kind == ("audience" if how == "audience" else "left")
    assert reading.ended.message.startswith("Anna ")
    assert announced(ben) == announced(eve) == []


@pytest.mark.parametrize("how", ["left", "kicked", "lost", "revoked"])
def test_a_reader_who_goes_reads_no_longer(house: House, how: str) -> None:
    eve, anna, ben = house.moderator(), house.guest(), house.guest()
    reading = Reading(house, ben, anna)
    _go(house, eve, ben, how)
    reading.check_over()
    assert announced(anna) == announced(eve) == []
    assert not ben.all(meeting.ReadingEnded)


def _go(house: House, moderator: Page, page: Page, how: str) -> None:
    if how == "left":
        page.leave()
    elif how == "kicked":
        moderator.ask(meeting.Kick(id=page.id))
    elif how == "lost":
        page.lose()
        house.clock.advance(house.config.patience.resume)
    elif how == "audience":
        moderator.ask(meeting.SendToAudience(id=page.id))
    else:
        assert page.dispatcher is not None
        assert page.who is not None
        page.dispatcher.room.send_out(frozenset({page.who.claims.jti}))


def test_a_reader_who_goes_to_the_audience_reads_on(house: House) -> None:
    eve, anna, ben = house.moderator(), house.guest(), house.guest()
    reading = Reading(house, ben, anna)
    eve.ask(meeting.SendToAudience(id=ben.id))
    assert reading.goes_on
    own = Reading(house, anna, anna)
    eve.ask(meeting.SendToAudience(id=anna.id))
    assert anna.last(meeting.ReadingEnded).kind == "audience"
    assert own.viewer.dismissed


@pytest.mark.parametrize("how", ["left", "kicked", "lost", "audience"])
def test_a_question_ends_with_the_one_who_is_asked(house: House, how: str) -> None:
    eve, anna, ben = house.moderator(), house.guest(), house.guest()
    ref = read(ben, anna)
    _go(house, eve, anna, how)
    assert refusal(ben, ref) == f"reading_{'audience' if how == 'audience' else 'left'}"
    if how == "audience":
        assert anna.last(meeting.ReadingQuestionEnded).id == asked(anna).reading.id


@pytest.mark.parametrize("how", ["left", "kicked", "lost"])
def test_a_question_ends_with_the_one_who_asks(house: House, how: str) -> None:
    eve, anna, ben = house.moderator(), house.guest(), house.guest()
    read(ben, anna)
    _go(house, eve, ben, how)
    assert anna.last(meeting.ReadingQuestionEnded).id == asked(anna).reading.id
    answer = meeting.AnswerReading(id=asked(anna).reading.id, allowed=True, ref=2)
    assert anna.try_all([answer]) == [("not_found", 2)]


def test_a_program_that_does_not_watch_ends_it(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ref = read(ben, anna)
    agree(anna)
    send(house, anna)
    assert opened(ben, ref)
    house.clock.advance(house.config.patience.reader)
    ended = ben.last(meeting.ReadingEnded)
    assert (ended.kind, ended.message) == (
        "failed",
        "Your program has not read it for 10 seconds.",
    )
    assert announced(anna) == []


def test_a_program_may_connect_again_in_time(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, anna)
    stream = house.broadcasts._ticketed[reading.told.stream]
    stream.leave(reading.viewer)
    house.clock.advance(house.config.patience.reader - 1)
    again = watch(house, reading.told)
    house.clock.advance(house.config.patience.reader)
    assert again.state == "live"
    # A second one takes its place, which is no absence.
    third = watch(house, reading.told)
    assert again.dismissed
    stream.leave(again)
    house.clock.advance(house.config.patience.reader)
    assert third.state == "live"
    stream.leave(third)
    house.clock.advance(house.config.patience.reader)
    assert ben.last(meeting.ReadingEnded).kind == "failed"


def test_a_page_that_is_away_for_too_long_ends_it(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, anna)
    lose(house, reading)
    house.clock.advance(house.config.patience.ingest - 0.1)
    assert reading.goes_on
    house.clock.advance(0.1)
    told = ben.last(meeting.ReadingEnded)
    assert told.kind == "failed"
    assert told.message == "The connection to the page of the participant who is read was lost."


def lose(house: House, reading: Reading) -> None:
    broadcast = house.broadcasts.by_ingest_ticket(reading.granted.ticket)
    assert broadcast is not None
    broadcast.detach(reading.sender)


def test_a_page_that_reloads_keeps_the_yes_and_is_granted_again(house: House) -> None:
    ben, token = house.moderator(), claims()
    anna = house.page().join(token, person=PERSON)
    reading = Reading(house, ben, anna)
    lose(house, reading)
    anna.lose()
    # Longer than the server waits for a sender that is lost alone.
    house.clock.advance(house.config.patience.resume - 1)
    assert reading.goes_on
    back = house.page().join(token, person=PERSON)
    assert back.welcome.kept
    again = back.last(meeting.ReadingGranted)
    assert again.id == reading.told.id
    assert not back.all(meeting.ReadingAsked)
    send(house, back, setup(), media(0, key=True, payload=b"again"))
    assert reading.viewer.frames[-1].wire.endswith(b"again")
    assert announced(back) == [(ben.id, back.id, "video")]


def test_a_page_that_comes_back_and_does_not_send_ends_it(house: House) -> None:
    ben, token = house.moderator(), claims()
    anna = house.page().join(token, person=PERSON)
    reading = Reading(house, ben, anna)
    lose(house, reading)
    anna.lose()
    house.clock.advance(house.config.patience.resume - 1)
    house.page().join(token, person=PERSON)
    house.clock.advance(house.config.patience.ingest)
    assert ben.last(meeting.ReadingEnded).kind == "failed"


def test_a_question_is_asked_again_of_a_page_that_comes_back(house: House) -> None:
    ben, token = house.moderator(), claims()
    anna = house.page().join(token, person=PERSON)
    read(ben, anna)
    anna.lose()
    back = house.page().join(token, person=PERSON)
    assert asked(back) == asked(anna)
    agree(back)
    assert announced(ben) == [(ben.id, back.id, "video")]


def test_a_reader_who_was_away_learns_of_the_end(house: House) -> None:
    anna, token = house.moderator(), claims()
    ben = house.page().join(token, person=PERSON)
    reading = Reading(house, ben, anna)
    ben.lose()
    anna.ask(meeting.StopReading(id=reading.told.id))
    back = house.page().join(token, person=PERSON)
    assert back.last(meeting.ReadingEnded).id == reading.told.id
    assert announced(back) == []


def test_the_end_of_the_meeting_and_of_the_server_end_it(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, anna)
    anna.ask(meeting.EndMeeting())
    reading.check_over()
    house.clock.advance(house.config.patience.question)
    assert not house.clock.pending

    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, anna)
    house.broadcasts.close(lambda: None)
    assert reading.ended.kind == "failed"
    assert reading.ended.message == "The server is stopping."
    assert refusal(ben, read(ben, ben)) == "reading_failed"


def test_it_is_noted(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    reading = Reading(house, ben, anna)
    Reading(house, ben, ben)
    anna.ask(meeting.StopReading(id=reading.told.id))
    events = [
        (kind, detail["participant"], detail["of"], detail["media"])
        for _, kind, detail in house.store.events("R")
        if kind.startswith("reading")
    ]
    assert events == [
        ("reading_began", ben.id, anna.id, "video"),
        ("reading_ended", ben.id, anna.id, "video"),
    ]


# --- the stage ------------------------------------------------------------------------------------


def relay(house: House, page: Page) -> Sender:
    """Compose the stage, as the page is asked to."""
    granted = page.last(meeting.IngestGranted)
    assert granted.purpose == "stage"
    return _compose(house, granted)


def _compose(house: House, granted: meeting.IngestGranted) -> Sender:
    broadcast = house.broadcasts.by_ingest_ticket(granted.ticket)
    assert broadcast is not None
    sender = Sender()
    assert broadcast.attach(sender)
    for data in (setup(), media(0, key=True)):
        broadcast.receive(sender, data)
    return sender


def test_only_a_moderator_reads_the_stage(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    assert refusal(ben, read(ben, None)) == "forbidden"
    assert not anna.all(meeting.IngestGranted)
    assert announced(anna) == []


def test_a_reader_of_the_stage_is_an_audience_and_announced_at_once(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ref = read(anna, None)
    assert announced(ben) == [(anna.id, None, "video")]
    relay(house, anna)
    told = opened(anna, ref)
    viewer = watch(house, told)
    assert viewer.frames
    house.clock.advance(house.config.patience.audience * 10)
    assert viewer.state == "live"
    anna.ask(meeting.StopReading(id=told.id))
    assert viewer.dismissed
    assert gets_nothing(house, told.stream, told.ticket)
    assert announced(ben) == []
    house.clock.advance(house.config.patience.audience)
    assert not house.broadcasts.active


def test_the_reader_moves_with_the_audience(house: House) -> None:
    anna = house.moderator()
    ref = read(anna, None)
    relay(house, anna)
    told = opened(anna, ref)
    first = watch(house, told)
    anna.ask(meeting.StartBroadcast(ref=1))
    granted = anna.last(meeting.IngestGranted)
    assert granted.purpose == "broadcast"
    _compose(house, granted)
    moved = anna.last(meeting.ReadingMoved)
    assert (moved.id, moved.stream) == (told.id, "stream")
    assert first.dismissed
    second = watch(house, moved)
    assert second.frames
    house.clock.advance(house.config.patience.reader * 2)
    assert second.state == "live"
    # A program is no viewer.
    assert anna.dispatcher is not None
    assert anna.dispatcher.room.viewers == 0
    assert house.broadcasts.viewers == 0
    anna.ask(meeting.StopBroadcast())
    assert second.dismissed
    assert anna.last(meeting.ReadingMoved).stream is None
    relay(house, anna)
    again = anna.last(meeting.ReadingMoved)
    assert again.stream not in {None, "stream", told.stream}
    assert watch(house, again).frames


def test_a_reader_of_a_private_broadcast_loses_it_with_the_reading(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.StartBroadcast(options=common.BroadcastOptions(private=True)))
    _compose(house, anna.last(meeting.IngestGranted))
    ref = read(anna, None)
    told = opened(anna, ref)
    viewer = watch(house, told)
    assert viewer.frames
    anna.ask(meeting.StopReading(id=told.id))
    assert viewer.dismissed
    assert gets_nothing(house, told.stream, told.ticket, None)


def test_pictures_and_sound_of_the_stage_are_two_readings(house: House) -> None:
    anna = house.moderator()
    refs = [read(anna, None, kind) for kind in ("video", "audio")]
    relay(house, anna)
    viewers = [watch(house, opened(anna, ref)) for ref in refs]
    assert not any(viewer.dismissed for viewer in viewers)
    assert [one[2] for one in announced(anna)] == ["video", "audio"]


def test_a_stage_that_no_page_can_send_is_not_read(house: House) -> None:
    anna = house.moderator(composes=False)
    assert refusal(anna, read(anna, None)) == "reading_failed"
    assert announced(anna) == []


def test_a_stage_that_no_page_sends_is_given_up(house: House) -> None:
    anna = house.moderator()
    ref = read(anna, None)
    house.clock.advance(house.config.patience.successor)
    assert refusal(anna, ref) == "reading_failed"
    ref = read(anna, None)
    house.clock.advance(house.config.patience.first_picture)
    relay(house, anna)
    told = opened(anna, ref)
    assert watch(house, told)
    anna.ask(meeting.StartBroadcast(ref=1))
    _compose(house, anna.last(meeting.IngestGranted))
    assert watch(house, anna.last(meeting.ReadingMoved))
    anna.ask(meeting.StopBroadcast())
    house.clock.advance(house.config.patience.successor)
    assert anna.last(meeting.ReadingEnded).kind == "failed"


def test_a_program_that_does_not_watch_the_stage_ends_it(house: House) -> None:
    anna = house.moderator()
    ref = read(anna, None)
    relay(house, anna)
    assert opened(anna, ref)
    house.clock.advance(house.config.patience.reader)
    assert anna.last(meeting.ReadingEnded).kind == "failed"


def test_who_is_no_longer_a_moderator_reads_the_stage_no_longer(house: House) -> None:
    eve = house.moderator()
    anna = house.page().join(claims(moderator=True), person=PERSON)
    ref = read(anna, None)
    relay(house, eve)
    viewer = watch(house, opened(anna, ref))
    assert anna.who is not None
    # The same person comes back with another token.
    resumed = claims(moderator=False, jti=anna.who.claims.jti)
    anna.lose()
    back = house.page().join(resumed, resume=anna.welcome.resume, person=PERSON)
    assert back.welcome.kept
    assert back.last(meeting.ReadingEnded).kind == "taken_back"
    assert viewer.dismissed
    assert announced(eve) == []


def test_a_reader_of_the_stage_who_reloads_is_told_where_it_is(house: House) -> None:
    eve, token = house.moderator(), claims(moderator=True)
    anna = house.page().join(token, person=PERSON)
    ref = read(anna, None)
    relay(house, eve)
    told = opened(anna, ref)
    viewer = watch(house, told)
    anna.lose()
    eve.ask(meeting.StartBroadcast(ref=1))
    _compose(house, eve.last(meeting.IngestGranted))
    assert viewer.dismissed
    back = house.page().join(token, person=PERSON)
    moved = back.last(meeting.ReadingMoved)
    assert moved.stream == "stream"
    assert watch(house, moved).frames


@pytest.mark.parametrize("how", ["left", "kicked", "lost"])
def test_a_reader_of_the_stage_who_goes_reads_no_longer(house: House, how: str) -> None:
    eve, anna = house.moderator(), house.guest()
    eve.ask(meeting.GrantModerator(id=anna.id))
    ref = read(anna, None)
    relay(house, eve)
    told = opened(anna, ref)
    viewer: Viewer = watch(house, told)
    _go(house, eve, anna, how)
    assert viewer.dismissed
    assert gets_nothing(house, told.stream, told.ticket)
    assert announced(eve) == []
