"""`Bot` on a real server: what it sees, says and is told, as a page of the meeting is."""

from __future__ import annotations

import asyncio
import base64
import logging
import threading
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tornado import httpserver, netutil, web

import nanomeet_widget as nm
from nanomeet_widget import events
from nanomeet_widget._tokens import EARLY
from nanomeet_widget.server.tokens import tls
from nanomeet_widget.services import Jitsi, LocalServer, NanoStreamCloud
from tests.conftest import RunningServer, Servers
from tests.contract.bots import drop, fake_server, names, texts, until
from tests.contract.sockets import join, run

#: A picture of one pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=="
)


def test_a_bot_is_in_the_audience_and_asks_nothing_of_the_pages(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotAudience")
        page, welcome = await join(server, token, name="Anna")
        async with nm.Bot(server.invite(token), display_name="Helper") as bot:
            seen = (await page.expect("joined"))["participant"]
            assert (seen["name"], seen["stage"], seen["audio"], seen["video"]) == (
                *("Helper", False, False, False),
            )
            assert seen["id"] == bot.own_id
            assert str(bot.status) == "joined"
            assert {one["id"] for one in bot.participants} == {bot.own_id, welcome["own"]["id"]}
            # Until the answer, the page hears nothing: no offer is made, no stream asked for.
            await page.send("ping", t=1)
            assert await page.receive() == {"type": "pong", "t": 1}
        assert (await page.expect("left"))["reason"] == "left"
        assert str(bot.status) == "left"
        assert (bot.own_id, bot.participants) == ("", [])

    run(scenario())


def test_the_chat_goes_both_ways(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotChat")
        page, welcome = await join(server, token, name="Anna")
        await page.send("send_chat", text="before", ref=1)
        await page.expect("ack")
        async with nm.Bot(token, display_name="Helper") as bot:
            assert texts(bot) == ["before"]
            await bot.send_chat("hello")
            told = await page.expect("chat_message")
            assert (told["text"], told["name"], told["sender"]) == ("hello", "Helper", bot.own_id)
            await bot.send_chat("psst", to=welcome["own"]["id"])
            assert (await page.expect("chat_message"))["to"] == welcome["own"]["id"]
            await page.send("send_chat", text="and you?", ref=2)
            await until(lambda: texts(bot), ["before", "hello", "psst", "and you?"])
            assert [message["private"] for message in bot.chat] == [False, False, True, False]
            kinds = [type(event) for event in bot.events]
            assert kinds.count(events.OutgoingMessage) == 2
            (incoming,) = [one for one in bot.events if isinstance(one, events.IncomingMessage)]
            assert (incoming.message, incoming.nick) == ("and you?", "Anna")
            assert incoming.from_ == welcome["own"]["id"]

    run(scenario())


def test_callbacks_and_observers_are_called_with_the_state_as_it_is(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotEvents", records="all")
        heard: list[Any] = []
        async with nm.Bot(token, display_name="Helper") as bot:

            async def greet(event: events.ParticipantJoined) -> None:
                heard.append(names(bot))
                await bot.send_chat(f"Hello {event.display_name}!")

            bot.on(events.ParticipantJoined, greet)
            bot.on("raise_hand_updated", lambda event: heard.append(bot.hands == [event.id]))
            bot.observe(lambda change: heard.append(change["new"]), "subject")
            page, _ = await join(server, token, name="Anna")
            assert (await page.expect("chat_message"))["text"] == "Hello Anna!"
            await page.send("raise_hand", raised=True, ref=1)
            await page.send("set_subject", subject="Tea", ref=2)
            await until(lambda: bot.subject, "Tea")
            assert heard == [{"Helper", "Anna"}, True, "Tea"]
            page.drop()
            assert [row["name"] for row in bot.attendance()] == ["Helper", "Anna"]
            assert [row["name"] for row in bot.raised_hands()] == ["Anna"]

    run(scenario())


def test_commands_given_before_the_room_is_joined_are_carried_out_in_order(
    server: RunningServer,
) -> None:
    async def scenario() -> None:
        bot = nm.Bot(server.room("BotOrder"))
        joining = bot.join()
        given = [bot.send_chat(str(number)) for number in range(5)]
        subject, hand, leaving = bot.set_subject("Last"), bot.raise_hand(None), bot.leave()
        pending: list[nm.Command[Any]] = [joining, *given, subject, leaving]
        assert {one.state for one in pending} == {"pending"}
        assert given[0].held_by
        await leaving
        assert subject.result() == "Last"
        assert hand.result() is True
        assert {one.state for one in given} == {"done"}
        assert texts(bot) == ["0", "1", "2", "3", "4"]
        assert await bot.ended() is nm.MeetingStatus.LEFT
        again = bot.send_chat("late")
        with pytest.raises(nm.NotJoinedError, match="join"):
            await again

    run(scenario())


def test_each_command_resolves_when_the_state_is_so(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotVerbs")
        page, welcome = await join(server, server.invite(token), name="Anna")
        anna = welcome["own"]["id"]
        async with nm.Bot(token) as bot:
            assert await bot.set_subject("Tea") == bot.subject == "Tea"
            assert await bot.set_lobby(True) is True
            assert await bot.raise_hand() is True
            assert bot.hands == [bot.own_id]
            assert await bot.raise_hand(None) is False
            assert bot.hands == []
            assert await bot.toggle_audio(False) is False
            await bot.set_main_participant(anna)
            assert (await page.expect("room_changed"))["state"]["subject"] == "Tea"
            await bot.grant_moderator(anna)
            assert [one["moderator"] for one in bot.participants] == [True, True]
            await bot.set_password("secret")
            await bot.set_password("")
            lobby = [one.lobby for one in bot.events if isinstance(one, events.RoomChanged)]
            assert lobby[-1] is False
            await bot.set_avatar(PNG)
            assert (await page.expect("avatar_changed"))["id"] == bot.own_id
            await page.send("media", audio=True, video=False)
            muting = bot.mute(anna)
            assert (await page.expect("mute_requested"))["media"] == "audio"
            await page.send("media", audio=False, video=False)
            await muting
            await bot.kick(anna)
            assert names(bot) == {"Guest"}
            assert (await page.expect("bye"))["kind"] == "kicked"

    run(scenario())


def test_what_is_refused_says_why(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotRefused")
        early = nm.Bot(token).send_chat("too early")
        with pytest.raises(nm.NotJoinedError, match="has not joined"):
            await early
        async with nm.Bot(server.invite(token)) as bot:
            for command in (
                *(bot.toggle_video(True), bot.toggle_audio(), bot.share_screen()),
                *(bot.set_tile_view(True), bot.pin_participant(), bot.available_devices()),
                *(bot.set_background("blur"), bot.set_noise_suppression(True)),
                bot.set_avatar(b"\xff\xd8\xff"),
            ):
                with pytest.raises(nm.CommandRefusedError, match=r"[Bb]ot") as unable:
                    await command
                assert unable.value.kind == "unsupported"
            with pytest.raises(nm.CommandRefusedError, match="moderators"):
                await bot.set_subject("No")
            with pytest.raises(nm.CommandError) as unknown:
                await bot.send_chat("hello", to="absent")
            assert unknown.value.kind == "not_found"
            with pytest.raises(nm.CommandError, match="stage"):
                await bot.send_endpoint_text_message(None, "{}")
            await bot.send_chat("goes on")
        async with nm.Bot(token) as chair:
            with pytest.raises(nm.CommandRefusedError, match="page"):
                await chair.start_broadcast()
            with pytest.raises(nm.CommandError, match="no broadcast"):
                await chair.stop_broadcast()

    run(scenario())


def test_a_removed_bot_says_so_and_stays_out(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotKicked")
        page, _ = await join(server, token)
        async with nm.Bot(server.invite(token)) as bot:
            await page.send("kick", id=bot.own_id, ref=1)
            assert await bot.ended() is nm.MeetingStatus.FAILED
            assert bot.error is not None
            assert bot.error["kind"] == "kicked"
            kicked = [one for one in bot.events if isinstance(one, events.ParticipantKickedOut)]
            assert kicked[0].kicked is not None
            assert kicked[0].kicked["local"] is True
            with pytest.raises(nm.NotJoinedError, match="kicked") as over:
                await bot.send_chat("hello?")
            assert over.value.kind == "kicked"
            with pytest.raises(nm.NotJoinedError, match="removed"):
                await bot.join()

    run(scenario())


def test_the_end_of_the_meeting_and_of_the_token_end_the_bot(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotEnded")
        page, _ = await join(server, token)
        async with nm.Bot(server.invite(token)) as bot:
            await page.send("end_meeting", ref=1)
            await bot.ended()
            assert bot.error is not None
            assert bot.error["kind"] == "ended"
        soon = (datetime.now(timezone.utc) + timedelta(seconds=4)).isoformat()
        async with nm.Bot(server.room("BotExpires", exp=soon)) as bot:
            await bot.ended()
            assert bot.error is not None
            assert bot.error["kind"] == "token_expired"

    run(scenario())


def test_a_bot_that_comes_too_early_says_when_it_can_join(server: RunningServer) -> None:
    async def scenario() -> None:
        later = datetime.now(timezone.utc) + timedelta(hours=1)
        early = nm.Bot(server.room("BotEarly", nbf=later.isoformat()))
        with pytest.raises(nm.NotJoinedError, match=f"from {later:%Y-%m-%d %H:%M:%S} UTC") as told:
            await early.join()
        assert told.value.kind == "token_not_yet_valid"
        assert early.status is nm.MeetingStatus.FAILED
        # The same bot joins once it can; a token opens its room a minute early.
        soon = datetime.now(timezone.utc) + timedelta(seconds=EARLY + 3)
        bot = nm.Bot(server.room("BotSoon", nbf=soon.isoformat()))
        with pytest.raises(nm.NotJoinedError, match="not valid yet"):
            await bot.join()
        while bot.status is not nm.MeetingStatus.JOINED:
            with suppress(nm.NotJoinedError):
                await bot.join()
            await asyncio.sleep(0.2)
        assert bot.error is None
        await bot.leave()

    run(scenario())


def test_the_certificate_of_the_server_is_checked(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that is not trusted is final, however long a bot waits for a server that is not there.
    monkeypatch.setattr("nanomeet_widget.bot.line._PATIENCE_NEW", float("inf"))
    server = servers.start("--tls")
    other, _ = tls.self_signed(tmp_path, "127.0.0.1")

    async def scenario() -> None:
        token = server.room("BotTls")
        right = str(server.data / "certificate.pem")
        async with nm.Bot(token, server=server.url, verify=right, display_name="Chair") as chair:
            async with nm.Bot(server.invite(token), server=server.url, verify=False) as bot:
                await bot.send_chat("by TLS")
                await until(lambda: texts(chair), ["by TLS"])
            await until(lambda: names(chair), {"Chair"})
            for verify in (str(other), True):
                stranger = nm.Bot(token, server=server.url, verify=verify)
                with pytest.raises(nm.NotJoinedError, match=r"not trusted here.*verify=") as told:
                    await stranger.join()
                assert told.value.kind == "server_unreachable"
            for nothing in (str(tmp_path / "none.pem"), str(server.log)):
                with pytest.raises(nm.InvalidInputError, match="no certificate in PEM"):
                    await nm.Bot(token, server=server.url, verify=nothing).join()
            # The token has gone to none but the right one: no one else has come.
            assert names(chair) == {"Chair"}

    run(scenario())


def test_a_full_room_and_a_stranger_token_are_final(servers: Servers) -> None:
    small, other = servers.start("--max-participants", "1"), servers.start()

    async def scenario() -> None:
        token = small.room("BotFull")
        async with nm.Bot(token):
            with pytest.raises(nm.RoomFullError):
                await nm.Bot(small.invite(token)).join()
        # The server that a token names decides, and no one asks who signed it.
        async with fake_server() as fake:
            stranger = nm.Bot(fake.token())
            fake.answers = [{"type": "bye", "kind": "token_rejected", "message": "Not mine."}]
            with pytest.raises(nm.NotJoinedError, match="Not mine") as rejected:
                await stranger.join()
            assert rejected.value.kind == "token_rejected"
            assert len(fake.paths) == 1
        assert other.process.poll() is None

    run(scenario())


def test_a_bot_waits_in_the_lobby_for_a_moderator(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotLobby")
        async with nm.Bot(token, display_name="Chair") as chair:
            await chair.set_lobby(True)
            first, second = (
                nm.Bot(server.invite(token), display_name=name) for name in ("One", "Two")
            )
            joining, refusal = first.join(), second.join()
            written = first.send_chat("let in")
            await until(lambda: {one["display_name"] for one in chair.lobby}, {"One", "Two"})
            await until(lambda: first.status, nm.MeetingStatus.WAITING)
            assert "lobby" in written.held_by
            ids = {one["display_name"]: one["id"] for one in chair.lobby}
            await chair.admit(ids["One"])
            await joining
            await written
            await chair.reject(ids["Two"])
            with pytest.raises(nm.NotAdmittedError):
                await refusal
            assert second.error is not None
            assert (second.status, second.error["kind"]) == (nm.MeetingStatus.FAILED, "refused")
            third = nm.Bot(server.invite(token))
            third.join()
            held = third.send_chat("never")
            await until(lambda: len(chair.lobby), 1)
            await third.leave()
            assert third.status is nm.MeetingStatus.LEFT
            with pytest.raises(nm.NotJoinedError):
                await held
            await until(lambda: chair.lobby, [])
            # It leaves as well if the bot did not know of the lobby yet.
            fourth = nm.Bot(server.invite(token))
            fourth.join()
            early, leaving = fourth.send_chat("never"), fourth.leave()
            await leaving
            assert isinstance(early.exception(), nm.NotJoinedError)
            await first.leave()

    run(scenario())


def test_a_password_opens_the_room(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotPassword")
        async with nm.Bot(token) as chair:
            await chair.set_password("tea")
            guest = server.invite(token)
            async with nm.Bot(guest, password="tea") as bot:
                assert bot.status is nm.MeetingStatus.JOINED
            for password, kind in ((None, "password_required"), ("coffee", "wrong_password")):
                bot = nm.Bot(guest, password=password)
                with pytest.raises(nm.NotJoinedError, match="password") as locked:
                    await bot.join()
                assert locked.value.kind == kind
                assert any(isinstance(one, events.PasswordRequired) for one in bot.events)

    run(scenario())


def test_a_bot_keeps_its_place_when_the_server_is_killed(servers: Servers) -> None:
    first = servers.start()
    port = str(urlsplit(first.url).port)

    async def scenario() -> None:
        token = first.room("BotKilled")
        async with nm.Bot(token, display_name="Chair") as chair, nm.Bot(token) as bot:
            await bot.raise_hand()
            await chair.send_chat("before")
            own = bot.own_id
            first.kill()
            await until(
                lambda: [type(one) for one in bot.events].count(events.ConnectionChanged), 2
            )
            assert (bot.status, bot.own_id) == (nm.MeetingStatus.JOINING, own)
            assert len(bot.participants) == 2
            waiting = bot.send_chat("after")
            await asyncio.get_running_loop().run_in_executor(
                None, lambda: servers.start("--port", port, data=first.data)
            )
            await waiting
            assert str(bot.status) == "joined"
            await until(lambda: texts(chair), ["before", "after"])
            assert texts(bot) == ["before", "after"]
            assert bot.own_id == own
            assert chair.hands == [own]
            left = [one for one in chair.events if isinstance(one, events.ParticipantLeft)]
            assert left == []

    run(scenario())


def test_a_dropped_connection_comes_back_unnoticed(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotDropped")
        page, _ = await join(server, token)
        async with nm.Bot(token) as bot:
            await page.expect("joined")
            drop(bot)
            await until(
                lambda: [
                    one.state for one in bot.events if isinstance(one, events.ConnectionChanged)
                ],
                ["connected", "reconnecting", "connected"],
            )
            await bot.send_chat("still here")
            # The next that the page hears is the message: it noticed nothing.
            message = await page.receive()
            assert isinstance(message, dict)
            assert message["type"] == "chat_message"

    run(scenario())


def test_a_class_of_bots_meets_behind_one_shared_link(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotClass")
        link = server.invite(token)
        async with nm.Bot(token, display_name="Chair") as chair:
            bots = [nm.Bot(link, display_name=f"Bot {number}") for number in range(30)]
            await asyncio.gather(*(bot.join() for bot in bots))
            await until(lambda: len(chair.participants), 31)
            assert len({bot.own_id for bot in bots}) == 30
            await chair.send_chat("hello")
            await until(lambda: [texts(bot) for bot in bots], [["hello"]] * 30)
            await until(lambda: {len(bot.participants) for bot in bots}, {31})
            await asyncio.gather(*(bot.leave() for bot in bots))
            await until(lambda: names(chair), {"Chair"})

    run(scenario())


def test_two_bots_with_one_token_are_two_participants(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("BotTwins")
        async with (
            nm.Bot(token, display_name="One") as one,
            nm.Bot(token, display_name="Two") as two,
        ):
            await until(lambda: names(one), {"One", "Two"})
            assert one.own_id != two.own_id

    run(scenario())


def test_a_script_uses_it_without_an_event_loop(server: RunningServer) -> None:
    token = server.room("BotScript")
    with nm.Bot(token, display_name="Chair") as chair:
        assert chair.set_subject("Tea").wait() == "Tea"
        heard = threading.Event()
        with nm.Bot(server.invite(token), display_name="Helper") as helper:
            helper.on("incoming_message", lambda _: heard.set())
            chair.send_chat("hello").wait(60)
            assert heard.wait(60)
            with pytest.raises(nm.CommandRefusedError, match="moderators"):
                helper.set_subject("No").wait()
            chair.end_meeting().wait()
            assert helper.ended().wait() is nm.MeetingStatus.FAILED
        assert helper.send_chat("late").exception() is not None
    assert not [one for one in threading.enumerate() if one.name == "nanomeet-bot"]
    with pytest.raises(nm.NotJoinedError), nm.Bot(token[:-4] + "AAAA"):
        pass
    assert not [one for one in threading.enumerate() if one.name == "nanomeet-bot"]


def test_waiting_on_the_bots_own_loop_is_refused_instead_of_hanging(server: RunningServer) -> None:
    async def scenario() -> None:
        async with nm.Bot(server.room("BotWaits")) as bot:
            command = bot.send_chat("hello")
            with pytest.raises(nm.CannotAwaitError, match="await"):
                command.wait()
            await command
            assert command.wait() is None

    run(scenario())


def test_a_command_from_another_thread_takes_effect(server: RunningServer) -> None:
    async def scenario() -> None:
        async with nm.Bot(server.room("BotThread")) as bot:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, lambda: bot.send_chat("from a thread").wait(60))
            await until(lambda: texts(bot), ["from a thread"])

    run(scenario())


def test_garbage_from_the_server_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with fake_server() as fake:
            token = fake.token()
            fake.answers = [
                *("", "null", "[]", "{", "{}", '{"type": 1}', '{"type": "unheard_of"}', "[" * 5000),
                *(b"\xff\x00", '{"type": "welcome"}', '{"type": "joined", "participant": 1}'),
                {"type": "ack", "ref": 99},
                {"type": "error", "kind": "invalid", "message": "What?", "ref": None},
                # A newer server says more.
                {**fake.welcome(), "weather": "fine"},
                {"type": "left", "id": "unknown", "reason": "left", "by": None},
                {
                    "type": "chat_message",
                    "id": 1,
                    "sender": "x",
                    "name": "X",
                    "text": "y",
                    "at": 1.0,
                },
                {"type": "updated", "participant": {"id": 3}},
            ]
            async with nm.Bot(token) as bot:
                await until(lambda: texts(bot), ["y"])
                assert bot.own_id == "me"
            assert fake.origins == [fake.url]
            assert fake.paths == ["/ws/meeting"]
            joined = fake.got[0]
            assert (joined["token"], joined["audience"], joined["composes"]) == (token, True, False)
            assert fake.got[-1] == {"type": "leave"}
            assert token not in caplog.text

    with caplog.at_level(logging.DEBUG):
        run(scenario())
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


def test_a_bot_that_is_closed_while_it_joins_is_gone() -> None:
    async def scenario() -> None:
        async with fake_server() as fake:
            bot = nm.Bot(fake.token())
            joining, given = bot.join(), bot.send_chat("never")
            await until(lambda: len(fake.got), 1)
            assert bot.status is nm.MeetingStatus.JOINING
            bot.close()
            with pytest.raises(nm.NotJoinedError):
                await joining
            with pytest.raises(nm.NotJoinedError):
                await given
            assert await bot.ended() is nm.MeetingStatus.LEFT
            await until(lambda: fake.got[-1]["type"], "leave")
            # Also before it is connected, and by a task that is cancelled.
            task = asyncio.ensure_future(nm.Bot(fake.token()).__aenter__())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    run(scenario())


def test_the_token_goes_to_its_server_alone(
    server: RunningServer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> None:
        async with fake_server() as elsewhere:

            class Redirect(web.RequestHandler):
                def get(self) -> None:
                    self.redirect(f"{elsewhere.url}/ws/meeting")

            sockets = netutil.bind_sockets(0, "127.0.0.1")
            redirecting = httpserver.HTTPServer(web.Application([(".*", Redirect)]))
            redirecting.add_sockets(sockets)
            honest, elsewhere.url = (
                elsewhere.url,
                f"http://127.0.0.1:{sockets[0].getsockname()[1]}",
            )
            token = elsewhere.token()
            elsewhere.url = honest
            elsewhere.answers = [elsewhere.welcome()]
            bot = nm.Bot(token, display_name="Helper", password="hush")
            bot.join()
            await until(lambda: bot._session._line._trouble, "it answers with HTTP status 302")  # type: ignore[union-attr]
            bot.close()
            await bot.ended()
            assert elsewhere.got == []
            redirecting.stop()
        async with nm.Bot(server.room("BotSecret"), password="hush") as shown:
            said = f"{shown!r} {bot!r} {vars(shown)} {shown._join()!r}"
            assert token not in said
            assert shown._token.split(".")[2] not in said
            assert "hush" not in said

    with caplog.at_level(logging.DEBUG):
        run(scenario())
    assert "hush" not in caplog.text + "".join(capsys.readouterr())


def test_a_server_that_is_not_there_is_given_up() -> None:
    async def scenario(monkeypatch: pytest.MonkeyPatch) -> None:
        async with fake_server() as fake:
            token = fake.token()
        monkeypatch.setattr("nanomeet_widget.bot.line._PATIENCE_NEW", 0.5)
        with pytest.raises(nm.NotJoinedError, match="nothing listens") as gone:
            await nm.Bot(token).join()
        assert gone.value.kind == "server_unreachable"

    with pytest.MonkeyPatch.context() as patched:
        run(scenario(patched))


def test_other_engines_and_unknown_servers_are_refused_at_once(server: RunningServer) -> None:
    jitsi = Jitsi("https://meet.example.org", app_id="app", app_secret="s" * 32)
    token = jitsi.create_room("Algebra").token
    with pytest.raises(nm.InvalidInputError, match="embedded server"):
        nm.Bot(token, service=jitsi)
    cloud = NanoStreamCloud("key")
    with pytest.raises(nm.InvalidInputError, match="XMPP"):
        nm.Bot(token, service=cloud)
    with pytest.raises(nm.InvalidInputError, match="pass server="):
        nm.Bot(token)
    own = server.room("BotServer")
    with pytest.raises(nm.InvalidInputError, match=r"not for server='https://other'"):
        nm.Bot(own, server="https://other")
    with pytest.raises(nm.MalformedTokenError):
        nm.Bot("no token")
    assert nm.Bot(own, server=server.url, service=LocalServer(server.url, api_key="k")).room


def test_where_to_watch_is_a_whole_address_also_inside_a_jupyter_server() -> None:
    async def scenario() -> None:
        async with fake_server() as fake:
            playout = {"live": "/user/ada/nanomeet/live/s", "vod": "/user/ada/nanomeet/vod/s.mp4"}
            fake.answers = [fake.welcome(broadcast={"state": "live", "playout": playout})]
            async with nm.Bot(fake.token(), server=fake.url) as bot:
                assert bot.playout == nm.Playout(
                    live=f"{fake.url}/user/ada/nanomeet/live/s",
                    vod=f"{fake.url}/user/ada/nanomeet/vod/s.mp4",
                )
                bot.close()

    run(scenario())
