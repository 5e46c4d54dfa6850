"""A real Chromium with a clip as its camera, and a real JupyterLab."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.labs import Lab, running_lab

ELSEWHERE = "notebook.example"
ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    # A name of another machine, which is this one all the same.
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
    "--no-first-run",
]
# What is waited for comes, or not: a machine that is busy with something else may take its time.
expect.set_options(timeout=30_000)
#: Milliseconds for whatever a page is asked to do, and to load.
ACTING, LOADING = 60_000, 120_000
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A moving picture for the fake camera: somebody sways before a wall, and a light wanders."""
    path = tmp_path_factory.mktemp("clip") / "camera.mjpeg"
    rows, columns = np.mgrid[0:360, 0:640].astype(np.float32)
    wall = np.stack([150 + rows / 6, 170 - columns / 12, 190 - rows / 5], axis=-1)
    with av.open(str(path), "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuvj420p"
        stream.options = {"qmin": "2", "qmax": "4"}
        for number in range(120):
            turn = 2 * np.pi * number / 120
            picture = wall.copy()
            light = ((columns - 320 - 280 * np.cos(turn)) / 60) ** 2 + ((rows - 60) / 45) ** 2 < 1
            picture[light] = (255, 244, 200)
            centre = 320 + 70 * np.sin(turn)
            shoulders = ((columns - centre) / 150) ** 2 + ((rows - 380) / 150) ** 2 < 1
            head = ((columns - centre * 1.02) / 62) ** 2 + ((rows - 175) / 78) ** 2 < 1
            hair = ((columns - centre * 1.02) / 70) ** 2 + ((rows - 140) / 62) ** 2 < 1
            picture[shoulders] = (52, 84, 140)
            picture[hair] = (60, 42, 34)
            picture[head & ~(hair & (rows < 140))] = (226, 178, 150)
            frame = av.VideoFrame.from_ndarray(
                picture.clip(0, 255).astype(np.uint8), format="rgb24"
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def browser(clip: Path) -> Iterator[Browser]:
    """Chromium, one for all tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, f"--use-file-for-fake-video-capture={clip}"],
            timeout=LOADING,
        )
        yield chromium
        chromium.close()


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a context of its own, with time for what is done in it."""
    context = browser.new_context(**options)
    context.set_default_timeout(ACTING)
    context.set_default_navigation_timeout(LOADING)
    return context


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a page in a context of its own: another person, with camera and microphone allowed."""
    with ExitStack() as stack:

        def opener(url: str | None = None, **options: Any) -> Page:
            options.setdefault("viewport", {"width": 1280, "height": 800})
            options.setdefault("permissions", ["camera", "microphone"])
            context = new_context(browser, **options)
            stack.callback(context.close)
            page = context.new_page()
            if url is not None:
                page.goto(url)
            return page

        yield opener


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a free port, with folders of its own for everything that it and kernels keep."""
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(autouse=True)
def _kernels_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """End the kernels that a test leaves behind: they would fill the machine's memory."""
    labs: list[Lab] = [
        request.getfixturevalue(name) for name in ("lab", "many") if name in request.fixturenames
    ]
    before = [lab.kernels() for lab in labs]
    yield
    for lab, kept in zip(labs, before, strict=True):
        lab.end(lab.kernels() - kept)
