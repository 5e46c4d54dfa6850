"""Pages and servers with restrictive policies: what still works, and the errors."""

from __future__ import annotations

import dataclasses
import html
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import RunningServer
from tests.labs import Lab, running_lab
from tests.proxy import tls_proxy

from .conftest import OpenPage
from .media import decodes, frame_of, moves
from .notebook import SLOW, Notebook
from .site import site
from .test_room import Room, tile
from .waiting import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

SHOW = """
import nanomeet_widget as nm
room = nm.create_room("Within")
meet = nm.NanoMeet(token=room.token)
meet
"""
#: With the microphone off, where no test listens.
SILENT = SHOW.replace("token=room.token", "token=room.token, microphone=False")
TELL = "print(meet.status.value, meet.error)"
WATCH = "nm.BroadcastPlayer(open('link.txt').read())"
ISOLATED = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@contextmanager
def lab_with(
    folder: Path, headers: Mapping[str, str], *options: str, ip: str = "127.0.0.1"
) -> Iterator[Lab]:
    """Run JupyterLab with headers set by its administrator."""
    base = folder / "lab"
    base.mkdir()
    settings = f"--ServerApp.tornado_settings={json.dumps({'headers': dict(headers)})}"
    with running_lab(base, settings, *options, ip=ip) as lab:
        yield lab


def shown(lab: Lab, page: Page, *cells: str, setup: str = SHOW) -> Notebook:
    lab.write("within.ipynb", setup, TELL, *cells)
    notebook = Notebook(page, lab, "within.ipynb")
    notebook.run(0)
    return notebook


@pytest.mark.parametrize("extension", [True, False], ids=["inside", "beside"])
def test_in_an_isolated_notebook_one_meets(
    open_page: OpenPage, tmp_path: Path, *, extension: bool
) -> None:
    off = "--ServerApp.jpserver_extensions=nanomeet_widget.server.jupyter=False"
    with lab_with(tmp_path, ISOLATED, *([] if extension else [off])) as lab:
        notebook = shown(lab, open_page(), WATCH, setup=SILENT)
        assert notebook.page.evaluate("crossOriginIsolated")
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        frame = frame_of(notebook.page)
        assert frame.url.startswith(lab.url) is extension
        assert moves(frame.locator("[data-local=true] video"))
        # Its own resources work there, too: the composer is a worker.
        frame.get_by_role("button", name="Broadcast").click()
        frame.get_by_role("button", name="Go live").click()
        link = frame.get_by_role("textbox", name="Viewer link")
        expect(link).to_be_visible(timeout=SLOW)
        (lab.folder / "link.txt").write_text(link.input_value())
        notebook.run(2)
        inset = notebook.page.locator(".nanomeet-player iframe")
        player = inset.content_frame
        expect(player.locator("[data-state=live]")).to_be_visible(timeout=SLOW)
        # A frame of another origin that is out of sight draws nothing.
        inset.scroll_into_view_if_needed()
        assert moves(player.locator("canvas"))

        with notebook.page.expect_popup() as opened:
            notebook.meeting.get_by_role("button", name="Open in a tab").click()
        if not extension:
            # A page of another origin cannot say that its user was in the meeting already.
            opened.value.get_by_role("button", name="Join").click()
        assert moves(opened.value.locator("[data-local=true] video"))
        expect(notebook.meeting).to_contain_text("This meeting is open in its own tab")


def test_a_notebook_that_forbids_frames_says_so_and_opens_a_tab(
    open_page: OpenPage, tmp_path: Path
) -> None:
    with lab_with(tmp_path, {"Content-Security-Policy": "frame-src 'none'"}) as lab:
        notebook = shown(lab, open_page(), setup=SILENT)
        card = notebook.meeting.get_by_role("alert")
        expect(card).to_contain_text("may not be shown inside this page", timeout=SLOW)
        notebook.begins(1, "failed {'kind': 'frame_blocked'")
        assert "Content-Security-Policy" in notebook.evaluate(1)
        with notebook.page.expect_popup() as opened:
            card.get_by_role("button", name="Open in a tab").click()
        tab = opened.value
        assert moves(tab.locator("[data-local=true] video"))
        assert "eyJ" not in tab.url


#: Browsers ignore X-Frame-Options beside the `frame-ancestors` that the server itself sends.
UNFRAMED = {"Content-Security-Policy": "frame-ancestors 'none'", "X-Frame-Options": "DENY"}


def test_a_proxy_that_forbids_all_frames_is_named_at_once(
    open_page: OpenPage, tmp_path: Path
) -> None:
    with (
        lab_with(tmp_path, {}, "--ServerApp.allow_remote_access=True") as lab,
        tls_proxy(tmp_path / "nginx", lab.url, headers=UNFRAMED) as public,
    ):
        through = dataclasses.replace(lab, url=public)
        notebook = shown(through, open_page(ignore_https_errors=True))
        card = notebook.meeting.get_by_role("alert")
        expect(card).to_contain_text("may not be shown inside this page", timeout=SLOW)
        notebook.begins(1, "failed {'kind': 'frame_blocked'")
        assert "Content-Security-Policy" in notebook.evaluate(1)


