"""A recording's thumbnail."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path

import av

logger = logging.getLogger("nanomeet")

#: The largest width, in pixels.
_WIDTH = 480
#: Its position, as a part of the recording: by then the meeting has usually begun.
_WHERE = 0.1
#: On JPEG's scale from 2 (best) to 31.
_QUALITY = "4"


def thumbnail(source: Path, target: Path) -> None:
    """Write a picture of a recording as JPEG; a failure is only logged.

    Parameters
    ----------
    source : Path
        A recording.
    target : Path
        The file to write.
    """
    try:
        picture = _picture(source)
        if picture is not None:
            target.write_bytes(_jpeg(picture))
    except (OSError, av.FFmpegError) as error:
        logger.warning("recording %s has no thumbnail: %s", source.name, error)


def _picture(source: Path) -> av.VideoFrame | None:
    with av.open(str(source)) as container:
        if not container.streams.video:
            return None
        # The process may start no threads.
        container.streams.video[0].thread_count = 1
        # Seeks to the keyframe before.
        container.seek(int((container.duration or 0) * _WHERE))
        return next(container.decode(video=0), None)


def _jpeg(picture: av.VideoFrame) -> bytes:
    scale = min(1.0, _WIDTH / picture.width)
    # In steps of two, as colours have half the resolution.
    width, height = (
        max(2, round(side * scale / 2) * 2) for side in (picture.width, picture.height)
    )
    encoder = av.VideoCodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 1)
    encoder.thread_count = 1
    encoder.options = {"q:v": _QUALITY}
    scaled = picture.reformat(width, height, "yuvj420p", threads=1)
    return b"".join(bytes(packet) for part in (scaled, None) for packet in encoder.encode(part))
