"""Homes and runtime folders as clusters have them: missing, read-only, another's, shared, without locks."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _folders, _machine
from nanomeet_widget.server.data_folder import choose
from nanomeet_widget.server.instances import Instances
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.services import LocalServer
from tests.waiting import until

#: A kernel: makes a room and an invite, says where and with which process, and waits to be let go.
KERNEL = """
import json, sys
import nanomeet_widget as nm
try:
    room = nm.create_room("algebra_101")
    nm.create_invite(room.token)
    print(json.dumps({"server": room.server, "token": str(room.token)}), flush=True)
except nm.NanoMeetError as error:
    print(json.dumps({"error": type(error).__name__, "words": str(error)}), flush=True)
sys.stdin.read()
"""
ANOTHER_MACHINE = ["unshare", "--uts", "sh", "-c", 'hostname "$0"; exec "$@"']
LOCKLESS = [sys.executable, "-m", "tests.lockless"]
can_unshare = pytest.mark.skipif(
    not shutil.which("unshare")
    or subprocess.run([*ANOTHER_MACHINE, "node", "true"], check=False).returncode != 0,
    reason="this user may not make namespaces",
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux's folders and system calls")


#: Variables that would lead a kernel to folders and servers of another.
_OTHERS = ("XDG_", "JUPYTER", "JPY_", "NANOMEET_")


class Kernels:
    """Starts kernels, and ends them and their servers."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.errors = base / "stderr"
        self._kernels: list[subprocess.Popen[str]] = []

    def start(self, *before: str, **variables: str | None) -> dict[str, str]:
        """Return what a kernel says; `before` is a command that runs it, None unsets a variable."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_OTHERS)}
        for name, value in {"HOME": str(self.base / "home"), **variables}.items():
            environment.pop(name, None)
            if value is not None:
                environment[name] = value
        with self.errors.open("a") as errors:
            kernel = subprocess.Popen(
                [*before, sys.executable, "-c", KERNEL],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
            )
        self._kernels.append(kernel)
        assert kernel.stdout is not None
        line = kernel.stdout.readline()
        assert line, self.errors.read_text()
        said: dict[str, str] = json.loads(line)
        return said

    def pids(self) -> set[int]:
        """Return the processes of the servers that have said where they are."""
        return {json.loads(file.read_text())["pid"] for file in self.base.rglob("server-*.json")}

    def end(self) -> None:
        """End all of them."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for kernel in self._kernels:
            kernel.communicate()


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernels]:
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    started = Kernels(tmp_path)
    yield started
    started.end()


@linux
@pytest.mark.parametrize("session", ["gone", "file", "file/below", "of another", ""])
def test_a_session_folder_that_is_none_is_passed_over(session: str, kernels: Kernels) -> None:
    (kernels.base / "file").touch()
    if session == "of another":
        if os.getuid() != 0:
            pytest.skip("only root gives folders away")
        (kernels.base / session).mkdir()
        os.chown(kernels.base / session, 4711, 4711)
    folder = str(kernels.base / session) if session else ""
    assert kernels.start(XDG_RUNTIME_DIR=folder)["server"].startswith("http://127.0.0.1:")
    assert len(list((kernels.base / "home/.local/state/nanomeet/run").glob("server-*.json"))) == 1
    assert not (kernels.base / session / "nanomeet").exists() or not session
    # Kernels without one, and with another, find the same.
    nowhere = str(kernels.base / "nowhere")
    assert len({kernels.start(XDG_RUNTIME_DIR=s)["server"] for s in (None, nowhere)}) == 1
    assert len(kernels.pids()) == 1


@linux
@pytest.mark.parametrize("home", ["/nonexistent/home", "{file}/home", "/proc/self"])
def test_without_a_home_there_are_meetings_all_the_same(home: str, kernels: Kernels) -> None:
    (kernels.base / "file").touch()
    home = home.format(file=kernels.base / "file")
    if home == "/nonexistent/home" and os.access("/", os.W_OK):
        home = "/proc/nonexistent"
    assert kernels.start(HOME=home)["server"] == kernels.start(HOME=home)["server"]
    (folder,) = (kernels.base / "tmp").glob("nanomeet-*")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / "data/nanomeet.sqlite3").exists()
    # It is said, once, what becomes of what is kept there.
    said = kernels.errors.read_text()
    assert said.count("until this machine restarts") == 1
    assert "XDG_DATA_HOME" in said


@linux
@can_unshare
def test_a_read_only_home_costs_nothing_but_what_it_would_keep(kernels: Kernels) -> None:
    home = str(kernels.base / "home")
    mount = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o ro none "$0"; exec "$@"', home]
    assert "server" in kernels.start(*mount)
    assert "until this machine restarts" in kernels.errors.read_text()


@linux
def test_jupyters_folders_are_the_users_too(kernels: Kernels) -> None:
    jupyter = {"JUPYTER_DATA_DIR": str(kernels.base / "scratch")}
    assert "server" in kernels.start(HOME="/proc/nonexistent", **jupyter)
    assert (kernels.base / "scratch/nanomeet-widget/nanomeet.sqlite3").exists()
    assert list((kernels.base / "tmp").iterdir()) == []
    assert kernels.errors.read_text() == ""


