"""Tests of `rooms.chat`."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.cleaning import clean_text
from nanomeet_widget.server.store.session_records import Policy
from tests.unit.server.conftest import House
from tests.unit.server.fakes import FAMILY, Page, claims

PERSON = "person-of-a-browser"


def texts(page: Page) -> list[str]:
    return [m.text for m in page.all(meeting.ChatMessage)]


def test_everyone_reads_messages_to_all(house: House) -> None:
    anna, ben = house.moderator(name="Anna"), house.guest()
    anna.ask(meeting.SendChat(text=" Hello \n all ", ref=1))
    for page in (anna, ben):
        message = page.last(meeting.ChatMessage)
        assert (message.sender, message.name, message.text) == (anna.id, "Anna", "Hello\n all")
        assert (message.to, message.to_name) == (None, None)
    assert anna.last(meeting.Ack).ref == 1


def test_only_the_two_concerned_read_what_is_private(house: House) -> None:
    anna, ben, eve = house.moderator(), house.guest(name="Ben"), house.guest()
    anna.ask(meeting.SendChat(text="psst", to=ben.id))
    assert texts(anna) == texts(ben) == ["psst"]
    assert ben.last(meeting.ChatMessage).to_name == "Ben"
    assert texts(eve) == []


def test_people_in_the_lobby_read_nothing(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    waiting = house.guest()
    anna.ask(meeting.SendChat(text="hello"))
    assert texts(waiting) == []


def test_people_who_join_later_read_earlier_messages(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    for number in range(3):
        anna.ask(meeting.SendChat(text=str(number)))
    anna.ask(meeting.SendChat(text="psst", to=ben.id))
    late = house.guest()
    assert [m.text for m in late.welcome.chat] == ["0", "1", "2"]
    assert [m.id for m in late.welcome.chat] == [1, 2, 3]


def test_private_messages_are_there_after_rejoining(house: House) -> None:
    anna = house.moderator()
    token = claims()
    ben = house.page().join(token, person=PERSON)
    anna.ask(meeting.SendChat(text="psst", to=ben.id))
    ben.leave()
    back = house.page().join(token, person=PERSON)
    assert [m.text for m in back.welcome.chat] == ["psst"]
    assert back.id == ben.id
    # The same invite in another browser, and the same browser with another invite.
    for other in (
        house.page().join(token, person="another-persons-browser"),
        house.page().join(claims(), person=PERSON),
    ):
        assert other.welcome.chat == []


def test_the_newest_are_kept(house: House) -> None:
    pages = [house.moderator(), *(house.guest() for _ in range(29))]
    keep = house.config.limits.chat
    for number in range(keep + 5):
        pages[number % len(pages)].ask(meeting.SendChat(text=str(number)))
    kept = house.guest().welcome.chat
    assert [m.text for m in kept] == [str(number) for number in range(5, keep + 5)]
    assert len(house.store.rooms.chat("R")) == keep


def test_writing_is_rationed_for_each(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    burst = int(house.config.limits.chat_burst)
    asked: list[meeting.ClientMessage] = [
        meeting.SendChat(text="spam", ref=number) for number in range(burst + 1)
    ]
    assert ben.try_all(asked) == [("too_many", burst)]
    assert anna.try_all([meeting.SendChat(text="calm")]) == []
    house.clock.advance(1)
    assert ben.try_all([meeting.SendChat(text="sorry")]) == []


def test_rejoining_does_not_reset_the_chat_limit(house: House) -> None:
    token = claims()
    ben = house.page().join(token, person=PERSON)
    house.moderator()
    for _ in range(int(house.config.limits.chat_burst)):
        ben.ask(meeting.SendChat(text="spam"))
    ben.leave()
    back = house.page().join(token, person=PERSON)
    assert back.try_all([meeting.SendChat(text="more", ref=1)]) == [("too_many", 1)]


def test_what_cannot_be_sent_is_refused(house: House) -> None:
    anna = house.moderator()
    assert anna.try_all(
        [
            meeting.SendChat(text=" \u200b\n ", ref=1),
            meeting.SendChat(text="x", to="00000000", ref=2),
            meeting.SendChat(text="x", to=anna.id, ref=3),
        ]
    ) == [("invalid", 1), ("not_found", 2), ("invalid", 3)]
    assert texts(anna) == []


def test_text_is_cleaned_and_lines_are_left() -> None:
    assert clean_text("a\r\nb\u2028c") == "a\nb\nc"
    assert clean_text("if x:\n    y\x07\u202e\t1") == "if x:\n    y\t1"
    assert clean_text("a\n\n\n\n\nb") == "a\n\nb"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert clean_text(family) == family


def test_what_is_written_is_in_no_event(house: House) -> None:
    # Only a meeting that keeps its chat tells who wrote when.
    house.store.sessions.save_policy("R", Policy(kinds=("attendance", "chat"), days=30))
    anna = house.moderator()
    anna.ask(meeting.SendChat(text="secret"))
    events = house.store.events("R")
    assert "chat" in [kind for _, kind, _ in events]
    assert "secret" not in repr(events)


def test_a_moderator_writes_to_the_lobby(house: House) -> None:
    anna = house.moderator(name="Anna")
    anna.ask(meeting.SetLobby(active=True))
    ben, eve = house.guest(), house.guest()
    anna.ask(meeting.MessageLobby(text="One moment", ref=1))
    anna.ask(meeting.MessageLobby(text="Who are you?", id=eve.id, ref=2))
    assert [n.text for n in ben.all(meeting.LobbyNote)] == ["One moment"]
    assert [n.text for n in eve.all(meeting.LobbyNote)] == ["One moment", "Who are you?"]
    assert eve.last(meeting.LobbyNote).name == "Anna"
    assert [a.ref for a in anna.all(meeting.Ack)][-2:] == [1, 2]
    assert anna.try_all([meeting.MessageLobby(text="x", id=anna.id, ref=3)]) == [("not_found", 3)]


def test_a_rooms_chat_is_bounded_by_its_bytes(house: House) -> None:
    anna = house.moderator()
    text = FAMILY * 2000
    for _ in range(60):
        anna.ask(meeting.SendChat(text=text))
        house.clock.advance(2)
    kept = house.guest().welcome.chat
    size = len(text.encode())
    assert len(kept) == house.config.limits.chat_size // size
    assert kept[-1].id == 60
    assert len(house.store.rooms.chat("R")) == len(kept)
