"""`nm.demo()`: a token that lets bots come, and no other token that does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _demo, _tokens, services
from nanomeet_widget.services import LocalServer

RUN = "import sys; from nanomeet_widget.cli import main; sys.exit(main())"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    """The embedded server of this machine, for one test."""
    with LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=1) as server:
        monkeypatch.setattr(services, "own", lambda: server)
        monkeypatch.setattr(_demo, "_room", None)
        yield server


def test_only_the_demo_s_own_token_lets_bots_come(own: LocalServer) -> None:
    room = own.demo_room(timedelta(hours=1))
    assert _tokens.read(room.token).bots
    assert not _tokens.read(own.create_room("Plain").token).bots
    for moderator in (False, True):
        invite = own.create_invite(room.token, moderator=moderator)
        assert not _tokens.read(invite.token).bots
    [personal] = nm.create_invites(room.token, [{"id": "a", "name": "Ada"}], service=own)
    assert not _tokens.read(personal.token).bots


def test_running_the_cell_again_shows_the_same_meeting(own: LocalServer) -> None:
    first, again = nm.demo(), nm.demo(height=300)
    assert first.token == again.token
    assert again.moderator
    assert again.height == 300
    # A server that has ended leaves no meeting to go back to.
    assert _demo._room is not None
    own.revoke(_demo._room.token)
    for meet in (first, again):
        meet.close()


def test_a_configured_service_does_not_get_the_demo(own: LocalServer) -> None:
    elsewhere = LocalServer("https://meet.example.org", api_key="k" * 20)
    nm.configure(elsewhere)
    try:
        meet = nm.demo()
        assert _tokens.read(str(meet.token)).server == own.url
        meet.close()
    finally:
        nm.configure(None)


def test_the_command_gives_a_link_and_ends_the_demo(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NANOMEET_")}
    environment |= {"XDG_RUNTIME_DIR": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "demo", "--no-browser", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as demo:
        assert demo.stdout is not None
        text = ""
        while not text.rstrip().endswith("}"):
            text += demo.stdout.readline()
        said = json.loads(text)
        assert "/invite#ticket=" in said["link"]
        assert not said["opened"]
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 0
