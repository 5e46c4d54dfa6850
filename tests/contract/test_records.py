"""What the server keeps of meetings: exact, only what was announced, and gone when it has to be."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import jwt
import pytest

from nanomeet_widget.server.store.migrations import MIGRATIONS, SESSIONS
from tests.asking import get, request
from tests.conftest import RunningServer, Servers
from tests.unit.server.clips import Clip, clip

from .attending import Meeting, attend, script
from .sockets import Client, join, run, start, watch

DAY = 86400


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(2)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ask(server: RunningServer, token: str, path: str = "records", **query: str) -> httpx.Response:
    return get(f"{server.url}/{path}", params=query, headers=bearer(token))


def rows(server: RunningServer, token: str, kind: str, **query: str) -> list[dict[str, Any]]:
    answer = ask(server, token, kind=kind, **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


async def until_rows(
    server: RunningServer,
    token: str,
    kind: str,
    count: int,
    *,
    over: bool = False,
    **query: str,
) -> list[dict[str, Any]]:
    """Wait until there are as many rows, all of them ended if asked for: batches are written."""
    for _ in range(300):
        found = rows(server, token, kind, **query)
        if len(found) == count and not (over and any(row["ended"] is None for row in found)):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"{kind}: {found}")


async def leave(client: Client) -> None:
    await client.send("leave")
    await client.expect("bye")


def trace(server: RunningServer, *words: str) -> list[str]:
    """Return the words that the database's files contain."""
    content = b"".join(file.read_bytes() for file in server.data.glob("nanomeet.sqlite3*"))
    return [word for word in words if word.encode() in content]


async def until_no_trace(server: RunningServer, *words: str) -> None:
    for _ in range(300):
        if not trace(server, *words):
            return
        await asyncio.sleep(0.1)
    raise AssertionError(trace(server, *words))


def test_every_stay_is_exact_to_the_second_through_a_kill(servers: Servers) -> None:
    async def scenario() -> None:
        meeting = Meeting(servers, servers.start(), "Lesson", script(20))
        error = await attend(meeting)
        assert error <= 1.0
        (session,) = meeting.records("sessions")["rows"]
        assert session["people"] == 20
        stays = meeting.records()["rows"]
        assert session["began"] == min(stay["joined"] for stay in stays)
        assert session["ended"] == max(stay["left"] for stay in stays)

    run(scenario())


