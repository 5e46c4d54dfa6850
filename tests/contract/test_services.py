"""One suite for every service: the same calls give the same things."""

from __future__ import annotations

import asyncio
import pickle
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest

import nanomeet_widget as nm
from nanomeet_widget import services
from nanomeet_widget.services import Jitsi, LocalServer, NanoStreamCloud, Service
from tests.asking import get
from tests.conftest import Servers
from tests.leaks import found
from tests.standins import cloud

SECRET = "0123456789abcdef0123456789abcdef-prosody"


@dataclass(frozen=True, kw_only=True)
class Case:
    service: Service
    #: How often it was asked for anything so far.
    asked: Callable[[], int]
    #: What its errors may never show.
    credential: str
    #: How an invite's link goes on before the token.
    mark: str


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Case]]:
    base = tmp_path_factory.mktemp("services")
    with ExitStack() as stack:
        site = stack.enter_context(cloud.cloud(base / "cloud"))
        servers = Servers(base)
        stack.callback(servers.close)
        running = servers.start("--tls", "-v")
        certificate = str(running.data / "certificate.pem")
        embedded = LocalServer(running.url, api_key=running.api_key, verify=certificate)
        trust = ssl.create_default_context(cafile=certificate)

        def asked() -> int:
            # Before it answers this it has noted what came before.
            get(f"{running.url}/healthz", verify=trust)
            return running.log.read_text().count("POST")

        yield {
            "embedded": Case(
                service=embedded,
                asked=asked,
                credential=running.api_key,
                mark="#token=",
            ),
            "cloud": Case(
                service=cloud_at(site.url, str(site.certificate)),
                asked=lambda: len(site.seen),
                credential=cloud.API_KEY,
                mark="#token=",
            ),
            "jitsi": Case(
                service=Jitsi("meet.example.org", app_id="classroom", app_secret=SECRET),
                asked=lambda: 0,
                credential=SECRET,
                mark="#jwt=%22",
            ),
        }


def cloud_at(url: str, certificate: str, **options: Any) -> NanoStreamCloud:
    return NanoStreamCloud(
        cloud.API_KEY,
        token_url=f"{url}/token",
        api_url=f"{url}/api",
        server="nanomeet.example.org",
        invite_page="https://invite.example.org/join",
        verify=certificate,
        **options,
    )


@pytest.fixture(params=["embedded", "cloud", "jitsi"])
def case(request: pytest.FixtureRequest, cases: dict[str, Case]) -> Case:
    return cases[request.param]


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_a_room_needs_nothing_but_a_name(case: Case) -> None:
    room = nm.create_room("Algebra_1", service=case.service)
    said = claims(room.token)
    assert (room.room, room.moderator) == ("Algebra_1", True)
    assert room.streamname == said["streamname"] != ""
    assert room.server == said["server"] != ""
    assert room.expiration - room.notbefore == timedelta(days=14)
    assert said["exp"] == room.expiration.timestamp()


def test_a_room_is_made_as_asked(case: Case) -> None:
    begin = datetime(2099, 3, 1, 9, tzinfo=timezone(timedelta(hours=1)))
    room = nm.create_room(
        "Algebra_1",
        nbf=begin,
        exp="2099-03-01T12:00:00Z",
        streamname="lecture-7",
        moderator=False,
        service=case.service,
    )
    assert (room.moderator, room.streamname) == (False, "lecture-7")
    assert room.notbefore == begin
    assert room.expiration == datetime(2099, 3, 1, 12, tzinfo=timezone.utc)


def test_the_async_twins_do_the_same(case: Case) -> None:
    async def both() -> tuple[nm.Room, nm.Invite]:
        async with case.service as service:
            room = await nm.acreate_room("Twins", service=service)
            return room, await nm.acreate_invite(room.token, service=service)

    room, invite = asyncio.run(both())
    assert room.room == claims(invite.token)["room"] == "Twins"
    assert not invite.moderator


