"""Personal links on a real server: made for a whole roster, with names that stay, and shown to moderators."""

from __future__ import annotations

import base64
import csv
import json
import os
import pickle
import stat
from pathlib import Path
from typing import Any

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _texts, _tokens
from nanomeet_widget.cli import main
from nanomeet_widget.services import LocalServer
from tests.asking import get
from tests.conftest import RunningServer, Servers

from .bots import comes_back, ending, until
from .sockets import Client, join, run

CLASS = [
    {"id": "s1", "name": "Ada Lovelace", "email": "ada@example.org", "assistant": True},
    {"id": "s2", "name": "Émilie du Châtelet", "email": "", "assistant": False},
    {"id": "s3", "name": "=1+1", "email": None, "assistant": False},
]


def service(server: RunningServer) -> LocalServer:
    return LocalServer(server.url, api_key=server.api_key)


def make(server: RunningServer, token: str, people: Any = CLASS, **options: Any) -> nm.Invites:
    return nm.create_invites(token, people, service=service(server), **options)


def browser(name: str) -> str:
    return f"the-browser-of-{name}"


def many(server: RunningServer, token: str | None, **body: Any) -> tuple[int, str]:
    headers = {} if token is None else {"x-bintu-token": token}
    answer = server.post("invites", headers=headers, **body)
    return answer.status_code, answer.text


def forged(token: str, **claims: Any) -> str:
    """Return a token with other claims, and the signature that it had."""
    head, payload, signature = token.split(".")
    padded = payload + "=" * (-len(payload) % 4)
    said = {**json.loads(base64.urlsafe_b64decode(padded)), **claims}
    changed = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"{head}.{changed}.{signature}"


async def here(page: Client) -> dict[str, list[str]]:
    """Return who is here, by their IDs in the roster, as a moderator's page is told next."""
    told = await page.expect("roster_here")
    return {told["id"]: told["here"]}


def test_each_link_carries_its_person(server: RunningServer) -> None:
    invites = make(server, server.room("Carried"), moderator="assistant")
    assert [one.id for one in invites] == ["s1", "s2", "s3"]
    assert [one.moderator for one in invites] == [True, False, False]
    assert invites["s1"].email == "ada@example.org"
    assert invites["s2"].email is None
    assert invites[0] is invites["s1"]
    claims = _tokens.read(invites["s2"].token)
    assert (claims.name, claims.roster, claims.room) == ("Émilie du Châtelet", "s2", "Carried")
    assert invites["s2"].invite_link.endswith(f"/invite#token={invites['s2'].token}")
    with pytest.raises(KeyError, match="s9"):
        invites["s9"]
    # The server never gets an address.
    assert "example.org" not in (server.data / "nanomeet.sqlite3").read_bytes().decode("latin-1")
    wal = server.data / "nanomeet.sqlite3-wal"
    assert not wal.exists() or b"example.org" not in wal.read_bytes()


def test_the_name_is_the_tokens(server: RunningServer) -> None:
    async def scenario() -> None:
        invites = make(server, server.room("Fixed"))
        page, welcome = await join(
            server, invites["s1"].token, name="Someone else", person=browser("a")
        )
        assert welcome["own"]["name"] == "Ada Lovelace"
        await page.send("rename", name="Someone else", ref=1)
        refused = await page.expect("error")
        assert (refused["kind"], refused["ref"]) == ("name_fixed", 1)
        assert "Ada Lovelace" in refused["message"]
        # The name that they have is no other one.
        await page.send("rename", name="Ada Lovelace", ref=2)
        await page.expect("ack")
        # Nor does a reload change it.
        page.drop()
        _, back = await join(
            server,
            invites["s1"].token,
            name="Someone else",
            person=browser("a"),
            resume=welcome["resume"],
        )
        assert back["kept"] is True
        assert back["own"]["name"] == "Ada Lovelace"

    run(scenario())


def test_a_forged_name_or_id_is_refused(server: RunningServer) -> None:
    async def scenario() -> None:
        invites = make(server, server.room("Forged"))
        plain = server.invite(server.room("Forged"))
        for token in (
            forged(invites["s1"].token, name="Principal"),
            forged(invites["s1"].token, roster="s2"),
            forged(plain, name="Ada Lovelace", roster="s1"),
        ):
            bot = nm.Bot(token, service=service(server))
            with pytest.raises(nm.NotJoinedError) as refused:
                await bot.join()
            assert refused.value.kind == "token_rejected"

    run(scenario())


