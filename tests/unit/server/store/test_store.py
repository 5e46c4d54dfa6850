"""Tests of `store.store`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from nanomeet_widget._errors import ServerStartError
from nanomeet_widget.server.store.store import Store


def test_a_database_from_the_future_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    db = sqlite3.connect(tmp_path / "nanomeet.sqlite3")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ServerStartError, match="update nanomeet-widget"):
        Store(tmp_path)
