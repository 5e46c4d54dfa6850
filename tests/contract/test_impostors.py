"""A kernel sends nothing secret to a program that listens where its server was."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import nanomeet_widget as nm
from nanomeet_widget import ServiceUnavailableError, _jupyter, _machine, _proof, _trust
from nanomeet_widget._http import Http, Request
from nanomeet_widget._models import Secret
from nanomeet_widget._version import __version__
from nanomeet_widget.server.tokens import secrets_folder
from nanomeet_widget.services import LocalServer
from tests.asking import get, post
from tests.conftest import RunningServer, Servers
from tests.contract.sockets import run
from tests.contract.test_recordings import record
from tests.standins.impostor import Impostor, impostor
from tests.unit.server.clips import clip
from tests.waiting import until

KEY = "x-bintu-apikey"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LocalServer]:
    server = LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=1)
    yield server
    server.close()


def ready_in(folder: Path) -> Path:
    return folder / "run" / f"server-{__version__}-{_machine.name()}.json"


def said_in(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(ready_in(folder).read_text())
    return said


def killed(folder: Path) -> dict[str, Any]:
    """Kill a user's server as a crash would; return what its file still says."""
    said = said_in(folder)
    os.kill(said["pid"], signal.SIGKILL)
    until(lambda: not _machine.runs(said["pid"], said["started"]))
    return said


def secrets_of(folder: Path, said: dict[str, Any], *more: str) -> list[bytes]:
    """Everything that another user must not learn."""
    lasting = secrets_folder.api_keys(folder / "data")
    return [text.encode() for text in (said["api_key"], said["proof"], *lasting, *more)]


def learned(other: Impostor, secret: list[bytes]) -> list[bytes]:
    return [text for text in secret if text in other.heard]


@pytest.mark.parametrize("process", ["that ended", "that reuses its id"])
def test_a_stale_file_gives_no_key_to_the_next_program_at_its_port(
    service: LocalServer, tmp_path: Path, process: str
) -> None:
    token = service.create_room("Kept").token
    said = killed(tmp_path)
    if process == "that reuses its id":
        own = {"pid": os.getpid(), "started": _machine.started(os.getpid())}
        ready_in(tmp_path).write_text(json.dumps({**said, **own}))
    with impostor(urlsplit(said["url"]).port or 0) as other:
        again = LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=1)
        for kernel in (again, service):
            assert kernel.create_room("Kept").server != other.url
            assert kernel.create_invite(token)
        again.close()
        assert learned(other, secrets_of(tmp_path, said, token)) == []


def test_a_call_after_the_server_is_gone_sends_nothing(
    service: LocalServer, tmp_path: Path
) -> None:
    service.create_room("Kept")
    said = killed(tmp_path)
    http = Http("the embedded server")
    expected = _proof.Expected(Secret(said["proof"]))
    with impostor(urlsplit(said["url"]).port or 0) as other:
        http.require_proof(other.url, expected)
        request = Request(
            method="POST",
            origin=other.url,
            path="/nanomeet",
            headers={KEY: said["api_key"]},
            body={"room": "R"},
            repeatable=True,
        )
        calls: list[Callable[[], object]] = [
            lambda: http.call(request),
            lambda: asyncio.run(http.acall(request)),
            lambda: http.download(other.url, "/vod/x.mp4", tmp_path / "x.mp4"),
            lambda: http.date(other.url),
        ]
        for call in calls:
            with pytest.raises(ServiceUnavailableError, match="nothing was sent"):
                call()
        assert learned(other, secrets_of(tmp_path, said)) == []
        assert b"/nanomeet" not in other.heard


def test_an_answer_of_the_real_server_proves_nothing_elsewhere(server: RunningServer) -> None:
    (ready,) = server.data.parent.glob("ready0.json")
    said = json.loads(ready.read_text())
    target = urlsplit(server.url)

    def passed_on(asked: bytes) -> bytes:
        with socket.create_connection((target.hostname, target.port), timeout=10) as real:
            real.sendall(asked)
            return real.recv(65536)

    real, relayed = Http("the server"), Http("the server")
    path = "/organisation"
    headers = {KEY: said["api_key"]}
    expected = _proof.Expected(Secret(said["proof"]))
    real.require_proof(server.url, expected)
    assert real.call(Request(method="GET", origin=server.url, path=path, headers=headers))
    with impostor(answer=passed_on) as other:
        relayed.require_proof(other.url, expected)
        request = Request(method="GET", origin=other.url, path=path, headers=headers)
        with pytest.raises(ServiceUnavailableError):
            relayed.call(request)
        assert b"lease/proof" in other.heard
        assert said["api_key"].encode() not in other.heard


