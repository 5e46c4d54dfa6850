"""nanoStream Cloud: its wire protocol, and what goes wrong on the way to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nanomeet_widget as nm
from nanomeet_widget.services import NanoStreamCloud
from tests.contract.test_services import cloud_at
from tests.standins import cloud
from tests.standins.https import Answer, Site, said


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with cloud.cloud(tmp_path_factory.mktemp("cloud")) as site:
        yield site


@pytest.fixture
def site(running: Site) -> Site:
    running.seen.clear()
    running.faults.clear()
    return running


@pytest.fixture
def service(site: Site) -> NanoStreamCloud:
    return cloud_at(site.url, str(site.certificate))


def test_a_new_meeting_makes_its_stream_first(site: Site, service: NanoStreamCloud) -> None:
    room = service.create_room("Algebra_1")
    assert site.paths() == ["POST /api/stream", "POST /token/nanomeet"]
    stream, token = site.seen
    assert [t["profile"] for t in stream.json()["transcodes"]] == [
        "vtrans2-852x480x800x25",
        "vtrans2-640x360x400x25",
    ]
    assert all(seen.headers["x-bintu-apikey"] == cloud.API_KEY for seen in site.seen)
    body = token.json()
    assert set(body) == {"exp", "nbf", "room", "streamname", "moderator", "server"}
    assert body["server"] == "nanomeet.example.org"
    assert body["streamname"] == room.streamname == "AbCdE-1"
    assert body["exp"].endswith(".000Z")


def test_a_stream_that_is_named_is_not_made_again(site: Site, service: NanoStreamCloud) -> None:
    room = service.create_room("Algebra_1", streamname="mine", server="nanomeet-us.example.org")
    assert site.paths() == ["POST /token/nanomeet"]
    assert (room.streamname, room.server) == ("mine", "nanomeet-us.example.org")


def test_an_invite_is_asked_for_with_the_moderators_token(
    site: Site, service: NanoStreamCloud
) -> None:
    room = service.create_room("Algebra_1", streamname="mine")
    service.create_invite(room.token)
    asked = site.seen[-1]
    assert asked.headers["x-bintu-token"] == room.token
    assert "x-bintu-apikey" not in asked.headers
    assert asked.json() == {"moderator": False, "server": "nanomeet.example.org"}


def test_the_account_is_told(service: NanoStreamCloud) -> None:
    assert service.organisation()["name"] == "classroom"
    assert asyncio.run(service.aorganisation()) == service.organisation()


def test_streams_are_made_with_the_lower_rendition_second(
    site: Site, service: NanoStreamCloud
) -> None:
    low, high = "vtrans2-640x360x400x25", "vtrans2-1280x720x1500x25"
    stream = service.create_streams(profiles=(low, high))
    assert [t["profile"] for t in site.seen[-1].json()["transcodes"]] == [high, low]
    assert stream.ingest.startswith("rtmp://")
    assert stream.dashboard is not None
    assert "vtrans1.id=p1" in stream.dashboard
    assert "vtrans2.id=p2" in stream.dashboard
    assert asyncio.run(service.acreate_streams()).id != stream.id


@pytest.mark.parametrize("profiles", [(), ("vtrans2-640x360x400x25",), ("a", "b"), "ab"])
def test_profiles_that_are_none_are_not_sent(
    site: Site, service: NanoStreamCloud, profiles: tuple[str, ...]
) -> None:
    with pytest.raises(nm.InvalidInputError, match="two transcoding profiles"):
        service.create_streams(profiles=profiles)
    assert site.seen == []


def test_broadcasts_go_where_the_cloud_takes_them(service: NanoStreamCloud) -> None:
    live = service.broadcast_target("a-1", is_vod=False)
    kept = service.broadcast_target("a-1", is_vod=True)
    assert live.ingest.reveal() == "rtmp://bintu-vtrans.nanocosmos.de/live/a-1"
    assert kept.ingest.reveal() == "rtmp://bintu-vtrans.nanocosmos.de/rec/a-1"
    assert live.playout is not None
    assert live.playout.live.endswith("nanoplayer.html?bintu.streamname=a-1")
    assert live.playout.vod is None
    assert kept.playout is not None
    assert kept.playout.vod == "https://bintu-vod.nanocosmos.de/vod/a-1.mp4"


def test_the_clouds_own_page_is_linked_as_it_reads_its_token(site: Site) -> None:
    token = cloud.token(site)
    link = NanoStreamCloud(cloud.API_KEY).browser_link(token).reveal()
    assert link.endswith(f"nanomeet-sample.html?token={token}")


REFUSALS = [
    (said({"message": "API key unknown"}, 401), nm.AuthenticationError, "API key unknown"),
    (said({"message": "not yours"}, 403), nm.PermissionDeniedError, "not yours"),
    (said({"message": "10 rooms at most"}, 429), nm.QuotaExceededError, "10 rooms at most"),
    (said({"message": "no"}, 418), nm.ServiceError, "no; correct the request"),
    (Answer(status=404, body=b"<h1>?</h1>", kind="text/html"), nm.ServiceError, "address right"),
    (Answer(status=405), nm.ServiceError, "address right"),
    (
        Answer(status=500, body=b"<h1>oops</h1>", kind="text/html"),
        nm.ServiceUnavailableError,
        "reason",
    ),
    (Answer(status=500), nm.ServiceUnavailableError, "reason"),
    (Answer(body=b"<h1>welcome to our Wi-Fi</h1>", kind="text/html"), nm.ProtocolError, "JSON"),
    (Answer(), nm.ProtocolError, "JSON"),
    (Answer(body=b"[]"), nm.ProtocolError, "token"),
    (said({"data": 7}), nm.ProtocolError, "token"),
    (said({"data": "a.b.c"}), nm.ProtocolError, "token"),
    (said("x" * 2_000_000), nm.ProtocolError, "bytes"),
]


@pytest.mark.parametrize(("answer", "kind", "words"), REFUSALS, ids=lambda value: str(value)[:30])
def test_every_failure_has_its_kind_and_says_what_to_do(
    site: Site, service: NanoStreamCloud, answer: Answer, kind: type[nm.ServiceError], words: str
) -> None:
    site.faults.append(answer)
    with pytest.raises(kind, match=words) as caught:
        service.create_room("R", streamname="s")
    assert type(caught.value) is kind
    if answer.status != 200:
        assert caught.value.status == answer.status
    assert len(site.seen) == 1


def test_a_credential_that_is_repeated_is_not_shown(site: Site, service: NanoStreamCloud) -> None:
    site.faults.append(said({"message": f"unknown key {cloud.API_KEY}"}, 401))
    with pytest.raises(nm.AuthenticationError) as caught:
        service.create_room("R", streamname="s")
    assert cloud.API_KEY not in str(caught.value)


BUSY = [said({"message": "slower"}, status, Retry_After="0") for status in (429, 503)]


@pytest.mark.parametrize("answer", BUSY, ids=["429", "503"])
def test_a_busy_service_is_asked_again_when_it_says(
    site: Site, service: NanoStreamCloud, answer: Answer
) -> None:
    site.faults.append(answer)
    assert service.create_streams().id
    assert site.paths() == ["POST /api/stream"] * 2


def test_a_pause_that_is_too_long_is_told_instead(site: Site, service: NanoStreamCloud) -> None:
    site.faults.append(said({"message": "slower"}, 429, Retry_After="3600"))
    with pytest.raises(nm.QuotaExceededError, match="try again in 3600 s"):
        service.create_streams()
    assert len(site.seen) == 1


def test_lost_requests_are_repeated_only_if_that_is_safe(
    site: Site, service: NanoStreamCloud
) -> None:
    site.faults.append(Answer(status=0))
    assert service.create_room("R", streamname="s").room == "R"
    assert site.paths() == ["POST /token/nanomeet"] * 2
    site.seen.clear()
    site.faults.append(Answer(status=0))
    with pytest.raises(nm.ServiceUnavailableError):
        service.create_streams()
    # It may have been made: a second one would be counted.
    assert site.paths() == ["POST /api/stream"]


def test_a_gateways_trouble_is_waited_out(site: Site, service: NanoStreamCloud) -> None:
    site.faults += [Answer(status=502), Answer(status=504)]
    assert asyncio.run(service.aorganisation())["id"] == "4711"
    assert len(site.seen) == 3


def test_trouble_that_stays_is_told(site: Site, service: NanoStreamCloud) -> None:
    site.faults += [Answer(status=502)] * 10
    with pytest.raises(nm.ServiceUnavailableError):
        service.organisation()
    assert len(site.seen) == 4


def test_a_silent_service_is_given_up(site: Site) -> None:
    hasty = cloud_at(site.url, str(site.certificate), timeout=2)
    site.faults.append(Answer(delay=300))
    with pytest.raises(nm.ServiceUnavailableError, match="took too long"):
        hasty.create_streams()


def test_a_strangers_certificate_is_refused_in_words(site: Site) -> None:
    with pytest.raises(nm.ServiceUnavailableError, match="certificate"):
        cloud_at(site.url, True).organisation()  # type: ignore[arg-type]
    assert site.seen == []


def test_a_certificate_that_is_none_is_refused(site: Site, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for path in ("missing.pem", "empty.pem"):
        with pytest.raises(nm.InvalidInputError, match=path):
            cloud_at(site.url, str(tmp_path / path))


def test_what_stays_on_this_machine_asks_no_proxy(
    service: NanoStreamCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nothing listens
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert service.organisation()["id"] == "4711"
    assert asyncio.run(service.aorganisation())["id"] == "4711"


def test_a_redirect_gets_no_key(site: Site, service: NanoStreamCloud, tmp_path: Path) -> None:
    with cloud.cloud(tmp_path) as other:
        site.faults.append(Answer(status=307, headers={"Location": f"{other.url}/token/nanomeet"}))
        with pytest.raises(nm.ServiceError):
            service.create_room("R", streamname="s")
        assert other.seen == []


@pytest.mark.parametrize("key", ["", "  ", None, 7, "käse" * 8, "line\nbreak"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(nm.InvalidInputError):
        NanoStreamCloud(key)


@pytest.mark.parametrize("name", ["token_url", "api_url", "invite_page", "server"])
@pytest.mark.parametrize("value", ["ftp://x", "https://u:p@x", "https://x?y=1", "", "https://a b"])
def test_an_address_that_is_none_is_refused(name: str, value: str) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(nm.InvalidInputError, match=name) as caught:
        NanoStreamCloud("key-0123456789", **options)
    assert "u:p" not in str(caught.value)


def test_there_are_no_personal_links_and_nothing_is_asked(
    site: Site, service: NanoStreamCloud
) -> None:
    token = service.create_room("Algebra_1").token
    site.seen.clear()
    with pytest.raises(nm.InvalidInputError, match="tokens carry no names"):
        nm.create_invites(token, [{"name": "Ada"}], service=service)
    with pytest.raises(nm.InvalidInputError, match="does not say who"):
        nm.roster(token, service=service).absent()
    assert site.seen == []
