"""A browser that reaches this machine by its network address, which is not secure.

Browsers trust all loopback addresses and `localhost`. To a browser whose own resolver maps a name to
loopback, that name is an untrusted plain http address, like `http://192.168.1.7:8888`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserType, Page

from .browsers import ARGUMENTS, CHROMIUM, launched
from .contexts import new_context

NAME = "lan.example"


def over_lan(url: str) -> str:
    """Return a URL of this machine as others in its network write it."""
    return url.replace("127.0.0.1", NAME, 1)


class Lan:
    """Opens pages, and collects their errors."""

    def __init__(self, browser: Browser, stack: ExitStack) -> None:
        self._browser = browser
        self._stack = stack
        #: Uncaught errors of pages, and console errors.
        self.faults: list[str] = []

    def open_page(self, url: str | None = None, **options: Any) -> Page:
        """Open a page in a context of its own, like `OpenPage`."""
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = new_context(self._browser, **options)
        self._stack.callback(context.close)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        if url is not None:
            # Some pages redirect at once, and cannot be evaluated while they unload.
            context.add_init_script("if (isSecureContext) setTimeout(() => { throw 'secure'; })")
            page.goto(url)
        return page


@contextmanager
def lan_browser(browser_type: BrowserType, clip: Path) -> Iterator[Lan]:
    """Run such a browser."""
    arguments = (*ARGUMENTS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1")
    with (
        launched(browser_type, *arguments, program=CHROMIUM, camera=clip) as chromium,
        ExitStack() as stack,
    ):
        yield Lan(chromium, stack)
