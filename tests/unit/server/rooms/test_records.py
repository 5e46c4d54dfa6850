"""Tests of `rooms.classroom`: what is kept of a meeting, exact to the second, and what is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from nanomeet_widget._errors import ServiceUnavailableError
from nanomeet_widget.server.protocol import classroom, meeting
from nanomeet_widget.server.protocol.classroom import RecordKind
from nanomeet_widget.server.rooms.classroom import records as recorder
from nanomeet_widget.server.rooms.classroom.record_keeper import RecordKeeper
from nanomeet_widget.server.rooms.classroom.records import person_of
from nanomeet_widget.server.store import session_records
from nanomeet_widget.server.store.session_records import Policy, PollResult
from nanomeet_widget.server.store.session_rows import Answer, RowKind
from nanomeet_widget.server.store.store import Store
from tests.unit.server.conftest import House, build
from tests.unit.server.fakes import Page, claims

ALL: tuple[RecordKind, ...] = get_args(RecordKind)


@pytest.fixture
def kept(house: House) -> House:
    """A house whose room R keeps everything."""
    keep(house, *ALL)
    return house


def keep(house: House, *kinds: RecordKind, days: int = 30) -> None:
    house.store.sessions.save_policy("R", Policy(kinds=kinds, days=days))


def ask(house: House, kind: RowKind, session: str | None = None, **options: bool) -> Answer:
    house.store.sessions.beat(house.clock.wall())
    pseudonyms = options.get("pseudonyms", False)
    found = house.store.session_rows.answer(
        "R", kind, session=session, pseudonyms=pseudonyms, now=house.clock.wall()
    )
    assert found is not None
    return found


def rows(house: House, kind: RowKind) -> list[dict[str, Any]]:
    return ask(house, kind).rows


def stays(house: House, name: str) -> list[dict[str, Any]]:
    return [row for row in rows(house, "attendance") if row["name"] == name]


def killed(house: House, *, away: float = 0.0) -> House:
    """Kill the server, and start the next one after some seconds."""
    house.clock.forget()
    house.clock.advance(away)
    return build(house.config.data, house.store, house.clock)


def beat(house: House) -> None:
    """Give a sign of life, as the keeper does twice a second."""
    house.store.sessions.beat(house.clock.wall())


def text_of(folder: Path) -> bytes:
    """Return all bytes of the database's files."""
    return b"".join(file.read_bytes() for file in folder.glob("nanomeet.sqlite3*"))


# --- stays -----------------------------------------------------------------------------------------


def test_a_session_lasts_from_the_first_participant_to_the_last(house: House) -> None:
    began = house.clock.wall()
    anna = house.moderator(name="Anna")
    house.clock.advance(5)
    ben = house.guest(name="Ben")
    house.clock.advance(5)
    anna.leave()
    house.clock.advance(5)
    ben.leave()
    house.clock.advance(60)
    (session,) = rows(house, "sessions")
    assert (session["began"], session["ended"]) == (began, began + 15)
    assert (session["people"], session["kept"], session["days"]) == (2, ("attendance",), 30)
    found = [
        (r["name"], r["moderator"], r["joined"], r["left"], r["seconds"])
        for r in rows(house, "attendance")
    ]
    assert found == [
        ("Anna", True, began, began + 10, 10.0),
        ("Ben", False, began + 5, began + 15, 10.0),
    ]


def test_a_stay_that_goes_on_has_no_end(house: House) -> None:
    house.moderator(name="Anna")
    house.clock.advance(7)
    (stay,) = rows(house, "attendance")
    assert (stay["left"], stay["seconds"], stay["roster"]) == (None, 7.0, None)
    assert rows(house, "sessions")[0]["ended"] is None


def test_a_dropped_participant_left_when_the_connection_was_lost(house: House) -> None:
    house.moderator(name="Anna")
    ben = house.guest(name="Ben", person="b" * 20)
    house.clock.advance(5)
    lost = house.clock.wall()
    ben.lose()
    house.clock.advance(house.config.patience.resume + 1)
    assert stays(house, "Ben")[0]["left"] == lost


def test_a_silent_connection_was_lost_when_it_was_last_heard(house: House) -> None:
    house.moderator(name="Anna")
    ben = house.guest(name="Ben", person="b" * 20)
    house.clock.advance(30)
    assert ben.dispatcher is not None
    assert ben.who is not None
    ben.dispatcher.room.disconnected(ben.who, ben, silent=18.0)
    heard = house.clock.wall() - 18
    house.clock.advance(house.config.patience.resume + 1)
    assert stays(house, "Ben")[0]["left"] == heard


