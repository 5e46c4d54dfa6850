"""Polls and quizzes in Python: what a page is asked, what is refused before, and how they look."""

from __future__ import annotations

import asyncio
import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nanomeet_widget as nm
from nanomeet_widget import events
from nanomeet_widget.classroom import _poll_shown
from nanomeet_widget.classroom.poll import Poll, is_right
from nanomeet_widget.classroom.questions import read
from tests.unit.test_widget import Page, _pages, shown

__all__ = ["_pages"]

QUESTION, OPTIONS = "What is the slope?", ["one", "two", "three"]
FAMILY = "👨‍👩‍👧‍👦"
_numbers = itertools.count(1)


def meeting() -> tuple[nm.NanoMeet, Page]:
    meet, page = shown()
    page.joins()
    return meet, page


def asked(page: Page) -> list[dict[str, Any]]:
    """The commands of the engine that the page got, with their options."""
    return [
        {"command": m["args"][0], **(m["args"][1] if len(m["args"]) > 1 else {})}
        for m in page.custom()
        if m["type"] == "command" and m["name"] == "executeCommand"
    ]


def answer(page: Page, result: object) -> None:
    """Answer the newest command."""
    page.says(type="reply", id=page.last_command()["id"], result=result, error=None)


def told(page: Page, poll: str, **fields: Any) -> None:
    """Tell of a poll, as the room does."""
    known: dict[str, Any] = {
        "id": poll,
        "question": QUESTION,
        "options": OPTIONS,
        "multiple": False,
        "anonymous": False,
        "show": "after",
        "open": True,
        "ends": None,
        "counts": [0, 0, 0],
        "voters": 0,
        "correct": [],
        "own": [],
    }
    data = {"poll": {**known, **fields}}
    page.says(type="event", name="nanomeetPollChanged", data=data)


def opened(meet: nm.NanoMeet, page: Page, **options: Any) -> Poll:
    poll = meet.poll(QUESTION, OPTIONS, **options)
    name = f"p{next(_numbers)}"
    told(page, name, **{k: v for k, v in options.items() if k in {"anonymous", "multiple"}})
    answer(page, {"id": name})
    return poll


# --- asking ------------------------------------------------------------------------------------


def test_a_page_is_asked_for_what_is_wanted() -> None:
    meet, page = meeting()
    poll = meet.poll(
        QUESTION, tuple(OPTIONS), multiple=True, correct={2, 0}, seconds=60, show="live"
    )
    assert asked(page) == [
        {
            "command": "nanomeetOpenPoll",
            "question": QUESTION,
            "options": OPTIONS,
            "multiple": True,
            "anonymous": False,
            "correct": [0, 2],
            "seconds": 60,
            "show": "live",
        }
    ]
    assert (poll.state, poll.id, poll.counts) == ("opening", "", None)
    answer(page, {"id": "p1"})
    assert (poll.state, poll.id, poll.opened.result()) == ("open", "p1", "p1")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"question": ""}, "question must have 1 to 500 characters"),
        ({"question": "x" * 501}, "question must have"),
        ({"question": 7}, "question must be text, not int"),
        ({"options": "one"}, "options must be a list of texts"),
        ({"options": None}, "options must be a list of texts"),
        ({"options": ["one"]}, "there are 1, and a poll has 2 to 20"),
        ({"options": [str(n) for n in range(21)]}, "there are 21"),
        ({"options": ["one", 2]}, "option 1 must be text, not int"),
        ({"options": ["one", " "]}, "option 1 must have"),
        ({"options": ["one", "x" * 201]}, "option 1 must have"),
        ({"options": ["one", "two", "one "]}, "options 0 and 2 are the same: 'one'"),
        ({"options": [f"{n:02}" + FAMILY * 60 for n in range(16)]}, "bytes together"),
        ({"correct": 3}, "there is no option 3: they are numbered 0 to 2"),
        ({"correct": -1}, "there is no option -1"),
        ({"correct": "two"}, "correct must be numbers of options, from 0, not 'two'"),
        ({"correct": ["two"]}, "there is no option 'two'"),
        ({"correct": True}, "correct must be numbers of options"),
        ({"correct": [0, 0]}, "option 0 is there twice"),
        ({"correct": [0, 1]}, "pass multiple=True"),
        ({"correct": 0.0}, "correct must be numbers of options"),
        ({"seconds": 4}, "seconds must be a whole number from 5 to 86400, not 4"),
        ({"seconds": 60.0}, "seconds must be a whole number"),
        ({"seconds": True}, "seconds must be a whole number"),
        ({"multiple": "no"}, "multiple"),
        ({"anonymous": 1}, "anonymous"),
        ({"show": "always"}, "show must be one of live, after, never, not 'always'"),
        ({"show": []}, "show must be one of"),
    ],
)
def test_a_poll_that_breaks_a_rule_is_refused_before_anything_is_sent(
    wrong: dict[str, Any], words: str
) -> None:
    meet, page = meeting()
    arguments = {"question": QUESTION, "options": OPTIONS, **wrong}
    with pytest.raises(nm.InvalidInputError, match=re.escape(words)):
        meet.poll(**arguments)
    assert asked(page) == []
    assert meet.polls == []


