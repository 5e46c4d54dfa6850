"""Tests of `recording.recordings`: recovery and retention."""

from __future__ import annotations

import asyncio
from pathlib import Path

from nanomeet_widget.server.config import Retention
from nanomeet_widget.server.recording.recording_files import folder_of
from nanomeet_widget.server.store.store import Store
from tests.unit.server.clips import clip
from tests.unit.server.playing import play, recorded
from tests.unit.server.recorder import Recorder


def test_each_recording_has_a_file_of_its_own(tmp_path: Path, store: Store) -> None:
    async def scenario() -> None:
        recorder = Recorder(tmp_path, store)
        assert await recorder.make(clip(0.5)) is None
        assert await recorder.make(clip(1)) is None
        await recorder.recordings.close()

    asyncio.run(scenario())
    files = sorted(path.name for path in folder_of(tmp_path).iterdir())
    assert files == ["talk-2.jpg", "talk-2.mp4", "talk.jpg", "talk.mp4"]
    assert len(play(folder_of(tmp_path) / "talk.mp4").sizes) == 15
    assert len(play(folder_of(tmp_path) / "talk-2.mp4").sizes) == 30
    last = store.recordings.last("talk")
    assert last is not None
    assert last.name == "talk-2"


def test_a_killed_servers_recording_is_finished_by_the_next(tmp_path: Path, store: Store) -> None:
    name = store.recordings.begin("talk", taken=lambda _: False)
    folder_of(tmp_path).mkdir()
    recorded(folder_of(tmp_path) / f"{name}.part.mp4", clip())
    store.recordings.begin("lost", taken=lambda _: False)

    async def scenario() -> None:
        await Recorder(tmp_path, store).recordings.close()

    asyncio.run(scenario())
    assert len(play(folder_of(tmp_path) / "talk.mp4").sizes) == 30
    assert not (folder_of(tmp_path) / "talk.part.mp4").exists()
    assert store.recordings.last("talk") is not None
    assert store.recordings.orphaned() == []


def test_recordings_go_when_they_are_too_many(tmp_path: Path, store: Store) -> None:
    async def scenario() -> None:
        recorder = Recorder(tmp_path, store, Retention(size=1))
        for _ in range(3):
            await recorder.make(clip(0.5))
        await recorder.recordings.close()

    asyncio.run(scenario())
    files = sorted(path.name for path in folder_of(tmp_path).iterdir())
    assert len(store.recordings.all(stream=None, limit=9, offset=0)) == 1
    assert len([name for name in files if name.endswith(".mp4")]) == 1
