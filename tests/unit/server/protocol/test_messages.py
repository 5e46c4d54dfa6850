"""What a page sends is taken, or answered: only what no page of ours sends is no message at all."""

from __future__ import annotations

import contextlib
import itertools
import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from nanomeet_widget import _texts
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget.server.protocol import common, decoding, meeting
from nanomeet_widget.server.rooms.cleaning import clean_name, clean_text
from tests.odd_messages import LEAVING, any_message
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, claims

_numbers = itertools.count()
FAMILY = "👨‍👩‍👧‍👦"


def invalid(text: str) -> decoding.InvalidMessageError:
    with pytest.raises(decoding.InvalidMessageError) as refused:
        decoding.decode_client(text)
    return refused.value


@given(any_message())
def test_a_message_of_a_known_type_is_taken_or_answered(message: dict[str, Any]) -> None:
    text = json.dumps(message)
    refused = None
    try:
        # Whatever is taken can be written: to the database, and to others' pages.
        common.encode(decoding.decode_client(text))
    except decoding.InvalidMessageError as error:
        refused = error
    if refused is not None:
        ref = message.get("ref")
        right = isinstance(ref, int) and not isinstance(ref, bool) and 0 <= ref < 2**53
        assert refused.ref == (ref if right else None)
        assert 0 < _texts.count(str(refused)) <= 201


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.data())
def test_a_room_outlives_what_it_is_told(house: House, data: st.DataObject) -> None:
    room = f"R{next(_numbers)}"
    host, guest = (
        house.page().join(claims(room=room, moderator=moderator)) for moderator in (True, False)
    )
    for _ in range(data.draw(st.integers(1, 5))):
        who = data.draw(st.sampled_from([host, guest]))
        if who.farewell is None:
            # A guest may be made a moderator, who may send the host out.
            ids = (host.id, guest.id) if who is host else (guest.id,)
            tell(who, data.draw(any_message(*ids, without=LEAVING)))
    # A moderator cannot send themselves out.
    assert host.farewell is None
    house.clock.advance(1)
    host.ask(meeting.SendChat(text="Still here", ref=1))
    assert host.last(meeting.Ack).ref == 1
    host.ask(meeting.EndMeeting())


def tell(who: Page, message: dict[str, Any]) -> None:
    """Do as a socket does, which answers these."""
    with contextlib.suppress(decoding.InvalidMessageError, NanoMeetError):
        note(str(message)[:500])
        who.ask(decoding.decode_client(json.dumps(message)))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            {"type": "send_chat", "text": "x" * 2001},
            "text must have 1 to 2000 characters, not 2001.",
        ),
        ({"type": "send_chat", "text": " "}, "text must have 1 to 2000 characters, not none"),
        ({"type": "send_chat", "text": "\ud800"}, "surrogate"),
        ({"type": "send_chat"}, "missing required field `text`"),
        ({"type": "send_chat", "text": 7}, "Expected `str`, got `int` - at `$.text`."),
        ({"type": "set_subject", "subject": FAMILY * 201}, "subject must have at most 200"),
        ({"type": "set_password", "password": "x" * 129}, "password must have at most 128"),
        ({"type": "message_lobby", "text": "Hi", "id": "x" * 65}, "id must have 1 to 64"),
        ({"type": "kick", "id": None}, "Expected `str`, got `null`"),
        ({"type": "kick", "id": "a", "__proto__": {}}, "unknown field `__proto__`"),
    ],
)
def test_which_rule_is_broken_is_said(message: dict[str, Any], words: str) -> None:
    error = invalid(json.dumps({**message, "ref": 7}))
    assert words in str(error)
    assert error.ref == 7


def test_a_number_without_end_is_answered() -> None:
    error = invalid(f'{{"type": "raise_hand", "raised": {"9" * 5000}, "ref": 7}}')
    assert ("out of range" in str(error), error.ref) == (True, 7)


def test_what_is_nested_without_end_is_answered() -> None:
    deep = '{"type": "send_chat", "text": ' + "[" * 20_000
    assert "nested" in str(invalid(deep + "]" * 20_000 + "}"))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '"join"', "{}", '{"type":"dance"}', '{"type":7}']
)
def test_what_is_no_message_is_none(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decoding.decode_client(text)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("x" * 63 + "👋", "x" * 63 + "👋"),
        ("x" * 63 + FAMILY + "y", "x" * 63 + FAMILY),
        (FAMILY * 65, FAMILY * 64),
        ("x" * 100_000, "x" * 64),
        ("a" + "\u0301" * 50_000, "Guest"),
        ("Ada\ud83d", "Ada\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 Kim", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 Kim"),
        ("Kim\U000e0067\U000e007f", "Kim"),
        ("नि\u200cज", "नि\u200cज"),
        ("\u202eevil", "evil"),
        ("\u200d\u200c", "Guest"),
        (" \t ", "Guest"),
        ("", "Guest"),
    ],
)
def test_a_name_is_cut_or_mended_and_keeps_no_person_outside(
    house: House, given: str, shown: str
) -> None:
    text = json.dumps({"type": "join", "v": 1, "token": "t", "name": given})
    join = decoding.decode_client(text)
    assert isinstance(join, meeting.Join)
    assert house.page().join(claims(), name=join.name).welcome.own.name == shown
    rename = decoding.decode_client(json.dumps({"type": "rename", "name": given, "ref": 1}))
    page = house.guest()
    page.ask(rename)
    assert page.last(meeting.Ack).ref == 1
    assert page.who is not None
    assert page.who.name == shown


@given(st.text())
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    assert clean_name(clean_name(text)) == clean_name(text)
    assert clean_text(clean_text(text)) == clean_text(text)


def test_a_password_that_is_too_long_for_any_is_wrong_at_the_door(house: House) -> None:
    host = house.moderator()
    host.ask(meeting.SetPassword(password="sesame"))
    guest = house.page().join(claims(), password="x" * 90_000)
    assert guest.last(meeting.PasswordRequired).wrong
    assert guest.farewell is None


def test_the_longest_text_fits_into_a_message() -> None:
    for one in (FAMILY, "👩🏽‍❤️‍💋‍👨🏽", "\x01", '"'):
        text = json.dumps(
            {"type": "send_chat", "text": one * 2000, "to": "0" * 64}, ensure_ascii=False
        )
        decoding.decode_client(text)
        assert len(text.encode()) < common.MAX_TEXT_FRAME


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
