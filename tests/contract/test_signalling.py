"""The meeting's WebSocket on a real server: who gets in, and what passes between pages."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st
from tornado import httpclient

import nanomeet_widget as nm
from nanomeet_widget.server.protocol import common
from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.contract.bots import until
from tests.contract.sockets import Client, connect, join, run
from tests.contract.test_token_service import refused_tokens
from tests.odd_messages import KINDS, LEAVING, any_message
from tests.waiting import PATIENCE

#: Messages in a flood before the answers are read.
_BURST = 20


def test_two_pages_meet_and_signal(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Meet")
        anna, _ = await join(server, moderator, name="Anna", audio=True)
        ben, welcome = await join(server, server.invite(moderator), name="Ben")
        assert welcome["own"]["moderator"] is False
        assert welcome["room"] == "Meet"
        (other,) = welcome["participants"]
        assert (other["name"], other["moderator"], other["audio"]) == ("Anna", True, True)
        joined = await anna.expect("joined")
        offer = {"type": "offer", "sdp": "v=0\r\n"}
        await anna.send("signal", to=joined["participant"]["id"], description=offer)
        signalled = await ben.expect("signalled")
        assert signalled["sender"] == other["id"]
        assert signalled["description"] == offer
        candidate = {"candidate": "c", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "u"}
        await ben.send("signal", to=other["id"], candidate=candidate)
        assert (await anna.expect("signalled"))["candidate"] == candidate
        await ben.send("leave")
        assert (await ben.expect("bye"))["kind"] == "left"
        assert (await anna.expect("left"))["reason"] == "left"

    run(scenario())


def test_a_closed_page_is_gone_at_once(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Closed")
        anna, _ = await join(server, moderator)
        ben, _ = await join(server, moderator)
        ben.close(1001)
        assert (await anna.expect("left"))["reason"] == "left"

    run(scenario())


def test_a_lost_page_comes_back_to_its_place(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Lost")
        anna, _ = await join(server, token)
        ben, welcome = await join(server, token, name="Ben")
        await anna.expect("joined")
        ben.drop()
        back, again = await join(server, token, resume=welcome["resume"], video=True)
        assert again["own"]["id"] == welcome["own"]["id"]
        # The next that the other hears is that the camera is on, not that a person went.
        message = await anna.receive()
        assert isinstance(message, dict)
        assert message["type"] == "updated"
        back.close()

    run(scenario())


def leave(server: RunningServer, token: str, resume: str) -> bool:
    """Leave as a page does that unloads; return whether it still had a place."""
    answer = server.post("leave", headers={"X-BINTU-TOKEN": token}, resume=resume)
    assert answer.status_code == 200, answer.text
    gone: bool = answer.json()["data"]
    return gone


def test_a_page_whose_bye_was_lost_leaves_by_a_request(servers: Servers) -> None:
    # On this server, a participant who only lost their connection would stay for an hour.
    server = servers.start(patient=True)

    async def scenario() -> None:
        token = server.room("Farewell")
        anna, _ = await join(server, token)
        link = server.invite(token)
        ben, welcome = await join(server, link, name="Ben")
        # Reset, as a browser does when a frame is removed with messages on their way to it.
        ben.drop()
        stranger = server.invite(token)
        assert not leave(server, stranger, welcome["resume"]), "the secret of another token"
        assert not leave(server, token, "x" * len(welcome["resume"]))
        assert leave(server, link, welcome["resume"])
        left = await anna.expect("left")
        assert (left["id"], left["reason"]) == (welcome["own"]["id"], "left")
        assert not leave(server, link, welcome["resume"])
        # One that is still connected hears it, as after its own bye.
        carl, welcome = await join(server, link, name="Carl")
        assert leave(server, link, welcome["resume"])
        assert (await carl.expect("bye"))["kind"] == "left"

    run(scenario())


def test_a_replaced_page_cannot_give_up_the_place(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Replaced")
        anna, _ = await join(server, token)
        person = "the-one-browser-of-ben"
        first, before = await join(server, token, person=person)
        second, after = await join(server, token, person=person)
        assert (await first.expect("bye"))["kind"] == "replaced"
        assert before["own"]["id"] == after["own"]["id"]
        assert not leave(server, token, before["resume"])
        await second.send("send_chat", text="still here")
        assert (await anna.expect("chat_message"))["text"] == "still here"
        # Nor can one that was replaced by a page whose secret is out of date.
        _, last = await join(server, token, person=person, resume=before["resume"])
        assert (await second.expect("bye"))["kind"] == "replaced"
        assert not leave(server, token, after["resume"])
        assert leave(server, token, last["resume"])
        assert (await anna.expect("left"))["id"] == after["own"]["id"]

    run(scenario())


def test_a_leave_that_names_no_place_is_refused(server: RunningServer) -> None:
    token = server.room("Nameless")
    assert server.post("leave", resume="x").status_code == 401
    forged = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
    assert server.post("leave", headers={"X-BINTU-TOKEN": forged}, resume="x").status_code == 401
    for resume in (None, 1, ["x"]):
        answer = server.post("leave", headers={"X-BINTU-TOKEN": token}, resume=resume)
        assert answer.status_code == 400, answer.text
    assert not leave(server, token, "é\0" * 1000)
    assert not leave(server, server.room("NeverOpened"), "x")


def test_a_guest_cannot_command(server: RunningServer) -> None:
    async def scenario() -> None:
        guest, _ = await join(server, server.invite(server.room("Roles")))
        await guest.send("start_broadcast", ref=3)
        error = await guest.expect("error")
        assert (error["kind"], error["ref"]) == ("forbidden", 3)

    run(scenario())


def test_kicked_lobby_and_password_over_the_wire(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Doors")
        invite = server.invite(moderator)
        anna, _ = await join(server, moderator)
        await anna.send("set_password", password="sesame", ref=1)
        await anna.expect("ack")

        ben = await connect(server, "ws/meeting")
        await ben.send("join", v=1, token=invite)
        assert (await ben.expect("password_required"))["wrong"] is False
        await ben.send("join", v=1, token=invite, password="x")
        assert (await ben.expect("password_required"))["wrong"] is True
        await ben.send("join", v=1, token=invite, password="sesame")
        await ben.expect("welcome")

        await anna.send("set_lobby", active=True, ref=2)
        await anna.expect("ack")
        eve = await connect(server, "ws/meeting")
        eves = server.invite(moderator)
        await eve.send("join", v=1, token=eves, name="Eve")
        await eve.expect("waiting")
        await eve.send("rename", name="Evil", ref=9)
        assert (await eve.expect("error"))["kind"] == "waiting"
        knock = await anna.expect("knock")
        await anna.send("admit", id=knock["id"], admitted=True, ref=3)
        welcome = await eve.expect("welcome")

        await anna.send("kick", id=welcome["own"]["id"], ref=4)
        assert (await eve.expect("bye"))["kind"] == "kicked"
        await eve.closed()
        again = await connect(server, "ws/meeting")
        await again.send("join", v=1, token=eves, password="sesame")
        assert (await again.expect("bye"))["kind"] == "kicked"

    run(scenario())


def test_a_class_with_the_right_password_gets_in_at_once(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Class")
        invite = server.invite(moderator)
        async with nm.Bot(moderator) as anna:
            await anna.set_password("sesame")
            # A stranger guesses, with the link that all have, from the address that all have.
            told = []
            for number in range(8):
                page = await connect(server, "ws/meeting")
                given = {"v": 1, "token": invite, "person": "person-of-browser-0"}
                await page.send("join", password=str(number), **given)
                answer = await page.receive()
                assert isinstance(answer, dict)
                told.append((answer["type"], answer.get("kind")))
                page.close()
            assert told[-1] == ("error", "too_many_attempts")
            bots = [nm.Bot(invite, password="sesame") for _ in range(40)]
            await asyncio.gather(*(bot.join() for bot in bots))
            await until(lambda: len(anna.participants), 41)
            await asyncio.gather(*(bot.leave() for bot in bots))

    run(scenario())


def test_knowing_the_password_ends_the_waiting(server: RunningServer) -> None:
    async def scenario() -> None:
        moderator = server.room("Both")
        invite = server.invite(moderator)
        anna, _ = await join(server, moderator)
        await anna.send("set_password", password="sesame", ref=1)
        await anna.send("set_lobby", active=True, ref=2)
        assert [(await anna.expect("ack"))["ref"] for _ in range(2)] == [1, 2]
        ben = await connect(server, "ws/meeting")
        await ben.send("join", v=1, token=invite)
        await ben.expect("waiting")
        knock = await anna.expect("knock")
        await ben.send("join", v=1, token=invite, password="sesame")
        await ben.expect("welcome")
        assert (await anna.expect("knock_ended"))["id"] == knock["id"]

    run(scenario())


@pytest.mark.parametrize(
    ("token", "kind"), [("garbage", "token_malformed"), ("a.b.c", "token_malformed")]
)
def test_a_bad_token_opens_nothing(server: RunningServer, token: str, kind: str) -> None:
    async def scenario() -> None:
        page = await connect(server, "ws/meeting")
        await page.send("join", v=1, token=token)
        bye = await page.expect("bye")
        assert (bye["kind"], bye["retry"]) == (kind, False)
        await page.closed()

    run(scenario())


def test_a_token_of_another_server_opens_nothing(server: RunningServer, servers: Servers) -> None:
    foreign = servers.start().room()

    async def scenario() -> None:
        page = await connect(server, "ws/meeting")
        await page.send("join", v=1, token=foreign)
        assert (await page.expect("bye"))["kind"] == "token_rejected"

    run(scenario())


#: What the room's door says of each token that the token service refuses, too.
REFUSED = {
    "expired": "token_expired",
    "early": "token_not_yet_valid",
    "no token": "token_malformed",
}


def test_no_token_that_is_not_ours_and_in_time_opens_the_door(server: RunningServer) -> None:
    async def scenario() -> None:
        for what, token in refused_tokens(server).items():
            page = await connect(server, "ws/meeting")
            await page.send("join", v=1, token=token)
            bye = await page.expect("bye")
            assert bye["kind"] == REFUSED.get(what, "token_rejected"), what
            assert token not in str(bye), what
            await page.closed()

    run(scenario())


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "[]",
        '"join"',
        '{"type":"hello"}',
        '{"type":"join","v":1}',
        '{"type":"join","v":1,"token":"x","moderator":true}',
        '{"type":"join","v":2,"token":"x"}',
        '{"type":"media","audio":true,"video":true}',
        b"\x01\x02",
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_nonsense_is_answered_and_closed(server: RunningServer, data: str | bytes) -> None:
    async def scenario() -> None:
        page = await connect(server, "ws/meeting")
        await page.send_raw(data)
        assert (await page.expect("bye"))["kind"] == "protocol"
        await page.closed()

    run(scenario())
    assert get(f"{server.url}/healthz").status_code == 200


def spoiled(kind: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """Return messages of a type that break a rule of it: a field too much, and each one odd."""
    tag = kind.__struct_config__.tag
    fields = [field.encode_name for field in msgspec.structs.fields(kind)]
    return [
        {"type": tag, "odd": 1},
        *({"type": tag, name: {"odd": "\ud800"}} for name in fields[:1]),
    ]


def test_no_message_that_breaks_a_rule_ends_the_meeting(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Rules")
        for number, kind in enumerate(KINDS):
            # A page may send 100 invalid messages in a row.
            if number % 40 == 0:
                page, _ = await join(server, token)
            for ref, message in enumerate(spoiled(kind), start=1):
                given = {"ref": ref, **message}
                await page.send_raw(json.dumps(given))
                error = await page.expect("error")
                assert error["kind"] == "invalid", given
                assert error.get("ref") == (given["ref"] if isinstance(given["ref"], int) else None)
                assert error["message"].endswith(".")
        await page.send("send_chat", text="Still here", ref=1000)
        assert (await page.expect("ack"))["ref"] == 1000

    run(scenario())


@hypothesis.settings(
    max_examples=25, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(told=st.lists(any_message("own", without=LEAVING), min_size=1, max_size=8))
def test_no_message_ends_the_meeting(server: RunningServer, told: list[dict[str, Any]]) -> None:
    async def scenario() -> None:
        page, welcome = await join(server, server.room(f"Odd_{secrets.token_hex(4)}"))
        for message in told:
            text = json.dumps(message).replace('"own"', json.dumps(welcome["own"]["id"]))
            # A page sends nothing larger: its signalling refuses that.
            if len(text) <= common.MAX_TEXT_FRAME:
                await page.send_raw(text)
        await page.send("send_chat", text="Still here", ref=1000)
        while (await page.expect("ack"))["ref"] != 1000:
            pass
        await page.send("end_meeting")
        await page.closed()

    run(scenario())


@pytest.mark.parametrize(
    "name", ["x" * 63 + "👋", "x" * 63 + "👨‍👩‍👧‍👦" + "y", "\ud83d", "x" * 10_000]
)
def test_no_name_keeps_a_person_outside(server: RunningServer, name: str) -> None:
    async def scenario() -> None:
        page, welcome = await join(server, server.room("Names"), name=name)
        shown = {"\ud83d": "\ufffd", "x" * 10_000: "x" * 64}.get(name, name.removesuffix("y"))
        assert welcome["own"]["name"] == shown
        await page.send("rename", name=name, ref=1)
        assert (await page.expect("ack"))["ref"] == 1

    run(scenario())


async def flood(page: Client, kind: str, **fields: Any) -> dict[str, Any]:
    """Send messages without end, each of which is answered; return the farewell.

    A few at a time: what a page does not read for long goes with its connection.
    """
    while True:
        for _ in range(_BURST):
            await page.send(kind, **fields)
        for _ in range(_BURST):
            message = await page.receive()
            assert isinstance(message, dict)
            if message["type"] == "bye":
                return message


def test_messages_that_break_rules_without_end_are_ended(server: RunningServer) -> None:
    async def scenario() -> None:
        page, _ = await join(server, server.room("Patience"))
        assert (await flood(page, "send_chat"))["kind"] == "too_many_messages"

    run(scenario())


def test_a_message_beyond_the_limit_closes_the_connection(server: RunningServer) -> None:
    async def scenario() -> None:
        page = await connect(server, "ws/meeting")
        await page.send_raw("x" * 100_000)
        await page.closed()

    run(scenario())


def test_a_flood_of_messages_is_ended(server: RunningServer) -> None:
    async def scenario() -> None:
        page, _ = await join(server, server.room("Flood"))
        assert (await flood(page, "ping", t=1))["kind"] == "too_many_messages"

    run(scenario())


def test_a_ping_is_answered(server: RunningServer) -> None:
    async def scenario() -> None:
        page, _ = await join(server, server.room("Ping"))
        await page.send("ping", t=12.5)
        assert (await page.expect("pong"))["t"] == 12.5

    run(scenario())


@pytest.mark.parametrize("path", ["ws/meeting", "ws/ingest", "ws/watch"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "file://"])
def test_pages_of_other_sites_may_not_connect(
    server: RunningServer, path: str, origin: str
) -> None:
    async def scenario() -> None:
        with pytest.raises(httpclient.HTTPClientError) as refused:
            await connect(server, path, origin=origin)
        assert refused.value.code == 403

    run(scenario())


def test_a_plain_request_to_a_socket_is_no_fault(server: RunningServer) -> None:
    answer = get(f"{server.url}/ws/meeting")
    assert 400 <= answer.status_code < 500


def test_a_stopping_server_says_so(servers: Servers) -> None:
    running = servers.start()

    async def scenario() -> None:
        page, _ = await join(running, running.room())
        running.process.terminate()
        bye = await page.expect("bye")
        assert (bye["kind"], bye["retry"]) == ("server_stopping", True)

    run(scenario())
    assert running.process.wait(PATIENCE) == 0


def test_a_killed_servers_room_keeps_its_lock(servers: Servers) -> None:
    first = servers.start()
    moderator = first.room("Kept")
    invite = first.invite(moderator)

    async def lock() -> None:
        page, _ = await join(first, moderator)
        await page.send("set_password", password="sesame", ref=1)
        await page.expect("ack")
        first.kill()

    run(lock())
    second = servers.start(data=first.data)

    async def enter() -> None:
        page = await connect(second, "ws/meeting")
        await page.send("join", v=1, token=invite)
        await page.expect("password_required")

    run(enter())