def test_a_reconnected_participant_has_one_stay(house: House) -> None:
    house.moderator(name="Anna")
    token = claims()
    ben = house.page().join(token, name="Ben", person="b" * 20)
    house.clock.advance(5)
    ben.lose()
    house.clock.advance(9)
    house.page().join(token, name="Ben", person="b" * 20, resume=ben.welcome.resume)
    house.clock.advance(30)
    assert [r["left"] for r in stays(house, "Ben")] == [None]


def test_a_slow_reload_is_one_stay(house: House) -> None:
    house.moderator(name="Anna")
    token = claims()
    ben = house.page().join(token, name="Ben", person="b" * 20)
    began = house.clock.wall()
    house.clock.advance(5)
    ben.unload()
    # The others have seen them leave, but the room still knows them.
    house.clock.advance(house.config.patience.reload + 1)
    assert stays(house, "Ben")[0]["left"] == began + 5
    again = house.page().join(token, name="Ben", person="b" * 20)
    house.clock.advance(5)
    again.leave()
    assert [(r["joined"], r["left"]) for r in stays(house, "Ben")] == [(began, house.clock.wall())]


def test_who_leaves_and_comes_again_has_two_stays(house: House) -> None:
    house.moderator(name="Anna")
    token = claims()
    for _ in range(2):
        ben = house.page().join(token, name="Ben", person="b" * 20)
        house.clock.advance(5)
        ben.leave()
        house.clock.advance(1)
    assert [r["seconds"] for r in stays(house, "Ben")] == [5.0, 5.0]


def test_a_new_name_and_role_are_those_of_the_stay(house: House) -> None:
    anna = house.moderator(name="Anna")
    ben = house.guest(name="Ben", person="b" * 20)
    ben.ask(meeting.Rename(name="Benjamin"))
    anna.ask(meeting.GrantModerator(id=ben.id))
    assert [r["moderator"] for r in stays(house, "Benjamin")] == [True]


def test_the_end_of_a_meeting_ends_all_stays(house: House) -> None:
    anna, _ = house.moderator(name="Anna"), house.guest(name="Ben")
    house.clock.advance(3)
    anna.ask(meeting.EndMeeting())
    assert [r["seconds"] for r in rows(house, "attendance")] == [3.0, 3.0]
    assert rows(house, "sessions")[0]["ended"] == house.clock.wall()


def test_the_next_meeting_is_another_session(house: House) -> None:
    for name in ("Anna", "Ada"):
        house.moderator(name=name).leave()
        house.clock.advance(60)
    newest, oldest = rows(house, "sessions")
    assert [r["name"] for r in rows(house, "attendance")] == ["Ada"]
    assert [r["name"] for r in ask(house, "attendance", newest["session"]).rows] == ["Ada"]
    assert [r["name"] for r in ask(house, "attendance", oldest["session"]).rows] == ["Anna"]
    answer = house.store.session_rows.answer(
        "Other", "attendance", session=oldest["session"], pseudonyms=False, now=0
    )
    assert answer is None


# --- killed servers --------------------------------------------------------------------------------


def test_a_stay_goes_on_through_a_kill(house: House) -> None:
    token, other = claims(moderator=True), claims()
    began = house.clock.wall()
    house.page().join(token, name="Anna", person="a" * 20)
    house.page().join(other, name="Ben", person="b" * 20)
    house.clock.advance(5)
    beat(house)
    lived = house.clock.wall()
    again = killed(house, away=4)
    anna = again.page().join(token, name="Anna", person="a" * 20)
    again.clock.advance(again.config.patience.restored_person + 1)
    anna.leave()
    for name, left in (("Anna", again.clock.wall()), ("Ben", lived)):
        assert [(r["joined"], r["left"]) for r in stays(again, name)] == [(began, left)]
    (session,) = rows(again, "sessions")
    assert (session["began"], session["ended"]) == (began, again.clock.wall())


