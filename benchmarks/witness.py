"""A client that records what the server sends: the times of a broadcast's frames, as they arrived."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import RunningServer
from websockets.sync.client import connect
from websockets.typing import Origin

from nanomeet_widget.server.protocol.frames import Kind, Track, decode


@contextmanager
def witnessing(server: RunningServer, stream: str) -> Iterator[list[int]]:
    """Watch a stream without decoding it; the list grows by each frame's time, in microseconds."""
    times: list[int] = []
    with connect(server.websocket("ws/watch"), origin=Origin(server.url), compression=None) as line:
        line.send(json.dumps({"type": "watch", "v": 1, "stream": stream}))

        def write() -> None:
            for message in line:
                if isinstance(message, bytes):
                    frame = decode(message)
                    if frame.kind is Kind.MEDIA and frame.track is Track.VIDEO:
                        times.append(frame.timestamp)

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        yield times
    writer.join(timeout=10)
