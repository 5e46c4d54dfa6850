"""Tests of `store.room_records`: rooms outlive a killed server."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from nanomeet_widget.server.protocol import classroom, meeting
from nanomeet_widget.server.store.store import Store
from tests.unit.server.conftest import House, build
from tests.unit.server.fakes import PERSON, Clock, claims
from tests.unit.server.spoiling import deep


def killed(store: Store) -> None:
    """Release a store as a killed process does: its locks are gone, its rows remain."""
    store._lock.release()
    store._db.close()


@pytest.mark.parametrize(
    "content",
    [*deep(1000), "", "{", "null", '{"subject": 7}', "[]", '{"subject": "\\ud800"}', "NaN"],
)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("rooms", "state"),
        ("people", "state"),
        ("chat", "message"),
        ("room_polls", "state"),
        ("room_ballots", "choices"),
    ],
)
def test_what_is_not_readable_keeps_no_server_from_starting(
    tmp_path: Path, content: str, table: str, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = rebuilt(tmp_path)
    anna = before.moderator(person=PERSON)
    anna.ask(meeting.SendChat(text="hello"))
    anna.ask(classroom.OpenPoll(ref=1, question="Slope?", options=["1", "2"]))
    anna.ask(classroom.Vote(poll=anna.last(classroom.PollOpened).id, choices=[1]))
    before.store._db.execute(f"UPDATE {table} SET {column} = ?", (content,))  # noqa: S608 - constant names
    killed(before.store)

    after = rebuilt(tmp_path)
    assert "not readable" in caplog.text
    assert after.moderator().welcome.state.subject == ""
    after.store.close()


def rebuilt(folder: Path) -> House:
    return build(folder, Store(folder), Clock())


def test_a_killed_servers_room_is_as_it_was(tmp_path: Path) -> None:
    before = rebuilt(tmp_path)
    token = claims()
    anna, ben = before.moderator(), before.page().join(token)
    anna.ask(meeting.SetSubject(subject="Lesson"))
    anna.ask(meeting.SetPassword(password="sesame"))
    anna.ask(meeting.Kick(id=ben.id))
    killed(before.store)

    after = rebuilt(tmp_path)
    assert after.moderator().welcome.state.subject == "Lesson"
    assert after.page().join(claims()).all(meeting.PasswordRequired)
    back = after.page().join(token, password="sesame")
    assert back.farewell is not None
    assert back.farewell.kind == "kicked"
    after.store.close()


def test_a_killed_servers_people_find_their_places(tmp_path: Path) -> None:
    before = rebuilt(tmp_path)
    tokens = [claims(moderator=True), claims(), claims()]
    persons = [f"person-of-browser-{number}" for number in range(3)]
    anna, ben, eve = (
        before.page().join(token, person=person, name=person, video=True)
        for token, person in zip(tokens, persons, strict=True)
    )
    anna.ask(meeting.GrantModerator(id=ben.id))
    anna.ask(meeting.SetMain(id=ben.id))
    anna.ask(meeting.SetLobby(active=True))
    anna.ask(meeting.SendChat(text="to all"))
    anna.ask(meeting.SendChat(text="to ben", to=ben.id))
    eve.ask(meeting.RaiseHand(raised=True))
    eve.ask(meeting.LeaveStage())
    anna.ask(meeting.InviteToStage(id=eve.id))
    seen = eve.last(meeting.Updated).participant
    killed(before.store)

    after = rebuilt(tmp_path)
    first = after.page().join(tokens[2], person=persons[2])
    # The others keep their places, though they have yet to reconnect.
    assert [p.id for p in first.welcome.participants] == [anna.id, ben.id]
    assert [p.moderator for p in first.welcome.participants] == [True, True]
    assert first.welcome.participants[0].video is True
    assert first.welcome.state.main == ben.id
    assert first.welcome.own == seen
    assert [m.text for m in first.welcome.chat] == ["to all"]
    assert first.last(meeting.StageInvited).by == anna.id
    second = after.page().join(tokens[1], person=persons[1])
    assert (second.id, second.welcome.own.moderator) == (ben.id, True)
    assert [m.text for m in second.welcome.chat] == ["to all", "to ben"]
    second.ask(meeting.SendChat(text="again"))
    assert first.last(meeting.ChatMessage).id == 3
    # Those who do not reconnect are gone.
    after.clock.advance(after.config.patience.restored_person + 1)
    assert first.last(meeting.Left) == meeting.Left(id=anna.id, reason="dropped")
    # A newcomer waits in the lobby.
    assert after.guest().all(meeting.Waiting)
    after.store.close()


def test_pages_that_lost_their_server_miss_nothing_of_each_other(tmp_path: Path) -> None:
    before = rebuilt(tmp_path)
    tokens, persons = (claims(), claims()), ("person-of-browser-1", "person-of-browser-2")
    anna, ben = (
        before.page().join(token, person=person)
        for token, person in zip(tokens, persons, strict=True)
    )
    killed(before.store)

    after = rebuilt(tmp_path)
    first = after.page().join(tokens[0], person=persons[0], resume=anna.welcome.resume)
    first.ask(meeting.Signal(to=ben.id, candidate=meeting.Candidate(candidate="c")))
    second = after.page().join(tokens[1], person=persons[1], resume=ben.welcome.resume)
    assert second.last(meeting.Signalled).sender == anna.id
    after.store.close()


def test_a_stopped_servers_rooms_can_be_restored_for_a_while(tmp_path: Path) -> None:
    farewell = meeting.Bye(kind="server_stopping", message="bye", retry=True)
    token = claims()
    for pause, kept in ((60.0, True), (600.0, False)):
        before = rebuilt(tmp_path)
        ben = before.page().join(token, person="person-of-a-browser")
        ben.ask(meeting.SendChat(text="hello"))
        before.rooms.close(farewell)
        before.store.close()
        clock = Clock()
        clock.advance(pause)
        after = build(tmp_path, Store(tmp_path), clock)
        back = after.page().join(token, person="person-of-a-browser")
        assert [m.text for m in back.welcome.chat] == (["hello"] if kept else [])
        back.leave()
        after.store.close()


def test_an_older_databases_rooms_are_read(tmp_path: Path) -> None:
    Store(tmp_path).close()
    db = sqlite3.connect(tmp_path / "nanomeet.sqlite3")
    state = '{"subject": "Old", "lobby": false, "password": "", "kicked": ["x"]}'
    db.execute("INSERT INTO rooms (name, instance, state) VALUES (?, ?, ?)", ("R", "gone", state))
    db.commit()
    db.close()
    after = rebuilt(tmp_path)
    assert after.guest().welcome.state.subject == "Old"
    after.store.close()


def test_a_room_goes_on_where_nothing_can_be_written(house: House) -> None:
    house.store._db.execute("PRAGMA query_only = ON")
    anna, ben = house.moderator(), house.guest(person="person-of-a-browser")
    anna.ask(meeting.SetClosed(closed=True, ref=1))
    ben.ask(meeting.SendChat(text="hello", ref=2))
    assert anna.last(meeting.Ack).ref == 1
    assert anna.last(meeting.ChatMessage).text == "hello"
    ben.leave()
    anna.leave()


def test_what_people_are_known_by_is_in_no_file(tmp_path: Path) -> None:
    house = rebuilt(tmp_path)
    house.guest(person="person-of-a-browser").ask(meeting.SendChat(text="hello"))
    killed(house.store)
    for path in tmp_path.iterdir():
        if path.is_file():
            assert b"person-of-a-browser" not in path.read_bytes()


def test_a_restored_room_without_people_ends(tmp_path: Path) -> None:
    before = rebuilt(tmp_path)
    before.moderator().ask(meeting.SetPassword(password="sesame"))
    killed(before.store)
    after = rebuilt(tmp_path)
    after.clock.advance(after.config.patience.restored_room + 1)
    assert after.guest().who is not None
    after.store.close()


def test_a_room_that_ended_is_not_kept(tmp_path: Path) -> None:
    before = rebuilt(tmp_path)
    anna = before.moderator()
    anna.ask(meeting.SetPassword(password="sesame"))
    anna.leave()
    killed(before.store)
    after = rebuilt(tmp_path)
    assert after.guest().who is not None
    after.store.close()


def test_a_living_servers_rooms_stay_its_own(tmp_path: Path) -> None:
    first = rebuilt(tmp_path)
    first.moderator().ask(meeting.SetPassword(password="sesame"))
    second = rebuilt(tmp_path)
    assert second.guest().who is not None
    first.store.close()
    second.store.close()


def test_the_password_itself_is_in_no_file(tmp_path: Path) -> None:
    house = rebuilt(tmp_path)
    house.moderator().ask(meeting.SetPassword(password="open sesame please"))
    house.store.close()
    for path in tmp_path.iterdir():
        if path.is_file():
            assert b"open sesame please" not in path.read_bytes()
