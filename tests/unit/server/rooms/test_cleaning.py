"""Tests of `rooms.cleaning`: names and texts as others see them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget.server.protocol import decoding, meeting
from nanomeet_widget.server.rooms.cleaning import clean_name, clean_text
from tests.unit.server.conftest import House
from tests.unit.server.fakes import FAMILY, claims


def test_an_empty_name_becomes_guest() -> None:
    assert clean_name(" \u200b ") == "Guest"


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
def test_an_odd_name_is_cleaned_and_keeps_no_one_out(house: House, given: str, shown: str) -> None:
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
