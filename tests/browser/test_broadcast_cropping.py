"""The broadcast crops nothing that matters, whatever the camera's aspect ratio."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.browsers import launched
from tests.browser.conftest import OpenPage
from tests.browser.contexts import new_context
from tests.browser.test_broadcast import go_live, watch
from tests.browser.test_room import address
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

_WIDTH, _HEIGHT = 360, 640
#: Bands along the upper and lower edge; the rest is green.
_BAND = 64
#: The colours at some points of a frame, as red, green and blue.
_COLOURS = """
(canvas, points) => {
  const pen = canvas.getContext("2d");
  return points.map(([x, y]) => [
    ...pen.getImageData(x * canvas.width, y * canvas.height, 1, 1).data.slice(0, 3),
  ]);
}
"""
_NAMED = """
([canvas, points, names]) => {
  const pen = canvas.getContext("2d");
  const name = ([red, green, blue]) => {
    const most = Math.max(red, green, blue);
    if (most < 70) return "dark";
    return most === red ? "red" : most === green ? "green" : "blue";
  };
  const seen = points.map(([x, y]) =>
    name(pen.getImageData(x * canvas.width, y * canvas.height, 1, 1).data),
  );
  return JSON.stringify(seen) === JSON.stringify(names);
}
"""


@pytest.fixture(scope="module")
def portrait(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with a portrait camera, as on a phone."""
    path: Path = tmp_path_factory.mktemp("portrait") / "camera.mjpeg"
    with av.open(str(path), "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuvj420p"
        picture = np.zeros((_HEIGHT, _WIDTH, 3), np.uint8)
        picture[:, :] = (20, 200, 20)
        picture[:_BAND] = (220, 20, 20)
        picture[-_BAND:] = (20, 20, 220)
        for _ in range(30):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with launched(browser.browser_type, camera=path) as made:
        yield made


def enter(browser: Browser, url: str) -> Page:
    context = new_context(browser, permissions=["camera", "microphone"])
    page = context.new_page()
    page.goto(url)
    return page


def shows(canvas: Locator, points: dict[tuple[float, float], str]) -> None:
    """Wait until a frame has these colours, each at a point (fractions of width and height)."""
    argument: list[Any] = [canvas.element_handle(), list(points), list(points.values())]
    try:
        canvas.page.wait_for_function(_NAMED, arg=argument, timeout=PATIENCE)
    except Exception as late:
        seen = canvas.evaluate(_COLOURS, list(points))
        raise AssertionError(f"{dict(zip(points, seen, strict=True))}") from late


def test_the_whole_of_a_portrait_camera_is_broadcast(
    portrait: Browser, open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Portrait_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    ada = enter(portrait, address(server, token, name, "Ada"))
    player = watch(open_page(), server, name)
    expect(player).to_have_attribute("data-state", "waiting", timeout=PATIENCE)
    go_live(ada)
    canvas = player.locator("canvas")
    # Both edges, and the background on either side.
    alone = {(0.5, 0.04): "red", (0.5, 0.5): "green", (0.5, 0.97): "blue"}
    shows(canvas, {**alone, (0.15, 0.5): "dark", (0.85, 0.5): "dark"})
    # Beside another participant, the tile has nearly the video's own shape, and is filled.
    grace = open_page(address(server, server.invite(token), name, "Grace"))
    expect(ada.get_by_role("listitem").filter(has_text="Grace")).to_be_visible(timeout=PATIENCE)
    shows(canvas, {(0.02, 0.5): "green", (0.48, 0.3): "green"})
    grace.context.close()
    shows(canvas, {**alone, (0.15, 0.5): "dark", (0.85, 0.5): "dark"})
    ada.context.close()
