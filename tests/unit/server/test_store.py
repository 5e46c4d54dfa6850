"""What is left when a server is killed, and what is not taken from one that lives."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from nanomeet_widget._errors import ServerStartError
from nanomeet_widget.server import messages
from nanomeet_widget.server.store import Store
from tests.unit.server.conftest import House, build
from tests.unit.server.doubles import Clock, claims


def killed(store: Store) -> None:
    """What the system does to a killed process: its locks and files are gone, its rows are not."""
    store._lock.release()
    store._db.close()


def rebuilt(folder: Path) -> House:
    return build(folder, Store(folder), Clock())


def test_a_killed_servers_room_is_as_it_was(tmp_path: Path) -> None:
    before = rebuilt(tmp_path)
    token = claims()
    anna, ben = before.moderator(), before.page().join(token)
    anna.ask(messages.SetSubject(subject="Lesson"))
    anna.ask(messages.SetPassword(password="sesame"))
    anna.ask(messages.Kick(id=ben.id))
    killed(before.store)

    after = rebuilt(tmp_path)
    assert after.moderator().welcome.state.subject == "Lesson"
    assert after.page().join(claims()).all(messages.PasswordRequired)
    back = after.page().join(token, password="sesame")
    assert back.farewell is not None
    assert back.farewell.kind == "kicked"
    after.store.close()


def test_a_room_that_nobody_comes_back_to_ends(tmp_path: Path) -> None:
    before = rebuilt(tmp_path)
    before.moderator().ask(messages.SetPassword(password="sesame"))
    killed(before.store)
    after = rebuilt(tmp_path)
    after.clock.advance(after.config.patience.restored_room + 1)
    assert after.guest().who is not None
    after.store.close()


def test_a_room_that_ended_is_not_kept(tmp_path: Path) -> None:
    before = rebuilt(tmp_path)
    anna = before.moderator()
    anna.ask(messages.SetPassword(password="sesame"))
    anna.leave()
    killed(before.store)
    after = rebuilt(tmp_path)
    assert after.guest().who is not None
    after.store.close()


def test_a_living_servers_rooms_stay_its_own(tmp_path: Path) -> None:
    first = rebuilt(tmp_path)
    first.moderator().ask(messages.SetPassword(password="sesame"))
    second = rebuilt(tmp_path)
    assert second.guest().who is not None
    first.store.close()
    second.store.close()


def test_the_password_itself_is_in_no_file(tmp_path: Path) -> None:
    house = rebuilt(tmp_path)
    house.moderator().ask(messages.SetPassword(password="open sesame please"))
    house.store.close()
    for path in tmp_path.iterdir():
        if path.is_file():
            assert b"open sesame please" not in path.read_bytes()


def test_recordings_never_share_a_name(store: Store) -> None:
    files = {"talk-2"}
    names = [store.begin_recording("talk", taken=files.__contains__) for _ in range(3)]
    assert names == ["talk", "talk-3", "talk-4"]


def test_the_last_finished_recording_is_found(store: Store) -> None:
    first = store.begin_recording("talk", taken=lambda _: False)
    store.end_recording(first)
    store.begin_recording("talk", taken=lambda _: False)
    last = store.last_recording("talk")
    assert last is not None
    assert last.name == "talk"
    assert store.last_recording("other") is None


def test_a_database_from_the_future_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    db = sqlite3.connect(tmp_path / "nanomeet.sqlite3")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ServerStartError, match="update nanomeet-widget"):
        Store(tmp_path)
