"""Jupyter's own settings of names, origins and addresses, and what they mean for its meetings."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

import nanomeet_widget as nm
from nanomeet_widget.server import jupyter_address
from nanomeet_widget.server.config import outward_address
from nanomeet_widget.server.jupyter_address import Listening
from nanomeet_widget.services import LocalServer
from tests.asking import get
from tests.labs import homes_in
from tests.proxy import free_port
from tests.waiting import until_up

_STOP = 60
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
#: Jupyter's own extensions, which take longer to start than the rest, and have no part in this.
_NOTEBOOKS = ("jupyterlab", "notebook", "notebook_shim", "jupyter_lsp", "jupyter_server_terminals")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - said to Jupyter


@dataclass(frozen=True)
class Jupyter:
    """A running Jupyter server."""

    port: int
    pid: int
    homes: dict[str, str]
    log: Path


@contextmanager
def jupyter(base: Path, *options: str, **variables: str) -> Iterator[Jupyter]:
    """Run a Jupyter server without a notebook until its meetings are there, or have failed."""
    port = free_port()
    homes = homes_in(base)
    folder = base / "notebooks"
    folder.mkdir()
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder}", "--ServerApp.port_retries=0"]
    command += [f"--ServerApp.jpserver_extensions={name}=False" for name in _NOTEBOOKS]
    if not any("sock=" in option for option in options):
        command.append(f"--port={port}")
    log = base / "jupyter.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options],
            env={**os.environ, **homes, **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=base,
        )
    try:
        there = Path(homes["JUPYTER_RUNTIME_DIR"])
        until_up(process, lambda: list(there.glob("nanomeet-*.json")), log=log, patience=180)
        yield Jupyter(port=port, pid=process.pid, homes=homes, log=log)
    finally:
        process.terminate()
        try:
            process.wait(_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kernel_of(server: Jupyter, monkeypatch: pytest.MonkeyPatch) -> LocalServer:
    """Return what a kernel of a Jupyter server has."""
    monkeypatch.setenv("JPY_PARENT_PID", str(server.pid))
    for name, value in server.homes.items():
        monkeypatch.setenv(name, value)
    return LocalServer()


def status(server: Jupyter, host: str) -> httpx.Response:
    return get(f"http://127.0.0.1:{server.port}/nanomeet/healthz", headers={"Host": host})


def opens(server: Jupyter, origin: str, host: str = "") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=_STOP)
    with closing(connection):
        headers = {**UPGRADE, "Origin": origin} | ({"Host": host} if host else {})
        connection.request("GET", "/nanomeet/ws/meeting", headers=headers)
        status = connection.getresponse().status
    assert status in {101, 403}
    return status == http.HTTPStatus.SWITCHING_PROTOCOLS


def test_jupyters_local_names_are_names_of_its_meetings(tmp_path: Path) -> None:
    names = "--ServerApp.local_hostnames=['localhost','Notebook.example']"
    with jupyter(tmp_path, "--ip=127.0.0.1", names) as server:
        assert status(server, f"notebook.example:{server.port}").status_code == 200
        assert opens(server, "http://notebook.example:1", host="notebook.example:1")
        refused = status(server, "evil.example")
        assert refused.status_code == 403
        for option in ("c.ServerApp.local_hostnames", "c.ServerApp.allow_remote_access"):
            assert option in refused.json()["message"]
        assert "--allow-host" not in refused.text
        # No page of another origin, and the refusal names what Jupyter has.
        assert not opens(server, "https://other.example")
        other = {"Origin": "https://other.example"}
        asked = get(
            f"http://127.0.0.1:{server.port}/nanomeet/ws/meeting", headers={**UPGRADE, **other}
        )
        assert "c.ServerApp.allow_origin" in asked.json()["message"]


@pytest.mark.parametrize(
    ("options", "let_in", "kept_out"),
    [
        (
            ("--ServerApp.allow_origin=https://Hub.example", "--ServerApp.allow_origin_pat=.*"),
            ("https://hub.example", "https://HUB.example"),
            ("https://hub.example.evil", "http://hub.example", "https://hubXexample", "null"),
        ),
        (
            (r"--ServerApp.allow_origin_pat=https://[a-z]+\.school\.example(:\d+)?",),
            ("https://a.school.example", "https://B.school.example:8443"),
            ("https://a.school.example.evil", "http://a.school.example", "x-https://a.school.example"),
        ),
        (("--ServerApp.allow_origin=*",), ("https://any.example", "null", "vscode-webview://x"), ()),
        (
            ("--ServerApp.allow_origin=vscode-webview://abc",),
            ("vscode-webview://abc",),
            ("vscode-webview://abd", "https://abc"),
        ),
    ],
    ids=["one", "a pattern", "any", "another scheme"],
)  # fmt: skip
def test_origins_that_jupyter_allows_open_sockets(
    options: tuple[str, ...], let_in: tuple[str, ...], kept_out: tuple[str, ...], tmp_path: Path
) -> None:
    with jupyter(tmp_path, "--ip=127.0.0.1", *options) as server:
        assert [origin for origin in let_in if not opens(server, origin)] == []
        assert [origin for origin in kept_out if opens(server, origin)] == []
        assert opens(server, f"http://127.0.0.1:{server.port}")


def test_remote_access_opens_every_name_and_no_origin(tmp_path: Path) -> None:
    with jupyter(tmp_path, "--ip=127.0.0.1", "--ServerApp.allow_remote_access=True") as server:
        assert status(server, "any.example").status_code == 200
        assert not opens(server, "https://other.example")


@pytest.mark.parametrize("ip", ["127.0.0.1", "127.0.0.2", "::1", EVERYWHERE, "", "*", "localhost"])
def test_an_invite_before_the_first_display_has_a_live_address(
    ip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with jupyter(tmp_path, f"--ip={ip}") as server, kernel_of(server, monkeypatch) as kernel:
        room = kernel.create_room("Early")
        link = kernel.create_invite(room.token).invite_link
        page, _, token = link.partition("#token=")
        assert get(page).status_code == 200
        assert token
        outside = ip in {EVERYWHERE, "", "*"}
        host = urlsplit(page).hostname
        assert host == (outward_address(EVERYWHERE) if outside else host)
        # A page by a better way replaces it; one on loopback is no better than an address outside.
        assert kernel.found_at(room.server, f"http://127.0.0.1:{server.port}/") is not None
        again = urlsplit(kernel.create_invite(room.token).invite_link).hostname
        assert again == (host if outside else "127.0.0.1")
        assert (
            kernel.found_at(room.server, "https://hub.example/") == "https://hub.example/nanomeet"
        )
        assert "://hub.example/" in kernel.create_invite(room.token).invite_link


def test_on_a_unix_socket_only_a_page_knows_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sock = f"--ServerApp.sock={tmp_path}/jupyter.sock"
    with jupyter(tmp_path, sock) as server, kernel_of(server, monkeypatch) as kernel:
        room = kernel.create_room("Early")
        for call in (
            lambda: kernel.create_invite(room.token),
            lambda: kernel.browser_link(room.token),
            lambda: kernel.live_url("stream"),
        ):
            with pytest.raises(nm.ServiceError, match=r"c\.NanoMeetServer\.public_url"):
                call()
        assert kernel.recordings() == []
        # A proxy in front of the socket.
        assert kernel.found_at(room.server, "https://proxy.example/")
        invite = kernel.create_invite(room.token)
        assert invite.invite_link.startswith("https://proxy.example/nanomeet/invite#token=")


@pytest.mark.parametrize(
    "option",
    ["--ServerApp.custom_display_url=https://shown.example/", "--NanoMeetServer.public_url=https://shown.example"],
)  # fmt: skip
def test_an_address_that_was_set_is_the_links(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sock = f"--ServerApp.sock={tmp_path}/jupyter.sock"
    with jupyter(tmp_path, sock, option) as server, kernel_of(server, monkeypatch) as kernel:
        invite = kernel.create_invite(kernel.create_room("Set").token)
        assert invite.invite_link.startswith("https://shown.example/nanomeet/invite#token=")


def test_behind_a_hub_only_a_page_knows_the_address() -> None:
    def listening(**changed: object) -> Listening:
        told = {"ip": "127.0.0.1", "port": 8888, "tls": False, "sock": "", "shown": ""}
        return Listening(**{**told, **changed})  # type: ignore[arg-type]

    hub = {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}
    assert jupyter_address.outward(listening(), hub) is None
    assert jupyter_address.outward(listening(ip=EVERYWHERE), hub) is None
    shown = listening(shown="https://me:password@hub.example:8443/user/ada/?token=x")
    assert jupyter_address.outward(shown, hub) == "https://hub.example:8443"
    # A certificate is for a name.
    named = jupyter_address.outward(listening(ip="", tls=True), {})
    assert named == f"https://{socket.getfqdn()}:8888"
    assert jupyter_address.outward(listening(ip="lab.example"), {}) == "http://lab.example:8888"
    assert jupyter_address.outward(listening(ip="fe80::1"), {}) == "http://[fe80::1]:8888"
