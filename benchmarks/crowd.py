"""Many viewers in one process, so cheap that the server is the bottleneck: raw sockets and epoll.

A viewer parses only the headers of WebSocket messages, and the time of each media frame, which the
benchmark's publisher sets to the time of sending: the delay runs from there to the last byte. `fan_out` runs
it as a module: it connects all viewers, writes a line, measures when it reads one, and writes the result as
JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import select
import socket
import struct
import sys
import time
from array import array
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from benchmarks.figures import percentile

from nanomeet_widget.server.protocol.frames import HEADER_SIZE, Kind

_RECEIVED = bytearray(1 << 18)
#: Lengths that do not fit into a WebSocket header's second byte (RFC 6455, 5.2).
_TWO_BYTES, _EIGHT_BYTES = 126, 127
_BINARY, _PING = 0x82, 0x89
_LONGEST_HEADER = 10


class Viewer:
    """One viewer's connection, and its position in a message.

    Parameters
    ----------
    address
        The server's.
    path
        The WebSocket's.
    greeting
        The first message, if any.
    """

    def __init__(self, address: tuple[str, int], path: str, greeting: str) -> None:
        self.socket = socket.create_connection(address)
        host = f"{address[0]}:{address[1]}"
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(4096)
        head, _, self._tail = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(head.decode(errors="replace").split("\r\n", 1)[0])
        if greeting:
            self.socket.sendall(_masked(0x81, greeting.encode()))
        self.socket.setblocking(False)
        self._left = 0
        self._sent = 0

    def receive(self) -> Iterator[float]:
        """Read what has arrived; yield the delay of each completed frame, in seconds."""
        size = self.socket.recv_into(_RECEIVED)
        if size == 0:
            raise ConnectionError("the server closed a viewer's connection")
        now = time.monotonic_ns() // 1000
        data = memoryview(_RECEIVED)[:size]
        if self._tail:
            data = memoryview(self._tail + data.tobytes())
            self._tail = b""
        at, end = 0, len(data)
        while True:
            step = min(self._left, end - at)
            self._left -= step
            at += step
            if self._left == 0 and self._sent:
                yield (now - self._sent) / 1e6
                self._sent = 0
            if at == end:
                return
            begun = self._begin(data[at:])
            if begun == 0:
                self._tail = data[at:].tobytes()
                return
            at += begun

    def _begin(self, data: memoryview) -> int:
        """Read a message's header; return its length, or 0 if it is incomplete."""
        if len(data) < 2:  # noqa: PLR2004 - the shortest header
            return 0
        kind, size, header = data[0], data[1], 2
        if size == _TWO_BYTES:
            header = 4
        elif size == _EIGHT_BYTES:
            header = _LONGEST_HEADER
        # Only frames are inspected, and each is at least this long; a ping is short, and its answer repeats
        # it.
        needed = {_BINARY: HEADER_SIZE, _PING: size}.get(kind, 0)
        if len(data) < header + needed:
            return 0
        if header == 4:  # noqa: PLR2004 - with two bytes of length
            (size,) = struct.unpack_from(">H", data, 2)
        elif header == _LONGEST_HEADER:
            (size,) = struct.unpack_from(">Q", data, 2)
        if kind == _BINARY and data[header + 1] == Kind.MEDIA:
            (self._sent,) = struct.unpack_from(">q", data, header + 8)
        elif kind == _PING:
            self.socket.send(_masked(0x8A, data[header : header + size].tobytes()))
        self._left = size
        return header


def _masked(kind: int, payload: bytes) -> bytes:
    """Return a client's message; a mask of zeros leaves it unchanged."""
    return bytes([kind, 0x80 | len(payload)]) + bytes(4) + payload


class Crowd:
    """All viewers.

    Parameters
    ----------
    viewers
        The number of viewers.
    address, path, greeting
        As in `Viewer`.
    """

    def __init__(self, viewers: int, *, address: tuple[str, int], path: str, greeting: str) -> None:
        self._poll = select.epoll()
        self._viewers: dict[int, Viewer] = {}
        for _ in range(viewers):
            viewer = Viewer(address, path, greeting)
            self._viewers[viewer.socket.fileno()] = viewer
            self._poll.register(viewer.socket, select.EPOLLIN)

    def watch(self, seconds: float) -> array[float]:
        """Watch for some seconds; return the delays, in seconds."""
        delays = array("d")
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for number, _ in self._poll.poll(left, 256):
                delays.extend(self._viewers[number].receive())
        return delays


@asynccontextmanager
async def running_crowd(
    viewers: int, *, port: int, path: str, greeting: str, warm: float, seconds: float
) -> AsyncIterator[Process]:
    """Connect viewers in a process of their own; yield it when all are connected."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.crowd", str(viewers), str(port), path),
        *("--greeting", greeting, "--warm", str(warm), "--seconds", str(seconds)),
        stdin=PIPE,
        stdout=PIPE,
    )
    try:
        if process.stdout is None or await process.stdout.readline() != b"ready\n":
            raise RuntimeError("the viewers did not connect")
        yield process
    finally:
        process.kill()
        await process.wait()


def main() -> None:
    """Connect, wait for a line, measure, and print the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("viewers", type=int)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--greeting", default="")
    parser.add_argument("--warm", type=float, required=True, help="seconds before it counts")
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    crowd = Crowd(
        options.viewers,
        address=("127.0.0.1", options.port),
        path=options.path,
        greeting=options.greeting,
    )
    print("ready", flush=True)
    # A viewer must read from the start.
    sys.stdin.readline()
    crowd.watch(options.warm)
    began, before = time.monotonic_ns() // 1000, time.process_time()
    delays = crowd.watch(options.seconds)
    busy = (time.process_time() - before) / options.seconds
    found = {
        "from": began,
        "until": time.monotonic_ns() // 1000,
        "frames": len(delays),
        "median": percentile(delays, 50) * 1000,
        "p95": percentile(delays, 95) * 1000,
        "busy": busy,
    }
    print(json.dumps(found), flush=True)
    # Stay, so that the server's memory can be read with all viewers connected.
    sys.stdin.readline()


if __name__ == "__main__":
    main()
