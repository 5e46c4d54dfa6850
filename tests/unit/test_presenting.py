"""Showing a program's pictures: what a page is asked, what takes whose place, and how it ends."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
import pytest

import nanomeet_widget as nm
from tests.waiting import until

from .test_commands import commands
from .test_readings import asked, meeting
from .test_widget import _pages

__all__ = ["_pages"]

PICTURE = np.zeros((36, 64, 3), np.uint8)
#: Nothing listens where a test's token leads.
OPENED = {"stream": "s1", "ticket": "very-secret"}


def test_a_page_is_asked_for_a_place() -> None:
    meet, page = meeting()
    shows = [
        meet.present(PICTURE, title="Loss"),
        meet.present(PICTURE),
        meet.process_video(lambda picture: picture),
    ]
    assert [one for one in asked(page) if one["command"] == "nanomeetOpenSource"] == [
        {"command": "nanomeetOpenSource", "use": "screen", "title": "Loss"},
        {"command": "nanomeetOpenSource", "use": "screen"},
        {"command": "nanomeetOpenSource", "use": "camera"},
    ]
    assert {one.state for one in shows} == {"starting"}
    for show in shows:
        show.stop()
    assert {one.state for one in shows} == {"ended"}


@pytest.mark.parametrize("source", [7, None, object()])
def test_what_is_no_source_is_refused_before_anything_is_sent(source: Any) -> None:
    meet, page = meeting()
    with pytest.raises(nm.InvalidInputError, match="source"):
        meet.present(source)
    with pytest.raises(nm.InvalidInputError, match="title"):
        meet.present(PICTURE, title="x" * 201)
    with pytest.raises(nm.InvalidInputError, match="process has to be callable"):
        meet.process_video(source)
    assert asked(page) == []


def test_the_page_is_asked_for_an_output_by_its_widget() -> None:
    meet, page = meeting()
    first = meet.present(PICTURE)
    page.says(type="reply", id=commands(page)[-1], result=OPENED)
    plot = ipywidgets.Button()
    show = meet.present(plot, title="Plot")
    sent = page.last_command()
    assert (sent["name"], sent["args"]) == ("presentElement", [plot.model_id, "Plot"])
    page.says(type="reply", id=commands(page)[-1], result={"stream": "e1"})
    # What was shown goes on until you agree.
    assert (show.state, first.state, show.stats.sent) == ("asked", "showing", 0)
    show.stop()
    assert asked(page)[-1] == {"command": "nanomeetEndElement", "stream": "e1"}
    assert (show.state, show.error) == ("ended", None)
    first.stop()


def test_an_output_ends_when_the_page_says_so() -> None:
    meet, page = meeting()
    show = meet.present(ipywidgets.Button())
    page.says(type="reply", id=commands(page)[-1], result={"stream": "e1"})
    data = {"use": "screen", "stream": "e1", "message": "It was declined.", "failed": False}
    page.says(type="event", name="nanomeetSourceClosed", data=data)
    assert (show.state, show.error) == ("ended", None)
    with pytest.raises(nm.InvalidInputError, match="without sound"):
        meet.present(ipywidgets.Button(), sound=lambda: None)


def test_a_refusal_ends_it_and_closes_nothing() -> None:
    meet, page = meeting()
    show = meet.present(PICTURE)
    error = {"kind": "refused", "cause": "audience", "message": "Enter the stage first."}
    page.says(type="reply", id=commands(page)[-1], error=error)
    assert (show.state, str(show.error)) == ("ended", "Enter the stage first.")
    assert len(asked(page)) == 1


def test_what_is_stopped_before_it_has_a_place_gives_it_back() -> None:
    meet, page = meeting()
    show = meet.present(PICTURE)
    show.stop()
    page.says(type="reply", id=commands(page)[-1], result=OPENED)
    assert asked(page)[-1] == {"command": "nanomeetCloseSource", "use": "screen"}


def test_a_second_one_takes_the_place_and_the_first_does_not_close_it() -> None:
    meet, page = meeting()
    first = meet.present(PICTURE)
    page.says(type="reply", id=commands(page)[-1], result=OPENED)
    second = meet.present(PICTURE)
    number = commands(page)[-1]
    # The server ends the first before the page has answered for the second.
    first.stop()
    page.says(type="reply", id=number, result={"stream": "s2", "ticket": "t"})
    assert (first.state, second.state) == ("ended", "showing")
    assert "nanomeetCloseSource" not in {one["command"] for one in asked(page)}
    second.stop()
    assert asked(page)[-1] == {"command": "nanomeetCloseSource", "use": "screen"}


def test_the_page_ends_it_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    meet, page = meeting()
    show = meet.present(PICTURE)
    page.says(type="reply", id=commands(page)[-1], result=OPENED)
    closed = {"use": "screen", "stream": "s1", "message": "Its program is gone.", "failed": True}
    page.says(type="event", name="nanomeetSourceClosed", data={**closed, "stream": "another"})
    assert show.state == "showing"
    page.says(type="event", name="nanomeetSourceClosed", data=closed)
    assert (show.state, str(show.error)) == ("ended", "present: Its program is gone.")
    assert "Its program is gone." in capsys.readouterr().err
    assert "very-secret" not in repr(show) + repr(meet.events)


def test_an_error_of_the_source_ends_it_with_its_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    meet, page = meeting()

    def fails() -> Any:
        raise ZeroDivisionError("my own fault")

    show = meet.present(fails)
    page.says(type="reply", id=commands(page)[-1], result=OPENED)
    until(lambda: show.state, to_be="ended")
    assert isinstance(show.error, ZeroDivisionError)
    until(
        lambda: asked(page)[-1],
        to_be={"command": "nanomeetCloseSource", "use": "screen", "failed": True},
    )
    words = capsys.readouterr().err
    assert "in fails" in words
    assert "ZeroDivisionError: my own fault" in words


def test_its_block_raises_what_ended_it() -> None:
    meet, page = meeting()

    def fails() -> Any:
        raise ZeroDivisionError("my own fault")

    def shows() -> None:
        with meet.present(fails) as show:
            page.says(type="reply", id=commands(page)[-1], result=OPENED)
            until(lambda: show.state, to_be="ended")

    with pytest.raises(ZeroDivisionError):
        shows()


def test_one_program_reads_the_own_camera_at_a_time() -> None:
    meet, page = meeting()
    first = meet.process_video(lambda picture: picture)
    # Also before the page has answered: nothing is asked of it that would end the first one.
    for answered in (False, True):
        if answered:
            page.says(type="reply", id=commands(page)[-1], result=OPENED)
        told = len(asked(page))
        with pytest.raises(nm.CommandRefusedError, match=r"process_video reads.*call stop\(\)"):
            meet.frames("me")
        assert len(asked(page)) == told
    meet.audio("me").close()
    second = meet.process_video(lambda picture: picture)
    page.says(type="reply", id=commands(page)[-1], result={"stream": "s2", "ticket": "t"})
    assert (first.state, first.error, second.state) == ("ended", None, "showing")
    assert "nanomeetCloseSource" not in {one["command"] for one in asked(page)}
    second.stop()
    meet.frames("me").close()
    # One that was stopped before it began is in no one's way, nor one that could not begin.
    meet.process_video(lambda picture: picture).stop()
    meet.frames("me").close()
    meet.process_video(lambda picture: picture)
    page.says(type="reply", id=commands(page)[-1], error={"kind": "unsupported", "message": "No."})
    meet.frames("me").close()


def test_closing_the_widget_ends_what_is_shown_and_read() -> None:
    meet, page = meeting()
    show = meet.present(PICTURE)
    page.says(type="reply", id=commands(page)[-1], result=OPENED)
    reading = meet.frames("me")
    meet.close()
    assert (show.state, show.error, reading.state) == ("ended", None, "ended")
    assert "the meeting's widget was closed" in str(reading.error)
