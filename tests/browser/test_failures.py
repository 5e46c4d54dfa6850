"""Whatever ends a meeting, the cell says why, and Python has the kind; a lost connection ends nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import Servers
from tests.labs import Lab
from tests.proxy import free_port

from .conftest import OpenPage
from .kept_pages import OpenNotebook
from .notebook import SLOW, Notebook
from .test_room import OFF, address, button

pytestmark = pytest.mark.browser

IMPORT = "import json, nanomeet_widget as nm"
SHOW = """
seen = []
meet = nm.NanoMeet(token=open({!r}).read(), camera=False, microphone=False)
meet.observe(lambda change: seen.append(change["new"].value), "status")
meet
"""
ASK, ASKED = "command = meet.set_subject('Back')", "print(repr(command))"
TELL = 'print(json.dumps({"seen": seen, "error": meet.error, "people": len(meet.participants)}))'


class Cell:
    """A notebook whose cell shows the meeting of a token."""

    def __init__(self, lab: Lab, name: str, opener: Callable[[str], Notebook]) -> None:
        self._token = lab.folder / f"{name}.token"
        lab.write(f"{name}.ipynb", IMPORT, SHOW.format(self._token.name), TELL, ASK, ASKED)
        self.notebook = opener(f"{name}.ipynb")
        self.notebook.run(0)

    def join(self, token: str) -> None:
        """Show the token's meeting, and trust its server."""
        self._token.write_text(token)
        self.notebook.run(1)
        self.meeting.get_by_role("button", name="Join there").click()

    @property
    def meeting(self) -> Locator:
        return self.notebook.meeting

    def is_(self, status: str) -> None:
        expect(self.meeting).to_have_attribute("data-status", status, timeout=SLOW)

    def says(self, words: str) -> None:
        expect(self.meeting.get_by_role("alert")).to_contain_text(words, timeout=SLOW)

    def state(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return Python's state, once it matches."""
        printed = self.notebook.until(2, lambda text: fits(json.loads(text)))
        answer: dict[str, Any] = json.loads(printed)
        return answer

    def failed(self) -> dict[str, Any]:
        """Return Python's information about a failure."""
        return self.state(lambda state: state["error"] is not None)


def test_who_is_removed_is_told_so(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook, servers: Servers
) -> None:
    server = servers.start()
    token = server.room("Removed")
    host = open_page(address(server, token, "Removed", "Ada", **OFF))
    cell = Cell(lab, "removed", open_notebook)
    cell.join(server.invite(token))
    cell.is_("joined")
    host.get_by_role("button", name="People", exact=True).click()
    host.get_by_role("dialog").get_by_role("button", name="Actions for Guest").click()
    host.get_by_role("menuitem", name="Remove from the meeting").click()
    sheet = host.get_by_role("dialog", name="Remove Guest?")
    sheet.get_by_role("button", name="Remove", exact=True).click()
    cell.says("A moderator removed you from Removed.")
    state = cell.failed()
    assert state["seen"] == ["loading", "joining", "joined", "failed"]
    assert state["error"]["kind"] == "kicked"
    assert state["people"] == 0


def test_a_full_room_says_so_and_can_be_tried_again(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook, servers: Servers
) -> None:
    server = servers.start("--max-participants", "1")
    token = server.room("Full")
    host = open_page(address(server, token, "Full", "Ada", **OFF))
    expect(button(host, "Leave the meeting")).to_be_visible(timeout=SLOW)
    cell = Cell(lab, "full", open_notebook)
    cell.join(server.invite(token))
    cell.says("Full is full: a participant has to leave first.")
    assert cell.failed()["error"]["kind"] == "room_full"
    button(host, "Leave the meeting").click()
    expect(host.get_by_role("heading", name="You left")).to_be_visible()
    cell.meeting.get_by_role("button", name="Try again").click()
    cell.is_("joined")
    state = cell.state(lambda state: state["seen"][-1] == "joined")
    assert state["seen"][-1] == "joined"
    assert state["error"] is None


@pytest.mark.waits
def test_a_token_that_runs_out_ends_the_meeting(
    lab: Lab, open_notebook: OpenNotebook, servers: Servers
) -> None:
    server = servers.start()
    cell = Cell(lab, "brief", open_notebook)
    # Only now, because opening a notebook takes an unknown time.
    end = datetime.now(timezone.utc) + timedelta(seconds=45)
    cell.join(server.room("Brief", exp=end.strftime("%Y-%m-%dT%H:%M:%SZ")))
    cell.is_("joined")
    cell.says("The token for Brief has expired")
    state = cell.failed()
    assert state["seen"][-2:] == ["joined", "failed"]
    assert state["error"]["kind"] == "token_expired"


def test_a_server_that_returns_is_a_drop_out_else_the_end(
    lab: Lab, open_page: OpenPage, servers: Servers
) -> None:
    port = free_port()
    first = servers.start("--port", str(port))
    page = open_page()
    page.clock.install()
    cell = Cell(lab, "dropped", lambda name: Notebook(page, lab, name))
    cell.join(first.room("Dropped"))
    cell.is_("joined")
    first.kill()
    cell.is_("joining")
    cell.notebook.run(3)
    held = "<set_subject: pending: its connection is lost, and may come back>"
    cell.notebook.tells(4, held)
    second = servers.start("--port", str(port), data=first.data)
    cell.is_("joined")
    state = cell.state(lambda state: state["people"] == 1 and len(state["seen"]) > 4)
    assert state["seen"] == ["loading", "joining", "joined", "joining", "joined"]
    assert state["people"] == 1
    # Commands sent meanwhile were carried out then.
    cell.notebook.tells(4, "<set_subject: done: 'Back'>")

    second.kill()
    cell.is_("joining")
    cell.notebook.run(3)
    page.clock.fast_forward(130_000)
    cell.says("The server of Dropped cannot be reached.")
    state = cell.failed()
    assert state["seen"][-2:] == ["joining", "failed"]
    assert state["error"]["kind"] == "server_unreachable"
    cell.notebook.begins(4, "<set_subject: failed: The meeting's server cannot be reached.")


def test_a_server_that_was_never_there_is_noticed_soon(
    lab: Lab, open_notebook: OpenNotebook, servers: Servers
) -> None:
    server = servers.start()
    token = server.room("Nowhere")
    server.kill()
    cell = Cell(lab, "nowhere", open_notebook)
    cell.join(token)
    cell.says("The server of Nowhere cannot be reached.")
    error = cell.failed()["error"]
    assert error["kind"] == "server_unreachable"
    # And not at its timeout, which would say "did not answer within 30 s".
    assert error["message"].endswith("cannot be reached")
