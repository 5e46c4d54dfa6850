"""Rewrites a finished recording with its index in front, and writes its thumbnail.

Run as a process of its own (`python -m nanomeet_widget.server.media.remux SOURCE TARGET THUMBNAIL`),
as copying hours of video would block the server. It writes the duration to standard output, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def remux(source: Path, target: Path) -> float:
    """Copy the packets of `source` into a new MP4 file with its index in front.

    A source that a killed process left truncated is copied as far as it is readable.

    Parameters
    ----------
    source : Path
        A fragmented MP4 file.
    target : Path
        The file to write.

    Returns
    -------
    float
        Its duration, in seconds.
    """
    import av  # noqa: PLC0415 - a heavy module that only recordings need

    duration = 0.0
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
            if packet.dts is None or packet.is_corrupt:
                continue
            if packet.pts is not None and packet.time_base is not None:
                end = (packet.pts + (packet.duration or 0)) * packet.time_base
                duration = max(duration, float(end))
            packet.stream = streams[packet.stream.index]
            writer.mux_one(packet)
    with target.open("rb+") as written:
        os.fsync(written.fileno())
    return duration


def main(source: Path, target: Path, picture: Path) -> None:
    """Remux a recording, write its thumbnail, and print its duration.

    Parameters
    ----------
    source : Path
        A fragmented MP4 file.
    target : Path
        The MP4 file to write.
    picture : Path
        The JPEG file to write.
    """
    from nanomeet_widget.server.media.thumbnail import thumbnail  # noqa: PLC0415 - heavy, as above

    duration = remux(source, target)
    thumbnail(target, picture)
    sys.stdout.write(json.dumps({"duration": duration}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