def test_a_session_to_which_no_one_returned_ended_when_the_server_last_lived(house: House) -> None:
    house.moderator(name="Anna", person="a" * 20)
    house.clock.advance(5)
    beat(house)
    lived = house.clock.wall()
    again = killed(house, away=3)
    again.clock.advance(again.config.patience.restored_room + 1)
    assert rows(again, "attendance")[0]["left"] == lived
    assert rows(again, "sessions")[0]["ended"] == lived


def test_a_stay_without_a_place_ended_when_the_server_last_lived(house: House) -> None:
    # A page without a browser's ID is not recognised again.
    house.moderator(name="Anna", person="a" * 20)
    house.guest(name="Ben")
    house.clock.advance(5)
    beat(house)
    lived = house.clock.wall()
    again = killed(house, away=3)
    assert stays(again, "Anna")[0]["left"] is None
    assert stays(again, "Ben")[0]["left"] == lived


def test_a_server_that_starts_much_later_continues_no_session(house: House) -> None:
    token = claims(moderator=True, valid=7200)
    house.page().join(token, name="Anna", person="a" * 20)
    house.clock.advance(5)
    beat(house)
    lived = house.clock.wall()
    again = killed(house, away=1800)
    assert rows(again, "sessions")[0]["ended"] == lived
    again.page().join(token, name="Anna", person="a" * 20)
    newest, oldest = rows(again, "sessions")
    assert oldest["ended"] == lived
    assert newest["began"] == again.clock.wall()
    assert [r["joined"] for r in rows(again, "attendance")] == [again.clock.wall()]


def test_a_stopped_server_leaves_the_session_to_the_next(house: House) -> None:
    token = claims(moderator=True)
    began = house.clock.wall()
    house.page().join(token, name="Anna", person="a" * 20)
    house.clock.advance(5)
    house.rooms.close(meeting.Bye(kind="server_stopping", message="bye"))
    again = killed(house, away=2)
    anna = again.page().join(token, name="Anna", person="a" * 20)
    again.clock.advance(1)
    anna.leave()
    assert [(r["joined"], r["seconds"]) for r in rows(again, "attendance")] == [(began, 8.0)]


def test_hands_and_talk_go_on_through_a_kill(kept: House) -> None:
    token = claims(moderator=True)
    anna = kept.page().join(token, name="Anna", person="a" * 20, audio=True)
    anna.ask(classroom.Speaking(speaking=True))
    anna.ask(meeting.RaiseHand(raised=True))
    kept.clock.advance(6)
    beat(kept)
    again = killed(kept, away=1)
    anna = again.page().join(token, name="Anna", person="a" * 20, audio=True)
    assert anna.last(classroom.TalkTimes).seconds == {anna.id: 6.0}
    anna.ask(classroom.Speaking(speaking=True))
    again.clock.advance(4)
    anna.ask(meeting.RaiseHand(raised=False))
    anna.leave()
    assert [r["seconds"] for r in rows(again, "talk")] == [pytest.approx(10.0)]
    assert len(rows(again, "hands")) == 1


# --- policies --------------------------------------------------------------------------------------


def test_everyone_is_told_what_is_kept(house: House) -> None:
    keep(house, "attendance", "talk", days=7)
    anna, ben = house.moderator(), house.guest()
    for page in (anna, ben):
        assert page.last(classroom.RecordsKept) == classroom.RecordsKept(
            kinds=["attendance", "talk"], days=7
        )
    assert not ben.all(classroom.TalkTimes)


def test_a_policy_counts_from_the_next_session_on(house: House) -> None:
    anna = house.moderator()
    keep(house, *ALL)
    anna.ask(meeting.SendChat(text="hello"))
    assert ask(house, "chat").kept == ["attendance"]
    assert rows(house, "chat") == []
    assert house.rooms.record_policy("R").kinds == ("attendance",)
    anna.leave()
    assert house.rooms.record_policy("R").kinds == ALL


def test_a_policy_is_the_same_after_a_kill(house: House) -> None:
    keep(house)
    token = claims(moderator=True)
    house.page().join(token, person="a" * 20)
    keep(house, *ALL)
    again = killed(house)
    anna = again.page().join(token, person="a" * 20)
    assert anna.last(classroom.RecordsKept).kinds == []


def test_nothing_of_another_kind_is_written(house: House) -> None:
    for kind in ALL:
        keep(house, kind)
        anna = everything(house)
        anna.leave()
        house.clock.advance(1)
        for other in ("hands", "talk", "chat", "polls", "votes", "reactions", "attendance"):
            needed = "polls" if other == "votes" else other
            assert bool(rows(house, other)) is (needed == kind), (kind, other)