@pytest.mark.waits
def test_who_falls_silent_left_when_they_were_last_heard(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Silent")
        anna, _ = await join(server, token, name="Anna")
        ben, _ = await join(server, server.invite(token), name="Ben", person="b" * 20)
        before = time.time()
        await ben.send("ping", t=1)
        await ben.expect("pong")
        heard = time.time()
        # No connection is closed: nothing arrives any more.
        ben.fall_silent()
        await anna.expect("left")
        # The server noticed later, and then waited for them to come back.
        assert time.time() - heard > 20
        found = {r["name"]: r["left"] for r in rows(server, token, "attendance")}
        assert found["Anna"] is None
        assert before - 0.1 <= found["Ben"] <= heard + 0.1
        await leave(anna)

    run(scenario())


def test_all_kinds_are_kept_if_the_room_says_so(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Everything", records="all")
        anna, welcome = await join(server, token, name="Anna", audio=True)
        told = await anna.expect("records_kept")
        assert told["days"] == 30
        assert set(told["kinds"]) == {
            *("attendance", "hands", "talk", "polls", "reactions", "viewers", "chat")
        }
        await anna.send("raise_hand", raised=True, ref=1)
        await anna.send("react", reaction="clap", ref=2)
        await anna.send("send_chat", text="good morning", ref=3)
        await anna.send("speaking", speaking=True)
        times = await anna.expect("talk_times")
        me = welcome["own"]["id"]
        while not times["seconds"].get(me, 0) >= 2:
            times = await anna.expect("talk_times")
        assert [r["name"] for r in await until_rows(server, token, "reactions", 1)] == ["Anna"]
        assert [r["text"] for r in rows(server, token, "chat")] == ["good morning"]
        assert rows(server, token, "hands")[0]["lowered"] is None
        assert (await until_rows(server, token, "talk", 1))[0]["seconds"] >= 2
        await leave(anna)
        (session,) = rows(server, token, "sessions")
        assert session["ended"] is not None
        answer = ask(server, token, kind="attendance", pseudonyms="true").json()
        assert [r["name"] for r in answer["rows"]] == ["Person 1"]
        assert "person" not in answer["rows"][0]
        assert answer["session"] == session["session"]

    run(scenario())


def test_a_view_of_the_broadcast_is_kept_without_its_viewer(
    server: RunningServer, film: Clip
) -> None:
    async def scenario() -> None:
        token = server.room("Viewed", streamname="viewed", records="all")
        early, _ = await watch(server, "viewed")
        page, ingest, _ = await start(server, token)
        await ingest.send_all(film.encoded())
        await page.expect("ack")
        await early.frames(1)
        (view,) = await until_rows(server, token, "viewers", 1)
        assert (view["ended"], view["startup"]) == (None, None)
        await early.send("playback", startup=0.5, halts=2, halted=1.5)
        late, _ = await watch(server, "viewed", format="state")
        await until_rows(server, token, "viewers", 2)
        early.close()
        await page.send("stop_broadcast", ref=2)
        while (await late.expect("stream_state"))["state"] != "ended":
            pass
        await leave(page)
        found = await until_rows(server, token, "viewers", 2, over=True)
        assert {(r["startup"], r["halts"], r["halted"]) for r in found} == {
            (0.5, 2, 1.5),
            (None, 0, 0.0),
        }
        assert set(found[0]) == {"began", "ended", "startup", "halts", "halted"}

    run(scenario())


def test_only_moderators_read_records(server: RunningServer) -> None:
    token = server.room("Readers")
    guest = server.invite(token)
    for path, method in (("records", "GET"), ("records/forget", "POST")):
        url = f"{server.url}/{path}"
        assert request(method, url).status_code == 401
        assert request(method, url, headers=bearer("wrong")).status_code == 401
        refused = request(method, url, headers=bearer(guest))
        assert refused.status_code == 403
        assert "ask a moderator" in refused.json()["message"]
    assert ask(server, guest, "records/policy").json() == {"kinds": ["attendance"], "days": 30}
    assert get(f"{server.url}/records/policy").status_code == 401
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    early = server.invite(token, nbf=later.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    assert ask(server, early, "records/policy").json() == {"kinds": ["attendance"], "days": 30}
    parts = jwt.decode(early, options={"verify_signature": False})
    server.post("revoke", headers={"X-BINTU-APIKEY": server.api_key}, id=parts["jti"])
    assert ask(server, early, "records/policy").status_code == 401
    # As the other requests of the service have it.
    assert get(f"{server.url}/records", headers={"X-BINTU-TOKEN": token}).status_code == 200


def test_a_removed_or_revoked_moderator_reads_nothing(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Removed_readers")
        deputy, other = (server.invite(token, moderator=True) for _ in range(2))
        anna, _ = await join(server, token, name="Anna", person="a" * 20)
        _, welcome = await join(server, deputy, name="Deputy", person="d" * 20)
        assert ask(server, deputy).status_code == 200
        await anna.send("kick", id=welcome["own"]["id"], ref=1)
        await anna.expect("ack")
        assert ask(server, deputy).status_code == 403
        (made,) = [
            one["id"]
            for one in get(f"{server.url}/invites", headers={"X-BINTU-TOKEN": token}).json()["data"]
            if one["moderator"] and one["parent"] and not one["people"]
        ]
        assert ask(server, other).status_code == 200
        server.post("revoke", headers={"X-BINTU-TOKEN": token}, id=made)
        assert ask(server, other).status_code == 401

    run(scenario())


def test_a_token_of_another_room_reads_nothing(server: RunningServer) -> None:
    async def scenario() -> None:
        token, other = server.room("Mine_only"), server.room("Not_mine")
        anna, welcome = await join(server, token, name="Anna")
        (session,) = rows(server, token, "sessions")
        asked = ask(server, other, session=session["session"])
        assert asked.status_code == 400
        assert "no session" in asked.json()["message"]
        assert rows(server, other, "attendance") == []
        assert rows(server, other, "sessions") == []
        answer = server.post("records/forget", headers=bearer(other), person=welcome["own"]["id"])
        assert answer.json() == {"forgotten": 0}
        assert len(rows(server, token, "attendance")) == 1
        await leave(anna)

    run(scenario())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"records": "everything"}, "everything"),
        ({"records": ["attendance", "faces"]}, "faces"),
        ({"records": 7}, "7"),
        ({"records": {"attendance": True}}, "attendance"),
        ({"records_days": 0}, "0"),
        ({"records_days": 31}, "31"),
        ({"records_days": "7"}, "7"),
        ({"records_days": True}, "True"),
    ],
)
def test_a_wrong_policy_is_refused(
    server: RunningServer, fields: dict[str, Any], said: str
) -> None:
    answer = server.post(
        "nanomeet", headers={"X-BINTU-APIKEY": server.api_key}, room="Refused", **fields
    )
    assert answer.status_code == 400
    assert "records" in answer.json()["message"]
    assert said in answer.json()["message"]


