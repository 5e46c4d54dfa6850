"""What the parts of a class say of people in groups: records, roster, check-in and polls."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from tests.asking import get
from tests.conftest import RunningServer, Servers

from .sockets import Client, connect, join, run
from .test_groups import TEACHER, Lesson, ask, groups_of, refused, student
from .test_records import leave, rows, until_no_trace, until_rows


async def follow(page: Client, token: str, person: str, name: str) -> dict[str, Any]:
    """Go where a page was told to, and return the welcome."""
    await page.send("join", v=1, token=token, person=person, name=name)
    return await page.expect("welcome")


async def sent_out(server: RunningServer, name: str, *, records: object) -> Lesson:
    """Begin a lesson of three students, and send two of them into a group."""
    server.room(name, records=records)
    lesson = Lesson(server, name)
    await lesson.begin(3)
    await ask(lesson.teacher, "open_groups", groups=[{"name": "A", "people": lesson.ids[:2]}])
    for number in (0, 1):
        await lesson.move(number)
    await groups_of(lesson.teacher, A=2)
    return lesson


def invited(server: RunningServer, token: str, roster: dict[str, str]) -> list[str]:
    """Make personal links for people, by their IDs."""
    people = [{"roster": person, "name": name} for person, name in roster.items()]
    made = server.post("invites", headers={"X-BINTU-TOKEN": token}, people=people)
    assert made.status_code == 200, made.text
    return list(made.json()["data"])


async def ask_all(moderator: Client, question: str) -> None:
    """Open a poll."""
    await moderator.send("open_poll", question=question, options=["x", "y"], ref=5)
    await moderator.expect("poll_opened")


async def stays(lesson: Lesson) -> dict[str, list[tuple[float, float | None]]]:
    found: dict[str, list[tuple[float, float | None]]] = {}
    for row in await asyncio.to_thread(rows, lesson.server, lesson.root, "attendance"):
        found.setdefault(row["name"], []).append((row["joined"], row["left"]))
    return found


def test_a_stay_goes_on_in_a_group_and_ends_when_the_person_leaves_there(
    server: RunningServer,
) -> None:
    async def scenario() -> None:
        began = time.time()
        lesson = await sent_out(server, "PartsStay", records="attendance")
        here = time.time()
        await asyncio.sleep(1.5)
        before = time.time()
        await leave(lesson.pages[0])
        after = time.time()
        await ask(lesson.teacher, "close_groups")
        await lesson.move(1)
        found = await stays(lesson)
        assert {name: len(of) for name, of in found.items()} == {
            "Teacher": 1,
            **{f"Student {number}": 1 for number in range(3)},
        }
        assert all(began <= of[0][0] <= here for of in found.values())
        left = found["Student 0"][0][1]
        assert left is not None
        assert before - 0.1 <= left <= after + 0.1
        assert [found[name][0][1] for name in ("Teacher", "Student 1", "Student 2")] == [None] * 3
        # Of the group, there is no meeting of its own.
        (session,) = rows(server, lesson.root, "sessions")
        assert (session["people"], session["ended"]) == (4, None)

    run(scenario())


def test_the_meeting_goes_on_while_all_are_in_groups_and_ends_with_the_last_one(
    server: RunningServer,
) -> None:
    async def scenario() -> None:
        lesson = await sent_out(server, "PartsEmpty", records=["attendance", "polls"])
        await ask_all(lesson.teacher, "Why?")
        await leave(lesson.pages[2])
        await ask(lesson.teacher, "close_groups")
        for number in (0, 1):
            await lesson.move(number)
        people = [{"name": "B", "people": lesson.ids[:2]}]
        await ask(lesson.teacher, "open_groups", groups=people)
        for number in (0, 1):
            await lesson.move(number)
        # The last one in the main room leaves it.
        await leave(lesson.teacher)
        (session,) = rows(server, lesson.root, "sessions")
        assert session["ended"] is None
        assert rows(server, lesson.root, "polls") == []
        await leave(lesson.pages[0])
        before = time.time()
        await leave(lesson.pages[1])
        (session,) = rows(server, lesson.root, "sessions")
        assert before - 0.1 <= session["ended"] <= time.time() + 0.1
        assert [row["question"] for row in rows(server, lesson.root, "polls")] == ["Why?"]
        assert all(len(of) == 1 and of[0][1] for of in (await stays(lesson)).values())

    run(scenario())


def test_who_does_not_arrive_left_when_they_went(servers: Servers) -> None:
    async def scenario() -> None:
        lesson = Lesson(servers.start(), "PartsAstray")
        await lesson.begin(2)
        before = time.time()
        plans = [{"name": "A", "people": lesson.ids}]
        await ask(lesson.teacher, "open_groups", groups=plans)
        sent = time.time()
        for page in lesson.pages:
            await page.expect("moved")
        # One page is closed on the way; the other one arrives, and the server is killed.
        lesson.pages[0].drop()
        found = await stays(lesson)
        assert [of[0][1] for of in found.values()] == [None] * 3
        moved = await _again(lesson, 1)
        assert moved
        port = str(urlsplit(lesson.server.url).port)
        lesson.server.kill()
        data = lesson.server.data
        lesson.server = await asyncio.to_thread(servers.start, "--port", port, data=data)
        lesson.teacher, _ = await join(lesson.server, lesson.root, person=TEACHER, name="Teacher")
        await _again(lesson, 1)
        await ask(lesson.teacher, "end_meeting")
        found = await stays(lesson)
        assert {name: len(of) for name, of in found.items()} == {
            "Teacher": 1,
            "Student 0": 1,
            "Student 1": 1,
        }
        left = found["Student 0"][0][1]
        assert left is not None
        assert before - 0.1 <= left <= sent + 0.1

    run(scenario())


async def _again(lesson: Lesson, number: int) -> dict[str, Any]:
    """Load a student's page again, with their own link, and go into the group."""
    page = await _page(lesson, number)
    moved = await page.expect("moved")
    welcome = await follow(page, moved["token"], student(number), f"Student {number}")
    assert welcome["own"]["id"] == lesson.ids[number]
    lesson.pages[number] = page
    return moved


