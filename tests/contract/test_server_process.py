"""The server as a process: its address, its pages, its end."""

from __future__ import annotations

import json
import os
import secrets
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import jwt
import pytest

from nanomeet_widget import _machine
from tests.asking import PATIENT, get, post, request
from tests.conftest import RunningServer, Servers
from tests.waiting import PATIENCE


def test_it_says_where_it_is_and_takes_the_file_with_it(servers: Servers, tmp_path: Path) -> None:
    running = servers.start()
    ready = tmp_path / "ready0.json"
    assert stat.S_IMODE(ready.stat().st_mode) == 0o600
    content = json.loads(ready.read_text())
    pid = running.process.pid
    proof = content.pop("proof")
    assert content == {
        "url": running.url,
        "api_key": running.api_key,
        "pid": pid,
        "started": _machine.started(pid),
    }
    assert running.stop() == 0
    assert not ready.exists()
    log = (tmp_path / "log0.txt").read_text()
    assert running.url in log
    assert running.api_key not in log
    assert proof not in log


def test_under_tls_the_token_names_a_bare_host(servers: Servers) -> None:
    running = servers.start("--tls")
    assert running.url.startswith("https://127.0.0.1:")
    trust = ssl.create_default_context(cafile=str(running.data / "certificate.pem"))
    answer = post(
        f"{running.url}/nanomeet",
        headers={"X-BINTU-APIKEY": running.api_key},
        json={"room": "R"},
        verify=trust,
    )
    said = jwt.decode(answer.json()["data"], options={"verify_signature": False})
    assert said["server"] == running.url.removeprefix("https://")


def test_it_listens_at_the_given_address_with_the_given_key(servers: Servers) -> None:
    key = secrets.token_urlsafe(16)
    running = servers.start("--host", "0.0.0.0", "--tls", "--api-key", key)  # noqa: S104 - the case
    trust = ssl.create_default_context(cafile=str(running.data / "certificate.pem"))
    trust.check_hostname = False  # it is for the address that guests are given
    address = f"https://127.0.0.1:{running.url.rpartition(':')[2]}/nanomeet"
    for given, status in ((key, 200), (f"{key}x", 401)):
        answer = post(address, headers={"X-BINTU-APIKEY": given}, json={"room": "R"}, verify=trust)
        assert answer.status_code == status
    said = running.log.read_text()
    assert "--api-key is visible to all users of this machine" in said
    assert key not in said


def test_it_serves_under_a_base_url(servers: Servers) -> None:
    running = servers.start("--base-url", "/user/anna/nanomeet/")
    assert running.url.endswith("/user/anna/nanomeet")
    assert get(f"{running.url}/healthz").json() == {"status": "ok"}
    assert running.room()


def test_it_lingers_only_as_long_as_it_is_needed(servers: Servers) -> None:
    running = servers.start("--linger", "0.5")
    with httpx.Client(**PATIENT) as client:
        asked = client.build_request(
            "GET", f"{running.url}/lease", headers={"X-BINTU-APIKEY": running.api_key}
        )
        lease = client.send(asked, stream=True)
        signs_of_life = lease.iter_raw()
        assert next(signs_of_life) == b"\n"
        with pytest.raises(subprocess.TimeoutExpired):
            running.process.wait(1.5)
        lease.close()
    assert running.process.wait(PATIENCE) == 0


def test_a_lease_needs_the_key(server: RunningServer) -> None:
    assert get(f"{server.url}/lease").status_code == 401


def test_a_taken_port_is_said_in_words(server: RunningServer, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "nanomeet_widget.server", "--port", port, "--data", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "NANOMEET_API_KEY"},
    )
    assert second.returncode == 1
    assert f"port {port}" in second.stderr
    assert "Traceback" not in second.stderr


def test_pages_send_nothing_about_themselves(server: RunningServer) -> None:
    for path, framed in (("local/Room", "*"), ("live/talk", "*"), ("invite", "'self'")):
        answer = get(f"{server.url}/{path}")
        assert answer.headers["referrer-policy"] == "no-referrer"
        if answer.status_code == 503:
            assert "not built" in answer.json()["message"]
            continue
        policy = answer.headers["content-security-policy"]
        assert "script-src 'nonce-" in policy
        assert "'self'" not in policy.partition("script-src")[2].partition(";")[0]
        assert "unsafe" not in policy
        assert f"frame-ancestors {framed};" in policy
        assert "{{" not in answer.text
        assert 'data-base="/"' in answer.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("js/nanomeet.js", "text/javascript"),
        ("external_api.js", "text/javascript"),
        ("js/nanomeet.d.ts", "text/plain; charset=utf-8"),
    ],
)
def test_other_servers_pages_may_load_the_scripts_and_types(
    server: RunningServer, path: str, kind: str
) -> None:
    answer = get(f"{server.url}/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "NanoMeet" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *(
            "external_api.js?release=release-1234",
            "external_api.min.js",
            "libs/external_api.min.js",
        ),
        *("local/external_api.js", "team-7/external_api.js", "local/libs/external_api.min.js"),
    ],
)
def test_the_engine_s_script_is_wherever_a_jitsi_has_it(servers: Servers, path: str) -> None:
    for server in (servers.start(), servers.start("--base-url", "/user/anna/nanomeet/")):
        answer = get(f"{server.url}/{path}")
        assert answer.status_code == 200
        assert answer.text == get(f"{server.url}/external_api.js").text
        assert answer.headers["content-type"] == "text/javascript"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["Room", "local/Room", "local/Room/", "local/Room?lang=de"])
def test_a_meeting_is_at_its_room_s_address(servers: Servers, path: str) -> None:
    for options in ((), ("--base-url", "/user/anna/nanomeet/")):
        server = servers.start(*options)
        answer = get(f"{server.url}/{path}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert "static/meeting.js" in answer.text


@pytest.mark.parametrize("path", ["", "a/b/c", "My%20Room", "T%C3%A4glich", "live", "local/"])
def test_a_browser_gets_words_where_no_meeting_is(server: RunningServer, path: str) -> None:
    answer = get(f"{server.url}/{path}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert "static/meeting.js" in answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    said = request("POST", f"{server.url}/{path}", headers={"Accept": "application/json"})
    assert said.json()["message"]


def test_a_room_named_like_a_server_path_opens_in_a_frame(
    server: RunningServer,
) -> None:
    for path in ("stream", "recordings"):
        framed = get(f"{server.url}/{path}", headers={"Sec-Fetch-Dest": "iframe"})
        assert "static/meeting.js" in framed.text
        assert get(f"{server.url}/{path}").json()["message"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "no.pe",
        "local/",
        "local/ro.om",
        "local/Room/more",
        "static/../pages.py",
        "static/%2e%2e/py.typed",
        "static/..%2fpy.typed",
        "vod/..%2ftoken-secret",
        "vod/x.part.mp4",
        "vod/",
        "ws/Room",
    ],
)
def test_what_is_not_there_is_a_404_in_json(server: RunningServer, path: str) -> None:
    answer = get(f"{server.url}/{path}")
    assert answer.status_code in {403, 404}
    assert answer.json()["message"]


def test_a_wrong_method_is_refused_in_json(server: RunningServer) -> None:
    answer = request("DELETE", f"{server.url}/nanomeet")
    assert answer.status_code == 405
    assert answer.json()["message"]
