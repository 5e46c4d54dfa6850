"""One picture of a recording, to know it by."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path

import av

logger = logging.getLogger("nanomeet")

#: The greatest width, in pixels.
_WIDTH = 480
#: How far into a recording it is: by then the meeting has mostly begun.
_WHERE = 0.1
#: JPEG's own scale, from 2 (best) to 31.
_QUALITY = "4"


def thumbnail(source: Path, target: Path) -> None:
    """Write a JPEG of one of the source's pictures; a recording without it is none the worse.

    Parameters
    ----------
    source
        A recording.
    target
        The file to write.
    """
    try:
        picture = _picture(source)
        if picture is not None:
            target.write_bytes(_jpeg(picture))
    except (OSError, av.FFmpegError) as error:
        logger.warning("recording %s has no picture: %s", source.name, error)


def _picture(source: Path) -> av.VideoFrame | None:
    with av.open(str(source)) as container:
        if not container.streams.video:
            return None
        # To the keyframe before it.
        container.seek(int((container.duration or 0) * _WHERE))
        return next(container.decode(video=0), None)


def _jpeg(picture: av.VideoFrame) -> bytes:
    scale = min(1.0, _WIDTH / picture.width)
    # In steps of two: colours have half the resolution.
    width, height = (
        max(2, round(side * scale / 2) * 2) for side in (picture.width, picture.height)
    )
    encoder = av.VideoCodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 1)
    encoder.options = {"q:v": _QUALITY}
    scaled = picture.reformat(width, height, "yuvj420p")
    return b"".join(bytes(packet) for part in (scaled, None) for packet in encoder.encode(part))
