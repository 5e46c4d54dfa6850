"""A browser whose background tabs are really hidden: Playwright keeps every page of its own in front."""

from __future__ import annotations

import itertools
import json
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.contexts import AS_BY_THE_NOTEBOOK

#: Playwright's arguments that keep background pages from slowing down.
NEVER_SLOW = (
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)


#: The number of attempts to find a page loaded or answering, with a short wait between them.
_LOOKS = 1200


class Tab:
    """A page driven by the browser's own protocol.

    Parameters
    ----------
    tabs
        The browser that it is in.
    url
        The page's URL.
    """

    def __init__(self, tabs: Tabs, url: str) -> None:
        self._tabs = tabs
        place = {"url": "about:blank", "browserContextId": tabs.context}
        self._target = tabs.line.send("Target.createTarget", place)["targetId"]
        # Playwright itself uses the flat mode.
        attach = {"targetId": self._target, "flatten": False}
        self.session: str = tabs.line.send("Target.attachToTarget", attach)["sessionId"]
        tabs.ask(self.session, "Page.enable", {})
        as_in_pages = {"source": AS_BY_THE_NOTEBOOK}
        tabs.ask(self.session, "Page.addScriptToEvaluateOnNewDocument", as_in_pages)
        self.go(url)

    def go(self, url: str) -> None:
        """Go to another page, and wait until it has loaded."""
        self._tabs.ask(self.session, "Page.navigate", {"url": url})
        self._until_loaded(url)

    def front(self) -> None:
        """Bring the tab to the front, and the previous one to the background."""
        self._tabs.line.send("Target.activateTarget", {"targetId": self._target})

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, or of its promise."""
        answer = self._evaluate(expression)
        assert "result" in answer, answer
        result = answer["result"]
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def _evaluate(self, expression: str) -> dict[str, Any]:
        wanted = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        return self._tabs.ask(self.session, "Runtime.evaluate", wanted)

    def _until_loaded(self, url: str) -> None:
        # Until then the tab has an empty page, and briefly none. Our pages remove the token from their URL.
        where = json.dumps(url.partition("#")[0])
        for _ in range(_LOOKS):
            answer = self._evaluate(f"location.href.startsWith({where}) && document.readyState")
            if answer.get("result", {}).get("result", {}).get("value") == "complete":
                return
            self._tabs.wait()
        raise AssertionError("the page did not load")


class Tabs:
    """Tabs of one window.

    Parameters
    ----------
    browser
        A browser without `NEVER_SLOW`.
    pump
        Any Playwright page: waiting on it processes incoming answers.
    """

    def __init__(self, browser: Browser, pump: Page) -> None:
        self.line: CDPSession = browser.new_browser_cdp_session()
        self.context: str = self.line.send("Target.createBrowserContext")["browserContextId"]
        self._pump = pump
        self._numbers = itertools.count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        self.line.on("Target.receivedMessageFromTarget", self._hear)

    def open(self, url: str) -> Tab:
        """Open another tab in front of the others."""
        return Tab(self, url)

    def ask(self, session: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return the answer of a page's target."""
        number = next(self._numbers)
        message = json.dumps({"id": number, "method": method, "params": params})
        self.line.send("Target.sendMessageToTarget", {"sessionId": session, "message": message})
        for _ in range(_LOOKS):
            if number in self._answers:
                return self._answers.pop(number)
            self.wait()
        raise AssertionError(f"no answer to {method}")

    def wait(self) -> None:
        """Wait a moment while answers arrive."""
        self._pump.wait_for_timeout(50)

    def _hear(self, event: dict[str, Any]) -> None:
        answer = json.loads(event["message"])
        if "id" in answer:
            self._answers[answer["id"]] = answer
