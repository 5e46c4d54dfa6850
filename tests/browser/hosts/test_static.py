"""Notebooks on pages without a kernel: what nbconvert, Sphinx, Quarto or MyST make of a saved notebook.

The pages are nbconvert's. The HTML manager of ipywidgets, which they load from the internet, comes from the
disk; nothing else may be loaded.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import nbformat
import pytest
from ipywidgets.embed import dependency_state
from nbconvert.exporters import HTMLExporter, LatexExporter, MarkdownExporter
from playwright.sync_api import Page, Route, expect

import nanomeet_widget as nm
from nanomeet_widget import _tokens
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.screens import shoot
from tests.browser.test_screens import fits
from tests.leaks import found

from .environments import ROOT, python_of

pytestmark = pytest.mark.browser

NOW = datetime.now(timezone.utc)
STATE = "application/vnd.jupyter.widget-state+json"
HERE = "The meeting algebra_101 was here."
#: How nbconvert's page begins to show widgets, once the HTML manager is there.
BEGIN = """
require(["@jupyter-widgets/html-manager/dist/libembed-amd"], ({ renderWidgets }) => {
  if (document.readyState === "complete") renderWidgets();
  else addEventListener("load", () => renderWidgets());
});
"""


def package_of(environment: str, name: str) -> Path:
    (path,) = (ROOT / ".hosts" / environment / "lib").glob(f"python*/site-packages/{name}")
    return path


def sources() -> dict[str, Callable[[], str]]:
    """What a page may load, by the end of its address."""
    manager = package_of("static", "shinywidgets") / "static/libembed-amd.js"
    require = package_of("apps", "nbclassic") / "static/components/requirejs/require.js"
    anywidget = Path(sys.prefix) / "share/jupyter/nbextensions/anywidget/index.js"
    return {
        "/require.min.js": require.read_text,
        "/dist/embed-amd.js": lambda: manager.read_text() + BEGIN,
        "/dist/index.js": anywidget.read_text,
    }


@pytest.fixture(scope="module")
def token() -> str:
    claims = _tokens.Claims(
        room="algebra_101",
        streamname="abc",
        server="http://127.0.0.1:9000",
        moderator=True,
        sub="local",
        notbefore=NOW,
        expiration=NOW + timedelta(hours=1),
    )
    return _tokens.mint(claims, _tokens.new_secret())


def saved(token: str, *, state: bool) -> nbformat.NotebookNode:
    """Return a notebook with a meeting and a broadcast, as it is saved with its widgets' state or without."""
    book: nbformat.NotebookNode = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    widgets = [nm.NanoMeet(token=token), nm.BroadcastPlayer("http://127.0.0.1:9000/live/algebra")]
    for widget in widgets:
        data, metadata = widget._repr_mimebundle_()  # type: ignore[attr-defined]
        output = nbformat.v4.new_output("display_data", data=data, metadata=metadata)
        book.cells.append(nbformat.v4.new_code_cell("meet", outputs=[output]))
    if state:
        states = {
            "version_major": 2,
            "version_minor": 0,
            "state": dependency_state(widgets, drop_defaults=False),
        }
        # As a file has it.
        book.metadata["widgets"] = json.loads(json.dumps({STATE: states}))
    return book


def exported(exporter: Any, book: nbformat.NotebookNode, **options: Any) -> str:
    text: str = exporter(**options).from_notebook_node(book)[0]
    return text


class Visit:
    """A visit to a page without a kernel, by a browser without a network."""

    def __init__(self, page: Page, html: str) -> None:
        self.page = page
        self.loaded: list[str] = []
        self.errors: list[str] = []
        known = sources()

        def answer(route: Route) -> None:
            url = route.request.url
            if url == "https://site.example/lesson.html":
                route.fulfill(body=html, content_type="text/html")
                return
            for end, source in known.items():
                if url.endswith(end):
                    route.fulfill(body=source(), content_type="text/javascript")
                    return
            self.loaded.append(url)
            route.abort()

        page.route("**/*", answer)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("websocket", lambda socket: self.loaded.append(socket.url))
        page.goto("https://site.example/lesson.html")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 320)])
def test_a_page_without_a_kernel_has_quiet_cards(
    open_page: OpenPage, token: str, theme: str, width: int
) -> None:
    html = exported(HTMLExporter, saved(token, state=True), theme=theme)
    assert not found(html, token)
    options: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": theme}
    visit = Visit(open_page(**options), html)
    page = visit.page
    meeting = page.locator(".nanomeet")
    expect(meeting.locator(".nanomeet-card")).to_contain_text(HERE)
    expect(page.locator(".nanomeet-player")).to_contain_text("A broadcast was here")
    page.wait_for_timeout(5_000)  # longer than a kernel is waited for
    expect(meeting.locator(".nanomeet-card")).to_have_text(
        f"{HERE} Run the notebook to start it again."
    )
    expect(page.locator(".nanomeet-player")).to_contain_text("A broadcast was here")
    expect(meeting).to_have_attribute("data-theme", theme)
    expect(meeting.get_by_role("button")).to_have_count(0)
    expect(page.locator("iframe, video, .nanomeet-overlay")).to_have_count(0)
    fits(page)
    shoot(page, f"static-{theme}-{width}")
    assert violations(page, ".nanomeet", ".nanomeet-player") == []
    assert visit.errors == []
    # nbconvert's own, and where the HTML manager looks for anywidget first.
    others = {"latest.js?config=TeX-AMS_CHTML-full,Safe", "anywidget.js"}
    assert {url.rpartition("/")[2] for url in visit.loaded} <= others


def test_without_saved_state_a_page_has_the_sentence(open_page: OpenPage, token: str) -> None:
    html = exported(HTMLExporter, saved(token, state=False))
    visit = Visit(open_page(), html)
    expect(visit.page.get_by_text(HERE)).to_be_visible()
    expect(visit.page.get_by_text("A broadcast was here.")).to_be_visible()
    shoot(visit.page, "static-sentence")
    assert " object at " not in visit.page.locator("body").inner_text()
    assert visit.errors == []


@pytest.mark.parametrize("exporter", [MarkdownExporter, LatexExporter])
def test_other_formats_have_the_sentence(token: str, exporter: Any) -> None:
    text = exported(exporter, saved(token, state=True))
    assert re.sub(r"\\", "", text).count("was here. It appears when this notebook runs.") == 2
    assert " object at " not in text
    assert not found(text, token)


def test_myst_keeps_the_sentence_and_no_token(token: str, tmp_path: Path) -> None:
    """What `myst build` and `jupyter book build` hand to a site's theme, which comes from the internet."""
    nbformat.write(saved(token, state=True), tmp_path / "lesson.ipynb")
    # The theme is a folder that does not exist: what is built before is what is looked at.
    settings = "version: 1\nproject:\n  toc:\n    - file: lesson.ipynb\nsite:\n  template: ./none\n"
    (tmp_path / "myst.yml").write_text(settings)
    myst = Path(python_of("static")).parent / "myst"
    subprocess.run(
        [myst, "build", "--site"], cwd=tmp_path, capture_output=True, timeout=300, check=False
    )
    (content,) = (tmp_path / "_build/site/content").glob("*.json")
    text = content.read_text()
    assert not found(text, token)
    outputs = [
        one["jupyter_data"]["data"]
        for one in walk(json.loads(text)["mdast"])
        if "jupyter_data" in one
    ]
    assert [HERE in data["text/html"]["content"] for data in outputs] == [True, False]


def walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for child in node.get("children", ()) for found in walk(child))]
