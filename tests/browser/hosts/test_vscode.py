"""Where the notebook's app blocks the camera, the meeting opens in a browser.

VS Code itself does not run here: JupyterLab is marked as VS Code, and a page has the rules of its webviews.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import nanomeet_widget as nm
from nanomeet_widget import _trust
from nanomeet_widget.services import LocalServer
from tests.browser.conftest import OpenPage
from tests.browser.notebook import SLOW, Notebook
from tests.browser.screens import shoot
from tests.browser.waiting import until
from tests.conftest import RunningServer
from tests.labs import Lab
from tests.leaks import found

from .embedded import Host, use_lines

pytestmark = pytest.mark.browser

SHOW = """
import nanomeet_widget as nm
room = nm.create_room("studio_101")
open("studio.token", "w").write(room.token)
meet = nm.NanoMeet(token=room.token)
meet
"""
MARKED = """
addEventListener("DOMContentLoaded", () => { document.body.dataset.vscodeThemeKind = "vscode-dark"; });
const click = HTMLAnchorElement.prototype.click;
HTMLAnchorElement.prototype.click = function () { window.followed = this.href; click.call(this); };
"""


def test_the_meeting_opens_in_a_browser_by_a_one_time_link(lab: Lab, open_page: OpenPage) -> None:
    lab.write("studio.ipynb", SHOW)
    page = open_page()
    page.add_init_script(MARKED)
    notebook = Notebook(page, lab, "studio.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_contain_text("blocks camera access in notebooks")
    expect(page.locator("iframe[allow*=camera]")).to_have_count(0)

    with page.context.expect_page() as opened:
        notebook.meeting.get_by_role("button", name="Open in browser").click()
    room = opened.value
    room.get_by_label("Your name").fill("Ada")
    room.get_by_text("You can join now, as a moderator.").wait_for()
    room.get_by_role("button", name="Join").click()
    expect(room.locator("li[data-participant]")).to_have_count(1, timeout=SLOW)
    expect(room.get_by_role("button", name="Broadcast")).to_be_visible()

    link = page.evaluate("window.followed")
    token = (lab.folder / "studio.token").read_text()
    assert "/invite#ticket=" in link
    assert not found(link, token)
    notebook.save()
    saved = (lab.folder / "studio.ipynb").read_text()
    assert not found(saved, token, link.partition("=")[2])

    again = open_page(link)
    expect(again.get_by_role("heading", name="This link was used already")).to_be_visible()
    expect(again.get_by_role("button", name="Join")).to_be_hidden()
    assert "ticket" not in again.url


#: The permissions of VS Code's webviews have no camera (microsoft/vscode#250568), and their sandbox no pop-ups.
WEBVIEW = (
    'allow="cross-origin-isolated; autoplay; local-network-access; clipboard-read; clipboard-write" '
    'sandbox="allow-scripts allow-same-origin allow-forms allow-pointer-lock allow-downloads"'
)
#: VS Code opens a followed link itself, with a port forwarded if the kernel is on another machine.
OPENS_LINKS = """
document.addEventListener("click", (event) => {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.href);
  if (!link) return;
  event.preventDefault();
  parent.postMessage(link.href, "*");
});
"""


def test_in_a_webview_the_host_opens_the_link(
    open_page: OpenPage, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VS Code in a browser, too, where the page's machine is not the kernel's."""
    use_lines(monkeypatch)
    _trust.use(server.url)
    token = server.room("webview_101")
    service = LocalServer(server.url, api_key=server.api_key)
    host = Host(
        open_page(),
        nm.NanoMeet(token, service=service),
        outer="https://vscode.example/workbench.html",
        inner="https://webview.vscode-cdn.example/index.html",
        frame=WEBVIEW,
        body="data-vscode-theme-kind=vscode-dark class=vscode-dark",
        script=OPENS_LINKS,
    )
    meeting = host.frame.locator(".nanomeet")
    expect(meeting).to_contain_text("blocks camera access in notebooks", timeout=SLOW)
    expect(meeting).to_have_attribute("data-theme", "dark")
    shoot(host.page, "vscode-webview")
    meeting.get_by_role("button", name="Open in browser").click()
    until(host.page, lambda: len(host.told) == 1)
    (link,) = host.told
    assert link.startswith(f"{server.url}/invite#ticket=")
    assert not found(link, token)
    assert len(host.page.context.pages) == 1
    room = open_page(link)
    room.get_by_text("You can join now, as a moderator.").wait_for()
