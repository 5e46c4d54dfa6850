"""Tests of `store.store`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from nanomeet_widget._errors import ServerStartError
from nanomeet_widget.server.store.group_records import GroupsRecord
from nanomeet_widget.server.store.migrations import GROUPS, MIGRATIONS
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
