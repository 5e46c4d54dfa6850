"""Sources on a real server: what a participant's program sends to their own page, and to no other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import RunningServer, Servers
from tests.contract.reading import (
    enter,
    ingest,
    opens_no_ingest,
    opens_no_stream,
    passed_over,
    refused,
)
from tests.contract.sockets import Client, run, watch
from tests.contract.test_floods import metric
from tests.unit.server.clips import Clip, clip


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(1)


async def open_source(page: Client, use: str = "screen") -> dict[str, Any]:
    """Open a source."""
    await page.send("open_source", ref=60, use=use)
    opened = await page.expect("source_opened")
    assert (opened["ref"], opened["use"]) == (60, use)
    return opened


def test_a_program_sends_to_its_own_page(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("Source")
        ada, _ = await enter(server, token, "Ada")
        ben, _ = await enter(server, token, "Ben")
        opened = await open_source(ada)
        stream, ticket = opened["stream"], opened["watch_ticket"]
        page, state = await watch(server, stream, ticket=ticket)
        assert state["state"] == "waiting"
        program = await ingest(server, opened["ingest_ticket"])
        await program.send_all(film.encoded())
        await page.seen(film.media[-1])
        # No one else gets it, nor learns of it.
        others = await open_source(ben)
        for wrong in (None, "wrong", opened["ingest_ticket"], others["watch_ticket"], ticket[:-1]):
            assert await opens_no_stream(server, stream, wrong), wrong
        assert await opens_no_ingest(server, ticket)
        assert not {"source_opened", "readings_changed"} & {*await passed_over(ben)}
        await ada.send("close_source", use="screen", ref=2)
        closed = await ada.expect("source_closed")
        assert (closed["stream"], closed["failed"]) == (stream, False)
        assert (await program.expect("ingest_ended"))["failed"] is False
        await page.closed()
        assert await opens_no_stream(server, stream, ticket)
        assert await opens_no_ingest(server, opened["ingest_ticket"])

    run(scenario())


def test_a_second_one_takes_the_place_of_the_first(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        ada, _ = await enter(server, server.room("Second"), "Ada")
        first, other = await open_source(ada), await open_source(ada, "camera")
        program = await ingest(server, first["ingest_ticket"])
        second = await open_source(ada)
        closed = await ada.expect("source_closed")
        assert (closed["stream"], closed["failed"]) == (first["stream"], False)
        assert (await program.expect("ingest_ended"))["failed"] is False
        assert await opens_no_stream(server, first["stream"], first["watch_ticket"])
        for opened in (second, other):
            page, _ = await watch(server, opened["stream"], ticket=opened["watch_ticket"])
            sent = film if opened is second else clip(0.2, sound=False)
            await (await ingest(server, opened["ingest_ticket"])).send_all(sent.encoded())
            await page.frames(2)

    run(scenario())


def test_a_program_that_goes_ends_it_in_words(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        ada, _ = await enter(server, server.room("Gone"), "Ada")
        opened = await open_source(ada)
        page, _ = await watch(server, opened["stream"], ticket=opened["watch_ticket"])
        program = await ingest(server, opened["ingest_ticket"])
        await program.send_all(film.encoded())
        await page.frames(3)
        program.drop()
        closed = await ada.expect("source_closed")
        assert (closed["use"], closed["failed"]) == ("screen", True)
        assert "program" in closed["message"]
        await page.closed()

    run(scenario())


@pytest.mark.parametrize("wrong", ["sound", "nonsense", "size"])
def test_a_program_that_sends_what_it_may_not_ends_it(
    server: RunningServer, film: Clip, wrong: str
) -> None:
    async def scenario() -> None:
        ada, _ = await enter(server, server.room(f"Wrong_{wrong}"), "Ada")
        opened = await open_source(ada, "camera")
        program = await ingest(server, opened["ingest_ticket"])
        if wrong == "sound":
            await program.send_all(film.encoded())
        elif wrong == "nonsense":
            await program.send_raw(b"nonsense")
        else:
            for _ in range(2):
                await program.send_raw(bytes(3_000_000))
        ended = await program.expect("ingest_ended")
        assert ended["failed"]
        assert ended["reason"].startswith("The program ")
        closed = await ada.expect("source_closed")
        assert (closed["failed"], closed["message"]) == (True, ended["reason"])

    run(scenario())


def test_a_hundred_sources_are_two(servers: Servers) -> None:
    server = servers.start()

    async def scenario() -> None:
        ada, _ = await enter(server, server.room("Hundred"), "Ada")
        for number in range(100):
            await ada.send("open_source", ref=number, use="camera" if number % 2 else "screen")
        told = await passed_over(ada)
        assert told.count("error") >= 80
        assert metric(server, "sources") == 2
        assert await refused(ada, "open_source", use="screen") == "too_many"
        await ada.send("leave")
        await ada.closed()
        assert metric(server, "sources") == 0

    run(scenario())


def test_a_person_who_is_sent_to_the_audience_has_no_source(
    server: RunningServer, film: Clip
) -> None:
    async def scenario() -> None:
        token = server.room("Down")
        host, _ = await enter(server, token, "Host")
        ada, ada_id = await enter(server, server.invite(token), "Ada")
        opened = await open_source(ada)
        program = await ingest(server, opened["ingest_ticket"])
        await program.send_all(film.encoded())
        await host.send("send_to_audience", id=ada_id)
        assert (await ada.expect("source_closed"))["failed"] is False
        assert (await program.expect("ingest_ended"))["reason"] == "You have left the stage."
        assert await opens_no_ingest(server, opened["ingest_ticket"])
        assert await refused(ada, "open_source", use="screen") == "audience"

    run(scenario())
