"""The token service of the embedded server, over HTTP, as any client meets it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from nanomeet_widget import _tokens
from nanomeet_widget.server.tokens import secrets_folder
from tests.asking import get, post, request
from tests.conftest import RunningServer, Servers

KEY, TOKEN = "X-BINTU-APIKEY", "x-bintu-token"


def ask_room(server: RunningServer, key: str | None = None, **body: Any) -> httpx.Response:
    return server.post("nanomeet", headers={KEY: key or server.api_key}, **{"room": "R", **body})


def ask_invite(server: RunningServer, token: str, **body: Any) -> httpx.Response:
    return server.post("nanomeet", headers={TOKEN: token}, **body)


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def made(server: RunningServer) -> int:
    """How many tokens this server has ever made."""
    with sqlite3.connect(server.data / "nanomeet.sqlite3") as db:
        (count,) = db.execute(
            "SELECT count(*) FROM events WHERE kind IN ('room_created', 'invite_created')"
        ).fetchone()
    db.close()
    return int(count)


def secret(server: RunningServer) -> bytes:
    return (server.data / "token-secret").read_bytes()


def forged(server: RunningServer, **changes: Any) -> str:
    """A token with this server's signature and whatever claims the test wants."""
    now = datetime.now(timezone.utc)
    fields: dict[str, Any] = {
        "room": "R",
        "streamname": "s",
        "server": "x",
        "moderator": True,
        "sub": "local",
        "notbefore": now - timedelta(hours=2),
        "expiration": now + timedelta(hours=2),
    }
    return _tokens.mint(_tokens.Claims(**{**fields, **changes}), secret(server))


def test_a_room_needs_nothing_but_a_name(server: RunningServer) -> None:
    said = claims(server.room("Algebra_1"))
    assert said["room"] == "Algebra_1"
    assert said["moderator"] is True
    assert len(said["streamname"]) >= 16
    assert said["server"] == server.url
    assert timedelta(seconds=said["exp"] - said["nbf"]) == timedelta(days=14)


def test_a_room_is_made_as_asked(server: RunningServer) -> None:
    said = claims(
        server.room(
            "Algebra_1",
            moderator=False,
            streamname="lecture-7",
            nbf="2099-03-01T09:00:00+01:00",
            exp="2099-03-01T12:00:00Z",
            server="elsewhere.example",
        )
    )
    assert (said["moderator"], said["streamname"]) == (False, "lecture-7")
    assert said["nbf"] == datetime(2099, 3, 1, 8, tzinfo=timezone.utc).timestamp()
    assert said["exp"] == datetime(2099, 3, 1, 12, tzinfo=timezone.utc).timestamp()
    # Whatever is asked: a token names the server that signed it.
    assert said["server"] == server.url


def test_what_a_form_leaves_empty_gets_its_default(server: RunningServer) -> None:
    answer = ask_room(server, streamname="", nbf="", exp="")
    assert answer.status_code == 200
    assert claims(answer.json()["data"])["streamname"]


def test_two_rooms_of_one_name_have_different_streams(server: RunningServer) -> None:
    first, second = (claims(server.room("Same"))["streamname"] for _ in range(2))
    assert first != second


def in_days(days: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"room": "with space"}, "letters"),
        ({"room": ""}, "letters"),
        ({"room": "../etc"}, "letters"),
        ({"room": "x" * 65}, "64"),
        ({"room": 7}, "must be text"),
        ({"room": None}, "must be text"),
        ({"streamname": "a/b"}, "streamname"),
        ({"streamname": ["a"]}, "streamname"),
        ({"moderator": "false"}, "True or False"),
        ({"moderator": 1}, "True or False"),
        ({"exp": "2099-01-01T00:00:00"}, "time zone"),
        ({"exp": "tomorrow"}, "ISO 8601"),
        ({"exp": 4102444800}, "exp must be"),
        ({"nbf": "2099-01-01T00:00:00"}, "time zone"),
        ({"exp": in_days(-1)}, "not after|past"),
        ({"nbf": in_days(-3), "exp": in_days(-1)}, "past"),
        ({"nbf": in_days(2), "exp": in_days(1)}, "not after"),
        ({"exp": in_days(367)}, "one year"),
    ],
)
def test_a_request_against_the_rules_makes_nothing(
    server: RunningServer, body: dict[str, Any], words: str
) -> None:
    before = made(server)
    answer = ask_room(server, **body)
    assert answer.status_code == 400
    message = answer.json()["message"]
    assert any(word in message for word in words.split("|")), message
    assert made(server) == before


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"{", b"\xff", b'"room"', b"null", b'{"room": "\\ud800"}'),
        b'{"room": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ],
)
def test_what_is_no_json_object_is_refused_in_words(server: RunningServer, content: bytes) -> None:
    answer = post(f"{server.url}/nanomeet", headers={KEY: server.api_key}, content=content)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_an_endless_request_is_refused(server: RunningServer) -> None:
    answer = ask_room(server, room="x" * 100_000)
    assert answer.status_code == 400


