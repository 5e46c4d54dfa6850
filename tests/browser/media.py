"""What a browser actually shows and plays, measured in its pages."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from playwright.sync_api import Frame, Locator, Page

from tests.browser.waiting import until

#: Gives a page `tone()`, which returns an audio track with one tone.
TONE = """
  globalThis.tone = () => {
    const context = new AudioContext();
    const source = context.createOscillator();
    const out = context.createMediaStreamDestination();
    source.connect(out);
    source.start();
    return out.stream.getAudioTracks()[0];
  };
"""
#: The number of attempts of some seconds each: another element may replace the current one.
_LOOKS = 15
#: Scales a frame down and sums its pixels, every 100 ms, until the sums differ enough.
MOVES = """
async (video) => {
  const canvas = new OffscreenCanvas(64, 36);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const print = () => {
    const source = video.videoWidth ?? video.width;
    if (!source) return null;
    pen.drawImage(video, 0, 0, 64, 36);
    return pen.getImageData(0, 0, 64, 36).data;
  };
  let first = null;
  for (let tries = 0; tries < 50; tries += 1) {
    const now = print();
    if (now && first === null && now.some((value, i) => i % 4 < 3 && value > 60)) first = now;
    else if (now && first) {
      let changed = 0;
      // In any colour: Firefox's fake camera changes the blue alone for many seconds.
      const differs = (at) => Math.abs(now[at] - first[at]) > 24;
      for (let i = 0; i < now.length; i += 4) {
        if (differs(i) || differs(i + 1) || differs(i + 2)) changed += 1;
      }
      if (changed > 40) return true;
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  return false;
}
"""

#: Counts decoded frames every 100 ms, until there are more than a few.
DECODES = """
async (video) => {
  const count = () => video.getVideoPlaybackQuality().totalVideoFrames;
  const first = count();
  for (let tries = 0; tries < 300; tries += 1) {
    if (count() - first >= 10) return true;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  return false;
}
"""

#: Listens to a media element's stream until it is louder than silence.
SOUNDS = """
async (element) => {
  // It has its stream a moment after it is there.
  for (let tries = 0; !element.srcObject?.getAudioTracks().length; tries += 1) {
    if (tries === 100) return false;
    await new Promise((wake) => setTimeout(wake, 30));
  }
  const context = new AudioContext();
  await context.resume();
  const listen = context.createAnalyser();
  context.createMediaStreamSource(element.srcObject).connect(listen);
  const wave = new Float32Array(listen.fftSize);
  try {
    for (let tries = 0; tries < 150; tries += 1) {
      listen.getFloatTimeDomainData(wave);
      if (Math.max(...wave) > 0.02) return true;
      await new Promise((wake) => setTimeout(wake, 30));
    }
    return false;
  } finally {
    await context.close();
  }
}
"""


def moves(picture: Locator) -> bool:
    """Whether a video or canvas shows moving video, within about a minute."""
    return any(picture.evaluate(MOVES) for _ in range(_LOOKS))


def decodes(video: Locator) -> bool:
    """Whether a video decodes frames, within about a minute."""
    return any(video.evaluate(DECODES) for _ in range(_LOOKS))


def sounds(element: Locator) -> bool:
    """Whether a media element's stream is audible, within about a minute."""
    return any(element.evaluate(SOUNDS) for _ in range(_LOOKS))


def frame_of(page: Page) -> Frame:
    """The meeting's frame in a notebook page."""
    handle = page.locator(".nanomeet-overlay iframe").element_handle()
    frame = handle.content_frame()
    assert frame is not None
    return frame


def lies_over(overlay: Locator, place: Locator) -> None:
    """Wait until the meeting's frame covers its place in the cell."""

    def covered() -> bool:
        # Measure each time: a cell that is run again has another place.
        above, below = overlay.bounding_box(), place.bounding_box()
        if above is None or below is None:
            return False
        return all(abs(above[side] - below[side]) < 1 for side in ("x", "y", "width", "height"))

    until(overlay.page, covered)


def probe(path: str) -> dict[str, Any]:
    """Return ffprobe's description of a file or URL."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", path]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
