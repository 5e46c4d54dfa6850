"""Sends a stream by RTMP: a process of its own (`python -m nanomeet_widget.server.broadcast.push_worker`).

PyAV holds the interpreter while it connects, and the sound has to be encoded anew: both would hold up
the server. The address comes as the first line of standard input, where nobody else sees it; then
messages, each a size, a time and a frame. It writes "live" when the other server has said yes, or why
not.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from typing import BinaryIO

from nanomeet_widget.server.media.flv import FlvWriter
from nanomeet_widget.server.media.tracks import Setup, read_setup
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track, decode

#: Bytes of the frame, and its time in the stream in microseconds.
_HEAD = struct.Struct(">Iq")
LIVE = "live"


def pack(frame: Frame, time: int) -> bytes:
    """Return a frame as the process takes it."""
    data = frame.encode()
    return _HEAD.pack(len(data), time) + data


def _unpack(source: BinaryIO) -> Iterator[tuple[Frame, int]]:
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        size, time = _HEAD.unpack(head)
        yield decode(source.read(size)), time


def main(source: BinaryIO) -> None:
    """Send what comes until there is no more.

    Raises
    ------
    OSError
        If the other server does not take it.
    """
    url = source.readline().decode().strip()
    setups: dict[Track, Setup] = {}
    writer: FlvWriter | None = None
    for frame, time in _unpack(source):
        if frame.kind is Kind.SETUP:
            setups[frame.track] = read_setup(frame)
            continue
        if writer is None:
            writer = FlvWriter(url, setups.get(Track.VIDEO), setups.get(Track.AUDIO))
            print(LIVE, flush=True)  # noqa: T201 - what the server reads
        writer.write(frame, time)
    if writer is not None:
        writer.close()


if __name__ == "__main__":
    try:
        main(sys.stdin.buffer)
    except OSError as error:
        # FFmpeg's whole words may repeat the address.
        print(error.strerror or "the connection was lost", flush=True)  # noqa: T201 - as above
        sys.exit(1)
