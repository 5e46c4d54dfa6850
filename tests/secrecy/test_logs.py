"""No log has a token: not the server's at its most verbose, nor those of the libraries in the kernel."""

from __future__ import annotations

import logging
import os
import stat
import sys
from pathlib import Path

import httpx
import pytest

import nanomeet_widget as nm
from nanomeet_widget.services import LocalServer
from tests.conftest import Servers
from tests.contract.sockets import join, run
from tests.leaks import found


def test_the_server_logs_no_token_and_no_key(servers: Servers) -> None:
    server = servers.start("-v")
    token = server.room("Logged")
    guest = server.invite(token)
    refused = server.post("nanomeet", headers={"x-bintu-token": guest}, moderator=True)
    assert refused.status_code == 403
    odd = server.post("nanomeet", headers={"X-BINTU-APIKEY": server.api_key + "x"}, room="x")
    assert odd.status_code == 401
    # Another page, or a user who types an address, may put it where it must not be.
    careless = httpx.get(f"{server.url}/invite", params={"jwt": token}, trust_env=False)
    assert careless.status_code == 200

    async def meeting() -> None:
        anna, _ = await join(server, token)
        ben, _ = await join(server, guest)
        await ben.send("no such message", token=guest)
        await anna.send_raw(f"{{{token}")

    run(meeting())
    server.stop()
    said = server.log.read_text()
    for line in ("POST /nanomeet", "GET /invite", "/ws/meeting"):
        assert line in said
    assert not found(said, token, guest, server.api_key)


def test_the_kernels_libraries_log_none_at_their_most_talkative(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    service = LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=0)
    room = nm.create_room("logged_101", service=service)
    invite = nm.create_invite(room.token, service=service)
    with pytest.raises(nm.PermissionDeniedError):
        nm.create_invite(invite.token, service=service)
    meet = nm.NanoMeet(token=room.token)
    meet.start_broadcast()
    logging.getLogger("notebook").debug("%r %r %s %s", room.token, room, invite, meet)
    meet.close()
    service.close()
    heard = caplog.text + "".join(capfd.readouterr())
    assert "httpcore" in heard
    assert not found(heard, room.token, invite.token)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_what_is_kept_on_disk_is_the_users_alone(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        service = LocalServer(runtime=tmp_path / "run", data=tmp_path / "data", linger=0)
        nm.create_room("kept_101", service=service)
    finally:
        os.umask(old)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".json" for path in files)
    # What is not itself private is in a folder that only its owner can enter.
    for path in files:
        chain = [path, *[up for up in path.parents if tmp_path in up.parents]]
        assert any(not stat.S_IMODE(step.stat().st_mode) & 0o077 for step in chain), path
    service.close()
