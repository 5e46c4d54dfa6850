"""Browser contexts: each is another person, with separate storage."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext

#: Milliseconds for what a page is asked to do, and to load.
ACTING, LOADING = 60_000, 120_000
#: A window of an ordinary size, with camera and microphone allowed.
AS_A_USER: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "permissions": ["camera", "microphone"],
}


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a new context, with the tests' timeouts."""
    context = browser.new_context(**options)
    context.set_default_timeout(ACTING)
    context.set_default_navigation_timeout(LOADING)
    return context