def test_the_guests_of_a_person_are_not_that_person(server: RunningServer) -> None:
    invites = make(server, server.room("Guests"), moderator=True)
    guest = _tokens.read(server.invite(invites["s1"].token))
    assert (guest.name, guest.roster) == ("", "")
    further = make(server, invites["s1"].token, [{"name": "Bo"}])
    assert _tokens.read(further["Bo"].token).name == "Bo"


def test_who_may_make_them(server: RunningServer) -> None:
    token = server.room("May")
    people = [{"name": "Ada", "roster": "s1"}]
    assert many(server, None, people=people)[0] == 401
    assert many(server, server.invite(token), people=people)[0] == 403
    assert many(server, forged(server.invite(token), moderator=True), people=people)[0] == 401
    answer = server.post("invites", headers={"X-BINTU-APIKEY": server.api_key}, people=people)
    assert answer.status_code == 401
    with pytest.raises(nm.PermissionDeniedError):
        make(server, server.invite(token))
    with pytest.raises(nm.PermissionDeniedError):
        nm.roster(server.invite(token), service=service(server)).people()
    assert get(f"{server.url}/roster").status_code == 401
    revoked = server.room("May")
    server.post("revoke", headers={"x-bintu-token": revoked}, id=_tokens.read(revoked).jti)
    assert many(server, revoked, people=people)[0] == 401


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (None, "must be a list"),
        ("Ada", "must be a list"),
        ([], "1 to 2000"),
        ([{"name": "Ada"}], "must be a list"),
        ([{"name": "Ada", "roster": 1}], "must be a list"),
        ([{"name": "Ada", "roster": "s1", "moderator": "yes"}], "must be a list"),
        ([{"name": " \u202e ", "roster": "s1"}], "row 1: the name"),
        ([{"name": "Ada", "roster": ""}], "row 1: the ID"),
        ([{"name": "Ada", "roster": "s\u20281"}], "row 1: the ID"),
        ([{"name": "Ada", "roster": "x" * 65}], "row 1: the ID"),
        ([{"name": "A", "roster": "s1"}, {"name": "B", "roster": "s1"}], "rows 1 and 2"),
        ([{"name": "A", "roster": f"s{n}"} for n in range(2001)], "1 to 2000"),
    ],
)
def test_rows_that_the_server_refuses(server: RunningServer, people: Any, words: str) -> None:
    token = server.room("Rows")
    status, text = many(server, token, people=people)
    assert status == 400
    assert words in text
    assert nm.roster(token, service=service(server)).people() == []


def test_a_body_that_is_too_long(server: RunningServer) -> None:
    token = server.room("Long")
    people = [{"name": "A" * 600, "roster": f"s{n}"} for n in range(1650)]
    status, text = many(server, token, people=people)
    assert status == 400
    assert str(_texts.ROSTER_BYTES) in text


def test_a_room_has_so_many_people(servers: Servers) -> None:
    server = servers.start()
    token = server.room("Full")
    rows = [{"id": f"s{n}", "name": f"Student {n}"} for n in range(_texts.ROSTER)]
    assert len(make(server, token, rows)) == _texts.ROSTER
    with pytest.raises(nm.ServiceError, match=str(_texts.ROSTER + 1)):
        make(server, token, [{"id": "one more", "name": "Zoe"}])
    # A new link for one who is there already is no further person.
    assert len(make(server, token, rows[:3])) == 3
    assert len(nm.roster(token, service=service(server)).people()) == _texts.ROSTER


def test_all_or_none(server: RunningServer) -> None:
    token = server.room("None")
    people = [{"name": "Ada", "roster": "s1"}]
    assert many(server, token, people=people, exp="2020-01-01T00:00:00Z")[0] == 400
    assert nm.roster(token, service=service(server)).people() == []


