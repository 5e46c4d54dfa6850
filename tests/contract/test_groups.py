"""Groups of a meeting on a real server: people who move, strangers who try, and a server that is killed."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _tokens, events
from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.contract.bots import drop, ending, names, texts, until
from tests.contract.sockets import Client, connect, join, run

TEACHER = "the-browser-of-the-teacher"


def student(number: int) -> str:
    return f"the-browser-of-student-{number:02}"


async def ask(page: Client, kind: str, **fields: Any) -> None:
    await page.send(kind, ref=77, **fields)
    assert (await page.expect("ack"))["ref"] == 77


async def refused(page: Client, kind: str, **fields: Any) -> str:
    await page.send(kind, ref=78, **fields)
    error = await page.expect("error")
    assert error["ref"] == 78
    return str(error["kind"])


async def comes(server: RunningServer, token: str, **fields: Any) -> tuple[Client, dict[str, Any]]:
    """Join, and return the connection and the first answer, whatever it is."""
    page = await connect(server, "ws/meeting")
    await page.send("join", v=1, token=token, **fields)
    answer = await page.receive()
    assert isinstance(answer, dict)
    return page, answer


async def groups_of(page: Client, **wanted: Any) -> dict[str, Any]:
    """Return the next state of the groups in which so many people are in each."""
    while True:
        said = await page.expect("groups_changed")
        here = {
            group["name"]: sum(person["here"] for person in group["people"])
            for group in said["groups"]
        }
        if here == wanted:
            return said


class Lesson:
    """A teacher and some students, on one link."""

    def __init__(self, server: RunningServer, name: str) -> None:
        self.server = server
        self.root = server.room(name)
        self.link = server.invite(self.root)

    async def begin(self, students: int) -> None:
        self.teacher, _ = await join(self.server, self.root, person=TEACHER, name="Teacher")
        self.pages: list[Client] = []
        self.ids: list[str] = []
        for number in range(students):
            page, welcome = await self.join(number)
            self.pages.append(page)
            self.ids.append(welcome["own"]["id"])

    async def join(self, number: int, token: str | None = None) -> tuple[Client, dict[str, Any]]:
        name = f"Student {number}"
        return await join(self.server, token or self.link, person=student(number), name=name)

    async def move(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Follow a move over the same connection; return the move and the welcome."""
        moved = await self.pages[number].expect("moved")
        await self.pages[number].send(
            "join", v=1, token=moved["token"], person=student(number), name=f"Student {number}"
        )
        return moved, await self.pages[number].expect("welcome")


def _place_of(bot: nm.Bot) -> object:
    return bot.group, names(bot), bot.groups


