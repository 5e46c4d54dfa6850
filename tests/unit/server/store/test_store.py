"""Tests of `store.store`."""

from __future__ import annotations

import ast
import re
import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import nanomeet_widget.server.store as package
from nanomeet_widget._errors import ServerStartError
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.store.group_records import GroupsRecord
from nanomeet_widget.server.store.hub_records import HubRoom
from nanomeet_widget.server.store.migrations import GROUPS, MIGRATIONS, ROSTER
from nanomeet_widget.server.store.store import Store


def test_a_database_from_the_future_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    db = sqlite3.connect(tmp_path / "nanomeet.sqlite3")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ServerStartError, match="update nanomeet-widget"):
        Store(tmp_path)


def test_a_database_from_before_groups_gets_them_and_keeps_its_rooms(tmp_path: Path) -> None:
    before = MIGRATIONS.index(GROUPS)
    db = sqlite3.connect(tmp_path / "nanomeet.sqlite3")
    for step in MIGRATIONS[:before]:
        db.executescript(step)
    db.execute("INSERT INTO rooms VALUES ('R', 'an-ended-server', '{}')")
    db.execute(f"PRAGMA user_version = {before}")
    db.commit()
    db.close()
    with Store(tmp_path) as store:
        assert [name for name, _ in store.rooms.orphaned()] == ["R"]
        assert store.groups.find("R") == GroupsRecord()
        store.groups.save("R", GroupsRecord(ends=5.0))
        assert store.groups.find("R").ends == 5.0


def test_tokens_from_before_personal_links_are_no_ones(tmp_path: Path) -> None:
    before = MIGRATIONS.index(ROSTER)
    db = sqlite3.connect(tmp_path / "nanomeet.sqlite3")
    for script in MIGRATIONS[:before]:
        db.executescript(script)
    db.execute(f"PRAGMA user_version = {before}")
    db.execute(
        "INSERT INTO tokens (id, room, moderator, parent, made, notbefore, expiration)"
        " VALUES ('old', 'Algebra', 1, '', 1, 1, 9e9)"
    )
    db.commit()
    db.close()
    with Store(tmp_path) as store:
        assert [token.id for token in store.tokens.all("Algebra")] == ["old"]
        assert store.tokens.roster("Algebra") == []
        assert store.tokens.personal("Algebra", "") == []
        made = [person("s2", "Bo"), person("s1", "Ada"), person("s2", "Bo Li")]
        assert store.tokens.add_many(made, parent="old")
        found = [(one.id, one.name) for one in store.tokens.roster("Algebra")]
        assert found == [("s2", "Bo Li"), ("s1", "Ada")]
        assert store.tokens.revoke("old") == ["old", *sorted(one.jti for one in made)]
        assert store.tokens.roster("Algebra") == []
        assert not store.tokens.add_many([person("s3", "Cy")], parent="old")
        assert len(store.tokens.all("Algebra")) == 4
        # A row that cannot be written takes the others back.
        with pytest.raises(sqlite3.IntegrityError):
            store.tokens.add_many([person("s4", "Di"), made[0]], parent="")
        assert len(store.tokens.all("Algebra")) == 4


def person(roster: str, name: str) -> Claims:
    begin = datetime.now(timezone.utc)
    return Claims(
        room="Algebra",
        streamname="stream",
        server="localhost",
        moderator=False,
        sub="local",
        notbefore=begin,
        expiration=begin + timedelta(days=1),
        jti=f"{roster} {name}",
        name=name,
        roster=roster,
    )


def test_no_parameter_of_sql_is_a_number() -> None:
    """Python 3.12.1 warns of `?1` with a tuple: a parameter that is used twice has a name."""
    files = sorted(Path(package.__path__[0]).glob("*.py"))
    assert len(files) > 5
    for file in files:
        texts = [
            node.value
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert not [text for text in texts if re.search(r"\?\d", text)], file


def test_the_rooms_and_tokens_of_a_hub(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.hub.save_room(HubRoom(name="mine", owner="ada", stream="s"))
        store.hub.save_room(HubRoom(name="ours", owner="", stream="t"))
        assert store.hub.is_free("mine")
        assert store.hub.live() == store.hub.live("ada") == []
        store.hub.forget_unused()
        assert [room.name for room in store.hub.rooms()] == ["ours"]
