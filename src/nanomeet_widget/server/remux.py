"""A finished recording, rewritten so that it plays from its first byte.

Run as a process of its own (`python -m nanomeet_widget.server.remux SOURCE TARGET`): copying hours
of packets would hold up everything else of the server.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def remux(source: Path, target: Path) -> None:
    """Copy the packets of `source` into a new MP4 file with its index in front.

    A source that a killed process cut short is copied as far as it goes.

    Parameters
    ----------
    source
        A fragmented MP4 file.
    target
        The file to write.
    """
    import av  # noqa: PLC0415 - a heavy module that only recordings need

    with (
        av.open(str(source)) as reader,
        target.open("wb") as file,
        av.open(file, "w", format="mp4", options={"movflags": "faststart"}) as writer,
    ):
        streams = {
            stream.index: writer.add_stream_from_template(stream, opaque=True)
            for stream in reader.streams
        }
        packets = reader.demux()
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.FFmpegError):
                break
            if packet.dts is None:
                continue
            packet.stream = streams[packet.stream.index]
            writer.mux_one(packet)
    with target.open("rb+") as written:
        os.fsync(written.fileno())


if __name__ == "__main__":
    remux(Path(sys.argv[1]), Path(sys.argv[2]))
