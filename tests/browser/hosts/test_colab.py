"""Colab does not run here: a page with the origins, the sandbox and the permissions of its output frames."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import nanomeet_widget as nm
from nanomeet_widget import _trust
from tests.browser.conftest import OpenPage
from tests.browser.notebook import SLOW
from tests.browser.screens import shoot
from tests.conftest import RunningServer

from .embedded import Host, use_lines

pytestmark = pytest.mark.browser

#: As users report it: googlecolab/colabtools#1331.
FRAME = (
    'allow="autoplay; camera; microphone; xr-spatial-tracking" sandbox="allow-downloads allow-forms '
    'allow-pointer-lock allow-popups allow-popups-to-escape-sandbox allow-same-origin allow-scripts"'
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_cell_says_that_browsers_do_not_reach_colabs_machine(
    open_page: OpenPage, server: RunningServer, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab_20261101")
    use_lines(monkeypatch)
    _trust.use(server.url)
    meet = nm.NanoMeet(server.room("colab_101"))
    host = Host(
        open_page(),
        meet,
        outer="https://colab.research.google.com/drive/abc",
        inner="https://xyz-0-colab.googleusercontent.com/outputframe.html",
        frame=FRAME,
        root=f"theme={theme}",
    )
    meeting = host.frame.locator(".nanomeet")
    card = meeting.locator(".nanomeet-card")
    expect(card).to_contain_text("Colab runs it on a machine of its own", timeout=SLOW)
    expect(card).to_contain_text("nanomeet serve")
    expect(meeting).to_have_attribute("data-theme", theme)
    expect(host.frame.locator("iframe")).to_have_count(0)
    shoot(host.page, f"colab-{theme}")
    assert meet.status is nm.MeetingStatus.FAILED
    assert meet.error is not None
    assert meet.error["kind"] == "server_out_of_reach"
