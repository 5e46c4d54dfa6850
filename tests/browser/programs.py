"""A program that reads a stream: a viewer's socket, decoded by PyAV in a thread of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from tornado import httpclient, websocket

from nanomeet_widget.server.protocol import common
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track, decode
from tests.conftest import RunningServer
from tests.waiting import PATIENCE

_CODECS = {"avc1": "h264", "vp09": "vp9", "av01": "av1", "opus": "opus"}


class Program:
    """Watches a stream with the ticket of a reading, until `close`."""

    def __init__(self, server: RunningServer, opened: dict[str, Any]) -> None:
        self._server = server
        self._opened = opened
        #: The newest picture (RGB), and how many there were.
        self.picture: NDArray[np.uint8] | None = None
        self.pictures = 0
        #: The peak of the newest packet of sound, from 0 to 1, and how many packets there were.
        self.peak = 0.0
        self.packets = 0
        #: The last state of the stream that the server told; "closed" when it has closed.
        self.state = ""
        self._decoders: dict[Track, Any] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._watch()), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._closing.set()
        self._thread.join(PATIENCE)

    def sees(self, *colour: int, at: tuple[float, float] = (0.05, 0.05)) -> bool:
        """Whether the newest picture has about this colour at a place, from 0 to 1."""
        if self.picture is None:
            return False
        rows, columns, _ = self.picture.shape
        row, column = int(at[1] * rows), int(at[0] * columns)
        part = self.picture[row : row + 4, column : column + 4].reshape(-1, 3)
        return bool(np.abs(part.mean(axis=0) - np.array(colour)).max() < 25)

    async def _watch(self) -> None:
        address = f"{self._server.url.replace('http', 'ws', 1)}/ws/watch"
        request = httpclient.HTTPRequest(address, headers={"Origin": self._server.url})
        connection = await websocket.websocket_connect(request)
        line = connection.protocol.stream if connection.protocol else None
        try:
            await self._read(connection)
        finally:
            connection.close()
            if line is not None:
                line.close()
            # What was closed is gone in the loop's next turns.
            await asyncio.sleep(0.1)

    async def _read(self, connection: websocket.WebSocketClientConnection) -> None:
        stream, ticket = self._opened["stream"], self._opened["ticket"]
        watch = {"type": "watch", "v": common.VERSION, "stream": stream, "ticket": ticket}
        await connection.write_message(json.dumps(watch))
        while not self._closing.is_set():
            try:
                data = await asyncio.wait_for(connection.read_message(), 0.2)
            except asyncio.TimeoutError:
                continue
            if data is None:
                self.state = "closed"
                return
            if isinstance(data, bytes):
                self._take(decode(data))
            else:
                message = json.loads(data)
                self.state = message.get("state", self.state)

    def _take(self, frame: Frame) -> None:
        if frame.kind is Kind.SETUP:
            self._decoders[frame.track] = _decoder(json.loads(frame.payload))
        elif frame.kind is Kind.MEDIA:
            for decoded in self._decoders[frame.track].decode(av.Packet(frame.payload)):
                if isinstance(decoded, av.VideoFrame):
                    self.picture = decoded.to_ndarray(format="rgb24").astype(np.uint8)
                    self.pictures += 1
                else:
                    self.peak = float(np.abs(decoded.to_ndarray()).max())
                    self.packets += 1


def _decoder(setup: dict[str, Any]) -> Any:
    name = _CODECS[setup["codec"][:4]]
    decoder: Any = av.CodecContext.create(name, "r")
    if "description" in setup:
        decoder.extradata = base64.b64decode(setup["description"])
    if name == "opus":
        decoder.sample_rate = setup["sample_rate"]
        decoder.layout = "stereo"
    return decoder
