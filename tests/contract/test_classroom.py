"""A class of thirty on one invite link: all at once, one removed, a password, a killed server."""

from __future__ import annotations

import asyncio
from typing import Any

import nanomeet_widget as nm
from nanomeet_widget.services import LocalServer
from tests.conftest import RunningServer, Servers

from .bots import ending, refusal
from .sockets import Client, connect, join, run
from .test_invite_revocation import id_of

CLASS = 30
TEACHER = "the-browser-of-the-teacher"
PASSWORD = "sesame"


def student(number: int) -> str:
    return f"the-browser-of-student-{number:02}"


async def comes(
    server: RunningServer, token: str, *, address: str | None = None, **fields: Any
) -> tuple[Client, dict[str, Any]]:
    """Join, and return the connection and the first answer, whatever it is."""
    page = await connect(server, "ws/meeting", address=address)
    await page.send("join", v=1, token=token, **fields)
    answer = await page.receive()
    assert isinstance(answer, dict)
    return page, answer


async def ask(page: Client, kind: str, **fields: Any) -> None:
    await page.send(kind, ref=77, **fields)
    assert (await page.expect("ack"))["ref"] == 77


async def class_joins(
    server: RunningServer, link: str, numbers: range, **fields: Any
) -> dict[int, tuple[Client, dict[str, Any]]]:
    """Join, all at once."""
    joined = await asyncio.gather(
        *(
            comes(server, link, person=student(number), name=f"Student {number}", **fields)
            for number in numbers
        )
    )
    assert [answer["type"] for _, answer in joined] == ["welcome"] * len(numbers)
    return dict(zip(numbers, joined, strict=True))


def test_a_class_on_one_link(servers: Servers) -> None:
    first = servers.start()
    root = first.room("Class")
    link = first.invite(root)
    ids: dict[int, str] = {}

    async def lesson() -> None:
        teacher, _ = await join(first, root, person=TEACHER, name="Teacher")
        pages = await class_joins(first, link, range(CLASS))
        ids.update({number: answer["own"]["id"] for number, (_, answer) in pages.items()})
        assert len(set(ids.values())) == CLASS

        # The link is told as shared, by its people.
        shared: dict[str, Any] = {}
        while shared.get("people") != CLASS or len(shared["here"]) != CLASS:
            (shared,) = (await teacher.expect("links_changed"))["links"]
        assert set(shared["here"]) == set(ids.values())

        await ask(teacher, "kick", id=ids[7])
        assert (await pages[7][0].expect("bye"))["kind"] == "kicked"
        await pages[7][0].closed()
        for number, (page, _) in pages.items():
            if number != 7:
                left = await page.expect("left")
                assert (left["id"], left["reason"]) == (ids[7], "kicked")
        # Neither by a new page, nor by the place that was theirs.
        for fields in ({}, {"resume": pages[7][1]["resume"]}):
            _, answer = await comes(first, link, person=student(7), **fields)
            assert (answer["type"], answer["kind"]) == ("bye", "kicked")

        # The others leave and come, and one who was not there comes, too.
        await pages[3][0].send("leave")
        await pages[3][0].closed()
        _, back = await join(first, link, person=student(3))
        assert back["own"]["id"] == ids[3]
        late, answer = await comes(first, link, person=student(CLASS))
        assert answer["type"] == "welcome"
        await late.send("leave")

        await ask(teacher, "set_password", password=PASSWORD)
        _, answer = await comes(first, link, person=student(CLASS))
        assert answer["type"] == "password_required"
        # The password lets in the class, and not the one who was removed.
        _, answer = await comes(first, link, person=student(7), password=PASSWORD)
        assert (answer["type"], answer["kind"]) == ("bye", "kicked")
        _, answer = await comes(first, link, person=student(CLASS), password=PASSWORD)
        assert answer["type"] == "welcome"
        first.kill()

    run(lesson())
    second = servers.start(data=first.data)

    async def goes_on() -> None:
        rest = [number for number in range(CLASS) if number != 7]
        back = await asyncio.gather(
            *(comes(second, link, person=student(number), name=f"{number}") for number in rest)
        )
        for number, (_, answer) in zip(rest, back, strict=True):
            assert (answer["type"], answer["own"]["id"]) == ("welcome", ids[number])
            assert answer["kept"] is True
            assert answer["state"]["locked"] is True
        _, answer = await comes(second, link, person=student(7), password=PASSWORD)
        assert (answer["type"], answer["kind"]) == ("bye", "kicked")
        _, answer = await comes(second, link, person=student(40))
        assert answer["type"] == "password_required"
        teacher, _ = await join(second, root, person=TEACHER, name="Teacher")
        await teacher.send("plan_removal", id=ids[8], ref=1)
        planned = await teacher.expect("removal_planned")
        # Thirty, the one who came late, and no one twice.
        assert (planned["people"], planned["goes"]) == (CLASS + 1, 0)

    run(goes_on())


