"""A closed page: the others notice at once, not only after a connection timeout."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.site import site
from tests.browser.test_room import OFF, address, tile
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer, Servers

pytestmark = pytest.mark.browser

#: Joins with a bare socket, and drops the connection a moment later: the room waits for it to return.
LOSE = """
([token]) => new Promise((resolve) => {
  const socket = new WebSocket(`ws://${location.host}/ws/meeting`);
  socket.onopen = () => socket.send(JSON.stringify({ type: "join", v: 1, token, name: "Ben" }));
  socket.onmessage = () => { socket.close(1000); resolve(); };
})
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server on which a lost connection stays in its room for an hour."""
    starter = Servers(tmp_path_factory.mktemp("patient"))
    yield starter.start(patient=True)
    starter.close()


@pytest.fixture(scope="module")
def embedding(server: RunningServer) -> Iterator[str]:
    """A page of another origin that loads `external_api.js` from the server."""
    with site(PAGE.format(server=server.url)) as found:
        yield found


def close(page: Page) -> None:
    page.close()


def navigate(page: Page) -> None:
    page.evaluate("() => { location.href = 'about:blank'; }")


def dispose(page: Page) -> None:
    page.evaluate("api.dispose()")


def remove(page: Page) -> None:
    page.evaluate("document.querySelector('iframe').remove()")


@pytest.mark.parametrize("go", [close, navigate, dispose, remove])
def test_a_page_that_goes_is_gone_before_a_lost_connection(
    server: RunningServer, open_page: OpenPage, embedding: str, go: Callable[[Page], None]
) -> None:
    name = f"Going_{secrets.token_hex(4)}"
    token = server.room(name)
    ada = open_page(address(server, token, name, "Ada", **OFF))
    guest = server.invite(token)
    if go in {dispose, remove}:
        grace = open_page(embedding)
        assert Person(grace, server, guest, name, "Grace").id
    else:
        grace = open_page(address(server, guest, name, "Grace", **OFF))
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    bare = open_page(f"{server.url}/healthz", bypass_csp=True)
    bare.evaluate(LOSE, [server.invite(token)])
    expect(tile(ada, "Ben")).to_be_visible(timeout=PATIENCE)
    go(grace)
    expect(tile(ada, "Grace")).to_have_count(0, timeout=PATIENCE)
    assert tile(ada, "Ben").count() == 1


def test_a_reload_keeps_its_place(server: RunningServer, open_page: OpenPage) -> None:
    name = f"Reload_{secrets.token_hex(4)}"
    token = server.room(name)
    ada = open_page(address(server, token, name, "Ada", **OFF))
    grace = open_page(address(server, server.invite(token), name, "Grace", **OFF))
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    grace.keyboard.press("h")
    place = tile(ada, "Grace").get_attribute("data-participant")
    expect(tile(ada, "Grace").get_by_role("img", name="hand raised")).to_be_visible(
        timeout=PATIENCE
    )
    grace.reload()
    expect(tile(grace, "Ada")).to_be_visible(timeout=PATIENCE)
    expect(tile(ada, "Grace")).to_have_attribute("data-participant", str(place))
    expect(tile(ada, "Grace").get_by_role("img", name="hand raised")).to_be_visible(
        timeout=PATIENCE
    )
