"""Tests of `recording.file_recording`: writing a recording within the server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from nanomeet_widget.server.config import Retention
from nanomeet_widget.server.protocol.common import Trouble
from nanomeet_widget.server.recording import file_recording
from nanomeet_widget.server.recording.recording_files import folder_of
from nanomeet_widget.server.store.store import Store
from tests.unit.server.clips import SECOND, clip
from tests.unit.server.playing import placed, play
from tests.unit.server.recorder import Recorder, come_true, length_so_far


def test_a_recording_that_never_began_leaves_nothing(tmp_path: Path, store: Store) -> None:
    async def scenario() -> None:
        recorder = Recorder(tmp_path, store)
        assert await recorder.end(recorder.recordings.new("talk")) is None

    asyncio.run(scenario())
    assert list(folder_of(tmp_path).iterdir()) == []
    assert store.recordings.begin("talk", taken=lambda _: False) == "talk"


def test_what_cannot_be_opened_is_said(tmp_path: Path, store: Store) -> None:
    async def scenario() -> Trouble | None:
        recorder = Recorder(tmp_path, store)
        folder_of(tmp_path).rmdir()
        return await recorder.begin(recorder.recordings.new("talk"), clip(0.5))

    assert asyncio.run(scenario()) == Trouble("recording_failed", "No such file or directory")


def test_recording_stops_while_the_disk_still_has_room(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_recording, "_CHECK_EVERY", 0.0)
    whole = clip(3)
    half = len(whole.media) // 2
    said: list[Trouble] = []

    async def scenario() -> None:
        recorder = Recorder(tmp_path, store, Retention(spare=10**9))
        recording = recorder.recordings.new("talk")
        assert await recorder.begin(recording, whole, on_error=said.append) is None
        media = list(placed(whole.media))
        for frame, time in media[:half]:
            recording.write(frame, time)
        part = recorder.recordings.files.part("talk")
        await come_true(lambda: length_so_far(part) > 1.2)
        recorder.free = 10**9 - 1
        for frame, time in media[half:]:
            recording.write(frame, time)
        await come_true(lambda: said)
        assert await recorder.end(recording) is None
        assert await recorder.begin(recorder.recordings.new("talk"), whole) == said[0]
        await recorder.recordings.close()

    asyncio.run(scenario())
    assert said == [Trouble("recording_disk", "only 1000 MB are left on the disk")]
    seen = play(folder_of(tmp_path) / "talk.mp4")
    assert 30 < len(seen.sizes) < 90
    assert not list(folder_of(tmp_path).glob("*.part.mp4"))


def test_chapters_stand_where_things_happened(tmp_path: Path, store: Store) -> None:
    whole = clip(4)

    async def scenario() -> None:
        recorder = Recorder(tmp_path, store)
        recording = recorder.recordings.new("talk")
        await recorder.begin(recording, whole)
        recording.mark("Lesson", 0)
        for frame, time in placed(whole.media):
            recording.write(frame, time)
        recording.mark("Anna is on the stage", 3 * SECOND)
        await recorder.end(recording)
        await recorder.recordings.close()

    asyncio.run(scenario())
    (first, *others) = store.recordings.marks("talk")
    assert first == (0, "Lesson")
    assert others == [(3, "Anna is on the stage")]
