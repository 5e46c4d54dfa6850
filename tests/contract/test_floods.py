"""The server under hostile clients: what they leave half done, do not read, or repeat without end."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from tornado import httpclient, websocket

from nanomeet_widget.server.http import http_server
from tests.asking import PATIENT, get
from tests.conftest import RunningServer, Servers
from tests.contract.hostile import BEGUN, SilentPage, attack, half_sent
from tests.contract.sockets import Client, join, run
from tests.waiting import PATIENCE, until

_TRY_AGAIN, _CLOSE = 1013, 0x88
#: Seconds between two pongs of a page that does not read.
_ALIVE = 2.0


def metric(server: RunningServer, name: str) -> float:
    """One of the server's counts."""
    text = get(f"{server.url}/metrics").text
    found = re.search(rf"^nanomeet_{name}(?:_total)? (\S+)$", text, re.MULTILINE)
    assert found is not None, text
    return float(found[1])


def test_a_page_that_does_not_read_is_closed_and_may_come_back(servers: Servers) -> None:
    server = servers.start("--limit", "chat_size=1", "--max-participants", "10")
    token = server.room("Silent")

    async def scenario() -> None:
        others = [(await join(server, token, name=str(n)))[0] for n in range(7)]
        silent = SilentPage(server.url, token)

        async def read(page: Client) -> None:
            while await page.receive() is not None:
                pass

        async def seem_alive() -> None:
            with suppress(OSError):
                while True:
                    await asyncio.sleep(_ALIVE)
                    silent.seem_alive()

        reading = [asyncio.create_task(read(page)) for page in others[1:]]
        reading.append(asyncio.create_task(seem_alive()))
        # Beyond what the operating system takes for it, which may be several megabytes.
        for number in range(80):
            for page in others:
                offer = {"type": "offer", "sdp": "x" * 45_000}
                await page.send("signal", to=silent.id, description=offer)
            if number % 10 == 9 and metric(server, "unread_connections"):
                break
        assert metric(server, "unread_connections") == 1
        # It is told why, if it reads after all, and nothing that waited for it.
        last = [frame async for frame in _read(silent)][-1]
        assert (last[0], int.from_bytes(last[1][:2], "big")) == (_CLOSE, _TRY_AGAIN)
        silent.close()
        # Its place is free as after any lost connection, and it may come back.
        left = await others[0].expect("left")
        assert (left["id"], left["reason"]) == (silent.id, "dropped")
        await join(server, token)
        for task in reading:
            task.cancel()

    run(scenario())


async def _read(silent: SilentPage) -> Any:
    frames = silent.frames()
    while (frame := await asyncio.to_thread(next, frames, None)) is not None:
        yield frame


def test_what_is_more_than_a_connection_takes_at_once_comes_in_order(servers: Servers) -> None:
    server = servers.start("--tls")
    token = server.room("Order")

    async def page() -> tuple[Client, str]:
        request = httpclient.HTTPRequest(
            server.websocket("ws/meeting"),
            headers={"Origin": server.url},
            ca_certs=str(server.data / "certificate.pem"),
            connect_timeout=PATIENCE,
            request_timeout=PATIENCE,
        )
        client = Client(await websocket.websocket_connect(request))
        await client.send("join", v=1, token=token)
        return client, (await client.expect("welcome"))["own"]["id"]

    async def scenario() -> None:
        (anna, _), (ben, ben_id) = await page(), await page()
        for number in range(60):
            # Larger than one record of TLS, and than what is written at once.
            offer = {"type": "offer", "sdp": f"{number} " + "x" * 45_000}
            await anna.send("signal", to=ben_id, description=offer)
        for number in range(60):
            signalled = await ben.expect("signalled")
            assert signalled["description"]["sdp"] == f"{number} " + "x" * 45_000
        await anna.send("leave")
        assert (await anna.expect("bye"))["kind"] == "left"

    run(scenario())


@contextmanager
def begin_download(server: RunningServer, path: str) -> Iterator[socket.socket]:
    """Ask for a file; the test reads it."""
    where = urlsplit(server.url)
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(PATIENCE)
        line.connect((where.hostname, where.port))
        asked = f"GET /{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        line.sendall(asked.encode())
        yield line