@pytest.mark.parametrize("key", [b"wrong", b"", b"\xfc"])
def test_a_wrong_key_makes_nothing(server: RunningServer, key: bytes) -> None:
    before = made(server)
    answer = post(f"{server.url}/nanomeet", headers={KEY.encode(): key}, json={"room": "R"})
    assert answer.status_code == 401
    assert "key" in answer.json()["message"]
    assert made(server) == before


def test_without_key_or_token_nothing_is_made(server: RunningServer) -> None:
    assert server.post("nanomeet", room="R").status_code == 401


def test_a_token_is_no_api_key(server: RunningServer) -> None:
    assert ask_room(server, key=server.room()).status_code == 401


def test_an_invite_is_for_the_same_room_and_a_participant(server: RunningServer) -> None:
    parent = server.room("Algebra_1")
    guest = claims(server.invite(parent))
    own = claims(parent)
    assert guest["moderator"] is False
    for name in ("room", "streamname", "sub", "server", "nbf", "exp"):
        assert guest[name] == own[name]
    assert guest["jti"] != own["jti"]


def test_a_moderator_may_invite_a_moderator(server: RunningServer) -> None:
    assert claims(server.invite(server.room(), moderator=True))["moderator"] is True


def test_an_invite_may_be_shorter_than_its_parent(server: RunningServer) -> None:
    parent = server.room(exp=in_days(3))
    assert claims(server.invite(parent, exp=in_days(1)))["exp"] < claims(parent)["exp"]


def test_an_invite_never_outlives_its_parent(server: RunningServer) -> None:
    parent = server.room(exp=in_days(1))
    before = made(server)
    answer = ask_invite(server, parent, moderator=False, exp=in_days(2))
    assert answer.status_code == 400
    assert "longer" in answer.json()["message"]
    assert made(server) == before


def test_an_invite_never_begins_before_its_parent(server: RunningServer) -> None:
    parent = server.room()
    answer = ask_invite(server, parent, moderator=False, nbf=in_days(-1))
    assert answer.status_code == 400
    assert "earlier" in answer.json()["message"]


def test_an_invite_does_not_take_text_for_a_role(server: RunningServer) -> None:
    assert ask_invite(server, server.room(), moderator="true").status_code == 400


def test_a_participant_may_not_invite(server: RunningServer) -> None:
    guest = server.invite(server.room())
    before = made(server)
    answer = ask_invite(server, guest, moderator=False)
    assert answer.status_code == 403
    assert "moderator" in answer.json()["message"]
    assert made(server) == before


def refused_tokens(server: RunningServer) -> dict[str, str]:
    now = datetime.now(timezone.utc)
    good = server.room()
    head, body, signature = good.split(".")
    payload = claims(good)
    other = jwt.encode(
        payload, _tokens.new_secret(), algorithm="HS256", headers={"typ": _tokens.TYPE}
    )
    return {
        "expired": forged(server, expiration=now - timedelta(hours=1)),
        "early": forged(server, notbefore=now + timedelta(hours=1)),
        "tampered": ".".join((head, body[:-2] + ("AA" if body[-2:] != "AA" else "BB"), signature)),
        "of another key": other,
        "unsigned": jwt.encode(payload, "", algorithm="none", headers={"typ": _tokens.TYPE}),
        "of another algorithm": jwt.encode(
            payload, secret(server) * 2, algorithm="HS512", headers={"typ": _tokens.TYPE}
        ),
        "of another type": jwt.encode(payload, secret(server), algorithm="HS256"),
        "for another audience": jwt.encode(
            {**payload, "aud": "jitsi"},
            secret(server),
            algorithm="HS256",
            headers={"typ": _tokens.TYPE},
        ),
        "no token": "hello",
    }


def test_no_bad_token_makes_an_invite(server: RunningServer) -> None:
    for what, token in refused_tokens(server).items():
        before = made(server)
        answer = ask_invite(server, token, moderator=False)
        assert answer.status_code == 401, what
        message = answer.json()["message"]
        assert message, what
        assert token not in message, what
        assert made(server) == before, what


def test_a_token_with_moderator_as_text_is_a_participants(server: RunningServer) -> None:
    payload = {**claims(server.room()), "moderator": "true"}
    token = jwt.encode(payload, secret(server), algorithm="HS256", headers={"typ": _tokens.TYPE})
    assert ask_invite(server, token, moderator=False).status_code == 403