async def _page(lesson: Lesson, number: int) -> Client:
    page = await connect(lesson.server, "ws/meeting")
    await page.send(
        "join", v=1, token=lesson.link, person=student(number), name=f"Student {number}"
    )
    return page


def test_only_attendance_is_kept_of_what_happens_in_groups(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = await sent_out(server, "PartsKinds", records="all")
        page = lesson.pages[0]
        told = await page.expect("records_kept")
        assert len(told["kinds"]) == 7
        await ask(page, "raise_hand", raised=True)
        await ask(page, "send_chat", text="Secret of the group")
        await ask(page, "react", reaction="clap")
        await page.send("speaking", speaking=True)
        await ask(lesson.pages[2], "send_chat", text="In the main room")
        await ask(lesson.pages[2], "react", reaction="clap")
        kept = await until_rows(server, lesson.root, "reactions", 1)
        assert [row["name"] for row in kept] == ["Student 2"]
        assert [row["text"] for row in rows(server, lesson.root, "chat")] == ["In the main room"]
        assert rows(server, lesson.root, "hands") == []
        assert rows(server, lesson.root, "talk") == []
        await ask(lesson.teacher, "end_meeting")
        await until_no_trace(server, "Secret of the group")

    run(scenario())


def test_a_hand_ends_when_its_owner_goes_into_a_group(server: RunningServer) -> None:
    async def scenario() -> None:
        server.room("PartsHand", records="all")
        lesson = Lesson(server, "PartsHand")
        await lesson.begin(1)
        await ask(lesson.pages[0], "raise_hand", raised=True)
        await ask(lesson.teacher, "open_groups", groups=[{"name": "A", "people": lesson.ids}])
        _, welcome = await lesson.move(0)
        assert welcome["own"]["hand"] is None
        (hand,) = rows(server, lesson.root, "hands")
        assert hand["raised"] <= hand["lowered"] <= time.time() + 0.1

    run(scenario())


def test_a_meeting_with_groups_that_keeps_nothing_leaves_nothing(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start()
        token = server.room("PartsNothing", records="none")
        (link,) = invited(server, token, {"roster-anna": "Anna Secret"})
        ids = []
        for kill in (False, True):
            teacher, _ = await join(server, token, person=TEACHER, name="Teacher Secret")
            ben, welcome = await join(
                server, server.invite(token), person="b" * 20, name="Ben Secret"
            )
            anna, other = await join(server, link, person="a" * 20)
            ids += [welcome["own"]["id"], other["own"]["id"]]
            plans = [{"name": "Red Secret", "people": ids[-2:]}]
            await ask(teacher, "open_groups", groups=plans)
            for page, person, name in ((ben, "b" * 20, "Ben Secret"), (anna, "a" * 20, "")):
                moved = await page.expect("moved")
                await follow(page, moved["token"], person, name)
                assert (await page.expect("records_kept"))["kinds"] == []
            await ask(ben, "send_chat", text="Words of the group")
            if kill:
                server.kill()
                server = servers.start(data=server.data)
                teacher, _ = await join(server, token, person=TEACHER, name="Teacher Secret")
            await ask(teacher, "end_meeting")
            await until_no_trace(
                server, "Ben Secret", "Teacher Secret", "Red Secret", "Words of the group", *ids
            )
            assert rows(server, token, "sessions") == []

    run(scenario())


def test_people_in_groups_are_on_the_roster_and_answer_a_check_in(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("PartsRoster")
        links = invited(server, token, {"ada": "Ada", "bo": "Bo", "cy": "Cy"})
        teacher, _ = await join(server, token, person=TEACHER, name="Teacher")
        ada, welcome = await join(server, links[0], person="a" * 20)
        me = welcome["own"]["id"]
        second, welcome = await join(server, links[0], person="s" * 20)
        other = welcome["own"]["id"]
        await ask(teacher, "open_groups", groups=[{"name": "A", "people": [me]}])
        moved = await ada.expect("moved")
        await follow(ada, moved["token"], "a" * 20, "")
        await groups_of(teacher, A=1)

        def here() -> dict[str, tuple[list[str], bool]]:
            said = get(f"{server.url}/roster", headers={"X-BINTU-TOKEN": token})
            people = said.json()["data"]["people"]
            return {one["id"]: (sorted(one["here"]), one["came"]) for one in people}

        assert here() == {
            "ada": (sorted([me, other]), True),
            "bo": ([], False),
            "cy": ([], False),
        }
        # A check-in reaches the group, and is answered from there.
        await ask(teacher, "start_check_in", question="Done?")
        asked = await ada.expect("check_in_changed")
        assert asked["question"] == "Done?"
        await ask(ada, "answer_check_in", id=asked["id"], done=True)
        while me not in (await teacher.expect("check_in_changed"))["done"]:
            pass
        # A moderator in a group knows the roster and the answers.
        group = moved["group"]
        await ask(teacher, "enter_group", group=group)
        visit = await teacher.expect("moved")
        await follow(teacher, visit["token"], TEACHER, "Teacher")
        roster = await teacher.expect("roster_changed")
        assert {one["id"]: len(one["here"]) for one in roster["people"]} == {
            "ada": 2,
            "bo": 0,
            "cy": 0,
        }
        assert (await teacher.expect("check_in_changed"))["done"] == [me]
        await leave(second)
        changed = await teacher.expect("roster_here")
        assert (changed["id"], changed["here"]) == ("ada", [me])
        # They leave from the group: they are gone for the main room, too.
        await leave(ada)
        changed = await teacher.expect("roster_here")
        assert (changed["id"], changed["here"]) == ("ada", [])
        assert here()["ada"] == ([], True)
        await ask(teacher, "end_check_in")
        await ask(teacher, "close_groups")

    run(scenario())


def test_polls_belong_to_the_room_in_which_they_are_asked(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = await sent_out(server, "PartsPolls", records="all")
        await ask_all(lesson.teacher, "Main?")
        group = (await lesson.pages[0].expect("groups_changed"))["here"]
        await ask(lesson.teacher, "enter_group", group=group)
        visit = await lesson.teacher.expect("moved")
        await follow(lesson.teacher, visit["token"], TEACHER, "Teacher")
        await ask_all(lesson.teacher, "Group?")
        opened = await lesson.pages[0].expect("poll_changed")
        assert opened["poll"]["question"] == "Group?"
        await ask(lesson.teacher, "close_groups")
        for number in (0, 1):
            moved = await lesson.pages[number].expect("moved")
            await follow(lesson.pages[number], moved["token"], student(number), f"Student {number}")
        # What they are told next is the main room's poll, which is open.
        told = (await lesson.pages[0].expect("poll_changed"))["poll"]
        assert (told["question"], told["open"]) == ("Main?", True)
        await ask(lesson.pages[0], "vote", poll=told["id"], choices=[1])
        await ask(lesson.pages[1], "vote", poll=told["id"], choices=[1])
        teacher, _ = await join(server, lesson.root, person=TEACHER, name="Teacher")
        assert (await teacher.expect("poll_changed"))["poll"]["question"] == "Main?"
        await ask(teacher, "close_poll", poll=told["id"])
        (kept,) = rows(server, lesson.root, "polls")
        assert (kept["question"], kept["counts"]) == ("Main?", [0, 2])
        await ask(teacher, "end_meeting")

    run(scenario())


def test_people_in_groups_count_where_many_vote_with_one_link(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = Lesson(server, "PartsCrowd")
        await lesson.begin(6)
        plans = [{"name": "A", "people": lesson.ids}]
        await ask(lesson.teacher, "open_groups", groups=plans)
        for number in range(6):
            group = (await lesson.move(number))[0]["group"]
        await ask_all(lesson.teacher, "All?")
        # One after the other comes back to vote: each is alone with their link in the main room.
        for number, page in enumerate(lesson.pages):
            await ask(page, "enter_group", group=None)
            await lesson.move(number)
            poll = (await page.expect("poll_changed"))["poll"]["id"]
            await ask(page, "vote", poll=poll, choices=[0])
            await ask(page, "enter_group", group=group)
            await lesson.move(number)
        await ask(lesson.teacher, "end_meeting")

    run(scenario())


def test_a_forgotten_person_has_no_name_in_polls_and_groups(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = await sent_out(server, "PartsForget", records="all")
        await ask(lesson.pages[0], "send_chat", text="Words to forget")
        await ask_all(lesson.teacher, "Named?")
        poll = (await lesson.pages[2].expect("poll_changed"))["poll"]["id"]
        await ask(lesson.pages[2], "vote", poll=poll, choices=[1])
        await ask(lesson.teacher, "close_poll", poll=poll)
        for person in (lesson.ids[0], lesson.ids[2]):
            headers = {"X-BINTU-TOKEN": lesson.root}
            assert server.post("records/forget", headers=headers, person=person).status_code == 200
        await lesson.teacher.send("read_votes", poll=poll, ref=9)
        (vote,) = (await lesson.teacher.expect("poll_votes"))["votes"]
        assert vote == {"id": None, "name": "", "choices": [1]}
        assert rows(server, lesson.root, "votes") == []
        assert rows(server, lesson.root, "polls")[0]["counts"] == [0, 1]
        await until_no_trace(server, "Words to forget")
        assert sorted(await stays(lesson)) == ["Student 1", "Teacher"]
        await ask(lesson.teacher, "end_meeting")

    run(scenario())


def test_guests_read_nothing_of_the_class(server: RunningServer) -> None:
    async def scenario() -> None:
        lesson = await sent_out(server, "PartsHostile", records="all")
        await ask_all(lesson.teacher, "Named?")
        guest = lesson.pages[2]
        poll = (await guest.expect("poll_changed"))["poll"]["id"]
        await ask(guest, "vote", poll=poll, choices=[1])
        moved = await _again(lesson, 0)
        for token in (lesson.link, moved["token"]):
            for kind in ("sessions", "attendance", "hands", "talk", "chat", "polls", "votes"):
                assert _read(server, token, f"records?kind={kind}") in {401, 403}
            assert _read(server, token, "roster") in {401, 403}
            assert _read(server, token, "invites") in {401, 403}
            headers = {"X-BINTU-TOKEN": token}
            for path, body in (
                ("records/forget", {"person": lesson.ids[1]}),
                ("invites", {"people": [{"roster": "x", "name": "X"}]}),
            ):
                assert server.post(path, headers=headers, **body).status_code in {401, 403}
        for fields in (
            {"kind": "read_votes", "poll": poll},
            {"kind": "close_poll", "poll": poll},
            {"kind": "start_check_in", "question": "Who?"},
            {"kind": "call_hand"},
        ):
            assert await refused(guest, **fields) == "forbidden"
        await ask(lesson.teacher, "start_check_in", question="Done?")
        asked = await guest.expect("check_in_changed")
        await ask(lesson.pages[1], "answer_check_in", id=asked["id"], done=True)
        # All that guests hear of the others' work: nothing.
        await ask(guest, "answer_check_in", id=asked["id"], done=True)
        await guest.send("ping", t=1)
        told: list[dict[str, Any]] = []
        while not told or told[-1]["type"] != "pong":
            message = await guest.receive()
            assert isinstance(message, dict)
            told.append(message)
        kinds = {one["type"] for one in told}
        assert not kinds & {"roster_changed", "roster_here", "talk_times", "poll_votes"}
        answers = [one["done"] for one in told if one["type"] == "check_in_changed"]
        assert all(set(done) <= {lesson.ids[2]} for done in answers)
        await ask(lesson.teacher, "end_meeting")

    run(scenario())


def _read(server: RunningServer, token: str, path: str) -> int:
    headers = {"X-BINTU-TOKEN": token, "Authorization": f"Bearer {token}"}
    return get(f"{server.url}/{path}", headers=headers).status_code


def test_records_and_personal_links_are_bounded_in_rate(server: RunningServer) -> None:
    token = server.room("PartsRate")
    for _ in range(1500):
        code = _read(server, token, "records")
        if code == 429:
            break
        assert code == 200
    assert code == 429
    # Another room's moderators are not held up.
    assert _read(server, server.room("PartsRateOther"), "records") == 200
    people = [{"roster": f"s{number}", "name": "A"} for number in range(2000)]
    codes = [
        server.post("invites", headers={"X-BINTU-TOKEN": token}, people=people).status_code
        for _ in range(8)
    ]
    assert codes[0] == 200
    assert codes[-1] == 429
