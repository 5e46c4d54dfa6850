"""Tests of `broadcast.push_target`: addresses, and hosts that are refused."""

from __future__ import annotations

import asyncio
import os

import pytest

from nanomeet_widget.server.broadcast.push import _Relay
from nanomeet_widget.server.broadcast.push_target import PushRefusedError, read_target, resolve
from tests.unit.server.fakes import PUSH_URL
from tests.waiting import PATIENCE


def test_an_address_is_taken_apart() -> None:
    target = read_target("rtmps://Live.Example.org:1443/app/instance/SECRETKEY?token=SECRETTOKEN")
    assert (target.host, target.port, target.tls) == ("live.example.org", 1443, True)
    assert target.path == "/app/instance/SECRETKEY?token=SECRETTOKEN"
    assert "SECRET" not in repr(target)
    assert read_target(PUSH_URL).port == 1935
    assert read_target("rtmps://a.org/b/c").port == 443


@pytest.mark.parametrize(
    "url",
    [
        "http://live.example.org/app/SECRETKEY",
        "rtmp:///app/SECRETKEY",
        "rtmp://user:SECRETWORD@live.example.org/app/SECRETKEY",
        "rtmp://live.example.org/SECRETKEY",
        "rtmp://live.example.org:99999/app/SECRETKEY",
        "rtmp://live.example.org/app/SECRETKEY#x",
        "rtmp://[::1/app/SECRETKEY",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(PushRefusedError) as refused:
        read_target(url)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254"),
        *("0.0.0.1", "100.64.0.1", "224.0.0.1", "255.255.255.255", "localhost", "2130706433"),
        *("[::1]", "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[2002:7f00:1::]", "[::]"),
        *("[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::8.8.8.8]"),
        *("[fec0::1]", "[::ffff:0:127.0.0.1]", "[2001:0:7f00:1:0:0:f7f7:f7f7]", "[5f00::1]"),
        *("[2001:0:808:808:0:0:80ff:fffe]", "192.88.99.1", "0x7f.1", "127.1", "[2001:db8::1]"),
    ],
)
def test_this_machine_and_its_network_are_refused(host: str) -> None:
    target = read_target(f"rtmp://{host}/app/key")
    with pytest.raises(PushRefusedError, match="own network"):
        asyncio.run(resolve(target, frozenset()))
    assert asyncio.run(resolve(target, frozenset({target.host})))


def test_the_world_is_allowed() -> None:
    target = read_target("rtmp://9.9.9.9/app/key")
    assert asyncio.run(resolve(target, frozenset())) == ["9.9.9.9"]


def test_what_was_checked_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere once it was checked (DNS rebinding) leads no one there."""

    async def scenario() -> None:
        received: asyncio.Queue[bytes] = asyncio.Queue()

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            received.put_nowait(await reader.readexactly(4))
            writer.close()

        async def elsewhere(*_: object, **__: object) -> list[object]:
            raise AssertionError("the name was asked for again")

        server = await asyncio.start_server(take, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        target = read_target(f"rtmp://localhost:{port}/app/key")
        addresses = await resolve(target, frozenset({"localhost"}))
        relay = _Relay(target, addresses)
        near = await relay.listen()
        relay.expect(os.getpid())
        reader, writer = await asyncio.open_connection("127.0.0.1", near)
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", elsewhere)
        writer.write(b"rtmp")
        assert await asyncio.wait_for(received.get(), PATIENCE) == b"rtmp"
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()
        relay.close()
        server.close()

    asyncio.run(scenario())
