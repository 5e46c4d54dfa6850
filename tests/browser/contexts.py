"""Browser contexts: each is another person, with separate storage."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext

#: Timeouts in milliseconds for actions and for loading.
ACTING, LOADING = 60_000, 120_000
#: An ordinary window size, with camera and microphone allowed.
AS_A_USER: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "permissions": ["camera", "microphone"],
}
#: Acts as a page of the server's own origin, such as its notebook, that opens a meeting in a tab and passes
#: its settings on: those of a URL that ends with this handover.
HANDED_OVER = "handover=by-the-notebook"
AS_BY_THE_NOTEBOOK = f"""
if (window.parent === window && location.hash.endsWith("&{HANDED_OVER}")) {{
  const [, name] = "{HANDED_OVER}".split("=");
  const handover = {{ name, until: Date.now() + 60000, settings: location.hash.slice(1) }};
  localStorage.setItem("nanomeet.handover", JSON.stringify(handover));
}}
"""


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a new context, with the tests' timeouts, of a person who wants reduced motion.

    Animations need a third of what joining costs a computer without a graphics card.
    """
    context = browser.new_context(**{"reduced_motion": "reduce", **options})
    context.add_init_script(AS_BY_THE_NOTEBOOK)
    context.set_default_timeout(ACTING)
    context.set_default_navigation_timeout(LOADING)
    return context
