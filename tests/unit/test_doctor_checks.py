"""What the doctor sees of packages, machine and network, and what it does about it."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _machine
from nanomeet_widget.cli import doctor, doctor_machine, doctor_network, doctor_packages, main
from nanomeet_widget.cli._finding import Finding, Fix
from nanomeet_widget.cli.diagnosis import Diagnosis
from tests.documents import ROOT

VERSION = nm.__version__


class TestPackages:
    def test_what_is_needed_is_what_the_package_says(self) -> None:
        text = (ROOT / "pyproject.toml").read_text().split("\ndependencies = [")[1].split("\n]")[0]
        wanted = {name.lower() for name in re.findall(r'^    "([\w.-]+)', text, re.MULTILINE)}
        found = {one.name: one.least for one in doctor_packages.requirements()}
        assert set(found) == wanted - {"psutil"}
        assert found["anywidget"] == (0, 9, 18)

    def test_extras_and_other_systems_are_left_out(self) -> None:
        lines = [
            "av>=16",
            'numpy>=1.26; extra == "media"',
            "psutil>=6; sys_platform != 'linux'",
            "pyjwt[crypto]>=2.12",
            "uvloop>=1; sys_platform == 'linux'",
            "odd",
            "jsonschema<4.25; extra == 'test'",
        ]
        found = doctor_packages.requirements(lines)
        there = ["av>=16", "pyjwt>=2.12", "uvloop>=1", "odd"]
        assert [str(one) for one in found] == there

    def test_an_interpreter_without_the_package_can_be_mended(self) -> None:
        python = "/usr/bin/python3"
        if doctor_packages.ask(python).get(doctor_packages.PACKAGE):
            pytest.skip("the system's Python has the package")
        found = doctor_packages.of_interpreter("kernel other", python)
        assert found.state == "warning"
        assert found.fix is not None
        assert found.fix.command[:4] == (python, "-m", "pip", "install")

    def test_ours_says_what_it_has(self) -> None:
        assert doctor_packages.ask(sys.executable)["nanomeet-widget"] == VERSION
        assert doctor_packages.ask("/does/not/exist") == {}

    @pytest.mark.parametrize("off", [{"anywidget": True}, ["anywidget"]])
    def test_a_disabled_front_end_is_seen(self, off: object, tmp_path: Path) -> None:
        assert not doctor_packages._is_off(tmp_path)
        said = json.dumps({"disabledExtensions": off})
        (tmp_path / "page_config.json").write_text(said)
        assert doctor_packages._is_off(tmp_path)

    @pytest.mark.parametrize("said", [True, False])
    def test_whether_jupyter_loads_our_part_is_seen(self, *, said: bool, tmp_path: Path) -> None:
        assert doctor_packages._enabled_in(tmp_path) is None
        parts = {"nanomeet_widget.server.jupyter": said}
        (tmp_path / "jupyter_server_config.d").mkdir()
        (tmp_path / "jupyter_server_config.d/nanomeet-widget.json").write_text(
            json.dumps({"ServerApp": {"jpserver_extensions": parts}})
        )
        assert doctor_packages._enabled_in(tmp_path) is said


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This user's folders, for one test; nothing else of the environment."""
    for name in ("RUNTIME_DIR", "DATA_HOME", "STATE_HOME", "CONFIG_HOME"):
        monkeypatch.setenv(f"XDG_{name}", str(tmp_path / name))
    for name in ("NANOMEET_SERVER", "NANOMEET_API_KEY", "NANOMEET_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "jupyter"))
    folder = tmp_path / "RUNTIME_DIR" / "nanomeet"
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    return folder


def ready(runtime: Path, version: str, pid: int, started: str | None) -> Path:
    file = runtime / f"server-{version}-{_machine.name()}.json"
    file.write_text(json.dumps({"pid": pid, "started": started, "url": "http://127.0.0.1:9"}))
    return file


def others(runtime: Path) -> dict[str, Finding]:
    return {one.name: one for one in doctor_machine._others(runtime)}


class TestServers:
    def test_what_an_ended_server_left_is_removed(self, runtime: Path) -> None:
        file = ready(runtime, VERSION, 4_000_000, "long ago")
        fix = others(runtime)["left file"].fix
        assert fix is not None
        assert file.exists()
        assert fix.apply() == ""
        assert others(runtime) == {}

    def test_a_server_of_another_version_is_ended(self, runtime: Path) -> None:
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as old:
            ready(runtime, "0.0.1", old.pid, _machine.started(old.pid))
            found = others(runtime)["older server"]
            assert "0.0.1" in found.found
            assert found.fix is not None
            assert found.fix.apply() == ""
            assert old.wait(60) != 0
        # What it left is another finding.
        assert set(others(runtime)) == {"left file"}

    def test_files_of_another_machine_are_left_alone(self, runtime: Path) -> None:
        (runtime / f"server-{VERSION}-elsewhere-00000000.json").write_text("{}")
        assert others(runtime) == {}

    def test_the_server_raises_its_limit_of_files(self, tmp_path: Path) -> None:
        command = shlex.join([sys.executable, "-m", "nanomeet_widget.server", "--json"])
        shell = f"ulimit -Sn 128; exec {command} --port 0 --data {shlex.quote(str(tmp_path))}"
        with subprocess.Popen(["sh", "-c", shell], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            pid = json.loads(server.stdout.readline())["pid"]
            limits = Path(f"/proc/{pid}/limits").read_text()
            server.terminate()
        [line] = [line for line in limits.splitlines() if line.startswith("Max open files")]
        assert int(line.split()[3]) > 128


class TestMachine:
    def test_a_file_system_is_the_one_of_the_nearest_mount(self, tmp_path: Path) -> None:
        mounts = tmp_path / "mounts"
        mounts.write_text(
            "/dev/a / ext4 rw 0 0\nhost:/h /home nfs4 rw 0 0\nx /home/a\\040b zfs rw 0 0\n"
        )
        kinds = [
            doctor_machine.file_system(Path(at), mounts)
            for at in ("/var", "/home/x", "/home/a b/c")
        ]
        assert kinds == ["ext4", "nfs4", "zfs"]

    def test_a_folder_that_cannot_be_written_to_is_wrong(self, tmp_path: Path) -> None:
        assert doctor_machine._folder("data folder", tmp_path / "gone").state == "wrong"

    @pytest.mark.parametrize(
        ("environment", "state"),
        [
            ({}, "ok"),
            ({"HTTPS_PROXY": "http://u:secret@proxy:1"}, "warning"),
            ({"http_proxy": "http://proxy:1", "NO_PROXY": "localhost,127.0.0.0/8"}, "ok"),
            ({"ALL_PROXY": "socks5://proxy:1", "no_proxy": "*"}, "ok"),
            ({"ALL_PROXY": "socks5://proxy:1", "no_proxy": "localhost"}, "warning"),
        ],
    )
    def test_a_proxy_that_catches_this_machine_is_seen(
        self, environment: dict[str, str], state: str
    ) -> None:
        found = doctor_machine._proxies(environment)
        assert found.state == state
        assert "secret" not in found.found + found.remedy

    def test_few_files_are_too_few_for_a_class(self) -> None:
        run = "from nanomeet_widget.cli.doctor_machine import _limits; print(*[f.state for f in _limits()])"
        shell = f"ulimit -n 256; exec {sys.executable} -c {shlex.quote(run)}"
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True)
        assert done.stdout.split()[0] == "warning"

    def test_the_memory_of_a_container_counts(self, tmp_path: Path) -> None:
        meminfo = tmp_path / "meminfo"
        meminfo.write_text("MemTotal: 8000 kB\nMemAvailable: 4000 kB\n")
        assert doctor_machine.available_memory(meminfo, tmp_path) == 4_096_000
        (tmp_path / "memory.max").write_text("max\n")
        assert doctor_machine.available_memory(meminfo, tmp_path) == 4_096_000
        (tmp_path / "memory.max").write_text("2000000\n")
        (tmp_path / "memory.current").write_text("500000\n")
        assert doctor_machine.available_memory(meminfo, tmp_path) == 1_500_000

    @pytest.mark.parametrize(
        ("variable", "words"),
        [("SSH_CONNECTION", "SSH"), ("CODESPACES", "Codespace"), ("WSL_DISTRO_NAME", "Windows")],
    )
    def test_a_remote_machine_is_named(self, variable: str, words: str, tmp_path: Path) -> None:
        assert words in doctor_machine.where({variable: "1"}, tmp_path)
        (tmp_path / ".dockerenv").touch()
        assert doctor_machine.where({}, tmp_path) in {"a container", "Windows Subsystem for Linux"}

    @pytest.mark.parametrize(
        ("url", "insecure"),
        [
            ("http://localhost:8888/", False),
            ("http://127.0.0.1:8888/", False),
            ("https://lab.example/", False),
            ("http://lab.example:8888/", True),
            ("http://192.0.2.1:8888/", True),
        ],
    )
    def test_http_from_other_machines_is_insecure(self, url: str, *, insecure: bool) -> None:
        assert doctor_machine._is_insecure(url) is insecure


@pytest.fixture
def stun() -> Iterator[int]:
    """A server that answers a binding request as STUN has it; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))

        def answer() -> None:
            asked, client = line.recvfrom(2048)
            line.sendto(b"\x01\x01\x00\x00" + asked[4:20], client)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield line.getsockname()[1]


class TestNetwork:
    def test_a_relay_that_answers_is_well(self, stun: int) -> None:
        assert doctor_network.relay(f"turn:127.0.0.1:{stun}").state == "ok"

    @pytest.mark.parametrize("query", ["", "?transport=tcp"])
    def test_a_relay_that_does_not_is_seen(self, query: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        found = doctor_network.relay(f"turn:127.0.0.1:{port}{query}")
        assert found.state == "warning"
        assert "does not answer" in found.found

    @pytest.mark.parametrize(("days", "state"), [(3, "warning"), (60, "ok")])
    def test_a_certificate_that_expires_soon_is_seen(self, days: int, state: str) -> None:
        end = datetime.now(timezone.utc) + timedelta(days=days)
        words = format_datetime(end, usegmt=True).split()  # Mon, 30 Nov 2026 12:00:00 GMT
        said = f"{words[2]} {words[1]} {words[4]} {words[3]} GMT"
        assert doctor_network.judged(said).state == state


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


class TestFixing:
    def test_nothing_is_changed_without_fix(
        self, runtime: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = ready(runtime, "0.0.1", 4_000_000, "long ago")
        _, out, _ = said(["doctor", "--json"], capsys)
        assert file.exists()
        [left] = [one for one in json.loads(out)["findings"] if one["name"] == "left file"]
        assert left["fixable"]
        assert str(file) in left["fix"]

    def test_no_one_is_asked_where_no_one_can_answer(
        self, runtime: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = ready(runtime, "0.0.1", 4_000_000, "long ago")
        _, _, err = said(["doctor", "--fix"], capsys)
        assert file.exists()
        assert "--yes" in err

    def test_what_was_mended_is_told(
        self, runtime: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = ready(runtime, "0.0.1", 4_000_000, "long ago")
        # What this machine lacks is not installed here.
        fixes = doctor._fix
        monkeypatch.setattr(
            doctor,
            "_fix",
            lambda found, *more: fixes([f for f in found if f.name == "left file"], *more),
        )
        status, out, _ = said(["doctor", "--fix", "--yes"], capsys)
        assert status == 0, out
        assert not file.exists()
        assert "Mended: left file." in out

    def test_a_failure_is_told(self) -> None:
        fix = Fix(shown="x", command=(sys.executable, "-c", "raise SystemExit('no network')"))
        assert fix.apply() == "no network"
        assert "does/not" in Fix(shown="x", command=("/does/not/exist",)).apply()


def test_a_notebook_gets_a_table_and_a_terminal_lines(runtime: Path) -> None:
    assert runtime
    found = nm.doctor()
    assert found.ok
    assert {"anywidget", "loopback", "service answers"} <= {
        str(one["name"]) for one in found.findings
    }
    assert "✓ anywidget" in repr(found)
    worst = Diagnosis(
        [
            Finding(name="fine", state="ok", found="yes"),
            Finding(
                name="<b>bad</b>", state="wrong", found="no", remedy="do it", fix=Fix(shown="x")
            ),
        ]
    )
    html = worst._repr_html_()
    assert html.index("&lt;b&gt;bad") < html.index(">fine<")
    assert 'scope="col"' in html
    assert "<caption" in html
    assert "nanomeet doctor --fix" in html
    assert not worst.ok
