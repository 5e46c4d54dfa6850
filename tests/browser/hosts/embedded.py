"""A widget of this process in a page's frame: for hosts that do not run here, by the rules of their frames.

The front end and the widget are the real ones. In place of the host's comms, the page hands messages over by a
function, and fetches the kernel's.
"""

from __future__ import annotations

import json
from typing import Any

import anywidget
import comm
from comm.base_comm import BaseComm
from playwright.sync_api import FrameLocator, Page, Route

#: What a host's frame runs, as anywidget does in every host: the script is imported from a blob.
_RUN = """
const { state } = JSON.parse(document.querySelector("#state").textContent);
const style = document.createElement("style");
style.textContent = state._css;
document.head.append(style);
const address = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
const { default: made } = await import(address);
const listeners = { "msg:custom": new Set() };
const exchange = async (content) => {
  for (const message of await kernel(content)) {
    for (const callback of [...listeners["msg:custom"]]) callback(message);
  }
};
const model = {
  get: (name) => state[name],
  set: () => {},
  save_changes: () => {},
  on: (event, callback) => listeners[event]?.add(callback),
  off: (event, callback) => listeners[event]?.delete(callback),
  send: (content) => void exchange(content),
};
const widget = typeof made === "function" ? await made() : made;
await widget.initialize?.({ model });
await widget.render({ model, el: document.querySelector("#output") });
setInterval(() => void exchange(null), 100);
"""


class Line(BaseComm):
    """The kernel's end of a widget's comm: keeps messages until the page fetches them."""

    def __init__(self, **options: Any) -> None:
        self.said: list[Any] = []
        super().__init__(**options)

    def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:  # type: ignore[override]
        del msg_type
        if data and data.get("method") == "custom":
            self.said.append(data["content"])

    def exchange(self, content: Any) -> list[Any]:
        """Hand a message of the page to the widget; return the widget's messages since the last call."""
        if content is not None:
            data = {"method": "custom", "content": content}
            self.handle_msg({"content": {"data": data}, "buffers": []})
        said, self.said = self.said, []
        return said


class Host:
    """A page of a host, with the frame in which it shows an output.

    Parameters
    ----------
    page
        A new page.
    widget
        The widget, made while `comm.create_comm` was `Line`.
    outer
        The address of the host's page.
    inner
        The address of its frame.
    frame
        The frame's attributes.
    body
        The attributes of the frame's body, and of its root.
    script
        What else runs in the frame.
    """

    def __init__(
        self,
        page: Page,
        widget: anywidget.AnyWidget,
        *,
        outer: str,
        inner: str,
        frame: str,
        root: str = "",
        body: str = "",
        script: str = "",
    ) -> None:
        line = widget.comm
        assert isinstance(line, Line)
        self.page = page
        #: What the host was told by messages of the frame.
        self.told: list[Any] = []
        state = json.dumps({"state": widget.get_state()}, default=str).replace("<", "\\u003c")
        pages = {
            outer: f"<!doctype html><title>A host</title><body><script>"
            f"addEventListener('message', ({{ data }}) => told(data))</script>"
            f"<iframe id=output-frame style='width: 100%; height: 600px; border: 0' {frame}"
            f" src={inner}></iframe>",
            inner: f"<!doctype html><html lang=en {root}><title>Output</title><body {body}>"
            f"<div id=output></div><script id=state type=application/json>{state}</script>"
            f"<script>{script}</script><script type=module>{_RUN}</script>",
        }

        def answer(route: Route) -> None:
            html = pages.get(route.request.url)
            if html is None:
                route.fallback()
            else:
                route.fulfill(body=html, content_type="text/html; charset=utf-8")

        page.route("**/*", answer)
        page.expose_function("kernel", line.exchange)
        page.expose_function("told", self._hear)
        page.goto(outer)

    def _hear(self, data: Any) -> None:
        self.told.append(data)

    @property
    def frame(self) -> FrameLocator:
        """The frame with the output."""
        return self.page.frame_locator("#output-frame")


def use_lines(monkeypatch: Any) -> None:
    """Give widgets that are made from now on a `Line`."""
    monkeypatch.setattr(comm, "create_comm", Line)