def everything(house: House) -> Page:
    """Do all that can be kept."""
    anna = house.moderator(name="Anna Secret", audio=True)
    anna.ask(classroom.Speaking(speaking=True))
    anna.ask(meeting.RaiseHand(raised=True))
    anna.ask(meeting.React(reaction="clap"))
    anna.ask(meeting.SendChat(text="Secret words"))
    assert anna.dispatcher is not None
    assert anna.who is not None
    anna.dispatcher.recorder.record_poll(poll(), [(person_of(anna.who), [1])])
    house.clock.advance(4)
    return anna


def poll(**changed: Any) -> PollResult:
    said: dict[str, Any] = {
        "id": "p1",
        "question": "Slope?",
        "options": ["1", "2"],
        "multiple": False,
        "anonymous": False,
        "correct": [0],
        "counts": [0, 1],
        "voters": 1,
        "opened": 1.0,
        "closed": 2.0,
    }
    return PollResult(**{**said, **changed})


def test_a_room_that_keeps_nothing_leaves_nothing_of_its_people(house: House) -> None:
    keep(house)
    keeper = RecordKeeper(house.store.sessions, timers=house.clock, days=30, now=house.clock.wall)
    anna = everything(house)
    identity = anna.id
    assert b"Anna Secret" in text_of(house.config.data)
    anna.leave()
    house.clock.advance(1)
    found = text_of(house.config.data)
    for trace in (b"Anna Secret", b"Secret words", identity.encode()):
        assert trace not in found
    assert rows(house, "sessions") == []
    keeper.close()


def test_a_meeting_that_is_kept_has_no_more_in_the_log_of_events(house: House) -> None:
    anna = everything(house)
    anna.leave()
    kinds = {kind for _, kind, _ in house.store.events("R")}
    assert kinds == {"joined", "left"}


def test_a_private_message_is_not_kept(kept: House) -> None:
    anna, ben = kept.moderator(name="Anna"), kept.guest(name="Ben")
    anna.ask(meeting.SendChat(text="to all"))
    anna.ask(meeting.SendChat(text="to Ben", to=ben.id))
    assert [(r["name"], r["text"]) for r in rows(kept, "chat")] == [("Anna", "to all")]


# --- hands, talk, polls, viewers -------------------------------------------------------------------


def test_hands_say_who_lowered_them(kept: House) -> None:
    anna, ben = kept.moderator(name="Anna"), kept.guest(name="Ben", person="b" * 20)
    lowers: list[Callable[[], None]] = [
        lambda: ben.ask(meeting.RaiseHand(raised=False)),
        lambda: anna.ask(meeting.LowerHand(id=ben.id)),
        ben.leave,
    ]
    for lower in lowers:
        ben.ask(meeting.RaiseHand(raised=True))
        kept.clock.advance(2)
        lower()
    assert [(r["name"], r["by"]) for r in rows(kept, "hands")] == [
        ("Ben", ben.id),
        ("Ben", anna.id),
        ("Ben", None),
    ]


def test_one_at_a_time_is_the_active_speaker(kept: House) -> None:
    anna = kept.moderator(name="Anna", audio=True)
    ben = kept.guest(name="Ben", audio=True)
    mute = kept.guest(name="Mute")
    mute.ask(classroom.Speaking(speaking=True))
    anna.ask(classroom.Speaking(speaking=True))
    kept.clock.advance(4)
    ben.ask(classroom.Speaking(speaking=True))
    kept.clock.advance(2)
    anna.ask(classroom.Speaking(speaking=False))
    kept.clock.advance(3)
    ben.ask(meeting.Media(audio=False, video=False, screen=False))
    kept.clock.advance(30)
    found = {r["name"]: r["seconds"] for r in rows(kept, "talk")}
    assert found == {"Anna": pytest.approx(6.0), "Ben": pytest.approx(3.0)}
    assert anna.last(classroom.TalkTimes).seconds == {anna.id: 6.0, ben.id: 3.0}
    assert not ben.all(classroom.TalkTimes)