def test_remove_and_revoke_the_link_of_a_class(server: RunningServer) -> None:
    async def lesson() -> None:
        root = server.room("Revoked_class")
        link, other = server.invite(root), server.invite(root)
        students = [nm.Bot(link) for _ in range(5)]
        async with nm.Bot(root) as teacher, nm.Bot(other) as guest:
            await asyncio.gather(*(student.join() for student in students))
            await teacher.kick(students[0].own_id, revoke_link=True)
            kinds = [await ending(student) for student in students]
            assert kinds == ["kicked", *["token_rejected"] * 4]
            assert await refusal(nm.Bot(link)) == "token_rejected"
            await guest.send_chat("still here")
        with LocalServer(server.url, api_key=server.api_key) as service:
            people = {made.id: made.people for made in service.invites("Revoked_class")}
        assert [people[id_of(token)] for token in (root, link, other)] == [1, 5, 1]

    run(lesson())


def test_a_removed_moderator_is_out_by_every_way(servers: Servers) -> None:
    first = servers.start()
    neighbour = servers.start(data=first.data)
    root = first.room("Deputy")
    deputy = first.invite(root, moderator=True)
    before = first.invite(deputy, moderator=True)
    guests = first.invite(deputy)

    async def meeting() -> None:
        host, _ = await join(first, root, person=TEACHER)
        page, welcome = await join(first, deputy, person=student(1), name="Deputy")
        tab, _ = await join(first, before, person=student(2))
        visitor, _ = await join(first, guests, person=student(3))
        await page.send("create_invite", ref=5, moderator=True, server=first.url)
        in_room = (await page.expect("invite_created"))["token"]
        ticket = first.post("ticket", headers={"X-BINTU-TOKEN": before}).json()["data"]

        await ask(host, "kick", id=welcome["own"]["id"])
        for out in (page, tab, visitor):
            assert (await out.expect("bye"))["kind"] == "kicked"
        by_ticket = first.post("ticket", ticket=ticket).json()["data"]
        for token in (deputy, before, guests, in_room, by_ticket):
            for person in (student(1), student(9), None):
                _, answer = await comes(first, token, person=person)
                assert (answer["type"], answer["kind"]) == ("bye", "kicked")
        _, answer = await comes(first, deputy, resume=welcome["resume"])
        assert answer["kind"] == "kicked"
        # By HTTP nothing is made, listed or revoked, on any server of the data folder.
        for server in (first, neighbour):
            for token in (deputy, before, in_room):
                headers = {"X-BINTU-TOKEN": token}
                assert server.post("nanomeet", headers=headers, moderator=True).status_code == 403
                assert server.post("revoke", headers=headers, id="x").status_code == 403
        await host.send("ping", t=1)
        await host.expect("pong")
        first.kill()

    run(meeting())
    third = servers.start(data=first.data)

    async def after_the_crash() -> None:
        asked = third.post("nanomeet", headers={"X-BINTU-TOKEN": deputy}, moderator=True)
        assert asked.status_code == 403
        _, answer = await comes(third, before, person=student(9))
        assert answer["kind"] == "kicked"
        await join(third, root, person=TEACHER)

    run(after_the_crash())


def test_a_moderator_who_was_revoked_elsewhere_makes_no_invite(servers: Servers) -> None:
    first = servers.start()
    second = servers.start(data=first.data)
    root = first.room("Elsewhere")
    key = {"X-BINTU-APIKEY": first.api_key}

    async def race() -> None:
        deputies = [first.invite(root, moderator=True) for _ in range(10)]
        pages = [(await join(second, token))[0] for token in deputies]
        for token, page in zip(deputies, pages, strict=True):
            name = id_of(token)
            revoked = first.post("revoke", headers=key, id=name).json()["data"]
            assert revoked == [name]
            await page.send("create_invite", ref=5, moderator=True, server=second.url)
            answers = []
            while (message := await page.receive()) is not None:
                assert isinstance(message, dict)
                answers.append(message["type"])
            assert "invite_created" not in answers
            assert answers[-1] == "bye"

    run(race())


def test_an_address_is_kept_out_through_a_proxy(servers: Servers) -> None:
    server = servers.start("--behind-proxy", "127.0.0.1")

    async def scenario() -> None:
        root = server.room("Addresses")
        link = server.invite(root)
        teacher, _ = await join(server, root, person=TEACHER)
        page, welcome = await join(server, link, person=student(1), address="2001:db8::1")
        _, other = await join(server, link, person=student(2), address="2001:db8:0:1::1")
        assert "2001:db8" not in str((welcome, other))
        await ask(teacher, "kick", id=welcome["own"]["id"], address=True)
        assert (await page.expect("bye"))["kind"] == "kicked"
        _, answer = await comes(server, link, person=student(3), address="2001:db8::2")
        assert (answer["type"], answer["kind"]) == ("bye", "kicked")
        _, answer = await comes(server, link, person=student(3), address="2001:db8:0:1::2")
        assert answer["type"] == "welcome"
        assert "2001:db8" not in server.log.read_text()

    run(scenario())
