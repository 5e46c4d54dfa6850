"""Places for viewers: who takes one up, who has one of their own, and who waits for nothing."""

from __future__ import annotations

import secrets
from pathlib import Path

import jwt
import pytest

from nanomeet_widget.server import access
from nanomeet_widget.server.config import Patience, ServerConfig
from nanomeet_widget.server.running import Server
from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.unit.server.clips import Clip, clip
from tests.waiting import until

from .sockets import Client, broadcasting, connect, join, run, watch
from .test_room import compose


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(2)


def stream_of(token: str) -> str:
    """The name of a token's stream."""
    return str(jwt.decode(token, options={"verify_signature": False})["streamname"])


async def come(
    server: RunningServer, stream: str, address: str = "203.0.113.5"
) -> tuple[Client, str]:
    """Try to watch without a ticket, from an address; return what the answer is."""
    viewer = await connect(server, "ws/watch", address=address)
    await viewer.send("watch", v=1, stream=stream)
    told = await viewer.receive()
    assert isinstance(told, dict)
    return viewer, str(told.get("kind") or told["type"])


def viewers(server: RunningServer) -> float:
    answer = get(f"{server.url}/metrics", headers={"X-BINTU-APIKEY": server.api_key})
    line = next(line for line in answer.text.splitlines() if line.startswith("nanomeet_viewers "))
    return float(line.split()[1])


