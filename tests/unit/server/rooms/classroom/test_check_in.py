"""Tests of `rooms.classroom.check_in`."""

from __future__ import annotations

from nanomeet_widget.server.protocol import classroom, meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import claims


def test_moderators_are_told_of_many_answers_at_once(house: House) -> None:
    anna = house.moderator()
    class_ = [house.guest() for _ in range(10)]
    anna.ask(classroom.StartCheckIn(question="Finished?", ref=1))
    asked = anna.last(classroom.CheckInChanged)
    told = len(anna.all(classroom.CheckInChanged))
    for page in class_:
        page.ask(classroom.AnswerCheckIn(id=str(asked.id), done=True))
        # Each learns at once that the answer counts, and only of their own.
        assert page.last(classroom.CheckInChanged).done == [page.id]
    house.clock.advance(1)
    assert len(anna.all(classroom.CheckInChanged)) == told + 1
    assert anna.last(classroom.CheckInChanged).done == [page.id for page in class_]


def test_an_answer_to_an_earlier_question_does_not_count(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    anna.ask(classroom.StartCheckIn(question="One?"))
    first = str(anna.last(classroom.CheckInChanged).id)
    anna.ask(classroom.StartCheckIn(question="Two?"))
    assert ben.try_all([classroom.AnswerCheckIn(id=first, done=True, ref=1)]) == [("not_found", 1)]
    anna.ask(classroom.EndCheckIn())
    second = str(anna.all(classroom.CheckInChanged)[-2].id)
    assert ben.try_all([classroom.AnswerCheckIn(id=second, done=True, ref=2)]) == [("not_found", 2)]


def test_a_question_is_cleaned_and_one_without_readable_characters_is_refused(
    house: House,
) -> None:
    anna = house.moderator()
    anna.ask(classroom.StartCheckIn(question="Fin\u202eished?"))
    assert anna.last(classroom.CheckInChanged).question == "Finished?"
    assert anna.try_all([classroom.StartCheckIn(question="\u202e", ref=1)]) == [("invalid", 1)]


def test_it_ends_with_the_room(house: House) -> None:
    anna = house.moderator()
    anna.ask(classroom.StartCheckIn(question="Finished?"))
    anna.ask(meeting.EndMeeting())
    late = house.page().join(claims())
    assert not late.all(classroom.CheckInChanged)