#: Frames a server's page with the engine API; resolves with its events.
FRAME = """
(domain) => new Promise((tell) => {
  const options = { roomName: "algebra", jwt: "a.b.c", parentNode: document.body };
  new NanoMeetAPI(domain, options).addEventListener("errorOccurred", tell);
})
"""


def test_a_page_over_https_says_that_it_blocks_plain_http(
    open_page: OpenPage, server: RunningServer, tmp_path: Path
) -> None:
    with tls_proxy(tmp_path / "nginx", server.url) as public:
        page = open_page(f"{public}/healthz", ignore_https_errors=True, bypass_csp=True)
        page.add_script_tag(url=f"{public}/external_api.js")
        failed = page.evaluate(FRAME, "http://meet.example:8910/local")
        assert failed["name"] == "frame_blocked"
        assert failed["message"].endswith("came over https, and may not show one over http")


FORBIDDEN = {"Permissions-Policy": "camera=(), microphone=(), display-capture=()"}


def test_a_notebook_without_camera_rights_offers_a_tab(open_page: OpenPage, tmp_path: Path) -> None:
    with lab_with(tmp_path, FORBIDDEN) as lab:
        notebook = shown(lab, open_page())
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        frame = frame_of(notebook.page)
        notice = frame.locator(".notices .notice")
        expect(notice).to_contain_text("The page that embeds this meeting blocks")
        expect(notice.get_by_role("button", name="Try again")).to_have_count(0)
        frame.get_by_role("button", name="Share the screen").click()
        expect(frame.locator(".toasts")).to_contain_text("blocks screen sharing")
        with notebook.page.expect_popup() as opened:
            notice.get_by_role("link", name="Open in a tab").click()
        tab = opened.value
        assert moves(tab.locator("[data-local=true] video"))
        assert decodes(tab.locator("[data-local=true] video"))
        assert "eyJ" not in tab.url
        expect(notebook.meeting).to_contain_text("You left Within")
        # One participant, not two.
        expect(
            tab.get_by_role("list", name="People in the meeting").get_by_role("listitem")
        ).to_have_count(1)


LMS = """
<!doctype html><title>A course</title>
<iframe src="{address}" width="900" height="700"></iframe>
"""


def test_a_course_page_that_passes_no_camera_on_offers_a_tab(
    open_page: OpenPage, server: RunningServer
) -> None:
    room = Room(server, open_page)
    ada = room.enter("Ada", moderator=True, unseen=False)
    with site(LMS.format(address=html.escape(room.address("Grace")))) as course:
        page = open_page(course)
        grace = page.locator("iframe").content_frame
        expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
        notice = grace.locator(".notices .notice")
        expect(notice).to_contain_text("The page that embeds this meeting blocks")
        assert moves(grace.get_by_role("listitem").filter(has_text="Ada").locator("video"))
        with page.expect_popup() as opened:
            notice.get_by_role("link", name="Open in a tab").click()
        expect(opened.value.get_by_label("Your name")).to_have_value("Grace")
        opened.value.get_by_role("button", name="Join").click()
        expect(tile(ada, "Grace")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
        expect(tile(ada, "Grace")).to_have_count(1)
        assert moves(tile(ada, "Grace").locator("video"))
        assert "eyJ" not in opened.value.url


def test_a_header_of_the_own_server_is_named_and_no_tab_offered(
    open_page: OpenPage, server: RunningServer, tmp_path: Path
) -> None:
    policy = {"Permissions-Policy": "camera=()"}
    with tls_proxy(tmp_path / "nginx", server.url, headers=policy) as public:
        room = Room(server, open_page)
        address = room.address("Ada", moderator=True).replace(server.url, public)
        page = open_page(address, ignore_https_errors=True)
        notice = page.locator(".notices .notice")
        expect(notice).to_contain_text("The server blocks your camera", timeout=PATIENCE)
        expect(notice.get_by_role("link")).to_have_count(0)
        # The microphone is not affected.
        expect(tile(page, "Ada")).to_have_attribute("data-microphone", "on")


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6 loopback address")
def test_at_an_ipv6_address_one_is_seen(open_page: OpenPage, tmp_path: Path) -> None:
    with lab_with(tmp_path, {}, ip="::1") as lab:
        notebook = shown(lab, open_page(), setup=SILENT)
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        frame = frame_of(notebook.page)
        assert frame.url.startswith(f"{lab.url}/nanomeet/")
        assert moves(frame.locator("[data-local=true] video"))
        features = frame.evaluate("document.featurePolicy.allowedFeatures()")
        assert {"camera", "microphone", "display-capture", "autoplay"} <= set(features)
