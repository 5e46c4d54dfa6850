"""Tests of `access`: where a request came from, and how many connections a network has."""

from __future__ import annotations

import ipaddress
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado import httputil

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server.access import ALL_WAITING, WAITING, Access, Place, Standing
from nanomeet_widget.server.config import LOOPBACK, Limits, ServerConfig

NEAR, GUEST = "127.0.0.1", "203.0.113.5"
XFF = "X-Forwarded-For"


def access(
    *, proxies: tuple[str, ...] = (), public_url: str | None = None, limits: Limits | None = None
) -> Access:
    return Access(
        ServerConfig(
            data=Path("nowhere"), proxies=proxies, public_url=public_url, limits=limits or Limits()
        )
    )


def asked(
    peer: str, headers: dict[str, str] | None = None, host: str = "localhost:8910"
) -> httputil.HTTPServerRequest:
    request = httputil.HTTPServerRequest(
        start_line=httputil.RequestStartLine("GET", "/", "HTTP/1.1"),
        headers=httputil.HTTPHeaders({"Host": host, **(headers or {})}),
    )
    request.remote_ip = peer
    return request


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({XFF: GUEST}, GUEST),
        ({XFF: f"{GUEST}:4711"}, GUEST),
        ({XFF: "[2001:db8::1]:4711"}, "2001:db8::1"),
        ({XFF: '"[2001:db8::1]:4711"'}, "2001:db8::1"),
        ({XFF: f"::ffff:{GUEST}"}, GUEST),
        ({XFF: f"6.6.6.6, {GUEST}"}, GUEST),
        ({XFF: f"6.6.6.6,{GUEST}, 10.0.0.5"}, GUEST),
        ({XFF: f"{GUEST}, 10.0.0.5:80, ::1"}, GUEST),
        # What a client writes itself is on the left.
        ({XFF: f"127.0.0.1, {GUEST}"}, GUEST),
        ({XFF: f"unknown, {GUEST}"}, GUEST),
        ({XFF: f"{GUEST}, unknown"}, ""),
        ({XFF: f"{GUEST}, "}, ""),
        ({XFF: ""}, ""),
        ({XFF: "unknown"}, ""),
        ({XFF: "127.0.0.1"}, ""),
        ({XFF: "127.0.0.1, ::1, 10.0.0.5"}, ""),
        ({XFF: "0.0.0.0:1"}, ""),
        ({}, ""),
        ({"X-Real-IP": GUEST}, ""),
        ({"Forwarded": f"for={GUEST};proto=https"}, GUEST),
        ({"Forwarded": f"proto=https; For={GUEST}:4711"}, GUEST),
        ({"Forwarded": f'for=6.6.6.6, for="[2001:db8::1]:4711";by={NEAR}'}, "2001:db8::1"),
        ({"Forwarded": f"for={GUEST}, for=10.0.0.5"}, GUEST),
        ({"Forwarded": "for=unknown"}, ""),
        ({"Forwarded": "for=_hidden, for=_secret"}, ""),
        ({"Forwarded": f"by={GUEST}"}, ""),
        # A proxy that writes the one may pass on a client's other.
        ({XFF: GUEST, "Forwarded": "for=6.6.6.6"}, GUEST),
        ({XFF: "unknown", "Forwarded": "for=6.6.6.6"}, ""),
    ],
)
def test_a_proxy_says_where_a_request_came_from(headers: dict[str, str], expected: str) -> None:
    server = access(proxies=(*LOOPBACK, "10.0.0.5"))
    for peer in (NEAR, "::1", "::ffff:127.0.0.1", "10.0.0.5"):
        assert server.address(asked(peer, headers)) == expected, peer
    # Of no other host is it believed.
    assert server.address(asked("198.51.100.9", headers)) == "198.51.100.9"
    for stranger in (NEAR, "::1"):
        found = access().address(asked(stranger, headers))
        assert found == ("" if headers else stranger)


@pytest.mark.parametrize("peer", ["0.0.0.0:1", "", "@"])
def test_a_unix_socket_has_no_address(peer: str) -> None:
    assert access(proxies=LOOPBACK).address(asked(peer, {XFF: GUEST})) == ""


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")), st.booleans())
def test_nothing_in_a_header_is_a_fault_or_local(text: str, new: bool) -> None:  # noqa: FBT001
    server = access(proxies=LOOPBACK)
    name = "Forwarded" if new else XFF
    for value in (text, f"for={text}", f"{GUEST},{text}", f"{text},{GUEST}"):
        found = server.address(asked(NEAR, {name: value}))
        assert not found or not ipaddress.ip_address(found).is_loopback


def filled(server: Access, address: str, standing: Standing) -> list[Place]:
    """Fill an address's places of a kind."""
    places: list[Place] = []
    while (place := entered(server, address)).become(standing):
        places.append(place)
        assert len(places) < 1000
    place.leave()
    return places


def entered(server: Access, address: str) -> Place:
    return server.enter(address, lambda: None)


