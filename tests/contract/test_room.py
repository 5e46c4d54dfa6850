"""A room on a real server: chat, roles, locks, stage and audience, and what no one may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nanomeet_widget.server.protocol import common
from nanomeet_widget.server.protocol.frames import Kind, Track
from tests.conftest import RunningServer, Servers
from tests.contract.sockets import Client, connect, join, run
from tests.unit.server.clips import Clip, clip
from tests.unit.server.commands import moderators_only

ANNAS, BENS, EVES = "annas-own-browser", "bens-own-browser-", "eves-own-browser-"


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(1)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose stages are full with two."""
    starter = Servers(tmp_path_factory.mktemp("small"))
    yield starter.start("--stage", "2")
    starter.close()


async def ask(page: Client, kind: str, **fields: Any) -> None:
    """Ask for something, and wait until it is done."""
    await page.send(kind, ref=77, **fields)
    assert (await page.expect("ack"))["ref"] == 77


async def refused(page: Client, kind: str, **fields: Any) -> str:
    """Ask for something, and return how it is refused."""
    await page.send(kind, ref=78, **fields)
    error = await page.expect("error")
    assert error["ref"] == 78
    return str(error["kind"])


async def passed_over(page: Client) -> list[dict[str, Any]]:
    """Return everything that was sent to a page so far."""
    await page.send("ping", t=1)
    told: list[dict[str, Any]] = []
    while True:
        message = await page.receive()
        assert isinstance(message, dict)
        if message["type"] == "pong":
            return told
        told.append(message)


# --- chat --------------------------------------------------------------------------------------


