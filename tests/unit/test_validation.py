from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from nanomeet_widget import InvalidInputError, _validation

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize("room", ["a", "algebra_101", "A" * 64, "0", "___"])
def test_a_room_name_of_the_charset_is_accepted(room: str) -> None:
    assert _validation.check_room(room) == room


@pytest.mark.parametrize(
    "room",
    ["", "a b", "café", "a-b", "a/b", "a\n", "../x", "a" * 65, "\u0661"],
)
def test_another_room_name_is_refused_and_named(room: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        _validation.check_room(room)
    assert repr(room[:80]) in str(caught.value)


def test_the_name_of_a_groups_room_is_reserved() -> None:
    name = _validation.new_group_room()
    assert _validation.is_group_room(name)
    assert name != _validation.new_group_room()
    with pytest.raises(InvalidInputError):
        _validation.check_room(name)
    assert not _validation.is_group_room("group_a")


@pytest.mark.parametrize("room", [None, 7, b"abc", ["a"]])
def test_a_room_that_is_not_text_is_refused(room: object) -> None:
    with pytest.raises(InvalidInputError, match="must be text"):
        _validation.check_room(room)


def test_without_times_a_token_is_valid_from_now_for_14_days() -> None:
    assert _validation.validity(None, None, now=NOW) == (NOW, NOW + timedelta(days=14))


@pytest.mark.parametrize(
    "text", ["2026-03-02T00:00:00Z", "2026-03-02T01:00:00+01:00", " 2026-03-02T00:00:00+00:00 "]
)
def test_iso_8601_with_an_offset_is_read(text: str) -> None:
    assert _validation.moment("exp", text, now=NOW) == datetime(2026, 3, 2, tzinfo=timezone.utc)


def test_a_timedelta_counts_from_now() -> None:
    assert _validation.moment("nbf", timedelta(hours=2), now=NOW) == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (datetime(2026, 3, 2), "time zone"),  # noqa: DTZ001 - the case
        ("2026-03-02T00:00:00", "time zone"),
        ("tomorrow", "ISO 8601"),
        ("", "ISO 8601"),
        (1772000000, "datetime, a timedelta or ISO 8601 text"),
        (timedelta(days=999_999_999), "beyond the calendar"),
    ],
)
def test_another_time_is_refused_with_its_rule(value: object, rule: str) -> None:
    with pytest.raises(InvalidInputError, match=rule) as caught:
        _validation.moment("exp", value, now=NOW)
    assert "exp" in str(caught.value)


@pytest.mark.parametrize(
    ("nbf", "exp", "rule"),
    [
        (timedelta(hours=2), timedelta(hours=1), "not after nbf"),
        (timedelta(hours=1), timedelta(hours=1), "not after nbf"),
        (timedelta(days=-2), timedelta(days=-1), "in the past"),
        (None, timedelta(days=366), "one year"),
        (timedelta(days=-1), timedelta(days=365), "one year"),
    ],
)
def test_times_that_make_no_usable_token_are_refused(
    nbf: timedelta | None, exp: timedelta, rule: str
) -> None:
    with pytest.raises(InvalidInputError, match=rule):
        _validation.validity(nbf, exp, now=NOW)


def test_a_whole_year_is_allowed() -> None:
    begin, end = _validation.validity(None, timedelta(days=365), now=NOW)
    assert end - begin == timedelta(days=365)


@pytest.mark.parametrize("value", ["false", "true", 0, 1, None])
def test_only_true_and_false_are_flags(value: object) -> None:
    with pytest.raises(InvalidInputError, match="moderator must be True or False"):
        _validation.check_flag("moderator", value)


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("meet.example", "https://meet.example"),
        ("meet.example:8443/nb/", "https://meet.example:8443/nb"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
    ],
)
def test_a_bare_server_means_https(server: str, url: str) -> None:
    assert _validation.origin(server) == url
