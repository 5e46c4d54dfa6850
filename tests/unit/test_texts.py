"""Texts are counted and cut by what people see as one character."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from nanomeet_widget import _texts
from nanomeet_widget._errors import InvalidInputError

#: One character each; the page counts the same ones in `js/src/shared/text.test.ts`.
ONE = ["a", "ß", "👋", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "e\u0301", "\r\n", "क्षि", "กำ", "👩🏽‍❤️‍💋‍👨🏽"]
ZALGO = "a" + "\u0301" * 100_000


@pytest.mark.parametrize("one", ONE)
def test_what_people_see_as_one_character_is_one(one: str) -> None:
    assert _texts.count(one * 64) == 64
    assert _texts.flaw(one * 64, _texts.NAME) is None
    assert _texts.flaw(one * 65, _texts.NAME) == "must have at most 64 characters, not 65"
    assert _texts.cut(one * 65, 64) == one * 64
    assert _texts.cut("x" * 63 + one + "y", 64) == "x" * 63 + one


def test_a_character_with_accents_without_end_is_bounded_by_its_bytes() -> None:
    assert _texts.count(ZALGO) == 1
    assert _texts.flaw(ZALGO, _texts.NAME) == "must have at most 2560 bytes, not 200001"
    assert _texts.cut("Ada " + ZALGO, 64) == "Ada "


@pytest.mark.parametrize("half", ["\ud83d", "a\udc4b\ud83d"])
def test_half_of_a_character_is_refused_and_can_be_replaced(half: str) -> None:
    assert "surrogate" in str(_texts.flaw(half, _texts.MESSAGE))
    assert _texts.flaw(_texts.whole(half), _texts.MESSAGE) is None
    assert _texts.whole("👋") == "👋"


@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
def test_an_empty_message_is_refused(blank: str) -> None:
    with pytest.raises(InvalidInputError, match="text must have 1 to 2000 characters"):
        _texts.check("text", blank, _texts.MESSAGE)


def test_a_refusal_does_not_quote_the_text() -> None:
    with pytest.raises(InvalidInputError) as refused:
        _texts.check("password", "sesame" * 99, _texts.PASSWORD)
    assert "sesame" not in str(refused.value)


@given(st.lists(st.sampled_from(ONE) | st.text()).map("".join), st.integers(0, 20))
def test_a_text_is_cut_after_a_whole_character(text: str, most: int) -> None:
    kept = _texts.cut(text, most)
    characters = regex.findall(r"\X", text)
    assert "".join(characters[: _texts.count(kept)]) == kept
    assert _texts.count(kept) <= most
    if len(kept) < len(text):
        longer = kept + characters[_texts.count(kept)]
        assert _texts.count(kept) == most or len(longer.encode()) > most * _texts.BYTES