def test_moderators_see_who_is_there(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Seen")
        invites = make(server, token)
        teacher, _ = await join(server, token, person=browser("t"), name="Teacher")
        told = await teacher.expect("roster_changed")
        assert [(one["id"], one["here"]) for one in told["people"]] == [
            *(("s1", []), ("s2", []), ("s3", []))
        ]
        ada, welcome = await join(server, invites["s1"].token, person=browser("laptop"))
        first = welcome["own"]["id"]
        assert await here(teacher) == {"s1": [first]}

        # A reload, and a lost connection, are no one's leaving.
        ada.drop()
        ada, welcome = await join(
            server, invites["s1"].token, person=browser("laptop"), resume=welcome["resume"]
        )
        # The same link in another browser is told.
        phone, other = await join(server, invites["s1"].token, person=browser("phone"))
        assert await here(teacher) == {"s1": [first, other["own"]["id"]]}
        await phone.send("leave")
        assert await here(teacher) == {"s1": [first]}
        await ada.send("leave")
        assert await here(teacher) == {"s1": []}

        # Someone with a plain link is not on the roster, and sees none.
        guest, _ = await join(server, server.invite(token), person=browser("g"))
        await guest.send("ping", t=1)
        heard: list[str] = []
        while "pong" not in heard:
            message = await guest.receive()
            assert isinstance(message, dict)
            heard.append(message["type"])
        assert not {"roster_changed", "roster_here"} & set(heard)

        # New links and revoked ones are told at once.
        make(server, token, [{"id": "s4", "name": "Bo"}])
        told = await teacher.expect("roster_changed")
        assert [one["id"] for one in told["people"]] == ["s1", "s2", "s3", "s4"]
        assert invites.revoke("s2") == 1
        told = await teacher.expect("roster_changed")
        assert [one["id"] for one in told["people"]] == ["s1", "s3", "s4"]

    run(scenario())


def test_a_new_moderator_learns_of_the_roster(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Granted_roster")
        invites = make(server, token)
        async with (
            nm.Bot(token, service=service(server)) as teacher,
            nm.Bot(invites["s2"].token, service=service(server)) as helper,
        ):
            assert helper.roster == []
            await teacher.grant_moderator(helper.own_id)
            await until(lambda: [one["here"] for one in helper.roster], [[], [helper.own_id], []])
            assert helper.participants[0]["display_name"] == "Émilie du Châtelet"

    run(scenario())


def test_a_bot_sees_the_roster_through_a_lost_connection(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Bots_roster")
        invites = make(server, token)
        told: list[Any] = []
        async with nm.Bot(token, service=service(server)) as teacher:
            teacher.on("roster_changed", lambda event: told.append(event.people))
            await until(lambda: [one["id"] for one in teacher.roster], ["s1", "s2", "s3"])
            async with nm.Bot(invites["s1"].token, service=service(server)) as ada:
                await until(lambda: teacher.roster[0]["here"], [ada.own_id])
                await comes_back(teacher)
                await until(lambda: len(teacher.roster), 3)
                assert teacher.roster[0]["here"] == [ada.own_id]
            await until(lambda: teacher.roster[0]["here"], [])
        assert teacher.roster == []
        assert told[-1] is not None

    run(scenario())


def test_present_and_absent(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Absent")
        invites = make(server, token)
        with pytest.raises(nm.InvalidInputError, match="no one is in 'Absent'"):
            invites.absent()
        async with nm.Bot(token, service=service(server)):
            async with nm.Bot(invites["s1"].token, service=service(server)) as ada:
                # As after a restart of the kernel, too.
                roster = nm.roster(token, service=service(server))
                (found,) = roster.present()
                assert (found["id"], found["here"], found["came"]) == ("s1", [ada.own_id], True)
                assert [one.id for one in invites.absent()] == ["s2", "s3"]
            # One who has left was there.
            assert [one.id for one in invites.present()] == ["s1"]
            assert [one["here"] for one in roster.present()] == [[]]
            assert invites.revoke(invites["s2"]) == 1
            assert [one.id for one in invites.absent()] == ["s3"]
        # After the lesson, the records know.
        await until(lambda: service(server).roster(token).open, False)
        assert [one.id for one in invites.present()] == ["s1"]
        assert [one.id for one in invites.absent()] == ["s3"]

    run(scenario())


def test_a_killed_server_forgets_no_one(servers: Servers) -> None:
    first = servers.start()
    token = first.room("Killed")
    invites = make(first, token)
    ids: list[str] = []

    async def before() -> None:
        await join(first, token, person=browser("t"))
        _, welcome = await join(first, invites["s1"].token, person=browser("a"), name="x")
        ids.append(welcome["own"]["id"])
        left, _ = await join(first, invites["s2"].token, person=browser("b"))
        await left.send("leave")
        await left.closed()
        first.kill()

    run(before())
    second = servers.start(data=first.data)

    async def after() -> None:
        teacher, _ = await join(second, token, person=browser("t"))
        told = await teacher.expect("roster_changed")
        assert [one["here"] for one in told["people"]] == [ids, [], []]
        _, welcome = await join(second, invites["s1"].token, person=browser("a"), name="x")
        assert (welcome["kept"], welcome["own"]["id"]) == (True, ids[0])
        assert welcome["own"]["name"] == "Ada Lovelace"
        roster = nm.roster(token, service=service(second))
        assert [one["id"] for one in roster.present()] == ["s1", "s2"]

    run(after())


def test_whose_link_is_revoked_is_out(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Revoked_person")
        invites = make(server, token)
        again = make(server, token, CLASS[:1])
        async with (
            nm.Bot(invites["s1"].token, service=service(server)) as ada,
            nm.Bot(again["s1"].token, service=service(server)) as twin,
        ):
            # All links of the person.
            assert invites.revoke("s1") == 2
            assert await ending(ada) == "token_rejected"
            assert await ending(twin) == "token_rejected"
        with pytest.raises(nm.ServiceError, match="no one with this ID"):
            invites.revoke("s9")
        with pytest.raises(nm.InvalidInputError, match="person must be"):
            invites.revoke("")

    run(scenario())


def test_a_moderator_revokes_only_in_their_room(server: RunningServer) -> None:
    make(server, server.room("Their_room"))
    other = server.room("Other_room")
    answer = server.post("revoke", headers={"x-bintu-token": other}, roster="s1")
    assert answer.status_code == 400


def test_five_hundred_by_one_request(server: RunningServer) -> None:
    token = server.room("Many")
    rows = [{"id": f"s{n}", "name": f"Student {n}"} for n in range(500)]
    invites = make(server, token, rows)
    assert len({one.token for one in invites}) == 500
    listed = get(f"{server.url}/invites", headers={"x-bintu-token": token}).json()["data"]
    assert len(listed) == 501


def test_the_links_are_in_the_file_alone(server: RunningServer, tmp_path: Path) -> None:
    invites = make(server, server.room("Shown"))
    file = tmp_path / "links.csv"
    before = os.umask(0)
    try:
        assert invites.to_csv(file) == file
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["link"] for row in rows] == [one.invite_link for one in invites]
    assert rows[2]["name"] == "'=1+1"
    secrets = [one.token.split(".")[2] for one in invites]
    html = invites._repr_html_()
    for shown in (repr(invites), html, repr(invites["s1"]), str(list(invites)), str(vars(invites))):
        assert not any(secret in shown for secret in secrets)
    assert "Ada Lovelace" in html
    for kept in (invites, invites["s1"], nm.roster(invites["s1"].token, service=service(server))):
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(kept)


def test_from_a_shell(
    server: RunningServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NANOMEET_SERVER", server.url)
    monkeypatch.setenv("NANOMEET_API_KEY", server.api_key)
    token = server.room("Shell")
    monkeypatch.setenv("NANOMEET_TOKEN", token)
    students, links = tmp_path / "students.csv", tmp_path / "links.csv"
    students.write_text("Matr;Name;Tutor\n7;Ada Lovelace;x\n8;Bo Li;\n", "utf-8")
    wanted = ["--csv", str(links), "--name", "Name", "--id", "Matr", "--moderator", "Tutor"]
    assert main(["roster", str(students), *wanted]) == 0
    shown = capsys.readouterr().out
    with links.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["id"], row["name"], row["moderator"]) for row in rows] == [
        ("7", "Ada Lovelace", "true"),
        ("8", "Bo Li", "false"),
    ]
    guest = rows[0]["link"].partition("token=")[2]
    assert guest.split(".")[2] not in shown
    assert main(["roster", str(students), "--csv", str(links)]) != 0
    assert "no column 'name'; it has 'Matr', 'Name', 'Tutor'" in capsys.readouterr().err
    monkeypatch.setenv("NANOMEET_TOKEN", guest)
    assert main(["token"]) == 0
    assert "Ada Lovelace (7)" in capsys.readouterr().out