@pytest.mark.parametrize(
    "query", [{"kind": "faces"}, {"pseudonyms": "yes"}, {"session": "unknown"}]
)
def test_a_wrong_query_is_refused(server: RunningServer, query: dict[str, str]) -> None:
    async def scenario() -> None:
        token = server.room("Wrong_query")
        anna, _ = await join(server, token)
        answer = ask(server, token, **query)
        assert answer.status_code == 400
        assert next(iter(query.values())) in answer.json()["message"]
        await leave(anna)

    run(scenario())


def test_the_newest_policy_counts_from_the_next_meeting_on(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start("--records-days", "10")
        token = server.room("Policy", records=["hands", "attendance"], records_days=3)
        expected = {"kinds": ["attendance", "hands"], "days": 3}
        assert ask(server, token, "records/policy").json() == expected
        anna, _ = await join(server, token)
        # A request that does not say leaves the choice as it is.
        server.room("Policy")
        other = server.room("Policy", records="none")
        assert ask(server, other, "records/policy").json() == expected
        await leave(anna)
        assert ask(server, other, "records/policy").json() == {"kinds": [], "days": 10}

    run(scenario())


def test_a_meeting_that_keeps_nothing_leaves_nothing(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start()
        token = server.room("Nothing", records="none")
        anna, welcome = await join(server, token, name="Anna Secret", person="a" * 20)
        assert (await anna.expect("records_kept"))["kinds"] == []
        await anna.send("raise_hand", raised=True, ref=1)
        await anna.send("send_chat", text="Secret words", ref=2)
        await anna.send("react", reaction="clap", ref=3)
        await anna.expect("reaction")
        me = welcome["own"]["id"]
        assert trace(server, "Anna Secret", "Secret words")
        await leave(anna)
        await until_no_trace(server, "Anna Secret", "Secret words", me)
        assert rows(server, token, "sessions") == []
        # Nor does a meeting whose server was killed.
        anna, welcome = await join(server, token, name="Anna Secret", person="a" * 20)
        server.kill()
        server = servers.start(data=server.data)
        anna, _ = await join(server, token, name="Anna Secret", person="a" * 20)
        await leave(anna)
        await until_no_trace(server, "Anna Secret", welcome["own"]["id"])

    run(scenario())


def test_a_forgotten_person_is_gone_from_the_files(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start()
        token = server.room("Forget", records="all")
        guest = server.invite(token)
        anna, _ = await join(server, token, name="Anna Stays")
        ben, welcome = await join(server, guest, name="Ben Secret", person="b" * 20)
        await ben.send("send_chat", text="Secret words", ref=1)
        await ben.send("raise_hand", raised=True, ref=2)
        await ben.expect("ack")
        await leave(ben)
        me = welcome["own"]["id"]
        assert {r["person"] for r in rows(server, token, "hands")} == {me}
        answer = server.post("records/forget", headers=bearer(token), person=me)
        assert answer.json() == {"forgotten": 3}
        await until_no_trace(server, "Ben Secret", "Secret words")
        assert [r["name"] for r in rows(server, token, "attendance")] == ["Anna Stays"]
        late, welcome = await join(server, guest, name="Late")
        assert welcome["chat"] == []
        # While the meeting goes on, the server knows the ID of which it keeps nothing more.
        await leave(late)
        await leave(anna)
        await until_no_trace(server, me)

    run(scenario())


def test_expired_records_are_deleted_without_a_click(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start()
        token = server.room("Expires", records="all", records_days=2)
        anna, welcome = await join(server, token, name="Anna Secret", person="a" * 20)
        await anna.send("send_chat", text="Secret words", ref=1)
        await anna.expect("ack")
        await leave(anna)
        server.stop()
        db = sqlite3.connect(server.data / "nanomeet.sqlite3")
        early = 2 * DAY - 600
        db.execute("UPDATE sessions SET began = began - ?, ended = ended - ?", (early, early))
        db.execute("UPDATE kept_chat SET at = at - ?", (early,))
        db.execute("UPDATE stays SET joined = joined - ?, gone = gone - ?", (early, early))
        db.execute("UPDATE events SET at = at - ?", (early,))
        db.commit()
        server = servers.start(data=server.data)
        assert len(rows(server, token, "attendance")) == 1
        server.stop()
        for table, column in (
            *(("sessions", "ended"), ("sessions", "began"), ("kept_chat", "at")),
            *(("stays", "gone"), ("events", "at")),
        ):
            db.execute(f"UPDATE {table} SET {column} = {column} - 1200")  # noqa: S608 - constant names
        db.commit()
        db.close()
        server = servers.start(data=server.data)
        assert rows(server, token, "sessions") == []
        await until_no_trace(server, "Anna Secret", "Secret words", welcome["own"]["id"])

    run(scenario())


def test_another_server_of_the_folder_tells_of_the_meeting_of_a_killed_one(
    servers: Servers,
) -> None:
    async def scenario() -> None:
        one = servers.start()
        other = servers.start(data=one.data)
        token = one.room("Shared")
        await join(one, token, name="Anna", person="a" * 20)
        (session,) = rows(other, token, "sessions")
        assert session["ended"] is None
        one.kill()
        killed = time.time()
        (session,) = rows(other, token, "sessions")
        (stay,) = rows(other, token, "attendance")
        assert stay["left"] == session["ended"]
        assert abs(stay["left"] - killed) <= 1.0

    run(scenario())


def test_a_database_without_records_gets_them(servers: Servers) -> None:
    async def scenario() -> None:
        server = servers.start()
        token = server.room("Older")
        server.stop()
        # As the version before them left it.
        database = server.data / "nanomeet.sqlite3"
        newer = database.rename(server.data / "newer.sqlite3")
        before = MIGRATIONS.index(SESSIONS)
        db = sqlite3.connect(database)
        for step in MIGRATIONS[:before]:
            db.executescript(step)
        columns = ", ".join(row[1] for row in db.execute("PRAGMA table_info(tokens)"))
        db.execute("ATTACH ? AS newer", (str(newer),))
        db.execute(f"INSERT INTO tokens ({columns}) SELECT {columns} FROM newer.tokens")  # noqa: S608 - its own
        db.execute(f"PRAGMA user_version = {before}")
        db.commit()
        db.close()
        server = servers.start(data=server.data)
        anna, _ = await join(server, token, name="Anna")
        await leave(anna)
        assert [r["name"] for r in rows(server, token, "attendance")] == ["Anna"]

    run(scenario())