def test_any_web_page_may_ask(server: RunningServer) -> None:
    preflight = request(
        "OPTIONS",
        f"{server.url}/nanomeet",
        headers={
            "Origin": "https://school.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-bintu-apikey",
        },
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in preflight.headers
    assert "x-bintu-apikey" in preflight.headers["access-control-allow-headers"]
    assert "x-bintu-token" in preflight.headers["access-control-allow-headers"]
    # Errors too, or the page could not read why.
    refused = ask_room(server, key="wrong")
    assert refused.headers["access-control-allow-origin"] == "*"


def test_the_organisation_is_told_to_holders_of_a_key(server: RunningServer) -> None:
    url = f"{server.url}/organisation"
    answer = get(url, headers={KEY: server.api_key})
    assert answer.status_code == 200
    assert answer.json()["id"] == "local"
    assert get(url).status_code == 401


def test_a_stream_has_its_source_and_an_entry_a_transcode(server: RunningServer) -> None:
    transcodes = [{"profile": "vtrans2-852x480x800x25", "tags": []}, {"profile": "low", "tags": []}]
    answer = server.post(
        "stream", headers={KEY: server.api_key}, tags=["nanomeet"], transcodes=transcodes
    )
    assert answer.status_code == 200
    stream = answer.json()
    entries = stream["playout"]["h5live"]
    assert len(entries) == 3
    assert entries[0]["id"] == stream["id"]
    assert len({entry["id"] for entry in entries}) == 3
    assert claims(server.room(streamname=stream["ingest"]["rtmp"]["streamname"]))


@pytest.mark.parametrize("body", [{"tags": "x"}, {"transcodes": [{}] * 11}, {"transcodes": 3}])
def test_a_wrong_stream_is_refused(server: RunningServer, body: dict[str, Any]) -> None:
    assert server.post("stream", headers={KEY: server.api_key}, **body).status_code == 400


def test_tokens_and_keys_outlive_the_process(servers: Servers) -> None:
    first = servers.start()
    token = first.room()
    (key,) = secrets_folder.api_keys(first.data)
    first.stop()
    second = servers.start(data=first.data)
    assert ask_room(second, key=key).status_code == 200
    assert second.invite(token)


def test_secrets_are_for_their_owner_alone(servers: Servers) -> None:
    data = servers.start().data
    assert data.stat().st_mode & 0o077 == 0
    for name in ("token-secret", "api-key"):
        assert (data / name).stat().st_mode & 0o077 == 0


def test_nothing_secret_is_logged(servers: Servers) -> None:
    running = servers.start("--verbose")
    token = running.room()
    get(f"{running.url}/local/R?jwt={token}")
    get(f"{running.url}/nope?jwt={token}")
    ask_invite(running, token + "x", moderator=False)
    ask_room(running, key="wrong-key")
    running.stop()
    log = next(running.data.parent.glob("log*.txt")).read_text()
    assert "/local/R" in log
    for secret_text in (token, token[:40], running.api_key, "wrong-key", "jwt="):
        assert secret_text not in log


def test_guessing_a_key_is_limited_by_address_and_a_right_one_is_always_good(
    servers: Servers,
) -> None:
    server = servers.start("--behind-proxy", "-v")

    def asked(path: str, key: str, address: str) -> int:
        headers = {KEY: key, "X-Forwarded-For": address}
        return get(f"{server.url}/{path}", headers=headers).status_code

    guessed = [asked("organisation", f"guess-{n}", "192.0.2.1") for n in range(60)]
    assert guessed[:30] == [401] * 30
    assert 429 in guessed
    # Every way in counts, and none is open to others' wrong keys.
    for path in ("invites", "recordings", "lease", "metrics"):
        tried = [asked(path, f"guess-{n}", "192.0.2.2") for n in range(30)]
        assert set(tried) <= {401, 429}
    assert 429 in tried
    assert asked("organisation", "guess", "192.0.2.3") == 401
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        assert asked("organisation", server.api_key, address) == 200
    answer = get(f"{server.url}/organisation", headers={KEY: "guess-again"})
    assert answer.json()["message"]
    server.stop()
    assert "guess" not in server.log.read_text()


def test_a_weak_key_stops_the_start_with_a_way_to_make_one(tmp_path: Path) -> None:
    for given in ({"NANOMEET_API_KEY": "a"}, {}):
        if not given:
            (tmp_path / "api-key").write_text("a-short-one")
        run = subprocess.run(
            [*(sys.executable, "-m", "nanomeet_widget.server", "--port", "0"), "--data", tmp_path],
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 1
        assert "Traceback" not in run.stderr
        assert ("token_urlsafe" in run.stderr) == bool(given)
        assert ("Delete it" in run.stderr) == (not given)
        assert "a-short-one" not in run.stderr


def test_a_ticket_stands_for_a_token_once(server: RunningServer) -> None:
    token = ask_invite(server, server.room("Ticketed")).json()["data"]
    ticket = server.post("ticket", headers={TOKEN: token}).json()["data"]
    assert ticket not in token
    assert server.post("ticket", ticket=ticket).json() == {"data": token}
    again = server.post("ticket", ticket=ticket)
    assert (again.status_code, "data" in again.json()) == (403, False)


@pytest.mark.parametrize("body", [{}, {"ticket": 5}, {"ticket": None}, {"ticket": ["x"]}])
def test_what_is_no_ticket_is_refused(server: RunningServer, body: dict[str, Any]) -> None:
    assert server.post("ticket", **body).status_code == 400


def test_only_a_valid_token_gets_a_ticket(server: RunningServer) -> None:
    over = forged(server, expiration=datetime.now(timezone.utc) - timedelta(hours=1))
    for token in (over, over[:-3] + "abc", "x"):
        answer = server.post("ticket", headers={TOKEN: token})
        assert answer.status_code == 401
        assert token not in answer.text