def test_people_move_over_one_connection_and_back(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = Lesson(server, "GroupsMove")
        await lesson.begin(3)
        plans = [
            {"name": "Red", "people": lesson.ids[:2]},
            {"name": "Blue", "people": lesson.ids[2:]},
        ]
        await ask(lesson.teacher, "open_groups", groups=plans, minutes=10)
        welcomes = [(await lesson.move(number))[1] for number in range(3)]
        assert [one["own"]["id"] for one in welcomes] == lesson.ids
        assert [one["room"] for one in welcomes] == ["GroupsMove"] * 3
        assert [[p["name"] for p in one["participants"]] for one in welcomes] == [
            [],
            ["Student 0"],
            [],
        ]
        await groups_of(lesson.teacher, Red=2, Blue=1)
        await lesson.pages[0].send("send_chat", text="among us")
        assert (await lesson.pages[1].expect("chat_message"))["text"] == "among us"
        await ask(lesson.teacher, "announce_to_groups", text="Half time")
        for page in lesson.pages:
            note = await page.expect("group_note")
            assert (note["name"], note["text"]) == ("Teacher", "Half time")
        # The lobby, which is on by now, is not for those who come back.
        await ask(lesson.teacher, "set_lobby", active=True)
        await ask(lesson.teacher, "set_password", password="sesame")
        await ask(lesson.teacher, "close_groups")
        for number in range(3):
            moved, welcome = await lesson.move(number)
            assert moved["group"] is None
            assert welcome["own"]["id"] == lesson.ids[number]
            assert welcome["chat"] == []
            assert (await lesson.pages[number].expect("groups_changed"))["groups"] == []

    run(scenario())


def test_what_crosses_a_move_is_answered(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = Lesson(server, "GroupsCross")
        await lesson.begin(1)
        (page,) = lesson.pages
        await ask(lesson.teacher, "open_groups", groups=[{"name": "A", "people": lesson.ids}])
        token = (await page.expect("moved"))["token"]
        # A page that asked for something learns that it was not done; what needs no answer gets none.
        assert await refused(page, "raise_hand", raised=True) == "moved"
        await page.send("signal", to=lesson.ids[0])
        await page.send("join", v=1, token=token, person=student(0))
        answer = await page.receive()
        assert isinstance(answer, dict)
        assert answer["type"] == "welcome"

    run(scenario())


def test_strangers_and_guests_get_nothing_of_groups(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = Lesson(server, "GroupsHostile")
        await lesson.begin(2)
        plans = [
            {"name": name, "people": [one]} for name, one in zip("AB", lesson.ids, strict=True)
        ]
        await ask(lesson.teacher, "open_groups", groups=plans)
        moved, _ = await lesson.move(0)
        token = moved["token"]
        room = _tokens.read(token).room
        # With a guest's token of a group, by HTTP:
        for path, body in (
            ("nanomeet", {"moderator": True}),
            ("nanomeet", {"room": room}),
            ("revoke", {"id": "x"}),
        ):
            answer = server.post(path, headers={"x-bintu-token": token}, **body)
            assert answer.status_code == 403, answer.text
        # No key makes a token for a group's room, and nothing is made of a group's token by the room.
        for name in (room, room.replace("group-", "group_x-"), "group-" + "0" * 32):
            answer = server.post("nanomeet", headers={"X-BINTU-APIKEY": server.api_key}, room=name)
            assert answer.status_code == 400, answer.text
        for request in (
            {"kind": "create_invite", "server": server.url},
            {"kind": "close_groups"},
            {"kind": "add_group", "name": "C"},
            {"kind": "assign_group", "id": lesson.ids[0], "group": None},
            {"kind": "announce_to_groups", "text": "Hello"},
            {"kind": "start_broadcast"},
        ):
            assert await refused(lesson.pages[0], **request) in {"forbidden", "invalid"}
        (other,) = [
            group["id"]
            for group in (await groups_of(lesson.teacher, A=1, B=0))["groups"]
            if group["name"] == "B"
        ]
        assert await refused(lesson.pages[0], "enter_group", group=other) == "forbidden"
        # In other hands, it opens nothing.
        for person in (student(1), "the-browser-of-a-thief", None):
            _, said = await comes(server, token, person=person)
            assert (said["type"], said["kind"]) == ("bye", "token_rejected")
        forged = _tokens.mint(_tokens.read(token), _tokens.new_secret())
        _, said = await comes(server, forged, person=student(0))
        assert (said["type"], said["kind"]) == ("bye", "token_rejected")

        await ask(lesson.teacher, "close_groups")
        _, said = await comes(server, token, person=student(1))
        assert (said["type"], said["kind"]) == ("bye", "token_rejected")
        _, said = await comes(server, token, person=student(0))
        assert (said["type"], said["group"]) == ("moved", None)
        again = server.post("nanomeet", headers={"x-bintu-token": token})
        assert again.status_code == 401, again.text

    run(scenario())


def test_a_moderator_in_a_group_invites_from_the_main_room_alone(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = Lesson(server, "GroupsInvite")
        await lesson.begin(1)
        await ask(lesson.teacher, "open_groups", groups=[{"name": "A", "people": lesson.ids}])
        group = (await lesson.teacher.expect("groups_changed"))["groups"][0]["id"]
        await ask(lesson.teacher, "enter_group", group=group)
        token = (await lesson.teacher.expect("moved"))["token"]
        visitor, welcome = await join(server, token, person=TEACHER)
        assert welcome["own"]["moderator"]
        assert await refused(visitor, "create_invite", server=server.url) == "invalid"
        answer = server.post("nanomeet", headers={"x-bintu-token": token}, moderator=False)
        assert answer.status_code == 403
        assert "token of the meeting" in answer.text
        # The tokens of groups are in no list of invites.
        listed = get(f"{server.url}/invites", headers={"X-BINTU-APIKEY": server.api_key})
        rooms = {one["room"] for one in listed.json()["data"]}
        assert "GroupsInvite" in rooms
        assert not [room for room in rooms if room.startswith("group-")]
        await ask(visitor, "close_groups")

    run(scenario())


def test_a_revoked_link_is_void_in_its_group(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = Lesson(server, "GroupsRevoked")
        await lesson.begin(2)
        await ask(lesson.teacher, "open_groups", groups=[{"name": "A", "people": lesson.ids}])
        token = (await lesson.move(0))[0]["token"]
        await lesson.move(1)
        jti = _tokens.read(lesson.link).jti
        server.post("revoke", headers={"X-BINTU-APIKEY": server.api_key}, id=jti)
        for page in lesson.pages:
            assert (await page.expect("bye"))["kind"] == "token_rejected"
        for one in (token, lesson.link):
            _, answer = await comes(server, one, person=student(0))
            assert (answer["type"], answer["kind"]) == ("bye", "token_rejected")

    run(scenario())


def test_a_server_killed_in_the_middle_loses_no_one(servers: Servers) -> None:
    first = servers.start()
    lesson = Lesson(first, "GroupsKilled")
    tokens: dict[int, str] = {}

    async def begin() -> None:
        await lesson.begin(6)
        plans = [
            {"name": "A", "people": lesson.ids[:3]},
            {"name": "B", "people": lesson.ids[3:5]},
        ]
        await ask(lesson.teacher, "open_groups", groups=plans, minutes=60)
        # Two have arrived, one knows the way, and two have not read it yet.
        for number in (0, 3):
            tokens[number] = (await lesson.move(number))[0]["token"]
        tokens[1] = (await lesson.pages[1].expect("moved"))["token"]
        first.kill()

    run(begin())
    second = servers.start(data=first.data)
    lesson.server = second

    async def goes_on() -> None:
        teacher, welcome = await join(second, lesson.root, person=TEACHER)
        # Who was in the main room has their place there; who was on the way is in no room.
        assert [p["id"] for p in welcome["participants"]] == lesson.ids[5:]
        pages = {}
        for number in range(5):
            token = tokens.get(number)
            if token is None:
                page, answer = await comes(second, lesson.link, person=student(number))
                assert answer["type"] == "moved"
                page.close()
                token = answer["token"]
            pages[number], welcome = await lesson.join(number, token)
            assert welcome["own"]["id"] == lesson.ids[number]
        _, welcome = await lesson.join(5)
        assert welcome["kept"] is True
        said = await groups_of(teacher, A=3, B=2)
        assert said["ends"] is not None
        await ask(teacher, "close_groups")
        back = [await page.expect("moved") for page in pages.values()]
        assert {one["group"] for one in back} == {None}
        # Half of them have gone back when the server is killed again.
        for number in range(2):
            await lesson.join(number, back[number]["token"])
        second.kill()

    run(goes_on())
    third = servers.start(data=first.data)
    lesson.server = third

    async def is_over() -> None:
        for number in range(6):
            # With the group's token, or with their own: everyone comes to the main room.
            token = tokens.get(number, lesson.link)
            _, answer = await comes(third, token, person=student(number))
            if answer["type"] == "moved":
                assert answer["group"] is None
                _, answer = await comes(third, answer["token"], person=student(number))
            assert (answer["type"], answer["own"]["id"]) == ("welcome", lesson.ids[number])
            assert answer["room"] == "GroupsKilled"

    run(is_over())


def test_bots_go_to_their_groups_and_come_back(server: RunningServer) -> None:
    async def scenario() -> None:
        root = server.room("GroupsBots")
        link = server.invite(root)
        async with (
            nm.Bot(root, display_name="Chair") as chair,
            nm.Bot(link, display_name="Ada") as ada,
            nm.Bot(link, display_name="Ben") as ben,
            nm.Bot(link, display_name="Cem") as cem,
        ):
            await until(lambda: len(chair.participants), 4)
            own = ada.own_id
            groups = await chair.breakout({"Red": ["ada", "Ben", "Zoe"], "Blue": []}, minutes=10)
            assert groups.missing == ["Zoe"]
            await until(lambda: (ada.group, ben.group, cem.group), ("Red", "Red", None))
            await until(lambda: (str(ada.status), names(ada)), ("joined", {"Ada", "Ben"}))
            assert (ada.own_id, ada.own_group, ada.room) == (own, "Red", "GroupsBots")
            await until(lambda: names(chair), {"Chair", "Cem"})
            await until(lambda: [one["here"] for one in groups.members], [True, True])
            assert groups.ends is not None
            assert groups.names == ["Red", "Blue"]
            await until(lambda: cem.groups == chair.groups, True)
            await ada.send_chat("among us")
            await until(lambda: texts(ben), ["among us"])
            assert texts(chair) == []
            await groups.announce("Half time")
            await until(
                lambda: [one.text for one in ada.events if isinstance(one, events.GroupNote)],
                ["Half time"],
            )
            # A lost connection comes back to the group.
            drop(ada)
            await until(lambda: names(ada), {"Ada", "Ben"})
            await groups.assign("Cem", "Blue")
            await until(lambda: cem.group, "Blue")
            await groups.visit("Blue")
            await until(lambda: (chair.group, names(chair)), ("Blue", {"Chair", "Cem"}))
            assert chair.moderator
            with pytest.raises(nm.CommandRefusedError, match="moderator"):
                await ada.breakout(2)
            with pytest.raises(nm.CommandRefusedError, match="belong"):
                await ada.enter_group("Blue")
            await ada.enter_group()
            await until(lambda: (ada.group, ada.own_group), (None, "Red"))
            await ada.enter_group("Red")
            await until(lambda: ada.group, "Red")
            await groups.extend(5)
            await groups.set_minutes(None)
            await until(lambda: groups.ends, None)
            await groups.rename("Blue", "Green")
            await until(lambda: cem.group, "Green")
            await groups.add("Black")
            await until(lambda: groups.names, ["Red", "Green", "Black"])
            await groups.remove("Black")
            await groups.close()
            everyone = {"Chair", "Ada", "Ben", "Cem"}
            for bot in (chair, ada, ben, cem):
                await until(partial(_place_of, bot), (None, everyone, []))
            assert ada.own_id == own
            with pytest.raises(nm.CommandError, match="No groups"):
                await groups.announce("too late")
            joined = [one for one in ada.events if isinstance(one, events.VideoConferenceJoined)]
            assert joined[0].room_name == joined[-1].room_name == "GroupsBots"
            # As a page, it was in the meeting all the while.
            assert len(joined) > 2
            for bot in (chair, ada, ben, cem):
                told = [type(one) for one in bot.events]
                assert events.VideoConferenceLeft not in told
            await ada.send_chat("all together")
            await until(lambda: texts(ben), ["all together"])

    run(scenario())


def test_a_bot_whose_group_was_closed_while_it_was_away_comes_back(servers: Servers) -> None:
    first = servers.start()
    port = str(urlsplit(first.url).port)

    async def scenario() -> None:
        root = first.room("GroupsAway")
        link = first.invite(root)
        async with nm.Bot(root) as chair, nm.Bot(link, display_name="Ada") as ada:
            await until(lambda: len(chair.participants), 2)
            await chair.breakout({"A": ["Ada"]}, minutes=0.05)
            await until(lambda: ada.group, "A")
            first.kill()
            await until(lambda: str(ada.status), "joining")
            await asyncio.get_running_loop().run_in_executor(
                None, lambda: servers.start("--port", port, data=first.data)
            )
            # The time was over before the server was back.
            await until(
                lambda: (str(ada.status), ada.group, len(ada.participants)), ("joined", None, 2)
            )
            await until(lambda: chair.groups, [])

    run(scenario())


def test_a_bot_removed_from_the_meeting_leaves_its_group(server: RunningServer) -> None:
    async def scenario() -> None:
        root = server.room("GroupsKicked")
        link = server.invite(root)
        async with nm.Bot(root) as chair, nm.Bot(link, display_name="Ada") as ada:
            await until(lambda: len(chair.participants), 2)
            await chair.breakout({"A": ["Ada"]})
            await until(lambda: ada.group, "A")
            await chair.kick(ada.own_id)
            assert await ending(ada) == "kicked"

    run(scenario())
