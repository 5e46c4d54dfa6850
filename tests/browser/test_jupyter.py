"""The server inside JupyterLab, behind TLS and a path: a guest needs only the invite."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.labs import running_lab
from tests.proxy import HOST, free_port, tls_proxy

from .conftest import OpenPage
from .media import frame_of, moves
from .notebook import SLOW, Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PATH = "/user/anna"
CELLS = [
    """
import nanomeet_widget as nm
room = nm.create_room("Behind")
meet = nm.NanoMeet(token=room.token, microphone=False)
meet
""",
    """
invite = nm.create_invite(room.token)
_ = open("link.txt", "w").write(invite.invite_link)
""",
    "live = meet.start_broadcast()",
    "print(live.result())",
]
SHOW, INVITE, START, PLAYOUT = range(4)


def join_as(page: Page, name: str) -> None:
    """Follow the steps of an invite link's page."""
    page.get_by_label(re.compile("name", re.IGNORECASE)).fill(name)
    page.get_by_role("button", name=re.compile("join", re.IGNORECASE)).click()


def test_a_guest_without_an_account_meets_and_watches(open_page: OpenPage, tmp_path: Path) -> None:
    base = tmp_path / "lab"
    base.mkdir()
    port = free_port()
    with (
        running_lab(base, "--ServerApp.allow_remote_access=True", path=PATH) as lab,
        tls_proxy(tmp_path / "nginx", lab.url.removesuffix(PATH), port=port) as public,
    ):
        lab.write("behind.ipynb", *CELLS)
        through = dataclasses.replace(lab, url=public + PATH)
        notebook = Notebook(open_page(ignore_https_errors=True), through, "behind.ipynb")
        notebook.run(SHOW)
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        # The kernel knew only this machine's own address; the page used the one that it was loaded from.
        assert frame_of(notebook.page).url.startswith(f"{public}{PATH}/nanomeet/local/Behind")
        assert not (lab.runtime / "nanomeet").exists(), "a second server was started"

        notebook.run(INVITE)
        link = (lab.folder / "link.txt").read_text()
        assert link.startswith(f"https://{HOST}:{port}{PATH}/nanomeet/invite#token=")
        guest = open_page(link, ignore_https_errors=True)
        join_as(guest, "Ada")
        for page in (frame_of(notebook.page), guest):
            picture = page.locator("[data-participant][data-local=false] video")
            expect(picture).to_have_count(1, timeout=SLOW)
            assert moves(picture)

        notebook.run(START)
        expect(notebook.meeting.locator(".nanomeet-live")).to_have_text(
            re.compile("LIVE"), timeout=SLOW
        )
        # The answer arrives a moment after the page has shown it.
        address = re.compile(r"https://[^\s']+/live/[\w-]+")
        playout = notebook.until(PLAYOUT, lambda printed: address.search(printed) is not None)
        live = address.search(playout)
        assert live, playout
        viewer = open_page(live[0], ignore_https_errors=True)
        expect(viewer.locator("[data-state=live]")).to_be_visible(timeout=SLOW)
        assert moves(viewer.locator("canvas, video").first)

        # In the same browser, the guest has no access to Jupyter.
        for path in ("lab", "api/contents", "files/link.txt"):
            answer = guest.goto(f"{public}{PATH}/{path}")
            assert answer is not None
            assert answer.status == 403 or "/login" in guest.url
