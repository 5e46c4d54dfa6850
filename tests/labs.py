"""JupyterLab on a free port, with folders of its own for everything that it and kernels keep."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import nbformat

from tests.proxy import free_port
from tests.waiting import until_up

#: Seconds in which such a program starts, and ends, on a busy machine.
_START = 180.0
_STOP = 60.0


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    token: str
    folder: Path
    settings: Path
    runtime: Path

    def save_state(self, *, on: bool) -> None:
        """Let pages that are opened from now on write the widgets' state into notebooks, or not."""
        file = self.settings / "@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"saveState": on}))

    def use_theme(self, theme: str) -> None:
        """Make pages that are opened from now on light or dark."""
        name = f"JupyterLab {theme.title()}"
        self.configure("apputils-extension/themes", {"theme": name})

    def configure(self, plugin: str, value: dict[str, Any]) -> None:
        """Write a plugin's settings, as the user's settings editor does."""
        file = self.settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))

    def kernels(self) -> set[str]:
        """The kernels that run."""
        with self._ask("GET", "api/kernels") as answer:
            return {kernel["id"] for kernel in json.load(answer)}

    def end(self, kernels: set[str]) -> None:
        """Shut kernels down, unless they have ended meanwhile."""
        for kernel in kernels:
            with suppress(urllib.error.HTTPError):
                self._ask("DELETE", f"api/kernels/{kernel}").close()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let the server do nothing, as on a busy machine; what it is sent meanwhile, it reads at once then."""
        (file,) = self.runtime.parent.glob("jupyter-run/jpserver-*.json")
        process = json.loads(file.read_text())["pid"]
        os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    def _ask(self, method: str, path: str) -> HTTPResponse:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}/{path}", headers=headers, method=method)  # noqa: S310 - our own address
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=120)  # noqa: S310
        return answer

    def read(self, name: str) -> Any:
        """Return the JSON that a cell has written."""
        return json.loads((self.folder / name).read_text())

    def write(self, name: str, *cells: str, kernel: str = "python3") -> Path:
        """Write a notebook of code cells into the server's folder."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": kernel, "display_name": "Python 3"}},
        )
        path = self.folder / name
        nbformat.write(notebook, path)
        return path

    def address(self, name: str, app: str = "lab") -> str:
        """The address that opens a notebook: in a workspace of its own, or in Notebook 7."""
        workspace = secrets.token_hex(4)
        path = f"lab/workspaces/{workspace}/tree" if app == "lab" else "notebooks"
        return f"{self.url}/{path}/{name}?token={self.token}"


@contextmanager
def running_lab(
    base: Path,
    *options: str,
    python: str = sys.executable,
    path: str = "",
    ip: str = "127.0.0.1",
) -> Iterator[Lab]:
    """Run the JupyterLab of an environment in a folder; `kernels` there may hold more of them.

    `ip` is the address that it listens on.
    """
    folder = base / "notebooks"
    folder.mkdir()
    settings = base / "settings"
    token = secrets.token_hex(16)
    arguments = ["-m", "jupyterlab", "--no-browser", f"--ip={ip}", "--allow-root"]
    arguments += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    arguments += [f"--ServerApp.root_dir={folder}", f"--ServerApp.base_url={path}/", *options]
    homes = homes_in(base) | {"JUPYTERLAB_SETTINGS_DIR": str(settings)}
    with running_app(base, [python, *arguments], homes, ready=f"{path}/api", ip=ip) as url:
        running = Lab(
            url=url + path, token=token, folder=folder, settings=settings, runtime=base / "run"
        )
        # Quiet the first-run question, which would lie over the notebook.
        running.configure(
            "apputils-extension/notification", {"fetchNews": "false", "checkForUpdates": False}
        )
        yield running


def homes_in(base: Path) -> dict[str, str]:
    """Return the environment of a user who keeps everything in one folder."""
    runtime = base / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(base / "data"),
        "XDG_CONFIG_HOME": str(base / "xdg-config"),
        "JUPYTER_CONFIG_DIR": str(base / "config"),
        "JUPYTER_RUNTIME_DIR": str(base / "jupyter-run"),
        "JUPYTER_PATH": str(base),
        "IPYTHONDIR": str(base / "ipython"),
        # On a slow machine, cells would say what they wait for, among the outputs that tests read.
        "NANOMEET_PROGRESS": "0",
    }


@contextmanager
def running_app(
    base: Path, command: list[str], homes: dict[str, str], *, ready: str, ip: str = "127.0.0.1"
) -> Iterator[str]:
    """Run a web application on a free port until the end; `ready` is a path that it serves."""
    port = free_port()
    log = base / "app.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, f"--port={port}"],
            env={**os.environ, **homes},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=base,
        )
    host = {"0.0.0.0": "127.0.0.1", "::1": "[::1]"}.get(ip, ip)  # noqa: S104 - all, as a user may
    url = f"http://{host}:{port}"
    try:
        until_up(process, lambda: _answers(f"{url}{ready}"), log=log, patience=_START)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(timeout=_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30):  # noqa: S310 - our own address
            return True
    except OSError:
        # No server is there yet, or only a proxy, which says so with an error.
        return False
