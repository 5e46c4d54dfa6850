"""A viewer of a private broadcast who wants to know more of the meeting than viewers are shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import RunningServer
from tests.contract.sockets import Client, connect, join, run, start, watch
from tests.unit.server.clips import Clip, clip

QUESTION, OPTIONS = "What is the slope?", ["one", "two", "three"]
BROWSER = "the-browser-of-the-viewer"
#: What pages ask in a room, and what might be taken for a request.
ASKED: list[dict[str, Any]] = [
    {"type": "read_votes", "poll": "*"},
    {"type": "open_poll", "question": QUESTION, "options": OPTIONS},
    {"type": "close_poll", "poll": "*"},
    {"type": "vote", "poll": "*", "choices": [0]},
    {"type": "start_check_in", "question": "Done?"},
    {"type": "answer_check_in", "done": True},
    {"type": "call_hand"},
    {"type": "join", "v": 1, "token": "*", "person": BROWSER},
    {"type": "roster_changed", "people": []},
    {"type": "poll_votes", "votes": []},
]


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip()


async def live(
    server: RunningServer, token: str, film: Clip, **wishes: Any
) -> tuple[Client, str | None]:
    """Broadcast a room; return the moderator's page and the watch ticket."""
    page, ingest, _ = await start(server, token, **wishes)
    await ingest.send_all(film.encoded())
    state: dict[str, Any] = {}
    while state.get("state") != "live":
        state = (await page.expect("broadcast_changed"))["broadcast"]
    return page, state["playout"]["live"].partition("#ticket=")[2] or None


async def asked(page: Client, kind: str, ref: int, **fields: Any) -> dict[str, Any]:
    """Send a request; return its answer."""
    await page.send(kind, ref=ref, **fields)
    while True:
        told = await page.receive()
        assert isinstance(told, dict)
        if told.get("ref") == ref:
            return told


async def told(viewer: Client) -> list[dict[str, Any]]:
    """Return what a viewer was told so far, its frames aside."""
    await viewer.send("ping", t=7)
    found: list[dict[str, Any]] = []
    while (message := await viewer.receive()) != {"type": "pong", "t": 7}:
        if isinstance(message, dict):
            found.append(message)
        assert message is not None
    return found


async def state(viewer: Client, wanted: str) -> None:
    while (await viewer.expect("stream_state"))["state"] != wanted:
        pass


def polls(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in messages if one["type"].startswith("poll_")]


def test_a_viewer_is_told_no_names_no_votes_and_no_hidden_results(
    server: RunningServer, film: Clip
) -> None:
    async def scenario() -> None:
        token = server.room("ViewerNosy", streamname="viewer-nosy")
        page, ticket = await live(server, token, film, private=True)
        ada, _ = await join(server, server.invite(token), name="Ada", person="the-browser-of-ada")
        viewer, _ = await watch(
            server, "viewer-nosy", ticket=ticket, person=BROWSER, format="state"
        )
        fields = {"question": QUESTION, "options": OPTIONS, "show": "never", "correct": [2]}
        poll = (await asked(page, "open_poll", 11, **fields))["id"]
        assert (await asked(ada, "vote", 12, poll=poll, choices=[2]))["type"] == "ack"
        assert (await asked(viewer, "watch_vote", 13, poll=poll, choices=[0]))["type"] == "ack"
        votes = (await asked(page, "read_votes", 14, poll=poll))["votes"]
        assert {vote["name"] for vote in votes} == {"", "Ada"}
        open_ = polls(await told(viewer))
        assert (await asked(page, "close_poll", 15, poll=poll))["type"] == "ack"
        closed = polls(await told(viewer))
        later, _ = await watch(
            server, "viewer-nosy", ticket=ticket, person="another-browser-here", format="state"
        )
        assert not polls(await told(later))
        assert [one["poll"]["open"] for one in closed if "poll" in one] == [False]
        for one in (*open_, *closed):
            assert one.get("poll", one)["counts"] is None
            assert one.get("poll", one).get("own", []) == []
            assert "Ada" not in json.dumps(one)
        assert not any(one.get("poll", {}).get("correct") for one in open_)

    run(scenario())


