"""A server's recordings, made from clips."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from nanomeet_widget.server.config import RecordingSound, Retention
from nanomeet_widget.server.protocol.common import Trouble
from nanomeet_widget.server.recording.file_recording import FileRecording
from nanomeet_widget.server.recording.recordings import Recordings
from nanomeet_widget.server.store.store import Store
from tests.unit.server.clips import Clip
from tests.unit.server.playing import placed, setups


class Recorder:
    """A server's recordings, and their reports."""

    def __init__(
        self,
        data: Path,
        store: Store,
        retention: Retention = Retention(),  # noqa: B008 - frozen
        sound: RecordingSound = "opus",
        free: Callable[[Path], int] | None = None,
    ) -> None:
        self.free = 10**12
        self.recordings = Recordings(
            data,
            records=store.recordings,
            loop=asyncio.get_running_loop(),
            patience=30,
            retention=retention,
            sound=sound,
            free=free or (lambda _: self.free),
        )

    async def make(self, of: Clip, stream: str = "talk") -> Trouble | None:
        recording = self.recordings.new(stream)
        assert await self.begin(recording, of) is None
        for frame, time in placed(of.media):
            recording.write(frame, time)
        return await self.end(recording)

    async def begin(
        self,
        recording: FileRecording,
        of: Clip,
        on_error: Callable[[Trouble], None] | None = None,
    ) -> Trouble | None:
        opened: asyncio.Future[Trouble | None] = asyncio.get_running_loop().create_future()
        recording.open(setups(of), on_open=opened.set_result, on_error=on_error or _unexpected)
        return await opened

    async def end(self, recording: FileRecording) -> Trouble | None:
        done: asyncio.Future[Trouble | None] = asyncio.get_running_loop().create_future()
        recording.finish(done.set_result)
        return await done


def length_so_far(path: Path) -> float:
    """The seconds of video in an unfinished file."""
    with contextlib.suppress(av.FFmpegError), av.open(str(path)) as container:
        times = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.pts is not None]
        return max(times, default=0.0)
    return 0.0


async def come_true(fits: Callable[[], object]) -> None:
    for _ in range(6_000):
        if fits():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come true")


def _unexpected(trouble: Trouble) -> None:
    pytest.fail(trouble.message)
