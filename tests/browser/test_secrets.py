"""What a browser displays, stores and sends, and what JupyterLab saves, contains no token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.labs import Lab
from tests.leaks import found

from .conftest import OpenPage
from .kept_pages import OpenNotebook
from .media import frame_of
from .notebook import SLOW, Notebook
from .passing import said

pytestmark = pytest.mark.browser

SHOW = """
import json, nanomeet_widget as nm
room = nm.create_room({room!r})
invite = nm.create_invite(room.token)
with open("{room}.json", "w") as file:
    json.dump([room.token, invite.token, invite.invite_link], file)
{widget}
meet = Meet(token=room.token, camera=False, microphone=False)
meet
"""
OURS = "Meet = nm.NanoMeet"
LEAKY = """
import traitlets
class Meet(nm.NanoMeet):
    token = traitlets.Unicode(None, allow_none=True).tag(sync=True)
"""
LOOK = "room, invite, meet, room.token, invite.invite_link, meet.events"


@pytest.fixture
def saving(lab: Lab) -> Iterator[Lab]:
    """JupyterLab that saves the widgets' state in the notebook."""
    lab.save_state(on=True)
    yield lab
    lab.save_state(on=False)


def secrets_of(lab: Lab, room: str) -> list[str]:
    token, invited, _ = lab.read(f"{room}.json")
    (ready,) = lab.runtime.parent.glob("jupyter-run/nanomeet-*.json")
    return [token, invited, *(json.loads(ready.read_text())[name] for name in ("api_key", "proof"))]


def logs(lab: Lab) -> str:
    """Return the logs of JupyterLab, and of the meeting's server if that is a process of its own."""
    jupyter = (lab.folder.parent / "app.log").read_text()
    assert "Kernel started" in jupyter
    return jupyter + "".join(log.read_text() for log in lab.runtime.rglob("server-*.log"))


def meet(lab: Lab, opener: Callable[[str], Notebook], room: str, widget: str = OURS) -> Notebook:
    lab.write(f"{room}.ipynb", SHOW.format(room=room, widget=widget), LOOK)
    notebook = opener(f"{room}.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.run(1)
    return notebook


@pytest.mark.parametrize(("room", "widget"), [("kept_ours", OURS), ("kept_leaky", LEAKY)])
def test_jupyterlab_saves_no_token_even_with_the_widgets_state(
    saving: Lab, open_page: OpenPage, room: str, widget: str
) -> None:
    page = open_page(permissions=["camera", "microphone", "clipboard-read", "clipboard-write"])
    notebook = meet(saving, lambda name: Notebook(page, saving, name), room, widget)
    with said(notebook.meeting, "The invite link is copied"):
        notebook.meeting.get_by_role("button", name="Copy invite").click()
    notebook.save()
    saved = (saving.folder / f"{room}.ipynb").read_text()
    assert "application/vnd.jupyter.widget-state+json" in saved
    assert room in saved
    copied = page.evaluate("navigator.clipboard.readText()").partition("#token=")[2]
    secrets = [*secrets_of(saving, room), copied]
    assert bool(found(saved, *secrets)) == (widget == LEAKY)


#: What a page stores beyond its own life, and what it displays.
STORED = """
async () => JSON.stringify({
  local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie,
  databases: await indexedDB.databases(), caches: await caches?.keys(),
  address: location.href, referrer: document.referrer, history: history.state, title: document.title,
})
"""


#: The document as drawn; the frame's own URL is how the engine gets its token.
DRAWN = """
() => {
  const copy = document.documentElement.cloneNode(true);
  for (const frame of copy.querySelectorAll("iframe")) frame.removeAttribute("src");
  return copy.outerHTML;
}
"""


def beyond_the_tab(page: Page) -> str:
    """Return what a room in a tab stores, except what a reload needs: that is removed with the meeting."""
    stored = json.loads(page.evaluate(STORED))
    assert stored.pop("session")
    return json.dumps(stored)


class Witness:
    """Records a page's requests and messages."""

    def __init__(self, page: Page) -> None:
        self.requests: list[Request] = []
        self.addresses: list[str] = []
        self.console: list[str] = []
        page.on("request", lambda request: self.requests.append(request))  # noqa: PLW0108 - Playwright marks what it calls
        page.on("websocket", lambda socket: self.addresses.append(socket.url))
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.console.append(str(error)))

    def told(self) -> str:
        """Return what a server, or a reader of its logs, can see; the token service may see the token."""
        seen: list[Any] = [*self.addresses]
        for request in self.requests:
            seen.append(request.url.partition("#")[0])
            headers = request.all_headers()
            seen.append({name: headers.get(name) for name in ("referer", "origin", "cookie")})
        return json.dumps(seen)


def test_neither_the_notebook_nor_the_room_gives_the_token_away(
    lab: Lab, open_page: OpenPage
) -> None:
    page = open_page()
    witness = Witness(page)
    notebook = meet(lab, lambda name: Notebook(page, lab, name), "told_101")
    secrets = secrets_of(lab, "told_101")
    frame = frame_of(page)
    assert not found(witness.told(), *secrets)
    assert not found("".join(witness.console), *secrets)
    assert not found(page.evaluate(STORED), *secrets)
    kept = json.loads(frame.evaluate(STORED))
    kept.pop("address")  # a frame has no address bar
    assert not found(json.dumps(kept), *secrets)
    assert not found(page.evaluate(DRAWN), *secrets)

    # Also in a tab of its own, once it has read its URL.
    with page.context.expect_page() as opened:
        notebook.meeting.get_by_role("button", name="Open in a tab").click()
    tab = opened.value
    own = Witness(tab)
    expect(tab.locator("li[data-participant]")).to_have_count(1, timeout=SLOW)
    assert not found(own.told() + "".join(own.console), *secrets)
    assert not found(beyond_the_tab(tab), *secrets)
    assert not found(logs(lab), *secrets)
    tab.get_by_role("button", name="Leave the meeting").click()
    expect(tab.get_by_role("heading", name="You left")).to_be_visible()
    assert not found(tab.evaluate(STORED), *secrets)


def test_neither_invitation_nor_guests_room_gives_it_away(
    lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook
) -> None:
    meet(lab, open_notebook, "guest_101")
    secrets = secrets_of(lab, "guest_101")
    link = lab.read("guest_101.json")[2]
    guest = open_page()
    witness = Witness(guest)
    guest.goto(link)
    guest.get_by_label("Your name").fill("Ada")
    guest.get_by_role("button", name="Join").click()
    expect(guest.locator("li[data-participant]")).to_have_count(2, timeout=SLOW)
    assert not found(witness.told() + "".join(witness.console), *secrets)
    assert not found(beyond_the_tab(guest), *secrets)


def test_a_witness_sees_what_a_careless_page_does(open_page: OpenPage, server: Any) -> None:
    token = server.room("Careless")
    page = open_page(f"{server.url}/")
    witness = Witness(page)
    with page.expect_request("**/?jwt=*"):
        page.evaluate("(token) => fetch(`/?jwt=${token}`)", token)
    with page.expect_console_message():
        page.evaluate("(token) => { localStorage.jwt = token; console.log(token); }", token)
    assert found(witness.told(), token)
    assert found("".join(witness.console), token)
    assert found(page.evaluate(STORED), token)
