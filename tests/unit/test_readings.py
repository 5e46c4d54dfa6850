"""Reading pictures and sound: what a page is asked, who waits for it, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from datetime import datetime, timezone
from typing import Any

import numpy as np
import pytest

import nanomeet_widget as nm
from nanomeet_widget.media import decoding, gathering
from nanomeet_widget.media.newest import Newest
from nanomeet_widget.media.reader import Read

from .test_commands import commands
from .test_widget import Page, _pages, shown

__all__ = ["_pages"]

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
#: Nothing listens there.
GRANTED = {"id": "r1", "stream": "s1", "ticket": "very-secret"}


def asked(page: Page) -> list[dict[str, Any]]:
    """The commands of the engine that the page got, with their options."""
    return [
        {"command": m["args"][0], **m["args"][1]}
        for m in page.custom()
        if m["type"] == "command" and m["name"] == "executeCommand"
    ]


def meeting() -> tuple[nm.NanoMeet, Page]:
    meet, page = shown()
    page.joins()
    return meet, page


def test_a_page_is_asked_for_what_is_wanted() -> None:
    meet, page = meeting()
    readings: list[nm.Reading[Any]] = [
        meet.frames("me", lines=180, fps=29.97),
        meet.frames("stage"),
        meet.audio("abc"),
    ]
    assert asked(page) == [
        {"command": "nanomeetReadMedia", "media": "video", "of": "me", "lines": 180, "fps": 30},
        {"command": "nanomeetReadMedia", "media": "video", "of": None, "lines": 360, "fps": 10},
        {"command": "nanomeetReadMedia", "media": "audio", "of": "abc"},
    ]
    assert [one.state for one in readings] == ["asking"] * 3
    assert [one.latest for one in readings] == [None] * 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"who": ""}, "who"),
        ({"who": 7}, "who"),
        ({"who": "me", "lines": 89}, "lines must be a whole number from 90 to 720, not 89"),
        ({"who": "me", "lines": 360.5}, "lines must be a whole number"),
        ({"who": "me", "lines": True}, "lines must be a whole number"),
        ({"who": "me", "fps": 0}, "fps must be a number from 1 to 30, not 0"),
        ({"who": "me", "fps": "10"}, "fps must be a number from 1 to 30"),
        ({"who": "me", "fps": float("nan")}, "fps must be a number from 1 to 30"),
    ],
)
def test_what_cannot_be_read_is_refused_before_anything_is_sent(
    arguments: dict[str, Any], words: str
) -> None:
    meet, page = meeting()
    with pytest.raises(nm.InvalidInputError, match=words):
        meet.frames(**arguments)
    assert asked(page) == []


def test_the_stage_is_for_moderators() -> None:
    meet, page = meeting()
    page.says(type="role", moderator=False)
    with pytest.raises(nm.CommandRefusedError, match="frames is for moderators"):
        next(meet.frames("stage"))


def test_a_refusal_is_raised_where_the_program_waits() -> None:
    meet, page = meeting()

    async def run() -> None:
        reading = meet.frames("abc")
        waiting = asyncio.ensure_future(anext(reading))
        await asyncio.sleep(0)
        error = {"kind": "refused", "cause": "reading_taken_back", "message": "Ada did not agree."}
        page.says(type="reply", id=commands(page)[-1], error=error)
        with pytest.raises(nm.CommandRefusedError, match="Ada did not agree") as refusal:
            await waiting
        assert refusal.value.kind == "reading_taken_back"
        assert (reading.state, reading.error) == ("ended", refusal.value)
        with pytest.raises(nm.CommandRefusedError):
            await anext(reading)

    asyncio.run(run())


def test_a_reading_that_is_closed_before_the_answer_is_stopped_by_it() -> None:
    meet, page = meeting()
    reading = meet.frames("abc")
    reading.close()
    assert reading.state == "ended"
    assert list(reading) == []
    page.says(type="reply", id=commands(page)[-1], result=GRANTED)
    assert asked(page)[-1] == {"command": "nanomeetStopReading", "id": "r1"}


def test_a_reading_that_no_variable_holds_is_stopped() -> None:
    meet, page = meeting()
    meet.frames("abc")
    gc.collect()
    page.says(type="reply", id=commands(page)[-1], result=GRANTED)
    assert asked(page)[-1] == {"command": "nanomeetStopReading", "id": "r1"}


def test_a_reading_is_stopped_with_its_block() -> None:
    meet, page = meeting()
    with meet.frames("abc") as reading:
        page.says(type="reply", id=commands(page)[-1], result=GRANTED)
        assert reading.state == "reading"
    assert reading.state == "ended"
    assert asked(page)[-1] == {"command": "nanomeetStopReading", "id": "r1"}


def test_no_text_shows_the_ticket() -> None:
    meet, page = meeting()
    reading = meet.frames("abc")
    page.says(type="reply", id=commands(page)[-1], result=GRANTED)
    moved = {"id": "r1", "stream": "s2", "ticket": "very-secret"}
    page.says(type="event", name="nanomeetReadingMoved", data=moved)
    shown = [repr(reading), repr(reading.opened), repr(vars(reading)), repr(vars(reading._source))]
    assert "very-secret" not in "".join([*shown, repr(meet.events)])
    reading.close()


def test_the_meetings_reason_is_the_error() -> None:
    meet, page = meeting()
    reading = meet.frames("abc")
    page.says(type="reply", id=commands(page)[-1], result=GRANTED)
    ended = {"id": "r1", "kind": "taken_back", "message": "Ada has taken it back."}
    page.says(type="event", name="nanomeetReadingEnded", data=ended)
    with pytest.raises(nm.ReadingEndedError, match=r"frames: Ada has taken it back\.") as error:
        next(reading)
    assert error.value.kind == "taken_back"


def test_another_readings_end_ends_nothing_else() -> None:
    meet, page = meeting()
    reading = meet.frames("abc")
    page.says(type="reply", id=commands(page)[-1], result=GRANTED)
    ended = {"id": "r2", "kind": "taken_back", "message": "Ada has taken it back."}
    page.says(type="event", name="nanomeetReadingEnded", data=ended)
    assert reading.state == "reading"
    reading.close()


def test_leaving_ends_a_reading() -> None:
    meet, page = meeting()
    reading = meet.frames("abc")
    page.says(type="reply", id=commands(page)[-1], result=GRANTED)
    page.says(type="status", status="left")
    with pytest.raises(nm.ReadingEndedError, match="the meeting was left"):
        next(reading)


def test_plain_code_on_an_event_loop_is_told_to_wait_elsewhere() -> None:
    meet, _ = meeting()

    async def run() -> None:
        reading = meet.frames("abc")
        with pytest.raises(nm.CannotAwaitError, match=r"reading = meet.frames\('abc'\)"):
            next(reading)
        reading.close()

    asyncio.run(run())


def test_a_thread_waits_for_the_answer() -> None:
    meet, page = meeting()
    reading = meet.frames("abc")
    found: list[BaseException] = []

    def wait() -> None:
        try:
            next(reading)
        except nm.CommandRefusedError as error:
            found.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    error = {"kind": "refused", "cause": "reading_failed", "message": "Ada did not answer."}
    page.says(type="reply", id=commands(page)[-1], error=error)
    thread.join(60)
    assert [str(one) for one in found] == ["Ada did not answer."]


def test_everyone_knows_who_reads() -> None:
    meet, page = meeting()
    told: list[nm.events.ReadingsChanged] = []
    meet.on("readings_changed", told.append)
    one = {"id": "r1", "reader": "a", "of": None, "media": "video"}
    page.says(type="event", name="nanomeetReadingsChanged", data={"readings": [one]})
    assert meet.readers == [one]
    assert told[0].readings == [one]
    page.says(type="status", status="left")
    assert meet.readers == []


def test_numpy_is_needed_by_what_reads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    meet, page = meeting()
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(nm.MissingPackageError, match=r'pip install "nanomeet-widget\[media\]"'):
        meet.frames("me")
    assert asked(page) == []


def test_a_meeting_loads_neither_numpy_nor_pyav() -> None:
    script = (
        "import sys, nanomeet_widget as nm; nm.NanoMeet, nm.Bot, nm.Reading, nm.Show;"
        "print([name for name in ('numpy', 'av') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# --- what waits -------------------------------------------------------------------------------


def test_a_newer_one_takes_the_place_of_what_waits() -> None:
    place: Newest[int] = Newest()
    changed = place.changed()
    assert not changed.done()
    place.put(1)
    assert changed.done()
    place.put(2)
    assert place.changed().done()
    assert (place.take(), place.take()) == (2, None)


def test_what_waits_can_be_taken_after_the_end_but_not_after_closing() -> None:
    place: Newest[int] = Newest()
    place.put(1)
    place.end()
    place.put(2)
    assert (place.ended, place.changed().done(), place.take()) == (True, True, 1)
    other: Newest[int] = Newest()
    other.put(1)
    other.end(empty=True)
    assert other.take() is None


def heard(start: float, seconds: float = 0.02) -> gathering.Gathered:
    samples = np.full((int(seconds * 1000), 2), start, np.float32)
    piece = gathering.Piece(samples, 1000)
    return gathering.Gathered(Read(piece, AT, int(start * 1e6)))


def test_sound_that_waits_is_joined_up_to_two_seconds() -> None:
    sound = heard(0)
    for number in range(1, 200):
        sound = sound.join(heard(number * 0.02))
    samples = sound.samples()
    assert 1960 <= len(samples) <= 2000
    assert samples[-1, 0] == pytest.approx(3.98)


def test_nothing_waits_from_before_a_gap() -> None:
    sound = heard(0).join(heard(0.02)).join(heard(1.0))
    assert sound.samples().shape == (20, 2)
    assert sound.samples()[0, 0] == 1.0


def test_a_picture_with_more_lines_than_wanted_is_made_smaller() -> None:
    import av  # noqa: PLC0415 - one test alone

    picture: Any = av.VideoFrame.from_ndarray(np.full((720, 1280, 3), 90, np.uint8), format="rgb24")
    assert decoding.rgb(picture, lines=360).shape == (360, 640, 3)
    assert decoding.rgb(picture, lines=720).shape == (720, 1280, 3)
    assert abs(int(decoding.rgb(picture, lines=90).mean()) - 90) <= 1
