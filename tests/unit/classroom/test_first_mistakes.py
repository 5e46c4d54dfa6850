"""What a teacher gets wrong at first is answered with what to do next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _validation
from nanomeet_widget.classroom.questions import read
from nanomeet_widget.classroom.roster_rows import read as read_roster
from nanomeet_widget.services import Jitsi
from tests.unit.classroom.test_polls import meeting
from tests.unit.test_widget import _pages, person, shown, token

__all__ = ["_pages"]

QUESTIONS = [{"question": "1 + 1?", "options": ["2", "3"], "correct": 0}]


@pytest.mark.parametrize("teams", [2, {"Red": ["Ada"]}, [{"name": "Ada", "team": "Red"}]])
def test_groups_before_the_meeting_is_joined_leave_no_one_out_silently(teams: Any) -> None:
    meet, page = shown()
    for where in ("idle", "loading"):
        with pytest.raises(nm.NotJoinedError) as told:
            meet.breakout(teams)
        assert f"not joined ({where})" in str(told.value)
        assert "wait until status is joined" in str(told.value)
        page.says(type="hello")
        page.says(type="status", status="loading", error=None)
    assert not [sent for sent in page.custom() if sent["type"] == "command"]


def test_a_participant_learns_at_once_that_quizzes_and_groups_are_for_moderators() -> None:
    meet, page = meeting()
    page.says(type="role", moderator=False)
    with pytest.raises(nm.CommandRefusedError, match="quiz is for moderators"):
        meet.quiz(QUESTIONS)
    kinds: list[Any] = [2, {"Red": []}, None]
    for teams in kinds:
        with pytest.raises(nm.CommandRefusedError, match="breakout is for moderators"):
            meet.breakout(teams)


def test_a_hand_is_called_by_its_id_and_not_by_a_name() -> None:
    meet, page = meeting()
    page.says(type="participants", participants=[person("ada", 1), person("Bo")])
    page.says(type="role", moderator=True)
    with pytest.raises(nm.InvalidInputError, match="who='Ada' is a name: give an id"):
        meet.call_hand("Ada")
    # An id may look like a name.
    assert [meet.call_hand(who).state for who in ("ada", "Bo", None)] == ["pending"] * 3


def _invites() -> nm.Invites:
    service = Jitsi("meet.example.org", app_id="class", app_secret="0123456789abcdef" * 2)
    roster = [{"id": "s1", "name": "Ada"}]
    return nm.create_invites(service.create_room("Algebra").token, roster, service=service)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: _validation.record_kinds("everything"), "record: there are attendance, hands"),
        (lambda: _validation.record_kinds("hand"), "did you mean 'hands'? There are attendance"),
        (lambda: list(read([])), "the quiz has no questions: give at least one"),
        (lambda: list(read([{"question": "a?"}])), "give a list, or a text with | between them"),
        (
            lambda: list(read("quiz.csv")),
            "'quiz.csv' cannot be read: No such file or directory: check",
        ),
        (
            lambda: read_roster(
                Path("class.csv"), name="name", email=None, id=None, moderator=None
            ),
            "cannot be read: No such file or directory: check the path",
        ),
        (lambda: nm.roster(token(moderator=False)).absent(), "can invite, and see its roster"),
        (
            lambda: _invites()["Ada"],
            "no one in this roster has the id 'Ada': the first one is 's1'",
        ),
    ],
)
def test_what_is_wrong_comes_with_what_to_do(wrong: Callable[[], object], words: str) -> None:
    with pytest.raises((nm.NanoMeetError, KeyError)) as told:
        wrong()
    assert words in str(told.value)


def test_a_quiz_that_is_over_says_how_to_go_on() -> None:
    meet, _ = meeting()
    quiz = meet.quiz(QUESTIONS)
    quiz.next()
    with pytest.raises(
        nm.CommandError, match=r"all questions were asked: close\(\) gives the scores"
    ):
        quiz.next()
    quiz.close()
    with pytest.raises(nm.CommandError, match=r"closed: prepare another one with quiz\(\)"):
        quiz.next()
