"""What pages and programs do for sources and readings, over a real server's sockets."""

from __future__ import annotations

from typing import Any

from tests.conftest import RunningServer
from tests.contract.sockets import Client, connect, join, watch
from tests.unit.server.clips import Clip

#: Members of this test's rooms, who have browsers.
Person = tuple[Client, str]


async def enter(server: RunningServer, token: str, name: str, **fields: Any) -> Person:
    """Join as a person with a browser of their own; return the page and their ID."""
    page, welcome = await join(
        server, token, name=name, person=f"the-own-browser-of-{name}", **fields
    )
    return page, str(welcome["own"]["id"])


async def read(page: Client, of: str | None, media: str = "video", **fields: Any) -> None:
    """Ask to read, as request 50."""
    await page.send("read_media", ref=50, media=media, of=of, **fields)


async def refused(page: Client, kind: str, **fields: Any) -> str:
    """Ask for something, and return how it is refused."""
    await page.send(kind, ref=78, **fields)
    while (error := await page.expect("error")).get("ref") != 78:
        pass
    return str(error["kind"])


async def passed_over(page: Client) -> list[str]:
    """Return the types of everything that was sent to a page so far."""
    await page.send("ping", t=1)
    told: list[str] = []
    while True:
        message = await page.receive()
        assert isinstance(message, dict)
        if message["type"] == "pong":
            return told
        told.append(message["type"])


async def ingest(server: RunningServer, ticket: str) -> Client:
    """Open an ingest socket, and wait until it may send."""
    sender = await connect(server, "ws/ingest")
    await sender.send("ingest_open", v=1, ticket=ticket)
    await sender.expect("ingest_ready")
    return sender


async def opens_no_ingest(server: RunningServer, ticket: str) -> bool:
    """Return whether a ticket does not allow to send."""
    sender = await connect(server, "ws/ingest")
    await sender.send("ingest_open", v=1, ticket=ticket)
    return bool((await sender.expect("ingest_ended"))["failed"])


async def opens_no_stream(server: RunningServer, stream: str, *tickets: str | None) -> bool:
    """Return whether no ticket opens a stream: there is an error in place of a state."""
    for ticket in tickets:
        viewer = await connect(server, "ws/watch")
        given = {} if ticket is None else {"ticket": ticket}
        await viewer.send("watch", v=1, stream=stream, **given)
        told = await viewer.receive()
        if ticket is None and isinstance(told, dict) and told["type"] == "stream_state":
            # A name that is not known: one may wait for it, and it never comes.
            assert told["state"] == "waiting"
            viewer.close()
            continue
        if not (isinstance(told, dict) and told["type"] == "error"):
            return False
        assert told["kind"] == "forbidden"
        await viewer.closed()
    return True


class Reading:
    """A reading that goes on, of a person who agreed: who reads, who is read, what is sent and watched."""

    def __init__(self, granted: dict[str, Any], told: dict[str, Any]) -> None:
        self.id: str = told["id"]
        self.stream: str = told["stream"]
        self.ticket: str = told["ticket"]
        self.ingest_ticket: str = granted["ticket"]
        self.sender: Client
        self.viewer: Client

    @classmethod
    async def of(
        cls,
        server: RunningServer,
        reader: Client,
        person: Person,
        film: Clip,
        media: str = "video",
        **fields: Any,
    ) -> Reading:
        """Ask, agree, send a clip, and watch it."""
        page, who = person
        await read(reader, who, media, **fields)
        if page is not reader:
            question = (await page.expect("reading_asked"))["reading"]["id"]
            await page.send("answer_reading", id=question, allowed=True)
        granted = await page.expect("reading_granted")
        sender = await ingest(server, granted["ticket"])
        await sender.send_all(film.encoded())
        reading = cls(granted, await reader.expect("reading_opened"))
        reading.sender = sender
        reading.viewer, state = await watch(server, reading.stream, ticket=reading.ticket)
        assert state["state"] == "live"
        await reading.viewer.frames(len(film.setups) + 1)
        return reading

    async def check_over(self, server: RunningServer) -> None:
        """Check that the program was cut off, the page was told to stop, and that all tickets are void."""
        await self.viewer.closed()
        await self.sender.expect("ingest_ended")
        await self.sender.closed()
        assert await opens_no_stream(server, self.stream, self.ticket, self.ingest_ticket, None)
        assert await opens_no_ingest(server, self.ingest_ticket)
