"""A browser whose tabs really lie behind each other: Playwright itself keeps every page that it has in front."""

from __future__ import annotations

import itertools
import json
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.contexts import AS_BY_THE_NOTEBOOK

#: What Playwright adds so that pages never slow down.
NEVER_SLOW = (
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)


#: How often it is looked whether a page has loaded, or answered, with a moment between.
_LOOKS = 1200


class Tab:
    """A page that is driven by the browser's own protocol.

    Parameters
    ----------
    tabs
        The browser that it is in.
    url
        Where it goes.
    """

    def __init__(self, tabs: Tabs, url: str) -> None:
        self._tabs = tabs
        place = {"url": "about:blank", "browserContextId": tabs.context}
        self._target = tabs.line.send("Target.createTarget", place)["targetId"]
        # The flat form is the library's own.
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
        """Bring it to the front: whatever was there lies behind it then."""
        self._tabs.line.send("Target.activateTarget", {"targetId": self._target})

    def evaluate(self, expression: str) -> Any:
        """Return what an expression gives, or its promise."""
        answer = self._evaluate(expression)
        assert "result" in answer, answer
        result = answer["result"]
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def _evaluate(self, expression: str) -> dict[str, Any]:
        wanted = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        return self._tabs.ask(self.session, "Runtime.evaluate", wanted)

    def _until_loaded(self, url: str) -> None:
        # Until it is there the tab has an empty page, and for a moment none. Pages of ours take the
        # token out of their address.
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
        Any page of the library's: while it waits, answers come in.
    """

    def __init__(self, browser: Browser, pump: Page) -> None:
        self.line: CDPSession = browser.new_browser_cdp_session()
        self.context: str = self.line.send("Target.createBrowserContext")["browserContextId"]
        self._pump = pump
        self._numbers = itertools.count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        self.line.on("Target.receivedMessageFromTarget", self._hear)

    def open(self, url: str) -> Tab:
        """Open another one, in front of those that are there."""
        return Tab(self, url)

    def ask(self, session: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return what a page's target answers."""
        number = next(self._numbers)
        message = json.dumps({"id": number, "method": method, "params": params})
        self.line.send("Target.sendMessageToTarget", {"sessionId": session, "message": message})
        for _ in range(_LOOKS):
            if number in self._answers:
                return self._answers.pop(number)
            self.wait()
        raise AssertionError(f"no answer to {method}")

    def wait(self) -> None:
        """Let a moment go by, in which answers come in."""
        self._pump.wait_for_timeout(50)

    def _hear(self, event: dict[str, Any]) -> None:
        answer = json.loads(event["message"])
        if "id" in answer:
            self._answers[answer["id"]] = answer
