"""Fixtures: a real Chromium with a clip as its camera, and a real JupyterLab."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import RunningServer
from tests.labs import Lab, running_lab

from .broadcasting import Broadcaster, bundle_broadcaster
from .browsers import ARGUMENTS, CHROMIUM, launched
from .contexts import AS_A_USER, new_context
from .kept_pages import EXPOSED, KeptPages, OpenNotebook

# On a busy machine, what a test waits for may take a while.
expect.set_options(timeout=30_000)
#: The camera's frame rate: enough to see motion, and cheap to encode.
PICTURES_A_SECOND = 10


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a moving clip for the fake camera: a person sways in front of a wall, and a light wanders.

    Uncompressed and with a low frame rate, to save processor time.
    """
    path = tmp_path_factory.mktemp("clip") / "camera.y4m"
    rows, columns = np.mgrid[0:360, 0:640].astype(np.float32)
    wall = np.stack([150 + rows / 6, 170 - columns / 12, 190 - rows / 5], axis=-1)
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H360 F%d:1 Ip A1:1 C420jpeg\n" % PICTURES_A_SECOND)
        for number in range(4 * PICTURES_A_SECOND):
            turn = 2 * np.pi * number / (4 * PICTURES_A_SECOND)
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
            file.write(b"FRAME\n" + frame.reformat(format="yuv420p").to_ndarray().tobytes())
    return path


@pytest.fixture(scope="session")
def browser(clip: Path) -> Iterator[Browser]:
    """Chromium, shared by all tests."""
    with (
        sync_playwright() as playwright,
        launched(playwright.chromium, camera=clip) as chromium,
    ):
        yield chromium


#: Chromium answers the question for the tab itself; the usual answer would share the desktop.
_CAPTURING = [
    *(one for one in ARGUMENTS if one != "--use-fake-ui-for-media-stream"),
    "--auto-accept-this-tab-capture",
]


@pytest.fixture(scope="module")
def capturing(browser: Browser) -> Iterator[Browser]:
    """A Chromium that captures its tabs; the shell captures nothing."""
    with launched(browser.browser_type, *_CAPTURING, program=CHROMIUM) as chromium:
        yield chromium


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a page in a context of its own, as another person with camera and microphone allowed."""
    with ExitStack() as stack:

        def opener(url: str | None = None, **options: Any) -> Page:
            context = new_context(browser, **{**AS_A_USER, **options})
            stack.callback(context.close)
            page = context.new_page()
            if url is not None:
                page.goto(url)
            return page

        yield opener


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script of a page that broadcasts."""
    return bundle_broadcaster(tmp_path_factory.mktemp("bundle"))


MakeBroadcaster = Callable[..., Broadcaster]


@pytest.fixture
def broadcaster(open_page: OpenPage, server: RunningServer, bundle: Path) -> MakeBroadcaster:
    """Create a page in a room of its own, ready to broadcast.

    By default: an ordinary page, the shared server, a new stream name.
    """

    def make(
        page: Page | None = None,
        at: RunningServer | None = None,
        stream: str | None = None,
        ingest_url: str | None = None,
    ) -> Broadcaster:
        # The page's own content security policy would block the test's script.
        page = page or open_page(bypass_csp=True)
        stream = stream or f"test_{secrets.token_hex(4)}"
        return Broadcaster(page, at or server, bundle=bundle, stream=stream, ingest_url=ingest_url)

    return make


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a free port, with folders of its own for all data of Jupyter and its kernels."""
    with running_lab(tmp_path_factory.mktemp("lab"), *EXPOSED) as running:
        yield running


@pytest.fixture(scope="session")
def kept_pages(browser: Browser, lab: Lab) -> Iterator[KeptPages]:
    """Pages of that JupyterLab and its Notebook 7, for all tests that clean up after themselves."""
    pages = KeptPages(browser, lab)
    yield pages
    pages.close()


@pytest.fixture
def open_notebook(kept_pages: KeptPages, request: pytest.FixtureRequest) -> Iterator[OpenNotebook]:
    """Open a notebook in one of the kept pages, in a browser context that no other notebook uses."""
    with kept_pages.lent(request.session) as opener:
        yield opener


@pytest.fixture(autouse=True)
def _kernels_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """End the kernels that a test leaves behind, which would fill the machine's memory."""
    labs: list[Lab] = [
        request.getfixturevalue(name) for name in ("lab", "many") if name in request.fixturenames
    ]
    before = [lab.kernels() for lab in labs]
    yield
    for lab, kept in zip(labs, before, strict=True):
        lab.end(lab.kernels() - kept)
