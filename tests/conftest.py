"""A real server for every test that wants one: a process of its own, on a free port."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings

from tests.asking import post
from tests.waiting import until_up

#: Seconds: a machine that is busy with something else takes its time.
_START = 120.0
_STOP = 120.0
_PATIENT = Path(__file__).parent / "patient.py"

# Whatever the environment says, Python keeps what it compiles: tests start hundreds of Pythons.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# How long an example takes, or how long it is looked for, says something of the machine alone.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests last, and before them those of them that wait for most of their time.

    Playwright's event loop stays on the main thread once it runs: no test after it could run a loop of its
    own. What waits is best begun first: the others run beside it.
    """
    items.sort(key=lambda item: (in_browser(item), item.get_closest_marker("waits") is None))


def in_browser(item: pytest.Item) -> bool:
    return "browser" in item.path.parts


@dataclass(frozen=True)
class RunningServer:
    """A server that answers; its process, its address and its key."""

    url: str
    api_key: str
    data: Path
    log: Path
    process: subprocess.Popen[str]

    def room(self, name: str = "Testroom", *, moderator: bool = True, **fields: Any) -> str:
        """Return a token for a room; `fields` are those of the request."""
        body = {"room": name, "moderator": moderator, **fields}
        return self._token({"X-BINTU-APIKEY": self.api_key}, body)

    def invite(self, token: str, *, moderator: bool = False, **fields: Any) -> str:
        """Return a guest's token for the room of a moderator's token."""
        return self._token({"x-bintu-token": token}, {"moderator": moderator, **fields})

    def post(
        self, path: str, *, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        """Post JSON, and return whatever the server answers."""
        certificate = str(self.data / "certificate.pem")
        secure = self.url.startswith("https:")
        verify = ssl.create_default_context(cafile=certificate) if secure else True
        return post(f"{self.url}/{path}", headers=headers, json=body, verify=verify)

    def websocket(self, path: str) -> str:
        """Return the address of one of the server's WebSockets."""
        return f"{self.url.replace('http', 'ws', 1)}/{path}"

    def kill(self) -> None:
        """End it as a crash would: it gets no chance to tidy up."""
        self.process.kill()
        self.process.wait(_STOP)

    def stop(self) -> int:
        """End it as its owner would; return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_STOP)

    def _token(self, headers: dict[str, str], body: dict[str, Any]) -> str:
        answer = self.post("nanomeet", headers=headers, **body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["data"])


class Servers:
    """Starts servers with options of `nanomeet serve`, and ends all that are left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[str]] = []

    def start(
        self, *options: str, data: Path | None = None, patient: bool = False
    ) -> RunningServer:
        """Start a server on a free port.

        Without `data` it has a folder of its own; a `patient` one waits long for lost connections.
        """
        program = [str(_PATIENT)] if patient else ["-m", "nanomeet_widget.server"]
        data = data or self._folder / f"data{len(self._processes)}"
        ready = self._folder / f"ready{len(self._processes)}.json"
        log = self._folder / f"log{len(self._processes)}.txt"
        with log.open("w") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, *program, "--port", "0"),
                    *("--data", str(data), "--ready-file", str(ready), *options),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                env={k: v for k, v in os.environ.items() if k != "NANOMEET_API_KEY"},
            )
        self._processes.append(process)
        until_up(process, ready.exists, log=log, patience=_START)
        content = json.loads(ready.read_text())
        return RunningServer(
            url=content["url"], api_key=content["api_key"], data=data, log=log, process=process
        )

    def close(self) -> None:
        """End every server that still runs."""
        running = [process for process in self._processes if process.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    """Starts servers that end with the test."""
    starter = Servers(tmp_path)
    yield starter
    starter.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests that need nothing special of it; each uses a room of its own."""
    starter = Servers(tmp_path_factory.mktemp("server"))
    yield starter.start()
    starter.close()
