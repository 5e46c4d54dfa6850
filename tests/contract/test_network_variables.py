"""Variables of the network in the environment: for this machine none counts, for others each is named."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _environment
from nanomeet_widget._http import Http, Request
from nanomeet_widget.cli import doctor
from nanomeet_widget.services import LocalServer, NanoStreamCloud
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port

PASSWORD = "hunter2-of-the-proxy"
#: Everything that the network's variables were ever seen to hold; `{tmp}` is a folder.
SETTINGS = {
    "socks5": {"ALL_PROXY": f"socks5://me:{PASSWORD}@127.0.0.1:9"},
    "socks5h": {"all_proxy": "socks5h://127.0.0.1:9"},
    "socks4": {"ALL_PROXY": "socks4://127.0.0.1:9"},
    "GNOME": {"ALL_PROXY": "socks://127.0.0.1:1080/", "all_proxy": "socks://127.0.0.1:1080/"},
    "lower case": {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"},
    "no scheme": {"HTTP_PROXY": "127.0.0.1:9", "HTTPS_PROXY": "127.0.0.1:9"},
    "no port": {"HTTP_PROXY": "http://proxy.invalid", "HTTPS_PROXY": "http://proxy.invalid"},
    "bad port": {"HTTP_PROXY": "http://p:port", "HTTPS_PROXY": f"http://me:{PASSWORD}@p:port"},
    "no host": {"HTTP_PROXY": "http://:3128", "HTTPS_PROXY": "http://:3128"},
    "not closed": {"HTTP_PROXY": "http://[::1", "HTTPS_PROXY": "http://[::1"},
    "no address": {"ALL_PROXY": f"{PASSWORD}://\t"},
    "bad exception": {"NO_PROXY": "[::1, fe80::/10, http://[x, 10.0.0.0/99", "ALL_PROXY": "x://y"},
    "stale file": {"SSL_CERT_FILE": "{tmp}/gone.pem"},
    "empty file": {"SSL_CERT_FILE": "{tmp}/empty.pem"},
    "a folder": {"SSL_CERT_FILE": "{tmp}"},
    "stale folder": {"SSL_CERT_DIR": "{tmp}/gone"},
    "stale log of keys": {"SSLKEYLOGFILE": "{tmp}/gone/keys.log"},
    "requests": {"REQUESTS_CA_BUNDLE": "{tmp}/gone.pem", "CURL_CA_BUNDLE": "{tmp}/gone.pem"},
    "netrc": {"NETRC": "{tmp}/gone", "HOME": "{tmp}/no-home"},
}
#: Those that concern a call by https to another host, and what its error has to name.
NAMED = {
    "socks5": ("ALL_PROXY", "pip install 'httpx[socks]'"),
    "socks5h": ("all_proxy", "pip install 'httpx[socks]'"),
    "socks4": ("ALL_PROXY", "socks5://"),
    "GNOME": ("all_proxy", "socks5://"),
    "lower case": ("https_proxy", "cannot be reached"),
    "no scheme": ("HTTPS_PROXY", "cannot be reached"),
    "bad port": ("HTTPS_PROXY", "http://host:port"),
    "no host": ("HTTPS_PROXY", "http://host:port"),
    "not closed": ("HTTPS_PROXY", "http://host:port"),
    "no address": ("ALL_PROXY", "unset ALL_PROXY"),
    "bad exception": ("ALL_PROXY", "unset ALL_PROXY"),
    "stale file": ("SSL_CERT_FILE", "unset SSL_CERT_FILE"),
    "empty file": ("SSL_CERT_FILE", "unset SSL_CERT_FILE"),
    "a folder": ("SSL_CERT_FILE", "unset SSL_CERT_FILE"),
    "stale folder": ("SSL_CERT_DIR", "unset SSL_CERT_DIR"),
    "stale log of keys": ("SSLKEYLOGFILE", "unset SSLKEYLOGFILE"),
}

#: Sets the variables of one of `SETTINGS`, and returns them.
Setting = Callable[[str], dict[str, str]]


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setting:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "empty.pem").touch()

    def set_(name: str) -> dict[str, str]:
        variables = {k: v.format(tmp=tmp_path) for k, v in SETTINGS[name].items()}
        for variable, value in variables.items():
            monkeypatch.setenv(variable, value)
        return variables

    return set_


@pytest.mark.parametrize("name", SETTINGS)
def test_the_server_on_this_machine_is_reached_all_the_same(
    name: str, setting: Setting, server: RunningServer, tmp_path: Path
) -> None:
    setting(name)
    service = LocalServer(server.url, api_key=server.api_key)
    room = service.create_room("Direct")
    assert asyncio.run(service.acreate_invite(room.token)).token
    assert isinstance(service.recordings(), list)
    assert not isinstance(doctor.ask(server.url), str)
    with pytest.raises(nm.ServiceError, match="404"):
        Http("it").download(server.url, "/vod/none.mp4", tmp_path / "none.mp4")


@pytest.mark.parametrize("name", SETTINGS)
def test_and_by_tls_with_its_own_certificate(
    name: str, setting: Setting, tls: RunningServer
) -> None:
    setting(name)
    certificate = str(tls.data / "certificate.pem")
    service = LocalServer(tls.url, api_key=tls.api_key, verify=certificate)
    assert service.create_room("Direct").room == "Direct"
    # Without it, what is wrong is its certificate.
    with pytest.raises(nm.ServiceUnavailableError, match="does not trust"):
        LocalServer(tls.url, api_key=tls.api_key).create_room("Direct")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    servers = Servers(tmp_path_factory.mktemp("tls"))
    yield servers.start("--tls")
    servers.close()


@pytest.mark.parametrize("name", SETTINGS)
def test_the_users_own_server_starts_and_answers(
    name: str, setting: Setting, tmp_path: Path
) -> None:
    setting(name)
    with LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=0) as service:
        room = service.create_room("Own")
        assert asyncio.run(service.acreate_room("Own")).server == room.server


@pytest.mark.parametrize("name", NAMED)
def test_for_another_host_the_variable_and_the_remedy_are_named(
    name: str, setting: Setting
) -> None:
    setting(name)
    variable, remedy = NAMED[name]
    there = NanoStreamCloud("the-key", token_url="https://a.invalid", api_url="https://a.invalid")
    calls: list[Callable[[], object]] = [
        there.organisation,
        lambda: asyncio.run(there.aorganisation()),
        lambda: Http("it").download("https://a.invalid", "/x", Path("never")),
        lambda: LocalServer("https://a.invalid", api_key="the-key").create_room("R"),
    ]
    for call in calls:
        with pytest.raises(nm.ServiceUnavailableError) as caught:
            call()
        words = str(caught.value)
        assert variable in words
        assert remedy in words
        assert PASSWORD not in words
        assert "the-key" not in words
        assert caught.value.__cause__ is None


def test_only_what_concerns_the_call_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("HTTP_PROXY", "socks://broken")
    monkeypatch.setenv("ALL_PROXY", "socks://broken")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    found = _environment.proxy_for("https://service.example/base")
    assert found is not None
    assert (found.url, found.variable) == ("http://proxy.example:3128", "HTTPS_PROXY")
    assert "proxy.example" not in repr(found)
    for exceptions in (
        *("service.example", ".example", "*.example", "service.example:443", "*", "a, example"),
        *("https://service.example", "[::1] service.example", "fe80::/10,SERVICE.example"),
    ):
        monkeypatch.setenv("NO_PROXY", exceptions)
        assert _environment.proxy_for("https://service.example/base") is None, exceptions
    for exceptions in ("vice.example", "service.example:80", "10.0.0.0/8", "service.example.org"):
        monkeypatch.setenv("NO_PROXY", exceptions)
        assert _environment.proxy_for("https://service.example/base") is not None, exceptions
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/8,2001:db8::/32")
    assert _environment.proxy_for("https://10.1.2.3:8443") is None
    assert _environment.proxy_for("https://[2001:db8::5]") is None
    assert _environment.proxy_for("https://11.1.2.3") is not None


def test_what_is_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Lab17.school.example")
    here = (
        "127.0.0.1",
        "127.9.8.7",
        "::1",
        "::ffff:127.0.0.1",
        "localhost",
        "LOCALHOST.",
    )
    for host in (*here, "a.localhost", "lab17", "lab17.school.example", "::"):
        assert _environment.is_here(host), host
    for host in ("lab18", "localhost.example", "192.0.2.1", "2001:db8::1", "127.0.0.1.example", ""):
        assert not _environment.is_here(host), host


def test_a_proxy_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, server: RunningServer
) -> None:
    """The proxy is the meeting server, which refuses to be asked by another name."""
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("HTTP_PROXY", server.url)
    request = Request(method="GET", origin="http://a.invalid", path="/healthz", headers={})
    for call in (Http("it").call, lambda r: asyncio.run(Http("it").acall(r))):
        with pytest.raises(nm.PermissionDeniedError, match="does not answer to this host name"):
            call(request)


def test_what_the_environment_trusts_is_trusted(
    monkeypatch: pytest.MonkeyPatch, tls: RunningServer, setting: Setting, tmp_path: Path
) -> None:
    del setting
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.data / "certificate.pem"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    context = _environment.authorities("service.example")
    assert context.cert_store_stats()["x509"] == 1
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.keylog_filename == str(tmp_path / "keys.log")
    # This machine's own heed none of it.
    own = _environment.authorities("127.0.0.1")
    assert own.cert_store_stats()["x509"] > 1
    assert own.keylog_filename is None


def test_the_command_line_says_it_too(setting: Setting, server: RunningServer) -> None:
    setting("GNOME")

    def nanomeet(server_url: str) -> subprocess.CompletedProcess[str]:
        command = "import sys; from nanomeet_widget.cli import main; sys.exit(main())"
        environment = {**os.environ, "NANOMEET_SERVER": server_url}
        environment["NANOMEET_API_KEY"] = server.api_key
        return subprocess.run(
            [sys.executable, "-c", command, "room", "Commanded", "--json"],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
            check=False,
        )

    assert json.loads(nanomeet(server.url).stdout)["room"] == "Commanded"
    refused = nanomeet(f"https://a.invalid:{free_port()}")
    assert refused.returncode == 1
    assert "all_proxy" in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr
