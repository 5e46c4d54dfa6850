"""A camera that shows a person in front of a chessboard, and measurements of both in others' pages.

`astronaut.jpg` is NASA's portrait of Eileen Collins, in the public domain, from scikit-image's
`skimage.data.astronaut`, at 360 by 360 pixels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator

WIDTH, HEIGHT, SIDE = 640, 360, 360
#: The size in pixels of a chessboard square.
FIELD = 12


def pose(path: Path, *, lines: int = HEIGHT) -> Path:
    """Write a clip of the person swaying slightly; return its path."""
    portrait = _portrait()
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    board = np.where((rows // FIELD + columns // FIELD) % 2, 235, 20).astype(np.uint8)
    width = lines * 16 // 9
    with av.open(str(path), "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, lines, "yuvj420p"
        stream.options = {"qmin": "2", "qmax": "4"}
        for number in range(60):
            picture = np.stack([board] * 3, axis=-1)
            left = (WIDTH - SIDE) // 2 + round(8 * np.sin(2 * np.pi * number / 60))
            picture[:, left : left + SIDE] = portrait
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame.reformat(width=width, height=lines)))
        container.mux(stream.encode())
    return path


def _portrait() -> NDArray[np.uint8]:
    with av.open(str(Path(__file__).parent / "astronaut.jpg")) as container:
        frame = next(container.decode(video=0))
        return frame.to_ndarray(format="rgb24").astype(np.uint8)


#: Measures a video: the contrast of the chessboard and the mean colour of a place behind the person; the
#: contrast and mean colour of the person.
LOOK = """
globalThis.look = (video) => {
  const canvas = new OffscreenCanvas(640, 360);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0, 640, 360);
  const measure = (x, y, width, height) => {
    const { data } = pen.getImageData(x, y, width, height);
    const [sum, count] = [[0, 0, 0], data.length / 4];
    let [light, square] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      for (const c of [0, 1, 2]) sum[c] += data[i + c];
      const one = (data[i] + data[i + 1] + data[i + 2]) / 3;
      light += one;
      square += one * one;
    }
    const contrast = Math.sqrt(Math.max(0, square / count - (light / count) ** 2));
    return { contrast, colour: sum.map((total) => Math.round(total / count)) };
  };
  return { room: measure(24, 60, 96, 240), person: measure(250, 180, 130, 120) };
};
"""
#: Watches every shown video, and keeps the sharpness of the sharpest room.
WATCH = (
    LOOK
    + """
globalThis.sharpest = 0;
globalThis.pictures = 0;
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  const see = () => {
    if (this.videoWidth > 0) {
      sharpest = Math.max(sharpest, look(this).room.contrast);
      pictures += 1;
    }
    this.requestVideoFrameCallback(see);
  };
  if (this instanceof HTMLVideoElement && !this.watched) {
    this.watched = true;
    this.requestVideoFrameCallback(see);
  }
  return play.call(this);
};
"""
)


def seen(video: Locator) -> dict[str, dict[str, Any]]:
    """Return the measurements of a video's current frame."""
    found: dict[str, dict[str, Any]] = video.evaluate("video => look(video)")
    return found


def room(video: Locator) -> float:
    """Return the sharpness of the room behind the person: above 60 for a chessboard, a few for a blur."""
    return float(seen(video)["room"]["contrast"])