@pytest.mark.parametrize(
    "wrong",
    [
        {"room": "with space"},
        {"room": "*"},
        {"room": "x" * 65},
        {"moderator": "false"},
        {"streamname": "a/b"},
        {"exp": timedelta(days=400)},
        {"exp": "2099-01-01T00:00:00"},
        {"nbf": timedelta(days=2), "exp": timedelta(days=1)},
        {"server": "meet.example.org/?x=1"},
    ],
    ids=str,
)
def test_what_breaks_a_rule_is_never_sent(case: Case, wrong: dict[str, Any]) -> None:
    before = case.asked()
    with pytest.raises(nm.InvalidInputError):
        nm.create_room(**{"room": "R", **wrong}, service=case.service)
    assert case.asked() == before


def test_an_invite_is_for_the_same_room_and_no_longer(case: Case) -> None:
    room = nm.create_room("Lecture", exp=timedelta(hours=2), service=case.service)
    invite = nm.create_invite(room.token, service=case.service)
    said = claims(invite.token)
    assert (said["room"], said["streamname"]) == (room.room, room.streamname)
    assert said["moderator"] is invite.moderator is False
    assert said["exp"] <= room.expiration.timestamp()
    shorter = nm.create_invite(room.token, exp=timedelta(hours=1), service=case.service)
    assert claims(shorter.token)["exp"] < said["exp"]


def test_an_invite_may_be_a_moderators(case: Case) -> None:
    room = nm.create_room("Lecture", service=case.service)
    invite = nm.create_invite(room.token, moderator=True, service=case.service)
    assert invite.moderator
    again = nm.create_invite(invite.token, service=case.service)
    assert not again.moderator


def test_an_invite_link_shows_its_token_to_no_server(case: Case) -> None:
    room = nm.create_room("Lecture", service=case.service)
    invite = nm.create_invite(room.token, service=case.service)
    before, mark, after = invite.invite_link.partition(case.mark)
    assert mark
    assert after.removesuffix("%22") == invite.token
    assert "?" not in before


def test_no_invite_outlasts_its_inviters_token(case: Case) -> None:
    room = nm.create_room("Lecture", exp=timedelta(hours=2), service=case.service)
    before = case.asked()
    with pytest.raises(nm.InvalidInputError, match="cannot be valid longer"):
        nm.create_invite(room.token, exp=timedelta(hours=3), service=case.service)
    assert case.asked() == before


def test_a_participant_cannot_invite(case: Case) -> None:
    room = nm.create_room("Lecture", moderator=False, service=case.service)
    with pytest.raises(nm.PermissionDeniedError):
        nm.create_invite(room.token, service=case.service)


def test_a_token_that_was_changed_is_refused(case: Case) -> None:
    room = nm.create_room("Lecture", moderator=False, service=case.service)
    changed = jwt.encode({**claims(room.token), "moderator": True}, "x" * 32, algorithm="HS256")
    with pytest.raises(nm.AuthenticationError):
        nm.create_invite(changed, service=case.service)


def test_nothing_shows_a_secret(case: Case) -> None:
    room = nm.create_room("Lecture", service=case.service)
    invite = nm.create_invite(room.token, service=case.service)
    shown = repr((case.service, vars(case.service), room, invite, services.current()))
    assert not found(shown, case.credential)
    assert not found(shown, room.token)
    assert not found(shown, invite.token)
    with pytest.raises(TypeError):
        pickle.dumps(room)


def test_an_invite_comes_from_who_made_the_room(case: Case) -> None:
    room = nm.create_room("Lecture", service=case.service)
    invite = nm.create_invite(room.token)
    assert claims(invite.token)["iss"] == claims(room.token)["iss"]


def test_a_link_for_a_browser_keeps_the_token_from_servers(case: Case) -> None:
    room = nm.create_room("Lecture", service=case.service)
    link = case.service.browser_link(room.token).reveal()
    assert link.startswith("https://")
    assert "#" in link
    assert not found(link.partition("#")[0], room.token)


def test_closing_is_safe_at_any_time() -> None:
    with LocalServer("https://meet.example.org", api_key="k" * 20) as service:
        service.close()
    assert "meet.example.org" in repr(service)
