"""Starts browsers: Chromium with windows or without, and with the camera that a test needs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserType

from .contexts import LOADING

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
    # Another machine's name that resolves to this one.
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
    "--no-first-run",
]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
#: Chromium without windows, which needs a third less processor time. In it no tab is ever hidden, no user
#: refuses a permission, and a frame with a bad certificate has no devices: tests of these launch `CHROMIUM`.
HEADLESS_SHELL = os.environ.get("CHROMIUM_HEADLESS_SHELL", "/usr/bin/chromium-headless-shell")


@contextmanager
def launched(
    kind: BrowserType,
    *arguments: str,
    program: str = HEADLESS_SHELL,
    camera: Path | None = None,
    without: Sequence[str] = (),
) -> Iterator[Browser]:
    """Run a browser.

    Parameters
    ----------
    kind
        Playwright's launcher.
    arguments
        Its arguments; without any, `ARGUMENTS`.
    program
        `HEADLESS_SHELL`, or `CHROMIUM` where windows matter.
    camera
        A clip that its camera shows, instead of Chromium's own.
    without
        Those of Playwright's own arguments that are left out.
    """
    clip = [f"--use-file-for-fake-video-capture={camera}"] if camera else []
    browser = kind.launch(
        executable_path=program,
        args=[*(arguments or ARGUMENTS), *clip],
        ignore_default_args=list(without),
        timeout=LOADING,
    )
    try:
        yield browser
    finally:
        browser.close()
