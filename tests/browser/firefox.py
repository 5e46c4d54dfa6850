"""A real Firefox, driven by WebDriver BiDi, which Firefox speaks itself (Playwright drives only its own build).

It has only what tests of Firefox need. Each page is another person: its cookies and storage are its own.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests import waiting
from tests.browser.contexts import AS_BY_THE_NOTEBOOK
from tests.waiting import PATIENCE

#: The program, or None if it is not installed.
FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
_LISTENS = re.compile(r"listening on (ws://\S+)")
#: Seconds for starting on a busy machine, and for one answer.
_START, _ANSWER = 120.0, 120.0
#: A camera with a moving picture, a microphone with a tone; no questions, and no sound held back.
_PREFERENCES: dict[str, object] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    # A machine without a sound card would hold all sound.
    "media.cubeb.force_mock_context": True,
    # All people are on one machine here, which would be hidden from each other by names of its network.
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.gmp-manager.updateEnabled": False,
    "app.normandy.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "network.captive-portal-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "datareporting.policy.dataSubmissionEnabled": False,
    # As in the tests' Chromium: without a graphics card, drawing takes much of the processor time.
    "ui.prefersReducedMotion": 1,
}
#: A camera like that of the tests' Chromium: Firefox's own gives what is asked for, such as 30 large pictures a
#: second, which it then draws, blurs and encodes.
_CAMERA = """
const devices = globalThis.MediaDevices?.prototype ?? {};  // none in a page without TLS
const ask = devices.getUserMedia;
devices.getUserMedia = function (wanted) {
  if (!wanted?.video) return ask.call(this, wanted);
  const camera = { width: 640, height: 360, frameRate: 10 };
  return ask.call(this, { ...wanted, video: { ...wanted.video, ...camera } });
};
"""
#: What it writes of a connection that a reload cuts, and of JupyterLab's requests that one aborts.
_CUT = (
    "establish a connection to the server",
    "was interrupted while the page was loading",
    "AbortError: The operation was aborted.",
    "NetworkError when attempting to fetch resource.",
    "Could not restore the debugger state: Canceled future",
)
#: Keys by the names that Playwright has for them.
_KEYS = {
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Tab": "\ue004",
    "Space": " ",
    "Control": "\ue009",
    "Shift": "\ue008",
}


class FirefoxError(AssertionError):
    """Firefox could not do what was asked."""


class Firefox:
    """A running Firefox."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._asked = 0
        #: Errors of pages: exceptions and rejections that no one caught, and errors in their consoles.
        self.faults: list[str] = []
        self._people: set[str] = set()
        opened = self.ask("session.new", capabilities={})
        self.version = str(opened["capabilities"]["browserVersion"])
        self.ask("session.subscribe", events=["log.entryAdded"])

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command, and return its result."""
        self._asked += 1
        self._line.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            message = json.loads(self._line.recv(_ANSWER))
            if message.get("id") == self._asked:
                break
            self._note(message)
        if message["type"] == "error":
            raise FirefoxError(f"{method}: {message['error']}: {message['message']}")
        result: dict[str, Any] = message["result"]
        return result

    def open_page(
        self,
        url: str | None = None,
        *,
        size: tuple[int, int] = (1280, 800),
        scripts: Sequence[str] = (),
    ) -> FirefoxPage:
        """Open a tab as another person; `scripts` run in its pages before their own."""
        person = self.ask("browser.createUserContext")["userContext"]
        for script in (AS_BY_THE_NOTEBOOK, _CAMERA, *scripts):
            function = f"() => {{ {script} }}"
            self.ask("script.addPreloadScript", functionDeclaration=function, userContexts=[person])
        self._people.add(person)
        made = self.ask("browsingContext.create", type="tab", userContext=person)
        page = FirefoxPage(self, made["context"], person)
        page.resize(*size)
        if url is not None:
            page.goto(url)
        return page

    def close_pages(self) -> None:
        """Close all pages, and forget their people."""
        while self._people:
            self.forget(next(iter(self._people)))

    def forget(self, person: str) -> None:
        """Close a person's pages."""
        self._people.discard(person)
        self.ask("browser.removeUserContext", userContext=person)

    def _note(self, message: Mapping[str, Any]) -> None:
        entry = message.get("params", {})
        text = str(entry.get("text"))
        cut = any(words in text for words in _CUT)
        if message.get("method") == "log.entryAdded" and entry.get("level") == "error" and not cut:
            self.faults.append(f"{entry.get('type')}: {text}")


