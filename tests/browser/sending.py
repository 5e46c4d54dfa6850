"""A program that sends pictures and sound to the ingest socket, and pages that read them."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

import numpy as np
from playwright.sync_api import Locator
from tornado import httpclient, iostream, websocket
from typing_extensions import Self

from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer
from tests.contract.filming import PACKET, RATE, Camera, Microphone, now

WIDTH, HEIGHT, FPS = 640, 360, 30
_BITS = 16
_LOUD = 0.37
#: Seconds for the server to close the connection, too.
_FAREWELL = 10

#: Reads the number and the colour of a picture of `Program` from a video; null where it shows none.
_READ = """
(video) => {
  if (!video.videoWidth) return null;
  const canvas = new OffscreenCanvas(640, 360);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0, 640, 360);
  const at = (x, y) => [...pen.getImageData(Math.round(x * 640), Math.round(y * 360), 1, 1).data];
  let number = 0;
  for (let bit = 0; bit < 16; bit += 1) {
    const [on, off] = [0.2, 0.6].map((y) => at((bit + 0.5) / 16, y)[1] > 127);
    if (on === off) return null;
    if (on) number += 2 ** bit;
  }
  const [red, green, blue] = at(0.5, 0.9);
  const colour = red > 127 ? "red" : blue > 127 ? "blue" : green > 127 ? "green" : "none";
  return { number, colour };
}
"""


class Program:
    """Sends numbered pictures with a band of one colour, 30 a second, and a tone if wanted."""

    def __init__(
        self, server: RunningServer, ticket: str, colour: str = "red", *, tone: bool = False
    ) -> None:
        self._url, self._origin, self._ticket = server.websocket("ws/ingest"), server.url, ticket
        self._colour = colour
        self._tone = tone
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        #: The server's last message: whether it failed, and why it ended.
        self.ended: dict[str, Any] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE / 1000)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._send())

    async def _send(self) -> None:
        request = httpclient.HTTPRequest(self._url, headers={"Origin": self._origin})
        line = await websocket.websocket_connect(request)
        opening = {"type": "ingest_open", "v": 1, "ticket": self._ticket, "clock": now()}
        await line.write_message(json.dumps(opening))
        listening = asyncio.ensure_future(self._listen(line))
        pictures, sounds = _Pictures(self._colour), _Sounds() if self._tone else None
        # The server may close between two pictures.
        with suppress(websocket.WebSocketClosedError, iostream.StreamClosedError):
            while not self._over.is_set():
                await asyncio.sleep(1 / FPS)
                fresh, self._fresh = self._fresh, False
                frames = pictures.next(fresh=fresh) + (sounds.next(fresh=fresh) if sounds else [])
                for frame in frames:
                    await line.write_message(frame, binary=True)
        line.close()
        await asyncio.wait({listening}, timeout=_FAREWELL)
        if line.protocol is not None and line.protocol.stream is not None:
            line.protocol.stream.close()
        # The stream's own callbacks run in the loop's next turns.
        for _ in range(10):
            await asyncio.sleep(0)

    _fresh = True

    async def _listen(self, line: websocket.WebSocketClientConnection) -> None:
        while True:
            data = await line.read_message()
            message = None if data is None else json.loads(data)
            if message is None or message["type"] == "ingest_ended":
                self.ended = self.ended or message
                self._over.set()
            if message is None:
                return
            if message["type"] in {"ingest_ready", "keyframe_wanted"}:
                self._fresh = True


class _Pictures:
    def __init__(self, colour: str) -> None:
        self._band = {"red": (255, 0, 0), "green": (0, 200, 0), "blue": (0, 0, 255)}[colour]
        self._camera = Camera(width=WIDTH, height=HEIGHT)
        self._number = 0

    def next(self, *, fresh: bool) -> list[bytes]:
        """Return the next picture as frames; with the set-up and a keyframe if `fresh`."""
        self._number = (self._number + 1) % (1 << _BITS)
        array = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        on = np.repeat([(self._number >> bit) & 1 for bit in range(_BITS)], WIDTH // _BITS)
        array[: HEIGHT * 2 // 5] = (on * 255)[None, :, None]
        array[HEIGHT * 2 // 5 : HEIGHT * 4 // 5] = ((1 - on) * 255)[None, :, None]
        array[HEIGHT * 4 // 5 :] = self._band
        setup = [self._camera.setup()] if fresh else []
        return [*setup, self._camera.take(array, now(), keyframe=fresh)]


class _Sounds:
    def __init__(self) -> None:
        self._microphone = Microphone()
        self._began = now()
        self._samples = 0

    def next(self, *, fresh: bool) -> list[bytes]:
        """Return what the tone has sounded since, as frames."""
        frames = [self._microphone.setup()] if fresh else []
        while (at := self._began + self._samples * 1_000_000 // RATE) < now():
            turn = 2 * np.pi * 440 * (self._samples + np.arange(PACKET)) / RATE
            wave = (np.sin(turn) * _LOUD).astype(np.float32)
            frames.append(self._microphone.take(np.stack([wave, wave], axis=1), at))
            self._samples += PACKET
        return frames


def read(video: Locator) -> dict[str, Any] | None:
    """Return number and colour of the picture that a video shows; None if it is not a program's."""
    found: dict[str, Any] | None = video.evaluate(_READ)
    return found


def colour(video: Locator) -> str | None:
    """Return the colour of the program whose picture a video shows."""
    found = read(video)
    return None if found is None else str(found["colour"])
