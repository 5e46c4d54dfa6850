"""Tests of `recording.chapters`."""

from __future__ import annotations

from nanomeet_widget.server.recording.chapters import webvtt


def test_each_chapter_lasts_until_the_next() -> None:
    marks = [(0.0, "Lesson"), (61.5, "Anna is on the stage"), (3661.0, "Questions")]
    assert webvtt(marks, duration=4000) == (
        "WEBVTT\n\n"
        "1\n00:00:00.000 --> 00:01:01.500\nLesson\n\n"
        "2\n00:01:01.500 --> 01:01:01.000\nAnna is on the stage\n\n"
        "3\n01:01:01.000 --> 01:06:40.000\nQuestions\n"
    )


def test_what_happens_at_once_is_one_chapter() -> None:
    marks = [(0.0, "a"), (0.5, "b"), (1.0, "a"), (1.5, "c"), (1.9, "d"), (2.0, "e")]
    assert webvtt(marks, duration=3).split("\n\n")[1:] == [
        "1\n00:00:00.000 --> 00:00:02.000\na, b, c, …",
        "2\n00:00:02.000 --> 00:00:03.000\ne\n",
    ]


def test_no_name_can_write_a_cue_of_its_own() -> None:
    text = webvtt([(0.0, "<b>Eve\n\n9\n00:00:01.000 --> 00:00:02.000\nfalse")], duration=5)
    assert text.count("-->") == 1
    assert "&lt;b&gt;Eve 9" in text


def test_a_recording_without_marks_has_no_chapters() -> None:
    assert webvtt([], duration=5) == "WEBVTT\n"
