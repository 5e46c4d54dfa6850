"""Tests of `rooms.chapter_titles`."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from tests.unit.server.broadcasting import Stage
from tests.unit.server.conftest import House


def test_a_room_marks_its_subject_and_its_stage(house: House) -> None:
    stage = Stage(house, record=True)
    before = house.guest(name="Ben")
    stage.live()
    (tape,) = house.tapes
    assert tape.marks == ["R"]
    anna = house.guest(name="Anna")
    anna.ask(meeting.Media(audio=True, video=True, screen=True))
    anna.ask(meeting.Media(audio=False, video=True, screen=True))
    anna.ask(meeting.Media(audio=False, video=True, screen=False))
    stage.page.ask(meeting.SetSubject(subject="Lesson"))
    anna.ask(meeting.LeaveStage())
    before.lose()
    before.leave()
    assert tape.marks[1:] == [
        "Anna is on the stage",
        "Anna shares their screen",
        "Anna stopped sharing their screen",
        "Lesson",
        "Anna left the stage",
        "Ben left the stage",
    ]


def test_titles_are_in_the_language_of_the_page_that_starts(house: House) -> None:
    stage = Stage(house, record=True, language="de")
    stage.live()
    (tape,) = house.tapes
    anna = house.guest(name="Anna {0}")
    anna.ask(meeting.Media(audio=True, video=True, screen=True))
    anna.ask(meeting.Media(audio=True, video=True, screen=False))
    anna.ask(meeting.LeaveStage())
    assert tape.marks[1:] == [
        "Anna {0} ist auf der Bühne",
        "Anna {0} teilt den Bildschirm",
        "Anna {0} teilt den Bildschirm nicht mehr",
        "Anna {0} hat die Bühne verlassen",
    ]
