"""Where the notebook's app blocks the camera, the meeting opens in a browser.

VS Code itself does not run here: JupyterLab is marked as VS Code.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.notebook import SLOW, Notebook
from tests.labs import Lab
from tests.leaks import found

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