def test_who_waits_for_what_does_not_exist_takes_up_no_viewers_place(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--behind-proxy", "--limit", "viewers=2")
        token = server.room("Real")
        for _ in range(5):
            viewer, told = await come(server, secrets.token_hex(8))
            assert told == "stream_state"
        assert viewers(server) == 0
        # A stream for which there is a token exists before it is broadcast.
        assert (await come(server, stream_of(token)))[1] == "stream_state"
        assert viewers(server) == 1
        async with broadcasting(server, token):
            assert (await come(server, stream_of(token)))[1] == "stream_state"
            assert (await come(server, stream_of(token)))[1] == "full"
            # There are places yet for those who wait.
            viewer, told = await come(server, secrets.token_hex(8))
            assert told == "stream_state"
            viewer.close()

    run(scenario())


def test_few_wait_for_what_does_not_exist(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--behind-proxy")
        told: list[str] = []
        for network in range(5):
            for number in range(access.WAITING + 1):
                # Of IPv6, a subscriber has as many addresses as they like.
                address = f"2001:db8:0:{network}::{number:x}"
                told.append((await come(server, secrets.token_hex(8), address))[1])
        one = ["stream_state"] * access.WAITING + ["full"]
        assert told == one * 4 + ["full"] * (access.WAITING + 1)
        # A stream that exists has its own places, and so have people in rooms.
        token = server.room("Beside")
        assert (await come(server, stream_of(token), "2001:db8::1"))[1] == "stream_state"
        await join(server, token, address="2001:db8::2")

    run(scenario())


def test_the_wait_for_what_does_not_exist_ends(tmp_path: Path) -> None:
    async def scenario() -> None:
        config = ServerConfig(data=tmp_path / "data", port=0, patience=Patience(unknown_stream=0.5))
        async with Server(config) as running:
            server = RunningServer(
                url=running.url,
                api_key=running.api_key,
                data=config.data,
                log=tmp_path / "none",
                process=None,  # type: ignore[arg-type]
            )
            viewer, state = await watch(server, "nothing")
            assert state["state"] == "waiting"
            # Without a word: the page connects again, and goes on waiting.
            assert await viewer.receive() is None

    run(scenario())


def test_who_waited_for_a_stream_that_begins_watches_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        config = ServerConfig(data=tmp_path / "data", port=0, patience=Patience(unknown_stream=1.0))
        async with Server(config) as running:
            core = running._core
            assert core is not None
            server = RunningServer(
                url=running.url,
                api_key=running.api_key,
                data=config.data,
                log=tmp_path / "none",
                process=None,  # type: ignore[arg-type]
            )
            viewer, _ = await watch(server, "later")
            core.issuer.room({"room": "Later", "streamname": "later"})
            other, _ = await watch(server, "never")
            # It waits since later: the first is past its time when this one's is over.
            assert await other.receive() is None
            await viewer.send("ping", t=1)
            await viewer.expect("pong")
            assert core.broadcasts.viewers == 1

    run(scenario())


def test_strangers_take_no_place_of_people_with_a_token(servers: Servers, film: Clip) -> None:
    async def scenario() -> None:
        server = servers.start(
            *("--behind-proxy", "--stage", "1", "--limit", "viewers=4"),
            *("--limit", "connections=4"),
        )
        public, moderator = server.room("Public"), server.room("Class")
        invite = server.invite(moderator)
        # All viewers' places of the server, and all of the class's address.
        strangers = [await come(server, stream_of(public)) for _ in range(4)]
        assert [told for _, told in strangers] == ["stream_state"] * 4
        assert (await come(server, stream_of(public)))[1] == "full"
        assert (await come(server, stream_of(public), "198.51.100.1"))[1] == "full"
        for _ in range(access.WAITING):
            await come(server, secrets.token_hex(8))

        teacher, _ = await join(server, moderator, address="203.0.113.5")
        student, _ = await join(server, invite, address="203.0.113.5")
        await compose(server, await teacher.expect("ingest_granted"), film)
        feed = await student.expect("stage_feed")
        viewer = await connect(server, "ws/watch", address="203.0.113.5")
        await viewer.send("watch", v=1, stream=feed["stream"], ticket=feed["ticket"])
        assert (await viewer.expect("stream_state"))["state"] == "live"
        await viewer.frames(3)

    run(scenario())


def test_strangers_take_no_place_of_a_private_broadcast(servers: Servers, film: Clip) -> None:
    async def scenario() -> None:
        server = servers.start("--behind-proxy", "--limit", "viewers=2")
        public, private = server.room("Public"), server.room("Private")
        for _ in range(2):
            assert (await come(server, stream_of(public)))[1] == "stream_state"
        async with broadcasting(server, private, private=True) as (page, ingest, _):
            await ingest.send_all(film.encoded())
            state: dict[str, object] = {}
            while state.get("state") != "live":
                state = (await page.expect("broadcast_changed"))["broadcast"]
            ticket = str(state["playout"]["live"]).partition("#ticket=")[2]  # type: ignore[index]
            for _ in range(2):
                viewer = await connect(server, "ws/watch", address="203.0.113.5")
                await viewer.send("watch", v=1, stream=stream_of(private), ticket=ticket)
                assert (await viewer.expect("stream_state"))["state"] == "live"
            late = await connect(server, "ws/watch", address="203.0.113.5")
            await late.send("watch", v=1, stream=stream_of(private), ticket=ticket)
            assert (await late.expect("error"))["kind"] == "full"

    run(scenario())


def test_a_revoked_tokens_stream_does_not_exist(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start()
        token = server.room("Gone")
        key = {"X-BINTU-APIKEY": server.api_key}
        name = jwt.decode(token, options={"verify_signature": False})["jti"]
        assert server.post("revoke", headers=key, id=name).json()["data"] == [name]
        await watch(server, stream_of(token))
        assert viewers(server) == 0

    run(scenario())


@pytest.mark.parametrize("proxied", [True, False])
def test_who_comes_through_a_proxy_without_an_address_is_limited(
    servers: Servers, *, proxied: bool
) -> None:
    async def scenario() -> None:
        options = ("--behind-proxy",) if proxied else ()
        server = servers.start(*options, "--limit", "unknown_connections=3")
        stream = stream_of(server.room("Unknown"))

        async def comes(address: str | None) -> str:
            viewer = await connect(server, "ws/watch", address=address)
            await viewer.send("watch", v=1, stream=stream)
            told = await viewer.receive()
            assert isinstance(told, dict)
            return str(told.get("kind") or told["type"])

        for address in (None, "unknown", None):
            assert await comes(address) == "stream_state"
        for address in (None, "unknown", "127.0.0.1", "203.0.113.5, junk"):
            assert await comes(address) == "full"
        # Who has an address is not among them; without a trusted proxy, no one has.
        known = ["203.0.113.5", "203.0.113.5:4711", "[2001:db8::1]:4711"]
        told = [await comes(address) for address in known]
        assert told == ["stream_state" if proxied else "full"] * 3

    run(scenario())


def test_an_address_that_is_unknown_cannot_be_blocked(servers: Servers) -> None:
    """Else everyone behind a proxy would be blocked with one."""

    async def scenario() -> None:
        server = servers.start("--behind-proxy")
        root = server.room("Hidden")
        teacher, _ = await join(server, root, address="unknown")
        _, welcome = await join(server, server.invite(root), address="unknown")
        await teacher.send("kick", id=welcome["own"]["id"], address=True, ref=1)
        assert "network address" in (await teacher.expect("error"))["message"]

    run(scenario())


def test_only_numbers_that_are_open_are_left(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--limit", "unknown_connections=3")
        stream = stream_of(server.room("Left"))
        for _ in range(4):
            # Refused or not, each gives its place back.
            pages = [await connect(server, "ws/watch") for _ in range(3)]
            for page in pages:
                await page.send("watch", v=1, stream=stream)
                await page.expect("stream_state")
            for page in pages:
                page.close()
                await page.closed()
            until(lambda: int(viewers(server)), to_be=0)

    run(scenario())
