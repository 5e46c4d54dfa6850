"""Tests of `protocol.decoding`: messages are accepted, or refused with the broken rule."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given

from nanomeet_widget import _json, _texts
from nanomeet_widget.server.protocol import common, decoding, ingest, watch
from tests.odd_messages import any_message
from tests.unit.server.fakes import FAMILY, PUSH_URL
from tests.unit.server.spoiling import OTHERS, decodes, deep, nothing_kept, spoil


@pytest.mark.parametrize("decode", [watch.decode, ingest.decode])
def test_spoiled_first_words_are_refused(decode: Callable[[str], object]) -> None:
    chance = random.Random(6455)  # noqa: S311 - to be repeated
    right: list[dict[str, Any]] = [
        {"type": "watch", "v": 1, "stream": "s"},
        {"type": "ingest_open", "v": 1, "ticket": "t"},
        {"type": "ping", "t": 1},
    ]
    refused = 0
    for _ in nothing_kept(OTHERS // 2):
        refused += not decodes(decode, spoil(chance, chance.choice(right)))
    assert refused > OTHERS / 4


@pytest.mark.parametrize(
    "to", [["http://a/b/c"], [PUSH_URL] * 5, ["rtmp://a/b/" + "c" * 1024], ["rtmp://a/b c"], [3]]
)
def test_a_message_with_something_else_is_refused(to: list[object]) -> None:
    text = msgspec.json.encode({"type": "start_broadcast", "options": {"to": to}}).decode()
    with pytest.raises(decoding.InvalidMessageError) as refused:
        decoding.decode_client(text)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("value", [1, "yes", None])
def test_private_is_yes_or_no(value: object) -> None:
    text = common.encode({"type": "start_broadcast", "options": {"private": value}}).decode()
    with pytest.raises(decoding.InvalidMessageError, match="bool"):
        decoding.decode_client(text)


def invalid(text: str) -> decoding.InvalidMessageError:
    with pytest.raises(decoding.InvalidMessageError) as refused:
        decoding.decode_client(text)
    return refused.value


@given(any_message())
def test_a_message_of_a_known_type_is_taken_or_answered(message: dict[str, Any]) -> None:
    text = json.dumps(message)
    refused = None
    try:
        # An accepted message can be encoded: for the database, and for other pages.
        common.encode(decoding.decode_client(text))
    except decoding.InvalidMessageError as error:
        refused = error
    if refused is not None:
        ref = message.get("ref")
        right = isinstance(ref, int) and not isinstance(ref, bool) and 0 <= ref < 2**53
        assert refused.ref == (ref if right else None)
        assert 0 < _texts.count(str(refused)) <= 201


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            {"type": "send_chat", "text": "x" * 2001},
            "text must have 1 to 2000 characters, not 2001.",
        ),
        (
            {"type": "send_chat", "text": " "},
            "text must have 1 to 2000 characters, not only spaces",
        ),
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


def test_what_is_nested_without_end_is_no_message() -> None:
    for inner in deep(20_000):
        with pytest.raises(_json.NotJsonError, match="nested"):
            decoding.decode_client(f'{{"type": "send_chat", "text": {inner}}}')


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '"join"', "{}", '{"type":"dance"}', '{"type":7}']
)
def test_what_is_no_message_is_none(text: str) -> None:
    with pytest.raises(_json.NotJsonError):
        decoding.decode_client(text)


def test_the_longest_text_fits_into_a_message() -> None:
    for one in (FAMILY, "👩🏽‍❤️‍💋‍👨🏽", "\x01", '"'):
        text = json.dumps(
            {"type": "send_chat", "text": one * 2000, "to": "0" * 64}, ensure_ascii=False
        )
        decoding.decode_client(text)
        assert len(text.encode()) < common.MAX_TEXT_FRAME