def test_what_pages_ask_in_a_room_is_no_request_of_a_viewer(
    server: RunningServer, film: Clip
) -> None:
    async def scenario() -> None:
        token = server.room("ViewerAsks", streamname="viewer-asks")
        page, ticket = await live(server, token, film, private=True)
        fields = {"question": QUESTION, "options": OPTIONS}
        poll = (await asked(page, "open_poll", 11, **fields))["id"]
        for one in ASKED:
            viewer, _ = await watch(
                server, "viewer-asks", ticket=ticket, person=BROWSER, format="state"
            )
            given = json.dumps({"ref": 9, **one}).replace('"*"', json.dumps(poll))
            await viewer.send_raw(given)
            error = await viewer.expect("error")
            assert error["kind"] == "protocol", one
            await viewer.closed()
        assert ticket is not None
        for path in ("records", "roster", "recordings", "invites", "nanomeet"):
            for header in ("X-BINTU-TOKEN", "X-BINTU-APIKEY"):
                answer = server.post(path, headers={header: ticket})
                assert answer.status_code in {401, 403, 405}, (path, header, answer.text)
        # It changed nothing.
        assert (await asked(page, "read_votes", 14, poll=poll))["votes"] == []

    run(scenario())


def test_a_ticket_opens_its_own_stream_and_meeting_alone(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("ViewerOne", streamname="viewer-one")
        page, own = await live(server, token, film, private=True)
        other = server.room("ViewerTwo", streamname="viewer-two")
        theirs, _ = await live(server, other, film, private=True)
        stranger = await connect(server, "ws/watch")
        await stranger.send("watch", v=1, stream="viewer-two", ticket=own, person=BROWSER)
        assert (await stranger.expect("error"))["kind"] == "forbidden"
        await stranger.closed()
        viewer, _ = await watch(server, "viewer-one", ticket=own, person=BROWSER, format="state")
        fields = {"question": QUESTION, "options": OPTIONS, "show": "live"}
        poll = (await asked(theirs, "open_poll", 11, **fields))["id"]
        refused = await asked(viewer, "watch_vote", 12, poll=poll, choices=[0])
        assert refused["kind"] == "not_found"
        assert not polls(await told(viewer))
        # A ticket is no token.
        await page.send("ping", t=1)
        await page.expect("pong")

    run(scenario())


def test_after_the_broadcast_its_viewers_hear_of_no_poll(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("ViewerStays", streamname="viewer-stays")
        page, ticket = await live(server, token, film, private=True)
        viewer, _ = await watch(
            server, "viewer-stays", ticket=ticket, person=BROWSER, format="state"
        )
        fields = {"question": QUESTION, "options": OPTIONS, "show": "live"}
        poll = (await asked(page, "open_poll", 11, **fields))["id"]
        assert (await asked(viewer, "watch_vote", 12, poll=poll, choices=[1]))["type"] == "ack"
        assert (await asked(page, "stop_broadcast", 13))["type"] == "ack"
        await state(viewer, "ended")
        # The meeting goes on, without viewers: with the poll that is open, and another one.
        assert (await asked(page, "vote", 14, poll=poll, choices=[0]))["type"] == "ack"
        second = (await asked(page, "open_poll", 15, **fields))["id"]
        for one in (poll, second):
            refused = await asked(viewer, "watch_vote", 16, poll=one, choices=[2])
            assert refused["kind"] == "forbidden"
        assert (await asked(page, "close_poll", 17, poll=second))["type"] == "ack"
        again, _ = await watch(
            server, "viewer-stays", ticket=ticket, person=BROWSER, format="state"
        )
        assert not polls([*await told(viewer), *await told(again)])
        # In a public broadcast, which those who stayed may watch, they are viewers like all others.
        await page.send("start_broadcast", options={"record": False, "quality": "360p"}, ref=18)
        await page.expect("ingest_granted")
        third = (await asked(page, "open_poll", 19, **fields))["id"]
        refused = await asked(viewer, "watch_vote", 20, poll=third, choices=[2])
        assert refused["kind"] == "forbidden"
        assert not polls([*await told(viewer), *await told(again)])

    run(scenario())