def test_a_page_that_always_speaks_silences_no_one(kept: House) -> None:
    kept.moderator()
    noise = kept.guest(name="Noise", audio=True)
    ben = kept.guest(name="Ben", audio=True)
    noise.ask(classroom.Speaking(speaking=True))
    kept.clock.advance(1)
    ben.ask(classroom.Speaking(speaking=True))
    kept.clock.advance(120)
    found = {r["name"]: r["seconds"] for r in rows(kept, "talk")}
    assert found["Ben"] >= 50


def test_votes_of_an_anonymous_poll_are_not_kept(kept: House) -> None:
    anna = kept.moderator(name="Anna")
    assert anna.dispatcher is not None
    assert anna.who is not None
    voter = person_of(anna.who)
    anna.dispatcher.recorder.record_poll(poll(id="named"), [(voter, [1])])
    anna.dispatcher.recorder.record_poll(poll(id="hidden", anonymous=True), [(voter, [1])])
    assert [(r["poll"], r["counts"]) for r in rows(kept, "polls")] == [
        ("hidden", [0, 1]),
        ("named", [0, 1]),
    ]
    assert [(r["poll"], r["name"], r["choices"], r["question"]) for r in rows(kept, "votes")] == [
        ("named", "Anna", [1], "Slope?")
    ]


def test_a_view_says_how_the_playback_went(kept: House) -> None:
    anna = kept.moderator()
    assert anna.dispatcher is not None
    began = kept.clock.wall()
    view = anna.dispatcher.recorder.begin_view()
    other = anna.dispatcher.recorder.begin_view()
    assert view is not None
    assert other is not None
    view.report(0.8, 2, 1.5)
    kept.clock.advance(10)
    view.end()
    view.report(9.0, 9, 9.0)
    kept.clock.advance(10)
    anna.leave()
    other.end()
    found = rows(kept, "viewers")
    one = {"began": began, "ended": began + 10, "startup": 0.8, "halts": 2, "halted": 1.5}
    rest = {"began": began, "ended": began + 20, "startup": None, "halts": 0, "halted": 0.0}
    assert sorted(found, key=lambda row: row["ended"]) == [one, rest]


# --- bounds ----------------------------------------------------------------------------------------