def test_numbers_of_numpy_are_numbers() -> None:
    meet, page = meeting()
    meet.poll(QUESTION, OPTIONS, correct=np.int64(1), seconds=np.int32(60))  # type: ignore[arg-type]
    assert (asked(page)[0]["correct"], asked(page)[0]["seconds"]) == ([1], 60)


def test_participants_are_refused_at_once() -> None:
    meet, page = meeting()
    page.says(type="role", moderator=False)
    with pytest.raises(nm.CommandRefusedError, match="poll is for moderators"):
        meet.poll(QUESTION, OPTIONS)
    assert asked(page) == []


def test_without_a_meeting_nothing_is_asked() -> None:
    with pytest.raises(nm.NotJoinedError, match="set a token"):
        nm.NanoMeet().poll(QUESTION, OPTIONS)
    meet, page = meeting()
    page.says(type="status", status="left", error=None)
    with pytest.raises(nm.NotJoinedError, match="was left"):
        meet.poll(QUESTION, OPTIONS)


def test_a_poll_that_the_server_refuses_says_why() -> None:
    meet, page = meeting()
    poll = meet.poll(QUESTION, OPTIONS)
    waiting = poll.closed()
    error = {"kind": "refused", "message": "5 polls are open already.", "cause": "too_many"}
    page.says(type="reply", id=page.last_command()["id"], result=None, error=error)
    assert poll.state == "failed"
    assert poll.error is poll.opened.exception() is waiting.exception()
    assert "5 polls are open" in str(poll.error)
    assert "5 polls are open" in poll.as_html()


# --- votes and results -------------------------------------------------------------------------


def test_the_results_grow_until_it_is_closed() -> None:
    meet, page = meeting()
    poll = opened(meet, page, correct=1)
    waiting = poll.closed()
    assert poll.counts == [0, 0, 0]
    page.says(
        type="event",
        name="nanomeetPollCounts",
        data={"id": poll.id, "counts": [1, 2, 0], "voters": 3},
    )
    assert (poll.counts, poll.voters, poll.state) == ([1, 2, 0], 3, "open")
    assert meet.polls[0]["voters"] == 3
    told(page, poll.id, open=False, counts=[1, 3, 0], voters=4, correct=[1])
    assert poll.state == "closed"
    assert waiting.result() == poll.results()
    assert list(poll.results()) == [
        {"option": "one", "votes": 1, "share": 25.0, "correct": False},
        {"option": "two", "votes": 3, "share": 75.0, "correct": True},
        {"option": "three", "votes": 0, "share": 0.0, "correct": False},
    ]
    assert poll.results().to_pandas()["votes"].tolist() == [1, 3, 0]
    kinds = [type(event) for event in meet.events]
    assert (kinds.count(events.PollOpened), kinds.count(events.PollClosed)) == (1, 1)


def test_a_meeting_that_is_left_ends_the_wait() -> None:
    meet, page = meeting()
    poll, later = opened(meet, page), meet.poll(QUESTION, OPTIONS)
    waiting = [poll.closed(), later.closed()]
    page.says(type="status", status="left", error=None)
    assert [str(one.exception()) for one in waiting] == [
        "the meeting was left before the poll was closed"
    ] * 2
    assert (poll.state, later.state, meet.polls) == ("failed", "failed", [])


def test_a_closed_poll_keeps_its_results_after_the_meeting() -> None:
    meet, page = meeting()
    poll = opened(meet, page)
    told(page, poll.id, open=False, counts=[4, 0, 0], voters=4)
    page.says(type="status", status="left", error=None)
    assert (poll.state, poll.counts) == ("closed", [4, 0, 0])
    assert poll.closed().result()[0]["votes"] == 4