def test_a_token_goes_only_to_the_server_that_made_it(
    service: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A notebook that has only the token, as after a restart of its kernel.
    room = service.create_room("Kept")
    token = room.token
    monkeypatch.setattr(_trust, "_used", {room.server})
    assert nm.NanoMeet(token).recordings() == []
    said = killed(tmp_path)
    again = LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=1)
    target = urlsplit(again.url)

    def passed_on(asked: bytes) -> bytes:
        """Ask the next server, which has the same secret."""
        with socket.create_connection((target.hostname, target.port), timeout=10) as real:
            real.sendall(asked)
            return real.recv(65536)

    for answer in (None, passed_on):
        with impostor(
            urlsplit(said["url"]).port or 0, **({"answer": answer} if answer else {})
        ) as other:
            with pytest.raises(ServiceUnavailableError, match="nothing was sent"):
                nm.NanoMeet(token).recordings()
            assert b"lease/proof" in other.heard
            assert learned(other, [token.encode(), token.rpartition(".")[2].encode()]) == []
    again.close()


def test_each_answer_is_for_its_nonce(server: RunningServer) -> None:
    (ready,) = server.data.parent.glob("ready0.json")
    secret = json.loads(ready.read_text())["proof"]
    port = urlsplit(server.url).port or 0
    url = f"{server.url}{_proof.PATH}"
    for nonce in ("0" * 64, "ab" * 32):
        answered = get(url, headers={_proof.HEADER: nonce}).text
        assert answered == _proof.answer(secret, nonce, port)
    for wrong in ("", "0" * 63, "0" * 65, "G" * 64, "A" * 64):
        assert get(url, headers={_proof.HEADER: wrong}).status_code == 400
    assert get(url).status_code == 400


def test_a_jupyter_server_has_to_prove_itself_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "jupyter").mkdir()
    with impostor() as other:
        said = _jupyter.Extension(
            api=f"{other.url}/nanomeet",
            url=f"{other.url}/nanomeet",
            links=None,
            api_key=Secret("k" * 43),
            proof=Secret(_proof.new_secret()),
        )
        file = _jupyter.file_of(tmp_path / "jupyter", os.getpid())
        secrets_folder.write_private(file, _jupyter.content(said, os.getpid()))
        assert _jupyter.find() == said
        with LocalServer(linger=0) as kernel:
            assert kernel.create_room("R").server != said.url
        assert b"lease/proof" in other.heard
        assert b"k" * 43 not in other.heard


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_is_passed_over(
    service: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = service.create_room("R").server
    os.chown(ready_in(tmp_path), 65534, 65534)
    with LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=1) as kernel:
        assert kernel.create_room("R").server != first
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    said = _jupyter.Extension(
        api="http://127.0.0.1:9/nanomeet",
        url="http://127.0.0.1:9/nanomeet",
        links=None,
        api_key=Secret("k" * 43),
        proof=Secret(_proof.new_secret()),
    )
    file = _jupyter.file_of(tmp_path, os.getpid())
    file.write_bytes(_jupyter.content(said, os.getpid()))
    assert _jupyter.find(tmp_path) == said
    os.chown(file, 65534, 65534)
    assert _jupyter.find(tmp_path) is None


def test_the_key_of_the_file_ends_with_its_process(servers: Servers) -> None:
    first = servers.start()
    lasting = secrets_folder.api_keys(first.data)
    assert first.api_key not in lasting
    first.stop()
    second = servers.start(data=first.data)

    def status(key: str) -> int:
        return post(f"{second.url}/nanomeet", headers={KEY: key}, json={"room": "R"}).status_code

    assert status(first.api_key) == 401
    assert [status(key) for key in (second.api_key, *lasting)] == [200, 200]


def test_only_the_own_server_names_files_of_this_machine(
    service: LocalServer, tmp_path: Path
) -> None:
    room = nm.create_room("Film", service=service)
    said = said_in(tmp_path)
    running = RunningServer(
        url=said["url"],
        api_key=said["api_key"],
        data=tmp_path / "data",
        log=tmp_path / "none",
        process=None,  # type: ignore[arg-type]
    )
    run(record(running, room.token, clip(1)))
    (own,) = service.recordings()
    assert own.path == tmp_path / f"data/recordings/{room.streamname}.mp4"
    assert own.path.exists()
    named = LocalServer(said["url"], api_key=said["api_key"])
    assert [found.path for found in named.recordings()] == [None]
    assert [found.path for found in asyncio.run(named.arecordings())] == [None]


def test_a_foreign_servers_path_is_not_even_looked_at(tmp_path: Path) -> None:
    victim = tmp_path / "private.txt"
    victim.write_text("mine")
    entry = {
        "name": "film",
        "stream": "film",
        "began": 1.0,
        "ended": 2.0,
        "duration": 1.0,
        "size": 4,
        "path": str(victim),
        "url": "vod/film.mp4",
        "thumbnail": None,
        "chapters": "vod/film.vtt",
        "captions": None,
    }
    body = json.dumps({"data": [entry]}).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
        len(body),
        body,
    )
    with impostor(answer=lambda _: answer) as foreign:
        (found,) = LocalServer(foreign.url, api_key="a-key").recordings()
    assert found.path is None
