"""The site of the documents, as `make docs` builds it: looked at in Chromium, with no other host there."""

from __future__ import annotations

import fcntl
import functools
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Response, expect

from tests.documents import ROOT, anchors

from .axe import violations
from .conftest import OpenPage

pytest.importorskip("sphinx", reason="the extra `docs` is not installed: make setup does that")

from docs.site.addresses import BASE
from docs.site.links import Page as Parsed
from docs.site.links import problems

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
#: Below which path GitHub serves it.
UNDER = urlsplit(BASE).path
#: Of each kind of page one, which is looked at more closely.
KINDS = ["index", "gallery", "guide", "hosts", "reference/meeting", "tutorials/teacher"]
#: What is wider than the window and does not scroll within itself.
WIDER = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
  .filter((one) => {
    for (let at = one; at !== document.body; at = at.parentElement)
      if (getComputedStyle(at).overflowX !== "visible" || at.closest("dialog:not([open])")) return false;
    return true;
  })
  .map((one) => one.outerHTML.slice(0, 120))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does: warnings and wrong links are errors. All workers share it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "site"
    shared.mkdir(exist_ok=True)
    out = shared / "served" / UNDER.strip("/")
    done = shared / "done"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            command = [sys.executable, "-m", "docs.site", str(out)]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert run.returncode == 0, run.stderr
            done.touch()
    return out


@contextmanager
def served(built: Path) -> Iterator[str]:
    """Serve the site as GitHub does: below its path, with parts of files, and a page for wrong addresses."""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if wanted is None:
                super().do_GET()
                return
            body = Path(self.translate_path(self.path)).read_bytes()
            first, last = int(wanted[1]), int(wanted[2] or len(body) - 1)
            part = body[first : last + 1]
            self.send_response(206)
            self.send_header("Content-Type", self.guess_type(self.path))
            self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(body)}")
            self.send_header("Content-Length", str(len(part)))
            self.end_headers()
            # A player that knows enough hangs up.
            with suppress(ConnectionError):
                self.wfile.write(part)

        def send_error(self, code: int, *_: object, **__: object) -> None:
            body = (built / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(built.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}{UNDER}"
        server.shutdown()
        thread.join()


def names(built: Path) -> list[str]:
    return sorted(
        str(path.relative_to(built))
        for path in built.rglob("*.html")
        if not {"_static", "404.html"} & set(path.relative_to(built).parts)
    )


def test_each_document_has_its_page_and_each_page_its_address(built: Path) -> None:
    pages = names(built)
    for path in (ROOT / "docs").rglob("*.md"):
        assert str(path.relative_to(ROOT / "docs").with_suffix(".html")) in pages
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"notebooks/{path.stem}.html" in pages
        assert list(built.glob(f"_downloads/*/{path.name}"))
    listed = re.findall("<loc>(.*?)</loc>", (built / "sitemap.xml").read_text())
    assert len(listed) == len(set(listed))
    for name in pages:
        if name == "search.html":
            continue
        address = BASE + re.sub(r"(^|/)index\.html$", r"\1", name)
        assert address in listed
        assert f'<link rel="canonical" href="{BASE}{name}"' in (built / name).read_text()


@pytest.mark.parametrize("document", ["docs/api.md", "docs/architecture.md", "docs/screens.md"])
def test_headings_have_the_anchors_that_they_have_at_github(built: Path, document: str) -> None:
    page = built / Path(document).relative_to("docs").with_suffix(".html")
    assert anchors(document) <= Parsed(page).anchors


def test_wrong_links_of_pages_are_found(built: Path, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    for link, why in {
        "missing.html": "there is no such file",
        "#nowhere": "the page has no such anchor",
        f"{BASE}missing.html": "there is no such file",
        "https://nowhere/": "not an address of the web",
        "https://github.com/nanomeet-widget/nanomeet-widget/blob/main/docs/no.md": "no such file",
    }.items():
        page.write_text(f'<p id="here"><a href="#here">a</a> <a href="{link}">b</a></p>')
        (problem,) = problems(tmp_path)
        assert why in problem
    assert problems(built) == []


@contextmanager
def alone(page: Page, base: str) -> Iterator[None]:
    """Allow the site's own host only; what a page asks of others, or fails to load, is an error.

    Nothing is held back: then a page could not take from the browser's store what the last one loaded.
    """
    wrong: list[str] = []

    def own(url: str) -> bool:
        return url.startswith((base, "data:", "blob:"))

    def asked(request: Request) -> None:
        if not own(request.url):
            wrong.append(f"another host: {request.url}")

    def answered(response: Response) -> None:
        if not response.ok and response.status != HTTPStatus.NOT_MODIFIED:
            wrong.append(f"{response.status}: {response.url}")

    page.on("request", asked)
    page.on("response", answered)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield
    assert wrong == []


def test_every_page_stands_alone_and_fits_a_phone(built: Path, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    with served(built) as base, alone(page, base):
        for name in names(built):
            page.goto(base + name)
            assert page.evaluate(WIDER) == [], name
            expect(page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_follow_the_system_and_are_accessible(
    built: Path, open_page: OpenPage, theme: str
) -> None:
    page = open_page(viewport={"width": 1280, "height": 800}, color_scheme=theme)
    other = {"light": "dark", "dark": "light"}[theme]
    with served(built) as base, alone(page, base):
        for name in KINDS:
            page.goto(f"{base}{name}.html")
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            assert violations(page, "body") == [], name
        page.get_by_role("button", name=re.compile("color mode", re.IGNORECASE)).click()
        page.get_by_role("button", name=re.compile(other, re.IGNORECASE)).click()
        expect(page.locator("html")).to_have_attribute("data-theme", other)
        page.reload()
        expect(page.locator("html")).to_have_attribute("data-theme", other)


def test_search_needs_no_server(built: Path, open_page: OpenPage) -> None:
    page = open_page((built / "index.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("attendance")
    page.keyboard.press("Enter")
    results = page.locator("#search-results .search li")
    expect(results.filter(has_text="A class").first).to_be_visible()
    results.get_by_role("link", name="A class", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("A class")


def test_a_wrong_address_leads_back(built: Path, open_page: OpenPage) -> None:
    page = open_page()
    with served(built) as base:
        answer = page.goto(f"{base}no/such/page.html")
        assert answer is not None
        assert answer.status == 404
        page.locator("article").get_by_role("link", name="first page").click()
        expect(page.locator("h1")).to_contain_text("A meeting in your notebook")


def test_the_demo_runs_the_player_of_notebooks(built: Path, open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740})
    said = page.locator("#player-state")
    with served(built) as base, alone(page, base):
        page.goto(f"{base}demo.html")
        expect(said).to_contain_text("state='recording', paused=True")
        page.get_by_role("button", name="player.play()").click()
        expect(said).to_contain_text("paused=False")
        page.wait_for_function(
            "() => document.querySelector('#player-demo video').currentTime > 0.2"
        )
        page.get_by_role("button", name="player.pause()").click()
        expect(said).to_contain_text("paused=True")
        page.get_by_role("button", name="player.seek(10)").click()
        expect(said).to_contain_text("behind=10.0")
        assert violations(page, "body") == []