def test_votes_are_of_named_polls() -> None:
    meet, page = meeting()
    poll = opened(meet, page)
    told(page, poll.id, correct=[1])
    votes = poll.votes()
    assert asked(page)[-1] == {"command": "nanomeetReadVotes", "poll": poll.id}
    answer(
        page,
        {
            "votes": [
                {"id": "a", "name": "Ada", "choices": [1]},
                {"id": None, "name": "", "choices": [0]},
            ]
        },
    )
    assert list(votes.result()) == [
        {"person": "a", "name": "Ada", "choices": [1], "options": ["two"], "correct": True},
        {"person": None, "name": "", "choices": [0], "options": ["one"], "correct": False},
    ]
    secret = opened(meet, page, anonymous=True)
    with pytest.raises(nm.CommandRefusedError, match="anonymous"):
        secret.votes()


@pytest.mark.parametrize(
    ("poll", "choices", "words"),
    [
        ("p1", 3, "there is no option 3"),
        ("p1", [0, 1], "takes one option"),
        ("p1", [0, 0], "is there twice"),
        ("p1", "one", "must be numbers of options"),
        ("p1", None, "must be numbers of options"),
        ("", 0, "poll must have"),
        (7, 0, "poll must be text"),
        ({}, 0, "poll must be text"),
    ],
)
def test_a_vote_that_breaks_a_rule_is_refused(poll: Any, choices: Any, words: str) -> None:
    meet, page = meeting()
    told(page, "p1")
    with pytest.raises(nm.InvalidInputError, match=words):
        meet.vote(poll, choices)
    assert asked(page) == []


def test_a_vote_names_the_poll_and_the_options() -> None:
    meet, page = meeting()
    poll = opened(meet, page, multiple=True)
    for one, choices, sent in ((poll, (2, 0), [0, 2]), (meet.polls[0], [], []), (poll.id, 1, [1])):
        voted = meet.vote(one, choices)
        assert asked(page)[-1] == {"command": "nanomeetVote", "poll": poll.id, "choices": sent}
        answer(page, None)
        assert voted.state == "done"
        assert meet.polls[0]["own"] == sent
    # What is told to everyone has no one's own vote.
    told(page, poll.id, open=False, multiple=True)
    assert meet.polls[0]["own"] == [1]


def test_closing_waits_for_the_poll_to_be_open() -> None:
    meet, page = meeting()
    poll = meet.poll(QUESTION, OPTIONS)
    assert "not open yet" in str(poll.close().exception())
    answer(page, {"id": "p1"})
    closing = poll.close()
    assert asked(page)[-1] == {"command": "nanomeetClosePoll", "poll": "p1"}
    answer(page, None)
    assert closing.state == "done"
    told(page, "p1", open=False)
    count = len(asked(page))
    assert poll.close().state == "done"
    assert len(asked(page)) == count


def test_a_waiting_cell_is_told_if_no_reply_can_arrive() -> None:
    async def wait() -> None:
        meet, page = meeting()
        poll = opened(meet, page)
        waiting = asyncio.ensure_future(asyncio.wait_for(poll.closed(), 60))
        await asyncio.sleep(0)
        page.says(type="alive")
        told(page, poll.id, open=False, counts=[0, 1, 0], voters=1)
        assert (await waiting)[1]["votes"] == 1

    asyncio.run(wait())


# --- how it looks ------------------------------------------------------------------------------

EVIL = "<img src=x onerror=alert(1)>\"'&"


def test_texts_are_escaped() -> None:
    meet, page = meeting()
    poll = meet.poll(EVIL, [EVIL, EVIL + "2"])
    shown_as = poll.as_html()
    assert "<img" not in shown_as
    assert "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;" in shown_as
    poll.fail(nm.CommandError(EVIL))
    assert "<img" not in poll.as_html()
    told(page, "p1", question=EVIL, options=[EVIL, "\ud83d", "three"])
    assert "<img" not in "".join(_poll_shown.as_html(one) for one in meet.polls)


def test_a_poll_is_a_table_with_its_votes_in_words() -> None:
    meet, page = meeting()
    poll = opened(meet, page)
    told(page, poll.id, counts=[1, 3, 0], voters=4, correct=[1])
    bundle = poll._bundle()
    assert re.findall(r'<th scope="row"', bundle["text/html"]) == ['<th scope="row"'] * 3
    assert "<td" in bundle["text/html"]
    assert "3 (75 %)" in bundle["text/html"]
    assert "✓ (right)" in bundle["text/html"]
    assert 'aria-hidden="true"' in bundle["text/html"]
    assert "Open, not anonymous: 4 people voted" in bundle["text/html"]
    assert bundle["text/plain"].splitlines() == [
        QUESTION,
        "  one: 1 (25 %) █████",
        "  two ✓: 3 (75 %) ███████████████",
        "  three: 0 (0 %)",
        "Open, not anonymous: 4 people voted",
    ]