class FirefoxPage:
    """A tab, or a frame in one."""

    def __init__(self, firefox: Firefox, context: str, person: str) -> None:
        self._firefox = firefox
        self._context = context
        self._person = person

    def goto(self, url: str) -> None:
        """Load an address, and wait until it is loaded."""
        self._ask("browsingContext.navigate", url=url, wait="complete")

    def reload(self) -> None:
        """Load the page again."""
        self._ask("browsingContext.reload", wait="complete")

    def close(self) -> None:
        """Close the tab, and forget its person."""
        self._firefox.forget(self._person)

    def resize(self, width: int, height: int) -> None:
        """Give the page this size in CSS pixels."""
        self._ask("browsingContext.setViewport", viewport={"width": width, "height": height})

    def evaluate(self, function: str, *arguments: Element | str | float | None) -> Any:
        """Call a JavaScript function as a user's gesture would, and return its result."""
        told = self._ask(
            "script.callFunction",
            functionDeclaration=f"async (...given) => JSON.stringify(await ({function})(...given))",
            arguments=[_remote(one) for one in arguments],
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if told["type"] == "exception":
            raise FirefoxError(told["exceptionDetails"]["text"])
        value = told["result"].get("value")
        return None if value is None else json.loads(value)

    def until(
        self, function: str, *arguments: Element | str | float, patience: float = PATIENCE
    ) -> Any:
        """Wait until a function returns something truthy, and return that."""
        found: list[Any] = []

        def told() -> bool:
            found[:] = [self.evaluate(function, *arguments)]
            return bool(found[0])

        try:
            waiting.until(told, patience=patience)
        except AssertionError as error:
            shown = self.evaluate("() => document.body.innerText.slice(0, 2000)")
            raise AssertionError(f"never true: {function}\nThe page: {shown}") from error
        return found[0]

    def all(self, selector: str) -> list[Element]:
        """The elements that a CSS selector matches now."""
        return self._located({"type": "css", "value": selector})

    def find(self, selector: str) -> Element:
        """Wait for an element by CSS selector."""
        return self._wait({"type": "css", "value": selector})

    def role(self, role: str, name: str) -> Element:
        """Wait for an element by its role and whole accessible name."""
        return self._wait({"type": "accessibility", "value": {"role": role, "name": name}})

    def button(self, name: str) -> Element:
        """Wait for a button by its name."""
        return self.role("button", name)

    def shows(self, text: str, selector: str = "body", patience: float = PATIENCE) -> None:
        """Wait until a part of the page contains a text."""
        self.until(
            """(selector, text) => [...document.querySelectorAll(selector)].some(
            (one) => one.innerText.includes(text))""",
            selector,
            text,
            patience=patience,
        )

    def frame(self, selector: str) -> FirefoxPage:
        """Wait for a frame, by the CSS selector of its element."""
        element = self.find(selector)
        told = self._ask(
            "script.callFunction",
            functionDeclaration="(frame) => frame.contentWindow",
            arguments=[_remote(element)],
            target={"context": self._context},
            awaitPromise=False,
        )
        return FirefoxPage(self._firefox, told["result"]["value"]["context"], self._person)

    def press(self, *keys: str) -> None:
        """Press keys together, by the names that Playwright has for them."""
        values = [_KEYS.get(key, key) for key in keys]
        downs = [{"type": "keyDown", "value": value} for value in values]
        ups = [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._act({"type": "key", "id": "keys", "actions": [*downs, *ups]})

    def write(self, text: str) -> None:
        """Type a text into what has the focus."""
        strokes = [
            {"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")
        ]
        self._act({"type": "key", "id": "keys", "actions": strokes})

    def click(self, element: Element) -> None:
        """Click the middle of an element."""
        self.evaluate("(one) => one.scrollIntoView({ block: 'nearest' })", element)
        place = {"type": "element", "element": {"sharedId": element.shared}}
        self._act(
            {
                "type": "pointer",
                "id": "mouse",
                "actions": [
                    {"type": "pointerMove", "x": 0, "y": 0, "origin": place},
                    {"type": "pointerDown", "button": 0},
                    {"type": "pointerUp", "button": 0},
                ],
            }
        )

    def screenshot(self, path: Path) -> None:
        """Write what the tab shows as a PNG file."""
        told = self._ask("browsingContext.captureScreenshot")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(told["data"]))

    def _act(self, *sources: dict[str, Any]) -> None:
        self._ask("input.performActions", actions=list(sources))

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        return self._firefox.ask(
            method, **({} if "target" in params else {"context": self._context}), **params
        )

    def _located(self, locator: dict[str, Any]) -> list[Element]:
        nodes = self._ask("browsingContext.locateNodes", locator=locator)["nodes"]
        return [Element(self, node["sharedId"]) for node in nodes]

    def _wait(self, locator: dict[str, Any]) -> Element:
        found: list[Element] = []

        def there() -> bool:
            found[:] = self._located(locator)
            return bool(found)

        try:
            waiting.until(there)
        except AssertionError as error:
            shown = self.evaluate("() => document.body.innerText.slice(0, 2000)")
            raise AssertionError(f"no {locator['value']} in the page: {shown}") from error
        return found[0]


class Element:
    """An element of a page."""

    def __init__(self, page: FirefoxPage, shared: str) -> None:
        self._page = page
        self.shared = shared

    def click(self) -> None:
        """Click its middle."""
        self._page.click(self)

    def evaluate(self, function: str) -> Any:
        """Call a JavaScript function with it, and return its result."""
        return self._page.evaluate(function, self)

    def fill(self, text: str) -> None:
        """Replace the text of a field."""
        self.evaluate("(field) => { field.focus(); field.select(); }")
        self._page.write(text)


def _remote(value: Element | str | float | None) -> dict[str, Any]:
    if isinstance(value, Element):
        return {"sharedId": value.shared}
    if value is None:
        return {"type": "null"}
    return {"type": "string" if isinstance(value, str) else "number", "value": value}


@contextmanager
def running_firefox(**preferences: object) -> Iterator[Firefox]:
    """Run Firefox without a window, with a profile of its own; `preferences` come on top."""
    assert FIREFOX is not None
    with ExitStack() as stack:
        profile = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="firefox")))
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in (_PREFERENCES | preferences).items()
        ]
        (profile / "user.js").write_text("\n".join(lines))
        log = stack.enter_context((profile / "log.txt").open("w+"))
        process = subprocess.Popen(
            [
                FIREFOX,
                "--headless",
                "--no-remote",
                f"--profile={profile}",
                "--remote-debugging-port=0",
                "about:blank",
            ],
            stdout=log,
            stderr=log,
        )
        stack.callback(_end, process)
        port = _address(process, profile / "log.txt")
        line = stack.enter_context(connect(f"{port}/session", max_size=None))
        firefox = Firefox(line)
        yield firefox
        firefox.ask("browser.close")
        process.wait(_ANSWER)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    waiting.until_up(process, lambda: _LISTENS.search(log.read_text()), log=log, patience=_START)
    found = _LISTENS.search(log.read_text())
    assert found is not None
    return found[1]


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
