"""The embedded server as kernels find it: started once, shared, gone when no kernel needs it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _machine, _tokens
from nanomeet_widget._version import __version__
from nanomeet_widget.services import LocalServer
from tests.waiting import until

#: Another kernel: uses the server, says which process it is, and waits to be killed.
KERNEL = """
import sys, time
from pathlib import Path
from nanomeet_widget.services import LocalServer
service = LocalServer(runtime=Path(sys.argv[1]), data=Path(sys.argv[2]), linger=1)
print(service.url, flush=True)
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that has ended stays in the table until its parent asks for it.
    with suppress(OSError):
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
    # It has gone between the two looks.
    return False


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "run", tmp_path / "data"


@pytest.fixture
def service(folders: tuple[Path, Path]) -> Iterator[LocalServer]:
    runtime, data = folders
    server = LocalServer(runtime=runtime, data=data)
    yield server
    server.close()
    ready = ready_in(runtime)
    if ready.exists():
        os.kill(json.loads(ready.read_text())["pid"], signal.SIGTERM)
        until(lambda: not ready.exists())


def ready_in(runtime: Path) -> Path:
    return runtime / f"server-{__version__}-{_machine.name()}.json"


def pid_of(runtime: Path) -> int:
    return int(json.loads(ready_in(runtime).read_text())["pid"])


def test_the_first_room_starts_the_server(service: LocalServer) -> None:
    room = nm.create_room("algebra_101", service=service)
    assert room.server == service.url
    assert room.server.startswith("http://127.0.0.1:")
    assert (room.room, room.moderator) == ("algebra_101", True)
    assert room.expiration - room.notbefore == timedelta(days=14)


def test_the_async_twins_do_the_same(service: LocalServer) -> None:
    async def run() -> nm.Invite:
        room = await nm.acreate_room("algebra_101", service=service)
        return await nm.acreate_invite(room.token, service=service)

    invite = asyncio.run(run())
    assert _tokens.read(invite.token).room == "algebra_101"


def test_an_invite_opens_its_page_with_the_token_in_the_fragment(
    service: LocalServer,
) -> None:
    room = nm.create_room("algebra_101", service=service)
    invite = nm.create_invite(room.token, service=service)
    assert invite.invite_link == f"{service.url}/invite#token={invite.token}"
    assert not invite.moderator
    assert not _tokens.read(invite.token).moderator


def test_bad_input_starts_no_server(service: LocalServer, folders: tuple[Path, Path]) -> None:
    for arguments in ({"room": "not allowed"}, {"room": "a", "exp": timedelta(days=400)}):
        with pytest.raises(nm.InvalidInputError):
            service.create_room(**arguments)
    assert not folders[0].exists()


def test_a_participants_token_makes_no_invite(service: LocalServer) -> None:
    room = nm.create_room("algebra_101", moderator=False, service=service)
    with pytest.raises(nm.PermissionDeniedError, match="only a moderator"):
        nm.create_invite(room.token, service=service)


def test_its_address_and_key_are_for_this_user_alone(
    service: LocalServer, folders: tuple[Path, Path]
) -> None:
    assert service.url
    runtime, data = folders
    ready = ready_in(runtime)
    assert stat.S_IMODE(ready.stat().st_mode) == 0o600
    assert stat.S_IMODE(runtime.stat().st_mode) == 0o700
    for file in data.rglob("*"):
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file


def test_without_a_runtime_folder_it_keeps_to_the_users_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    server = LocalServer(data=tmp_path / "data", linger=1)
    assert server.url
    runtime = tmp_path / "state/nanomeet/run"
    pid = pid_of(runtime)
    server.close()
    until(lambda: not alive(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows a process's variables")
def test_it_gets_no_secret_of_the_kernels_environment(
    service: LocalServer, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = {
        "NANOMEET_API_KEY": "of-another-service",
        "JUPYTERHUB_API_TOKEN": "of-the-hub",
        "JPY_API_TOKEN": "of-the-hub",
        "AWS_SECRET_ACCESS_KEY": "of-a-cloud",
        "HF_TOKEN": "of-another-cloud",
    }
    for name, value in secret.items():
        monkeypatch.setenv(name, value)
    assert service.url
    variables = Path(f"/proc/{pid_of(folders[0])}/environ").read_text()
    assert "PATH=" in variables
    for name, value in secret.items():
        assert f"{name}=" not in variables
        assert value not in variables


def test_several_processes_share_one_server(
    service: LocalServer, folders: tuple[Path, Path]
) -> None:
    command = [sys.executable, "-c", KERNEL, *map(str, folders)]
    kernels = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        urls = {k.stdout.readline().strip() for k in kernels if k.stdout is not None}
        assert urls == {service.url}
    finally:
        for kernel in kernels:
            kernel.kill()
            kernel.communicate()


def test_it_goes_when_its_last_user_was_killed(folders: tuple[Path, Path]) -> None:
    runtime, _ = folders
    command = [sys.executable, "-c", KERNEL, *map(str, folders)]
    kernel = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert kernel.stdout is not None
    assert kernel.stdout.readline().startswith("http://127.0.0.1:")
    pid = pid_of(runtime)
    assert alive(pid)
    kernel.send_signal(signal.SIGKILL)
    kernel.communicate()
    until(lambda: not alive(pid))
    assert not ready_in(runtime).exists()


def test_a_killed_server_is_replaced_and_its_tokens_stay_good(
    service: LocalServer, folders: tuple[Path, Path]
) -> None:
    room = nm.create_room("algebra_101", service=service)
    os.kill(pid_of(folders[0]), signal.SIGKILL)
    until(lambda: not alive(pid_of(folders[0])))
    invite = nm.create_invite(room.token, service=service)
    assert _tokens.read(invite.token).room == "algebra_101"
