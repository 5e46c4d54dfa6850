"""`nanomeet serve` as an administrator runs it: signals, figures, logs, keys, retention."""

from __future__ import annotations

import json
import secrets
import signal
import socket
from pathlib import Path

import jwt
import pytest

import nanomeet_widget as nm
from nanomeet_widget.server.tokens import secrets_folder
from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port
from tests.waiting import PATIENCE, until

from .sockets import broadcasting, connect, join, run, watch


def figures(server: RunningServer, **headers: str) -> dict[str, float]:
    answer = get(f"{server.url}/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def until_draining(server: RunningServer) -> None:
    """Wait until it tells a balancer to send no one new."""
    until(lambda: get(f"{server.url}/healthz").status_code, to_be=503)


def test_it_says_how_it_fares(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start()
        token = server.room("Measured")
        before = figures(server)
        assert before["nanomeet_participants"] == 0
        assert before["nanomeet_tokens_total"] == 1
        assert before["process_resident_memory_bytes"] > 0
        async with broadcasting(server, token):
            stream = jwt.decode(token, options={"verify_signature": False})["streamname"]
            viewer, _ = await watch(server, stream)
            now = figures(server)
            assert now["nanomeet_rooms"] == now["nanomeet_participants"] == 1
            assert now["nanomeet_broadcasts"] == now["nanomeet_viewers"] == 1
            assert now["nanomeet_connections"] == 3
            assert now["nanomeet_messages_total"] > 3
            assert now["nanomeet_faults_total"] == 0
            viewer.close()

    run(scenario())


def test_only_this_machine_or_a_key_reads_the_figures(server: RunningServer) -> None:
    def code(**headers: str) -> int:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = get(f"{server.url}/metrics", headers=names)
        return answer.status_code

    assert code() == 200
    for header in ("X_Forwarded_For", "X_Real_IP", "Forwarded", "Via"):
        assert code(**{header: "203.0.113.5"}) == 401
    elsewhere = {"X_Forwarded_For": "203.0.113.5"}
    assert code(**elsewhere, X_BINTU_APIKEY=server.api_key) == 200
    assert code(**elsewhere, Authorization=f"Bearer {server.api_key}") == 200
    assert code(**elsewhere, Authorization="Bearer wrong") == 401


@pytest.mark.parametrize(
    "options", [["--behind-proxy"], ["--public-url", "https://meet.school.example"]]
)
def test_behind_a_proxy_only_a_key_reads_the_figures(servers: Servers, options: list[str]) -> None:
    """A proxy on this machine that adds no header is not taken for this machine."""
    server = servers.start(*options, "--port", str(port := free_port()))
    address = f"http://127.0.0.1:{port}/metrics"
    assert get(address).status_code == 401
    assert get(address, headers={"X-BINTU-APIKEY": server.api_key}).status_code == 200


def test_it_drains_before_it_stops(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--drain", "3600")
        token = server.room("Draining")
        new = server.room("New_one")
        async with nm.Bot(token):
            server.process.send_signal(signal.SIGTERM)
            until_draining(server)
            # Who meets goes on, and may bring others; nothing new begins.
            async with nm.Bot(server.invite(token)):
                late = await connect(server, "ws/meeting")
                await late.send("join", v=1, token=new)
                assert (await late.expect("bye"))["kind"] == "server_stopping"
                assert server.process.poll() is None

    run(scenario())


def test_the_last_one_out_ends_a_draining_server(servers: Servers) -> None:
    server = servers.start("--drain", "3600")
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0


def test_a_second_signal_or_the_end_of_patience_stops_it_at_once(servers: Servers) -> None:
    async def scenario() -> None:
        for drain, again in (("3600", True), ("0.5", False)):
            server = servers.start("--drain", drain)
            page, _ = await join(server, server.room("Held_up"))
            server.process.send_signal(signal.SIGTERM)
            if again:
                # Two signals that wait are one.
                until_draining(server)
                server.process.send_signal(signal.SIGTERM)
            assert (await page.expect("bye"))["kind"] == "server_stopping"
            assert server.process.wait(PATIENCE) == 0

    run(scenario())


def test_the_service_manager_is_told(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        server = servers.start()
        assert manager.recv(100) == b"READY=1"
        server.stop()
        assert manager.recv(100) == b"STOPPING=1"


def test_logs_are_lines_of_json_without_secrets(servers: Servers) -> None:
    server = servers.start("--log-format", "json", "-v")
    token = server.room("Logged")
    get(f"{server.url}/local/Logged?jwt={token}")
    server.stop()
    lines = server.log.read_text().splitlines()
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    assert any("GET /local/Logged" in entry["message"] for entry in entries)
    assert {"time", "level", "logger", "message"} == set(entries[0])
    text = server.log.read_text()
    assert token not in text
    assert server.api_key not in text


def test_keys_change_and_old_ones_count_for_a_while(servers: Servers) -> None:
    first = servers.start()
    token = first.room("Rotated")
    (old,) = secrets_folder.api_keys(first.data)
    first.stop()
    secrets_folder.rotate(first.data)
    second = servers.start(data=first.data)
    new = secrets_folder.api_keys(second.data)[0]
    assert new != old
    newer = second.room("Rotated")

    def works(server: RunningServer, key: str, moderators: str) -> tuple[bool, bool]:
        by_key = server.post("nanomeet", headers={"X-BINTU-APIKEY": key}, room="R")
        by_token = server.post("nanomeet", headers={"X-BINTU-TOKEN": moderators}, moderator=False)
        return by_key.status_code == 200, by_token.status_code == 200

    assert works(second, old, token) == (True, True)
    assert works(second, new, newer) == (True, True)
    second.stop()
    secrets_folder.retire(first.data)
    third = servers.start(data=first.data)
    assert works(third, old, token) == (False, False)
    assert works(third, new, newer) == (True, True)


def test_several_keys_of_the_environment_count(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The fixture keeps NANOMEET_API_KEY from servers; two options are two keys all the same.
    monkeypatch.delenv("NANOMEET_API_KEY", raising=False)
    own = secrets.token_hex(16)
    server = servers.start("--api-key", own)
    for key in (own, *secrets_folder.api_keys(server.data)):
        assert server.post("nanomeet", headers={"X-BINTU-APIKEY": key}, room="R").is_success