def is_closed(line: socket.socket) -> bool:
    """Whether the server has closed a connection."""
    try:
        return line.recv(1 << 16) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_half_sent_requests_end_and_nothing_else_does(servers: Servers) -> None:
    server = servers.start()
    size = 30_000_000
    recordings = server.data / "recordings"
    recordings.mkdir(exist_ok=True)
    (recordings / "long.mp4").write_bytes(b"x" * size)

    async def scenario() -> None:
        page, _ = await join(server, server.room("Loris"))
        with ExitStack() as stack:
            # A player that stops reading for as long as it likes.
            download = stack.enter_context(begin_download(server, "vod/long.mp4"))
            got = len(download.recv(4096))
            lines = [
                line
                for begun in BEGUN
                for line in stack.enter_context(half_sent(server.url, 50, begun))
            ]
            assert get(f"{server.url}/healthz").status_code == 200

            def left() -> int:
                return sum(not is_closed(line) for line in lines)

            await asyncio.to_thread(until, left, to_be=0)
            while data := download.recv(1 << 20):
                got += len(data)
            assert got > size
        await page.send("ping", t=1)
        assert (await page.expect("pong"))["t"] == 1

    run(scenario())


def test_half_sent_requests_of_an_address_are_few(server: RunningServer) -> None:
    more = 60
    with half_sent(server.url, http_server.FIRST + more, "GET / HTTP/1.1\r\n") as lines:
        # The oldest make place: a request that is meant takes no time.
        until(lambda: all(is_closed(line) for line in lines[:more]))
        assert get(f"{server.url}/healthz").status_code == 200
        assert not is_closed(lines[-1])


def test_a_short_disk_gets_no_events(servers: Servers) -> None:
    server = servers.start("--spare-mb", "1000000000")

    async def scenario() -> None:
        page, _ = await join(server, server.room("Short", records="all"))
        for number in range(5):
            await page.send("raise_hand", raised=number % 2 == 0, ref=number)
            assert (await page.expect("ack"))["ref"] == number

    run(scenario())
    # The room, the person who joined, and their hands.
    assert metric(server, "skipped_events") >= 7
    assert server.log.read_text().count("less than --spare-mb") == 1


def test_no_moderator_fills_the_disk_with_invites(server: RunningServer) -> None:
    root = server.room("Invites")
    first = server.invite(root, moderator=True)
    with httpx.Client(base_url=server.url, **PATIENT) as client:

        def invite(token: str) -> int:
            body = {"moderator": True}
            return client.post("/nanomeet", headers={"X-BINTU-TOKEN": token}, json=body).status_code

        created = 0
        while (status := invite((root, first)[created % 2])) == 200:
            created += 1
            assert created < 5000
        assert status == 429
        # A school creates one for each of its students.
        assert created >= 999
    # Another room has its own.
    server.invite(server.room("Others"))


def test_a_hostile_guest_changes_nothing_for_the_others(server: RunningServer) -> None:
    root = server.room("Hostile")
    guests, link = server.invite(root), server.invite(root)

    async def scenario() -> None:
        host, _ = await join(server, root, name="Host")
        people = [(await join(server, guests, name=f"P{n}"))[0] for n in range(6)]
        over = asyncio.Event()
        attacking = [asyncio.create_task(attack(server.url, link, over)) for _ in range(3)]
        # Whatever each of them says, all of them hear, in order, and the room is theirs.
        for number in range(30):
            page = people[number % len(people)]
            await page.send("send_chat", text=f"word {number}", ref=number)
            assert (await page.expect("ack"))["ref"] == number
            for other in (host, *people):
                if other is not page:
                    while (await other.expect("chat_message"))["text"] != f"word {number}":
                        pass
        over.set()
        await asyncio.gather(*attacking)
        # Late guests get in at once, and everything is as the host set it.
        late, welcome = await join(server, guests, name="Late")
        assert (welcome["state"]["subject"], welcome["state"]["locked"]) == ("", False)
        names = {person["name"] for person in welcome["participants"]}
        assert {"Host", *[f"P{n}" for n in range(6)]} <= names
        for page in (host, late, *people):
            await page.send("ping", t=7)
            while (await page.expect("pong"))["t"] != 7:
                pass

    run(scenario())
    assert metric(server, "unread_connections") == 0
    assert metric(server, "faults") == 0