@linux
def test_where_nothing_can_be_written_it_is_said_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    for name in ("HOME", "XDG_RUNTIME_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(file / name))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(file))
    with pytest.raises(nm.ServerStartError, match="set XDG_RUNTIME_DIR"):
        LocalServer().check()
    for given in (
        LocalServer(runtime=file / "x"),
        LocalServer(runtime=tmp_path / "run", data=file / "x"),
    ):
        with pytest.raises(nm.ServerStartError, match="another folder"):
            given.check()
    with pytest.raises(nm.ServerStartError, match="name another with --data"):
        choose(lasting=True, remedy="name another with --data", say=print)


@linux
def test_a_folder_in_tmp_that_another_user_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", "/proc/nonexistent")
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    ours = tmp_path / f"nanomeet-{os.getuid()}"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    ours.symlink_to(elsewhere)
    with pytest.raises(nm.ServerStartError, match="it is not a folder"):
        _folders.runtime()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755
    ours.unlink()
    if os.getuid() == 0:
        ours.mkdir()
        os.chown(ours, 4711, 4711)
        with pytest.raises(nm.ServerStartError, match="belongs to another user"):
            _folders.runtime()
        ours.rmdir()
    ours.mkdir(mode=0o755)
    assert _folders.runtime() == ours
    assert stat.S_IMODE(ours.stat().st_mode) == 0o700


@linux
@can_unshare
def test_one_home_on_two_machines_has_a_server_on_each(kernels: Kernels) -> None:
    there = [*ANOTHER_MACHINE, "node-b"]
    here = kernels.start()
    assert kernels.start(*there)["server"] != here["server"]
    # Neither took the other's place.
    assert kernels.start()["server"] == here["server"]
    assert len({kernels.start(*there)["server"] for _ in range(2)}) == 1
    assert len(kernels.pids()) == 2
    # SQLite's files are one machine's; the other is told where its own are.
    data = kernels.base / "home/.local/share/nanomeet-widget"
    assert (data / "nanomeet.sqlite3").exists()
    assert (data / "machines/node_b/nanomeet.sqlite3").exists()
    said = kernels.errors.read_text()
    assert said.count(f"a server on {_machine.host()} uses") == 1
    assert str(data / "machines/node_b") in said


def test_a_data_folder_is_one_machines_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Store(tmp_path)
    monkeypatch.setattr(socket, "gethostname", lambda: "node-b")
    assert Instances(tmp_path).elsewhere() == [_host_of(ours)]
    with pytest.raises(nm.ServerStartError, match=r"uses .* choose another folder with --data"):
        Store(tmp_path)
    assert len(list((tmp_path / "instances").iterdir())) == 1
    # One that has crashed there is no hindrance, and its rows are taken over.
    ours._lock.release()
    ours._db.close()
    Store(tmp_path).close()
    assert list((tmp_path / "instances").iterdir()) == []


def _host_of(store: Store) -> str:
    return store.instance.rsplit("-", 2)[0]


@linux
def test_a_home_without_file_locks_has_meetings(kernels: Kernels) -> None:
    first = kernels.start(*LOCKLESS)
    assert kernels.start(*LOCKLESS)["server"] == first["server"]
    (pid,) = kernels.pids()
    data = kernels.base / "home/.local/share/nanomeet-widget"
    assert not (data / "nanomeet.sqlite3-wal").exists()
    # After a crash, what it held is free.
    os.kill(pid, signal.SIGKILL)
    until(lambda: not _is_alive(pid))
    second = kernels.start(*LOCKLESS)
    assert second.get("server") != first["server"], second
    assert kernels.pids() != {pid}


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@linux
def test_there_one_server_alone_uses_a_data_folder(kernels: Kernels) -> None:
    kernels.start(*LOCKLESS)
    data = kernels.base / "home/.local/share/nanomeet-widget"
    serve = [*LOCKLESS, sys.executable, "-m", "nanomeet_widget.server", "--port=0", "--data"]
    run = subprocess.run(
        [*serve, str(data)], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 1
    assert "another server uses" in run.stderr
    assert "--data" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_full_disk_is_an_error_of_ours(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "mkstemp", full)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(nm.ServerStartError, match="free some space there"):
        LocalServer(runtime=tmp_path / "run").check()
    with pytest.raises(nm.ServerStartError, match="free some space there"):
        Store(tmp_path)


@linux
@can_unshare
def test_a_disk_that_is_full_is_said_at_the_start(kernels: Kernels) -> None:
    home = str(kernels.base / "home")
    fill = (
        'mount -t tmpfs -o size=16k none "$0"; dd if=/dev/zero of="$0/all" 2>/dev/null; exec "$@"'
    )
    said = kernels.start("unshare", "--mount", "sh", "-c", fill, home, XDG_RUNTIME_DIR=None)
    assert said.get("error") == "ServerStartError", said
    assert "free some space there" in said["words"]


@pytest.mark.parametrize("command", ["serve", "rotate"])
def test_the_command_line_says_it_without_a_traceback(command: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run_ = "import sys; from nanomeet_widget.cli import main; sys.exit(main())"
    options = ["--port", "0"] if command == "serve" else []
    wrong = [["--data", str(tmp_path / "file/data")]]
    if command == "serve":
        wrong.append(["--data", str(tmp_path), "--ready-file", str(tmp_path / "file/ready.json")])
    for arguments in wrong:
        run = subprocess.run(
            [sys.executable, "-c", run_, command, *options, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert run.returncode == 1
        assert "Traceback" not in run.stderr
        assert "cannot be written" in run.stderr
