"""The service unit and the container of `docs/server.md` do what they say, but for their installing."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.asking import get
from tests.conftest import Servers
from tests.documents import blocks
from tests.waiting import PATIENCE, until

#: Given by `Servers` instead: the folder of the test's own.
FOLDER = {"--data"}


def only(language: str) -> str:
    """Return the one block of a language, with its lines joined."""
    (block,) = blocks(language, "docs/server.md")
    return block.text.replace("\\\n", "")


def options(command: list[str]) -> list[str]:
    """Return what stands behind `nanomeet serve`, without the folder."""
    assert Path(command[0]).name == "nanomeet"
    assert command[1] == "serve"
    given = command[2:]
    return [
        word
        for before, word in zip(["", *given], given, strict=False)
        if not {before, word} & FOLDER
    ]


def test_what_the_unit_starts_tells_systemd_that_it_is_ready(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    unit = dict(line.split("=", 1) for line in only("ini").splitlines() if "=" in line)
    assert unit["Type"] == "notify"
    monkeypatch.setenv("NANOMEET_TURN_SECRET", "shared-with-the-turn-server")
    given = options(shlex.split(unit["ExecStart"]))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        server = servers.start(*given)
        assert manager.recv(100) == b"READY=1"
    # It has longer to end than it waits for meetings.
    assert float(unit["TimeoutStopSec"]) > float(given[given.index("--drain") + 1])
    assert server.url == given[given.index("--public-url") + 1]


def test_what_the_container_starts_is_healthy_by_its_own_check(servers: Servers) -> None:
    lines = dict(line.split(" ", 1) for line in only("dockerfile").splitlines())
    server = servers.start(*options(json.loads(lines["CMD"])))
    check = json.loads(lines["HEALTHCHECK"].removeprefix("CMD "))
    assert check[0] == "python"
    port = lines["EXPOSE"]
    assert port in check[2]

    def healthy() -> bool:
        code = check[2].replace(port, str(urlsplit(server.url).port))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        return done.returncode == 0

    until(healthy)
    assert get(f"{server.url}/healthz").status_code == 200
    server.stop()
    assert not healthy()