def test_chat_reaches_those_it_is_for(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Chat")
        invite = server.invite(moderator)
        anna, annas = await join(server, moderator, name="Anna")
        ben, bens = await join(server, invite, name="Ben", person=BENS)
        eve, _ = await join(server, invite, name="Eve", person=EVES)
        await ask(anna, "send_chat", text="Hello\nall")
        for page in (ben, eve):
            message = await page.expect("chat_message")
            assert (message["name"], message["text"], message["to"]) == ("Anna", "Hello\nall", None)
        await ask(ben, "send_chat", text="psst", to=annas["own"]["id"])
        private = await anna.expect("chat_message")
        assert private["sender"] == bens["own"]["id"]
        assert private["to_name"] == "Anna"
        assert not await passed_over(eve)
        _, late = await join(server, invite, person="another-browser--")
        assert [m["text"] for m in late["chat"]] == ["Hello\nall"]
        _, again = await join(server, invite, person=BENS)
        assert [m["text"] for m in again["chat"]] == ["Hello\nall", "psst"]

    run(scenario())


def test_what_is_too_long_is_answered_and_the_meeting_goes_on(server: RunningServer) -> None:
    async def scenario() -> None:
        page, _ = await join(server, server.room("Long"))
        await page.send("send_chat", text="x" * 2001, ref=1)
        error = await page.expect("error")
        assert (error["kind"], error["ref"]) == ("invalid", 1)
        assert "1 to 2000 characters, not 2001" in error["message"]
        await page.send("send_chat", text="x" * 2000, ref=2)
        assert (await page.expect("ack"))["ref"] == 2

    run(scenario())


def test_hands_and_reactions_over_the_wire(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Hands")
        anna, _ = await join(server, moderator)
        ben, welcome = await join(server, server.invite(moderator))
        await ask(ben, "raise_hand", raised=True)
        assert (await anna.expect("updated"))["participant"]["hand"] > 1e12
        await ask(ben, "react", reaction="party")
        reaction = await anna.expect("reaction")
        assert (reaction["sender"], reaction["reaction"]) == (welcome["own"]["id"], "party")
        await ask(anna, "lower_hand", id=welcome["own"]["id"])
        assert (await ben.expect("updated"))["participant"]["hand"] is None

    run(scenario())


# --- moderators --------------------------------------------------------------------------------


def test_a_granted_role_lasts_and_is_one_persons_alone(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Grants")
        invite = server.invite(moderator)
        anna, _ = await join(server, moderator)
        ben, welcome = await join(server, invite, person=BENS)
        assert await refused(ben, "set_subject", subject="x") == "forbidden"
        await ask(anna, "grant_moderator", id=welcome["own"]["id"])
        assert (await ben.expect("updated"))["participant"]["moderator"] is True
        await ask(ben, "set_subject", subject="Mine")
        ben.drop()
        back, again = await join(server, invite, person=BENS)
        assert again["own"]["moderator"] is True
        await back.send("leave")
        await back.closed()
        _, stranger = await join(server, invite, person=EVES)
        assert stranger["own"]["moderator"] is False
        _, returned = await join(server, invite, person=BENS)
        assert returned["own"]["moderator"] is True

    run(scenario())


def test_a_locked_room_and_one_that_is_ended(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Ends")
        invite = server.invite(moderator)
        anna, _ = await join(server, moderator)
        ben, _ = await join(server, invite)
        await ask(anna, "set_lobby", active=True)
        waiting = await connect(server, "ws/meeting")
        await waiting.send("join", v=1, token=server.invite(moderator), name="Eve")
        await waiting.expect("waiting")
        await ask(anna, "message_lobby", text="One moment")
        assert (await waiting.expect("lobby_note"))["text"] == "One moment"

        await ask(anna, "set_closed", closed=True)
        late = await connect(server, "ws/meeting")
        await late.send("join", v=1, token=invite)
        assert (await late.expect("bye"))["kind"] == "room_closed"

        await ask(anna, "end_meeting")
        for page in (anna, ben, waiting):
            bye = await page.expect("bye")
            assert (bye["kind"], bye["retry"]) == ("ended", False)
            await page.closed()
        _, fresh = await join(server, invite)
        assert (fresh["state"]["closed"], fresh["state"]["lobby"]) == (False, False)

    run(scenario())


def test_muting_one_is_acknowledged_once_their_page_did_it(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Mute")
        anna, _ = await join(server, moderator)
        ben, welcome = await join(server, server.invite(moderator), audio=True)
        await anna.send("mute", id=welcome["own"]["id"], media="audio", ref=5)
        assert (await ben.expect("mute_requested"))["media"] == "audio"
        assert not [m for m in await passed_over(anna) if m["type"] == "ack"]
        await ben.send("media", audio=False, video=False)
        assert (await anna.expect("ack"))["ref"] == 5

    run(scenario())


# --- the same person ---------------------------------------------------------------------------


def test_a_second_connection_of_the_same_person_leaves_no_ghost(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Ghosts")
        invite = server.invite(moderator)
        anna, _ = await join(server, moderator)
        first, welcome = await join(server, invite, person=BENS, name="Ben")
        await anna.expect("joined")
        second, again = await join(server, invite, person=BENS, name="Ben")
        assert (await first.expect("bye"))["kind"] == "replaced"
        second.drop()
        _, third = await join(server, invite, person=BENS, name="Ben")
        assert welcome["own"]["id"] == again["own"]["id"] == third["own"]["id"]
        assert not await passed_over(anna)

    run(scenario())


def test_a_killed_servers_room_goes_on_where_it_was(servers: Servers) -> None:
    first = servers.start("--stage", "2")
    moderator = first.room("Kept")
    # One invite for many people: what was sent out is the invite of that person alone.
    invite, eves = first.invite(moderator), first.invite(moderator)
    before: dict[str, Any] = {}

    async def meet() -> None:
        anna, _ = await join(first, moderator, person=ANNAS, name="Anna")
        ben, before["ben"] = await join(first, invite, person=BENS, name="Ben")
        eve, before["eve"] = await join(first, eves, person=EVES, name="Eve")
        await ask(anna, "send_chat", text="to all")
        await ask(anna, "send_chat", text="to Ben", to=before["ben"]["own"]["id"])
        await ask(anna, "grant_moderator", id=before["ben"]["own"]["id"])
        await ask(anna, "kick", id=before["eve"]["own"]["id"])
        assert (await eve.expect("bye"))["kind"] == "kicked"
        await ask(ben, "set_closed", closed=True)
        first.kill()

    run(meet())
    second = servers.start("--stage", "2", data=first.data)

    async def meet_again() -> None:
        ben, welcome = await join(second, invite, person=BENS, name="Ben")
        assert welcome["own"] == {**before["ben"]["own"], "moderator": True}
        assert [m["text"] for m in welcome["chat"]] == ["to all", "to Ben"]
        assert [p["name"] for p in welcome["participants"]] == ["Anna"]
        await ask(ben, "set_subject", subject="We go on")
        eve = await connect(second, "ws/meeting")
        await eve.send("join", v=1, token=eves, person=EVES)
        assert (await eve.expect("bye"))["kind"] == "kicked"
        _, annas = await join(second, moderator, person=ANNAS, name="Anna")
        assert annas["own"]["id"] == welcome["participants"][0]["id"]
        told = [m["type"] for m in await passed_over(ben)]
        assert not {"joined", "left"} & set(told)

    run(meet_again())


# --- stage and audience ------------------------------------------------------------------------


def test_the_way_from_the_audience_onto_the_stage_and_back(small: RunningServer) -> None:
    async def scenario() -> None:
        moderator = small.room("Stage")
        invite = small.invite(moderator)
        anna, annas = await join(small, moderator, video=True)
        ben, _ = await join(small, invite)
        eve, welcome = await join(small, invite, audio=True)
        eves = welcome["own"]["id"]
        assert (welcome["own"]["stage"], welcome["own"]["audio"]) == (False, False)
        assert welcome["max_stage"] == 2
        assert await refused(eve, "enter_stage") == "forbidden"
        await ask(anna, "invite_to_stage", id=eves)
        assert (await eve.expect("stage_invited"))["by"] == annas["own"]["id"]
        assert await refused(eve, "enter_stage") == "stage_full"
        await ask(ben, "leave_stage")
        await ask(eve, "enter_stage")
        await eve.send("want", to=annas["own"]["id"], camera=360, screen=0)
        wanted = await anna.expect("wanted")
        assert (wanted["sender"], wanted["camera"]) == (eves, 360)
        await ask(anna, "send_to_audience", id=eves)
        told = (await eve.expect("updated"))["participant"]
        assert (told["id"], told["stage"]) == (eves, False)

    run(scenario())


async def compose(server: RunningServer, granted: dict[str, Any], film: Clip) -> Client:
    """Do what a page does that is asked to compose the stage."""
    assert granted["purpose"] == "stage"
    ingest = await connect(server, "ws/ingest")
    await ingest.send("ingest_open", v=1, ticket=granted["ticket"])
    await ingest.expect("ingest_ready")
    await ingest.send_all(film.encoded())
    return ingest


async def watch(server: RunningServer, stream: str, ticket: str | None) -> Client:
    viewer = await connect(server, "ws/watch")
    await viewer.send("watch", v=1, stream=stream, ticket=ticket)
    return viewer


def test_only_the_audience_may_watch_the_stage(small: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        moderator = small.room("Relay")
        invite = small.invite(moderator)
        anna, _ = await join(small, moderator)
        ben, _ = await join(small, invite)
        eve, welcome = await join(small, invite)
        assert welcome["feed"]["stream"] is None
        granted = await anna.expect("ingest_granted")
        await compose(small, granted, film)
        feed = await eve.expect("stage_feed")
        viewer = await watch(small, feed["stream"], feed["ticket"])
        assert (await viewer.expect("stream_state"))["state"] == "live"
        frames = await viewer.frames(3)
        assert [f.kind for f in frames] == [Kind.SETUP, Kind.SETUP, Kind.MEDIA]
        assert frames[2].track is Track.VIDEO

        for ticket in (None, "", "guessed", granted["ticket"]):
            other = await watch(small, feed["stream"], ticket)
            assert (await other.expect("error"))["kind"] == "forbidden"
            await other.closed()

        # Who is sent out of the room sees no more of it.
        await ask(anna, "kick", id=welcome["own"]["id"])
        assert (await viewer.expect("error"))["kind"] == "forbidden"
        await viewer.closed()
        again = await watch(small, feed["stream"], feed["ticket"])
        assert (await again.expect("error"))["kind"] == "forbidden"
        assert not [m for m in await passed_over(ben) if m["type"] == "ingest_granted"]

    run(scenario())


def test_when_the_page_that_composes_goes_another_takes_over(
    small: RunningServer, film: Clip
) -> None:
    async def scenario() -> None:
        moderator = small.room("Relays")
        invite = small.invite(moderator)
        anna, _ = await join(small, moderator)
        ben, _ = await join(small, invite)
        eve, _ = await join(small, invite)
        await compose(small, await anna.expect("ingest_granted"), film)
        first = await eve.expect("stage_feed")
        viewer = await watch(small, first["stream"], first["ticket"])
        await viewer.frames(3)
        await anna.send("leave")
        assert (await eve.expect("stage_feed"))["stream"] is None
        await compose(small, await ben.expect("ingest_granted"), film)
        second = await eve.expect("stage_feed")
        assert second["stream"] not in {None, first["stream"]}
        viewer = await watch(small, second["stream"], second["ticket"])
        assert len(await viewer.frames(3)) == 3

    run(scenario())


# --- a client that tries -----------------------------------------------------------------------


@pytest.mark.parametrize("place", ["stage", "audience"])
def test_a_guests_client_gains_nothing_by_trying(small: RunningServer, place: str) -> None:
    async def scenario() -> None:
        moderator = small.room(f"Tries_{place}")
        invite = small.invite(moderator)
        anna, annas = await join(small, moderator, name="Anna")
        ben, _ = await join(small, invite)
        mallory = ben
        if place == "audience":
            mallory, welcome = await join(small, invite)
            assert welcome["own"]["stage"] is False
        await passed_over(anna)
        target = annas["own"]["id"]
        for message in moderators_only(target):
            await mallory.send_raw(common.encode(message).decode())
            error = await mallory.expect("error")
            assert (error["kind"], error["ref"]) == ("forbidden", message.ref)  # type: ignore[union-attr]
        if place == "audience":
            assert await refused(mallory, "enter_stage") == "forbidden"
            offer = {"type": "offer", "sdp": "v=0"}
            await mallory.send("signal", to=target, description=offer)
            await mallory.send("want", to=target, camera=720, screen=720)
            await mallory.send("media", audio=True, video=True, screen=True)
            await passed_over(mallory)
        assert not await passed_over(anna)

    run(scenario())


def test_what_a_page_claims_of_itself_is_no_right(server: RunningServer) -> None:
    async def scenario() -> None:
        invite = server.invite(server.room("Claims"))
        for claim in (
            {"moderator": True},
            {"stage": True},
            {"identity": "0" * 64},
            {"id": "0" * 16},
            {"granted": True},
        ):
            page = await connect(server, "ws/meeting")
            await page.send("join", v=1, token=invite, **claim)
            assert (await page.expect("bye"))["kind"] == "protocol"
        for person in ("short", "x" * 65, "with space in it!", ""):
            page = await connect(server, "ws/meeting")
            await page.send("join", v=1, token=invite, person=person)
            assert (await page.expect("bye"))["kind"] == "protocol"

    run(scenario())


def test_who_waits_can_do_nothing_in_the_room(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Outside")
        anna, annas = await join(server, moderator)
        await ask(anna, "set_lobby", active=True)
        eve = await connect(server, "ws/meeting")
        await eve.send("join", v=1, token=server.invite(moderator))
        await eve.expect("waiting")
        await anna.expect("knock")
        tried: list[tuple[str, dict[str, Any]]] = [
            ("send_chat", {"text": "x"}),
            ("raise_hand", {"raised": True}),
            ("react", {"reaction": "heart"}),
            ("enter_stage", {}),
            ("admit_all", {}),
            ("end_meeting", {}),
        ]
        for kind, fields in tried:
            await eve.send(kind, **fields)
            assert (await eve.expect("error"))["kind"] == "waiting"
        await eve.send("signal", to=annas["own"]["id"], candidate={"candidate": "c"})
        await passed_over(eve)
        assert not await passed_over(anna)

    run(scenario())
