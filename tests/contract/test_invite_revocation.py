"""Invites can be listed and revoked; those who came with a revoked one are out."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

import nanomeet_widget as nm
from nanomeet_widget._errors import ServiceError
from nanomeet_widget.cli import main
from nanomeet_widget.services import LocalServer
from tests.asking import get
from tests.conftest import RunningServer, Servers

from .bots import ending, until
from .sockets import connect, join, run


def id_of(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["jti"])


def key(server: RunningServer) -> dict[str, str]:
    return {"X-BINTU-APIKEY": server.api_key}


def listed(server: RunningServer, headers: dict[str, str], query: str = "") -> dict[str, Any]:
    answer = get(f"{server.url}/invites{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return {entry["id"]: entry for entry in answer.json()["data"]}


def test_tokens_are_listed_by_name_and_never_shown(server: RunningServer) -> None:
    token = server.room("Listed")
    invite = server.invite(token)
    other = server.room("Another_one")
    mine = listed(server, {"X-BINTU-TOKEN": token})
    assert list(mine) == [id_of(token), id_of(invite)]
    assert mine[id_of(invite)]["parent"] == id_of(token)
    assert mine[id_of(invite)]["moderator"] is False
    assert mine[id_of(invite)]["revoked"] is None
    assert listed(server, key(server), "?room=Listed") == mine
    everything = listed(server, key(server))
    assert {id_of(token), id_of(invite), id_of(other)} <= set(everything)
    text = str(everything)
    assert not any(secret.split(".")[2] in text for secret in (token, invite, other))


def test_those_who_came_with_it_are_out(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Revoked")
        invite, second = server.invite(token), server.invite(token)
        async with nm.Bot(token) as host, nm.Bot(invite) as guest, nm.Bot(second) as other:
            answer = server.post("revoke", headers={"X-BINTU-TOKEN": token}, id=id_of(invite))
            assert answer.json() == {"data": [id_of(invite)]}
            assert await ending(guest) == "token_rejected"
            await until(lambda: len(host.participants), 2)
            # It opens nothing any more; the others stay.
            with pytest.raises(nm.NotJoinedError, match="revoked"):
                await nm.Bot(invite).join()
            await other.send_chat("still here")
        assert server.post("ticket", headers={"X-BINTU-TOKEN": invite}).status_code == 401

    run(scenario())


def test_what_was_made_with_it_goes_with_it(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Family")
        deputy = server.invite(token, moderator=True)
        guest = server.invite(deputy)
        async with nm.Bot(guest) as bot:
            revoked = server.post("revoke", headers=key(server), id=id_of(deputy)).json()["data"]
            assert set(revoked) == {id_of(deputy), id_of(guest)}
            assert await ending(bot) == "token_rejected"
        asked = server.post("nanomeet", headers={"x-bintu-token": deputy}, moderator=False)
        assert asked.status_code == 401
        assert server.post("revoke", headers=key(server), id=id_of(deputy)).json()["data"] == []
        assert listed(server, {"X-BINTU-TOKEN": token})[id_of(guest)]["revoked"]

    run(scenario())


def test_only_who_may_lists_and_revokes(server: RunningServer) -> None:
    token, other = server.room("Mine"), server.room("Not_mine")
    guest = server.invite(token)
    headers: dict[str, str]
    for headers in ({}, {"X-BINTU-APIKEY": "wrong"}, {"X-BINTU-TOKEN": "wrong"}):
        assert server.post("revoke", headers=headers, id=id_of(guest)).status_code == 401
        answer = get(f"{server.url}/invites", headers=headers)
        assert answer.status_code == 401
    as_guest = {"X-BINTU-TOKEN": guest}
    assert server.post("revoke", headers=as_guest, id=id_of(guest)).status_code == 403
    # Another room's: no moderator learns even that there is such a token.
    moderator = {"X-BINTU-TOKEN": token}
    assert server.post("revoke", headers=moderator, id=id_of(other)).status_code == 400
    for wrong in ("nothing", "", None, 3, ["a"]):
        assert server.post("revoke", headers=key(server), id=wrong).status_code == 400


def test_a_revocation_outlives_the_server_and_reaches_others(servers: Servers) -> None:
    async def scenario() -> None:
        first = servers.start()
        second = servers.start(data=first.data)
        token = first.room("Shared")
        page, _ = await join(second, token)
        assert first.post("revoke", headers=key(first), id=id_of(token)).status_code == 200
        assert (await page.expect("bye"))["kind"] == "token_rejected"
        first.kill()
        third = servers.start(data=first.data)
        again = await connect(third, "ws/meeting")
        await again.send("join", v=1, token=token)
        assert (await again.expect("bye"))["kind"] == "token_rejected"

    run(scenario())


def test_from_python(server: RunningServer) -> None:
    with LocalServer(server.url, api_key=server.api_key) as service:
        room = service.create_room("From_python")
        invite = service.create_invite(room.token)
        made = service.invites("From_python")
        assert [entry.moderator for entry in made] == [True, False]
        assert made[1].expiration == room.expiration
        assert service.revoke(invite) == 1
        assert service.revoke(made[1]) == 0
        assert service.invites("From_python")[1].revoked is not None
        assert service.revoke(str(room.token)) == 1
        with pytest.raises(ServiceError, match="no token with this ID"):
            service.revoke("nothing")


def test_from_the_command_line(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NANOMEET_SERVER", server.url)
    monkeypatch.setenv("NANOMEET_API_KEY", server.api_key)
    token = server.room("From_a_terminal")
    assert main(["invites", "--room", "From_a_terminal"]) == 0
    shown = capsys.readouterr().out
    assert id_of(token) in shown
    assert "moderator" in shown
    assert token not in shown
    assert main(["revoke", id_of(token)]) == 0
    assert "1" in capsys.readouterr().out
    assert main(["invites", "--room", "From_a_terminal", "--json"]) == 0
    assert '"revoked": null' not in capsys.readouterr().out