def test_a_poll_in_a_cell_follows_every_change(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []

    class Handle:
        def update(self, bundle: dict[str, str], *, raw: bool) -> None:
            assert raw
            seen.append(bundle)

    monkeypatch.setattr("IPython.display.display", lambda *_, **__: Handle())
    meet, page = meeting()
    poll = opened(meet, page)
    poll._ipython_display_()
    told(page, poll.id, counts=[1, 0, 0], voters=1)
    told(page, poll.id, open=False, counts=[2, 0, 0], voters=2)
    assert ["1 person voted" in seen[0]["text/html"], "Closed" in seen[-1]["text/html"]] == [
        True,
        True,
    ]


# --- quizzes -----------------------------------------------------------------------------------


def prepared(table: Any) -> list[dict[str, Any]]:
    return [row for _, row in read(table)]


def test_a_quiz_is_read_from_every_kind_of_table(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"question": "1 + 1?", "options": ["2", "3"], "correct": 0},
        {"question": "Even?", "options": "1|2|3 | 4", "correct": [1, 3], "seconds": 30},
    ]
    file = tmp_path / "quiz.csv"
    file.write_text(
        "\ufeffQuestion;Option 1;option_2;Option 3;option4;correct;seconds;multiple\r\n"
        "1 + 1?;2;3;;;0;;\r\nEven?;1;2;3;4;1|3;30;TRUE\r\n",
        "utf-8",
    )
    columns = {
        "question": ["1 + 1?", "Even?"],
        "options": ["2|3", "1|2|3|4"],
        "correct": ["0", "1|3"],
        "seconds": [None, 30],
    }
    for table in (
        rows,
        iter(rows),
        pd.DataFrame(columns),
        pl.DataFrame(columns),
        pl.LazyFrame(columns),
        file,
        str(file),
    ):
        first, second = prepared(table)
        assert (first["options"], first["correct"], first["seconds"]) == (["2", "3"], [0], None)
        assert second["options"] == ["1", "2", "3", "4"]
        assert (second["correct"], second["seconds"]) == ([1, 3], 30)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([], "the quiz has no questions"),
        (7, "the quiz is a int: give a DataFrame"),
        ({"question": "?"}, "the quiz is one dict: give a list of dicts"),
        (itertools.repeat({"question": "?", "options": OPTIONS}), "more than 256 questions"),
        ("no-such-file.csv", "the quiz 'no-such-file.csv' cannot be read"),
        ([7], "row 1 of the quiz is a int: give a list of dicts"),
        ([{"options": OPTIONS}], "question 1: it has no question"),
        ([{"question": "?"}], "question 1: it has no options"),
        ([{"question": "?", "options": OPTIONS, "answer": 1}], "there is no column 'answer'"),
        ([{"question": "?", "options": OPTIONS, "option 1": "x"}], "both options and option 1"),
        ([{"question": "?", "options": OPTIONS, "correct": "two"}], "from 0"),
        ([{"question": "?", "options": OPTIONS, "correct": 1.5}], "whole number, not 1.5"),
        ([{"question": "?", "options": OPTIONS, "correct": 3}], "question 1: correct: there is no"),
        ([{"question": "?", "options": OPTIONS, "correct": [0, 1], "multiple": False}], "multiple"),
        ([{"question": "?", "options": OPTIONS, "multiple": "perhaps"}], "true or false"),
        ([{"question": "?", "options": OPTIONS, "seconds": 1}], "question 1: seconds must be"),
        (
            [{"question": "?", "options": OPTIONS}, {"question": "?", "options": "one|one"}],
            "question 2: options 0 and 1 are the same",
        ),
        ([{"question": "?", "options": OPTIONS}] * 257, "the quiz has more than 256 questions"),
    ],
)
def test_a_quiz_is_checked_completely_before_it_begins(table: Any, words: str) -> None:
    meet, page = meeting()
    with pytest.raises(nm.InvalidInputError, match=re.escape(words)):
        meet.quiz(table)
    assert asked(page) == []


