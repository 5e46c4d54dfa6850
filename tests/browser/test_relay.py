"""Media only through a real coturn, and a page that contacts no other server."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.conftest import RunningServer, Servers
from tests.proxy import free_port, listens
from tests.waiting import until_up

from .conftest import OpenPage
from .media import moves
from .notebook import SLOW
from .test_room import address
from .waiting import until

pytestmark = pytest.mark.browser

SECRET = secrets.token_hex(16)
#: Timeouts in seconds for starting and stopping the relay.
_START = 60


@pytest.fixture
def turn(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Run a coturn with the shared secret; yield its URL and its log."""
    port, log = free_port(), tmp_path / "turn.log"
    turnserver = shutil.which("turnserver", path="/usr/bin:/usr/sbin:/usr/local/bin")
    command = [turnserver or "turnserver", "-n", "--listening-ip=127.0.0.1", "--no-cli"]
    command += ["--relay-ip=127.0.0.1", f"--listening-port={port}", "--allow-loopback-peers"]
    command += ["--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=meet.example"]
    command += [f"--userdb={tmp_path}/turn.db", f"--pidfile={tmp_path}/turn.pid", "--verbose"]
    command += ["--log-file=stdout", "--no-tls", "--no-dtls"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=tmp_path)
    try:
        until_up(process, lambda: listens(port), log=log, patience=_START)
        yield f"turn:127.0.0.1:{port}", log
    finally:
        process.terminate()
        process.wait(_START)


def enter(
    server: RunningServer, token: str, open_page: OpenPage, *, relay: bool
) -> tuple[Page, list[str]]:
    """Open the meeting; return the page, and the servers that it contacted."""
    page = open_page()
    asked: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).scheme not in {"data", "blob"}:
            asked.append(urlsplit(request.url).netloc)

    page.on("request", note)
    page.on("websocket", lambda line: asked.append(urlsplit(line.url).netloc))
    page.goto(address(server, token, "Relay", "Ada", forceTurnRelay=relay))
    return page, asked


def test_everything_goes_through_the_relay(
    servers: Servers,
    open_page: OpenPage,
    turn: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, log = turn
    monkeypatch.setenv("NANOMEET_TURN_SECRET", SECRET)
    server = servers.start("--turn", url)
    token = server.room("Relay")
    for secret in (token, server.invite(token)):
        page, _ = enter(server, secret, open_page, relay=True)
    picture = page.locator("[data-participant][data-local=false] video")
    expect(picture).to_have_count(1, timeout=SLOW)
    assert moves(picture)

    def said(*words: str) -> bool:
        text = log.read_text(errors="replace")
        return any(f"{word} processed, success" in text for word in words)

    # It writes its log with a delay.
    until(page, lambda: said("ALLOCATE"))
    # Direct connections are off: without the relay there is no connection.
    until(page, lambda: said("CHANNEL_BIND", "CREATE_PERMISSION"))
    assert SECRET not in log.read_text(errors="replace")


def test_a_page_asks_only_its_server(servers: Servers, open_page: OpenPage) -> None:
    server = servers.start()
    token = server.room("Relay")
    own = urlsplit(server.url).netloc
    (host, first), (_, second) = (
        enter(server, secret, open_page, relay=False) for secret in (token, server.invite(token))
    )
    picture = host.locator("[data-participant][data-local=false] video")
    expect(picture).to_have_count(1, timeout=SLOW)
    assert first
    assert set(first + second) == {own}
