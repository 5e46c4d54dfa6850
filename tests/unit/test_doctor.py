"""What the doctor says of a JupyterHub: whether a user's server there has meetings, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nanomeet_widget import Secret, _jupyter
from nanomeet_widget.cli import doctor
from nanomeet_widget.cli._finding import Finding
from nanomeet_widget.services import LocalServer

HUB = {"JUPYTERHUB_USER": "ada"}
EXTENSION = _jupyter.Extension(
    api="http://127.0.0.1:9/user/ada/nanomeet",
    url="/user/ada/nanomeet",
    links=None,
    api_key=Secret("k" * 32),
    proof=Secret("p" * 64),
)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A process that is called as a hub calls a user's server, and is listed as one."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    command = [sys.executable, "-c", "input()", "jupyterhub-singleuser"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        said = {"pid": process.pid, "url": "http://127.0.0.1:9/user/ada/"}
        (tmp_path / f"jpserver-{process.pid}.json").write_text(json.dumps(said))
        yield process.pid
        process.kill()


def told() -> Finding:
    return doctor._host(HUB)


def test_meetings_of_a_server_on_a_hub_are_reachable(server: int, tmp_path: Path) -> None:
    _jupyter.file_of(tmp_path, server).write_bytes(_jupyter.content(EXTENSION, server))
    assert told().state == "ok"
    assert "reach your meetings" in told().found


def test_so_are_those_that_only_a_kernel_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("JPY_PARENT_PID", str(os.getpid()))
    _jupyter.file_of(tmp_path, os.getpid()).write_bytes(_jupyter.content(EXTENSION, os.getpid()))
    assert (told().state, told().remedy) == ("ok", "")


def test_a_server_without_the_package_says_what_to_install(server: int) -> None:
    assert server
    assert told().state == "warning"
    assert "does not run nanomeet-widget" in told().found
    assert "restart Jupyter" in told().remedy


def test_without_a_server_nothing_is_claimed_of_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    assert "no Jupyter server of yours" in told().found
    assert "terminal or notebook of your server" in told().remedy


def test_colab_is_a_machine_that_browsers_do_not_reach(
    monkeypatch: pytest.MonkeyPatch, server: int
) -> None:
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab_20261101")
    found = doctor._host({})
    assert found.state == "warning"
    assert "Colab runs kernels on its own machines" in found.found
    assert "NANOMEET_SERVER" in found.remedy
    # Its kernels have a Jupyter server, which brings no pages to browsers: installing there would not help.
    monkeypatch.setenv("JPY_PARENT_PID", str(server))
    assert _jupyter.why_absent() is None
    assert list(doctor._jupyters()) == []
    why = LocalServer().obstacle("http://127.0.0.1:9000")
    assert why is not None
    assert "Colab runs it on a machine of its own: run `nanomeet serve` on a host" in why
