"""Debian's WebKitGTK, the nearest to Safari that it has, driven by WebDriver in a window without a screen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests import waiting
from tests.browser.contexts import HANDED_OVER
from tests.proxy import free_port
from tests.waiting import PATIENCE

_DRIVER = shutil.which("WebKitWebDriver")
_BROWSER = next(iter(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser")), None)
_SCREEN = shutil.which("Xvfb")
#: What is missing to run it; None if nothing is.
MISSING = next(
    (
        name
        for name, there in (
            ("WebKitWebDriver", _DRIVER),
            ("MiniBrowser", _BROWSER),
            ("Xvfb", _SCREEN),
        )
        if there is None
    ),
    None,
)
#: Seconds for starting, and for one answer, on a busy machine.
_START, _ANSWER = 120.0, 120.0
#: As `AS_BY_THE_NOTEBOOK` does, on a page of the same server that runs no script of its own.
_HAND_OVER = """(settings) => localStorage.setItem("nanomeet.handover",
  JSON.stringify({ name: settings.split("handover=")[1], until: Date.now() + 60000, settings }))"""


class WebKit:
    """A window of WebKitGTK."""

    def __init__(self, client: httpx.Client, session: str, version: str) -> None:
        self._client = client
        self._session = session
        self.version = version

    def goto(self, url: str) -> None:
        """Load an address; one that ends with the tests' handover comes with its settings."""
        if url.endswith(HANDED_OVER):
            base, _, settings = url.partition("#")
            self._ask("url", url=re.sub(r"/local/.*", "/healthz", base))
            self.evaluate(_HAND_OVER, settings)
        self._ask("url", url=url)

    def evaluate(self, function: str, *arguments: str | float) -> Any:
        """Call a JavaScript function, and return its result."""
        script = f"""
          const [answer, ...given] = [...arguments].reverse();
          Promise.resolve(({function})(...given.reverse())).then(
            (value) => answer({{ value }}), (error) => answer({{ error: String(error) }}));
        """
        told = self._ask("execute/async", script=script, args=list(arguments))
        assert "error" not in told, told
        return told.get("value")

    def until(self, function: str, *arguments: str | float) -> Any:
        """Wait until a function returns something truthy, and return that."""
        found: list[Any] = []

        def told() -> bool:
            found[:] = [self.evaluate(function, *arguments)]
            return bool(found[0])

        try:
            waiting.until(told, patience=PATIENCE)
        except AssertionError as error:
            shown = self.evaluate("() => document.body.innerText.slice(0, 2000)")
            raise AssertionError(f"never true: {function}\nThe page: {shown}") from error
        return found[0]

    def shows(self, text: str) -> None:
        """Wait until the page contains a text."""
        self.until("(text) => document.body.innerText.includes(text)", text)

    def click(self, selector: str) -> None:
        """Click an element by CSS selector, once it is there."""
        self.until("(selector) => document.querySelector(selector) !== null", selector)
        element = self._ask("element", using="css selector", value=selector)
        self._ask(f"element/{next(iter(element.values()))}/click")

    def write(self, selector: str, text: str) -> None:
        """Type into a field."""
        element = self._ask("element", using="css selector", value=selector)
        self._ask(f"element/{next(iter(element.values()))}/value", text=text)

    def _ask(self, path: str, **body: Any) -> Any:
        answer = self._client.post(f"/session/{self._session}/{path}", json=body).json()["value"]
        assert not (isinstance(answer, dict) and "stacktrace" in answer), answer
        return answer


@contextmanager
def running_webkit(folder: Path) -> Iterator[WebKit]:
    """Run WebKitGTK's own small browser with nothing kept; `folder` gets its logs."""
    assert _DRIVER
    assert _BROWSER
    assert _SCREEN
    with ExitStack() as stack:
        screen = _start(
            stack, [_SCREEN, "-displayfd", "1", "-screen", "0", "1280x900x24"], folder / "screen"
        )
        waiting.until(lambda: screen.read_text().strip() != "", patience=_START)
        display = f":{screen.read_text().strip()}"
        port = free_port()
        _start(stack, [_DRIVER, f"--port={port}"], folder / "driver", DISPLAY=display)
        client = stack.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_ANSWER)
        )
        waiting.until(lambda: _answers(client), patience=_START)
        options = {"binary": str(_BROWSER), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        made = client.post("/session", json={"capabilities": wanted}).json()["value"]
        session = made["sessionId"]
        stack.callback(client.delete, f"/session/{session}")
        yield WebKit(client, session, made["capabilities"]["browserVersion"])


def _start(stack: ExitStack, command: list[str], log: Path, **environment: str) -> Path:
    output = stack.enter_context(log.open("wb"))
    process = subprocess.Popen(
        command,
        stdout=output,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )

    def end() -> None:
        process.terminate()
        process.wait(_ANSWER)

    stack.callback(end)
    return log


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/status").is_success
    except httpx.TransportError:
        time.sleep(0.1)
        return False