def quiz_of(meet: nm.NanoMeet, **options: Any) -> nm.Quiz:
    return meet.quiz(
        [
            {"question": "1 + 1?", "options": ["2", "3"], "correct": 0},
            {"question": "Even?", "options": "1|2|3", "correct": [1]},
        ],
        **options,
    )


def test_a_quiz_asks_one_question_after_the_other_and_scores() -> None:
    meet, page = meeting()
    quiz = quiz_of(meet)
    assert (quiz.left, quiz.current) == (2, None)
    first = quiz.next()
    answer(page, {"id": "q1"})
    told(page, "q1", options=["2", "3"], counts=[1, 1], voters=2, correct=[0])
    second = quiz.next()
    # The first one is closed before the second one is asked.
    assert [one["command"] for one in asked(page)[1:]] == ["nanomeetClosePoll", "nanomeetOpenPoll"]
    answer(page, {"id": "q2"})
    told(page, "q2", correct=[1])
    told(page, "q1", options=["2", "3"], open=False, counts=[1, 1], voters=2, correct=[0])
    assert asked(page)[-1] == {"command": "nanomeetReadVotes", "poll": "q1"}
    answer(
        page,
        {
            "votes": [
                {"id": "a", "name": "Ada", "choices": [0]},
                {"id": "b", "name": "Bob", "choices": [1]},
                {"id": None, "name": "", "choices": [0]},
            ]
        },
    )
    assert (first.state, second.state) == ("closed", "open")
    assert [(r["name"], r["points"], r["answered"]) for r in quiz.scores()] == [
        ("Ada", 1, 1),
        ("Bob", 0, 1),
    ]
    assert "The votes of 1 question are not in it" in quiz.scores().note
    with pytest.raises(nm.CommandError, match="all questions were asked"):
        quiz.next()
    closing = quiz.close()
    assert asked(page)[-1] == {"command": "nanomeetClosePoll", "poll": "q2"}
    told(page, "q2", open=False, counts=[0, 1, 0], voters=1, correct=[1])
    assert closing.state == "pending"
    answer(page, {"votes": [{"id": "b", "name": "Bob B.", "choices": [1]}]})
    assert closing.result() == quiz.scores()
    assert [(r["name"], r["points"], r["answered"], r["questions"]) for r in quiz.scores()] == [
        ("Ada", 1, 1, 2),
        ("Bob B.", 1, 2, 2),
    ]


def test_the_buttons_of_a_quiz_ask_and_close() -> None:
    meet, page = meeting()
    quiz = quiz_of(meet)
    assert (quiz._next.description, quiz._close.disabled) == ("Ask first question", True)
    quiz._next.click()
    answer(page, {"id": "q1"})
    told(page, "q1", question=EVIL, options=["2", "3"], counts=[1, 0], voters=1)
    assert "Question 1 of 2" in quiz._place.value
    assert "1 (100 %)" in quiz._place.value
    assert "<img" not in quiz._place.value
    assert (quiz._next.description, quiz._close.disabled) == ("Ask next question", False)
    quiz._close.click()
    assert asked(page)[-1] == {"command": "nanomeetClosePoll", "poll": "q1"}
    told(page, "q1", options=["2", "3"], open=False, counts=[1, 0], voters=1, correct=[0])
    assert quiz._close.disabled
    page.says(type="status", status="left", error=None)
    quiz._next.click()
    assert "was left" in quiz._place.value
    assert "application/vnd.jupyter.widget-view+json" in quiz._repr_mimebundle_()


def test_an_anonymous_quiz_has_no_scores() -> None:
    meet, page = meeting()
    quiz = quiz_of(meet, anonymous=True)
    quiz.next()
    assert asked(page)[0]["anonymous"] is True
    answer(page, {"id": "q1"})
    told(page, "q1", anonymous=True, open=False)
    assert [one["command"] for one in asked(page)] == ["nanomeetOpenPoll"]
    assert (list(quiz.scores()), quiz.scores().note) == (
        [],
        "The quiz is anonymous: there are no scores.",
    )
    assert quiz.close().state == "done"
    with pytest.raises(nm.CommandError, match="the quiz is closed"):
        quiz.next()


@given(
    right=st.sets(st.integers(0, 5)), chosen=st.lists(st.integers(0, 5), unique=True, max_size=6)
)
def test_a_point_takes_all_right_options_and_no_wrong_one(
    right: set[int], chosen: list[int]
) -> None:
    all_right = right <= set(chosen)
    none_wrong = not set(chosen) - right
    assert is_right(chosen, sorted(right)) is (all_right and none_wrong if right else None)
