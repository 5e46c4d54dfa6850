"""Tests of `confined` and `workers`: what a process that decodes may reach, tried by one."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

import nanomeet_widget
from nanomeet_widget.server import workers
from nanomeet_widget.server.confined import Bounds
from tests.unit.server.clips import clip
from tests.unit.server.playing import recorded

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines files and ports")
SOURCES = Path(nanomeet_widget.__file__).parent

#: Confines itself, then says what each of these came to; run in a process of its own.
PROBE = """
import json, os, resource, socket, sys
from pathlib import Path
from nanomeet_widget.server import confined
from nanomeet_widget.server.media import remux, thumbnail
import av
folder, outside, port, user = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if user:
    os.setgroups([]), os.setgid(user), os.setuid(user)
status = open('/proc/self/status') if sys.platform == 'linux' else None
confined.confine(confined.Bounds(processor=7, file_size=100_000, folders=(folder,)))
said = {}
def tried(name, act):
    try:
        act()
        said[name] = 'done'
    except BaseException as error:
        said[name] = type(error).__name__
def fork():
    if os.fork() == 0:
        os._exit(0)
tried('own file', lambda: Path(folder, 'made').write_text('x' * 900))
tried('large file', lambda: Path(folder, 'large').write_text('x' * 200_000))
film = Path(folder, 'film.mp4')
tried('work', lambda: remux.main(film, film.with_suffix('.tmp'), film.with_suffix('.jpg')))
said['picture'] = film.with_suffix('.jpg').exists()
tried('secret', lambda: Path(outside, 'token-secret').read_text())
tried('other file', lambda: Path(outside, 'made').write_text('x'))
tried('network', lambda: socket.create_connection(('127.0.0.1', port), timeout=5))
tried('memory', lambda: bytearray(4 << 30))
tried('program', lambda: os.execv('/bin/sh', ['sh', '-c', 'exit']))
tried('process', fork)
names = ('CORE', 'CPU', 'NOFILE', 'NPROC')
said['limits'] = [resource.getrlimit(getattr(resource, f'RLIMIT_{name}'))[0] for name in names]
said['privileges'] = 'NoNewPrivs:\\t1' in status.read() if status else None
print()
print(json.dumps(said))
"""


def probed(folder: Path, user: int = 0) -> dict[str, Any]:
    inside, outside = folder / "recordings", folder / "data"
    for place in (inside, outside):
        place.mkdir()
    recorded(inside / "film.mp4", clip(1)).chmod(0o666)
    (outside / "token-secret").write_text("secret")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        for place in (folder, inside, outside):
            place.chmod(0o777)
        run = subprocess.run(
            [sys.executable, "-c", PROBE, str(inside), str(outside), str(port), str(user)],
            capture_output=True,
            text=True,
            check=True,
        )
    said: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return said


@LINUX
def test_it_reaches_its_folder_and_nothing_else(tmp_path: Path) -> None:
    said = probed(tmp_path)
    assert (said["own file"], said["large file"]) == ("done", "OSError")
    assert (said["work"], said["picture"]) == ("done", True)
    assert said["memory"] == "MemoryError"
    assert said["limits"] == [0, 7, 64, 0]
    assert said["privileges"] is True
    for name in ("secret", "other file", "network", "program"):
        assert said[name] == "PermissionError", name


@LINUX
@pytest.mark.skipif(
    os.getuid() != 0, reason="the limit does not bind root, who can be another user"
)
def test_it_starts_no_process() -> None:
    # Other users enter it, unlike the folders of tests.
    with tempfile.TemporaryDirectory() as folder:
        said = probed(Path(folder), user=65534)
    assert said["process"] == "BlockingIOError"
    # Decoders and encoders do without threads.
    assert (said["own file"], said["work"], said["picture"]) == ("done", "done", True)


SECRETS = {
    "NANOMEET_API_KEY": "a-key-of-the-cloud",
    "NANOMEET_TURN_SECRET": "shared-with-the-turn-server",
    "JUPYTERHUB_API_TOKEN": "of-the-hub",
    "JPY_API_TOKEN": "of-the-hub",
    "JPY_PARENT_PID": "999999991",
    "AWS_SECRET_ACCESS_KEY": "of-a-cloud",
    "SOMETHING_ELSE": "of-the-user",
}


@LINUX
def test_a_worker_gets_no_variable_that_it_was_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    # A notebook's folder may hold files that are named like modules.
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    source, target = tmp_path / "film.mp4", tmp_path / "film.mp4.tmp"
    recorded(source, clip(1))

    async def scenario() -> tuple[str, bytes]:
        process = await workers.start(
            "media.remux",
            *map(str, (source, target, tmp_path / "film.jpg")),
            bounds=Bounds(processor=30, file_size=1 << 24, folders=(str(tmp_path),)),
        )
        environ = Path(f"/proc/{process.pid}/environ")
        variables = await asyncio.to_thread(environ.read_text)
        said, _ = await process.communicate()
        return variables, said

    variables, said = asyncio.run(scenario())
    assert json.loads(said)["duration"] == pytest.approx(1, abs=0.1)
    assert target.exists()
    assert "PATH=" in variables
    for name, value in SECRETS.items():
        assert f"{name}=" not in variables
        assert value not in variables


def test_no_other_module_starts_processes() -> None:
    starters = {"Popen", "run", "create_subprocess_exec", "create_subprocess_shell", "system"}
    owners = {"subprocess", "os", "asyncio", "multiprocessing"}
    found = set()
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in owners
                and (
                    node.attr in starters - {"run"}
                    or (node.value.id, node.attr) == ("subprocess", "run")
                )
            ):
                found.add(file.relative_to(SOURCES).as_posix())
    # Each gives its children variables of `_child_environment` alone.
    assert found == {
        "cli/_finding.py",
        "cli/doctor_packages.py",
        "media/sender.py",
        "server/workers.py",
        "services/local.py",
    }