@pytest.mark.parametrize("unknown", ["", NEAR, "127.8.8.8", "::1"])
def test_who_comes_without_an_address_is_counted_as_one(unknown: str) -> None:
    server = access(limits=Limits(connections=3, unknown_connections=5))
    assert len(filled(server, unknown, Standing.WATCHING)) == 5
    for other in ("", NEAR, "::1"):
        place = entered(server, other)
        assert not place.become(Standing.WATCHING)
        place.leave()
    assert len(filled(server, GUEST, Standing.WATCHING)) == 3


def test_an_ipv6_network_is_counted_as_one() -> None:
    server = access(limits=Limits(connections=3))
    for last in range(1, 4):
        place = entered(server, f"2001:db8::{last}")
        assert place.become(Standing.WATCHING)
    late = entered(server, "2001:db8::ffff:4")
    assert not late.become(Standing.WATCHING)
    other = entered(server, "2001:db8:0:1::1")
    assert other.become(Standing.WATCHING)


def test_no_kind_of_connection_takes_the_places_of_another() -> None:
    server = access(limits=Limits(connections=3))
    kinds = [standing for standing in Standing if standing is not Standing.ARRIVING]
    for standing in kinds:
        assert len(filled(server, GUEST, standing)) == 3, standing
    assert server.connections == 3 * len(kinds)
    for _ in range(3):
        assert entered(server, GUEST).standing is Standing.ARRIVING


def test_of_those_that_say_nothing_the_oldest_gives_way() -> None:
    server = access(limits=Limits(connections=3))
    closed: list[int] = []
    places = [server.enter(GUEST, lambda n=n: closed.append(n)) for n in range(5)]  # type: ignore[misc]
    assert closed == [0, 1]
    assert [place.standing is None for place in places] == [True, True, False, False, False]
    assert places[2].become(Standing.ADMITTED)
    server.enter(GUEST, lambda: None)
    # Another subscriber's connections, and those that have a place, stay.
    server.enter("203.0.113.9", lambda: None)
    assert closed == [0, 1]
    server.enter(GUEST, lambda: None)
    assert closed == [0, 1, 3]
    assert places[2].standing is Standing.ADMITTED


def test_who_waits_for_nothing_has_few_places() -> None:
    for limits in (Limits(), Limits(connections=0, unknown_connections=0)):
        server = access(limits=limits)
        places: list[Place] = []
        for last in range(1, 10):
            places += filled(server, f"203.0.113.{last}", Standing.WAITING)
            assert len(places) == min(last * WAITING, ALL_WAITING)
        assert filled(server, "", Standing.WAITING) == []
        places[0].leave()
        assert len(filled(server, "", Standing.WAITING)) == 1


def test_what_is_counted_is_what_is_open() -> None:
    chance = random.Random(7239)  # noqa: S311 - to be repeated
    server = access(limits=Limits(connections=7, unknown_connections=9))
    addresses = [*(f"203.0.113.{n}" for n in range(5)), "", NEAR, "2001:db8::1", "2001:db8::2"]
    places: list[Place] = []
    for _ in range(20_000):
        way = chance.randrange(3)
        if way == 0:
            place = entered(server, chance.choice(addresses))
            places = [*(p for p in places if p.standing is not None), place]
        elif places and way == 1:
            chance.choice(places).become(chance.choice(list(Standing)))
        elif places:
            gone = places.pop(chance.randrange(len(places)))
            gone.leave()
            gone.leave()
        assert server.connections == len(places)
        kinds = [(p.standing, p.network) for p in places]
        assert max((kinds.count(kind) for kind in kinds), default=0) <= 9
    for place in places:
        place.leave()
    assert not server._open


@pytest.mark.parametrize(
    ("peer", "headers", "host", "local"),
    [
        (NEAR, {}, "127.0.0.1:8910", True),
        ("::1", {}, "[::1]:8910", True),
        ("::ffff:127.0.0.1", {}, "localhost", True),
        (NEAR, {}, "meet.school.example", False),
        (NEAR, {}, "", False),
        (NEAR, {}, "127.0.0.1.evil.example", False),
        (NEAR, {XFF: NEAR}, "localhost", False),
        (NEAR, {"Forwarded": "for=x"}, "localhost", False),
        (NEAR, {"Via": "1.1 proxy"}, "localhost", False),
        ("192.168.1.2", {}, "localhost", False),
        ("", {}, "localhost", False),
    ],
)
def test_what_is_certainly_local(
    peer: str, headers: dict[str, str], host: str, *, local: bool
) -> None:
    request = asked(peer, headers, host)
    assert access().is_local(request) is local
    assert access(public_url="http://localhost:8910").is_local(request) is local
    # Where there are guests or a proxy, this machine's requests may be theirs.
    assert not access(proxies=LOOPBACK).is_local(request)
    assert not access(public_url="https://meet.school.example").is_local(request)


@pytest.mark.parametrize("proxy", ["nginx", "10.0.0.0/8", "", "127.0.0.1;::1"])
def test_a_proxy_is_named_by_its_address(proxy: str) -> None:
    with pytest.raises(InvalidInputError, match="proxies"):
        access(proxies=(proxy,))
