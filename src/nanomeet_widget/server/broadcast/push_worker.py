"""Sends a stream by RTMP, as a process (`python -m nanomeet_widget.server.broadcast.push_worker`).

PyAV blocks the interpreter while it connects, and the audio must be re-encoded: both would block the
server. The first line of standard input is the address, which no other user of the machine can see
there. Messages follow: a size, a time and a frame each. The process prints "live" when the other server
accepts the stream, otherwise why not.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from typing import BinaryIO

from nanomeet_widget.server.media.flv import FlvWriter
from nanomeet_widget.server.media.tracks import Setup, read_setup
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track, decode

#: The frame's size in bytes, and its time in the stream in microseconds.
_HEAD = struct.Struct(">Iq")
LIVE = "live"


def pack(frame: Frame, time: int) -> bytes:
    """Return a frame as a message for the process.

    Parameters
    ----------
    frame : Frame
        The frame.
    time : int
        Its time in the stream, in microseconds.

    Returns
    -------
    bytes
        The message.
    """
    data = frame.encode()
    return _HEAD.pack(len(data), time) + data


def _unpack(source: BinaryIO) -> Iterator[tuple[Frame, int]]:
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        size, time = _HEAD.unpack(head)
        yield decode(source.read(size)), time


def main(source: BinaryIO) -> None:
    """Send the frames until the source ends.

    Parameters
    ----------
    source : BinaryIO
        The address, then messages.

    Raises
    ------
    OSError
        If the other server does not accept them.
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
            print(LIVE, flush=True)  # noqa: T201 - for the server
        writer.write(frame, time)
    if writer is not None:
        writer.close()


if __name__ == "__main__":
    try:
        main(sys.stdin.buffer)
    except OSError as error:
        # FFmpeg's full message may contain the address.
        print(error.strerror or "the connection was lost", flush=True)  # noqa: T201 - as above
        sys.exit(1)