def test_a_crowd_fills_no_more_than_half(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(recorder.MOST, "attendance", 20)
    house.moderator(name="Anna")
    token = claims()
    for number in range(30):
        house.page().join(token, name="Flood", person=f"browser-{number:020}").leave()
        house.clock.advance(1)
    house.guest(name="Ben")
    found = ask(house, "attendance")
    assert [r["name"] for r in found.rows].count("Flood") == 10
    assert "Ben" in [r["name"] for r in found.rows]
    assert found.left_out == 20


def test_a_room_opened_without_end_keeps_the_lessons(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_records, "MOST_SESSIONS", 60)
    anna = house.moderator(name="Anna")
    house.clock.advance(5)
    anna.leave()
    for _ in range(100):
        house.guest(name="Flood").leave()
        house.clock.advance(1)
    sessions = ask(house, "sessions")
    assert len(sessions.rows) <= 60
    assert sessions.left_out == 101 - len(sessions.rows)
    assert ask(house, "attendance", sessions.rows[-1]["session"]).rows[0]["name"] == "Anna"


class _Full:
    """A database on a disk that is full as long as the test says so."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.full = False

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        if self.full and not statement.startswith(("SELECT", "PRAGMA", "ROLLBACK")):
            raise sqlite3.OperationalError("database or disk is full")
        return self.db.execute(statement, values)


def test_a_full_disk_ends_no_meeting_and_costs_no_record(
    kept: House, caplog: pytest.LogCaptureFixture
) -> None:
    writer = kept.store.sessions._writer
    disk = writer._db = _Full(writer._db)  # type: ignore[assignment] # the part that is used
    disk.full = True
    anna = kept.moderator(name="Anna")
    kept.clock.advance(5)
    ben = kept.guest(name="Ben")
    ben.leave()
    assert anna.farewell is None
    assert [r.name for r in caplog.records if "cannot be saved" in r.message] == ["nanomeet"]
    disk.full = False
    assert [(r["name"], r["seconds"]) for r in rows(kept, "attendance")] == [
        ("Anna", 5.0),
        ("Ben", 0.0),
    ]


def test_what_a_full_disk_cannot_do_is_said(kept: House) -> None:
    anna = kept.moderator(name="Anna")
    disk = _Full(kept.store.sessions._db)
    kept.store.sessions._db = disk  # type: ignore[assignment] # the part that is used
    disk.full = True
    with pytest.raises(ServiceUnavailableError, match="free some space"):
        kept.rooms.forget("R", anna.id)
    with pytest.raises(ServiceUnavailableError, match="free some space"):
        keep(kept)
    disk.full = False
    assert kept.rooms.record_policy("R").kinds == ALL
    assert stays(kept, "Anna")


# --- deleting --------------------------------------------------------------------------------------


def test_records_expire_by_themselves(house: House) -> None:
    keep(house, *ALL, days=2)
    everything(house).leave()
    keeper = RecordKeeper(house.store.sessions, timers=house.clock, days=30, now=house.clock.wall)
    house.clock.advance(2 * 86400 - 3600)
    assert rows(house, "attendance")
    house.clock.advance(2 * 3600)
    assert rows(house, "sessions") == []
    found = text_of(house.config.data)
    assert b"Anna Secret" not in found
    assert b"Secret words" not in found
    assert house.store.events("R") == []
    keeper.close()


def test_the_session_of_a_server_that_ended_ends(tmp_path: Path, house: House) -> None:
    with Store(tmp_path) as other:
        other.sessions.begin("R", Policy(kinds=("attendance",), days=30), house.clock.wall())
    # No server starts again that could continue it.
    lived = house.clock.wall()
    assert rows(house, "sessions")[0]["ended"] == lived
    house.clock.advance(700)
    house.store.sessions.expire(days=30, now=house.clock.wall())
    (session,) = house.store.sessions.sessions("R")
    assert session.ended == lived


def test_old_rows_of_a_session_that_goes_on_expire(house: House) -> None:
    keep(house, "attendance", days=1)
    house.page().join(claims(moderator=True, valid=1e7), name="Anna")
    house.guest(name="Ben").leave()
    keeper = RecordKeeper(house.store.sessions, timers=house.clock, days=30, now=house.clock.wall)
    house.clock.advance(90_000)
    assert [r["name"] for r in rows(house, "attendance")] == ["Anna"]
    keeper.close()


def test_a_person_is_forgotten_in_all_sessions(kept: House) -> None:
    anna = everything(kept)
    forgotten = anna.id
    anna.leave()
    kept.clock.advance(60)
    assert kept.rooms.forget("R", "unknown") == 0
    assert kept.rooms.forget("Other", forgotten) == 0
    assert kept.rooms.forget("R", forgotten) == 6
    found = text_of(kept.config.data)
    for trace in (b"Anna Secret", b"Secret words", forgotten.encode()):
        assert trace not in found
    assert len(rows(kept, "sessions")) == 1
    assert rows(kept, "polls")[0]["counts"] == [0, 1]


def test_nothing_more_is_kept_of_who_is_forgotten_while_they_are_there(kept: House) -> None:
    kept.moderator(name="Boss")
    ben = kept.guest(name="Ben", person="b" * 20)
    ben.ask(meeting.SendChat(text="words of Ben"))
    kept.rooms.forget("R", ben.id)
    ben.ask(meeting.RaiseHand(raised=True))
    ben.ask(meeting.SendChat(text="more of Ben"))
    ben.ask(meeting.Rename(name="Bennet"))
    ben.leave()
    assert [r["name"] for r in rows(kept, "attendance")] == ["Boss"]
    assert rows(kept, "hands") == []
    assert rows(kept, "chat") == []
    late = kept.guest()
    assert [m.text for m in late.welcome.chat] == ["more of Ben"]


def test_pseudonyms_hide_names_and_ids(kept: House) -> None:
    anna, ben = kept.moderator(name="Anna"), kept.guest(name="Ben", person="b" * 20)
    ben.ask(meeting.RaiseHand(raised=True))
    anna.ask(meeting.LowerHand(id=ben.id))
    ben.leave()
    token = claims()
    kept.page().join(token, name="Ben", person="b" * 20)
    told = ask(kept, "attendance", pseudonyms=True).rows
    hands = ask(kept, "hands", pseudonyms=True).rows
    assert [r["name"] for r in told] == ["Person 1", "Person 2", "Person 3"]
    assert (hands[0]["name"], hands[0]["by"]) == ("Person 1", "Person 2")
    for row in told + hands:
        assert not {"person", "roster"} & set(row)
    shown = repr(told + hands)
    assert not any(secret in shown for secret in ("Anna", "Ben", anna.id, ben.id))
